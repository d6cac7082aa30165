"""A small HTTP server on 127.0.0.1 that says what a test tells it to say."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from tests.serving import LocalServer, serving

Answer = tuple[int, bytes]


class Loopback:
    """``answers`` are given in turn, the last one for ever; one may be a function of the request's body."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[Answer | Callable[[bytes], Answer]] = []
        self.requests: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    def answer(self, body: bytes) -> Answer:
        chosen = self.answers[min(len(self.requests), len(self.answers)) - 1]
        return chosen(body) if callable(chosen) else chosen


@contextmanager
def serve() -> Iterator[Loopback]:
    loopback = Loopback()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            loopback.requests.append(body)
            loopback.headers.append({name.lower(): value for name, value in self.headers.items()})
            status, content = loopback.answer(body)
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.send_header("retry-after-ms", "1")
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    server = LocalServer(("127.0.0.1", 0), Handler)
    loopback.url = server.here
    with serving(server):
        yield loopback
