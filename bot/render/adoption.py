"""The list that already stands under a leaf's heading, taken over once: nothing of it may be lost. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot import addresses, readme, table, titles
from bot.errors import DataError
from bot.markdown import shortened
from bot.models import Library, Node, Paper
from bot.readme import Entry, Readme, Section
from bot.render.regions import Region, begin, end
from bot.render.shape import Shape
from bot.render.template import LABEL

_SHOWN = 120
_MEND = "mend or remove it, or see docs/render.md on how to let it go"
_PLACE = "give it one (see docs/render.md), or remove it"
_CALLED = {"short": "name people say", "website": "website link", "code": "code link"}


class _Loss(NamedTuple):
    """Why the list cannot be taken over: what would be lost, the line (from 1) it stands in, and what helps."""

    line: int
    what: str
    remedy: str


def _lost(line: int, what: str, remedy: str = _MEND) -> _Loss:
    return _Loss(line, f"{what} and would be lost", remedy)


def adopted(found: Readme, leaf: Node, library: Library, file: str, written: Shape) -> Region:
    """The table or the bullets under the leaf's heading. Raises DataError when there are none, or one would be lost."""
    section = next((one for one in found.root.walk() if one.id in (leaf.id, *leaf.aliases) and _has(one)), None)
    if section is None:
        raise DataError(
            f"the class {leaf.id!r} has no place here",
            where=file,
            remedy=f"put the lines `{begin(leaf.id)}` and `{end(leaf.id)}` below its heading",
        )
    where = f"{file}:{section.line}"
    good = sorted((entry for entry in section.entries if not entry.reason), key=lambda entry: entry.line)
    if len(section.tables) > 1:
        raise DataError(f"{section.name!r} has more than one table", where=where, remedy="make one of them")
    if section.tables and good:
        raise DataError(f"{section.name!r} has a table and bullets", where=where, remedy="make one list of them")
    papers = [paper for paper in library.papers.values() if leaf.id in paper.labels]
    if section.tables:
        one = section.tables[0]
        start, last = one.start, one.end
        losses = [*_of_table(one), *_of_entries(_rows(one), written), *_unlisted(_rows(one), papers)]
    else:
        start, last = good[0].line - 1, max(entry.end for entry in good)
        losses = [*_of_list(found, section, start, last), *_of_entries(good, written), *_unlisted(good, papers)]
    for loss in losses:
        raise DataError(loss.what, where=f"{file}:{loss.line}", remedy=loss.remedy)
    return Region(start, last, leaf.id, marked=False)


def _has(section: Section) -> bool:
    return bool(section.tables) or any(not entry.reason for entry in section.entries)


def _rows(one: readme.Table) -> list[Entry]:
    rows = readme.Rows(one)
    return [entry for row in one.rows if (entry := rows.read(row))]


def _of_table(one: readme.Table) -> Iterator[_Loss]:
    for header, column in zip(one.headers, table.columns_of(one.headers), strict=True):
        if column is None:
            yield _lost(one.start + 1, f"the column {header!r} is not known")
    for entry in _rows(one):
        if entry.reason:
            yield _lost(entry.line, f"the row {entry.verbatim!r} cannot be read")


def _of_list(found: Readme, section: Section, start: int, end: int) -> Iterator[_Loss]:
    """Lines between the first and the last bullet that belong to no paper, and bullets that hang on others."""
    covered: set[int] = set()
    if found.lines[start][:1] in " \t>":
        what = f"the list of {section.name!r} stands inside another list, where none can be written"
        yield _Loss(start + 1, what, f"make {section.name!r} a heading")
    for entry in sorted(section.entries, key=lambda one: one.line):
        if not start < entry.line <= end:
            continue
        said = shortened(" ".join(entry.verbatim.split()), _SHOWN)
        if entry.reason:
            yield _lost(entry.line, f"the entry {said!r} cannot be read")
        elif not entry.end:
            yield _lost(entry.line, f"the row {said!r} of a table without headers has no form here")
        elif entry.line - 1 in covered:
            yield _lost(entry.line, f"that {entry.title!r} hangs on the paper above it is not known")
        covered.update(range(entry.line - 1, entry.end))
    for number in range(start, end):
        if number not in covered and found.lines[number].strip():
            said = shortened(found.lines[number].strip(), _SHOWN)
            yield _lost(number + 1, f"the line {said!r} is no paper")


def _of_entries(entries: Sequence[Entry], written: Shape) -> Iterator[_Loss]:
    """What entries say that no field holds, or that what is written does not show."""
    for entry in entries:
        if entry.reason:
            continue
        for left in readme.unsaid(entry):
            if left.what != readme.DATE:  # its year is kept, and the day of a paper on arXiv is known there
                said = shortened(" ".join(left.text.split()), _SHOWN)
                yield _lost(entry.line, f"{left.what} ({said}) has no field")
        for name in ("short", "website", "code", "note", *entry.stated):
            if getattr(entry, name) and name not in written.holds:
                what = f"{_CALLED.get(name, name)} of {entry.title!r}"
                yield _lost(entry.line, f"the {what} has no place in the [render] settings", _PLACE)
        if LABEL not in written.holds and any(link.label for link in (*entry.website, *entry.code)):
            yield _lost(entry.line, f"a link's label of {entry.title!r} has no place in the [render] settings", _PLACE)


def _unlisted(entries: Sequence[Entry], papers: Sequence[Paper]) -> Iterator[_Loss]:
    """The entries whose paper is not in this class, as an import would know it."""
    listed = {titles.normal(paper.title) for paper in papers}
    links = {addresses.key(paper.link): paper.title for paper in papers}
    for entry in entries:
        there = links.get(addresses.key(entry.link), "")
        known = titles.likeness(there, entry.title) >= titles.ALIKE or titles.normal(entry.title) in listed
        if not entry.reason and not known:
            yield _lost(entry.line, f"{entry.title!r} is in no file of this class")
