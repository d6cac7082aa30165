"""What an entry says that no field holds: nothing that a list says is lost because nobody thought of it. Pure."""

from __future__ import annotations

import re
from itertools import groupby

from bot import addresses, ids, table
from bot.readme import links
from bot.readme.mend import mended
from bot.readme.parts import Entry, Left

WHOLE = "more than could be read"
_WORD = re.compile(r"[^\W_]+")
_URL = re.compile(addresses.BARE)
_SIGN = re.compile(r"\s*(?:>\s*)*(?:[-*+]\s|\d+[.)]\s)?")
_COMMENT = re.compile(r"\[//\]:\s*#.*$", re.MULTILINE)
_REFERENCE = re.compile(r"(?<!\\)\]\[[^\[\]]*\]")
_WORDLESS = re.compile(
    r"<!--.*?-->|<img\b[^>]*>|!\[[^\]]*\]\((?![^)]*(?:shields|badge|stars|visitor))[^)]+\)|(?<!\\)\[\^[^\]\s]+\]"
    r"|^[ \t]*(`{3,}).*?^[ \t]*\1",
    re.DOTALL | re.MULTILINE,
)
"""Comments, pictures that are no badges, marks of footnotes, and code."""
_KINDS = (
    "publisher venue conference journal publication publish published accepted date year title paper authors and or"
    " in at by to of on the"
)
_LABELS = frozenset(_KINDS.split())
"""Words that say what another word is."""


def words(text: str) -> set[str]:
    """The words of a text, in lower case, without single letters."""
    return {word for word in _WORD.findall(text.lower()) if len(word) > 1 or not word.isascii()}


def unsaid(entry: Entry) -> tuple[Left, ...]:
    """What is left of an entry that was read; all of it, where more is left than its reader knows of."""
    text = mended(_REFERENCE.sub("]", _COMMENT.sub("", _SIGN.sub("", entry.verbatim, count=1)))).text
    spans = table.spans(text)
    found = [span for span in spans if span.kind != "badge"]
    said = " ".join(span.text for span in found)
    urls = [span.url for span in spans if span.url and not span.url.startswith("#")]
    urls += [url for span in found if span.kind != "link" for url in _URL.findall(span.text)]
    if words(_URL.sub(" ", said)) <= _held(entry) and all(_leads_on(url, entry) for url in urls):
        left = (Left(what, ", ".join(one.text for one in some)) for what, some in groupby(entry.left, _what))
        return (*left, *(Left("beside its words", match[0]) for match in _WORDLESS.finditer(entry.verbatim)))
    return (Left(WHOLE, entry.verbatim),)


def _what(left: Left) -> str:
    return left.what


def _held(entry: Entry) -> set[str]:
    """The words that some field holds, or that only say what another word is."""
    held = (*entry.website, *entry.code)
    years = f"{entry.year} {entry.year % 100:02}"
    fields = [entry.title, entry.short, entry.venue, years, entry.note, entry.link]
    linked = [text for link in held for text in (link.url, link.label or "")]
    return words(" ".join([*fields, *linked, *(one.text for one in entry.left)])) | _LABELS | links.WORDS


def _leads_on(url: str, entry: Entry) -> bool:
    """Whether some field holds where a link leads."""
    paper = ids.from_url(entry.link)
    known = {entry.link, *(link.url for link in (*entry.website, *entry.code))}
    told = any(url in one.text for one in entry.left)
    return url.strip() in known or told or not words(url) or bool(paper and ids.from_url(url) == paper)
