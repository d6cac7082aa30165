"""Where the classes of a taxonomy stand on a page: their headings, their tables, their lines in the contents. Pure."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from bot import readme
from bot.migrate.headings import Entry, Heading, code, entries, headings
from bot.models import Node, Taxonomy

_ANCHOR = re.compile(r"\s*(?:<a\s+(?:id|name)=[\"']?([^\"'>\s]+)[\"']?\s*>\s*</a>\s*)+")
_PAIRS = ("details", "div", "table", "ul", "ol")
"""Elements of HTML that may hold a section: what is cut out must hold both ends of them, or neither."""


class Place(NamedTuple):
    """Where the heading of a class stands (line from 0); ``heading`` is None for bold text, a summary and the like."""

    line: int
    anchor: str
    heading: Heading | None


class Region(NamedTuple):
    """The lines (from 0) of the two markers of a leaf."""

    begin: int
    end: int


class Layout:
    """A page whose every leaf has its markers (see ``bot.render``), as it stands under this taxonomy."""

    def __init__(self, markdown: str, taxonomy: Taxonomy) -> None:
        found = readme.read(markdown)
        self.lines = found.lines
        self.newline = "\r\n" if found.lines and found.lines[0].endswith("\r\n") else "\n"
        self.headings = headings(markdown, found.lines)
        self.entries: list[Entry] = entries(found.lines, code(markdown))
        self.markers = found.markers
        self.regions: dict[str, Region] = {}
        for begin, end in zip(found.markers[::2], found.markers[1::2], strict=False):
            self.regions[taxonomy.current((begin.leaf,))[0]] = Region(begin.line, end.line)
        self._places = self._found(found, taxonomy)
        self._starts = {place.line for place in self._places.values()}

    def place(self, node: Node) -> Place | None:
        """Where its heading stands; None where it has none of its own."""
        return self._places.get(node.id)

    def own(self, node: Node) -> tuple[int, int] | None:
        """The lines (end excluded) from its heading to the next one that is no part of it, anchors above included."""
        place = self.place(node)
        if place is None or place.heading is None:
            return None
        level, listed = place.heading.level, {entry.anchor for entry in self.entries}
        ends = [
            one.start
            for one in self.headings
            if one.start > place.line and (one.level <= level or readme.anchor(one.anchor) in listed)
        ]
        ends += [line for line in self._starts if line > place.line]
        return self._risen(place.line), self._risen(min(ends)) if ends else len(self.lines)

    def span(self, node: Node) -> tuple[int, int] | None:
        """The lines of its section with all below it; None where they lie apart, or cannot be cut out."""
        if any(leaf.id not in self._places for leaf in node.walk() if not leaf.children):
            return None
        ranges = sorted(self.own(one) or (-1, -1) for one in node.walk() if self.place(one))
        if ranges[0][0] < 0 or any(ends != starts for (_, ends), (starts, _) in pairwise(ranges)):
            return None
        start, stop = ranges[0][0], ranges[-1][1]
        text = "".join(self.lines[start:stop]).lower()
        balanced = all(len(re.findall(rf"<{tag}\b", text)) == text.count(f"</{tag}>") for tag in _PAIRS)
        return (start, stop) if balanced else None

    def listed(self, node: Node) -> list[Entry]:
        """The lines of the contents that lead to it."""
        place = self.place(node)
        return [one for one in self.entries if place and place.anchor and one.anchor == place.anchor]

    def block(self, entry: Entry) -> range:
        """An entry of the contents with what stands further in below it."""
        stop = entry.line + 1
        while stop < len(self.lines) and self.lines[stop].strip() and _indent(self.lines[stop]) > len(entry.indent):
            stop += 1
        return range(entry.line, stop)

    @property
    def step(self) -> str:
        """By how much the contents go in for each level."""
        pairs = pairwise(self.entries)
        steps = [below.indent.removeprefix(above.indent) for above, below in pairs if below.line == above.line + 1]
        return next((step for step in steps if step and step.isspace()), "  ")

    def anchors(self, start: int) -> list[str]:
        """The anchors that stand right above this line."""
        return [name for line in self.lines[self._risen(start) : start] for name in given(line)]

    def _risen(self, line: int) -> int:
        while line > 0 and _ANCHOR.fullmatch(self.lines[line - 1].rstrip("\r\n")):
            line -= 1
        return line

    def _found(self, found: readme.Readme, taxonomy: Taxonomy) -> dict[str, Place]:
        heads = {one.start: one for one in self.headings}
        sections = [one for one in found.root.walk() if one is not found.root]
        places = {leaf: place for leaf in self.regions if (place := self._of_leaf(leaf, sections, taxonomy))}
        taken = {place.line for place in places.values()}
        for node in taxonomy.root.walk():
            names = {name.casefold() for name in (node.name, readme.clean(node.name))}
            free = [one for one in sections if one.children and one.level and one.line - 1 not in taken]
            same = [one for one in free if one.id in (node.id, *node.aliases)]
            same = same or [one for one in free if one.name.casefold() in names]
            if node.children and node is not taxonomy.root and len(same) == 1:
                line = same[0].line - 1
                places[node.id] = Place(line, same[0].anchor, heads.get(line))
                taken.add(line)
        lines = [place.line for place in places.values()]
        return {key: place for key, place in places.items() if lines.count(place.line) == 1}

    def _of_leaf(self, leaf: str, sections: list[readme.Section], taxonomy: Taxonomy) -> Place | None:
        """The heading of its name above its list, else the one that its list stands under."""
        region, name = self.regions[leaf], readme.clean(taxonomy.leaf(leaf).name).casefold()
        since = max([0, *(one.end for one in self.regions.values() if one.end < region.begin)])
        above = [one for one in self.headings if since <= one.start < region.begin]
        same = [one for one in above if one.text.casefold() == name]
        if same:
            return Place(same[-1].start, readme.anchor(same[-1].anchor), same[-1])
        for section in sections:
            starts = [at.start for at in section.tables] + [entry.line - 1 for entry in section.entries]
            if section.level and any(region.begin < start < region.end for start in starts):
                heads = {one.start: one for one in above}
                return Place(section.line - 1, section.anchor, heads.get(section.line - 1))
        return Place(above[-1].start, readme.anchor(above[-1].anchor), above[-1]) if above else None


def given(line: str) -> list[str]:
    """The names that a line of nothing but empty anchors gives."""
    if not _ANCHOR.fullmatch(line.rstrip("\r\n")):
        return []
    return re.findall(r"<a\s+(?:id|name)=[\"']?([^\"'>\s]+)", line)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
