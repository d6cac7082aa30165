"""A local arXiv that announces papers as the real one does, and the bot that watches it, by one invented clock.

Submissions come in on all days, arXiv freezes and announces them by its calendar (``bot.schedule``), some late.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import schedule
from bot.adapters.arxiv.api import ArxivApi, ArxivSearch
from bot.adapters.arxiv.feed import ArxivFeed
from bot.adapters.polite import PoliteSession
from bot.fates import RunReport
from bot.settings import Watch
from tests import arxiv_server as server_faults
from tests.arxiv_layout import NEW_YORK
from tests.arxiv_server import ArxivServer, Fault, Mailing, Preprint
from tests.watch_world import World

START = datetime(2026, 3, 2, 6, 37, tzinfo=UTC)
"""A Monday; the next weeks have no holiday and one change to daylight saving time."""
OVERLAP = timedelta(days=7)
_REMEMBERED = timedelta(days=90)
"""The local arXiv forgets older papers, so that years of them cost no time."""

FAULTS: dict[str, Fault] = {
    "429": server_faults.status(429),
    "429, come back in a minute": server_faults.status(429, Retry_After="60"),
    "503": server_faults.status(503),
    "403": server_faults.status(403),
    "406": server_faults.status(406),
    "500": server_faults.status(500),
    "web page": server_faults.web_page,
    "garbage": server_faults.garbage,
    "cut": server_faults.cut,
    "reset": server_faults.reset,
    "empty page": server_faults.empty_page,
    "short page": server_faults.short_page,
    "totals shrink": server_faults.shrunk(1),
    "a paper twice": server_faults.doubled,
    "no abstract": server_faults.without("summary"),
    "no date": server_faults.without("published"),
    "no id": server_faults.missing_id,
    "other encoding": server_faults.encoded("utf-16"),
    "error feed": server_faults.error_feed,
}
"""What goes wrong, without what takes real time."""


def frozen(announcement: datetime) -> datetime:
    """Until when a paper had to be sent in to be announced then: the same day, or before Sunday's mailing on Friday."""
    evening = announcement.astimezone(NEW_YORK)
    return (evening - timedelta(hours=6, days=2 if evening.weekday() == 6 else 0)).astimezone(UTC)


class ArxivWorld:
    """``minutes``: the time for arXiv in a run, by the invented clock."""

    def __init__(
        self,
        folder: Path,
        server: ArxivServer,
        *,
        page: int = 50,
        minutes: float = 20.0,
        start: datetime = START,
        **bot: Any,
    ) -> None:
        self.server, self.page = server, page
        self.bot = World(folder, start, **bot)
        self.settings = Watch(api=server.url, feed=server.feed_url, minutes=minutes)
        self.papers: dict[str, Preprint] = {}
        self._mailings: dict[datetime, list[tuple[str, Preprint]]] = defaultdict(list)
        self._numbers: dict[str, int] = defaultdict(int)
        server.now = lambda: self.bot.now
        self.submit(start - timedelta(days=5))  # a category without any paper is none

    # --- arXiv --------------------------------------------------------------------------------------------------------

    def submit(self, at: datetime, late: timedelta = timedelta(0), **facts: Any) -> Preprint:
        """A paper is sent in; it is announced at its mailing, or at one after it was held back for ``late``."""
        announced = schedule.announced(at)
        if late:
            announced = schedule.following(announced + late - timedelta(seconds=1))
        month = f"{announced:%y%m}"
        self._numbers[month] += 1
        number = self._numbers[month]
        name = f"{month}.{10_000 + number}"  # others than those that are listed
        paper = Preprint(
            name,
            f"Loaf {number} of {month}",
            f"Bread number {number} is baked.",
            published=at,
            announced=announced,
            **facts,
        )
        self.papers[name] = paper
        self._announce(announced, "new", paper)
        return paper

    def revise(self, name: str, at: datetime) -> None:
        """A later version; arXiv shows it from the next mailing on, here at once."""
        paper = replace(self.papers[name], version=self.papers[name].version + 1, updated=at)
        self.papers[name] = paper
        self._announce(schedule.announced(at), "replace", paper)

    def _announce(self, at: datetime, kind: str, paper: Preprint) -> None:
        self._mailings[at].append((kind, paper))

    # --- the bot ------------------------------------------------------------------------------------------------------

    def run(
        self, faults: Iterable[Fault | None] = (), feed_faults: Iterable[Fault | None] = (), **more: Any
    ) -> RunReport:
        """One run of a new process, in which these requests go wrong."""
        lately = self.bot.now - _REMEMBERED
        self.server.papers = [paper for paper in self.papers.values() if paper.published >= lately]
        self.server.mailings = [Mailing(at, items) for at, items in sorted(self._mailings.items()) if at >= lately]
        self.server.faults.clear()
        self.server.faults.extend(faults)
        self.server.feed_faults.clear()
        self.server.feed_faults.extend(feed_faults)
        api = ArxivApi(self.settings, session=self._session(), page=self.page)
        self.bot.fetch = api.fetch
        doors = {
            "search": ArxivSearch(self.settings, api),
            "announcements": ArxivFeed(self.settings, self._session(), now=lambda: self.bot.now),
            **more,
        }
        return self.bot.run(**doors)

    def rest(self) -> RunReport:
        """The last run, when arXiv is well again and has announced everything."""
        self.bot.now += OVERLAP + timedelta(days=1)
        return self.run()

    def _session(self) -> PoliteSession:
        return PoliteSession(
            "baker@bread.example",
            minutes=self.settings.minutes,
            clock=self._clock,
            sleep=self._sleep,
            random=random.Random(0).random,  # noqa: S311 - jitter
        )

    def _clock(self) -> float:
        return self.bot.now.timestamp()

    def _sleep(self, seconds: float) -> None:
        self.bot.now += timedelta(seconds=seconds)

    # --- what must hold -----------------------------------------------------------------------------------------------

    def lost(self, since: datetime, names: Sequence[str] | None = None) -> list[str]:
        """Papers sent in ``since`` that are announced and have no fate, or none that is more than "seen"."""
        fates = self.bot.fates
        announced = [
            paper
            for paper in self.papers.values()
            if paper.published >= since and paper.announced and paper.announced <= self.bot.now
        ]
        return [paper.id for paper in announced if paper.id not in fates or fates[paper.id].state == "seen"]
