"""How a survey's README writes its tables: headers, icons, separators, escapes. Import and render share this one place.

Pure: cells <-> values. What is read is GitHub's Markdown (https://github.github.com/gfm/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.models import WEB_ADDRESS, Link, Paper


class Column(NamedTuple):
    """A column: the field it holds, the header we write, the headers we know it by, and its links' icon."""

    field: str
    header: str
    names: frozenset[str]
    icon: str = ""


COLUMNS = (
    Column("year", "Year", frozenset({"year", "date"})),
    Column("venue", "Venue", frozenset({"venue", "publication", "conference", "journal", "pub"})),
    Column("paper", "Paper", frozenset({"paper", "title", "paper title"})),
    Column("website", "Website", frozenset({"website", "project", "project page", "page", "homepage", "site"}), "🌐"),
    Column("code", "Code", frozenset({"code", "github", "repo", "repository", "source"}), "💻"),
)
NONE = "-"
BETWEEN = " / "
_EMPTY = frozenset({"", NONE, "–", "—", "N/A"})
_BESIDE = re.compile(r"[\s/,;·•|+&]+")
"""What may stand between the links of one cell."""
_LOOSE = re.compile(r"(?:\[(?P<text>[^\]]*)\]\()?(?P<url>https?://[^\s<>\"|)]*[^\s<>\"|).,;])")
"""A bare address, or a link somebody forgot to close."""
_ALWAYS = re.compile(r"[\[\]`<@]")
_MARKUP = re.compile(r"([\\`*_\[\]<>~@&!])")


class Piece(NamedTuple):
    """A stretch of a cell: a link (``url``) with its text, or text alone (``url`` is None)."""

    text: str
    url: str | None


class Cell(NamedTuple):
    """The links of a cell, and in ``rest`` what could not be read as one; ``mended`` are links that were not closed."""

    links: tuple[Link, ...]
    rest: str
    mended: tuple[str, ...]


def header() -> list[str]:
    """The two lines every table opens with."""
    names = [column.header for column in COLUMNS]
    return [_row(names), "|" + "|".join("-" * (len(name) + 2) for name in names) + "|"]


def row(paper: Paper) -> str:
    """A paper as one line of a table."""
    written = {
        "year": str(paper.year),
        "venue": escape(paper.venue) if paper.venue not in _EMPTY else "\\" + paper.venue,
        "paper": link(escape(paper.title), paper.link),
    }
    for column in COLUMNS:
        if column.icon:
            written[column.field] = _links(getattr(paper, column.field), column)
    return _row(written[column.field].replace("|", "\\|") for column in COLUMNS)


def columns_of(headers: Sequence[str]) -> list[Column | None]:
    """The column each header stands for, None for the unknown and for a second one of a kind."""
    found: list[Column | None] = []
    for name in headers:
        words = " ".join(re.findall(r"\w+", name.lower()))
        column = next((column for column in COLUMNS if words in column.names), None)
        found.append(column if column not in found else None)
    return found


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
            links.append((piece.text, piece.url))
            continue
        for loose in _LOOSE.finditer(piece.text):
            links.append((loose["text"] or "", loose["url"]))
            if loose["text"] is not None:
                mended.append(loose["url"])
        rest.append(_BESIDE.sub(" ", _LOOSE.sub(" ", piece.text)).strip(" )"))
    good = [(text, url) for text, url in links if re.fullmatch(WEB_ADDRESS, url)]
    rest += [url for text, url in links if (text, url) not in good]
    return Cell(
        tuple(Link(url=url, label=_label(text, column) if text != url else None) for text, url in good),
        " ".join(part for part in rest if part),
        tuple(mended),
    )


def pieces(markdown: str) -> list[Piece]:
    """The stretches of inline Markdown, links apart from text, without any markup."""
    found: list[Piece] = []
    text, url = "", None
    for token in _parser().parseInline(markdown)[0].children or ():
        if token.type in ("link_open", "link_close"):
            if text or url is not None:
                found.append(Piece(_one_line(text), url))
            text, url = "", str(token.attrs["href"]) if token.type == "link_open" else None
        else:
            text += _text(token, url is not None)
    return [*found, Piece(_one_line(text), None)] if text.strip() else found


def plain(markdown: str) -> str:
    """Inline Markdown as its reader sees it."""
    return _one_line(" ".join(piece.text for piece in pieces(markdown)))


def escape(text: str) -> str:
    """Text as inline Markdown that reads as this text and nothing else; left as it is where that is safe."""
    text = _one_line(text)
    if not _ALWAYS.search(text) and pieces(f"[{text}](u)") == [Piece(text, "u")] and plain(text) == text:
        return text
    return _MARKUP.sub(r"\\\1", text)


def link(text: str, url: str) -> str:
    """A link in inline Markdown; ``text`` is Markdown already."""
    simple = f"[{text}]({url})"
    found = pieces(simple)
    if len(found) == 1 and found[0].url == url:
        return simple
    escaped = _MARKUP.sub(r"\\\1", url)
    return f"[{text}](<{escaped}>)"


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name is markdown-it's
        return url  # an address is data here: it is kept as it was written


@cache
def _parser() -> MarkdownIt:
    return parser()


def parser() -> MarkdownIt:
    """A reader of GitHub's Markdown that leaves addresses as they are."""
    return _Parser("commonmark").enable(["table", "strikethrough"])


def _text(token: Token, in_link: bool) -> str:
    if token.type in ("softbreak", "hardbreak", "html_inline"):
        return " "
    if token.type == "image" and in_link:  # a badge: its text describes the picture
        return ""
    return token.content if token.type in ("text", "code_inline", "image") else ""


def _label(text: str, column: Column) -> str | None:
    if text.lower() in column.names:
        return None
    return text.removeprefix(column.icon).strip() or None


def _links(links: Sequence[Link], column: Column) -> str:
    return (
        BETWEEN.join(link(column.icon + (f" {escape(one.label)}" if one.label else ""), one.url) for one in links)
        or NONE
    )


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _one_line(text: str) -> str:
    return " ".join(text.split())
