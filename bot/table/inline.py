"""Inline Markdown: what stands in it, and text written as it."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

_UNSEEN = re.compile("[\u200b\u2060\ufeff]")
"""What no address holds and a copied one often brings along."""
_ALWAYS = re.compile(r"[\[\]`<@]")
_MARKUP = re.compile(r"([\\`*_\[\]<>~@&!])")


class Piece(NamedTuple):
    """A stretch of a cell: a link (``url``) with its text, or text alone (``url`` is None)."""

    text: str
    url: str | None


class Span(NamedTuple):
    """A stretch of inline Markdown of one make.

    ``kind``: text, strong, em, code, link, badge (a picture: its text is what the picture says) or break (of a line).
    ``url``: where a link or a badge leads; None where it leads nowhere.
    """

    kind: str
    text: str
    url: str | None = None


def spans(markdown: str) -> list[Span]:
    """The stretches of inline Markdown, in their order; a break of a line is one in the text."""
    found: list[Span] = []
    styles: list[str] = []
    text, url, badge = "", None, ""
    for token in _parser().parseInline(markdown)[0].children or ():
        if token.type == "link_open":
            text, url, badge = "", _UNSEEN.sub("", str(token.attrs["href"])), ""
        elif token.type == "link_close":
            found.append(Span("link", one_line(text), url) if text.strip() else Span("badge", badge, url or None))
            url = None
        elif token.type in ("strong_open", "em_open"):
            styles.append(token.tag)
        elif token.type in ("strong_close", "em_close"):
            styles.pop()
        elif token.type == "image" and url is None:
            found.append(Span("badge", _picture(token)))
        elif token.type == "image":
            badge = _picture(token)
        elif url is not None:
            text += _text(token, in_link=True)
        else:
            kind = (
                "code"
                if token.type == "code_inline"
                else {"strong": "strong", "em": "em"}.get((styles or [""])[0], "text")
            )
            _add(found, kind, _text(token, in_link=False, lines=True))
    return found


def _add(found: list[Span], kind: str, text: str) -> None:
    if found and found[-1].kind == kind:
        found[-1] = Span(kind, found[-1].text + text)
    elif text:
        found.append(Span(kind, text))


def _picture(token: Token) -> str:
    """What a picture says: the words of a badge, else its alternative text."""
    source = str(token.attrs.get("src", ""))
    badge = re.search(r"img\.shields\.io/badge/([^?#]+)", source)
    if not badge:
        return "stars" if re.search(r"/(?:github/)?(?:stars|forks|last-commit|citation)", source) else token.content
    words = unquote(badge[1]).removesuffix(".svg").replace("--", "\0").replace("_", " ").split("-")
    return one_line(" ".join(words[:-1] or words).replace("\0", "-"))


def pieces(markdown: str) -> list[Piece]:
    """The stretches of inline Markdown, links apart from text, without any markup."""
    found: list[Piece] = []
    for span in spans(markdown):
        if span.url is not None:
            found.append(Piece(span.text if span.kind == "link" else "", span.url))
        elif found and found[-1].url is None:
            found[-1] = Piece(found[-1].text + span.text, None)
        else:
            found.append(Piece(span.text, None))
    return [Piece(one_line(one.text), one.url) for one in found]


def plain(markdown: str) -> str:
    """Inline Markdown as its reader sees it."""
    return one_line(" ".join(piece.text for piece in pieces(markdown)))


def escape(text: str) -> str:
    """Text as inline Markdown that reads as this text and nothing else; left as it is where that is safe."""
    text = one_line(text)
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


def bold(text: str) -> str:
    """Text in bold that reads as this text and nothing else."""
    text = one_line(text)
    simple = f"**{escape(text)}**"
    if spans(simple) == [Span("strong", text)]:
        return simple
    escaped = _MARKUP.sub(r"\\\1", text)
    return f"**{escaped}**"


class _Parser(MarkdownIt):
    def normalizeLink(self, url: str) -> str:  # noqa: N802 - the name is markdown-it's
        return url  # an address is data here: it is kept as it was written


@cache
def _parser() -> MarkdownIt:
    return parser()


def parser() -> MarkdownIt:
    """A reader of GitHub's Markdown that leaves addresses as they are."""
    return _Parser("commonmark").enable(["table", "strikethrough"])


def _text(token: Token, in_link: bool, *, lines: bool = False) -> str:
    if token.type in ("softbreak", "hardbreak") or (token.type == "html_inline" and token.content.startswith("<br")):
        return "\n" if lines else " "
    if token.type == "html_inline":
        return "" if lines else " "
    if token.type == "image" and in_link:  # a badge: its text describes the picture
        return ""
    return token.content if token.type in ("text", "code_inline", "image") else ""


def one_line(text: str) -> str:
    """Text without breaks of lines and double spaces."""
    return " ".join(text.split())
