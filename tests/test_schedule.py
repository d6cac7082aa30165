"""When arXiv announces papers: its calendar, held to its own table of holidays and to half a year of real listings."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import schedule

NEW_YORK = ZoneInfo("America/New_York")
LISTING = Path(__file__).parents[2] / "shared" / "arxiv" / "cs_ro_listing_2025-03_2025-09.tsv"
INCOMPLETE = {date(2025, 5, 5), date(2025, 6, 4)}
"""Days that the listing file lacks, as its own description says."""

SKIPPED = {
    2025: ["01-01", "01-20", "06-19", "07-04", "09-01", "11-27", "12-25", "12-30"],
    2026: ["01-01", "01-19", "06-19", "07-03", "09-07", "11-26", "12-25", "12-29", "12-31"],
}
"""arXiv's own table of the days without a freeze. Source: https://info.arxiv.org/help/availability.html"""

MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def york(text: str) -> datetime:
    """A moment in New York: ``2026-11-20 14:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("submitted", "out"),
    [
        ("2026-11-16 13:59", "2026-11-16 20:00"),  # a Monday
        ("2026-11-16 14:00", "2026-11-17 20:00"),
        ("2026-11-19 13:59", "2026-11-19 20:00"),
        ("2026-11-19 14:00", "2026-11-22 20:00"),  # for Friday's freeze, announced on Sunday
        ("2026-11-20 13:59", "2026-11-22 20:00"),
        ("2026-11-20 14:00", "2026-11-23 20:00"),
        ("2026-11-22 23:00", "2026-11-23 20:00"),
    ],
)
def test_a_paper_is_announced_on_the_evening_of_the_next_freeze_and_fridays_on_sunday(submitted: str, out: str) -> None:
    assert schedule.announced(york(submitted)) == york(out)


@pytest.mark.parametrize("year", SKIPPED)
def test_the_weekdays_without_a_freeze_are_those_of_arxivs_own_table(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(365)]
    skipped = []
    for day in (day for day in days if day.weekday() < 5):
        evening = datetime.combine(day + timedelta(days=2 if day.weekday() == 4 else 0), time(20), NEW_YORK)
        if schedule.announced(datetime.combine(day, time(12), NEW_YORK)) != evening:
            skipped.append(f"{day:%m-%d}")
    assert skipped == SKIPPED[year]


@pytest.mark.parametrize(
    ("submitted", "out"),
    [
        ("2025-11-27 12:00", "2025-11-30 20:00"),  # Thanksgiving: on Sunday, with Friday's
        ("2026-07-02 14:00", "2026-07-06 20:00"),  # the day before a holiday on Friday: none on Sunday
        ("2026-09-04 14:00", "2026-09-08 20:00"),  # before a long weekend
        ("2026-12-30 14:00", "2027-01-04 20:00"),  # the longest wait: two holidays and a weekend
    ],
)
def test_a_holiday_has_no_freeze_and_no_announcement_that_evening(submitted: str, out: str) -> None:
    assert schedule.announced(york(submitted)) == york(out)


@pytest.mark.parametrize(
    ("year", "day"),
    [(2020, "07-03"), (2021, "07-05"), (2027, "07-05"), (2028, "07-04"), (2029, "07-04"), (2030, "07-04")],
)
def test_independence_day_on_a_weekend_is_kept_on_the_nearest_weekday(year: int, day: str) -> None:
    week = schedule.announcements(york(f"{year}-07-01 21:00"), york(f"{year}-07-08 21:00"))
    away = datetime.fromisoformat(f"{year}-{day}")
    out = away + timedelta(days=2 if away.weekday() == 4 else 0)
    assert out.date() not in {evening.astimezone(NEW_YORK).date() for evening in week}
    assert len(week) == 4  # seven days have five announcements


def test_another_holiday_on_a_weekend_is_not_made_up_for() -> None:
    """The table of 2023 did not have the Monday after New Year's Day, which was a Sunday."""
    assert schedule.announced(york("2023-01-02 12:00")) == york("2023-01-02 20:00")


@pytest.mark.parametrize(
    ("submitted", "out"),
    [
        ("2026-03-06 18:59", "2026-03-09 00:00"),  # a Friday in winter; on that Sunday summer time begins
        ("2026-03-06 19:00", "2026-03-10 00:00"),
        ("2026-03-09 17:59", "2026-03-10 00:00"),
        ("2026-03-09 18:00", "2026-03-11 00:00"),
        ("2026-10-30 17:59", "2026-11-02 01:00"),  # a Friday in summer; on that Sunday winter time begins
        ("2026-11-02 18:59", "2026-11-03 01:00"),
        ("2026-11-02 19:00", "2026-11-04 01:00"),
    ],
)
def test_the_clock_is_new_yorks_in_summer_and_in_winter(submitted: str, out: str) -> None:
    assert schedule.announced(utc(submitted)) == utc(out)


def test_a_stretch_holds_the_announcements_after_its_start_up_to_and_with_its_end() -> None:
    friday, monday = york("2026-11-19 20:00"), york("2026-11-23 20:00")
    sunday = york("2026-11-22 20:00")
    assert schedule.announcements(friday, monday) == [sunday, monday]
    assert schedule.announcements(friday, monday - timedelta(seconds=1)) == [sunday]
    assert schedule.announcements(sunday, sunday) == []
    assert schedule.announcements(monday, friday) == []


def test_the_next_announcement_comes_after_this_one() -> None:
    sunday = york("2026-11-22 20:00")
    assert schedule.following(sunday - timedelta(seconds=1)) == sunday
    assert schedule.following(sunday) == york("2026-11-23 20:00")


def test_all_times_are_told_in_utc() -> None:
    at = york("2026-11-20 12:00")
    told = [schedule.announced(at), schedule.following(at), *schedule.announcements(at, at + timedelta(days=7))]
    assert [moment.tzinfo for moment in told] == [UTC] * 6  # Thanksgiving is in that week


def test_a_time_without_a_time_zone_is_a_bug_of_the_caller() -> None:
    naive, aware = datetime(2026, 11, 20), utc("2026-11-20 00:00")  # noqa: DTZ001
    for call in (
        lambda: schedule.announced(naive),
        lambda: schedule.following(naive),
        lambda: schedule.announcements(naive, aware),
        lambda: schedule.announcements(aware, naive),
    ):
        with pytest.raises(ValueError, match="2026-11-20 00:00:00 has no time zone"):
            call()


@given(MOMENTS, st.timedeltas(timedelta(), timedelta(days=9)))
def test_who_submits_later_is_not_announced_earlier(first: datetime, later: timedelta) -> None:
    assert schedule.announced(first) <= schedule.announced(first + later)


@given(MOMENTS)
@example(york("2026-12-30 14:00"))
def test_a_paper_waits_six_hours_at_least_and_six_days_at_most(submitted: datetime) -> None:
    assert timedelta(hours=6) < schedule.announced(submitted) - submitted < timedelta(days=6)


@given(MOMENTS)
def test_a_paper_is_announced_at_one_of_the_announcements_and_none_is_passed_over(at: datetime) -> None:
    out = schedule.announced(at)
    assert out in schedule.announcements(at, out)
    assert schedule.announcements(at, schedule.following(at)) == [schedule.following(at)]


@pytest.mark.skipif(not LISTING.exists(), reason="the real listing is not beside this clone (../shared)")
def test_half_a_year_of_real_listings_came_on_exactly_these_evenings() -> None:
    rows = LISTING.read_text(encoding="utf-8").splitlines()[1:]
    listed = {date.fromisoformat(row.partition("\t")[0]) for row in rows}
    evenings = schedule.announcements(york("2025-03-02 00:00"), york("2025-09-30 00:00"))
    expected = {evening.astimezone(NEW_YORK).date() + timedelta(days=1) for evening in evenings}  # listed next morning
    assert expected - INCOMPLETE == listed
