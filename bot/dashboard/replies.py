"""What people answer to the dashboard: boxes they tick, and comments that are commands."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot import ids, table
from bot.block import read_block
from bot.fates import Wish

KIND = "dashboard"
"""Of the hidden block at the end."""
_TICK = re.compile(r"^[ \t]*[-*+][ \t]+\[[xX]\][ \t]+<!--[ \t]*ask:(\S+)[ \t]*-->", re.MULTILINE)
_COMMAND = re.compile(rf"/survey-bot ({'|'.join(Wish)})(?: +(\S+))?")


def mark(paper_id: str) -> str:
    """What tells which paper a box is for. It stands right behind the box, where no title can come."""
    return f"<!-- ask:{paper_id} -->"


def is_dashboard(body: str) -> bool:
    """Whether this is the text of a dashboard; who wrote it is another question, and anyone can quote one."""
    return read_block(body, KIND) is not None


def ticked(body: str) -> list[str]:
    """The papers whose box is ticked, in their order; other boxes of the page count for nothing."""
    found = (match[1] for match in _TICK.finditer(body.replace("\r", "\n")))
    return [paper for paper in dict.fromkeys(found) if ids.is_valid(paper)]


def commands(text: str) -> list[tuple[Wish, str | None]]:
    """What a comment asks for, in its order: lines that are a command and nothing else, with the bare id they name.

    What shows as a quotation, as code, or inside other mark-up is no command, nor is a line whose id is none.
    """
    return [wish for line in _plain_lines(text) if (wish := _wish(line))]


def _wish(line: str) -> tuple[Wish, str | None] | None:
    found = _COMMAND.fullmatch(line.strip())
    try:
        return (Wish(found[1]), ids.parse(found[2])[0] if found[2] else None) if found else None
    except ValueError:
        return None


def _plain_lines(text: str) -> Iterator[str]:
    """The lines of a text's own paragraphs that are nothing but text."""
    opened = ""
    for token in table.parser().parse(text):
        if token.type == "inline" and token.level == 1 and opened == "paragraph_open":  # else in a list, a quotation …
            lines = [""]
            for child in token.children or ():
                if child.type in ("softbreak", "hardbreak"):
                    lines.append("")
                else:
                    lines[-1] += child.content if child.type == "text" else "\0"
            yield from lines
        opened = token.type
