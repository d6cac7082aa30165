"""How a survey's README writes its tables: headers, icons, separators, escapes. Import and render share this one place.

Pure: cells <-> values. What is read is GitHub's Markdown (https://github.github.com/gfm/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.addresses import BARE
from bot.models import WEB_ADDRESS, Link, Paper, short_name
from bot.table.columns import COLUMNS, LINKS, NAME, NOTE, Column, columns_of
from bot.table.inline import Piece, Span, bold, escape, link, one_line, parser, pieces, plain, spans

__all__ = [
    "COLUMNS",
    "LINKS",
    "NAME",
    "NOTE",
    "Cell",
    "Column",
    "Piece",
    "Span",
    "columns_of",
    "escape",
    "header",
    "is_empty",
    "link",
    "opens_with",
    "parser",
    "pieces",
    "plain",
    "read_links",
    "row",
    "spans",
]

HEADERS = tuple(column.header for column in COLUMNS)
"""Of the tables that are written where nobody wants other ones."""
NONE = "-"
BETWEEN = " / "
_EMPTY = frozenset({"", NONE, "–", "—", "N/A", "---", "--", "/"})
_BESIDE = re.compile(r"[\s/,;·•|+&]+")
"""What may stand between the links of one cell."""
_LOOSE = re.compile(rf"(?:\[(?P<text>[^\]]*)\]\()?(?P<url>{BARE})")
"""A bare address, or a link somebody forgot to close."""


class Cell(NamedTuple):
    """The links of a cell, and in ``rest`` what could not be read as one; ``mended`` are links that were not closed."""

    links: tuple[Link, ...]
    rest: str
    mended: tuple[str, ...]


def header(names: Sequence[str] = HEADERS) -> list[str]:
    """The two lines every table opens with."""
    shown = [name.replace("|", "\\|") for name in names]
    return [_row(shown), "|" + "|".join("-" * (len(name) + 2) for name in shown) + "|"]


def row(paper: Paper, columns: Sequence[Column] = COLUMNS) -> str:
    """A paper as one line of a table; a name people say that the title does not open with stands before it in bold.

    Where names have a column it stands there. Without a column of years, the year stands behind the venue.
    """
    held = {column.field for column in columns}
    title = link(escape(paper.title), paper.link)
    shown = paper.short if paper.short and not opens_with(paper.title, paper.short) else None
    venue = paper.venue if "year" in held else f"{paper.venue} {paper.year}"
    named = paper.short or ("" if short_name(paper.title) == paper.title else short_name(paper.title))
    written = {
        "year": str(paper.year),
        "venue": _worded(venue),
        "paper": f"{bold(shown)} {title}" if shown and "name" not in held else title,
        "name": _worded(named) if named else NONE,
        "note": _worded(paper.note) if paper.note else NONE,
        "links": _all_links(paper, held),
    }
    for column in columns:
        if column.icon:
            written[column.field] = _links(getattr(paper, column.field), column)
    return _row(written[column.field].replace("|", "\\|") for column in columns)


def opens_with(title: str, name: str) -> bool:
    """Whether a title says this name first: ``OpenVLA: An …`` says OpenVLA, ``Fast-in-Slow`` does not say FAST."""
    return bool(re.match(rf"{re.escape(one_line(name))}(?![\w-])", one_line(title), re.IGNORECASE))


def is_empty(cell: str) -> bool:
    """Whether a cell says "none"."""
    return cell.strip() in _EMPTY


def read_links(cell: str, column: Column) -> Cell:
    """The links of a website or code cell; the column's own icon and name are no label."""
    if is_empty(cell):
        return Cell((), "", ())
    links, rest, mended = [], [], []
    for piece in pieces(cell):
        if piece.url is not None:
            links += [(piece.text, piece.url)] if piece.url.strip() not in _EMPTY else []
            continue
        for loose in _LOOSE.finditer(piece.text):
            links.append((loose["text"] or "", loose["url"]))
            if loose["text"] is not None:
                mended.append(loose["url"])
        rest.append(_BESIDE.sub(" ", _LOOSE.sub(" ", piece.text)).strip(" )[]"))
    good = [(text, url) for text, url in links if re.fullmatch(WEB_ADDRESS, url)]
    rest += [url for text, url in links if (text, url) not in good]
    return Cell(
        tuple(Link(url=url, label=_label(text, column) if text != url else None) for text, url in good),
        " ".join(part for part in rest if part and not is_empty(part)),
        tuple(mended),
    )


def _label(text: str, column: Column) -> str | None:
    if text.lower() in column.names:
        return None
    return text.removeprefix(column.icon).strip() or None


def _links(links: Sequence[Link], column: Column) -> str:
    return (
        BETWEEN.join(link(column.icon + (f" {escape(one.label)}" if one.label else ""), one.url) for one in links)
        or NONE
    )


def _all_links(paper: Paper, held: set[str]) -> str:
    """The cell for links: where the paper is, and what has no column of its own."""
    shown = [link("Paper", paper.link)]
    for column in COLUMNS:
        if column.icon and column.field not in held:
            shown += [
                link(f"{column.header} ({escape(one.label)})" if one.label else column.header, one.url)
                for one in getattr(paper, column.field)
            ]
    return BETWEEN.join(shown)


def _worded(text: str) -> str:
    """Text in a cell that never reads as an empty one."""
    return escape(text) if text not in _EMPTY else "\\" + text


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
