"""What nests under what: by the table of contents where there is one, otherwise by the levels of the headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it.token import Token

from bot import ids, table
from bot.readme import when
from bot.readme.parts import Section, anchor, clean

_COUNT = re.compile(r"\s*(?:\(\d+(?:\s*(?:papers?|entries|篇))?\)|\bpapers?)\s*$", re.IGNORECASE)
"""How many papers a heading says it holds."""


class Entry(NamedTuple):
    """An entry of the table of contents."""

    depth: int
    name: str
    anchor: str
    line: int


def contents(tokens: Sequence[Token], sections: Sequence[Section]) -> list[Entry]:
    """The list whose links lead to the most headings that hold papers, empty when no list leads to two of them."""
    known = {section.anchor for section in sections if _is_full(section)}
    lists: list[list[Entry]] = [[]]
    depth = 0
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            if depth == 0:
                lists.append([])
            depth += 1
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            depth -= 1
        elif token.type == "inline" and depth and token.map and "](" in token.content:
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


def nest(sections: list[Section], listed: list[Entry], notes: list[tuple[int, str]]) -> list[Section]:
    """The top sections, with those below them; only what holds papers, or holds what does."""
    top = Section("", 0, 0, "")
    if not listed:
        _stack(top, [(section.level, section) for section in sections])
        return _pruned(top)
    by_anchor = {section.anchor: section for section in reversed(sections) if section.anchor}
    found: list[tuple[int, Section]] = []
    for entry in listed:
        section = by_anchor.pop(entry.anchor, None) or Section(entry.name, entry.line, 0, entry.anchor)
        found.append((entry.depth, section))
    _stack(top, found)
    placed = {id(section) for _, section in found}
    for place, section in enumerate(sections):
        if _is_full(section) and id(section) not in placed:
            above = _above(sections[:place], section, placed) or top
            above.children.append(section)
            placed.add(id(section))
            where = f"under {above.name!r}" if above.name else "at the top"
            if section.name:
                notes.append((section.line, f"{section.name!r} is not in the table of contents; it was placed {where}"))
    return _pruned(top)


def others(root: Section) -> None:
    """Give every group that holds papers itself a last class for them; one heading around everything is no group.

    A heading below a class that is a year is no class: its papers are of the class.
    """
    while len(root.children) == 1 and root.children[0].children:
        only = root.children[0]
        root.children = only.children
        if only.holds:
            root.children.insert(0, _first(only, root.name))
    for child in root.children:
        if not child.name or (child.name == root.name and len(root.children) > 1 and not child.children):
            child.name = "Other papers"
        _others(child)


def _others(section: Section) -> None:
    for child in [
        child for child in section.children if when.is_date(_COUNT.sub("", child.name)) and not child.children
    ]:
        section.children.remove(child)
        section.tables += child.tables
        section.entries += child.entries
    if section.children and section.holds:
        section.children.append(_other(section, section.name))
    for child in section.children:
        _others(child)


def _first(only: Section, title: str) -> Section:
    """The class for papers directly under the one heading around everything: its own, where it is not the title's."""
    other = _other(only, "papers")
    if only.name and only.name != title and only.level != 1:
        other.name, other.level, other.anchor = only.name, only.level, only.anchor
    return other


def _other(section: Section, name: str) -> Section:
    other = Section(f"Other {name}", section.line, section.level + 1, "", section.tables, entries=section.entries)
    other.marked = section.marked
    section.tables, section.entries, section.marked = [], [], ""
    return other


def name(root: Section) -> None:
    """Give every section its id: that of the markers in it, else the slug of its name, if no marker has it."""
    taken: set[str] = set()
    marked = {section.marked for section in root.walk()}

    def give(section: Section, parent: str) -> None:
        slugs = [ids.slug(section.name), f"{parent}-{ids.slug(section.name)}".strip("-")]
        slugs += [f"class-{number}" for number in range(1, len(taken) + len(marked) + 2)]
        choices = [section.marked, *(slug for slug in slugs if slug not in marked)]
        section.id = next(choice for choice in choices if choice and choice not in taken)
        taken.add(section.id)
        for child in section.children:
            give(child, section.id)

    give(root, "")


def _is_full(section: Section) -> bool:
    return any(one.holds for one in section.walk())


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
            if id(other) in placed and not other.tables and other.name:
                return other
    return None


def _pruned(top: Section) -> list[Section]:
    kept = []
    for child in top.children:
        child.children = _pruned(child)
        if child.holds or child.children:
            kept.append(child)
    return kept
