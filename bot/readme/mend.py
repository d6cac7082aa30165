"""Links that somebody forgot to close, and brackets that do not pair, as their writer meant them. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.readme import links, when
from bot.readme.parts import SHORTCODE

UNCLOSED = "a link is not closed; it was read as {}"
UNPAIRED = "the brackets do not pair; its link's words were read as {!r}"
_ADDRESS = re.compile(r"https?://\S+")
_OPEN = re.compile(r"(?<!\\)\]\((https?://[^\s()<>|\[\]]+)(?=\s+[^\s\"'()]|\s*(?:<br|$))")
_BARE_BRACKET = re.compile(r"(?<!\\)([\[\]])")
_BRACKET = re.compile(r"\\.|`[^`]*`|\]\((?=\s*<?https?://)|[\[\]]", re.DOTALL)


class Mended(NamedTuple):
    """Markdown that reads as it was meant, and a sentence for each thing that was mended."""

    text: str
    notes: tuple[str, ...]


def mended(markdown: str) -> Mended:
    """Close links and pair brackets, line by line, and leave out emoji by name; what is well written stays as it is."""
    markdown = SHORTCODE.sub("", markdown)
    if "](" not in markdown:
        return Mended(markdown, ())
    notes: list[str] = []
    lines = []
    for line in markdown.split("\n"):
        notes += [UNCLOSED.format(match[1]) for match in _OPEN.finditer(line)]
        closed = _OPEN.sub(lambda match: f"{match[0]})", line)
        start, end = _unpaired(closed)
        if start < end:
            words = closed[start + 1 : end]
            notes.append(UNPAIRED.format(re.sub(r"\\([\[\]])", r"\1", words)))
            closed = closed[: start + 1] + _BARE_BRACKET.sub(r"\\\1", words) + closed[end:]
        lines.append(closed)
    return Mended("\n".join(lines), tuple(notes))


def is_broken(title: str, *, linked: bool) -> bool:
    """Whether a title is an address or, where it is not the text of a link, holds one."""
    return bool(_ADDRESS.fullmatch(title)) or (not linked and bool(_ADDRESS.search(title)))


def _unpaired(line: str) -> tuple[int, int]:
    """Where the words of a link begin and end whose brackets do not pair: at ``[`` and ``](``; the same where all do.

    A bracket that opens before a link and closes behind it, as in ``[[paper](…)]``, is paired.
    """
    opened: list[int] = []
    last, left = -1, (-1, -1)
    for match in _BRACKET.finditer(line):
        at = match.start()
        if match[0] == "[":
            opened.append(at)
        elif match[0] == "]":
            last = opened.pop() if opened else last
            left = (-1, -1) if left[0] == last else left
        elif match[0] == "](":
            if not opened:
                return (last, at) if last >= 0 and "](" not in line[last:at] else (0, 0)
            own = opened.pop()
            if opened and left[0] < 0 and _is_words(line[opened[-1] + 1 : own]):
                left = (opened[-1], at)
            last = -1
    return left if left[0] >= 0 and left[0] in opened else (0, 0)


def _is_words(text: str) -> bool:
    """Whether this is a part of a title, not a date, a label or the mark of a picture."""
    text = text.rstrip("!").strip()
    return bool(re.search(r"[^\W\d_]", text)) and not (when.says(text) or links.role(text))
