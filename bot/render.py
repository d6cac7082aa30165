"""The tables of a README, written from the data. Pure: text and library in, text out.

Each leaf has one pair of markers, and only what stands between them is ours::

    <!-- survey-bot:begin quantization -->
    <!-- survey-bot:end quantization -->

The README itself is the record of the order of rows: papers keep the place they have there, recognised by the paper's
link, and papers that are new to a table follow at its end, by time of submission (``ids.sort_key``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot import ids, importer, readme, table
from bot.errors import DataError
from bot.models import Library, Node, Paper, Taxonomy
from bot.readme import Readme


class _Region(NamedTuple):
    """The lines ``start`` to ``end`` (from 0, end excluded) that one leaf's table stands in."""

    start: int
    end: int
    leaf: str
    marked: bool


def render(markdown: str, library: Library, file: str = "README.md") -> str:
    """The same README with every leaf's table as the library has it; what is outside the markers keeps every byte.

    A leaf without markers gets them around the table under its heading, once. Raises DataError when markers are
    damaged, or when a leaf has neither markers nor a table; ``file`` names the README in errors.
    """
    library = library.under_current_ids()
    found = readme.read(markdown)
    regions = _marked(found, library.taxonomy, file)
    marked = {region.leaf for region in regions}
    regions += [_adopted(found, leaf, library, file) for leaf in library.taxonomy.leaves if leaf.id not in marked]
    newline = "\r\n" if found.lines and found.lines[0].endswith("\r\n") else "\n"
    lines = list(found.lines)
    for region in sorted(regions, reverse=True):
        written = [line + newline for line in _table(found, region, library)]
        if not region.marked:
            written = [begin(region.leaf) + newline, *written, end(region.leaf) + newline]
        lines[region.start : region.end] = written
    return "".join(lines)


def begin(leaf: str) -> str:
    """The line above a leaf's table."""
    return f"<!-- survey-bot:begin {leaf} -->"


def end(leaf: str) -> str:
    """The line below a leaf's table."""
    return f"<!-- survey-bot:end {leaf} -->"


def _table(found: Readme, region: _Region, library: Library) -> list[str]:
    papers = [paper for paper in library.papers.values() if region.leaf in paper.labels]
    places = _places(found, region)

    def place(paper: Paper) -> tuple[int, tuple[int, str]]:
        return places.get(ids.from_url(paper.link) or paper.link, len(places)), ids.sort_key(paper.id)

    return [*table.header(), *(table.row(paper) for paper in sorted(papers, key=place))]


def _places(found: Readme, region: _Region) -> dict[str, int]:
    """The place of every paper in the region's rows of today, by arXiv id or address."""
    places: dict[str, int] = {}
    for one in found.tables:
        if not region.start <= one.start < region.end or not one.of_papers:
            continue
        fields = [column.field if column else "" for column in table.columns_of(one.headers)]
        for row in one.rows:
            links = [piece.url for piece in table.pieces(row.cells[fields.index("paper")]) if piece.url]
            for url in links[:1]:
                places.setdefault(ids.from_url(url) or url, len(places))
    return places


def _marked(found: Readme, taxonomy: Taxonomy, file: str) -> list[_Region]:
    """What stands between markers. Raises DataError for every way in which they can be damaged."""
    leaves = set(taxonomy.paths)
    regions: list[_Region] = []
    opened: readme.Marker | None = None
    for marker in found.markers:
        leaf = taxonomy.current((marker.leaf,))[0]
        problem, remedy = _damage(marker, opened, leaf, leaves, regions)
        if problem:
            raise DataError(problem, where=f"{file}:{marker.line + 1}", remedy=remedy)
        if opened:
            regions.append(_Region(opened.line + 1, marker.line, leaf, marked=True))
        opened = marker if opened is None else None
    if opened:
        raise DataError(
            f"the begin marker of {opened.leaf!r} has no end",
            where=f"{file}:{opened.line + 1}",
            remedy=f"put `{end(opened.leaf)}` below its table",
        )
    return regions


def _damage(
    marker: readme.Marker, opened: readme.Marker | None, leaf: str, leaves: set[str], regions: list[_Region]
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


def _adopted(found: Readme, leaf: Node, library: Library, file: str) -> _Region:
    """The table under the leaf's heading. Raises DataError when there is not exactly one, or it would lose a row."""
    section = next((one for one in found.root.walk() if one.id in (leaf.id, *leaf.aliases) and one.tables), None)
    if section is None:
        raise DataError(
            f"the class {leaf.id!r} has no place here",
            where=file,
            remedy=f"put the lines `{begin(leaf.id)}` and `{end(leaf.id)}` below its heading",
        )
    where = f"{file}:{section.line}"
    if len(section.tables) > 1:
        raise DataError(f"{section.name!r} has more than one table", where=where, remedy="make one of them")
    one = section.tables[0]
    papers = [paper for paper in library.papers.values() if leaf.id in paper.labels]
    for line, loss in (*_losses(one), *_unlisted(one, papers)):
        raise DataError(f"{loss} and would be lost", where=f"{file}:{line}", remedy="mend or remove it")
    return _Region(one.start, one.end, leaf.id, marked=False)


def _losses(one: readme.Table) -> Iterator[tuple[int, str]]:
    """What stands in a table that the data cannot hold: (line from 1, what)."""
    columns = table.columns_of(one.headers)
    for header, column in zip(one.headers, columns, strict=True):
        if column is None:
            yield one.start + 1, f"the column {header!r} is not known"
    place = next(place for place, column in enumerate(columns) if column and column.field == "paper")
    for row in one.rows:
        if row.width > len(columns) or not any(piece.url for piece in table.pieces(row.cells[place])):
            yield row.line, f"the row {row.text!r} cannot be read"


def _unlisted(one: readme.Table, papers: Sequence[Paper]) -> Iterator[tuple[int, str]]:
    """The rows of a table whose paper is not in this class, as ``importer`` would know it: (line from 1, what)."""
    place = [column.field if column else "" for column in table.columns_of(one.headers)].index("paper")
    titles = {importer.normal(paper.title) for paper in papers}
    links = {ids.from_url(paper.link) or paper.link: paper.title for paper in papers}
    for row in one.rows:
        title, url = next((piece for piece in table.pieces(row.cells[place]) if piece.url), table.Piece("", ""))
        there = links.get(ids.from_url(url or "") or url or "", "")
        if importer.likeness(there, title) < importer.ALIKE and importer.normal(title) not in titles:
            yield row.line, f"{title!r} is in no file of this class"
