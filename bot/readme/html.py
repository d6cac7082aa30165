"""The HTML that lists are written in, as Markdown: headings, sections that fold, tables. No line moves."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import NamedTuple

from bot import table
from bot.readme.parts import Row, Table
from bot.texts import CONTROL

LONGEST = 20_000
"""Characters of a line that are read; what is longer is no row anybody wrote."""
_FENCE = re.compile(r" {0,3}(`{3,}(?![^`\n]*`)|~{3,})")
_HEADING = re.compile(r"<h([1-6])\b([^<>]*)>((?:(?!<h[1-6]\b).)*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_SUMMARY = re.compile(r"<summary\b[^<>]*>((?:(?!<summary\b).)*?)</summary\s*>", re.IGNORECASE | re.DOTALL)
_ATX = re.compile(r" {0,3}(#{1,6})\s")
_WRAPPER = re.compile(r"\s*(?:</?(?:div|p|center|details|font|section|br|hr)\b[^<>]*>\s*)+", re.IGNORECASE)
_BULLET = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")
_ANCHOR = re.compile(
    r"<a\b[^<>]*?\bhref=[\"'](?P<url>https?://[^\"'<>\s]+)[\"'][^<>]*>(?P<words>(?:(?!</?a\b).)*)</a\s*>", re.IGNORECASE
)
_TAG = re.compile(r"<[^<>]*>")
_FOLDS = re.compile(
    r"\b(?:click|expand|show|view|more|toggle|collapse|contents?|toc|unfold|to|for|the|of|all|full|list|papers?|details"
    r"|here|see|me|this|section|and|table)\b|[\W\d_]+",
    re.IGNORECASE,
)
"""Words that only say that something folds."""
_HOW = re.compile(r"\s*[(\[][^()\[\]]*\b(?:click|expand|show|toggle|collapse|unfold)\b[^()\[\]]*[)\]]", re.IGNORECASE)
DEFINED = re.compile(r" {0,3}\[(?!\^|//)([^\]]+)\]:\s*<?(https?://[^\s>]+)>?")
_REFERRED = re.compile(r"(?<!\\)(\[[^\[\]]+\])(?:\[([^\[\]]*)\])?(?![\[(:])")
_FOOTNOTE = re.compile(r"(?<!\\)\[\^([^\]\s]+)\](?!:)")
_NOTE = re.compile(r" {0,3}\[\^([^\]\s]+)\]:")
_FOLDED = 300
"""Folded sections that are looked at; what stands behind more belongs to the last of them."""
_MOST = 60
"""Rows or columns that one cell may span."""
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}
_SPAN = 8
"""A heading in HTML takes no more lines than so many."""


class Plain(NamedTuple):
    """A list without HTML: its lines, tables that were HTML, and where a folded section ends (lines from 0)."""

    lines: list[str]
    tables: list[Table]
    anchors: dict[int, str]
    """Line of a heading -> the anchor its HTML gives it."""
    folds: dict[int, int]
    """Line of the heading of a folded section -> its last line."""
    too_long: list[int]
    code: set[int]
    """Lines of fenced code and of comments."""
    unclosed: int | None
    """The line that opens code or a comment which no line closes."""


def plain(lines: Sequence[str]) -> Plain:
    """Read HTML as Markdown: every line keeps its number, what was HTML stands in the first of its lines."""
    found = Plain(list(lines), [], {}, {}, [], set(), None)
    text = found.lines
    text[:1] = [line.removeprefix("\ufeff") for line in text[:1]]
    text[:] = [CONTROL.sub(" ", line) for line in text]
    for number, line in enumerate(text):
        if len(line) > LONGEST:
            found.too_long.append(number)
            text[number] = "\n"
    code, unclosed = _code(text)
    found = found._replace(code=code, unclosed=unclosed)
    _refer(text, code)
    level, number = 1, 0
    while number < len(text):
        line = text[number]
        if number not in code and "<" in line:
            if _BULLET.match(line):
                text[number] = _ANCHOR.sub(_linked, line)
            number = _rewrite(found, number, level)
            line = text[number]
        heading = _ATX.match(line)
        level = len(heading[1]) if heading and number not in found.folds and number not in code else level
        number += 1
    return found


def _code(lines: Sequence[str]) -> tuple[set[int], int | None]:
    """The lines of fenced code and of comments, and the one that opens what no line closes."""
    code: set[int] = set()
    fence, comment, opened = "", False, 0
    for number, line in enumerate(lines):
        match = _FENCE.match(line)
        if fence or comment:
            code.add(number)
            if fence and match and match[1].startswith(fence) and not line.strip(" `~\r\n"):
                fence = ""
            comment = comment and "-->" not in line
        elif match:
            code.add(number)
            fence, opened = match[1], number
        elif "<!--" in line and "-->" not in line.rpartition("<!--")[2]:
            comment, opened = True, number
    return code, opened if fence or comment else None


def _linked(match: re.Match[str]) -> str:
    words = " ".join(_TAG.sub("", match["words"]).split())
    return (
        f"[{words}](<{html.unescape(match['url'])}>)"
        if words and not match["words"].lstrip().startswith("<img")
        else match[0]
    )


def _refer(lines: list[str], code: set[int]) -> None:
    """Write links by reference as links, and drop the marks of footnotes; one without its footnote is plain text."""
    defined: dict[str, str] = {}
    notes: set[str] = set()
    for number, line in enumerate(lines):
        if number in code:
            continue
        if match := DEFINED.match(line):
            defined.setdefault(match[1].strip().lower(), match[2])
        elif match := _NOTE.match(line):
            notes.add(match[1].lower())

    def written(match: re.Match[str]) -> str:
        url = defined.get((match[2] or match[1][1:-1]).strip().lower())
        return f"{match[1]}(<{url}>)" if url else match[0]

    for number, line in enumerate(lines):
        if "[" in line and defined and number not in code:
            lines[number] = line = _REFERRED.sub(written, line)
        if "[^" in line and number not in code:
            lines[number] = _FOOTNOTE.sub(lambda mark: "" if mark[1].lower() in notes else mark[0], line)


def _rewrite(found: Plain, number: int, level: int) -> int:
    """Rewrite the HTML that begins in this line; gives the last line it took."""
    lines = found.lines
    line = lines[number]
    if re.search(r"<table\b", line, re.IGNORECASE):
        end = _end(lines, number)
        source = "".join(lines[number:end])
        if re.search(r"<tr\b", source, re.IGNORECASE):
            found.tables.append(_table(source, number, end))
            lines[number:end] = ["\n"] * (end - number)
            return end - 1
    for pattern in (_HEADING, _SUMMARY):
        opened = re.search(pattern.pattern.partition(r"\b")[0], line, re.IGNORECASE)
        source = "".join(lines[number : number + _SPAN]) if opened else ""
        match = pattern.search(source)
        if match and match.start() < len(line):
            return _head(found, number, match, level)
    if _WRAPPER.fullmatch(line):
        lines[number] = "\n"
    return number


def _head(found: Plain, number: int, match: re.Match[str], level: int) -> int:
    """Write a heading or a summary in HTML as a heading of Markdown."""
    lines = found.lines
    took = match.string[: match.end()].count("\n") + 1
    *_, inner = match.groups()
    words = " ".join(html.unescape(_TAG.sub("", inner)).split())
    lines[number : number + took] = ["\n"] * took
    if match.re is _HEADING:
        anchor = re.search(r"\b(?:id|name)=[\"']?([^\"'\s>]+)", match[2])
        lines[number] = f"{'#' * int(match[1])} {words}\n"
        if anchor:
            found.anchors[number] = anchor[1]
    elif words := _FOLDS.sub("", words) and _HOW.sub("", words):
        few = len(found.folds) < _FOLDED
        within = sum(start < number <= end for start, end in found.folds.items()) if few else 0
        lines[number] = f"{'#' * min(6, level + 1 + within)} {words}\n"
        if few:
            found.folds[number] = _fold(lines, number)
    return number + took - 1


def _fold(lines: Sequence[str], start: int) -> int:
    depth = 1
    for number in range(start + 1, len(lines)):
        if "<" not in lines[number]:
            continue
        depth += len(re.findall(r"<details\b", lines[number], re.IGNORECASE))
        depth -= len(re.findall(r"</details\s*>", lines[number], re.IGNORECASE))
        if depth <= 0:
            return number
    return len(lines)


def _end(lines: Sequence[str], start: int) -> int:
    """The line after a table in HTML; one that is not closed ends before the next heading."""
    depth = 0
    for number in range(start, len(lines)):
        if number > start and _ATX.match(lines[number]):
            return number
        depth += len(re.findall(r"<table\b", lines[number], re.IGNORECASE))
        depth -= len(re.findall(r"</table\s*>", lines[number], re.IGNORECASE))
        if depth <= 0:
            return number + 1
    return len(lines)


def _table(source: str, start: int, end: int) -> Table:
    reader = _Reader()
    reader.feed(source)
    reader.close()
    reader.finish()
    grid = _spread(reader.rows)
    headers: tuple[str, ...] = ()
    if grid and (reader.rows[0].head or any(table.columns_of([table.plain(cell) for cell in grid[0]]))):
        headers = tuple(grid[0])
    rows = [
        Row(start + row.line, tuple(cells), " ".join(row.source.split()), len(cells))
        for row, cells in zip(reader.rows, grid, strict=True)
    ]
    wide = [row._replace(cells=(row.cells + ("",) * len(headers))[: len(headers) or None]) for row in rows]
    return Table(start, end, headers, tuple(wide[1:] if headers else wide))


class _Cells(NamedTuple):
    """A row: the line it begins in (from 1), its cells with their spans, its HTML, and whether it is one of headers."""

    line: int
    cells: list[tuple[str, int, int]]
    source: str
    head: bool


def _spread(rows: Sequence[_Cells]) -> list[list[str]]:
    """The cells of every row, those that span several repeated in each."""
    grid: list[dict[int, str]] = [{} for _ in rows]
    for place, row in enumerate(rows):
        column = 0
        for text, down, right in row.cells:
            while column in grid[place]:
                column += 1
            for below in range(place, min(place + down, len(rows))):
                for across in range(column, column + right):
                    grid[below][across] = text
            column += right
    return [[cells.get(column, "") for column in range(max(cells, default=-1) + 1)] for cells in grid]


class _Reader(HTMLParser):
    """Gathers the rows of one table, their cells as Markdown."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[_Cells] = []
        self._cell: list[str] | None = None
        self._spans = (1, 1)
        self._href: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "tr":
            self._close()
            self.rows.append(_Cells(self.getpos()[0], [], "", head=False))
        elif tag in ("td", "th") and self.rows:
            self._close()
            self._cell = []
            self._spans = (_count(given.get("rowspan")), _count(given.get("colspan")))
            self.rows[-1] = self.rows[-1]._replace(head=tag == "th")
        elif tag == "a":
            self._href.append(given.get("href", ""))
            self._write("[")
        elif tag == "img":
            self._write(f"![{table.escape(given.get('alt', ''))}]({given.get('src', '')})")
        else:
            self._write("<br>" if tag in ("br", "li") else _MARKS.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()
        elif tag == "a" and self._href:
            self._write(f"](<{self._href.pop()}>)")
        else:
            self._write(_MARKS.get(tag, ""))

    def handle_data(self, data: str) -> None:
        self._write(re.sub(r"([\\`*_\[\]|<&])", r"\\\1", re.sub(r"\s+", " ", data)))

    def finish(self) -> None:
        """Take what was left open; rows without cells are none."""
        self._close()
        self.rows = [row for row in self.rows if row.cells]

    def _write(self, text: str) -> None:
        if self._cell is not None:
            self._cell.append(text)

    def _close(self) -> None:
        if self._cell is not None and self.rows:
            while self._href:
                self._cell.append(f"](<{self._href.pop()}>)")
            text = "".join(self._cell).strip()
            row = self.rows[-1]
            row.cells.append((text, *self._spans))
            self.rows[-1] = row._replace(source=f"{row.source} | {text}")
        self._cell = None


def _count(text: str | None) -> int:
    return max(1, min(_MOST, int(text))) if text and text.isdecimal() and len(text) < 9 else 1
