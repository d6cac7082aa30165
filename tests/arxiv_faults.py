"""What goes wrong with a reply of arXiv: each fault takes the reply that would have been given, and spoils it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from tests.arxiv_layout import refusal

ATOM = (("Content-Type", "application/atom+xml; charset=utf-8"),)


class Reply(NamedTuple):
    """A reply and how it is sent: after ``wait`` seconds, the body over ``last`` seconds, or reset in the middle."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ATOM
    wait: float = 0.0
    last: float = 0.0
    reset: bool = False


Fault = Callable[[Reply], Reply]
"""Spoils the reply that would have been given."""

_ITEM = re.compile(rb" *<(entry|item)>.*?</\1>\n", re.DOTALL)
_TOTAL = re.compile(rb"(<opensearch:totalResults>)(\d+)")
_DECLARED = re.compile(r"encoding='[^']*'")


# --- refused, late, broken off ---------------------------------------------------------------------------------------


def status(code: int, **headers: str) -> Fault:
    """``status(429, Retry_After="2")``: this status, with these headers."""
    return lambda _: Reply(code, b"busy", tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def error_feed(_: Reply) -> Reply:
    """400 and, in arXiv's own words, why."""
    return Reply(400, refusal("incorrect id format for abc").encode())


def slow_headers(seconds: float) -> Fault:
    """Nothing is heard for so long; then the reply is whole."""
    return lambda reply: reply._replace(wait=seconds)


def slow_body(seconds: float) -> Fault:
    """The body trickles in over so long, never silent for more than 0.05 s; then it is whole."""
    return lambda reply: reply._replace(last=seconds)


def reset(reply: Reply) -> Reply:
    """The connection is reset when half of the body is out."""
    return reply._replace(reset=True)


# --- not a feed ------------------------------------------------------------------------------------------------------


def web_page(_: Reply) -> Reply:
    return Reply(200, b"<!DOCTYPE html><html><body>Down</body></html>", (("Content-Type", "text/html"),))


def garbage(_: Reply) -> Reply:
    return Reply(200, b"\x00\x01 nothing")


def cut(reply: Reply) -> Reply:
    """The last third is missing, and nothing tells so but the document itself."""
    return reply._replace(body=reply.body[: len(reply.body) * 2 // 3])


def huge(reply: Reply) -> Reply:
    """The same document, 30 MB of it padding in comments."""
    padding = b"<!-- " + b"dough " * 20_000 + b"-->\n"
    head, found, rest = reply.body.partition(b"?>\n")
    return reply._replace(body=head + found + padding * (30_000_000 // len(padding) + 1) + rest)


def encoded(name: str) -> Fault:
    """The same document in another encoding (``utf-16``, ``iso-8859-1``), as it declares."""

    def spoil(reply: Reply) -> Reply:
        text = _DECLARED.sub(f"encoding='{name}'", reply.body.decode(), count=1)
        headers = tuple((key, value.replace("utf-8", name)) for key, value in reply.headers)
        return reply._replace(body=text.encode(name, "xmlcharrefreplace"), headers=headers)

    return spoil


# --- a feed that cannot be true --------------------------------------------------------------------------------------


def empty_page(reply: Reply) -> Reply:
    """The totals stay, the entries are gone: arXiv does this now and then."""
    return reply._replace(body=_ITEM.sub(b"", reply.body))


def short_page(reply: Reply) -> Reply:
    """The totals stay, the last entry is gone."""
    return _last(reply, lambda _: b"")


def doubled(reply: Reply) -> Reply:
    """The first entry stands in the place of the last one too."""
    return _last(reply, lambda first: first)


def shrunk(by: int) -> Fault:
    """The total is less by so many, and all entries are there."""
    return lambda reply: reply._replace(
        body=_TOTAL.sub(lambda found: found[1] + str(max(0, int(found[2]) - by)).encode(), reply.body)
    )


def without(tag: str) -> Fault:
    """The first entry that has this element lacks it."""
    element = rf" *<{tag}(?: [^>]*)?(?:/>|>.*?</{tag}>)\n"
    pattern = re.compile(rf"(<(?:entry|item)>.*?){element}".encode(), re.DOTALL)
    return lambda reply: reply._replace(body=pattern.sub(rb"\1", reply.body, count=1))


def missing_id(reply: Reply) -> Reply:
    """Nobody can tell which paper the first entry is."""
    return without("guid")(without("id")(reply))


def _last(reply: Reply, instead: Callable[[bytes], bytes]) -> Reply:
    found = list(_ITEM.finditer(reply.body))
    if not found:
        return reply
    start, end = found[-1].span()
    return reply._replace(body=reply.body[:start] + instead(found[0][0]) + reply.body[end:])
