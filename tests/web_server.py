"""A local web server whose every reply a test decides, and that remembers what it was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from tests.serving import LocalServer, serving


class Request(NamedTuple):
    """What a server is asked."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """Names in small letters."""
    body: bytes
    at: float


class Reply(NamedTuple):
    """What it answers; ``drip`` sends a byte of the body at a time, so many seconds apart."""

    status: int = 200
    body: bytes = b"bread"
    headers: tuple[tuple[str, str], ...] = ()
    drip: float = 0.0


class WebServer(LocalServer):
    """Answers what ``answer`` says; ``asked`` is everything it was asked, in order."""

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer, self.asked = answer, list[Request]()

    def url(self, path: str = "", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: WebServer

    def _answer(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body, time.monotonic())
        self.server.asked.append(request)
        reply = self.server.answer(request)
        self.send_response(reply.status)
        for name, value in (*reply.headers, ("Content-Length", str(len(reply.body)))):
            self.send_header(name, value)
        self.end_headers()
        if self.command == "HEAD":
            return
        for place in range(0, len(reply.body), 1 if reply.drip else max(1, len(reply.body))):
            self.wfile.write(reply.body[place : place + 1] if reply.drip else reply.body)
            self.wfile.flush()
            time.sleep(reply.drip)

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Tests are quiet."""


@contextmanager
def serve(answer: Callable[[Request], Reply]) -> Iterator[WebServer]:
    """A server of its own, for as long as it is needed."""
    server = WebServer(answer)
    with serving(server):
        yield server
