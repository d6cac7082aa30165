"""The bot's own models behind the seams of the evaluation; nothing else in this package knows them.

Each fold's model is handed its training papers and the rulebook alone, so it cannot learn from a held-out paper.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from bot.classify.placement import Placement
from bot.evaluate.seams import Corpus, Flow, Predict, Score
from bot.models import Ranked, Record
from bot.scope import NEAREST, KeywordRule, ScopeModel

NAME = "survey-bot"


def placement(corpus: Corpus) -> Predict:
    """Fitted anew for every fold."""

    def predict(train: Sequence[str], held: Sequence[str]) -> Mapping[str, tuple[Ranked, ...]]:
        keys = [*train, *corpus.leaves]
        model = Placement(corpus.leaves)
        model.fit(
            {key: corpus.texts[key] for key in keys},
            {paper: corpus.labels[paper] for paper in train},
            {key: corpus.vectors[key] for key in keys},
        )
        return {paper: model.rank(corpus.texts[paper], corpus.vectors[paper]) for paper in held}

    return predict


def scope(flow: Flow, rule: KeywordRule) -> Score:
    """Fitted anew for every month."""

    def score(listed: Sequence[str], unlabelled: Sequence[str], papers: Sequence[str]) -> Mapping[str, float]:
        known = np.array([flow.vectors[paper] for paper in listed], dtype=np.float32)
        model = ScopeModel(rule, known)
        found = {}
        for paper in papers:
            if paper in flow.candidates:
                nearest = np.sort(known @ flow.vectors[paper])[-NEAREST:]
                found[paper] = model.judge(flow.records[paper], nearest.tolist()).score
        return found

    return score


def ruled_out(record: Record, rule: KeywordRule) -> bool:
    """Whether the cheap stage ends the matter: such a paper is not embedded and scores 0."""
    return rule.ruled_out(record) is not None
