"""Does a paper belong in the survey at all? The configured keyword rule, and likeness to what is listed.

A first judgement: ``score = 0.7 evidence + 0.3 likeness``. Evidence is how many of the configured terms the paper
holds, averaged over the groups; likeness is the share of listed papers that are less like the others than this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from bot.models import Record, Scope
from bot.ports import Vectors
from bot.settings import Scope as ScopeSettings

NEAREST = 5
"""Likeness is measured by the mean cosine with this many listed papers."""

_LIKENESS_WEIGHT = 0.3
_REST = r"\w{0,40}"
"""What ``*`` stands for; bounded, so that two of them in a term cost nothing on a "word" of a million letters."""
_JOINT = r"[\s\u2010-\u2015\u2212-]"
"""What may stand between the words of a term: white space, a hyphen, or a dash that is used as one."""


class KeywordRule:
    """The groups of terms of ``[scope.groups]``."""

    def __init__(self, settings: ScopeSettings) -> None:
        self._groups = settings.groups
        self._patterns = {name: _pattern(group.terms) for name, group in settings.groups.items()}

    def ruled_out(self, record: Record) -> str | None:
        """Why the paper cannot belong (it holds no term of a required group), or None when it could."""
        text = _folded(record)
        for name, group in self._groups.items():
            if group.required and not self._patterns[name].search(text):
                return f"holds no term of the group {name!r}"
        return None

    def evidence(self, record: Record) -> tuple[float, tuple[str, ...], tuple[str, ...]]:
        """How much speaks for the paper (0 to 1), the words that do, and the groups it holds nothing of."""
        text = _folded(record)
        graded = [name for name, group in self._groups.items() if not group.required] or list(self._groups)
        words = {
            name: dict.fromkeys(re.sub(_JOINT, " ", word) for word in self._patterns[name].findall(text))
            for name in graded
        }
        share = [min(1.0, len(words[name]) / self._groups[name].enough) for name in graded]
        found = tuple(dict.fromkeys(word for name in graded for word in words[name]))
        return sum(share) / len(share), found, tuple(name for name in graded if not words[name])


class ScopeModel:
    """The keyword rule, and what likeness is usual among the listed papers (vectors of shape (papers, dimensions))."""

    def __init__(self, rule: KeywordRule, listed: Vectors) -> None:
        self._rule = rule
        self._usual = None  # too few papers say nothing about what is usual
        if len(listed) > NEAREST:
            cosines = listed @ listed.T
            self._usual = np.sort([_likeness(np.delete(row, place)) for place, row in enumerate(cosines)])

    def judge(self, record: Record, similarities: Iterable[float]) -> Scope:
        """Score one paper; ``similarities`` are the cosines with the listed papers nearest to it."""
        evidence, terms, missing = self._rule.evidence(record)
        score = evidence
        if self._usual is not None:
            likeness = float(np.searchsorted(self._usual, _likeness(np.fromiter(similarities, float)))) / len(
                self._usual
            )
            score = (1 - _LIKENESS_WEIGHT) * evidence + _LIKENESS_WEIGHT * likeness
        return Scope(score=score, terms=terms, missing=missing)


def _likeness(cosines: np.ndarray[tuple[int, ...], np.dtype[np.floating]]) -> float:
    return float(np.sort(cosines)[-NEAREST:].mean()) if len(cosines) else -1.0


def _folded(record: Record) -> str:
    return f"{record.title}. {record.abstract}".casefold()  # no term spans the two


def _pattern(terms: Iterable[str]) -> re.Pattern[str]:
    def one(term: str) -> str:
        words = [word for word in re.split(rf"{_JOINT}+", term.casefold()) if word]
        return rf"{_JOINT}?".join(re.escape(word).replace(r"\*", _REST) for word in words)

    return re.compile(rf"(?<!\w)(?:{'|'.join(map(one, terms))})(?!\w)")
