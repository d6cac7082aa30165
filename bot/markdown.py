"""Untrusted text made harmless in Markdown: it shows as written and does nothing."""

import re
from collections.abc import Sequence
from urllib.parse import quote

_SPECIAL = re.compile(r"([\\`*_\[\]|~])")
_OPENS_BLOCK = re.compile(r"^(\d{0,9})([-+=.)])")
# What GitHub makes mentions, references, links and pictures of by itself.
_LIVE = re.compile(r"[@#]|:(?=//|[\w+\\-]+:)|www(?=\.)|gh(?=-\d)", re.IGNORECASE)
# https://docs.github.com/en/actions/how-tos/manage-workflow-runs/skip-workflow-runs
_SKIPS = re.compile(r"\[(?=(?:skip|no|ci|actions)\b)", re.IGNORECASE)
_IN_ADDRESS = ":/?#@!&'*+,;=%[]"


def escape(text: str) -> str:
    """Text for one line of GitHub Markdown, table cells included.

    Mark-up, HTML and formulas show as written; ``@name`` and ``#12`` notify nobody (a zero-width space follows the
    sign, as Renovate does); a comment cannot be opened or closed.
    """
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _LIVE.sub(r"\g<0>&#8203;", _OPENS_BLOCK.sub(r"\1\\\2", text))
    return text.replace("$", "<span>$</span>")  # the one way GitHub documents to show a dollar sign and no formula


def plain(text: str) -> str:
    """Text for the title of a pull request, which becomes a commit message.

    ``fixes #12`` must close nothing, and ``[skip ci]`` must not keep workflows from running.
    """
    return _SKIPS.sub("[\u200b", _LIVE.sub("\\g<0>\u200b", " ".join(text.split())))


def link(text: str, url: str) -> str:
    """A link with escaped text; the address loses what could end it, and what is no web address stays text."""
    if not url.startswith(("https://", "http://")):
        return escape(text)
    return f"[{escape(text)}]({quote(url, safe=_IN_ADDRESS).replace('&', '&amp;')})"


def shortened(text: str, length: int) -> str:
    """At most so many characters; what is cut off shows as ``…``."""
    return text if len(text) <= length else f"{text[: length - 1].rstrip()}…"


def fitting(rows: Sequence[Sequence[str]], room: int) -> int:
    """So many of the rows of a table, in their order, fit into ``room`` characters."""
    for place, cells in enumerate(rows):
        room -= sum(len(cell) + 3 for cell in cells) + 2
        if room < 0:
            return place
    return len(rows)


def table(header: list[str], rows: list[list[str]]) -> str:
    """A table; the cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
