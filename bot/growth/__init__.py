"""How the survey grows: papers by class and by pillar over time. Pure.

Three clocks are kept apart: when a paper was *submitted* (its arXiv id tells the month), in which *year* it appeared
(as listed), and when it was *added* to the list. A paper in several classes counts once in each of them, once in each
of their pillars, and once in all: the rows of a table add up to more than its last row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from bot import ids
from bot.models import Library, Model, Paper, Taxonomy

Counts = dict[str, int]
"""Period -> papers; a period without papers is not there."""


class Series(Model):
    """Papers by period, the first period first."""

    papers: Counts
    pillars: dict[str, Counts]
    """By id, in the order of the taxonomy; a pillar without papers has none."""
    classes: dict[str, Counts]
    unknown: int
    """Papers of which the period is not known; they are not counted here."""


class Growth(Model):
    """The papers listed, on three clocks."""

    papers: int
    submitted: Series
    """By the month of the arXiv id (``2025-06``), of a paper that is not there by the year it is listed with."""
    years: Series
    """By the year of the venue, or of the preprint, as listed (``2025``)."""
    added: Series
    """By the month in which the paper was put on the list (``2026-11``)."""


def growth(library: Library) -> Growth:
    """What the list tells of its own growth."""
    papers = list(library.papers.values())
    return Growth(
        papers=len(papers),
        submitted=_series(papers, library.taxonomy, submitted),
        years=_series(papers, library.taxonomy, lambda paper: _year(paper.year)),
        added=_series(papers, library.taxonomy, lambda paper: f"{paper.added:%Y-%m}" if paper.added else None),
    )


def submitted(paper: Paper) -> str:
    """``2025-06``, or ``2025`` for a paper that is not on arXiv."""
    if not ids.is_arxiv(paper.id):
        return _year(paper.year)
    number = ids.sort_key(paper.id)[1]  # year and month of either style begin it
    return f"{number[:4]}-{number[4:6]}"


def total(counts: Counts) -> int:
    """Papers of all periods."""
    return sum(counts.values())


def undated(found: Series) -> int:
    """Papers of which only the year is known."""
    return sum(papers for period, papers in found.papers.items() if "-" not in period)


def _year(year: int) -> str:
    return f"{min(max(year, 0), 9999):04}"  # whatever stands in a file, periods sort as text


def _series(papers: Sequence[Paper], taxonomy: Taxonomy, period: Callable[[Paper], str | None]) -> Series:
    known = [(when, paper) for paper in papers if (when := period(paper)) is not None]
    return Series(
        papers=_counts(when for when, _ in known),
        pillars={
            pillar: _counts(when for when, paper in known if labels.intersection(paper.labels))
            for pillar, labels in _below(taxonomy).items()
        },
        classes={label: _counts(when for when, paper in known if label in paper.labels) for label in taxonomy.paths},
        unknown=len(papers) - len(known),
    )


def _below(taxonomy: Taxonomy) -> Mapping[str, set[str]]:
    """Pillar -> the ids of its leaves."""
    pillars: dict[str, set[str]] = {}
    for label, path in taxonomy.paths.items():
        pillars.setdefault(path[0].id, set()).add(label)
    return pillars


def _counts(periods: Iterable[str]) -> Counts:
    return dict(sorted(Counter(periods).items()))
