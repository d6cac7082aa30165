"""How papers, classes and times are written on the dashboard, and its tables. Everything comes out as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from bot import ids, markdown
from bot.fates import Fate
from bot.markdown import escape, link, shortened
from bot.models import Library
from bot.opinion import wording

TITLE, SENTENCE = 140, 500
"""Characters that are shown of a title or a class, and of a sentence."""
_ROWS, _ROOM = 20, 5_000
"""Rows of a table, and their characters: GitHub takes 65,536 of an issue, and seven tables stand in it."""


def paper(fate: Fate) -> str:
    """Its title, linked to arXiv."""
    text = shortened(fate.title or fate.id, TITLE)
    return link(text, ids.abs_url(fate.id)) if ids.is_arxiv(fate.id) else escape(text)


def classes(library: Library, fate: Fate) -> str:
    """The names of its classes, the first one below its pillar."""
    paths = library.taxonomy.paths
    known = [paths[label] for label in library.taxonomy.current(fate.proposed or fate.labels) if label in paths]
    if not known:
        return "no class"
    first = " › ".join(dict.fromkeys((known[0][0].name, known[0][-1].name)))
    return escape(shortened(", ".join([first, *(path[-1].name for path in known[1:])]), TITLE))


def opinion(library: Library, fate: Fate) -> str:
    """What a language model said of it: ``LLM: Quantization``, ``LLM: out of scope``; nothing where none was asked."""
    said = wording.word(fate.opinion, library.taxonomy)
    return f"LLM: {escape(shortened(said, TITLE))}" if said else ""


def sentence(text: str) -> str:
    """One line of a stranger, or of a part that failed."""
    return escape(shortened(" ".join(text.split()), SENTENCE))


def number(value: float | None) -> str:
    """A probability."""
    return "–" if value is None else f"{value:.2f}"


def table(header: Sequence[str], rows: Iterable[list[str]], total: int, most: int = _ROWS) -> Iterator[str]:
    """The first of so many rows as far as there is room, and how many more there are; the cells are Markdown."""
    first = list(islice(rows, most))
    first = first[: fitting([" | ".join(row) for row in first], _ROOM)]
    yield markdown.table([*header], first)
    if len(first) < total:
        yield f"… and {total - len(first):,} more, which the ledger knows."


def fitting(lines: Sequence[str], room: int) -> int:
    """How many of the first lines fit into so many characters."""
    for place, line in enumerate(lines):
        room -= len(line) + len("| \n |")
        if room < 0:
            return place
    return len(lines)


def folded(summary: str, parts: Iterable[str]) -> str:
    """What is shown on a click."""
    body = "\n\n".join(parts)
    return f"<details><summary><b>{summary}</b></summary>\n\n{body}\n\n</details>"
