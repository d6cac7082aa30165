"""What is measured: predictors that are told who is known and who is asked, and the readings they may look up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from bot.evaluate.folds import Month
from bot.lanes import Lines
from bot.models import Lane, Ranked, Taxonomy
from bot.ports import Reading


class Guess(NamedTuple):
    """The classes of a paper, best first, and those of them that would be proposed.

    A class with probability 0, or one that is missing, is not guessed.
    """

    ranked: tuple[Ranked, ...]
    labels: tuple[str, ...]


class Scored(NamedTuple):
    """The higher the score (0 to 1), the sooner a paper is read. Only the bot has lanes, and a first class."""

    score: float
    lane: Lane | None = None
    label: str | None = None


class Scores(NamedTuple):
    """Papers that are missing were ruled out: score 0. ``lines``: between the lanes, as they were then."""

    papers: Mapping[str, Scored]
    lines: Lines | None = None


Predict: TypeAlias = Callable[[Sequence[str], Sequence[str]], Mapping[str, Guess]]
"""(training papers, held-out papers) -> a guess for each held-out paper."""

Score: TypeAlias = Callable[[Month], Scores]
"""Scores the papers that arrive in a month by what was known before it."""


@dataclass(frozen=True)
class Corpus:
    """The listed papers: readings by paper id and by leaf id, and the leaves of each paper."""

    taxonomy: Taxonomy
    readings: Mapping[str, Reading]
    labels: Mapping[str, tuple[str, ...]]

    @property
    def leaves(self) -> list[str]:
        """The classes, in the order of the taxonomy."""
        return list(self.taxonomy.paths)


@dataclass(frozen=True)
class Flow:
    """Papers that were announced or listed. ``candidates``: those that the cheap stage does not rule out.

    ``readings``: of candidates and listed papers, and of the leaves by their ids. ``statement``: of what belongs.
    """

    readings: Mapping[str, Reading]
    statement: Reading
    candidates: frozenset[str]
