"""Whether the watch can be trusted: healthy, degraded or stale, and the sentence that says so."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import health
from bot.fates import Failure, RunReport
from bot.phrases import length
from bot.schedule import announcements
from bot.slices import SliceReport, WatchReport

SEARCH = "cat:cs.RO"
THURSDAY = datetime(2026, 11, 19, 6, tzinfo=UTC)
"""Five hours after the announcement of Wednesday evening."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
DOWN = "arXiv: answers 503 for ever"


def part(since: datetime, until: datetime, **more: Any) -> SliceReport:
    return SliceReport.model_validate({"source": "arXiv", "since": since, "until": until, "got": 40, **more})


def run(at: datetime, *reasons: str, mark: datetime | None = None, feed: str = "", **more: Any) -> RunReport:
    """A run that asked for the last three days; ``reasons``: why the first ones were not read whole."""
    midnight = at.replace(hour=0)
    ends = [midnight - 2 * DAY, midnight - DAY, midnight, at]
    slices = [part(ends[0] - DAY, ends[0]), *(part(*two) for two in pairwise(ends))]
    slices = [one.model_copy(update={"failed": why}) for one, why in zip(slices, (*reasons, *[""] * 4), strict=False)]
    slices.append(SliceReport(source="arXiv's feed", got=30, failed=feed))
    whole = not any(reasons)
    watch = WatchReport(query=SEARCH, before=at - DAY, after=mark or (at if whole else at - DAY), slices=slices)
    failures = [Failure(what=f"arXiv, {number}", message=why) for number, why in enumerate(reasons) if why]
    known = {"run": f"r{at}", "started": at, "watched": whole, "seen": 312, "proposed": 4, "failures": failures}
    return RunReport.model_validate({**known, "watch": watch, **more})


def daily(last: datetime, count: int = 8) -> list[RunReport]:
    return [run(last - number * DAY) for number in range(count - 1, -1, -1)]


def plain(at: datetime, **more: Any) -> RunReport:
    """A run as they were written before there was a watermark, or one over files."""
    return RunReport.model_validate({"run": f"p{at}", "started": at, "watched": True, "seen": 9, **more})


def told(runs: list[RunReport], now: datetime, days: int = 7) -> str:
    return health.health(runs, now, days).sentence


# --- healthy ----------------------------------------------------------------------------------------------------------


def test_a_watch_that_read_everything_is_healthy_and_says_until_when() -> None:
    found = health.health(daily(THURSDAY), THURSDAY + 5 * HOUR, 7)
    assert found.sentence == (
        "The watch is healthy: everything arXiv announced until 2026-11-19 06:00 UTC has been read (5 hours ago, "
        "160 papers, 4 proposed)"
    )
    assert (found.state, found.mark, found.age, found.missed) == ("healthy", THURSDAY, 5 * HOUR, 0)


def test_right_after_a_run_it_was_read_just_now() -> None:
    assert "(just now, 160 papers, 4 proposed)" in told(daily(THURSDAY), THURSDAY + HOUR / 2)


def test_what_a_clock_that_ran_ahead_has_left_does_not_count() -> None:
    found = health.health(daily(THURSDAY), THURSDAY - 5 * HOUR, 7)
    assert (found.state, found.age, found.missed) == ("healthy", 19 * HOUR, 1)


def test_what_was_announced_since_waits_for_the_next_run() -> None:
    found = health.health(daily(THURSDAY), THURSDAY + 20 * HOUR, 7)
    assert (found.state, found.missed) == ("healthy", 1)
    assert "4 proposed), and 1 announcement since waits for the next run" in found.sentence
    assert "and 2 announcements since wait for the next run" in told(daily(THURSDAY), THURSDAY + 4 * DAY)


@pytest.mark.parametrize(
    ("last", "hours", "coming"),
    [
        (THURSDAY, 5, ""),
        (THURSDAY + DAY, 5, "Monday, 2026-11-23"),
        (THURSDAY + DAY, 64, "Monday, 2026-11-23"),
        (THURSDAY + 4 * DAY, 5, ""),
        (THURSDAY + 7 * DAY, 5, "Monday, 2026-11-30"),  # Thanksgiving
        (
            datetime(2026, 1, 20, 6, tzinfo=UTC),
            5,
            "Wednesday, 2026-01-21",
        ),
    ],
)
def test_over_weekends_and_holidays_the_next_announcement_is_told(last: datetime, hours: int, coming: str) -> None:
    sentence = told(daily(last), last + hours * HOUR)
    assert sentence.startswith("The watch is healthy")
    told_of = f"; the next announcement is expected on {coming} 01:00 UTC" if coming else ""
    assert sentence.partition("proposed)")[2] == told_of


# --- degraded ---------------------------------------------------------------------------------------------------------


def test_days_that_were_not_read_whole_make_it_degraded_and_say_where_the_next_run_goes_on() -> None:
    failed = run(THURSDAY + DAY, "", DOWN, "not asked in this run", mark=THURSDAY)
    found = health.health([*daily(THURSDAY), failed], THURSDAY + DAY + HOUR, 7)
    assert found.sentence == (
        "The watch is degraded: the run of 2026-11-20 06:00 UTC read 2 of 4 days of arXiv whole (arXiv: answers 503 "
        "for ever); the next run goes on from 2026-11-19 06:00 UTC by itself"
    )
    assert (found.state, found.mark) == ("degraded", THURSDAY)


def test_without_its_second_way_in_everything_is_read_and_nothing_confirms_it() -> None:
    runs = [*daily(THURSDAY), run(THURSDAY + DAY, feed="arXiv's feed: is a web page.")]
    assert told(runs, THURSDAY + DAY + HOUR) == (
        "The watch is degraded: everything arXiv announced until 2026-11-20 06:00 UTC has been read, but its second "
        "way in does not confirm it (arXiv's feed: is a web page); the next run tries again"
    )


def test_a_good_run_over_other_days_does_not_hide_that_the_watermark_stands_behind() -> None:
    failed = run(THURSDAY + DAY, "", "", "", DOWN, mark=THURSDAY)
    past = WatchReport(query=SEARCH, before=THURSDAY, after=THURSDAY,
                       slices=(part(THURSDAY - 99 * DAY, THURSDAY - 98 * DAY),))  # fmt: skip
    runs = [*daily(THURSDAY), failed, run(THURSDAY + DAY + HOUR, watch=past)]
    assert told(runs, THURSDAY + DAY + 2 * HOUR) == (
        "The watch is degraded: arXiv was read to its end only until 2026-11-19 06:00 UTC, although later days were "
        "read as well; the next run goes on from 2026-11-19 06:00 UTC by itself"
    )


def test_a_run_over_days_long_past_leaves_a_healthy_watch_healthy() -> None:
    past = WatchReport(query=SEARCH, before=THURSDAY, after=THURSDAY,
                       slices=(part(THURSDAY - 99 * DAY, THURSDAY - 98 * DAY),))  # fmt: skip
    sentence = told([*daily(THURSDAY), run(THURSDAY + HOUR, watch=past, seen=9)], THURSDAY + 2 * HOUR)
    assert sentence.startswith("The watch is healthy: everything arXiv announced until 2026-11-19 06:00 UTC")
    assert "160 papers" in sentence


@pytest.mark.parametrize("kind", [run, plain])
def test_what_failed_after_arxiv_was_read_is_told_and_that_it_is_due_again(kind: Any) -> None:
    failures = (Failure(what="judging", message="the job was cancelled"), Failure(what="ledger", message="is full"))
    failed = plain(THURSDAY + 2 * HOUR, watched=False, failures=failures)
    assert told([kind(THURSDAY), failed], THURSDAY + 3 * HOUR) == (
        "The watch is degraded: everything arXiv announced until 2026-11-19 06:00 UTC has been read, but the run of "
        "2026-11-19 08:00 UTC had 2 failures (judging: the job was cancelled); what it could not do is due again at "
        "the next run"
    )


def test_a_run_that_only_learned_what_people_did_changes_nothing() -> None:
    learned = plain(THURSDAY + DAY + HOUR, watched=False)
    for last in (run(THURSDAY + DAY), run(THURSDAY + DAY, DOWN)):
        runs, now = [*daily(THURSDAY), last], THURSDAY + DAY + 2 * HOUR
        assert health.health([*runs, learned], now, 7) == health.health(runs, now, 7)


def test_a_good_run_makes_it_healthy_again() -> None:
    failed = run(THURSDAY + DAY, "", "", DOWN, mark=THURSDAY, feed="away")
    assert told([*daily(THURSDAY), failed, run(THURSDAY + 2 * DAY)], THURSDAY + 2 * DAY).startswith(
        "The watch is healthy: everything arXiv announced until 2026-11-21 06:00 UTC"
    )


def test_what_to_do_about_a_single_day_is_left_to_the_list_of_days() -> None:
    failed = run(THURSDAY + DAY, f"{DOWN}; try again later", mark=THURSDAY)
    assert "(arXiv: answers 503 for ever); the next run" in told([*daily(THURSDAY), failed], THURSDAY + DAY)


def test_a_long_reason_is_cut_and_stays_on_one_line() -> None:
    failed = run(THURSDAY + DAY, "arXiv:\n" + "no " * 500)
    sentence = told([*daily(THURSDAY), failed], THURSDAY + DAY)
    assert len(sentence) < 500
    assert "\n" not in sentence
    assert "…); the next run goes on" in sentence


# --- stale ------------------------------------------------------------------------------------------------------------


def test_a_watch_without_runs_is_stale_and_says_how_to_start() -> None:
    found = health.health([], THURSDAY, 7)
    assert found.sentence == (
        "The watch is stale: no run has asked arXiv yet; `survey-bot run` reads the last 7 days, and if none starts "
        "look at the schedule of the workflow, and the switch `enabled` in survey-bot.toml"
    )
    assert (found.state, found.mark, found.age, found.missed) == ("stale", None, None, 0)


def test_a_first_run_that_could_not_even_read_tells_why() -> None:
    failed = plain(THURSDAY, watched=False, failures=(Failure(what="judging", message="was killed"),))
    assert "no run has read what arXiv announced of late (judging: was killed); `survey-bot run`" in told(
        [failed], THURSDAY
    )


def test_a_watch_that_never_read_to_its_end_is_stale_even_after_a_minute() -> None:
    failed = run(THURSDAY, "", DOWN, mark=THURSDAY - 2 * DAY)
    assert told([failed], THURSDAY + HOUR) == (
        "The watch is stale: arXiv was never read to its end; the next run catches up by itself, but the last one, of "
        "2026-11-19 06:00 UTC, could not (arXiv: answers 503 for ever)"
    )


def test_a_silent_watch_says_since_when_what_it_missed_and_where_to_look() -> None:
    found = health.health(daily(THURSDAY), THURSDAY + 8 * DAY, 7)
    assert found.sentence == (
        "The watch is stale: arXiv was read to its end only until 2026-11-19 06:00 UTC, 8 days ago, and has announced "
        "papers 5 times since; the next run catches up by itself, so look at why none has: the schedule of the "
        "workflow, and the switch `enabled` in survey-bot.toml"
    )
    assert (found.state, found.age, found.missed) == ("stale", 8 * DAY, 5)


def test_where_runs_do_start_the_reason_they_fail_for_is_told_instead() -> None:
    tries = [run(THURSDAY + number * DAY, DOWN, mark=THURSDAY) for number in range(1, 6)]
    assert told([*daily(THURSDAY), *tries], THURSDAY + 5 * DAY + HOUR).endswith(
        "the next run catches up by itself, but the last one, of 2026-11-24 06:00 UTC, could not (arXiv: answers 503 "
        "for ever)"
    )
    assert "the schedule of the workflow" in told([*daily(THURSDAY), *tries[:1]], THURSDAY + 7 * DAY)


@pytest.mark.parametrize(
    ("every", "runs", "age", "stale"),
    [
        (1, 8, 4, False),  # Thursday to Monday: two announcements
        (1, 8, 5, True),
        (7, 8, 10, False),  # once a week is as it should be
        (7, 8, 11, True),
        (7, 5, 10, False),
        (7, 4, 10, True),  # three gaps do not tell what is usual
        (7, 1, 4, False),
        (7, 1, 5, True),
    ],
)
def test_it_is_stale_after_three_announcements_unless_it_runs_as_seldom_as_ever(
    every: int, runs: int, age: int, stale: bool
) -> None:
    past = [run(THURSDAY - number * every * DAY) for number in range(runs - 1, -1, -1)]
    assert (health.health(past, THURSDAY + age * DAY, 7).state == "stale") is stale


@pytest.mark.parametrize(
    "days",
    [
        [*range(30, 15, -1), *range(5, -1, -1)],  # a pause of ten days
        [*range(120, 20, -10), *range(20, -1, -1)],  # every ten days, but not of late
    ],
)
def test_what_is_usual_is_told_by_the_last_runs_and_not_by_a_single_pause(days: list[int]) -> None:
    past = [run(THURSDAY - number * DAY) for number in days]
    assert health.health(past, THURSDAY + 6 * DAY, 7).state == "stale"


def test_another_search_has_a_watermark_of_its_own() -> None:
    other = run(THURSDAY + DAY, DOWN, mark=THURSDAY - DAY)
    assert other.watch
    changed = other.model_copy(update={"watch": other.watch.model_copy(update={"query": "cat:cs.AI"})})
    found = health.health([*daily(THURSDAY), changed], THURSDAY + DAY, 7)
    assert (found.state, found.mark) == ("stale", THURSDAY - DAY)


# --- reports that know of no watermark --------------------------------------------------------------------------------


def test_runs_over_files_say_nothing_of_arxiv() -> None:
    files = [plain(THURSDAY + number * DAY) for number in range(1, 8)]
    found = health.health([*daily(THURSDAY), *files], THURSDAY + 7 * DAY, 7)
    assert (found.state, found.mark) == ("stale", THURSDAY)


def test_where_no_report_knows_of_a_watermark_runs_that_read_to_the_end_count() -> None:
    old = [plain(THURSDAY - number * DAY) for number in range(7, -1, -1)]
    found = health.health(old, THURSDAY + HOUR, 7)
    assert (found.state, found.mark) == ("healthy", THURSDAY)
    assert health.health(old, THURSDAY + 6 * DAY, 7).state == "stale"


@pytest.mark.parametrize(
    ("days", "what"), [(7, "`survey-bot run --since 2026-11-19` reads them"), (14, "the next run catches up by itself")]
)
def test_without_a_watermark_the_next_run_reads_only_the_overlap(days: int, what: str) -> None:
    assert what in told([plain(THURSDAY)], THURSDAY + 8 * DAY, days)


# --- always -----------------------------------------------------------------------------------------------------------

OUTCOMES = st.sampled_from(["well", "failed", "feed", "files", "learned", "broken"])


def went(outcome: str, now: datetime, mark: datetime) -> RunReport:
    match outcome:
        case "well":
            return run(now)
        case "failed":
            return run(now, "", "", "", DOWN, mark=mark)
        case "feed":
            return run(now, feed=DOWN)
        case "broken":
            return plain(now, watched=False, failures=(Failure(what="judging", message="x"),))
    return plain(now, watched=outcome == "files")


@given(st.lists(st.tuples(st.integers(1, 200), OUTCOMES), max_size=12), st.integers(0, 400))
def test_nothing_new_is_never_called_healthy_where_something_was_not_read(
    steps: list[tuple[int, str]], later: int
) -> None:
    """``steps``: hours since the run before, and how it went; ``later``: hours since the last one."""
    now, mark, runs = THURSDAY, THURSDAY, list[RunReport]()
    for hours, outcome in steps:
        now += hours * HOUR
        mark = now if outcome in ("well", "feed") else mark
        runs.append(went(outcome, now, mark))
    found = health.health(runs, now + later * HOUR, 7)
    assert found.sentence.startswith(f"The watch is {found.state}: ")
    assert "\n" not in found.sentence
    outcomes = [outcome for _, outcome in steps]
    asked = [outcome for outcome in outcomes if outcome in ("well", "feed", "failed")]
    if asked:
        assert (found.state == "stale") or mark == found.mark
        if asked[-1] != "well":
            assert found.state != "healthy"
        if found.state == "healthy":
            assert found.missed == len(announcements(mark, now + later * HOUR))
    if outcomes[-1:] == ["broken"]:
        assert found.state != "healthy"


# --- what is shown of a run -------------------------------------------------------------------------------------------


def watched(*parts: SliceReport) -> WatchReport:
    return WatchReport(query=SEARCH, slices=parts)


MONDAY = datetime(2026, 11, 16, tzinfo=UTC)


def day(number: int, **more: Any) -> SliceReport:
    return part(MONDAY + number * DAY, MONDAY + (number + 1) * DAY, **more)


def test_days_that_failed_alike_are_told_once_and_joined() -> None:
    lines = health.failed(
        watched(
            day(0, failed="arXiv announced 500 papers and sent 499"),
            day(1),
            day(2, failed="arXiv announced 300 papers and sent 299"),
            day(3, failed="arXiv announced 200 papers and sent 199"),
            day(4, failed="not asked in this run"),
            SliceReport(source="arXiv's feed", failed="is a\nweb page."),
        )
    )
    assert lines == [
        "2026-11-16, 2026-11-18 to 2026-11-19 (2 days): arXiv announced 500 papers and sent 499 (or alike)",
        "2026-11-20: not asked in this run",
        "arXiv's feed: is a web page",
    ]


def test_of_many_stretches_the_first_are_told_and_the_others_counted() -> None:
    (line,) = health.failed(watched(*(day(number, failed="x" if number % 2 else "") for number in range(40))))
    assert line.count("2026-") + line.count("2027-") == 6
    assert line.endswith(", 14 stretches more: x")


def test_a_day_is_told_as_empty_only_where_papers_could_have_been_announced_and_it_was_read() -> None:
    parts = (day(0, got=0), day(1, got=0), day(2), day(3, got=0, failed="x"), day(4, got=0, early=True))
    feed = SliceReport(source="arXiv's feed", got=0)
    assert health.empty(watched(*parts, feed)) == "2026-11-16 to 2026-11-17 (2 days)"
    assert health.empty(watched(day(2), feed)) == ""


@pytest.mark.parametrize(
    ("report", "told"),
    [
        (run(THURSDAY), "well"),
        (run(THURSDAY, DOWN, DOWN), "degraded: 2 days not read"),
        (run(THURSDAY, "", DOWN), "degraded: 1 day not read"),
        (run(THURSDAY, feed="away"), "degraded: the feed not read"),
        (run(THURSDAY, failures=[Failure(what="embedder", message="x")] * 3), "degraded: embedder (+2)"),
        (plain(THURSDAY), "well, over files"),
    ],
)
def test_how_a_run_went_is_told_in_a_few_words(report: RunReport, told: str) -> None:
    assert health.went(report) == told


@pytest.mark.parametrize(
    ("time", "words"),
    [(-HOUR, "0 hours"), (HOUR, "1 hour"), (23.9 * HOUR, "23 hours"), (DAY, "1 day"), (12.5 * DAY, "12 days")],
)
def test_lengths_of_time_are_told_in_words(time: timedelta, words: str) -> None:
    assert length(time) == words


FILE = SliceReport(source="feed.jsonl", got=4)
OTHER_TIMES = WatchReport(query=SEARCH, slices=(part(THURSDAY - 99 * DAY, THURSDAY - 98 * DAY),), backfill=True)


@pytest.mark.parametrize("more", [{"files": (FILE,)}, {"watch": OTHER_TIMES}], ids=["files", "backfill"])
@pytest.mark.parametrize("reasons", [(), (DOWN,)], ids=["well", "not well"])
def test_runs_over_files_and_over_other_times_neither_hide_a_failure_nor_make_one(
    reasons: tuple[str, ...], more: dict[str, Any]
) -> None:
    runs, now = [*daily(THURSDAY), run(THURSDAY + DAY, *reasons)], THURSDAY + DAY + 2 * HOUR
    for failures in ((), (Failure(what="feed.jsonl", message="is cut"),)):
        another = plain(THURSDAY + DAY + HOUR, watched=not failures, failures=failures, **more)
        assert health.health([*runs, another], now, 7) == health.health(runs, now, 7)


def test_a_watch_that_only_read_files_has_not_asked_arxiv() -> None:
    assert told([plain(THURSDAY, files=(FILE,))], THURSDAY + HOUR).startswith(
        "The watch is stale: no run has asked arXiv"
    )


def test_what_was_searched_for_before_says_nothing_of_what_is_searched_for_now() -> None:
    found = health.health(daily(THURSDAY), THURSDAY + HOUR, 7, "cat:cs.AI")
    assert (found.state, found.mark) == ("stale", None)
