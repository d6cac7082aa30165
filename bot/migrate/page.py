"""The page of a survey after a change of its taxonomy: headings, contents, markers and tables. Pure.

Old links keep working: where the address of a heading changes, an empty anchor with the old one stands above it.
"""

from __future__ import annotations

import html
import re

from bot import render, table
from bot.migrate.edits import Edits
from bot.migrate.headings import address, shifted
from bot.migrate.layout import Layout
from bot.migrate.nodes import parent
from bot.migrate.tree import Migration
from bot.models import Node, Taxonomy


def rewritten(
    markdown: str, migration: Migration, file: str = "README.md", written: render.Shape = render.DEFAULT
) -> tuple[str, tuple[str, ...]]:
    """The page as it will be, and what a human must do there by hand; what is not concerned keeps every byte.

    Raises DataError where ``render`` cannot write the page, before the change or after it, so that no page is half
    changed; ``file`` names it in errors, ``written`` is how papers are written.
    """
    before, after = migration.before.taxonomy, migration.after.taxonomy
    page = _Page(render.render(markdown, migration.before, file, written), before)
    was = {name: node for node in before.root.walk() for name in (node.id, *node.aliases)}
    for node in after.root.walk():
        old = was.get(node.id) or next((was[alias] for alias in node.aliases if alias in was), None)
        if old is None or node.id == after.root.id:
            continue
        if node.children and not old.children:
            page.grow(old, node.children)
        if node.name != old.name:
            page.rename(old, node.name)
        if parent(before, old.id).id not in (parent(after, node.id).id, *parent(after, node.id).aliases):
            page.move(old, parent(after, node.id))
    for gone, heir in migration.heirs.items():
        page.remove(was[gone], was.get(heir) or before.root)
    text = page.text(after)
    return render.render(text, migration.after, file, written), tuple(page.remarks)


class _Page:
    """The changes that one migration makes of a page."""

    def __init__(self, markdown: str, taxonomy: Taxonomy) -> None:
        self._at = Layout(markdown, taxonomy)
        self._edits = Edits(self._at)
        self._taxonomy = taxonomy
        self.remarks: list[str] = []

    def text(self, after: Taxonomy) -> str:
        """The page, its markers under the ids of tomorrow."""
        for marker in self._at.markers:
            leaf = after.current((marker.leaf,))[0]
            if leaf != marker.leaf and leaf in after.paths and self._edits[marker.line]:
                named = re.compile(rf"(?<=\s){re.escape(marker.leaf)}(?=\s*-->)")
                self._edits[marker.line] = named.sub(leaf, self._edits[marker.line], count=1)
        text, remarks = self._edits.text()
        self.remarks += remarks
        return text

    def rename(self, node: Node, name: str) -> None:
        """Heading and contents."""
        place = self._at.place(node)
        if place is None:
            self._by_hand(f"rename the heading of {node.name} to {name}")
            return
        line = self._edits[place.line]
        is_html = "<" in line and (place.heading is None or place.heading.kind == "<")
        new = html.escape(name, quote=False) if is_html else table.escape(name)
        spelled = (table.escape(node.name), node.name, html.escape(node.name))
        fresh = next((text for old in spelled if (text := _reworded(line, old, new)) is not None), None)
        if fresh is not None:
            self._edits[place.line] = fresh
        elif place.heading and place.heading.kind == "#":
            marks = line[: len(line) - len(line.lstrip(" #"))]
            self._edits[place.line] = f"{marks}{new}{self._at.newline}"
        else:
            self._by_hand(f"rename the heading of {node.name} to {name}")
        for entry in self._at.listed(node):
            said = self._edits[entry.line]
            olds = (table.escape(node.name), node.name)
            texts = (_reworded(entry.text, old, table.escape(name)) for old in olds)
            text = next((one for one in texts if one is not None), table.escape(name))
            self._edits[entry.line] = said.replace(f"[{entry.text}]", f"[{text}]", 1)

    def move(self, node: Node, target: Node) -> None:
        """The section with all below it goes to the end of its new parent's; levels of headings follow."""
        own, place = self._at.span(node), self._at.place(node)
        others = [one for one in target.children if one.id != node.id]
        spans = [span for one in others if (span := self._at.span(one))]
        levels = [there.heading.level for one in others if (there := self._at.place(one)) and there.heading]
        if not own or not place or not place.heading or not spans or not levels:
            self._by_hand(f"move the section of {node.name} to the end of that of {target.name}")
            return
        by = levels[0] - place.heading.level
        for heading in self._at.headings:
            if own[0] <= heading.start < own[1]:
                if heading.kind == "=" and by:
                    self._edits.atx(heading)
                self._edits[heading.start] = shifted(self._edits[heading.start], heading.kind, by)
                if heading.level + by > 6:
                    self._by_hand(f"look at the headings under {node.name}: no heading has more than six levels")
        self._edits.move(range(*own), max(stop for _, stop in spans))
        self._move_entries(node, others)

    def _move_entries(self, node: Node, others: list[Node]) -> None:
        """The lines of the contents go below those of the new siblings."""
        mine = self._at.listed(node)[:1]
        there = [entry for one in others for entry in self._at.listed(one)[:1]]
        if not mine or not there:
            return
        block = self._at.block(mine[0])
        for number in block:
            line = self._edits[number]
            self._edits[number] = there[-1].indent + line.removeprefix(mine[0].indent)
        self._edits.move(block, self._at.block(there[-1]).stop, apart=False)

    def remove(self, node: Node, heir: Node) -> None:
        """Its heading, contents and table go; its words and its address go to its heir's section."""
        own, place, region = self._at.span(node), self._at.place(node), self._at.regions.get(node.id)
        if not own or not place or not place.heading or not region:
            self._by_hand(f"remove what is left of {node.name}")
            return
        for entry in self._at.listed(node):
            self._edits[entry.line] = ""
        table_lines = range(region.begin + 1, region.end)
        goal = self._at.regions.get(heir.id)
        if goal:  # so that rows keep their order
            self._edits.put(goal.end, [self._at.newline, *(self._at.lines[number] for number in table_lines)])
        said = [
            number
            for number in range(place.heading.stop, own[1])
            if not region.begin <= number <= region.end and self._at.lines[number].strip()
        ]
        there = self._at.own(heir)
        if said and there:
            words = range(said[0], said[-1] + 1)
            kept = [number for number in words if not region.begin <= number <= region.end]
            self._edits.move(kept, there[1])
            self._by_hand(f"look at the text that stood under {node.name}: it is at the end of {heir.name} now")
        elif said:
            self._by_hand(f"look at the text that stood under {node.name}: it was left where it is")
        for number in range(*own):
            if number not in said or there:
                self._edits.drop(number)
        names = [place.heading.anchor, *self._at.anchors(place.line)]
        home = self._at.place(heir)
        self._edits.lead(names, home.line if home else None)

    def grow(self, node: Node, parts: tuple[Node, ...]) -> None:
        """A heading and markers for each part, where the table of the class stood."""
        own, place, region = self._at.own(node), self._at.place(node), self._at.regions.get(node.id)
        if not own or not place or not place.heading or not region:
            self._by_hand(f"write headings for {', '.join(part.name for part in parts)}")
            return
        level, newline = min(6, place.heading.level + 1), self._at.newline
        if place.heading.level == 6:
            self._by_hand(f"look at the headings under {node.name}: no heading has more than six levels")
        rows = self._at.lines[region.begin + 1 : region.end]
        fresh: list[str] = []
        for part in parts:
            opened = [f"{'#' * level} {table.escape(part.name)}", "", render.begin(part.id)]
            fresh += [*(line + newline for line in opened), *rows, render.end(part.id) + newline, newline]
        for number in range(region.begin, region.end + 1):
            self._edits.drop(number)
        said = [number for number in range(region.end + 1, own[1]) if self._at.lines[number].strip()]
        if said:  # else it would be of the last part
            self._edits.move(range(said[0], said[-1] + 1), region.begin)
        self._edits.put(region.begin, fresh[:-1])
        for entry in self._at.listed(node)[:1]:
            lead = entry.indent + self._at.step + self._at.lines[entry.line].lstrip()[:1]
            lead = lead if lead[-1] in "-*+" else f"{entry.indent}{self._at.step}-"
            lines = [f"{lead} [{table.escape(part.name)}](#{address(part.name)}){newline}" for part in parts]
            self._edits.put(self._at.block(entry).stop, lines, apart=False)

    def _by_hand(self, what: str) -> None:
        self.remarks.append(f"On the page, {what}.")


def _reworded(line: str, old: str, new: str) -> str | None:
    """The line with the new name where the old one stands as words of its own, once; None where it does not.

    Addresses and the insides of tags are no words.
    """
    for found in re.finditer(rf"\]\([^()]*\)|<[^<>]*>|(?P<name>(?<!\w){re.escape(old)}(?!\w))", line):
        if found["name"]:
            return line[: found.start()] + new + line[found.end() :]
    return None
