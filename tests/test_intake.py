"""What is made of the papers that come: what is doubted, what is missing, what is put down, and what a plan settles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from bot.errors import UnreachableError
from bot.fates import Fate, RunReport, State
from bot.ports import Announced, Tally
from bot.slices import Revision
from tests.test_watching import (
    A_DAY,
    LISTED,
    MONDAY,
    YEAR,
    Feed,
    Scripted,
    failures,
    found,
    january,
    on,
    paper,
    told,
    version,
)
from tests.watch_world import World

ONE = "2611.00001"
OUT_OF_REACH = UnreachableError("HTTP 503", where="arXiv")


@dataclass
class Wanting(Feed):
    """A feed that announces some papers without their text; ``incomplete``: what is missing of them, by id."""

    incomplete: Mapping[str, str] = field(default_factory=dict)

    def read(self, tally: Tally) -> Iterator[Announced]:
        tally.incomplete |= self.incomplete
        yield from super().read(tally)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, MONDAY, fetch=lambda asked: iter(()))


@pytest.fixture
def reader(world: World, tmp_path: Path) -> World:
    """The survey in the hands of the job that judges; it has a ledger of its own."""
    return World(tmp_path / "reader", MONDAY, fetch=world.fetch)


def known(state: State, *, rulebook: str = "") -> Fate:
    """What became of paper 1 when its first version came."""
    return Fate(id=ONE, state=state, reason="bread", at=MONDAY, run="r", version=1, rulebook=rulebook)


def revision(paper_id: str) -> Revision:
    return Revision(id=paper_id, version=2, title="A New Title", at=MONDAY, run="r")


def disagreements(report: RunReport) -> list[str]:
    """What the report says of papers that were announced and that the search did not find, mildly or not."""
    return [said for said in (*report.notes, *failures(report)) if "were not among" in said]


# --- what is put down -------------------------------------------------------------------------------------------------


def test_a_paper_that_is_announced_without_its_text_is_due_and_comes_when_it_has_one(world: World) -> None:
    world.run(search=Scripted([paper(2)]), announcements=Wanting([told(2)], incomplete={ONE: "there is no abstract"}))
    assert world.fates[ONE].state is State.SEEN
    world.fetch = found(paper(1))
    world.run(search=Scripted())
    assert world.fates[ONE].state is State.PROPOSED


def test_a_proposed_paper_that_arxiv_does_not_know_any_more_stays_proposed(world: World) -> None:
    world.ledger.record([known(State.PROPOSED, rulebook="an earlier one")])
    world.forge.opened.append(ONE)
    world.run(search=Scripted())
    assert world.fates[ONE].state is State.PROPOSED


def test_a_postponed_paper_that_arxiv_does_not_know_any_more_stays_postponed(world: World) -> None:
    world.ledger.record([known(State.POSTPONED)])
    world.run(search=Scripted())
    assert world.fates[ONE].state is State.POSTPONED


def test_a_new_version_wakes_a_postponed_paper_although_the_cache_has_the_old_one(world: World) -> None:
    world.ledger.record([known(State.POSTPONED)])
    world.archive.keep([paper(1)])
    world.fetch = found(paper(1, version=2))
    world.run(search=Scripted())
    assert world.fates[ONE].state is State.PROPOSED


# --- what is doubted --------------------------------------------------------------------------------------------------


def requests(report: RunReport) -> list[int]:
    """How many requests each slice took."""
    assert report.watch
    return [one.asked for one in report.watch.slices]


def test_each_day_that_is_empty_for_no_reason_takes_a_request_to_be_believed(world: World) -> None:
    assert requests(world.run(search=Scripted())) == [2, 2, 2, 2, 2, 1, 1, 1]


def test_a_slice_that_failed_is_not_doubted(world: World) -> None:
    assert requests(world.run(search=Scripted(fail=on(*range(31))))) == [1] * 8


# --- what is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [range(31), [13]], ids=["wholly", "on one day"])
def test_of_what_a_search_that_was_down_did_not_find_nothing_is_told(world: World, days: list[int]) -> None:
    feed = Feed([told(number) for number in range(10, 20)])
    world.fetch = found(*(paper(number, 13) for number in range(10, 20)))
    report = world.run(search=Scripted(fail=on(*days, error=OUT_OF_REACH)), announcements=feed)
    assert disagreements(report) == []
    assert len(world.fates) == 10


@pytest.mark.parametrize(("day", "is_told"), [(8, False), (9, False), (10, True)])
def test_a_paper_of_the_first_day_that_is_read_or_of_an_earlier_one_is_not_missed(
    world: World, day: int, is_told: bool
) -> None:
    world.fetch = found(paper(1, day))
    report = world.run(search=Scripted(), announcements=Feed([told(1)]))
    assert report.watch
    assert report.watch.slices[0].since
    assert report.watch.slices[0].since.date() == date(2026, 11, 9)
    assert bool(disagreements(report)) == is_told
    assert world.fates[ONE].state is State.PROPOSED


@pytest.mark.parametrize(("count", "is_failure"), [(5, False), (6, True)])
def test_a_mailing_of_a_few_papers_all_of_which_are_missing_is_no_failure(
    world: World, count: int, is_failure: bool
) -> None:
    few = range(10, 10 + count)
    world.fetch = found(*map(paper, few))
    report = world.run(search=Scripted(), announcements=Feed([told(number) for number in few]))
    [said] = disagreements(report)
    assert f"{count} of {count} papers announced last" in said
    assert (said not in report.notes) == is_failure
    assert report.watched != is_failure


# --- what is news -----------------------------------------------------------------------------------------------------


def test_of_two_announcements_of_a_paper_the_first_counts(world: World) -> None:
    first = told(1)
    second = Announced(first.record.model_copy(update={"title": "Loaf 1 under Another Name"}), "cross")
    world.run(search=Scripted(), announcements=Feed([first, second]))
    assert world.fates[ONE].title == first.record.title


def test_a_listed_paper_that_is_announced_costs_no_request(world: World) -> None:
    world.fetch = lambda asked: pytest.fail(f"asked for {asked}")
    listed = Announced(version(LISTED, 1), "cross")
    report = world.run(search=Scripted([paper(2)]), announcements=Feed([listed, told(2)]))
    assert (report.seen, report.listed) == (1, 0)


# --- what a plan settles ----------------------------------------------------------------------------------------------


def test_what_one_job_read_of_the_past_is_settled_by_the_job_that_publishes_and_asked_for_no_more(
    world: World, reader: World
) -> None:
    arxiv = Scripted([january(8, 20)])
    world.publish(reader.plan(search=arxiv, span=YEAR))
    assert [one.since.day for one in world.ledger.settled()] == list(range(1, 31))
    arxiv.asked.clear()
    world.now += A_DAY
    world.plan(search=arxiv, span=YEAR)
    assert arxiv.days == []


def test_a_later_version_of_a_listed_paper_is_recorded_where_the_plan_is_published(world: World, reader: World) -> None:
    report = world.publish(reader.plan(search=Scripted([version(LISTED, 2)])))
    assert {paper_id: one.version for paper_id, one in world.ledger.revisions().items()} == {LISTED: 2}
    assert report.revised == 1


def test_a_later_version_of_a_proposed_paper_is_recorded_where_the_plan_is_published(
    world: World, reader: World
) -> None:
    world.run(search=Scripted([paper(1)]))
    plan = reader.plan(search=Scripted())
    world.publish(plan.model_copy(update={"revisions": (revision(ONE),)}))
    assert set(world.ledger.revisions()) == {ONE}


def test_a_plan_records_no_later_version_of_a_paper_that_is_neither_listed_nor_proposed(
    world: World, reader: World
) -> None:
    world.run(search=Scripted([paper(8)]))
    plan = reader.plan(search=Scripted())
    skipped, unheard_of = revision("2611.00008"), revision("2611.00004")
    report = world.publish(plan.model_copy(update={"revisions": (skipped, unheard_of)}))
    assert not world.ledger.revisions()
    assert report.revised == 0
