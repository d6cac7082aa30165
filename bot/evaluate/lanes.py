"""The lanes over time: what was proposed, asked and skipped by what was known then, and how that met the targets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.evaluate.folds import Month
from bot.evaluate.report import LaneFigures, LanesResult
from bot.evaluate.seams import Scored, Scores
from bot.models import Lane
from bot.settings import Lanes

LANES = "lane", "papers", "a week", "belong", "of these listed", "first class right"


def lanes(
    months: Sequence[Month],
    scores: Sequence[Scores],
    belong: Iterable[str],
    labels: Mapping[str, Sequence[str]],
    targets: Lanes,
    weeks: int,
) -> LanesResult:
    """What became of the papers of all months; ``labels``: of the listed ones. ``weeks``: how long the months were."""
    right = frozenset(belong)
    went: dict[Lane | None, dict[str, Scored]] = {lane: {} for lane in (*Lane, None)}
    for month, its in zip(months, scores, strict=True):
        for paper in month.arriving:
            scored = its.papers.get(paper, Scored(0.0))
            went[scored.lane][paper] = scored
    figures = tuple(_figures(lane, papers, right, labels) for lane, papers in went.items())
    proposed, asked, *rest = figures
    seen = proposed.papers + asked.papers
    sure = proposed.papers and proposed.listed
    total = sum(one.belong for one in figures)
    return LanesResult(
        targets=targets,
        lanes=figures,
        weeks=weeks,
        right=proposed.belong / proposed.papers * proposed.placed / proposed.listed if sure else None,
        lost=sum(one.belong for one in rest) / total if total else None,
        weekly=seen / weeks,
        notes=_notes(months, scores),
    )


def _figures(
    lane: Lane | None, papers: Mapping[str, Scored], right: frozenset[str], labels: Mapping[str, Sequence[str]]
) -> LaneFigures:
    listed = [paper for paper in papers if paper in labels]
    return LaneFigures(
        lane=lane,
        papers=len(papers),
        belong=sum(paper in right for paper in papers),
        listed=len(listed),
        placed=sum(papers[paper].label in labels[paper] for paper in listed),
    )


def _notes(months: Sequence[Month], scores: Sequence[Scores]) -> tuple[str, ...]:
    """What the judge said at the beginning of each month; the same said twice is told once, with both months."""
    told: dict[str, list[str]] = {}
    for month, its in zip(months, scores, strict=True):
        for note in its.lines.notes if its.lines else ():
            told.setdefault(note, []).append(month.name)
    return tuple(f"{', '.join(names)}: {note}" for note, names in told.items())


def lane_rows(found: LanesResult) -> list[tuple[str, ...]]:
    """A table of what went which way, in the columns of :data:`LANES`."""
    return [
        (
            one.lane or "ruled out by words alone",
            f"{one.papers}",
            f"{one.papers / found.weeks:.1f}",
            f"{one.belong}",
            f"{one.listed}",
            f"{one.placed}" if one.lane else "–",
        )
        for one in found.lanes
    ]


def against_targets(found: LanesResult) -> tuple[str, ...]:
    """Each target of ``[lanes]`` and what came of it, in a sentence."""
    proposed, asked, skipped, out = found.lanes
    belong = sum(lane.belong for lane in found.lanes)
    return (
        f"target: {found.targets.right:.0%} of proposals right; found {_percent(found.right)}: {proposed.belong} of "
        f"{proposed.papers} belong, and of the {proposed.listed} that are listed {proposed.placed} have a right first "
        "class",
        f"target: at most {found.targets.lost:.0%} of what belongs skipped; found {_percent(found.lost)}: of {belong}, "
        f"{skipped.belong} were skipped and {out.belong} ruled out by words alone",
        f"target: at most {found.targets.weekly} papers a week to look at; found {found.weekly:.1f}: "
        f"{proposed.papers / found.weeks:.1f} proposed and {asked.papers / found.weeks:.1f} asked",
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
