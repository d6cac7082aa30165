"""Whether web addresses still lead anywhere: asked politely, for a bounded time, and told with caution.

One request per host in two seconds, few hosts at once, robots.txt respected, a week's memory. What is not certain is
``unknown``: too busy, forbidden, broken certificates and the like say nothing of the page.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from urllib.parse import urljoin
from urllib.robotparser import RobotFileParser

from bot import addresses
from bot.adapters.link_cache import LinkCache
from bot.adapters.link_requests import NoAnswer, NoHost, Place, Reply, Requests, place
from bot.adapters.retry_after import retry_after
from bot.models import WEB_ADDRESS
from bot.ports import LinkAnswer, Progress

ROBOT = "survey-bot"
"""What robots.txt calls us."""
_FOR_GOOD, _FOR_NOW = (301, 308), (302, 303, 307)
_GONE = (404, 410)
_BUSY = (429, 503)
_MOVES, _LONGEST, _LONGEST_PACE = 5, 300, 60.0
_FURTHEST = 2_000
"""Characters of an address that is led on to."""
_AT_THE_DOOR = re.compile(
    r"//accounts\.|/(?:log|sign)-?_?in\b|/(?:sso|oauth2?|auth|captcha|challenge)\b", re.IGNORECASE
)

_Answers = SimpleQueue[tuple[str, LinkAnswer]]


class LinkChecker:
    """Asks web addresses; what they answered is remembered for a week in ``cache`` (a folder).

    ``minutes``: for all addresses of one :meth:`check`; ``pace``: seconds from one request to a host to the next;
    ``at_once``: so many hosts. ``options`` are those of :class:`Requests`; ``clock`` gives seconds since 1970.
    """

    def __init__(
        self,
        contact: str,
        cache: Path,
        *,
        minutes: float = 20.0,
        pace: float = 2.0,
        at_once: int = 4,
        clock: Callable[[], float] = time.time,
        **options: Any,
    ) -> None:
        self._requests = Requests(contact, **options)
        self._cache = LinkCache(cache, clock)
        self._minutes, self._pace, self._at_once = minutes, pace, at_once
        self._over, self._ends = threading.Event(), 0.0
        self._lock = threading.Lock()
        self._next: dict[str, float] = {}
        """When a host may be asked again."""
        self._robots: dict[str, RobotFileParser | str] = {}
        """By site; a sentence where it could not be read."""

    @property
    def notes(self) -> Sequence[str]:
        """What was wrong with the cache, one sentence each."""
        return self._cache.notes

    def check(self, urls: Sequence[str], progress: Progress) -> Iterator[tuple[str, LinkAnswer]]:
        """The answer of every address, each once, in any order. Never raises."""
        wanted = list(dict.fromkeys(urls))
        yield from progress(self._all(wanted), "checking links", len(wanted))

    def _all(self, urls: list[str]) -> Iterator[tuple[str, LinkAnswer]]:
        kept = self._cache.find(urls)
        yield from kept.items()
        hosts: dict[str, list[str]] = {}
        for url in urls:
            if url not in kept:
                hosts.setdefault(_host(url), []).append(url)
        answers: _Answers = SimpleQueue()
        self._ends = time.monotonic() + self._minutes * 60
        self._over.clear()
        with ThreadPoolExecutor(self._at_once) as pool:
            for group in sorted(hosts.values(), key=len, reverse=True):
                pool.submit(self._ask_all, group, answers)
            try:
                for _ in range(len(urls) - len(kept)):
                    url, answer = answers.get()
                    self._cache.keep(url, answer)
                    yield url, answer
            finally:
                self._over.set()  # nobody wants the rest any more
                pool.shutdown(cancel_futures=True)

    def _ask_all(self, urls: list[str], answers: _Answers) -> None:
        """One host's addresses, one after the other; every one of them gets an answer, whatever happens."""
        for url in urls:
            try:
                answer = self._answer(url)
            except NoHost as error:
                answer = LinkAnswer("gone", why=str(error))
            except NoAnswer as error:
                answer = LinkAnswer("unknown", why=str(error))
            except Exception as error:  # a bug of ours must not leave the reader waiting for ever
                answer = LinkAnswer("unknown", why=f"asking it failed in a way that nobody thought of ({error!r})")
            answers.put((url, answer))

    # --- one address --------------------------------------------------------------------------------------------------

    def _answer(self, url: str) -> LinkAnswer:
        """Raises NoHost, NoAnswer."""
        here, for_good = url, True
        for _ in range(_MOVES + 1):
            reply = self._settled(place(here))
            if reply.status not in (*_FOR_GOOD, *_FOR_NOW):
                return _verdict(url, here, reply.status, for_good=for_good)
            here, for_good = _onward(here, reply), for_good and reply.status in _FOR_GOOD
        raise NoAnswer(f"it leads on more than {_MOVES} times")

    def _settled(self, where: Place) -> Reply:
        """What an address answers to HEAD; where that is no good, to GET; that it is not there, it must say twice."""
        self._mind_robots(where)
        head = self._ask("HEAD", where)
        if head.status < 400 or head.status in _BUSY:
            return head
        reply = self._ask("GET", where)
        if reply.status in _GONE and head.status not in _GONE:
            reply = self._ask("GET", where)
        return reply

    def _ask(self, method: str, where: Place, *, read: bool = False) -> Reply:
        """One request, when its turn has come."""
        self._await_turn(where.host)
        reply = self._requests.ask(method, where, read=read)
        if reply.status in _BUSY:
            seconds = retry_after({"Retry-After": reply.headers.get("Retry-After", "")}) or _LONGEST_PACE
            with self._lock:
                self._next[where.host] = time.monotonic() + max(self._pace, seconds)
        return reply

    def _await_turn(self, host: str) -> None:
        with self._lock:
            now = time.monotonic()
            start = max(now, self._next.get(host, now))
            if start >= self._ends:
                raise NoAnswer(f"the time for links in a run ({self._minutes:g} minutes) is over")
            self._next[host] = start + self._pace
        if self._over.wait(start - now):
            raise NoAnswer("nobody waited for the answer")

    def _mind_robots(self, where: Place) -> None:
        """Raises NoAnswer where robots.txt does not want us, NoHost."""
        if where.site not in self._robots:
            self._robots[where.site] = self._read_robots(where)
        rules = self._robots[where.site]
        if isinstance(rules, str):
            raise NoAnswer(rules)
        if not rules.can_fetch(ROBOT, where.target):
            raise NoAnswer("its robots.txt does not want bots there, so it was not asked")
        if delay := rules.crawl_delay(ROBOT):
            with self._lock:
                start = time.monotonic() + min(float(delay), _LONGEST_PACE)
                self._next[where.host] = max(self._next.get(where.host, 0.0), start)

    def _read_robots(self, where: Place) -> RobotFileParser | str:
        """Its rules, or why it must not be asked; one that is not there forbids nothing.

        Source: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1
        """
        url = f"{where.site}/robots.txt"
        rules = RobotFileParser()
        try:
            for _ in range(_MOVES + 1):
                reply = self._ask("GET", place(url), read=True)
                if reply.status not in (*_FOR_GOOD, *_FOR_NOW):
                    break
                url = _onward(url, reply)
        except NoHost as error:
            if place(url).host == where.host:
                raise
            return f"its robots.txt leads elsewhere, and {error}"
        except NoAnswer as error:
            return str(error)
        if reply.status in _BUSY or reply.status >= 500:
            return f"it answers HTTP {reply.status} when asked for its robots.txt"
        rules.parse(reply.body.decode("utf-8", "replace").splitlines() if reply.status == 200 else [])
        return rules


def _onward(here: str, reply: Reply) -> str:
    """Where a reply leads on to. Raises NoAnswer."""
    location = reply.headers.get("Location", "").strip()
    if len(location) > _FURTHEST:
        raise NoAnswer(f"it leads on to an address of more than {_FURTHEST:,} characters")
    try:
        there = urljoin(here, location)
    except ValueError:
        raise NoAnswer("it leads on to what is no web address") from None
    if there == here:
        raise NoAnswer("it leads on to itself")
    return there


def _verdict(url: str, here: str, status: int, *, for_good: bool) -> LinkAnswer:
    """What the last reply means: that of ``here``, where ``url`` led to."""
    place = "it" if here == url else f"it leads to {here[:_LONGEST]}, which"
    if status in _GONE:
        private = ": removed, renamed or made private" if _host(here) == "github.com" else ""
        return LinkAnswer("gone", why=f"{place} answers HTTP {status}{private}")
    if not (200 <= status < 300 or status == 416):  # the last where there is not one byte
        return LinkAnswer("unknown", why=f"{place} answers HTTP {status}")
    if here == url or not for_good or addresses.same(url, here):
        return LinkAnswer("fine")
    if _AT_THE_DOOR.search(here) or (_is_start(here) and not _is_start(url) and _host(here) == _host(url)):
        return LinkAnswer("unknown", why=f"it leads to {here[:_LONGEST]}, which is another page")
    if len(here) > _LONGEST or not re.fullmatch(WEB_ADDRESS, here):
        return LinkAnswer("unknown", why="it leads to an address that no list could hold")
    return LinkAnswer("moved", now=here)


def _is_start(url: str) -> bool:
    return not re.sub(r"^https?://[^/]*/?", "", url)


def _host(url: str) -> str:
    try:
        return place(url).host.removeprefix("www.")
    except NoAnswer:
        return ""
