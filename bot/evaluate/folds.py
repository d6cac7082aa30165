"""Who is held out, and what was known then. A fold's model may see its ``train`` papers and the rulebook, nothing else.

Papers of one group (the same paper listed twice) never stand on both sides of a fold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from bot import ids, watch

LEAVE_ONE_OUT_UP_TO = 300
"""Papers; a larger survey is cut into :data:`PARTS`, since each fold costs a fit."""
PARTS = 10
QUICK = 5
"""At a quick look, a large survey costs no more fits than this, by cross-validation and over time each."""
HISTORY = 20
"""So many papers must be known before the first is judged over time."""
REFITS = 16
"""A longer past is refitted for stretches of several months, so that it costs no more fits than this."""
LISTED = 10
"""So many listed papers must be known before scope is judged."""


class Fold(NamedTuple):
    """One fit: ``held`` papers are judged by a model of ``train`` papers."""

    train: tuple[str, ...]
    held: tuple[str, ...]


class Month(NamedTuple):
    """One month of a listing: what was listed and what was seen before it, and what it brought.

    ``weeks``: how many weeks of papers were seen before it, as a run counts them.
    """

    name: str
    listed: tuple[str, ...]
    unlabelled: tuple[str, ...]
    arriving: tuple[str, ...]
    weeks: float


def month(paper_id: str) -> str | None:
    """The month an arXiv id was given out, ``2025-06``; None for papers that are not on arXiv."""
    if not ids.is_arxiv(paper_id):
        return None
    number = ids.sort_key(paper_id)[1]
    return f"{number[:4]}-{number[4:6]}"


def same_paper(titles: Mapping[str, str]) -> dict[str, str]:
    """Paper id -> group: papers whose titles differ in case and punctuation alone are one paper listed twice."""
    return {paper: "".join(re.findall(r"\w+", title.casefold())) or paper for paper, title in titles.items()}


def cross_validation(groups: Mapping[str, str], rng: np.random.Generator, *, quick: bool = False) -> list[Fold]:
    """Leave-one-out, or :data:`PARTS` random parts for a large survey or a quick look (``groups``: of each paper)."""
    names = list(dict.fromkeys(groups.values()))
    if quick or len(names) > LEAVE_ONE_OUT_UP_TO:
        mixed = [names[place] for place in rng.permutation(len(names))]
        count = min(_fits(len(names), PARTS, quick=quick), len(names))
        parts = [mixed[start::count] for start in range(count)]
    else:
        parts = [[name] for name in names]
    place = {name: number for number, part in enumerate(parts) for name in part}
    held: list[list[str]] = [[] for _ in parts]
    for paper, name in groups.items():
        held[place[name]].append(paper)
    return [_fold(groups, list(groups), some) for some in held]


def over_time(groups: Mapping[str, str], history: int = HISTORY, *, quick: bool = False) -> list[Fold]:
    """Each month's papers, judged from the papers of earlier months; without the months before ``history`` is reached.

    The bot relearns with every run; a month is the coarser and the harder test.
    """
    dated = sorted((paper for paper in groups if month(paper)), key=ids.sort_key)
    months = list(dict.fromkeys(month(paper) for paper in dated))
    began = [sum(month(paper) < name for paper in dated) for name in months]  # type: ignore[operator]
    starts = [count for count in began if count >= history]
    if not starts:
        return []
    count = min(_fits(len(dated), REFITS, quick=quick), len(starts))
    stretches = [int(part[0]) for part in np.array_split(starts, count)]
    ends = [*stretches[1:], len(dated)]
    return [_fold(groups, dated[:start], dated[start:end]) for start, end in zip(stretches, ends, strict=True)]


def by_month(days: Mapping[str, str], listed: Collection[str], *, at_least: int = LISTED) -> list[Month]:
    """The months of a listing (id -> day ``2025-06-30``) for which enough listed papers and some listing came before.

    A listed paper was known before a month if it was announced, or, where the listing lacks it, got its id before.
    """
    since = {paper: days[paper][:7] if paper in days else month(paper) or "9999" for paper in listed}
    found = []
    for name in sorted({day[:7] for day in days.values()}):
        known = sorted((paper for paper, began in since.items() if began < name), key=ids.sort_key)
        seen = tuple(paper for paper, day in days.items() if day[:7] < name and paper not in since)
        arriving = tuple(paper for paper, day in days.items() if day[:7] == name)
        if seen and len(known) >= at_least:
            before = watch.weeks(date.fromisoformat(day) for day in days.values() if day[:7] < name)
            found.append(Month(name, tuple(known), seen, arriving, before))
    return found


def calendar_weeks(days: Iterable[str]) -> int:
    """In how many calendar weeks these days lie."""
    return len({tuple(date.fromisoformat(day).isocalendar())[:2] for day in days})


def _fits(papers: int, usual: int, *, quick: bool) -> int:
    return QUICK if quick and papers > LEAVE_ONE_OUT_UP_TO else usual


def _fold(groups: Mapping[str, str], pool: Sequence[str], held: Sequence[str]) -> Fold:
    out = {groups[paper] for paper in held}
    return Fold(tuple(paper for paper in pool if groups[paper] not in out), tuple(held))
