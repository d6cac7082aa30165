"""How long, how much and how often a language model is waited for.

HTTP within limits, which failures are worth another try, and what is repeated of them. The timeouts of the HTTP library
are for each byte, and the ``openai`` package also tries again where the account is empty.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

from bot import texts

if TYPE_CHECKING:
    import openai
    from tenacity import RetryCallState

TRIES = 3
LONGEST_WAIT = 60.0
"""Seconds; a service that wants to be left alone for longer is not waited for."""
LARGEST_REPLY = 1_000_000
"""Bytes; a reply of 1,500 tokens has some 10,000."""
THREAD = "asking a language model"
"""The name of the threads in which requests are sent."""

SECRET = 8
"""Letters and digits; what is shorter ("none") is no secret, and would be found in half of all words."""
LONGEST = 4_000
"""Characters of what a service says that are looked at, and of these so many are shown:"""
SHOWN = 200

_ESCAPED = re.compile(r"\\(?:x[\da-f]{2}|u[\da-f]{4}|U[\da-f]{8}|.)")
"""A letter as Python writes those that cannot be shown."""
_NO_MONEY = ("insufficient_quota", "billing_not_active", "billing_hard_limit_reached")
"""Codes under which HTTP 429 will never get better."""

_FILTERED = ("content_filter", "content_policy_violation")
"""Codes under which HTTP 400 is what the service's filter made of the text."""
_NOT_SENT = ("ConnectError", "ProxyError", "UnsupportedProtocol")
"""Errors of the HTTP library, of which there are two with the same names, before anything is sent."""

T = TypeVar("T")


def passes(error: BaseException) -> bool:
    """Whether asking again, soon, may help."""
    import openai

    if isinstance(error, openai.APIStatusError):
        is_busy = error.status_code in (408, 409, 429) or error.status_code >= 500
        return is_busy and not is_broke(error) and (retry_after(error) or 0.0) <= LONGEST_WAIT
    return isinstance(error, TimeoutError | openai.APIConnectionError)


def is_broke(error: openai.APIStatusError) -> bool:
    """Whether the account is empty."""
    return error.code in _NO_MONEY or error.type in _NO_MONEY


def is_filtered(error: BaseException) -> bool:
    """Whether the service's filter refused the text."""
    import openai

    if not isinstance(error, openai.APIStatusError) or error.status_code != 400:
        return False
    body = error.body if isinstance(error.body, dict) else {}
    inner = (body.get("innererror"), body.get("inner_error"))
    codes = (error.code, *(one.get("code") for one in inner if isinstance(one, dict)))
    return any(code in _FILTERED for code in codes)


def is_of_langchain(error: BaseException) -> bool:
    """Whether LangChain itself failed, before anything was sent."""
    return isinstance(error, RuntimeError) and not isinstance(error, RecursionError)


def is_lost(error: BaseException) -> bool:
    """Whether a request was sent and nothing that can be read came back; the service may charge for it."""
    import openai

    if isinstance(error, openai.APIStatusError) or is_of_langchain(error):
        return False
    return type(error.__cause__).__name__ not in _NOT_SENT


def pause(state: RetryCallState) -> float:
    """Seconds before the next try: what the service asks for, or else about 1, 2, 4 …"""
    from tenacity import wait_exponential_jitter

    error = state.outcome.exception() if state.outcome else None
    return retry_after(error) or wait_exponential_jitter(initial=1, max=LONGEST_WAIT)(state)


def retry_after(error: BaseException | None) -> float | None:
    """The seconds a service asks for, where it does."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    for name, units in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers[name]) / units
            return seconds if seconds > 0 else None
        except (KeyError, ValueError):
            continue
    try:
        until = parsedate_to_datetime(headers["retry-after"])
        return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds()) or None
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def root(error: BaseException) -> BaseException:
    """What an error came from in the first place."""
    while error.__cause__:
        error = error.__cause__
    return error


def secret(key: str) -> re.Pattern[str] | None:
    """Finds a key where a service repeats it, whatever stands between its letters; None where it is none."""
    letters = re.findall("[0-9A-Za-z]", key)
    return re.compile("[^0-9A-Za-z]*+".join(letters), re.I) if len(letters) >= SECRET else None


def plain(said: object, key: re.Pattern[str] | None) -> str:
    """What a service or a library said: one short line without the key (some services repeat it)."""
    if isinstance(said, dict):
        said = said.get("message") or said.get("detail") or said
    text = said if isinstance(said, str) else _ESCAPED.sub(" ", str(said or ""))
    seen = texts.clean(text[:LONGEST].encode("utf-8", "replace").decode())[0]  # first: a key may be in disguise
    if len(seen) <= SHOWN and len(text) > LONGEST:
        return "nothing that can be shown"  # it may end in the midst of a key
    if key:
        seen = key.sub("[key]", seen)
    if "<html" in seen.lower():
        return "a web page"
    return seen[:SHOWN].rstrip(".") or "no reason given"


class TooLargeError(Exception):
    """A reply of more than LARGEST_REPLY bytes."""


class PackedError(Exception):
    """A reply that is packed, although that was not asked for."""


def client(seconds: float) -> openai.DefaultHttpxClient:
    """An HTTP client that gives up ``seconds`` after a request was sent, whatever dribbles in, and reads no flood.

    Nothing is unpacked: a kilobyte can hold a gigabyte, and the HTTP library unpacks it in one go. Each request has a
    connection of its own, which can be cut.
    """
    import openai

    class Client(openai.DefaultHttpxClient):
        def send(self, request: Any, **options: Any) -> Any:
            send, line = super().send, _Line()
            request.extensions = {**request.extensions, "trace": line.follow}
            return _within(seconds, lambda: _read(send(request, **{**options, "stream": True})), line)

    headers = {"Accept-Encoding": "identity", "Connection": "close"}
    return Client(timeout=seconds, follow_redirects=False, headers=headers)


def _read(response: Any) -> Any:
    """The response with its whole body; a failure's that cannot be read is empty, for its status says enough."""
    try:
        content = _content(response)
    except (TooLargeError, PackedError):
        if response.is_success:
            raise
        content = b""
    finally:
        response.close()
    wrapping = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in wrapping]
    return type(response)(response.status_code, headers=headers, content=content, request=response.request)


def _content(response: Any) -> bytes:
    """The body as it was sent."""
    if response.headers.get("content-encoding", "").strip().lower() not in ("", "identity"):
        raise PackedError
    content = bytearray()
    for piece in response.iter_raw():
        content += piece
        if len(content) > LARGEST_REPLY:
            raise TooLargeError
    return bytes(content)


class _Line:
    """The connection of one request, which another thread can cut."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._is_cut = False

    def follow(self, event: str, info: dict[str, Any]) -> None:
        """What the HTTP library does. Source: https://www.python-httpx.org/advanced/extensions/#trace"""
        if event.endswith("connect_tcp.complete"):
            with self._lock:
                self._socket = info["return_value"].get_extra_info("socket").dup()  # TLS takes the first one over
                if self._is_cut:
                    self._close()

    def cut(self) -> None:
        """Nothing more goes over it; who reads from it reads its end."""
        with self._lock:
            self._is_cut = True
            self._close()

    def _close(self) -> None:
        if self._socket:
            with suppress(OSError):  # it may be closed on the other side
                self._socket.shutdown(socket.SHUT_RDWR)  # closing alone wakes nobody who reads
            self._socket.close()


def _within(seconds: float, work: Callable[[], T], line: _Line) -> T:
    """What ``work`` returns. Raises TimeoutError; then its thread ends soon, for its line is cut.

    Only the look-up of a machine's name cannot be ended.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name=THREAD, daemon=True).start()
    try:
        return future.result(timeout=seconds)
    finally:
        line.cut()
