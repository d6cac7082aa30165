"""The headings of a page, the addresses GitHub gives them, and the contents list that leads to them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import unquote

from bot import readme, table

_HTML = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1\s*>", re.IGNORECASE)
_ID = re.compile(r"\b(?:id|name)=[\"']?([^\"'\s>]+)")
_ENTRY = re.compile(
    r"(?P<indent>[ \t]*)(?P<mark>(?:[-*+]|\d{1,9}[.)])[ \t]+)(?P<lead>[^\w\[\]]*)\[(?P<text>(?:[^\[\]]|\\.)+)\]"
    r"\(#(?P<to>[^()\s]+)\)(?P<rest>[^\[\]]{0,30})"
)


class Heading(NamedTuple):
    """A heading of lines ``start`` to ``stop`` (from 0, end excluded); ``anchor`` is what GitHub calls it.

    ``kind``: ``#``, ``=`` (underlined) or ``<`` (HTML).
    """

    start: int
    stop: int
    level: int
    kind: str
    anchor: str
    text: str
    """Without emoji."""


class Entry(NamedTuple):
    """A line (from 0) of the contents, and the heading it leads to as :func:`readme.anchor` has it."""

    line: int
    indent: str
    text: str
    to: str
    anchor: str


def headings(markdown: str, lines: Sequence[str]) -> list[Heading]:
    """All headings, those in HTML too where they stand on one line."""
    times: dict[str, int] = {}
    found = []
    for one, text in sorted(_headings(markdown, lines)):
        where = one.anchor or address(text)
        if not one.anchor:
            times[where] = times.get(where, -1) + 1
            where += f"-{times[where]}" if times[where] else ""
        found.append(one._replace(anchor=where))
    return found


def address(text: str) -> str:
    """The anchor GitHub gives a heading of this text; a hyphen stays where an emoji was."""
    return "".join(
        char for char in text.lower().replace(" ", "-") if char in "-_" or unicodedata.category(char)[0] in "LNM"
    )


def entries(lines: Sequence[str], code: set[int]) -> list[Entry]:
    """The bullets that are nothing but a link to a heading."""
    matches = ((number, _ENTRY.fullmatch(line.rstrip("\r\n"))) for number, line in enumerate(lines))
    return [
        Entry(number, match["indent"], match["text"], match["to"], readme.anchor(unquote(match["to"])))
        for number, match in matches
        if match and number not in code
    ]


def code(markdown: str) -> set[int]:
    """The lines of code."""
    tokens = table.parser().parse(markdown)
    return {
        line for token in tokens if token.type in ("fence", "code_block") and token.map for line in range(*token.map)
    }


def shifted(line: str, kind: str, by: int) -> str:
    """The first line of a heading so many levels further in."""
    if kind == "<":
        return _HTML.sub(lambda match: re.sub(r"(?<=<h|/h)[1-6]", str(_level(int(match[1]) + by)), match[0]), line)
    marks = re.match(r"(\s*)(#+)", line)
    return f"{marks[1]}{'#' * _level(len(marks[2]) + by)}{line[marks.end() :]}" if marks else line


def _level(wanted: int) -> int:
    return min(6, max(1, wanted))


def _headings(markdown: str, lines: Sequence[str]) -> Iterator[tuple[Heading, str]]:
    tokens = table.parser().parse(markdown)
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.map:
            kind = "#" if token.markup.startswith("#") else "="
            start, stop = token.map
            text = table.plain(tokens[place + 1].content)
            yield Heading(start, stop, int(token.tag[1]), kind, "", readme.clean(text)), text
        elif token.type == "html_block" and token.map:
            for number in range(*token.map):
                match = _HTML.search(lines[number])
                if match:
                    given = _ID.search(match[2])
                    name = given[1] if given else ""
                    text = table.plain(re.sub(r"<[^<>]*>", "", match[3]))
                    yield Heading(number, number + 1, int(match[1]), "<", name, readme.clean(text)), text
