"""The bot's own models behind the seams of the evaluation; nothing else in this package knows them.

Each fold's model is made anew and handed its training papers and the rulebook alone, so that it cannot learn from a
held-out paper. What it fits to itself (weights, calibration, lines between the lanes) is cross-validated inside of what
it was handed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

import numpy as np

from bot import lanes, texts
from bot.classify.placement import Floats, Placement
from bot.evaluate.folds import Fold, Month
from bot.evaluate.seams import Corpus, Flow, Guess, Predict, Score, Scored, Scores
from bot.judge import EmbeddedJudge
from bot.models import Judgement, Library, Ranked, Record
from bot.ports import Neighbour, Past, Reading
from bot.scope import KeywordRule
from bot.settings import Settings
from bot.vectors import pooled

NAME = "survey-bot"
LARGE = 1000
"""Texts; a smaller fit is quicker on one thread, many times so where other programs want the processor too."""


def placement(corpus: Corpus) -> Predict:
    """Fitted anew for every fold; further classes are proposed from the line that the fold's own papers give."""
    classes = {label: corpus.readings[label] for label in corpus.leaves}

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, Guess]:
        model = Placement(corpus.leaves)
        known = {paper: corpus.readings[paper] for paper in train}
        with _threads(len(train)):
            model.fit(classes, known, {paper: corpus.labels[paper] for paper in train})
            further = lanes.further(model.held_out)
            return {paper: _guess(corpus.leaves, _alone(model, corpus.readings[paper]), further) for paper in held}

    return predict


def _alone(model: Placement, paper: Reading) -> Floats:
    """The probabilities of its classes, (leaves,). Papers judged together would be multiplied together, and then the
    last bits of one depend on the others.
    """
    return np.asarray(model.probabilities([paper])[0])


def _guess(leaves: Sequence[str], probability: Floats, further: float) -> Guess:
    order = np.argsort(-probability, kind="stable").tolist()
    ranked = tuple(Ranked(label=leaves[place], probability=float(probability[place])) for place in order)
    return Guess(ranked, tuple(one.label for one in ranked if one is ranked[0] or one.probability >= further))


def judgements(
    corpus: Corpus, library: Library, records: Mapping[str, Record], settings: Settings, fold: Fold
) -> Iterator[tuple[Record, Judgement]]:
    """Each held-out paper, cleaned, and how a run would judge it that knew the training papers alone.

    ``records``: as they came. There is no flow, so of scope and lane nothing is learned.
    """
    judge = EmbeddedJudge(
        Library(taxonomy=corpus.taxonomy, papers={paper: library.papers[paper] for paper in fold.train}), settings
    )
    known = {paper: corpus.readings[paper] for paper in fold.train}
    nothing = Reading((), np.zeros((0, 0), dtype=np.float32))
    with _threads(len(fold.train)):
        judge.fit(Past(known, {label: corpus.readings[label] for label in corpus.leaves}, nothing))
    vectors = np.array([pooled(reading) for reading in known.values()])
    for paper in fold.held:
        (record, flags), reading = texts.clean_record(records[paper]), corpus.readings[paper]
        likeness = vectors @ pooled(reading) if known else np.zeros(0)
        nearest = np.argsort(-likeness, kind="stable")[: judge.neighbours].tolist()
        near = [Neighbour(fold.train[place], float(likeness[place])) for place in nearest]
        yield record, judge.judge(record, reading, near, flags)


def scope(flow: Flow, library: Library, settings: Settings) -> Score:
    """A judge for every month, as it would have been at its beginning; it judges the papers one by one.

    In a run what arrives is part of the flow the judge is fitted to; here a month must know nothing of itself.
    """
    leaves = list(library.taxonomy.paths)
    classes = {label: flow.readings[label] for label in leaves}

    def score(month: Month) -> Scores:
        known = {paper: library.papers[paper] for paper in month.listed}
        judge = EmbeddedJudge(Library(taxonomy=library.taxonomy, papers=known), settings)
        past = Past(
            papers={paper: flow.readings[paper] for paper in month.listed},
            classes=classes,
            scope=flow.statement,
            seen={paper: flow.readings[paper] for paper in month.unlabelled if paper in flow.candidates},
            weeks=month.weeks,
        )
        asked = {paper: flow.readings[paper] for paper in month.arriving if paper in flow.candidates}
        with _threads(len(past.papers) + len(past.seen)):
            judge.fit(past)
            return Scores({paper: _scored(judge, leaves, reading) for paper, reading in asked.items()}, judge.lines)

    return score


def _threads(size: int) -> AbstractContextManager[object]:
    from threadpoolctl import threadpool_limits

    return nullcontext() if size > LARGE else threadpool_limits(1)


def _scored(judge: EmbeddedJudge, leaves: Sequence[str], paper: Reading) -> Scored:
    chances = _alone(judge.placement, paper)
    score = float(judge.scope.scores([paper])[0])
    return Scored(score, judge.lines.lane(score, float(chances.max())), leaves[int(chances.argmax())])


def ruled_out(record: Record, rule: KeywordRule) -> bool:
    """Whether the cheap stage ends the matter: such a paper is not embedded and scores 0."""
    return rule.ruled_out(record) is not None
