"""Days of watching arXiv, with faults, missed runs and late announcements: what was found, found late, lost, doubled?

.venv/bin/python -m benchmarks.watching --days 1000 --seed 0

The volumes are those of the real daily listing, over and over; papers, times and faults are invented. No time is slept.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import tempfile
import time
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.common import LISTING, ROOT, machine
from bot import schedule
from bot.fates import RunReport
from bot.models import Record
from tests import arxiv_server
from tests.arxiv_server import ArxivServer, Fault
from tests.arxiv_world import FAULTS, OVERLAP, ArxivWorld, frozen
from tests.simulation import Numbered

START = datetime(2025, 3, 3, 5, 37, tzinfo=UTC)
FAULTY, MISSED, OUTAGE = 0.10, 0.10, 0.01
"""Shares of requests that fail, of runs that do not take place, and of days on which such a pause of days begins."""
LATE, HELD = 0.03, 0.002
"""Shares of papers that are announced some days late, and of those held back for longer than the overlap."""
REVISED = 0.3
"""Later versions a paper that is announced."""


class Few(Numbered):
    """A judge that rules nine in ten papers out by their number, as the words of a survey do."""

    def ruled_out(self, record: Record) -> str | None:
        """By the last digit but one."""
        return None if record.id[-2] == "0" else "nothing of bread"


class Dice(deque[Fault | None]):
    """A queue of faults that never ends."""

    def __init__(self, dice: random.Random, met: Counter[str]) -> None:
        super().__init__([None])
        self._dice, self._met = dice, met

    def popleft(self) -> Fault | None:
        """A fault, or mostly none."""
        if self._dice.random() >= FAULTY:
            return None
        name = self._dice.choice(list(FAULTS))
        self._met[name] += 1
        return FAULTS[name]

    def clear(self) -> None:
        """Not between runs."""

    def extend(self, _: object) -> None:
        """Nor is anything added."""


@dataclass
class Years:
    """The world and the dice; ``volumes``: papers of one mailing after the other."""

    world: ArxivWorld
    volumes: list[int]
    seed: int
    held: set[str] = field(default_factory=set)
    """Papers that were announced later after they were sent in than any run reads."""
    due: dict[str, datetime] = field(default_factory=dict)
    """Paper -> the first run that could have taken place after its announcement."""
    reports: list[RunReport] = field(default_factory=list)
    missed: int = 0
    least: int = 0
    """Requests that would do if each paper were fetched once, and no other."""

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)  # noqa: S311 - a simulation
        self.met = Counter[str]()
        self._fetched = 0

    def live(self, days: int) -> Iterator[int]:
        """Day after day; a run on working days."""
        bot, pause = self.world.bot, 0
        bot.now = START
        self.run()
        mailings = schedule.announcements(START, START + timedelta(days=days))
        volumes = {at: self.volumes[place % len(self.volumes)] for place, at in enumerate(mailings)}
        for day in range(1, days + 1):
            morning = START + timedelta(days=day)
            for at in (at for at in mailings if morning - timedelta(days=1) < at <= morning):
                self._announce(at, volumes[at])
            bot.now = max(bot.now, morning)
            if pause or self.dice.random() < OUTAGE:
                pause = pause - 1 if pause else self.dice.randint(2, 13)
                self.missed += morning.weekday() < 5
            elif morning.weekday() < 5 and self.dice.random() < MISSED:
                self.missed += 1
            elif morning.weekday() < 5:
                self.run()
            yield day

    def run(self) -> None:
        """One run."""
        new = len(self.world.papers) - self._fetched
        self._fetched += new
        self.least += max(1, math.ceil(new / self.world.page))
        self.reports.append(self.world.run())

    def _announce(self, at: datetime, volume: int) -> None:
        """The papers of one mailing, sent in on the days before."""
        until = frozen(at)
        since = frozen(schedule.announcements(at - timedelta(days=14), at - timedelta(minutes=1))[-1])
        for _ in range(volume):
            sent = since + (until - since) * self.dice.random()
            chance, late = self.dice.random(), timedelta(0)
            if chance < HELD:
                late = timedelta(days=self.dice.randint(9, 40))
            elif chance < HELD + LATE and self._in_time(sent, wanted := timedelta(days=self.dice.randint(1, 3))):
                late = wanted
            paper = self.world.submit(sent, late)
            assert paper.announced
            if paper.announced - sent > OVERLAP:
                self.held.add(paper.id)
            self.due[paper.id] = self._next_run(paper.announced)
        for name in self.dice.sample(sorted(self.world.papers)[-2000:], k=min(int(REVISED * volume), 100)):
            self.world.revise(name, until)

    def _in_time(self, sent: datetime, late: timedelta) -> bool:
        return schedule.following(schedule.announced(sent) + late) - sent < OVERLAP

    def _next_run(self, at: datetime) -> datetime:
        run = datetime.combine(at.date(), START.time(), UTC)
        while run < at or run.weekday() > 4:
            run += timedelta(days=1)
        return run


def volumes(listing: Path) -> list[int]:
    """Papers of each day of the real listing, in order."""
    lines = listing.read_text(encoding="utf-8").splitlines()[1:]
    return list(Counter(line.split("\t")[0] for line in lines).values())


def told(years: Years, server: ArxivServer, seconds: float) -> Iterator[tuple[str, str]]:
    """The rows of the table."""
    world, runs = years.world, years.reports
    fates, announced = (
        world.bot.fates,
        [one for one in world.papers.values() if one.announced and one.announced <= world.bot.now],
    )
    plain = [one.id for one in announced if one.id not in years.held]
    held = [one.id for one in announced if one.id in years.held]
    late = [fates[name].at - years.due[name] for name in plain if name in fates and name in years.due]
    late = [delay for delay in late if delay > timedelta(hours=12)]
    asked = sum(one.asked for run in runs if run.watch for one in run.watch.slices)
    again = sum(one.retried for run in runs if run.watch for one in run.watch.slices)
    yield (
        "days / working days without a run / runs",
        f"{(world.bot.now - START).days:,} / {years.missed:,} / {len(runs):,}",
    )
    yield "papers announced", f"{len(plain):,}"
    yield "found", f"{sum(name in fates for name in plain):,}"
    most = max(late, default=timedelta(0)).days
    yield "of these found later than by the next run that was planned", f"{len(late):,} (at most {most} days)"
    yield "**lost**", f"{sum(name not in fates for name in plain):,}"
    yield "**proposed twice**", f"{len(world.bot.forge.twice):,}"
    yield (
        "announced more than 7 days after they were sent in: found / not found",
        (f"{sum(name in fates for name in held):,} / {sum(name not in fates for name in held):,}"),
    )
    yield "runs that were degraded", f"{sum(bool(run.failures) for run in runs):,}"
    yield "requests spoilt", f"{sum(years.met.values()):,}"
    yield (
        "requests: in all / a run / least possible a run",
        (f"{len(server.asked):,} / {len(server.asked) / len(runs):.1f} / {years.least / len(runs):.1f}"),
    )
    yield "of these for slices and feed / repeated", f"{asked:,} / {again:,}"
    yield "seconds", f"{seconds:.0f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared", help="folder of the real listing")
    parser.add_argument("--days", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    os.environ["NO_PROXY"] = "*"
    began = time.monotonic()
    listing = given.data / "arxiv" / LISTING
    with tempfile.TemporaryDirectory() as folder, arxiv_server.serve() as server:
        world = ArxivWorld(Path(folder), server, page=500, judge=Few)
        years = Years(world, volumes(listing), given.seed)
        server.faults = Dice(years.dice, years.met)
        server.feed_faults = Dice(years.dice, years.met)
        for day in years.live(given.days):
            if day % 100 == 0:
                print(f"{day} days, {len(world.papers):,} papers, {time.monotonic() - began:.0f} s", flush=True)
        server.faults, server.feed_faults = deque(), deque()
        world.rest()
        print(f"\n{machine()}; seed {given.seed}\n\n| {given.days:,} days of watching | |\n|---|---|")
        for name, value in told(years, server, time.monotonic() - began):
            print(f"| {name} | {value} |")
        print("\n" + ", ".join(f"{name} {count}" for name, count in years.met.most_common()))


if __name__ == "__main__":
    main()
