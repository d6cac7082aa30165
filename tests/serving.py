"""How every server of the tests listens on this machine, starts and ends."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from socketserver import BaseServer


class LocalServer(ThreadingHTTPServer):
    """On a free port of 127.0.0.1; ``here`` is its address."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def server_activate(self) -> None:
        super().server_activate()
        # A client can be gone between "there is one" and accept(), which would then wait for the next one, for ever.
        self.socket.settimeout(1)

    @property
    def here(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what many tests are about."""


@contextmanager
def serving(server: BaseServer) -> Iterator[None]:
    """It answers for as long as the ``with`` lasts, and is closed after it."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
