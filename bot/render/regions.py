"""The markers of a README, and what stands between them. Pure."""

from __future__ import annotations

from typing import NamedTuple

from bot import readme
from bot.errors import DataError
from bot.models import Taxonomy
from bot.readme import Readme


class Region(NamedTuple):
    """The lines ``start`` to ``end`` (from 0, end excluded) that one leaf's papers stand in."""

    start: int
    end: int
    leaf: str
    marked: bool


def begin(leaf: str) -> str:
    """The line above a leaf's papers."""
    return f"<!-- survey-bot:begin {leaf} -->"


def end(leaf: str) -> str:
    """The line below a leaf's papers."""
    return f"<!-- survey-bot:end {leaf} -->"


def marked(found: Readme, taxonomy: Taxonomy, file: str) -> list[Region]:
    """What stands between markers. Raises DataError for every way in which they can be damaged."""
    leaves = set(taxonomy.paths)
    regions: list[Region] = []
    opened: readme.Marker | None = None
    for marker in found.markers:
        leaf = taxonomy.current((marker.leaf,))[0]
        problem, remedy = _damage(marker, opened, leaf, leaves, regions)
        if problem:
            raise DataError(problem, where=f"{file}:{marker.line + 1}", remedy=remedy)
        if opened:
            regions.append(Region(opened.line + 1, marker.line, leaf, marked=True))
        opened = marker if opened is None else None
    if opened:
        raise DataError(
            f"the begin marker of {opened.leaf!r} has no end",
            where=f"{file}:{opened.line + 1}",
            remedy=f"put `{end(opened.leaf)}` below its table",
        )
    return regions


def _damage(
    marker: readme.Marker, opened: readme.Marker | None, leaf: str, leaves: set[str], regions: list[Region]
) -> tuple[str, str]:
    name = f"the {marker.kind} marker of {marker.leaf!r}"
    if not marker.alone:
        return f"{name} does not stand on a line of its own", "put what follows it on the next line"
    if leaf not in leaves:
        return f"{name} names no leaf of the taxonomy", "correct the id, or remove both markers and what is between"
    if marker.kind == "begin" and opened:
        return f"{name} stands before the end of {opened.leaf!r}", f"put `{end(opened.leaf)}` above it"
    if marker.kind == "end" and (opened is None or opened.leaf != marker.leaf):
        return f"{name} ends what was not begun", f"put `{begin(marker.leaf)}` above its table"
    if any(region.leaf == leaf for region in regions):
        return f"{name} is the second of this leaf", "remove one of the two pairs and what is between"
    return "", ""
