"""What is asked of arXiv, and which records are new."""

import tracemalloc
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import watch
from bot.settings import Watch
from tests.fabricated import candidate

DAY = date(2026, 11, 20)
INSIDE = "submittedDate:[202611200000 TO 202611202359]"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (Watch(), f"cat:cs.RO AND {INSIDE}"),
        (Watch(categories=("cs.RO", "cs.AI")), f"(cat:cs.RO OR cat:cs.AI) AND {INSIDE}"),
        (Watch(query=" all:bread OR ti:loaf "), f"cat:cs.RO AND (all:bread OR ti:loaf) AND {INSIDE}"),
    ],
)
def test_categories_are_alternatives_and_the_query_and_the_window_narrow_them(settings: Watch, expected: str) -> None:
    assert watch.query(settings, DAY, DAY) == expected


def test_moments_are_told_in_utc_and_widened_to_whole_minutes() -> None:
    tokyo = timezone(timedelta(hours=9))
    since, until = datetime(2026, 11, 20, 8, 30, 40, tzinfo=tokyo), datetime(2026, 11, 20, 12, 0, 1, tzinfo=UTC)
    assert watch.query(Watch(), since, until).endswith("submittedDate:[202611192330 TO 202611201201]")


def test_windows_that_follow_each_other_leave_no_gap() -> None:
    border = datetime(2026, 11, 20, 12, 30, 30, tzinfo=UTC)
    before = watch.query(Watch(), border - timedelta(days=1), border)
    after = watch.query(Watch(), border, border + timedelta(days=1))
    assert before.rpartition(" TO ")[2].rstrip("]") >= after.partition(":[")[2].partition(" TO ")[0]


def test_a_moment_without_a_time_zone_is_a_bug_of_the_caller() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        watch.query(Watch(), datetime(2026, 11, 20), DAY)  # noqa: DTZ001


def test_a_window_must_not_end_before_it_starts() -> None:
    with pytest.raises(ValueError, match="ends"):
        watch.query(Watch(), DAY, DAY - timedelta(days=1))


def test_the_first_record_of_an_id_stands_and_later_ones_are_left_out() -> None:
    first, revision, other = (
        candidate(name, title, "…")
        for name, title in [("2611.00001", "First"), ("2611.00001", "Revised"), ("2611.00002", "Other")]
    )
    assert list(watch.first_seen([first, revision, other])) == [first, other]


NEW = st.from_regex(r"[0-9]{2}(0[1-9]|1[0-2])\.[0-9]{4,5}", fullmatch=True)
OLD = st.from_regex(r"(cs|hep-th|math\.AG)/[0-9]{2}(0[1-9]|1[0-2])[0-9]{3}", fullmatch=True)
SLUG = st.from_regex(r"[a-z]{1,4}", fullmatch=True)


@given(st.lists(NEW | OLD | SLUG | st.sampled_from(["0704.0001", "0704.00001", "cs/0704001", "0704.0002", "pi0"])))
def test_ids_are_told_apart_as_a_set_would(paper_ids: list[str]) -> None:
    records = [candidate(paper_id, "A", "b") for paper_id in paper_ids]
    assert [record.id for record in watch.first_seen(records)] == list(dict.fromkeys(paper_ids))


def test_ten_thousand_ids_take_less_than_a_tenth_of_a_megabyte() -> None:
    record = candidate("2611.00001", "A", "b")
    records = (record.model_copy(update={"id": f"{month}.{n:05}"}) for month in (2610, 2611) for n in range(5_000))
    tracemalloc.start()
    count = sum(1 for _ in watch.first_seen(records))
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
