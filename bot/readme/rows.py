"""A row of a table as a paper: what its cells say, in any order of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot import ids, table
from bot.models import Link
from bot.phrases import count
from bot.readme import links, when
from bot.readme.gather import BESIDE, Gathered
from bot.readme.mend import is_broken, mended
from bot.readme.parts import DATE, Entry, Left, Row, Table
from bot.readme.unsaid import words
from bot.table import Column, Span

_PAGES = (links.WEBSITE, links.CODE, links.OTHER)
_LABELS = frozenset(["paper", "pdf", "link", "arxiv", "url", "论文", "链接", "原文"])
"""Words of a link that are no title, even where nothing else could be."""
NO_TITLE = "its paper has no link with a title, such as [title](https://…)"


class _UnreadableError(Exception):
    """This row is no paper, and why."""


class Rows:
    """The columns of one table, and what they make of its rows."""

    def __init__(self, one: Table) -> None:
        self.columns = table.columns_of(one.headers)
        self.headers = one.headers
        self._fields: dict[str, Column] = {column.field: column for column in self.columns if column}
        self._years = any(
            column and column.field == "year" and "year" in header.lower()
            for header, column in zip(one.headers, self.columns, strict=True)
        )

    def read(self, row: Row) -> Entry | None:
        """What a row says; None for a row of empty cells. A row that is no paper says why in ``reason``."""
        if not re.sub(r"[|\s]", "", row.text):
            return None
        entry = Entry(row.line, row.text, row=True)
        cells = {column.field: cell for column, cell in zip(self.columns, row.cells, strict=False) if column}
        try:
            entry.left += self._unknown(row)
            if row.width > len(self.columns):
                raise _UnreadableError(self._width(row))
            if row.width < len(self.columns) and "](" in cells.get("venue", ""):
                raise _UnreadableError(f"{self._width(row)}, and a link stands where its venue should")
            if row.width < len(self.columns):
                entry.notes.append(f"{self._width(row)}; see that each stands where it belongs")
            known = self._title(cells, entry)
            known.read_when([])
            self._year(cells, known, entry)
            self._venue(cells, known, entry)
            self._links(cells, known, entry)
            note = _remark(cells.get("note", ""))
            entry.note = "" if table.is_empty(note) else entry.cleaned(note, "note")
        except _UnreadableError as error:
            entry.reason = str(error)
        return entry

    def _width(self, row: Row) -> str:
        return f"it has {count(row.width, 'cell')} under {count(len(self.columns), 'header')}"

    def _unknown(self, row: Row) -> list[Left]:
        """What stands in columns that are not known."""
        return [
            Left(f"column {table.plain(header)}", cell)
            for header, column, cell in zip(self.headers, self.columns, row.cells, strict=False)
            if column is None and not table.is_empty(cell)
        ]

    def _title(self, cells: Mapping[str, str], entry: Entry) -> Gathered:
        """The title, the name and the link; other links of these cells are sorted."""
        text, mends = mended(cells.get("paper", ""))
        found = table.spans(text)
        place = _titled(found, alone="links" not in cells and "name" not in cells)
        name = " ".join(table.plain(_pictureless(cells.get("name", ""))).split()).strip("*` ")
        if place is not None:
            title, short, beside = found[place].text, *_beside(found, place)
        else:
            title, short, beside = _worded(found)
            title, short = (title, short) if title else (name, "")
        more = [
            table.spans(cells.get(field, "")) for field in ("name", "links", "venue") if "](" in cells.get(field, "")
        ]
        more.append([span for span in table.spans(cells.get("note", "")) if _is_page(span)])
        known = Gathered([*found, *(span for cell in more for span in cell if span.url)], listed=True)
        known.take(place)
        if place is not None and not links.is_web(found[place].url) and not known.main:
            raise _UnreadableError(f"its link {str(found[place].url)!r} is no web address")
        self._elsewhere(cells, known)
        if not re.search(r"\w", title) or not known.main or is_broken(title, linked=place is not None):
            raise _UnreadableError(NO_TITLE)
        entry.notes += mends
        entry.left += known.left
        if beside:
            self._tell_beside(beside, entry)
        short = short or ("" if table.is_empty(name) else name)
        entry.title, entry.link, entry.notes = entry.cleaned(title), known.main, [*entry.notes, *known.notes]
        entry.short = "" if table.opens_with(entry.title, short) else short
        return known

    def _elsewhere(self, cells: Mapping[str, str], known: Gathered) -> None:
        """Where the paper's own link is not on arXiv, or there is none, another of the row may be."""
        if ids.from_url(known.main):
            return
        others = [
            link.url
            for name in ("website", "code")
            if name in cells
            for link in table.read_links(cells[name], self._fields[name]).links
        ]
        paper = next((url for url in others if ids.from_url(url)), None)
        if paper:
            known.move(paper)
        elif not known.main and others:
            known.main = others[0]

    def _tell_beside(self, beside: str, entry: Entry) -> None:
        entry.left.append(Left(BESIDE, beside.strip()))
        if "\n" in beside:
            entry.common.append("text beside the paper's title (authors, remarks) was not imported")
        else:
            entry.notes.append(f"beside the paper's link, {beside!r} was not imported")

    def _year(self, cells: Mapping[str, str], known: Gathered, entry: Entry) -> None:
        cell = table.plain(cells.get("year", ""))
        entry.year = when.year(cell)
        if entry.year and not words(cell) <= words(f"{entry.year} {entry.year % 100:02}"):
            entry.left.append(Left(DATE, cell))
        if entry.year:
            if cell != str(entry.year) and self._years:
                entry.notes.append(f"the year {cell!r} was read as {entry.year}")
            elif cell != str(entry.year):
                entry.common.append("of its dates only the years were imported")
            return
        stated = when.venue(table.plain(cells.get("venue", "")))
        entry.year = (stated.year if stated else when.year(table.plain(cells.get("venue", "")))) or known.year
        if entry.year:
            return
        paper_id = ids.from_url(entry.link)
        entry.year = (ids.year(paper_id) or 0) if paper_id else 0
        if not entry.year:
            raise _UnreadableError("it has no year")
        if not table.is_empty(cell):
            entry.left.append(Left("said with the year", cell))
        entry.guessed.add("year")
        if "year" in self._fields:
            said = "" if table.is_empty(cell) else f" ({cell!r} is none)"
            entry.notes.append(f"the year is missing{said}; {entry.year} was taken from the link")
        else:
            entry.common.append("the year is missing; it was read from the link")

    def _venue(self, cells: Mapping[str, str], known: Gathered, entry: Entry) -> None:
        cell = cells.get("venue", "")
        said = "" if table.is_empty(cell) else table.plain(cell)
        if self._years and when.is_date(said):
            raise _UnreadableError(f"a date ({said!r}) stands where its venue should")
        stated = when.venue(said) if said and not when.year(table.plain(cells.get("year", ""))) else None
        venue = stated.venue if stated else "" if when.is_date(said) and not self._years else said
        entry.venue = venue or known.venue
        if not words(said) <= words(f"{entry.venue} {entry.year} {entry.year % 100:02}"):
            entry.left.append(Left("said with the venue", said))
        if entry.venue:
            return
        entry.venue = links.venue_of(entry.link)
        if not entry.venue:
            raise _UnreadableError("it has no venue")
        entry.guessed.add("venue")
        if "venue" in self._fields:
            entry.notes.append(f"the venue is missing; it was read as {entry.venue}")
        else:
            entry.common.append("the venue is missing; it was read from the link")

    def _links(self, cells: Mapping[str, str], known: Gathered, entry: Entry) -> None:
        for name, column in self._fields.items():
            if not column.icon:
                continue
            cell = table.read_links(cells.get(name, ""), column)
            if cell.rest:
                entry.notes.append(f"in {name}, {cell.rest!r} is no link and was not imported")
                entry.left.append(Left(f"column {name}", cells.get(name, "")))
            for url in cell.mended:
                entry.notes.append(f"in {name}, a link is not closed; it was read as {url}")
            kept = tuple(link for link in cell.links if link.url != known.moved)
            setattr(entry, name, kept)
        entry.website += _new(known.website, entry.website)
        entry.code += _new(known.code, entry.code)


def _new(found: tuple[Link, ...], there: tuple[Link, ...]) -> tuple[Link, ...]:
    return tuple(link for link in found if link.url not in {other.url for other in there})


def _is_page(span: Span) -> bool:
    """Whether this part of a note is a link that is a field of its own; a paper in a note is another one."""
    return span.kind == "link" and links.is_web(span.url) and links.role(span.text) in _PAGES


def _remark(cell: str) -> str:
    """A note without the links that are a field of their own."""
    spans = table.spans(cell)
    if not any(map(_is_page, spans)):
        return table.plain(cell)
    said = (span.text for span in spans if span.kind != "badge" and not _is_page(span))
    return " ".join(" ".join(said).split()).strip(" ,;/|")


def _pictureless(cell: str) -> str:
    return re.sub(r"!\[[^\]]*\]\([^)]*\)", "", cell)


def _titled(found: list[Span], *, alone: bool) -> int | None:
    """The place of the link whose words are the title.

    ``alone``: no other cell can tell it; then a label such as 🌐 is taken for one where nothing else stands.
    """
    worded = [place for place, span in enumerate(found) if span.kind == "link" and span.text and span.url is not None]
    best = next((place for place in worded if not links.role(found[place].text)), None)
    beside = "".join(span.text for span in found if span.kind not in ("link", "strong"))
    if best is None and worded and alone and not re.search(r"\w", beside):
        return worded[0] if found[worded[0]].text.lower() not in _LABELS else None
    return best


def _beside(found: list[Span], place: int) -> tuple[str, str]:
    """The name in bold beside a linked title, and the words that stand there otherwise."""
    short, beside = "", ""
    for at, span in enumerate(found):
        near = at in (place - 1, place + 1, place - 2, place + 2)
        if at == place or span.kind in ("badge", "link"):
            continue
        few = at < place or len(span.text.split()) <= 8
        if span.kind == "strong" and near and not short and few:
            short = span.text.strip().removesuffix(":")
        elif re.search(r"\w", span.text):
            beside += span.text
    return short, beside.strip(" -,") if "\n" not in beside else "\n" + beside.strip()


def _worded(found: list[Span]) -> tuple[str, str, str]:
    """A title that is no link: the first line of the cell, with a name in bold before it, and what stands below."""
    bold = next((span.text.strip(" :") for span in found if span.kind in ("strong", "code")), "")
    rest = [span for span in found if span.kind not in ("badge", "link")]
    line, _, below = "".join(span.text for span in rest).strip().partition("\n")
    line = re.sub(r"^[“\"](.*)[”\"][.,]?$", r"\1", line.strip(" ,"))
    without = line.removeprefix(bold).strip(" :-–") if bold else line
    if bold and len(without.split()) > 2 and len(bold.split()) <= 4:
        return without, bold, "\n" + below if below.strip() else ""
    return line.strip(" ,|/"), "", "\n" + below if below.strip() else ""
