"""What ``survey-bot status`` says after a healthy, a degraded and a stale watch of three weeks on a local arXiv.

.venv/bin/python -m benchmarks.status
"""

from __future__ import annotations

import os
import random
import subprocess
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.common import survey_bot
from bot import schedule
from tests import arxiv_server
from tests.arxiv_server import ArxivServer
from tests.arxiv_world import ArxivWorld, frozen

SETTINGS = """
[watch]
categories = ["cs.RO"]

[scope.groups.bread]
terms = ["bread"]

[forge]
kind = "local"

[ledger]
path = "ledger.jsonl"
"""
WEEKS = timedelta(days=21)


def watch(world: ArxivWorld, until: datetime) -> None:
    """A run each working day, over papers by the dozen."""
    dice = random.Random(7)  # noqa: S311 - a simulation
    for at in schedule.announcements(world.bot.now - timedelta(days=7), until):
        for _ in range(dice.randint(30, 60)):
            world.submit(frozen(at) - timedelta(hours=23) * dice.random())
    morning = world.bot.now
    while morning < until:
        world.bot.now = morning
        if morning.weekday() < 5:
            world.run([arxiv_server.status(429, Retry_After="60")] if morning.day % 5 == 0 else [])
        morning += timedelta(days=1)


def healthy(world: ArxivWorld, server: ArxivServer, now: datetime) -> None:
    """Every run read everything."""
    watch(world, now)


def degraded(world: ArxivWorld, server: ArxivServer, now: datetime) -> None:
    """The last run met a server that went down in the middle."""
    watch(world, now)
    world.bot.now = now - timedelta(hours=1)
    server.api_always = arxiv_server.status(503)
    world.run([None] * 5)


def stale(world: ArxivWorld, server: ArxivServer, now: datetime) -> None:
    """No run for nine days."""
    watch(world, now - timedelta(days=9))


def main() -> None:
    """Print the transcripts."""
    os.environ["NO_PROXY"] = "*"
    cases: list[Callable[[ArxivWorld, ArxivServer, datetime], None]] = [healthy, degraded, stale]
    for case in cases:
        now = datetime.now(UTC)
        with tempfile.TemporaryDirectory() as folder, arxiv_server.serve() as server:
            start = datetime.combine((now - WEEKS).date(), datetime.min.time(), UTC) + timedelta(hours=5, minutes=37)
            case(ArxivWorld(Path(folder), server, page=500, start=start), server, now)
            Path(folder, "survey-bot.toml").write_text(SETTINGS, encoding="utf-8")
            done = subprocess.run([survey_bot(), "status"], cwd=folder, capture_output=True, text=True, check=False)
            told = done.stdout.replace(server.url, "https://export.arxiv.org/api/query").rstrip()
            print(
                f"\n### {case.__name__}\n\n```console\n$ survey-bot status; echo $?\n{told}\n{done.returncode}\n```",
                done.stderr,
            )


if __name__ == "__main__":
    main()
