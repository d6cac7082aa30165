"""What the bot must beat: the least one could do, behind the same seams."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np

from bot.evaluate.seams import Corpus, Flow, Predict, Score
from bot.models import Ranked
from bot.ports import Vector
from bot.scope import KeywordRule

NEIGHBOURS = 5
_STEM = 6
"""Words count as the same when they begin with the same letters: quantized, quantization."""


def placements(corpus: Corpus) -> dict[str, Predict]:
    """The baselines of placement, by name."""
    return {"majority": _majority(corpus), "keyword rule": _keywords(corpus), "neighbours' vote": _vote(corpus)}


def scopes(flow: Flow, rule: KeywordRule) -> dict[str, Score]:
    """The baselines of scope, by name."""
    return {"keyword rule": _evidence(flow, rule), "likeness": _likeness(flow)}


def _majority(corpus: Corpus) -> Predict:
    """Every paper gets the classes in the order of how many training papers they have."""

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, tuple[Ranked, ...]]:
        return dict.fromkeys(held, _ranked(_common(corpus, train)))

    return predict


def _keywords(corpus: Corpus) -> Predict:
    """The class whose name's words occur most often, per word of the name; without any, the majority."""
    names = {label: _stems(path[-1].name) for label, path in corpus.taxonomy.paths.items()}

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, tuple[Ranked, ...]]:
        usual = _ranked(_common(corpus, train))

        def one(text: str) -> tuple[Ranked, ...]:
            words = Counter(_stems(text))
            hits = {label: sum(words[stem] for stem in stems) / len(stems) for label, stems in names.items() if stems}
            return _ranked(hits) or usual

        return {paper: one(corpus.texts[paper]) for paper in held}

    return predict


def _vote(corpus: Corpus) -> Predict:
    """Each of the nearest training papers votes for its classes: the obvious design."""

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, tuple[Ranked, ...]]:
        if not train:
            return dict.fromkeys(held, ())
        known, asked = (np.stack([corpus.vectors[paper] for paper in papers]) for papers in (train, held))

        def one(cosines: Vector) -> Counter[str]:
            near = np.argsort(-cosines, kind="stable")[:NEIGHBOURS]
            return Counter(label for place in near for label in corpus.labels[train[place]])

        return {paper: _ranked(one(cosines)) for paper, cosines in zip(held, asked @ known.T, strict=True)}

    return predict


def _evidence(flow: Flow, rule: KeywordRule) -> Score:
    """How many of the configured terms a paper holds."""

    def score(listed: Sequence[str], unlabelled: Sequence[str], papers: Sequence[str]) -> Mapping[str, float]:
        return {paper: rule.evidence(flow.records[paper])[0] for paper in papers if paper in flow.candidates}

    return score


def _likeness(flow: Flow) -> Score:
    """Mean cosine with the papers listed by then."""

    def score(listed: Sequence[str], unlabelled: Sequence[str], papers: Sequence[str]) -> Mapping[str, float]:
        centre = np.mean([flow.vectors[paper] for paper in listed], axis=0)
        return {paper: max(0.0, float(centre @ flow.vectors[paper])) for paper in papers if paper in flow.candidates}

    return score


def _common(corpus: Corpus, train: Sequence[str]) -> Counter[str]:
    return Counter(label for paper in train for label in corpus.labels[paper])


def _ranked(weights: Mapping[str, float]) -> tuple[Ranked, ...]:
    """The classes with any weight, heaviest first; of equals, the one that was counted first."""
    total = sum(weights.values())
    order = sorted((label for label, weight in weights.items() if weight), key=lambda label: -weights[label])
    return tuple(Ranked(label=label, probability=min(1.0, weights[label] / total)) for label in order)


def _stems(text: str) -> list[str]:
    return [word[:_STEM] for word in re.findall(r"[^\W\d_]{3,}", text.casefold())]
