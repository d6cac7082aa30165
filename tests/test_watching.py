"""The watch of a run: what is asked, what is kept when something fails, and how far arXiv has been read afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bot import health
from bot.adapters.ledger_file import LedgerFile
from bot.errors import LedgerError, SourceError, UnreachableError
from bot.fates import Fate, RunReport, State
from bot.models import Record
from bot.ports import Announced, Tally
from bot.slices import Slice
from tests.fabricated import PAPERS, candidate
from tests.simulation import Killed
from tests.watch_world import World, killing

A_DAY = timedelta(days=1)
MONDAY = datetime(2026, 11, 16, 6, tzinfo=UTC)
LISTED = next(iter(PAPERS))


def paper(number: int, day: int = 14, *, version: int = 1, comment: str | None = None) -> Record:
    """A paper of November; what is thought of it is in the last digit of its number, see ``Numbered``."""
    record = candidate(f"2611.{number:05}", f"Loaf {number}: On Bread", f"Bread number {number} is baked.")
    return record.model_copy(update={"published": date(2026, 11, day), "version": version, "comment": comment})


@dataclass
class Scripted:
    """arXiv as a list of papers by their day; ``fail`` is called before a slice is read and may raise."""

    papers: list[Record] = field(default_factory=list)
    fail: Callable[[Slice], None] = lambda part: None
    incomplete: dict[str, str] = field(default_factory=dict)
    there: dict[str, int] = field(default_factory=lambda: {"cs.RO": 1000})
    name: str = "arXiv"
    query: str = "cat:cs.RO"
    asked: list[Slice] = field(default_factory=list)

    def read(self, part: Slice, tally: Tally) -> Iterator[Record]:
        self.asked.append(part)
        tally.asked += 1
        here = [one for one in self.papers if one.published == part.since.date()]
        for one in here[:1]:
            tally.got += 1
            yield one
        self.fail(part)
        tally.incomplete |= self.incomplete
        for one in here[1:]:
            tally.got += 1
            yield one

    def ever(self, tally: Tally) -> dict[str, int]:
        tally.asked += 1
        tally.total = sum(self.there.values())
        return self.there

    @property
    def days(self) -> list[int]:
        """The days that were asked for since the last time, as one looks at a calendar."""
        found = [part.since.day for part in self.asked]
        self.asked.clear()
        return found


@dataclass
class Feed:
    """What was announced last; breaks off in the end if told to."""

    items: Sequence[Announced] = ()
    broken: bool = False
    name: str = "arXiv's feed"

    def read(self, tally: Tally) -> Iterator[Announced]:
        tally.asked += 1
        yield from self.items
        if self.broken:
            raise SourceError("arXiv answered with HTTP 503", where="the feed")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path, MONDAY, fetch=lambda asked: iter(()))


def on(*days: int, error: SourceError | None = None) -> Callable[[Slice], None]:
    """Fails on these days of the month."""

    def fail(part: Slice) -> None:
        if part.since.day in days:
            raise error or SourceError("arXiv announced 5 papers and sent 1", where="arXiv")

    return fail


def failures(report: RunReport) -> list[str]:
    return [f"{one.what}: {one.message}" for one in report.failures]


# --- window and watermark ---------------------------------------------------------------------------------------------


def test_a_first_run_reads_seven_days_and_the_next_one_seven_days_before_the_last(world: World) -> None:
    arxiv = Scripted([paper(1), paper(2, 15)])
    first = world.run(search=arxiv)
    assert arxiv.days == [9, 10, 11, 12, 13, 14, 15, 16]
    assert first.watched
    assert first.watch
    assert first.watch.after == world.mark == first.started
    world.now += A_DAY
    second = world.run(search=arxiv)
    assert arxiv.days == [9, 10, 11, 12, 13, 14, 15, 16, 17]
    assert second.watch
    assert second.watch.before == first.started
    assert (first.proposed, second.proposed, second.known) == (2, 0, 2)
    assert [one.since.day for one in world.ledger.settled()] == [9]
    world.run(search=arxiv)
    assert arxiv.days[0] == 10, "the ninth was read once more than seven days later, and is settled"


def test_runs_that_were_missed_are_caught_up(world: World) -> None:
    arxiv = Scripted()
    world.run(search=arxiv)
    world.now += 9 * A_DAY
    arxiv.papers = [paper(1, 17), paper(2, 20)]
    arxiv.days.clear()
    report = world.run(search=arxiv)
    assert arxiv.days == list(range(9, 26))
    assert report.proposed == 2


def test_of_a_slice_that_breaks_off_what_came_is_kept_and_the_others_are_read(world: World) -> None:
    arxiv = Scripted([paper(1, 13), paper(2, 13), paper(3, 15)], fail=on(13))
    report = world.run(search=arxiv)
    assert set(world.fates) == {"2611.00001", "2611.00003"}
    assert not report.watched
    assert failures(report) == ["arXiv, 2026-11-13: arXiv: arXiv announced 5 papers and sent 1"]
    assert world.mark == datetime(2026, 11, 13, tzinfo=UTC)
    arxiv.fail = on()
    arxiv.days.clear()
    world.now += 30 * A_DAY
    again = world.run(search=arxiv)
    assert arxiv.days[:8] == [6, 7, 8, 9, 10, 11, 12, 13]
    assert set(world.fates) == {"2611.00001", "2611.00002", "2611.00003"}
    assert again.watched
    assert world.mark == again.started
    assert world.forge.twice == []


def test_after_two_slices_that_cannot_be_reached_no_other_is_asked_for(world: World) -> None:
    arxiv = Scripted([paper(1, 11), paper(2, 13)], fail=on(11, 12, error=UnreachableError("HTTP 503", where="arXiv")))
    report = world.run(search=arxiv)
    assert arxiv.days == [9, 10, 11, 12]
    assert report.watch
    assert [one.failed for one in report.watch.slices] == [
        "",
        "",
        *["arXiv: HTTP 503"] * 2,
        *["not asked in this run"] * 4,
    ]
    assert set(world.fates) == {"2611.00001"}
    assert world.mark == datetime(2026, 11, 11, tzinfo=UTC)


def test_slices_that_cannot_be_reached_now_and_then_do_not_end_the_watch(world: World) -> None:
    arxiv = Scripted([paper(2, 15)], fail=on(10, 12, 14, error=UnreachableError("HTTP 503", where="arXiv")))
    world.run(search=arxiv)
    assert len(arxiv.days) == 8
    assert set(world.fates) == {"2611.00002"}


def test_when_the_time_of_a_run_is_over_no_other_slice_is_asked_for(world: World) -> None:
    over = UnreachableError("the time is over", where="arXiv", lasting=True)
    arxiv = Scripted(fail=on(11, error=over))
    world.run(search=arxiv)
    assert arxiv.days == [9, 10, 11]
    arxiv.fail = on()
    world.run(search=arxiv)
    assert world.mark == world.now


def test_a_first_run_that_fails_for_weeks_lets_no_paper_slide_out_of_the_window(world: World) -> None:
    arxiv = Scripted([paper(1, 10)], fail=on(*range(31), error=UnreachableError("HTTP 429", where="arXiv")))
    arxiv.papers = []
    for _ in range(14):
        world.run(search=arxiv)
        world.now += A_DAY
    arxiv.papers, arxiv.fail = [paper(1, 10)], on()
    world.run(search=arxiv)
    assert set(world.fates) == {"2611.00001"}


def test_another_search_has_a_watermark_of_its_own_and_forgets_no_gap(world: World) -> None:
    world.run(search=Scripted())
    world.now += 20 * A_DAY
    other = Scripted(query="(cat:cs.CV OR cat:cs.RO)")
    world.run(search=other)
    assert len(other.days) == 28
    assert world.mark == world.now


def test_after_a_time_without_watermarks_a_run_goes_on_where_the_last_one_read_everything(world: World) -> None:
    world.ledger.record_run(RunReport(run="old", started=world.now - 20 * A_DAY, watched=True))
    arxiv = Scripted()
    world.run(search=arxiv)
    assert len(arxiv.days) == 28


def test_a_search_that_breaks_after_an_empty_day_is_not_believed(world: World) -> None:
    arxiv = Scripted([january(1, 2), january(3, 25)])

    def broken(part: Slice) -> None:
        if part.since.day == 20:
            arxiv.there, arxiv.papers = {"cs.RO": 0}, []

    arxiv.fail = broken
    world.run(search=arxiv, span=YEAR)
    assert [one.since.day for one in world.ledger.settled()] == [*range(1, 20)]
    world.run(search=Scripted([january(3, 25)]), span=YEAR)
    assert "2611.00003" in world.fates


def test_a_paper_that_arxiv_did_not_know_for_a_while_is_new_when_it_comes(world: World) -> None:
    world.run(search=Scripted([paper(2)], incomplete={"2611.00001": "there is no abstract"}))
    world.run(search=Scripted([paper(2)]))
    assert world.fates["2611.00001"].reason == "arXiv does not know it"
    world.run(search=Scripted([paper(1), paper(2)]))
    assert world.fates["2611.00001"].state is State.PROPOSED


def test_a_rehearsal_leaves_nothing_behind(world: World) -> None:
    world.forge.dry = True
    report = world.run(search=Scripted([paper(1)]))
    assert report.seen == 1
    assert (world.mark, world.fates, list(world.ledger.settled())) == (None, {}, [])


def test_what_one_job_read_moves_the_watermark_of_the_job_that_publishes(world: World, tmp_path: Path) -> None:
    reader = World(tmp_path / "reader", MONDAY, fetch=world.fetch)
    arxiv = Scripted([paper(1, 10), paper(2, 15)])
    plan = reader.plan(search=arxiv)
    world.now += timedelta(minutes=10)
    report = world.publish(plan)
    assert report.watch
    assert report.watch.after == plan.started == world.mark
    assert report.proposed == 2
    assert [one.since.day for one in world.ledger.settled()] == []
    assert world.publish(reader.plan(search=arxiv)).watch.before == plan.started


def test_a_clock_that_once_ran_ahead_does_not_stop_the_watch(world: World) -> None:
    arxiv = Scripted([paper(1)])
    world.run(search=arxiv)
    before, world.now = world.now, world.now + 365 * A_DAY
    world.run(search=Scripted())
    world.now = before + A_DAY
    arxiv.papers.append(paper(2, 16))
    arxiv.days.clear()
    world.run(search=arxiv)
    assert arxiv.days[0] == 9
    assert "2611.00002" in world.fates
    assert health.health(world.ledger.runs(), world.now, 7).mark == world.now


# --- backfill ---------------------------------------------------------------------------------------------------------

YEAR = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 31, tzinfo=UTC))


def january(number: int, day: int) -> Record:
    return paper(number).model_copy(update={"published": date(2026, 1, day)})


@pytest.mark.parametrize("after", [0, 1, 3, 7, 12, 17])
def test_a_backfill_that_is_killed_goes_on_where_it_was_and_asks_for_no_finished_slice_again(
    world: World, after: int
) -> None:
    arxiv = Scripted([january(day * 10 + place, day) for day in range(1, 31) for place in (1, 8, 9)])
    with pytest.raises(Killed):
        world.run(search=arxiv, span=YEAR, progress=killing(after * 5))
    first = arxiv.days
    finished = [one.since.day for one in world.ledger.settled()]
    assert finished == first[: len(finished)]
    assert len(finished) >= len(first) - 1
    world.fetch = lambda asked: pytest.fail(f"asked again for {asked}")
    world.run(search=arxiv, span=YEAR)
    assert arxiv.days == list(range(len(finished) + 1, 31))
    assert len(world.fates) == 90
    assert not [fate for fate in world.fates.values() if fate.state is State.SEEN]
    assert world.forge.twice == []
    world.run(search=arxiv, span=YEAR)
    assert arxiv.days == []


def test_a_backfill_apart_from_the_watch_does_not_move_its_watermark(world: World) -> None:
    world.run(search=Scripted(), span=YEAR)
    assert world.mark is None
    world.run(search=Scripted())
    mark = world.mark
    world.run(search=Scripted(), span=YEAR)
    assert world.mark == mark


def test_where_fates_cannot_be_written_nothing_counts_as_read(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    arxiv = Scripted([january(1, 5), january(8, 20)])
    world.run(search=Scripted())
    mark = world.mark
    full = LedgerError("No space left on device", where="ledger.jsonl")
    with monkeypatch.context() as patch:
        patch.setattr(LedgerFile, "record", lambda self, fates: raising(full))
        report = world.run(search=arxiv, span=YEAR)
        world.run(search=Scripted([paper(1)]))
    assert any("No space left" in told for told in failures(report))
    assert [one.since.day for one in world.ledger.settled()] == [*range(1, 5)]
    assert world.mark == mark
    world.run(search=arxiv, span=YEAR)
    assert {"2611.00001", "2611.00008"} <= set(world.fates)


def raising(error: Exception) -> None:
    raise error


# --- what nothing means -----------------------------------------------------------------------------------------------


def test_of_a_misspelt_category_every_run_tells_until_it_is_corrected_and_the_other_is_read(world: World) -> None:
    arxiv = Scripted([paper(1)], there={"cs.RO": 1000, "cs.AJ": 0})
    for _ in range(2):
        report = world.run(search=arxiv)
        assert failures(report)[0].partition(": ")[2] == (
            "[watch] categories: no paper at all is in cs.AJ, so what came may not be all; correct them, or wait if "
            "arXiv's search is out of order"
        )
        assert not report.watched
    assert set(world.fates) == {"2611.00001"}
    assert world.mark == datetime(2026, 11, 9, tzinfo=UTC)


def test_days_that_are_empty_because_the_search_is_out_of_order_do_not_count_as_read(world: World) -> None:
    world.run(search=Scripted([paper(1)]))
    mark = world.mark
    broken = Scripted(there={"cs.RO": 0})
    world.run(search=broken, span=YEAR)
    assert not world.ledger.settled()
    report = world.run(search=broken)
    assert not report.watched
    assert world.mark == mark
    arxiv = Scripted([january(8, 20)])
    world.run(search=arxiv, span=YEAR)
    assert "2611.00008" in world.fates


def test_days_without_a_paper_are_told_and_are_no_failure_where_the_category_has_some(world: World) -> None:
    report = world.run(search=Scripted())
    assert report.watched
    assert "arXiv has no paper of the 8 days asked for" in report.notes
    assert report.watch
    assert [(one.asked, one.total) for one in report.watch.slices[:2]] == [(2, None), (2, None)], (
        "each doubt is counted"
    )


def test_times_that_were_read_before_are_told(world: World) -> None:
    world.run(search=Scripted([january(8, 20)]), span=YEAR)
    report = world.run(search=Scripted(), span=YEAR)
    assert report.notes == (
        "there is nothing to read from 2026-01-01 00:00 UTC to 2026-01-31 00:00 UTC that was not read before",
    )


def test_a_query_that_nothing_matches_yet_brings_nothing_from_the_announcements(world: World) -> None:
    world.fetch = found(paper(1))
    report = world.run(search=Scripted(), announcements=Feed([told(1)]), narrowed=True)
    assert (report.seen, report.watched) == (0, True)


def test_slices_that_cannot_have_been_announced_are_told_apart(world: World) -> None:
    report = world.run(search=Scripted([paper(1)]))
    assert report.watch
    early = [one.since.day for one in report.watch.slices if one.early and one.since]
    assert early == [14, 15, 16], "what came in since Friday, 14:00 in New York, is announced on Monday evening"


def test_a_paper_without_its_text_is_asked_for_until_it_has_one(world: World) -> None:
    arxiv = Scripted([paper(2)], incomplete={"2611.00001": "there is no abstract"})
    report = world.run(search=arxiv)
    assert world.fates["2611.00001"].state is State.SEEN
    assert "there is no abstract" in world.fates["2611.00001"].reason
    assert (report.seen, report.proposed, report.failed) == (2, 1, 1)
    world.fetch = lambda asked: iter([paper(1)] if "2611.00001" in asked else [])
    world.now += 60 * A_DAY
    world.run(search=Scripted())
    assert world.fates["2611.00001"].state is State.PROPOSED


# --- versions ---------------------------------------------------------------------------------------------------------


def version(paper_id: str, number: int, comment: str = "Accepted to Loaves 2026") -> Record:
    record = candidate(paper_id, "A New Title", "Bread is baked once more.")
    return record.model_copy(update={"version": number, "comment": comment, "published": date(2026, 11, 14)})


def test_a_later_version_of_a_listed_paper_is_recorded_once_and_never_proposed(world: World) -> None:
    arxiv = Scripted([version(LISTED, 2)])
    report = world.run(search=arxiv)
    revision = world.ledger.revisions()[LISTED]
    assert (revision.version, revision.title, revision.comment) == (2, "A New Title", "Accepted to Loaves 2026")
    assert (report.revised, report.listed, report.proposed) == (1, 1, 0)
    assert world.run(search=arxiv).revised == 0
    arxiv.papers = [version(LISTED, 3, "This paper has been withdrawn by the authors")]
    world.run(search=arxiv)
    assert world.ledger.revisions()[LISTED].withdrawn


def test_a_later_version_of_a_proposed_paper_is_recorded_and_not_proposed_again(world: World) -> None:
    arxiv = Scripted([paper(1)])
    world.run(search=arxiv)
    arxiv.papers = [paper(1, version=2)]
    report = world.run(search=arxiv)
    assert world.ledger.revisions()["2611.00001"].version == 2
    assert (report.known, report.proposed) == (1, 0)
    assert world.forge.opened == ["2611.00001"]


def test_a_later_version_of_a_skipped_paper_is_neither_news_nor_recorded(world: World) -> None:
    arxiv = Scripted([paper(8)])
    world.run(search=arxiv)
    arxiv.papers = [paper(8, version=2)]
    assert world.run(search=arxiv).known == 1
    assert not world.ledger.revisions()


def test_a_paper_that_is_first_seen_at_its_second_version_is_new(world: World) -> None:
    assert world.run(search=Scripted([paper(1, version=2)])).proposed == 1


def test_a_paper_its_authors_have_taken_back_is_skipped(world: World) -> None:
    world.run(search=Scripted([paper(1, version=2, comment="This paper has been withdrawn by the authors")]))
    fate = world.fates["2611.00001"]
    assert (fate.state, fate.reason) == (State.SKIPPED, "withdrawn by its authors")


# --- the announcements ------------------------------------------------------------------------------------------------


def told(number: int, kind: str = "new", version: int = 1) -> Announced:
    """As a feed tells it, without comment and day."""
    return Announced(paper(number, version=version).model_copy(update={"published": None}), kind)


def found(*records: Record) -> Callable[[Sequence[str]], Iterator[Record]]:
    return lambda asked: iter([one for one in records if one.id in asked])


def test_what_was_held_back_longer_than_the_days_that_are_read_comes_with_the_announcements(world: World) -> None:
    late = paper(1, 1)
    world.fetch = found(late)
    report = world.run(search=Scripted([paper(2)]), announcements=Feed([told(1), told(2)]))
    assert set(world.fates) == {"2611.00001", "2611.00002"}
    assert report.watched
    assert not [note for note in report.notes if "were not among" in note]


def test_when_the_search_is_down_the_announcements_take_its_place_and_the_run_is_degraded(world: World) -> None:
    down = Scripted(fail=on(*range(31), error=UnreachableError("HTTP 503", where="arXiv")))
    world.fetch = None
    report = world.run(search=down, announcements=Feed([told(1), told(2, "cross"), told(3, "replace")]))
    assert set(world.fates) == {"2611.00001", "2611.00002"}
    assert not report.watched
    world.now += A_DAY
    after = world.run(search=Scripted([paper(1), paper(2), paper(4)]), announcements=Feed())
    assert after.watched
    assert sorted(world.forge.opened) == ["2611.00001", "2611.00002", "2611.00004"]


def test_papers_that_the_search_should_have_found_are_judged_and_the_disagreement_is_told(world: World) -> None:
    world.fetch = found(paper(1), paper(2))
    one = world.run(search=Scripted([paper(3)]), announcements=Feed([told(1), told(3)]))
    assert one.watched
    assert any("1 of 2 papers announced last were not among arXiv's answers (2611.00001)" in note for note in one.notes)
    assert "2611.00001" in world.fates


def test_a_search_that_misses_most_of_what_was_announced_is_a_failure(world: World) -> None:
    many = [paper(number) for number in range(10, 20)]
    world.fetch = found(*many)
    report = world.run(search=Scripted([paper(3)]), announcements=Feed([told(number) for number in range(10, 20)]))
    assert not report.watched
    assert "10 of 10 papers announced last were not among arXiv's answers" in failures(report)[0]
    assert len(world.fates) == 11


def test_a_replacement_of_a_listed_paper_is_recorded_with_what_only_arxiv_itself_tells(world: World) -> None:
    world.fetch = found(version(LISTED, 4))
    feed = Feed(
        [Announced(version(LISTED, 4, "").model_copy(update={"comment": None}), "replace-cross"), told(9, "replace")]
    )
    report = world.run(search=Scripted([paper(3)]), announcements=feed)
    assert world.ledger.revisions()[LISTED].comment == "Accepted to Loaves 2026"
    assert report.revised == 1
    assert set(world.fates) == {"2611.00003"}


def test_where_a_query_narrows_the_search_announcements_only_stand_in_for_it(world: World) -> None:
    world.fetch = found(paper(1))
    world.run(search=Scripted([paper(2)]), announcements=Feed([told(1)]), narrowed=True)
    assert set(world.fates) == {"2611.00002"}
    world.run(search=Scripted(fail=on(15)), announcements=Feed([told(1)]), narrowed=True)
    assert set(world.fates) == {"2611.00001", "2611.00002"}


def test_announcements_that_cannot_be_read_are_told_and_what_the_search_read_counts(world: World) -> None:
    report = world.run(search=Scripted([paper(2)]), announcements=Feed([told(2)], broken=True))
    assert failures(report) == ["arXiv's feed: the feed: arXiv answered with HTTP 503"]
    assert not report.watched
    assert world.mark == report.started


def test_a_known_paper_that_is_announced_costs_no_request(world: World) -> None:
    world.fetch = lambda asked: pytest.fail(f"asked for {asked}")
    world.ledger.record([Fate(id="2611.00001", state=State.SKIPPED, reason="boats", at=MONDAY, run="r")])
    world.run(search=Scripted([paper(2)]), announcements=Feed([told(1), told(2), told(1, "replace", 2)]))
    assert set(world.fates) == {"2611.00001", "2611.00002"}
