"""A local server that speaks arXiv's API: the same Atom as the real one, over invented papers, with faults on demand.

The layout is held to real replies by ``test_arxiv_api.py``. Understood of ``search_query``: ``cat:`` terms (any of
them), a ``submittedDate`` range, and ``all:`` / ``ti:`` / ``abs:`` words (any of them).
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape, quoteattr

ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v(\d+))?")


@dataclass(frozen=True)
class Preprint:
    """An invented paper as arXiv would hold it; ``version`` is its latest."""

    id: str
    title: str = "A Loaf of Bread"
    summary: str = "We bake bread."
    categories: tuple[str, ...] = ("cs.RO",)
    published: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)
    updated: datetime | None = None
    version: int = 1
    comment: str | None = None
    journal_ref: str | None = None


class Reply(NamedTuple):
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/atom+xml; charset=utf-8"),)


Fault = Callable[[Reply], Reply]
"""Spoils the reply that would have been given."""


def status(code: int, **headers: str) -> Fault:
    return lambda _: Reply(code, b"busy", tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def web_page(_: Reply) -> Reply:
    return Reply(200, b"<!DOCTYPE html><html><body>Down</body></html>", (("Content-Type", "text/html"),))


def garbage(_: Reply) -> Reply:
    return Reply(200, b"\x00\x01 nothing")


def cut(reply: Reply) -> Reply:
    return reply._replace(body=reply.body[: len(reply.body) * 2 // 3])


def empty_page(reply: Reply) -> Reply:
    """The totals stay, the entries are gone: arXiv does this now and then."""
    return reply._replace(body=re.sub(rb"  <entry>.*</entry>\n", b"", reply.body, flags=re.DOTALL))


def without(tag: str) -> Fault:
    """The first entry lacks this element."""
    pattern = re.compile(rf"(<entry>.*?) *<{tag}>.*?</{tag}>\n".encode(), re.DOTALL)
    return lambda reply: reply._replace(body=pattern.sub(rb"\1", reply.body, count=1))


@dataclass
class ArxivServer:
    """What the server holds and was asked. A fault is used up by one request; None lets one request through."""

    papers: list[Preprint] = field(default_factory=list)
    faults: deque[Fault | None] = field(default_factory=deque)
    asked: list[dict[str, str]] = field(default_factory=list)
    """The parameters of every request, with ``user-agent``."""
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)

    def hang(self, reply: Reply) -> Reply:
        """A fault: no answer until the test is over."""
        self.released.wait(30)
        return reply

    def answer(self, parameters: dict[str, str]) -> Reply:
        wanted = [name for name in parameters.get("id_list", "").split(",") if name]
        for name in wanted:
            if not ID.fullmatch(name):
                return Reply(400, _refusal(f"incorrect id format for {name}").encode())
        found = _by_id(self.papers, wanted) if wanted else _matching(self.papers, parameters.get("search_query", ""))
        if parameters.get("sortBy") in ("submittedDate", "lastUpdatedDate"):
            key = "published" if parameters["sortBy"] == "submittedDate" else "updated"
            down = parameters.get("sortOrder", "descending") == "descending"
            found.sort(key=lambda paper: (getattr(paper, key) or paper.published, paper.id), reverse=down)
        start, count = int(parameters.get("start", 0)), int(parameters.get("max_results", 10))
        page = "".join(_entry(paper) for paper in found[start : start + count])
        return Reply(200, _feed(parameters, page, len(found), start, count).encode())


def _by_id(papers: list[Preprint], wanted: list[str]) -> list[Preprint]:
    held = {paper.id: paper for paper in papers}
    matches = [match for match in map(ID.fullmatch, wanted) if match]
    return [held[match[1]] for match in matches if match[1] in held]


def _matching(papers: list[Preprint], query: str) -> list[Preprint]:
    categories = set(re.findall(r"\bcat:([\w.-]+)", query))
    words = [(plain or phrase).lower() for phrase, plain in re.findall(r'\b(?:all|ti|abs):(?:"([^"]+)"|(\w+))', query)]
    window = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", query)

    def fits(paper: Preprint) -> bool:
        day, text = f"{paper.published:%Y%m%d%H%M}", f"{paper.title} {paper.summary}".lower()
        return (
            (not categories or bool(categories & set(paper.categories)))
            and (not words or any(word in text for word in words))
            and (window is None or window[1] <= day <= window[2])
        )

    return [paper for paper in papers if fits(paper)]


# --- the layout of arXiv's replies, element by element ---------------------------------------------------------------


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _entry(paper: Preprint) -> str:
    name = f"{paper.id}v{paper.version}"
    categories = "".join(
        f'    <category term="{term}" scheme="http://arxiv.org/schemas/atom"/>\n' for term in paper.categories
    )
    comment = f"    <arxiv:comment>{escape(paper.comment)}</arxiv:comment>\n" if paper.comment else ""
    journal = f"    <arxiv:journal_ref>{escape(paper.journal_ref)}</arxiv:journal_ref>\n" if paper.journal_ref else ""
    return f"""  <entry>
    <id>http://arxiv.org/abs/{name}</id>
    <title>{escape(paper.title)}</title>
    <updated>{_time(paper.updated or paper.published)}</updated>
    <link href="https://arxiv.org/abs/{name}" rel="alternate" type="text/html"/>
    <link href="https://arxiv.org/pdf/{name}" rel="related" type="application/pdf" title="pdf"/>
    <summary>{escape(paper.summary)}</summary>
{categories}    <published>{_time(paper.published)}</published>
{comment}    <arxiv:primary_category term="{paper.categories[0]}"/>
{journal}    <author>
      <name>A. Baker</name>
    </author>
  </entry>
"""


def _head(title: str, link: str, total: int, start: int, count: int) -> str:
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom" \
xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/invented</id>
  <title>{escape(title)}</title>
  <updated>2026-11-22T00:00:00Z</updated>
{link}  <opensearch:itemsPerPage>{count}</opensearch:itemsPerPage>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
"""


def _feed(parameters: dict[str, str], entries: str, total: int, start: int, count: int) -> str:
    asked = "&".join(f"{name}={parameters.get(name, '')}" for name in ("search_query", "id_list"))
    asked += f"&start={start}&max_results={count}"
    link = f'  <link href={quoteattr("https://arxiv.org/api/query?" + asked)} type="application/atom+xml"/>\n'
    return _head(f"arXiv Query: {asked}", link, total, start, count) + entries + "</feed>\n"


def _refusal(reason: str) -> str:
    where = "https://arxiv.org/api/errors#" + re.sub(r"\W+", "_", reason)
    entry = f"""  <entry>
    <id>{where}</id>
    <title>Error</title>
    <updated>2026-11-22T00:00:00Z</updated>
    <link href="{where}" rel="alternate" type="text/html"/>
    <summary>{escape(reason)}</summary>
    <author>
      <name>arXiv api core</name>
    </author>
  </entry>
"""
    return _head("arXiv Search Results", "", 1, 0, 1) + entry + "</feed>\n"


# --- the server ------------------------------------------------------------------------------------------------------


@contextmanager
def serve(*papers: Preprint) -> Iterator[ArxivServer]:
    """The server on a free port of this machine, for as long as the ``with`` lasts."""
    arxiv = ArxivServer(list(papers))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parameters = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            arxiv.asked.append({**parameters, "user-agent": self.headers.get("User-Agent", "")})
            reply = arxiv.answer(parameters)
            fault = arxiv.faults.popleft() if arxiv.faults else None
            reply = fault(reply) if fault else reply
            self.send_response(reply.status)
            for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: object) -> None:
            """A client that hung up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    arxiv.url = f"http://127.0.0.1:{server.server_address[1]}/api/query"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield arxiv
    finally:
        arxiv.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
