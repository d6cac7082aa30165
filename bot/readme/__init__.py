"""What a survey's README or an awesome list says: its sections, their papers, the markers. Pure.

What nests under what is told by the table of contents where there is one whose links lead to the headings, otherwise
by the levels of the headings: authors see their contents list, while a wrong number of ``#`` goes unnoticed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markdown_it.token import Token

from bot import table
from bot.addresses import BARE
from bot.readme import bullets, entry, links, nesting
from bot.readme.blocks import Blocks, lost_rows
from bot.readme.html import DEFINED, LONGEST, Plain, plain
from bot.readme.parts import DATE, Entry, Item, Marker, Row, Section, Table, anchor, clean
from bot.readme.rows import Rows
from bot.readme.unsaid import unsaid

__all__ = [
    "DATE",
    "Entry",
    "Item",
    "Lost",
    "Marker",
    "Readme",
    "Row",
    "Rows",
    "Section",
    "Table",
    "anchor",
    "clean",
    "read",
    "unsaid",
]

_MARKER = re.compile(r"\s*<!--\s*survey-bot:(?P<kind>begin|end)\b\s*(?P<leaf>[^\s>]*)\s*-->(?P<rest>.*)", re.DOTALL)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_LINES = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


class Lost(NamedTuple):
    """What looks like a paper and could not be read: its line (from 1), its text, why, and the heading above it."""

    line: int
    text: str
    reason: str
    section: str


@dataclass
class Readme:
    """A README as a tree of sections that hold papers; ``notes`` are (line from 1, what was not understood).

    ``lost`` stands in no table; what could not be read of a table's rows is told by ``Rows``.
    """

    lines: list[str]
    root: Section
    markers: list[Marker]
    tables: list[Table]
    notes: list[tuple[int, str]]
    lost: list[Lost]
    aside: list[Lost]
    """What was left alone: tables of other things, and bullets with papers under News and the like."""


def read(markdown: str) -> Readme:
    """Understand a README. Never fails: what is not understood is in the notes, or lost."""
    lines = _LINES.findall(markdown)
    flat = plain(lines)
    tokens = table.parser().parse("".join(flat.lines))
    markers = list(_markers(lines, tokens))
    blocks = Blocks(flat, tokens, lines)
    news = [item for item in blocks.items if not bullets.place(item, blocks.above(item.line))]
    aside = sorted([*_other_tables(blocks), *_news(news, blocks)])
    for marker in markers:
        section = blocks.above(marker.line + 1)
        if marker.kind == "begin" and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", marker.leaf):
            section.marked = section.marked or marker.leaf
    sections = blocks.sections
    title = next((section.name for section in sections if section.level == 1), "") or "Survey"
    lost = sorted([*_lost(blocks, tokens, lines, flat.too_long), *_refused(sections)])
    lost = sorted([*lost, *_missed(blocks, flat, lines, [*lost, *aside])])
    notes = _told(aside)
    root = Section(title, 0, 0, "", children=nesting.nest(sections, nesting.contents(tokens, sections), notes))
    nesting.others(root)
    nesting.name(root)
    return Readme(lines, root, markers, blocks.tables, sorted(notes), lost, aside)


def _markers(lines: Sequence[str], tokens: Sequence[Token]) -> Iterator[Marker]:
    code = {
        line for token in tokens if token.type in ("fence", "code_block") and token.map for line in range(*token.map)
    }
    for number, line in enumerate(lines):
        match = _MARKER.match(line)
        if match and number not in code:
            yield Marker(number, match["kind"], match["leaf"], not match["rest"].strip())


def _lost(blocks: Blocks, tokens: Sequence[Token], lines: Sequence[str], too_long: Sequence[int]) -> Iterator[Lost]:
    for line, reason in lost_rows(tokens, lines, blocks.items):
        yield Lost(line, lines[line - 1].strip(), reason, blocks.above(line).name)
    for number in too_long:
        reason = f"this line has {len(lines[number].strip())} characters, and no more than {LONGEST} are read"
        yield Lost(number + 1, lines[number].strip(), reason, blocks.above(number + 1).name)
    for one in blocks.tables:
        for row in () if one.of_papers or not one.headers else one.rows:
            if "](http" in row.text or "](<http" in row.text:
                reason = "this row was left alone because its table has no column of papers"
                yield Lost(row.line, row.text, reason, blocks.above(row.line).name)


def _refused(sections: Sequence[Section]) -> Iterator[Lost]:
    """The entries that tell of no paper; those without a link where papers stand beside them, or with a year."""
    for section in sections:
        for one in section.walk():
            holds = section.holds
            for found in one.entries:
                beside = holds or one is not section or _YEAR.search(found.verbatim)
                if found.reason and (found.reason != entry.NO_LINK or beside):
                    reason = f"this entry was left out because {found.reason}"
                    yield Lost(found.line, found.verbatim, reason, one.name)


def _missed(blocks: Blocks, flat: Plain, lines: Sequence[str], told: Sequence[Lost]) -> Iterator[Lost]:
    """Lines that lead to papers and are part of nothing that was read or told: no list is lost because of its shape.

    What stands under the title of the page, and under headings such as Citation, is about the list itself.
    """
    known = {
        number for item in blocks.items if not item.loose for number in range(item.line - 1, item.end or item.line)
    }
    known |= {number for one in blocks.tables for number in range(one.start, one.end)}
    known |= {number for one in told for number in range(one.line - 1, one.line + one.text.count("\n"))}
    for section in blocks.sections:
        for one in section.walk():
            known |= {number for found in one.entries for number in range(found.line - 1, found.end or found.line)}
    behind = len(lines) if flat.unclosed is None else flat.unclosed
    for number, line in enumerate(lines):
        if number in known or (number in flat.code and number < behind) or DEFINED.match(line):
            continue
        seen = re.sub("<!--.*?-->", "", line)
        if "://" not in seen or not any(links.is_paper(url) for url in re.findall(BARE, seen)):
            continue
        section = blocks.above(number + 1)
        if number >= behind:
            reason = f"this line stands behind code or a comment that line {behind + 1} opens and no line closes"
        elif (section.level <= 1 and not section.holds) or bullets.is_aside(section.name):
            continue
        else:
            reason = "this line leads to a paper and is part of no entry that could be read"
        yield Lost(number + 1, line.strip(), reason, section.name)


def _other_tables(blocks: Blocks) -> Iterator[Lost]:
    for found in blocks.tables:
        if not found.of_papers and found.headers:
            text = "\n".join([" | ".join(found.headers), *(row.text for row in found.rows)])
            reason = f"this table has no column of papers and was left alone: {' | '.join(found.headers)}"
            yield Lost(found.start + 1, text, reason, blocks.above(found.start + 1).name)


def _news(items: Sequence[Item], blocks: Blocks) -> Iterator[Lost]:
    for item in items:
        name = blocks.above(item.line).name
        reason = f"what stands under {name!r} is no list of papers and was left alone"
        yield Lost(item.line, blocks.verbatim(item.line - 1, item.end or item.line), reason, name)


def _told(aside: Sequence[Lost]) -> list[tuple[int, str]]:
    """A sentence for each reason, with how many entries it is told of."""
    lines: dict[str, list[int]] = {}
    for one in aside:
        lines.setdefault(one.reason, []).append(one.line)
    return [
        (found[0], reason + (f" (so are {len(found)} entries)" if len(found) > 1 else ""))
        for reason, found in lines.items()
    ]
