"""HTTP with the manners arXiv asks for: one pace for this process, and nothing is waited for beyond its limits.

Other services are asked with the same manners; ``service`` and ``section`` say who it is and where that is set.
arXiv wants one request in three seconds over one connection, and answers 403, 406, 429 or 503 where it is too much.
Source: https://info.arxiv.org/help/api/tou.html
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import random as random_share
from typing import TYPE_CHECKING, Any, NamedTuple

from bot import __version__
from bot.adapters import atom
from bot.adapters.retry_after import retry_after
from bot.errors import SourceError, UnreachableError
from bot.ports import Tally

if TYPE_CHECKING:
    import requests
    from tenacity import RetryCallState

LARGEST = 20_000_000
"""Bytes of a reply; 500 papers have about a million."""
SLOWEST = 3
"""A whole body may take so many times as long as a single byte."""
FIRST_WAIT = 5.0
"""Seconds before the second try, about; twice as long before every further one."""
LATER = "try again later, or check the network and [watch] in survey-bot.toml"
"""What to do when arXiv fails."""

CORRECT = "correct [watch] in survey-bot.toml"
"""What to do when arXiv refuses what is asked."""

_THROTTLING = (403, 406, 429, 503)
"""HTTP status with which arXiv says: too often, too much."""
_MOVED, _MOVES = (301, 302, 303, 307, 308), 3
_ADDRESS = re.compile(r"https?://[\w.-]+(:\d+)?(/\S*)?")


class Spoiled(Exception):  # noqa: N818 (a reply is, not we are)
    """A reply came, or began to, and cannot be true: cut, too large, too slow. Asking for less may help."""


class PoliteSession:
    """HTTP as arXiv asks for it, with a contact, patience and pauses, for all that shares the time of a run.

    ``delay``: seconds from the end of a request to the start of the next one of this process, whichever object asks;
    ``timeout``: seconds to connect and to wait for a byte; ``tries`` of one request; ``minutes``: for all requests of
    this object, from the first one on. ``service`` and ``section``: who is asked, and where in the settings that is
    said. ``tell``: is told of long waits. ``clock`` (seconds), ``sleep`` and ``random`` (0 to 1) are for tests.
    """

    DELAY = 3.0
    """As arXiv asks."""

    def __init__(
        self,
        contact: str,
        *,
        delay: float = DELAY,
        timeout: tuple[float, float] = (10.0, 60.0),
        tries: int = 5,
        minutes: float = 20.0,
        service: str = "arXiv",
        section: str = "[watch]",
        tell: Callable[[str], None] = lambda sentence: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = random_share,
    ) -> None:
        self._agent = f"survey-bot/{__version__}" + (f" ({' '.join(contact.split())})" if contact.strip() else "")
        self._delay, self._timeout, self._tries, self._minutes = delay, timeout, tries, minutes
        self._service, self._section, self._tell = service, section, tell
        self._clock, self._sleep, self._random = clock, sleep, random
        self._pace = _paces.setdefault(clock, _Pace())
        self._http: requests.Session | None = None
        self._ends: float | None = None
        """When the time is over, by the clock; known from the first request on."""

    def get(self, url: str, accept: str, tally: Tally, *, smaller: bool = False) -> bytes:
        """The body of a reply with status 200; ``accept`` says in which formats it is wanted.

        ``smaller``: this asks for less of what was :class:`Spoiled` before, so it counts as repeated. Raises Spoiled at
        once, UnreachableError when all tries or the time are used up, SourceError when arXiv refuses the request.
        """
        return self._patiently(_Wanted(url, accept), tally, int(smaller))

    def post(self, url: str, body: bytes, accept: str, tally: Tally) -> bytes:
        """The same for a question that is too long for an address: ``body`` is JSON. It is not sent on elsewhere."""
        return self._patiently(_Wanted(url, accept, body), tally)

    def _patiently(self, wanted: _Wanted, tally: Tally, repeated: int = 0) -> bytes:
        from tenacity import Retrying, retry_if_exception_type

        retrying = Retrying(
            sleep=self._sleep,
            before_sleep=self._tell_again,
            stop=self._is_enough,
            wait=self._pause,
            retry=retry_if_exception_type(_BusyError),
            reraise=True,
        )
        repeats = count(repeated)
        try:
            return retrying(self._ask, wanted, tally, repeats)
        except _BusyError as error:
            raise self._given_up(error, next(repeats) - repeated, place(wanted.url)) from None

    def rest(self, tried: int, url: str, why: object) -> None:
        """Wait as before the next try of what failed ``tried`` times. Raises UnreachableError when the time is over."""
        if (pause := self._backoff(tried)) > self._left():
            raise self._over(place(url), f"{why}, and ")
        self._tell(f"{why}; trying again in {pause:.0f} s")
        self._sleep(pause)

    # --- how long, how often ------------------------------------------------------------------------------------------

    def _left(self) -> float:
        """Seconds until the time is over."""
        if self._ends is None:
            self._ends = self._clock() + self._minutes * 60
        return self._ends - self._clock()

    def _backoff(self, tried: int) -> float:
        return FIRST_WAIT * 2.0 ** (tried - 1) * (0.75 + 0.5 * self._random())

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        least = error.closed if isinstance(error, _BusyError) else 0.0
        return max(least, self._backoff(state.attempt_number))

    def _tell_again(self, state: RetryCallState) -> None:
        self._tell(f"{state.outcome and state.outcome.exception()}; trying again in {state.upcoming_sleep:.0f} s")

    def _is_enough(self, state: RetryCallState) -> bool:
        return state.attempt_number >= self._tries or state.upcoming_sleep > self._left()

    def _given_up(self, error: _BusyError, tried: int, where: str) -> UnreachableError:
        if error.closed > self._left():
            return self._left_alone(error.closed, where)
        if tried >= self._tries:
            return UnreachableError(f"{error} ({tried} tries)", where=where, remedy=self._mend(LATER))
        return self._over(where, f"{error}, and ")

    def _over(self, where: str, before: str = "") -> UnreachableError:
        what = f"{before}the time for {self._service} in a run ({self._minutes:g} minutes) is over"
        return UnreachableError(what, where=where, remedy="run it again to go on from here", lasting=True)

    def _left_alone(self, seconds: float, where: str) -> UnreachableError:
        at = f"{datetime.now(UTC) + timedelta(seconds=seconds):{'%Y-%m-%d ' if seconds > 86_400 else ''}%H:%M}"
        what = f"{self._service} asks to be left alone until {at} UTC"
        return UnreachableError(what, where=where, remedy="run it again to go on from here", lasting=True)

    def _mend(self, remedy: str) -> str:
        return remedy.replace("[watch]", self._section)

    # --- one try ------------------------------------------------------------------------------------------------------

    def _ask(self, wanted: _Wanted, tally: Tally, repeats: count[int]) -> bytes:
        """One try, and on to where arXiv sends us."""
        tally.retried += next(repeats) > 0
        for _ in range(_MOVES + 1):
            reply = self._paced(wanted, tally)
            there = reply.headers.get("Location", "")
            if reply.status not in _MOVED or not _ADDRESS.fullmatch(there) or wanted.body is not None:
                break
            wanted = wanted._replace(url=there)
        if reply.status == 200:
            return reply.content
        said = atom.refusal(atom.xml(reply.content))
        what = f"{self._service} answered with HTTP {reply.status}" + (f" ({said})" if said else "")
        if reply.status in _THROTTLING or reply.status == 408 or reply.status >= 500:
            raise _BusyError(what, self._close(wanted.url, reply.headers))
        raise SourceError(what, where=place(wanted.url), remedy=self._mend(CORRECT))

    def _paced(self, wanted: _Wanted, tally: Tally) -> _Reply:
        """One request, when its turn has come."""
        pace, where = self._pace, place(wanted.url)
        with pace.lock:
            now, left = self._clock(), self._left()
            closed = pace.closed.get(_host(wanted.url), now) - now
            wait = max(0.0, closed, pace.ended + self._delay - now)
            if left <= 0 or wait > left:
                raise self._left_alone(closed, where) if closed > left > 0 else self._over(where)
            if wait > self._delay:
                self._tell(f"{self._service} asks to be left alone; going on in {wait:.0f} s")
            if wait:
                self._sleep(wait)
            tally.asked += 1
            try:
                return self._send(wanted)
            finally:
                pace.ended = self._clock()

    def _close(self, url: str, headers: Mapping[str, str]) -> float:
        """Nobody asks this host before it wants to be asked again; that is in so many seconds."""
        seconds = retry_after(headers)
        self._pace.closed[_host(url)] = self._clock() + seconds
        return seconds

    def _send(self, wanted: _Wanted) -> _Reply:
        import requests
        from urllib3.exceptions import HTTPError

        if not self._http:
            self._http = requests.Session()
            # By itself it goes on at once, and reads the whole body of what sends it on.
            self._http.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        headers = {"User-Agent": self._agent.encode(), "Accept": wanted.accept, "Accept-Encoding": "gzip, deflate"}
        method = "GET" if wanted.body is None else "POST"
        headers |= {} if wanted.body is None else {"Content-Type": "application/json"}
        options: Any = {"headers": headers, "timeout": self._timeout, "stream": True, "data": wanted.body}
        try:
            with self._http.request(method, wanted.url, **options) as response:
                content = _body(response, self._timeout[1], self._service)
                return _Reply(response.status_code, response.headers, content)
        except (requests.RequestException, HTTPError) as error:
            if isinstance(error, ValueError) and not isinstance(error, requests.exceptions.InvalidHeader):  # of theirs
                what = "this is not a web address that can be asked"
                raise SourceError(what, where=place(wanted.url), remedy=self._mend(CORRECT)) from None
            raise _BusyError(f"{self._service}{_reason(error, self._timeout)}") from None


class _BusyError(Exception):
    """Asking again later may help; ``closed``: not in the next so many seconds."""

    def __init__(self, what: str, closed: float = 0.0) -> None:
        super().__init__(what)
        self.closed = closed


class _Wanted(NamedTuple):
    url: str
    accept: str
    body: bytes | None = None
    """Of a POST."""


class _Reply(NamedTuple):
    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class _Pace:
    """When requests of this process may start, by one clock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    ended: float = -math.inf
    """The end of the last request."""
    closed: dict[str, float] = field(default_factory=dict)
    """Hosts that asked to be left alone, and until when."""


_paces: dict[Callable[[], float], _Pace] = {}
"""All that is in use has the same clock, so there is one."""


def _body(response: requests.Response, patience: float, service: str) -> bytes:
    """The whole body, or Spoiled; of a failure, what can be had of it, for its status says enough."""
    from urllib3.exceptions import HTTPError

    content, started = bytearray(), time.monotonic()
    try:
        while piece := response.raw.read1(65_536, decode_content=True):
            content += piece
            if len(content) > LARGEST:
                raise Spoiled(f"{service} sent more than {LARGEST // 1_000_000} MB at once")
            if time.monotonic() - started > SLOWEST * patience:
                raise Spoiled(f"{service} was still sending after {SLOWEST * patience:g} s")
    except (Spoiled, HTTPError, OSError) as error:
        if response.status_code != 200:
            return b""
        broken = Spoiled(f"{service} broke off in the middle of its answer")
        raise error if isinstance(error, Spoiled) else broken from None
    return bytes(content)


def _reason(error: Exception, timeout: tuple[float, float]) -> str:
    """What went wrong, without the insides of the network libraries; what follows the name of the service."""
    import requests

    if isinstance(error, requests.exceptions.ConnectTimeout):
        return f" could not be reached within {timeout[0]:g} s"
    if isinstance(error, requests.Timeout):
        return f" did not answer within {timeout[1]:g} s"
    if isinstance(error, requests.exceptions.SSLError):
        return "'s certificate was not accepted"
    return " could not be reached, or the connection broke"


def _host(url: str) -> str:
    return place(url).partition("//")[2].partition("/")[0]


def place(url: str) -> str:
    """An address for people: without what is asked there and what it may hold of a password."""
    return re.sub(r"//[^/]*@", "//", url.partition("?")[0])
