"""What is asked of arXiv, how far it has been read, and which records are new."""

import re
import tracemalloc
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import watch
from bot.fates import RunReport
from bot.settings import Watch
from bot.slices import Slice, SliceReport, WatchReport
from tests.fabricated import candidate

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Watch(), "cat:cs.RO"),
        (Watch(categories=("cs.RO", "cs.AI")), "(cat:cs.AI OR cat:cs.RO)"),
        (Watch(query=" all:bread OR ti:loaf "), "cat:cs.RO AND (all:bread OR ti:loaf)"),
    ],
)
def test_categories_are_alternatives_and_the_query_narrows_them(settings: Watch, expected: str) -> None:
    assert watch.query(settings) == expected


def test_a_slice_is_told_in_utc_and_widened_to_whole_minutes() -> None:
    tokyo = timezone(timedelta(hours=9))
    since, until = datetime(2026, 11, 20, 8, 30, 40, tzinfo=tokyo), datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
    assert watch.submitted(Slice(since=since, until=until)) == "submittedDate:[202611192330 TO 202611201201]"


MOMENTS = st.integers(1_735_689_600, 1_798_761_600).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_slices_cover_their_window_without_a_gap_none_over_midnight(since: datetime, length: timedelta) -> None:
    parts = list(watch.slices(since, since + length))
    for part in parts:
        assert timedelta(0) < part.until - part.since <= timedelta(days=1)
        assert (part.until - timedelta(microseconds=1)).date() == part.since.date()
    assert all(earlier.until == later.since for earlier, later in pairwise(parts))
    if parts:
        assert parts[0].since <= since
        assert parts[-1].until == since + length


@given(MOMENTS, st.timedeltas(timedelta(minutes=1), timedelta(days=9)))
def test_what_is_asked_of_arxiv_for_slices_that_follow_each_other_leaves_no_minute_out(
    since: datetime, length: timedelta
) -> None:
    asked = [re.findall(r"\d{12}", watch.submitted(part)) for part in watch.slices(since, since + length)]
    assert all(earlier[1] >= later[0] for earlier, later in pairwise(asked))


# --- the watermark ----------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
A_DAY = timedelta(days=1)


def read(since: datetime, until: datetime, *, failed: Collection[int] = (), query: str = "cat:cs.RO") -> WatchReport:
    """A report of all slices of a window; the ``failed`` ones are counted from its start."""
    reports = [
        SliceReport(source="arXiv", since=part.since, until=part.until, failed="HTTP 503" if place in failed else "")
        for place, part in enumerate(watch.slices(since, until))
    ]
    return WatchReport(query=query, slices=(*reports, SliceReport(source="arXiv's feed")))


def ran(at: datetime, report: WatchReport) -> RunReport:
    return RunReport(run="r", started=at, watch=report)


def marked(at: datetime, mark: datetime) -> RunReport:
    return ran(at, WatchReport(query="cat:cs.RO", before=mark, after=mark))


def test_a_first_run_that_reads_everything_brings_the_watermark_to_its_start() -> None:
    found = watch.accounted(read(NOW - 7 * A_DAY, NOW), NOW, [], [], 7)
    assert (found.before, found.after) == (datetime(2026, 11, 13, tzinfo=UTC), NOW)


def test_a_first_run_that_fails_leaves_the_watermark_where_it_began_so_that_no_paper_slides_out() -> None:
    failed = watch.accounted(read(NOW - 7 * A_DAY, NOW, failed=range(9)), NOW, [], [], 7)
    assert failed.after == failed.before == datetime(2026, 11, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failed", "day"),
    [((), 20), ((9,), 14), ((12,), 17), ((3,), 14), ((0,), 20)],  # the last lies before what may still be announced
)
def test_the_watermark_moves_up_to_the_first_slice_that_was_not_read_whole_and_never_back(
    failed: tuple[int, ...], day: int
) -> None:
    mark = datetime(2026, 11, 14, 0, tzinfo=UTC)
    report = read(mark - 9 * A_DAY, NOW, failed=failed)
    found = watch.accounted(report, NOW, [marked(NOW - 6 * A_DAY, mark)], [], 7)
    assert found.before == mark
    assert found.after == (NOW if day == 20 else datetime(2026, 11, day, tzinfo=UTC))


def test_slices_that_were_settled_before_count_as_read() -> None:
    mark = datetime(2026, 10, 1, tzinfo=UTC)
    whole = watch.settling(read(mark - 7 * A_DAY, mark + 20 * A_DAY), NOW, 7)
    assert len(whole) == 27
    rest = read(mark + 20 * A_DAY, NOW)
    assert watch.accounted(rest, NOW, [marked(mark, mark)], whole, 7).after == NOW
    assert watch.accounted(rest, NOW, [marked(mark, mark)], whole[:-1], 7).after == mark + 19 * A_DAY


def test_a_backfill_apart_from_what_was_read_moves_nothing() -> None:
    past = read(NOW - 300 * A_DAY, NOW - 200 * A_DAY)
    assert watch.accounted(past, NOW, [], [], 7).after is None
    mark = NOW - A_DAY
    assert watch.accounted(past, NOW, [marked(mark, mark)], [], 7).after == mark


def test_a_watermark_holds_for_one_search_only() -> None:
    runs = [marked(NOW - A_DAY, NOW - A_DAY)]
    assert watch.watermark(runs, "cat:cs.RO", NOW) == NOW - A_DAY
    assert watch.watermark(runs, "(cat:cs.RO OR cat:cs.AI)", NOW) is None


def test_a_slice_is_settled_when_it_was_read_whole_after_the_days_in_which_arxiv_announces_late() -> None:
    report = read(NOW - 10 * A_DAY, NOW, failed=(1,))
    assert [one.since.day for one in watch.settling(report, NOW, 7)] == [10, 12]
    settled = watch.settling(report, NOW, 7)
    assert len(watch.settled(settled, "cat:cs.RO", NOW, 7)) == 2
    assert not watch.settled(settled, "cat:cs.RO", NOW, 14), "more days are waited for now than when it was read"
    assert not watch.settled(settled, "cat:cs.AI", NOW, 7)
    assert not watch.settled(settled, "cat:cs.RO", NOW - A_DAY, 7), "a clock ran ahead"


# --- papers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "comment",
    [
        "This paper has been withdrawn by the authors",
        "Withdrawn: the oven was cold",
        "withdrawn by arXiv administrators",
        "Paper withdrawn",
        "The authors have withdrawn this paper",
        "I am withdrawing this paper because of a burnt crust",
        "This paper, accepted at a bread fair, has been withdrawn",
        "this version has been withdrawn",
    ],
)
def test_what_authors_say_of_a_paper_they_took_back_is_understood(comment: str) -> None:
    assert watch.withdrawn(candidate("2611.00001", "A", "b").model_copy(update={"comment": comment}))


@pytest.mark.parametrize("comment", [None, "8 pages"])
def test_authors_may_say_in_place_of_the_abstract_that_they_took_a_paper_back(comment: str | None) -> None:
    told = "This submission has been withdrawn, for the oven was cold."
    assert watch.withdrawn(candidate("2611.00001", "A", told).model_copy(update={"comment": comment}))


def test_what_is_said_of_withdrawn_papers_further_on_in_an_abstract_is_of_others() -> None:
    told = "We bake. " * 30 + "Every paper was withdrawn by its authors that had a burnt crust."
    assert not watch.withdrawn(candidate("2611.00001", "A", told))


@pytest.mark.parametrize(
    "comment",
    [
        "This paper replaces 2101.00001, withdrawn by the authors",
        "An earlier manuscript (withdrawn from a conference on bread)",
        "This paper was withdrawn from a conference for lack of space; accepted elsewhere",
        "The paper was withdrawn at ICLR 2025, now accepted to IROS 2026",
        "This paper is not withdrawn",
        "This submission was never withdrawn",
        "This paper replaces a withdrawn preprint",
        "This paper helps socially withdrawn bakers.",
        "Withdrawn states of ovens are studied.",
    ],
)
def test_what_was_withdrawn_elsewhere_is_not_withdrawn_from_arxiv(comment: str) -> None:
    assert not watch.withdrawn(candidate("2611.00001", "A", "b").model_copy(update={"comment": comment}))


def test_a_paper_about_withdrawn_loaves_is_not_withdrawn() -> None:
    told = "We bake. " * 30 + "Loaves that were withdrawn by the baker are studied in this paper."
    record = candidate("2611.00001", "Loaves Withdrawn from Ovens", told)
    assert not watch.withdrawn(record.model_copy(update={"comment": "8 pages, accepted; formerly a workshop paper"}))


def test_an_id_is_in_the_set_once_it_was_added_and_only_then_new() -> None:
    seen = watch.Seen()
    assert "2611.00001" not in seen
    assert seen.add("2611.00001")
    assert "2611.00001" in seen
    assert "2611.00009" not in seen
    assert not seen.add("2611.00001")


NEW = st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])\.[0-9]{4,5}", fullmatch=True)
OLD = st.from_regex(r"(cs|hep-th|math\.AG)/[0-9]{2}(0[1-9]|1[0-2])[0-9]{3}", fullmatch=True)
SLUG = st.from_regex(r"[a-z]{1,4}", fullmatch=True)


@given(st.lists(NEW | OLD | SLUG | st.sampled_from(["0704.0001", "0704.00001", "cs/0704001", "0704.0002", "pi0"])))
def test_ids_are_told_apart_as_a_set_would(paper_ids: list[str]) -> None:
    seen = watch.Seen()
    assert [paper_id for paper_id in paper_ids if seen.add(paper_id)] == list(dict.fromkeys(paper_ids))


def test_ten_thousand_ids_take_less_than_a_tenth_of_a_megabyte() -> None:
    names = (f"{month}.{n:05}" for month in (2610, 2611) for n in range(5_000))
    tracemalloc.start()
    seen = watch.Seen()
    count = sum(seen.add(name) for name in names)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 10_000
    assert peak < 100_000


def spread(days: float, count: int = 200) -> list[date]:
    """So many papers, evenly over so many days."""
    return [DAY + timedelta(days=days * place / count) for place in range(count)]


@pytest.mark.parametrize("count", [14, 56, 150])
def test_a_flow_ran_as_many_weeks_as_its_papers_span(count: int) -> None:
    assert watch.weeks(spread(count)) == pytest.approx(count / 7, abs=0.5)


def test_old_papers_that_come_by_as_cross_lists_make_no_flow_longer() -> None:
    old = [date(2009, 1, day) for day in range(1, 9)]
    assert watch.weeks([*old, *spread(28)]) == pytest.approx(4, abs=0.4)


@pytest.mark.parametrize("days", [[], spread(60, 19), spread(3), [DAY] * 100], ids=["none", "few", "short", "a day"])
def test_how_long_a_flow_ran_is_not_known_from_few_papers_or_less_than_a_week(days: list[date]) -> None:
    assert watch.weeks(days) == 0.0


def test_a_pause_in_the_watch_makes_no_flow_longer() -> None:
    later = [day + timedelta(days=365) for day in spread(7)]
    assert watch.weeks([*spread(7), *later]) == pytest.approx(2, abs=0.2)


def test_five_days_of_announcements_are_a_week() -> None:
    week = [date(2026, 11, 16) + timedelta(days=place % 5) for place in range(60)]
    assert watch.weeks(week) == pytest.approx(1, abs=0.1)


def test_the_order_in_which_papers_came_does_not_matter() -> None:
    assert watch.weeks(reversed(spread(28))) == watch.weeks(spread(28))
