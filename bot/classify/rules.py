"""How near the sentences of papers come to the rules of classes: one large product instead of many small ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from bot.ports import Reading

_AT_ONCE = 4_000_000
"""Pairs of a sentence and a rule that are compared at once: 16 MB."""

Floats = npt.NDArray[np.float64]


class Rules:
    """The rules of some classes; a class may have none, and nothing is near it."""

    def __init__(self, classes: Sequence[Reading]) -> None:
        self._lengths = np.array([len(one.vectors) for one in classes], dtype=np.intp)
        some = [one.vectors for one in classes if len(one.vectors)]
        self._vectors = np.vstack(some) if some else np.zeros((0, 0), dtype=np.float32)

    def near(self, papers: Sequence[Reading]) -> Floats:
        """For every rule the cosine of the nearest sentence, averaged over the rules of a class: (papers, classes)."""
        found = np.zeros((len(papers), len(self._lengths)))
        told = np.flatnonzero(self._lengths)
        starts = np.r_[0, np.cumsum(self._lengths[told])[:-1]]
        for rows in self._parts(papers) if len(told) else []:
            best = self._best([papers[row] for row in rows])
            found[np.ix_(np.array(rows), told)] = np.add.reduceat(best, starts, axis=1) / self._lengths[told]
        return found

    def _best(self, papers: Sequence[Reading]) -> Floats:
        """Of the nearest sentence to each rule: (papers, rules)."""
        sentences = papers[0].vectors if len(papers) == 1 else np.vstack([paper.vectors for paper in papers])
        starts = np.r_[0, np.cumsum([len(paper.vectors) for paper in papers])[:-1]]
        return np.asarray(np.maximum.reduceat(sentences @ self._vectors.T, starts, axis=0), dtype=float)

    def _parts(self, papers: Sequence[Reading]) -> list[list[int]]:
        """The papers that have sentences, so many together as are compared at once."""
        parts: list[list[int]] = []
        room = 0
        for row, paper in enumerate(papers):
            pairs = len(paper.vectors) * len(self._vectors)
            if pairs and pairs > room:
                parts.append([])
                room = _AT_ONCE
            if pairs:
                parts[-1].append(row)
                room -= pairs
        return parts
