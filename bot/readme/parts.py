"""What a list is made of: sections, tables with their rows, bullets, and the papers they tell of."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from bot import table, texts
from bot.models import Link

SHORTCODE = re.compile(r"(?<![\w:]):(?:[a-z][a-z0-9_+-]*|[+-]1|100):(?![\w:])")
"""An emoji by its name on GitHub: ``:fire:``."""
DATE = "a date"
"""What is left of an entry that says a day, where only the year is kept."""


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
class Item:
    """A bullet, or a paragraph that looks like an entry: its first line (from 1), its Markdown, and the bullets below.

    ``verbatim`` is what stands in the file, without the bullets below.
    """

    line: int
    text: str
    verbatim: str
    children: list[Item] = field(default_factory=list)
    loose: bool = False
    """It is no bullet but a paragraph."""
    end: int = 0
    """The line after its last one and those of the bullets below (from 0); 0 for a row of a table."""
    paper: bool | None = None
    """Whether it tells of a paper by itself; None: nobody looked."""

    def walk(self) -> Iterator[Item]:
        """This bullet and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class Left(NamedTuple):
    """Words of an entry that no field holds: what they are, and the words as they stand there."""

    what: str
    text: str


@dataclass
class Entry:
    """What one row or bullet says of a paper, or in ``reason`` why it says of none.

    ``notes`` are of this entry; ``common`` are told once for all entries of a place.
    """

    line: int
    verbatim: str
    row: bool = False
    title: str = ""
    short: str = ""
    link: str = ""
    year: int = 0
    venue: str = ""
    website: tuple[Link, ...] = ()
    code: tuple[Link, ...] = ()
    note: str = ""
    end: int = 0
    """The line after its last one (from 0), with the bullets below it; 0 for a row."""
    notes: list[str] = field(default_factory=list)
    common: list[str] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    """Its words that no field holds; ``readme.unsaid`` adds what nobody thought of."""
    guessed: set[str] = field(default_factory=set)
    """Of year and venue, which it does not say itself: they were read from its link."""
    reason: str = ""

    def cleaned(self, text: str, what: str = "title") -> str:
        """A text of this entry without what cannot be seen, which is noted."""
        clean, flags = texts.clean(text)
        if flags:
            self.notes.append(f"in the {what}, {flags[0]}")
        return clean if flags else " ".join(text.split())

    @property
    def stated(self) -> tuple[str, ...]:
        """Of year and venue, which it says itself."""
        return tuple(name for name in ("year", "venue") if name not in self.guessed)


@dataclass
class Section:
    """A heading (or, for a group that has none, an entry of the contents), with its own tables and entries.

    ``entries`` are its bullets; what a row says is read by ``readme.rows``. ``other``: it has no heading of its own
    and holds what stands directly under that of a group.
    """

    name: str
    line: int
    level: int
    anchor: str
    tables: list[Table] = field(default_factory=list)
    children: list[Section] = field(default_factory=list)
    id: str = ""
    entries: list[Entry] = field(default_factory=list)
    marked: str = ""
    """The leaf that a marker in it names: it is a class even while no paper stands in it."""

    @property
    def holds(self) -> bool:
        """Whether papers stand directly in it, or shall stand there."""
        return bool(self.tables or self.marked) or any(not entry.reason for entry in self.entries)

    def walk(self) -> Iterator[Section]:
        """This section and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def clean(name: str) -> str:
    """A heading's text without emoji."""
    name = SHORTCODE.sub("", name)
    kept = (char for char in name if unicodedata.category(char) not in ("So", "Sk", "Cf", "Co") and char != "\ufe0f")
    return " ".join("".join(kept).split())


def anchor(text: str) -> str:
    """The anchor GitHub gives a heading, without the hyphens that a stripped emoji leaves at its ends."""
    kept = "".join(char for char in text.lower() if char in " -_" or unicodedata.category(char)[0] in "LNM")
    return kept.replace(" ", "-").replace("\ufe0f", "").strip("-")
