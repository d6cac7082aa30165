"""The structure of a survey's README: its sections, their tables, the markers, the table of contents. Pure.

What nests under what is told by the table of contents where there is one whose links lead to the headings, otherwise
by the levels of the headings: authors see their contents list, while a wrong number of ``#`` goes unnoticed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from bot import ids, table

_MARKER = re.compile(r"\s*<!--\s*survey-bot:(?P<kind>begin|end)\b\s*(?P<leaf>[^\s>]*)\s*-->(?P<rest>.*)", re.DOTALL)
_LINES = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_PIPES = re.compile(r"(?<!\\)\|")


class Row(NamedTuple):
    """A line of a table: its number (from 1), its cells as Markdown, the line itself, and how many cells it opens."""

    line: int
    cells: tuple[str, ...]
    text: str
    width: int


class Table(NamedTuple):
    """A table of lines ``start`` to ``end`` (from 0, end excluded)."""

    start: int
    end: int
    headers: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def of_papers(self) -> bool:
        """Whether it has a column of papers."""
        return any(column and column.field == "paper" for column in table.columns_of(self.headers))


class Marker(NamedTuple):
    """A line of ours (from 0): ``kind`` is begin or end; ``alone`` when nothing else stands on it."""

    line: int
    kind: str
    leaf: str
    alone: bool


@dataclass
class Section:
    """A heading (or, for a group that has none, an entry of the contents), with its own tables of papers."""

    name: str
    line: int
    level: int
    anchor: str
    tables: list[Table] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    id: str = ""

    def walk(self) -> Iterator[Section]:
        """This section and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Entry(NamedTuple):
    """An entry of the table of contents."""

    depth: int
    name: str
    anchor: str
    line: int


@dataclass
class Readme:
    """A README as a tree of sections that hold papers; ``notes`` are (line from 1, what was not understood)."""

    lines: list[str]
    root: Section
    markers: list[Marker]
    tables: list[Table]
    notes: list[tuple[int, str]]


def read(markdown: str) -> Readme:
    """Understand a README. Never fails: what is not understood is in the notes."""
    lines = _LINES.findall(markdown)
    tokens = table.parser().parse(markdown)
    markers = list(_markers(lines, tokens))
    sections, tables = _sections(tokens, lines)
    title = next((section.name for section in sections if section.level == 1), "") or "Survey"
    notes = [*_lost_rows(tokens, lines), *_other_tables(tables)]
    root = Section(title, 0, 0, "", children=_nest(sections, _contents(tokens, sections), notes))
    while len(root.children) == 1 and root.children[0].children and not root.children[0].tables:
        root.children = root.children[0].children  # one heading around everything is no class
    _name(root, markers)
    return Readme(lines, root, markers, tables, sorted(notes))


def clean(name: str) -> str:
    """A heading's text without emoji."""
    kept = (char for char in name if unicodedata.category(char) not in ("So", "Sk", "Cf", "Co") and char != "\ufe0f")
    return " ".join("".join(kept).split())


def anchor(text: str) -> str:
    """The anchor GitHub gives a heading, without the hyphens that a stripped emoji leaves at its ends."""
    kept = "".join(char for char in text.lower() if char in " -_" or unicodedata.category(char)[0] in "LNM")
    return kept.replace(" ", "-").replace("\ufe0f", "").strip("-")


# --- what stands in the file -----------------------------------------------------------------------------------------


def _markers(lines: Sequence[str], tokens: Sequence[Token]) -> Iterator[Marker]:
    code = {
        line for token in tokens if token.type in ("fence", "code_block") and token.map for line in range(*token.map)
    }
    for number, line in enumerate(lines):
        match = _MARKER.match(line)
        if match and number not in code:
            yield Marker(number, match["kind"], match["leaf"], not match["rest"].strip())


def _sections(tokens: Sequence[Token], lines: Sequence[str]) -> tuple[list[Section], list[Table]]:
    sections: list[Section] = []
    tables: list[Table] = []
    times: dict[str, int] = {}
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.map:
            text = table.plain(tokens[place + 1].content)
            where = anchor(text)
            times[where] = times.get(where, -1) + 1
            where += f"-{times[where]}" if times[where] else ""
            sections.append(Section(clean(text) or text or "Untitled", token.map[0] + 1, int(token.tag[1]), where))
        elif token.type == "table_open":
            tables.append(_table(tokens, place, lines))
            if sections and tables[-1].of_papers:
                sections[-1].tables.append(tables[-1])
    return sections, tables


def _table(tokens: Sequence[Token], place: int, lines: Sequence[str]) -> Table:
    start, end = tokens[place].map or (0, 0)
    cells: dict[int, list[str]] = {}
    for token in tokens[place:]:
        if token.type == "table_close":
            break
        if token.type == "inline" and token.map:
            cells.setdefault(token.map[0], []).append(token.content)
    headers = cells.pop(start, [])
    return Table(start, end, tuple(headers), tuple(_row(number, found, lines) for number, found in cells.items()))


def _row(number: int, cells: Sequence[str], lines: Sequence[str]) -> Row:
    text = lines[number].strip()
    width = len(_PIPES.split(text.removeprefix("|").rstrip())) - text.endswith("|")
    return Row(number + 1, tuple(cells), text, width)


def _lost_rows(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    in_table = False
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            in_table = token.type == "table_open"
        elif token.type == "html_block" and re.search(r"<tr\b", token.content, re.IGNORECASE) and token.map:
            yield token.map[0] + 1, "a table written in HTML cannot be read; write it in Markdown"
        elif token.type == "inline" and not in_table and token.map:
            for number in range(*token.map):
                if lines[number].lstrip().startswith("|"):
                    yield number + 1, f"this looks like a row but stands in no table: {lines[number].strip()}"


def _other_tables(tables: Sequence[Table]) -> Iterator[tuple[int, str]]:
    for found in tables:
        if not found.of_papers:
            yield found.start + 1, f"this table has no column of papers and was left alone: {' | '.join(found.headers)}"


def _contents(tokens: Sequence[Token], sections: Sequence[Section]) -> list[Entry]:
    """The list whose links lead to the most headings that hold papers, empty when no list leads to two of them."""
    known = {section.anchor for section in sections if section.tables}
    lists: list[list[Entry]] = [[]]
    depth = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if depth == 0:
                lists.append([])
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "inline" and depth and token.map:
            links = [piece for piece in table.pieces(token.content) if piece.url and piece.url.startswith("#")]
            lists[-1] += [
                Entry(
                    depth,
                    clean(piece.text) or piece.text or "Untitled",
                    anchor(unquote(piece.url or "")[1:]),
                    token.map[0] + 1,
                )
                for piece in links[:1]
            ]
    best = max(lists, key=lambda entries: sum(entry.anchor in known for entry in entries))
    return best if sum(entry.anchor in known for entry in best) >= 2 else []


# --- what nests under what -------------------------------------------------------------------------------------------


def _nest(sections: list[Section], contents: list[Entry], notes: list[tuple[int, str]]) -> list[Section]:
    """The top sections, with those below them; only what holds papers, or holds what does."""
    top = Section("", 0, 0, "")
    if not contents:
        _stack(top, [(section.level, section) for section in sections])
        return _pruned(top)
    by_anchor = {section.anchor: section for section in reversed(sections)}
    listed: list[tuple[int, Section]] = []
    for entry in contents:
        section = by_anchor.pop(entry.anchor, None) or Section(entry.name, entry.line, 0, entry.anchor)
        listed.append((entry.depth, section))
    _stack(top, listed)
    placed = {id(section) for _, section in listed}
    for place, section in enumerate(sections):
        if section.tables and id(section) not in placed:
            above = _above(sections[:place], section, placed) or top
            above.children.append(section)
            placed.add(id(section))
            where = f"under {above.name!r}" if above.name else "at the top"
            notes.append((section.line, f"{section.name!r} is not in the table of contents; it was placed {where}"))
    return _pruned(top)


def _stack(top: Section, listed: Sequence[tuple[int, Section]]) -> None:
    trail: list[tuple[int, Section]] = [(-1, top)]
    for depth, section in listed:
        while trail[-1][0] >= depth:
            trail.pop()
        trail[-1][1].children.append(section)
        trail.append((depth, section))


def _above(before: Sequence[Section], section: Section, placed: set[int]) -> Section | None:
    level = section.level
    for other in reversed(before):
        if other.level < level:
            level = other.level
            if id(other) in placed and not other.tables:
                return other
    return None


def _pruned(top: Section) -> list[Section]:
    kept = []
    for child in top.children:
        child.children = _pruned(child)
        if child.tables or child.children:
            kept.append(child)
    return kept


def _name(root: Section, markers: Sequence[Marker]) -> None:
    """Give every section its id: that of the markers around its table, else the slug of its name."""
    begins = [marker for marker in markers if marker.kind == "begin"]
    ends = [marker for marker in markers if marker.kind == "end"]
    spans = {(begin.line, end.line): begin.leaf for begin, end in zip(begins, ends, strict=False)}
    taken: set[str] = set()

    def name(section: Section, parent: str) -> None:
        start = section.tables[0].start if section.tables else -1
        marked = next((leaf for (begin, end), leaf in spans.items() if begin < start < end), "")
        marked = marked if re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", marked) else ""
        choices = [marked, ids.slug(section.name), f"{parent}-{ids.slug(section.name)}".strip("-")]
        choices += [f"class-{number}" for number in range(1, len(taken) + 2)]
        section.id = next(choice for choice in choices if choice and choice not in taken)
        taken.add(section.id)
        for child in section.children:
            name(child, section.id)

    name(root, "")
