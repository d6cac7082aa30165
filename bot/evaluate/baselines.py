"""What the bot must beat: the least one could do, behind the same seams."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from bot import texts
from bot.evaluate.folds import Month
from bot.evaluate.seams import Corpus, Flow, Guess, Predict, Score, Scored, Scores
from bot.models import Ranked
from bot.ports import Vector
from bot.scope import KeywordRule
from bot.vectors import pooled

NEIGHBOURS = 5
_STEM = 6
"""Words count as the same when they begin with the same letters: quantized, quantization."""


def placements(corpus: Corpus) -> dict[str, Predict]:
    """The baselines of placement, by name."""
    return {"majority": _majority(corpus), "keyword rule": _keywords(corpus), "neighbours' vote": _vote(corpus)}


def scopes(flow: Flow, rule: KeywordRule) -> dict[str, Score]:
    """The baselines of scope, by name."""
    return {"keyword rule": _share(flow, rule), "likeness": _likeness(flow)}


def _majority(corpus: Corpus) -> Predict:
    """Every paper gets the classes in the order of how many training papers they have."""

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, Guess]:
        return dict.fromkeys(held, _ranked(_common(corpus, train)))

    return predict


def _keywords(corpus: Corpus) -> Predict:
    """The class whose name's words occur most often, per word of the name; without any, the majority."""
    names = {label: _stems(path[-1].name) for label, path in corpus.taxonomy.paths.items()}

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, Guess]:
        usual = _ranked(_common(corpus, train))

        def one(text: str) -> Guess:
            words = Counter(_stems(text))
            hits = {label: sum(words[stem] for stem in stems) / len(stems) for label, stems in names.items() if stems}
            return _ranked(hits) if any(hits.values()) else usual

        return {paper: one(texts.joined(corpus.readings[paper].sentences)) for paper in held}

    return predict


def _vote(corpus: Corpus) -> Predict:
    """Each of the nearest training papers votes for its classes: the obvious design."""
    vectors = {key: pooled(reading) for key, reading in corpus.readings.items()}

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, Guess]:
        if not train:
            return dict.fromkeys(held, Guess((), ()))
        known, asked = (np.stack([vectors[paper] for paper in papers]) for papers in (train, held))

        def one(cosines: Vector) -> Counter[str]:
            near = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
            return Counter(label for place in near for label in corpus.labels[train[place]])

        return {paper: _ranked(one(cosines)) for paper, cosines in zip(held, asked @ known.T, strict=True)}

    return predict


def _share(flow: Flow, rule: KeywordRule) -> Score:
    """How near the configured groups of terms are to being full."""

    def score(month: Month) -> Scores:
        asked = {paper: rule.found(flow.readings[paper].sentences) for paper in _asked(flow, month)}
        return Scores({paper: Scored(rule.share(found)) for paper, found in asked.items()})

    return score


def _likeness(flow: Flow) -> Score:
    """Mean cosine with the papers listed by then."""

    def score(month: Month) -> Scores:
        centre = np.mean([pooled(flow.readings[paper]) for paper in month.listed], axis=0)
        cosines = {paper: float(centre @ pooled(flow.readings[paper])) for paper in _asked(flow, month)}
        return Scores({paper: Scored(max(0.0, cosine)) for paper, cosine in cosines.items()})

    return score


def _asked(flow: Flow, month: Month) -> list[str]:
    return [paper for paper in month.arriving if paper in flow.candidates]


def _common(corpus: Corpus, train: Sequence[str]) -> Counter[str]:
    return Counter(label for paper in train for label in corpus.labels[paper])


def _ranked(weights: Mapping[str, float]) -> Guess:
    """The classes with any weight, heaviest first; of equals, the one that was counted first. One is proposed."""
    total = sum(weights.values())
    order = sorted((label for label, weight in weights.items() if weight), key=lambda label: -weights[label])
    ranked = tuple(Ranked(label=label, probability=min(1.0, weights[label] / total)) for label in order)
    return Guess(ranked, tuple(order[:1]))


def _stems(text: str) -> list[str]:
    return [word[:_STEM] for word in re.findall(r"[^\W\d_]{3,}", text.casefold())]
