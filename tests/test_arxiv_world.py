"""Whatever arXiv does and whenever the bot runs: after the faults end every paper it announced has exactly one fate."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from bot import schedule
from bot.fates import State
from tests import arxiv_server
from tests.arxiv_world import FAULTS, OVERLAP, ArxivWorld
from tests.simulation import Killed
from tests.watch_world import killing

HOURS = st.integers(0, 23 * 60 + 59).map(lambda minutes: timedelta(minutes=minutes))
LATE = st.sampled_from([0, 0, 0, 0, 1, 2, 3]).map(lambda days: timedelta(days=days))
TROUBLE = st.lists(st.sampled_from([None, None, *FAULTS]), max_size=12)


class Day(NamedTuple):
    """``papers``: when each is sent in after the day's run, and how late it is announced."""

    papers: list[tuple[timedelta, timedelta]]
    runs: bool
    faults: list[str | None]
    feed_faults: list[str | None]
    killed: int | None
    revised: bool


DAYS = st.builds(
    Day,
    papers=st.lists(st.tuples(HOURS, LATE), max_size=5),
    runs=st.sampled_from([True, True, True, False]),
    faults=TROUBLE,
    feed_faults=st.lists(st.sampled_from([None, *FAULTS]), max_size=4),
    killed=st.sampled_from([None, None, None, 0, 1, 2, 4, 9]),
    revised=st.booleans(),
)


@pytest.fixture(scope="module")
def arxiv() -> Iterator[Callable[[str], ArxivWorld]]:
    """Makes a world in a folder; arXiv is one server for all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_PROXY", "*")
        with arxiv_server.serve() as server:
            yield lambda folder: ArxivWorld(Path(folder), server, page=3)


def live(world: ArxivWorld, day: Day) -> None:
    """A day: perhaps a run, then people send papers in."""
    morning = world.bot.now
    if day.runs:
        faults = ([FAULTS[name] if name else None for name in names] for names in (day.faults, day.feed_faults))
        more: dict[str, Any] = {} if day.killed is None else {"progress": killing(day.killed)}
        with suppress(Killed):
            world.run(*faults, **more)
    for after, late in day.papers:
        at = morning + after
        world.submit(at, late if schedule.following(schedule.announced(at) + late) - at < OVERLAP else timedelta(0))
    if day.revised and world.papers:
        world.revise(next(iter(world.papers)), morning)
    world.bot.now = max(world.bot.now, morning + timedelta(days=1))


@given(st.lists(DAYS, min_size=1, max_size=14))
@settings(max_examples=30, phases=[Phase.explicit, Phase.reuse, Phase.generate])  # a smaller example takes minutes
def test_after_the_faults_end_every_announced_paper_has_exactly_one_fate_and_none_was_proposed_twice(
    arxiv: Callable[[str], ArxivWorld], days: list[Day]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = arxiv(folder)
        first = world.run()
        for day in days:
            live(world, day)
        last = world.rest()
        assert world.lost(first.started) == []
        assert set(world.bot.fates) == set(world.papers)
        proposed = {name for name in world.papers if int(name[-1]) < 6}
        assert sorted(world.bot.forge.opened) == sorted(proposed)
        assert {name for name, fate in world.bot.fates.items() if fate.state is State.PROPOSED} == proposed
        assert (last.watched, world.bot.mark) == (True, last.started), last.failures
