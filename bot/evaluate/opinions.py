"""What a language model says of held-out papers: alone, and taken into the bot's own placement.

It is asked what a run would ask that knew the training papers alone, so nothing in a prompt knows where the paper is
listed. How far its choices are trusted is measured on the training papers, each of them held out as well; its own
numbers are never asked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from bot.evaluate import ours
from bot.evaluate.folds import Fold
from bot.evaluate.report import LlmResult
from bot.evaluate.seams import Corpus, Guess, Predict
from bot.models import Judgement, Library, Opinion, Ranked, Record, Usage
from bot.opinion.fusion import fused
from bot.opinion.question import Case, case
from bot.settings import Settings

ALONE, FUSED = "language model", "with language model"
STEPS: tuple[str, ...] = ("place",)
"""Of what a run asks. Only listed papers are held out, so whether they belong is no question."""
LESS = 0.9
"""A later choice is taken to be less probable than this share of the one before it, however often it was right."""


class Question(NamedTuple):
    """A held-out paper as the bot alone judges it, and what a language model is asked about it."""

    paper: str
    judgement: Judgement
    case: Case


class Answered(NamedTuple):
    """A question, and what came of it."""

    judgement: Judgement
    opinion: Opinion
    labels: tuple[str, ...]
    """The paper's classes."""

    def is_right(self, place: int) -> bool | None:
        """Whether the class at this place of the ranking is one of the paper's; None where none stands there."""
        ranked = self.opinion.ranked or ()
        return ranked[place] in self.labels if place < len(ranked) else None


def questions(
    corpus: Corpus, library: Library, records: Mapping[str, Record], settings: Settings, fold: Fold
) -> Iterator[Question]:
    """What is asked about the papers that a fold holds out; ``records``: as they came."""
    for record, judgement in ours.judgements(corpus, library, records, settings, fold):
        yield Question(record.id, judgement, case(record, judgement, corpus.taxonomy))


def predictors(answers: Mapping[str, Answered]) -> dict[str, Predict]:
    """The bot with the language model, and the language model alone, by name; ``answers``: of every paper."""
    return {FUSED: _fused(answers), ALONE: _alone(answers)}


def result(model: str, answers: Mapping[str, Answered], kept: Usage) -> LlmResult:
    """What came of asking; ``kept``: what the replies had taken that were there already."""
    opinions = [one.opinion for one in answers.values()]
    usable = [opinion for opinion in opinions if opinion.ranked is not None]
    rest = [opinion for opinion in opinions if opinion.ranked is None]
    missing = sum(opinion.unanswered for opinion in rest)
    said = Counter(problem for opinion in rest for problem in dict.fromkeys(opinion.problems))
    return LlmResult(
        model=model,
        prompts=tuple(dict.fromkeys(prompt for opinion in opinions for prompt in opinion.prompts)),
        papers=len(opinions),
        usable=len(usable),
        unusable=len(rest) - missing,
        missing=missing,
        false_quotes=sum(opinion.false_quotes for opinion in opinions),
        right=_right(answers.values(), 0) if any(opinion.ranked for opinion in usable) else None,
        usage=sum((opinion.usage for opinion in opinions), Usage()),
        kept=kept,
        problems=tuple(f"{count} × {problem}" for problem, count in said.most_common()),
    )


def _fused(answers: Mapping[str, Answered]) -> Predict:
    """As a run fuses them; further classes are proposed from the fold's own line. Without a ranking, the bot alone."""

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, Guess]:
        right = _right((answers[paper] for paper in train), 0)
        return {paper: _chosen(answers[paper], right) for paper in held}

    return predict


def _chosen(answer: Answered, right: float) -> Guess:
    judgement = answer.judgement
    further = next(line.value for line in judgement.lines if line.name == "further")
    ranked = fused(judgement.placement, answer.opinion, right)
    return Guess(ranked, tuple(one.label for one in ranked if one is ranked[0] or one.probability >= further))


def _alone(answers: Mapping[str, Answered]) -> Predict:
    """Its ranking, each place as probable as it is right for the training papers. Without a ranking, no guess."""

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, Guess]:
        known = [answers[paper] for paper in train]

        def one(choices: Sequence[str]) -> Guess:
            shares = accumulate(
                (_right(known, place) for place in range(len(choices))), lambda before, share: min(before * LESS, share)
            )
            ranked = [Ranked(label=label, probability=share) for label, share in zip(choices, shares, strict=True)]
            return Guess(tuple(ranked), tuple(choices[:1]))

        return {paper: one(answers[paper].opinion.ranked or ()) for paper in held}

    return predict


def _right(answers: Iterable[Answered], place: int) -> float:
    """How often the class at this place of a ranking is right, by Laplace's rule of succession."""
    known = [right for answer in answers if (right := answer.is_right(place)) is not None]
    return (sum(known) + 1) / (len(known) + 2)
