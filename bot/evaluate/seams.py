"""What is measured: predictors that are told who is known and who is asked, and the texts they may look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from bot.models import Ranked, Record, Taxonomy
from bot.ports import Vector

Predict: TypeAlias = Callable[[Sequence[str], Sequence[str]], Mapping[str, tuple[Ranked, ...]]]
"""(training papers, held-out papers) -> classes ranked, best first, for each held-out paper. A class with probability
0, or one that is missing, is not guessed."""

Score: TypeAlias = Callable[[Sequence[str], Sequence[str], Sequence[str]], Mapping[str, float]]
"""(papers listed by then, unlabelled papers of earlier listings, papers to score) -> score; the higher, the sooner
read. What is missing from the answer was ruled out: score 0."""


@dataclass(frozen=True)
class Corpus:
    """The listed papers: texts and vectors by paper id and by leaf id, and the leaves of each paper."""

    taxonomy: Taxonomy
    texts: Mapping[str, str]
    vectors: Mapping[str, Vector]
    labels: Mapping[str, tuple[str, ...]]

    @property
    def leaves(self) -> list[str]:
        """The classes, in the order of the taxonomy."""
        return list(self.taxonomy.paths)


@dataclass(frozen=True)
class Flow:
    """Papers that were announced or listed. ``candidates``: those the cheap stage does not rule out; they and the
    listed papers have vectors.
    """

    records: Mapping[str, Record]
    vectors: Mapping[str, Vector]
    candidates: frozenset[str]
