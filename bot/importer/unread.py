"""What a list says and no file holds: kept word for word on a page for a human."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from bot import ids, markdown
from bot.phrases import count

FOLDER = "unread"
"""The folder in that of the data with a page per list; no command reads it."""
_SHOWN = 160
_LEAD = (
    "Nothing of the list is lost: what is in no file stands here word for word, by the lines of the list.\n"
    "Mend what matters in the list and import it again, or add it by hand; this page is then written anew.\n"
)
_WORDS = "The papers of these lines are in the data. What no field holds stands here: line, what it is, the words.\n"


class Kept(NamedTuple):
    """Words that were read and are in no file: the line they stand in, what they are, and the heading above them."""

    line: int
    what: str
    text: str
    section: str = ""


class Unread(NamedTuple):
    """A row or bullet that is in no file: its first line, its text word for word, why, and the heading above it."""

    line: int
    text: str
    reason: str
    section: str = ""

    @property
    def sentence(self) -> str:
        """Why, and what, on one line."""
        return f"{self.reason}: {markdown.shortened(' '.join(self.text.split()), _SHOWN)}"


def page(unread: Sequence[Unread], file: str, kept: Sequence[Kept] = ()) -> str:
    """The page of what could not be read of one list, and of the words no field holds; empty when there are none."""
    if not unread and not kept:
        return ""
    parts = [f"{_title(file)}\n\n{_LEAD}"]
    if unread:
        parts.append(f"\n## Not read: {count(len(unread), 'line')}\n")
    for section, lines in groupby(unread, key=lambda one: one.section):
        parts.append(_heading(section))
        parts += [f"\nLine {one.line}: {markdown.escape(one.reason)}.\n\n{_fenced(one.text)}" for one in lines]
    if kept:
        parts.append(f"\n## Read, but for these words\n\n{_WORDS}")
    for section, words in groupby(kept, key=lambda one: one.section):
        text = "\n".join(f"{one.line}, {one.what}: {_indented(one.text)}" for one in words)
        parts.append(f"{_heading(section)}\n{_fenced(text)}")
    return "".join(parts)


def page_names(file: str) -> Iterator[str]:
    """Names for the page of a list, the best first; a later one is for where another list has that name."""
    slug = ids.slug(file.removesuffix(".md")) or "list"
    yield f"{slug}.md"
    yield from (f"{slug}-{number}.md" for number in range(2, 1000))


def is_of(text: str, file: str) -> bool:
    """Whether a page is that of this list."""
    return text.startswith(f"{_title(file)}\n")


def _title(file: str) -> str:
    return f"# Not imported from {markdown.escape(file)}"


def _heading(section: str) -> str:
    return f"\n### {markdown.escape(section) or 'Before the first heading'}\n"


def _fenced(text: str) -> str:
    fence = "`" * (max([2, *map(len, re.findall(r"`+", text))]) + 1)
    return f"{fence}text\n{text}\n{fence}\n"


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")
