"""A local server that speaks as arXiv does: its API and its announcements over invented papers, with faults on demand.

What is understood of ``search_query``: ``tests/arxiv_query.py``. Faults: ``tests/arxiv_faults.py``, at hand here too.
"""

from __future__ import annotations

import os
import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, unquote, urlsplit

from tests import arxiv_layout as layout
from tests.arxiv_faults import (
    Fault,
    Reply,
    cut,
    doubled,
    empty_page,
    encoded,
    error_feed,
    garbage,
    huge,
    missing_id,
    reset,
    short_page,
    shrunk,
    slow_body,
    slow_headers,
    status,
    web_page,
    without,
)
from tests.arxiv_layout import NEW_YORK, Mailing, Preprint
from tests.arxiv_query import ID, RefusedError, finder
from tests.serving import LocalServer, serving

__all__ = [
    "CANARY",
    "ArxivServer",
    "Fault",
    "Mailing",
    "Preprint",
    "Reply",
    "cut",
    "doubled",
    "empty_page",
    "encoded",
    "error_feed",
    "garbage",
    "huge",
    "missing_id",
    "reset",
    "serve",
    "short_page",
    "shrunk",
    "slow_body",
    "slow_headers",
    "status",
    "web_page",
    "without",
]

CANARY = Preprint(
    "1706.03762",
    "Crust Is All You Knead",
    "Everybody knows this loaf.",
    ("cs.CL", "cs.LG"),
    datetime(2017, 6, 12, 17, 57, 34, tzinfo=UTC),
    datetime(2023, 8, 2, 0, 41, 18, tzinfo=UTC),
    7,
)
"""A paper that arXiv always knows by its id, and that no search finds here."""

_MOST, _MOST_ANNOUNCED = 2000, 2000
_SATURDAY = 5
_SORTED = {"relevance": "", "lastUpdatedDate": "updated", "submittedDate": "published"}
_ORDERS = ("ascending", "descending")


@dataclass
class ArxivServer:
    """What the server holds and was asked. A fault is used up by one request; None lets one request through."""

    papers: list[Preprint] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    """Of the API's replies."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of every request, with ``user-agent``, ``accept`` and ``path``."""
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    now: Callable[[], datetime] | None = None
    """The time, where that matters: papers that are announced later are not there yet. None: all are."""
    mailings: list[Mailing] = field(default_factory=list)
    """The last one by ``now`` is what the announcements tell; none of it on a Saturday or Sunday in New York."""
    feed_url: str = ""
    """Of the announcements in Atom, without the categories; those in RSS are beside it, under ``rss``."""
    feed_faults: deque[Fault | None] = field(default_factory=deque)
    always: Fault | None = None
    """Spoils every request for which nothing stands in the queue."""
    api_always: Fault | None = None
    """The same of the API alone, and the next one of the announcements alone."""
    feed_always: Fault | None = None
    canary: bool = True
    """Whether the one paper that everybody knows is known."""

    def hang(self, reply: Reply) -> Reply:
        """A fault: no answer until the test is over."""
        self.released.wait(30)
        return reply

    def respond(self, path: str, parameters: dict[str, str]) -> Reply:
        """What a request gets, faults and all."""
        if path == "/api/query":
            queue, always, reply = self.faults, self.api_always, self._page(parameters)
        elif found := re.fullmatch(r"/(atom|rss)/(.+)", path):
            queue, always, reply = self.feed_faults, self.feed_always, self.announcements(found[1], unquote(found[2]))
        else:
            return Reply(404, b"Not Found", (("Content-Type", "text/html"),))
        try:
            fault = queue.popleft()
        except IndexError:
            fault = always or self.always
        return fault(reply) if fault else reply

    def answer(self, parameters: dict[str, str]) -> Reply:
        """The API's reply without a fault; a page may be as large as a test likes."""
        try:
            start, count = _number(parameters, "start", 0), _number(parameters, "max_results", 10)
            found = _ordered(self._found(parameters), parameters)
        except RefusedError as refused:
            return Reply(400, layout.refusal(str(refused)).encode())
        page = found[start : start + count]
        return Reply(200, layout.results(parameters, page, len(found), start, count).encode())

    def announcements(self, form: str, categories: str) -> Reply:
        """The feed of the day in this form (``atom`` or ``rss``) for ``cs.RO+cs.AI``, without a fault."""
        at = self.now() if self.now else None
        mailing = self._mailing(at)
        wanted = tuple(categories.split("+"))
        items = [
            (kind, paper)
            for kind, paper in mailing.items
            if _is_out(paper, at) and any(_is_in(term, name) for term in paper.categories for name in wanted)
        ]
        write = layout.atom if form == "atom" else layout.rss
        document = write(categories, layout.midnight(mailing.at), items[:_MOST_ANNOUNCED])
        return Reply(200, document.encode(), (("Content-Type", f"application/{form}+xml; charset=utf-8"),))

    def _mailing(self, at: datetime | None) -> Mailing:
        """What the feed of this moment holds, ``at`` the day it is dated: an evening's mailing has the next day."""
        made = [mailing for mailing in self.mailings if at is None or mailing.at <= at]
        if not made or (at and at.astimezone(NEW_YORK).weekday() >= _SATURDAY):
            return Mailing(at or datetime.now(UTC))
        last = max(made, key=lambda mailing: mailing.at)
        return replace(last, at=last.at.astimezone(NEW_YORK) + timedelta(hours=4))

    def _page(self, parameters: dict[str, str]) -> Reply:
        if parameters.get("max_results", "").isdecimal() and int(parameters["max_results"]) > _MOST:
            return Reply(400, layout.refusal(f"max_results must not be greater than {_MOST}").encode())
        return self.answer(parameters)

    def _found(self, parameters: dict[str, str]) -> list[Preprint]:
        query, names = parameters.get("search_query", ""), parameters.get("id_list", "")
        fits = finder(query) if query.strip() else lambda _: True
        held = self._by_id([name for name in names.split(",") if name]) if names else self.papers
        at = self.now() if self.now else None
        return [paper for paper in held if fits(paper) and _is_out(paper, at)]

    def _by_id(self, wanted: list[str]) -> list[Preprint]:
        held = {paper.id: paper for paper in ([CANARY] if self.canary else []) + self.papers}
        found = []
        for name in wanted:
            match = ID.fullmatch(name)
            if match is None:
                raise RefusedError(f"incorrect id format for {name}")
            paper, version = held.get(match[1]), int(match[2] or 0)
            if paper and version <= paper.version:
                found.append(paper if version in (0, paper.version) else _earlier(paper, version))
        return found


def _is_out(paper: Preprint, at: datetime | None) -> bool:
    return at is None or paper.announced is None or paper.announced <= at


def _is_in(category: str, name: str) -> bool:
    """Whether a feed of this name, which may be a whole archive, has papers of the category."""
    return category == name or category.startswith(f"{name}.")


def _earlier(paper: Preprint, version: int) -> Preprint:
    """An earlier version, under the title of the latest; the first came on the day of the paper."""
    return replace(paper, version=version, updated=paper.published if version == 1 else paper.updated)


def _number(parameters: dict[str, str], name: str, default: int) -> int:
    try:
        number = int(parameters.get(name, default))
    except ValueError:
        raise RefusedError(f"{name} must be an integer") from None
    if number < 0:
        raise RefusedError(f"{name} must be non-negative")
    return number


def _ordered(papers: list[Preprint], parameters: dict[str, str]) -> list[Preprint]:
    by, order = parameters.get("sortBy", "relevance"), parameters.get("sortOrder", "descending")
    if by not in _SORTED:
        raise RefusedError(f"sortBy must be in: {', '.join(_SORTED)}")
    if order not in _ORDERS:
        raise RefusedError(f"sortOrder must be in: {', '.join(_ORDERS)}")
    if by == "relevance":
        return papers
    name = _SORTED[by]
    return sorted(papers, key=lambda one: (getattr(one, name) or one.published, one.id), reverse=order == "descending")


# --- the server ------------------------------------------------------------------------------------------------------


class _Handler(BaseHTTPRequestHandler):
    arxiv: ArxivServer

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        parameters = {name: values[0] for name, values in parse_qs(asked.query).items()}
        told = {name: self.headers.get(name, "") for name in ("user-agent", "accept")}
        self.arxiv.asked.append({**parameters, **told, "path": asked.path})
        reply = self.arxiv.respond(asked.path, parameters)
        self.arxiv.released.wait(reply.wait)
        self.send_response(reply.status)
        for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
            self.send_header(name, value)
        self.end_headers()
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        if reply.reset:
            self.wfile.write(reply.body[: len(reply.body) // 2])
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            os.close(self.connection.detach())  # at once, before the server says good-bye as one should
            return
        pieces = max(1, round(reply.last / 0.04))
        size = len(reply.body) // pieces + 1
        for start in range(0, len(reply.body), size):
            self.wfile.write(reply.body[start : start + size])
            if reply.last:
                self.arxiv.released.wait(reply.last / pieces)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


@contextmanager
def serve(*papers: Preprint) -> Iterator[ArxivServer]:
    """The server on a free port of this machine, for as long as the ``with`` lasts."""
    arxiv = ArxivServer(list(papers))
    server = LocalServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"arxiv": arxiv}))
    arxiv.url, arxiv.feed_url = f"{server.here}/api/query", f"{server.here}/atom"
    with serving(server):
        try:
            yield arxiv
        finally:
            arxiv.released.set()
