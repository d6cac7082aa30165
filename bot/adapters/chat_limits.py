"""How long, how much and how often a language model is waited for.

HTTP within limits, and which failures are worth another try. The timeouts of the HTTP library are for each byte, and
the ``openai`` package also tries again where the account is empty.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import openai
    from tenacity import RetryCallState

TRIES = 3
LONGEST_WAIT = 60.0
"""Seconds; a service that wants to be left alone for longer is not waited for."""
LARGEST_REPLY = 1_000_000
"""Bytes, unpacked; a reply of 1,500 tokens has some 10,000."""

_NO_MONEY = ("insufficient_quota", "billing_not_active", "billing_hard_limit_reached")
"""Codes under which HTTP 429 will never get better."""

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


class TooLargeError(Exception):
    """A reply of more than LARGEST_REPLY bytes."""


def client(seconds: float) -> openai.DefaultHttpxClient:
    """An HTTP client that gives up ``seconds`` after a request was sent, whatever dribbles in, and reads no flood.

    The timeouts of the HTTP library are for each byte; the names of machines are looked up without any.
    """
    import openai

    class Client(openai.DefaultHttpxClient):
        def send(self, request: Any, **options: Any) -> Any:
            send, until = super().send, time.monotonic() + seconds
            return _within(seconds, lambda: _read(send(request, **{**options, "stream": True}), until))

    return Client(timeout=seconds, follow_redirects=False)


def _read(response: Any, until: float) -> Any:
    """The response with its whole body."""
    content = bytearray()
    try:
        for piece in response.iter_bytes():
            content += piece
            if len(content) > LARGEST_REPLY:
                raise TooLargeError
            if time.monotonic() > until:
                raise TimeoutError
    finally:
        response.close()
    packing = ("content-encoding", "content-length", "transfer-encoding")
    headers = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in packing]
    return type(response)(response.status_code, headers=headers, content=bytes(content), request=response.request)


def _within(seconds: float, work: Callable[[], T]) -> T:
    """What ``work`` returns. Raises TimeoutError; then its thread is left to end by its own limits."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future.result(timeout=seconds)
