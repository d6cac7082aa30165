"""What a person at a terminal, and a log, gets to see."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot import health
from bot.commands import console
from bot.commands.console import ConsoleProgress
from bot.fates import Advice, Failure, Fate, RunReport, State
from bot.models import Paper, Proposal, Usage
from tests.fabricated import LIBRARY

AT = datetime(2026, 11, 20, tzinfo=UTC)


class Clock:
    """Time that passes only when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr("bot.commands.console.time.monotonic", lambda: self.now)

    def spend(self, count: int, seconds: float) -> Iterator[int]:
        for item in range(count):
            self.now += seconds
            yield item


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


Capture = pytest.CaptureFixture[str]


def test_work_of_less_than_a_second_leaves_no_line(clock: Clock, capsys: Capture) -> None:
    assert list(ConsoleProgress()(clock.spend(3, 0.3), "reading", 3)) == [0, 1, 2]
    assert capsys.readouterr() == ("", "")


def test_longer_work_ends_with_one_plain_line_on_standard_error(clock: Clock, capsys: Capture) -> None:
    assert len(list(ConsoleProgress()(clock.spend(8, 0.5), "reading", 8))) == 8
    assert capsys.readouterr() == ("", "reading: 8 of 8 in 4 s\n")


def test_long_work_says_now_and_then_how_much_is_left(clock: Clock, capsys: Capture) -> None:
    list(ConsoleProgress()(clock.spend(7, 5.0), "reading", 7))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "reading: 2 of 7 in 10 s, about 25 s left"
    assert lines[-1] == "reading: 7 of 7 in 35 s"
    assert len(lines) == 4


@pytest.mark.parametrize("count", [0, 3])
def test_without_a_total_only_what_is_known_is_said(clock: Clock, capsys: Capture, count: int) -> None:
    list(ConsoleProgress()(clock.spend(count, 1.0), "reading [x] /bold"))
    assert capsys.readouterr().err == ("reading [x] /bold: 3 in 3 s\n" if count else "")


def test_items_with_a_length_give_the_total(clock: Clock, capsys: Capture) -> None:
    for _ in ConsoleProgress()([1, 2], "reading"):
        clock.now += 1
    assert capsys.readouterr().err == "reading: 2 of 2 in 2 s\n"


@pytest.mark.usefixtures("terminal")
def test_at_a_terminal_bars_nest_and_items_pass_through(capsys: Capture) -> None:
    progress = ConsoleProgress()
    seen = [(a, b) for a in progress([1, 2], "outer") for b in progress(iter([3, 4]), "inner")]
    assert seen == [(1, 3), (1, 4), (2, 3), (2, 4)]
    assert "\x1b" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_a_bar_that_is_left_early_or_breaks_gives_the_terminal_back(capsys: Capture) -> None:
    progress = ConsoleProgress()

    def broken() -> Iterator[int]:
        yield 1
        raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - any
        list(progress(broken(), "broken"))
    left = progress([1, 2, 3], "left")
    assert next(left) == 1
    left.close()  # type: ignore[attr-defined]
    assert list(progress([4], "again")) == [4]
    err = capsys.readouterr().err
    assert err.count("\x1b[?25l") == err.count("\x1b[?25h") == 3  # the cursor is hidden and shown again


@pytest.mark.usefixtures("terminal")
def test_results_can_be_printed_while_a_bar_is_shown(capsys: Capture) -> None:
    for _ in ConsoleProgress()([1, 2], "judging"):
        console.show_fate(fate(State.SKIPPED), LIBRARY)
    out, err = capsys.readouterr()
    assert (out + err).count("2611.00001") == 2


# --- results ---------------------------------------------------------------------------------------------------------


def fate(state: State, title: str = "A Loaf", **more: object) -> Fate:
    facts = {"id": "2611.00001", "state": state, "reason": "because", "at": AT, "run": "r", "title": title, **more}
    return Fate.model_validate(facts)


def test_each_lane_has_its_word_and_says_why(capsys: Capture) -> None:
    console.show_fate(fate(State.SKIPPED), LIBRARY)
    console.show_fate(fate(State.ASKED, labels=("steam",), confidence=0.3), LIBRARY)
    console.show_fate(fate(State.PROPOSED, labels=("steam", "kneading"), confidence=0.5), LIBRARY)
    skip, ask, propose = capsys.readouterr().out.splitlines()
    assert skip.split() == ["skip", "2611.00001", "A", "Loaf", "because"]
    assert ask.split()[-1] == "because"
    assert propose.endswith("Steam, Kneading 0.50")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("kneading", "; LLM: Kneading"),
        ("-out", "; LLM: out of scope"),
        ("-none", "; LLM: no class fits"),
        ("steam", ""),
    ],
)
@pytest.mark.parametrize("state", [State.ASKED, State.PROPOSED])
def test_a_line_tells_what_a_language_model_said_where_that_is_something_else(
    capsys: Capture, state: State, said: str, told: str
) -> None:
    console.show_fate(fate(state, labels=("steam",), confidence=0.5, opinion=said), LIBRARY)
    tail = "because" if state is State.ASKED else "Steam 0.50"
    assert capsys.readouterr().out.endswith(f"  {tail}{told}\n")


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_a_line(capsys: Capture, state: State) -> None:
    console.show_fate(fate(state, labels=("steam", "gone")), LIBRARY)
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(("length", "cut"), [(56, False), (57, True), (300, True)])
def test_a_long_title_is_cut_with_an_ellipsis_and_the_columns_stay(capsys: Capture, length: int, cut: bool) -> None:
    console.show_fate(fate(State.SKIPPED, "x" * length), LIBRARY)
    console.show_fate(fate(State.SKIPPED, "y"), LIBRARY)
    long, short = capsys.readouterr().out.splitlines()
    assert ("x" * 55 + "…" in long) is cut
    assert ("x" * 56 in long) is not cut
    assert long.index("because") == short.index("because")


def test_a_class_that_is_gone_is_no_fault_and_not_named(capsys: Capture) -> None:
    console.show_fate(fate(State.PROPOSED, labels=("gone", "steam"), confidence=0.5), LIBRARY)
    assert capsys.readouterr().out.endswith("  Steam 0.50\n")


TRICKS = ["[red]x[/red]", "[/]", "[link=https://evil.example]y", "100% \\[b]", "a :tada: b"]


@pytest.mark.parametrize("title", TRICKS)
def test_mark_up_in_a_title_is_shown_and_not_obeyed(capsys: Capture, title: str) -> None:
    console.show_fate(fate(State.SKIPPED, title), LIBRARY)
    assert title in capsys.readouterr().out


def report(**more: object) -> RunReport:
    return RunReport.model_validate({"run": "r1", "started": AT, "seen": 5, "early": 4, "asked": 1, **more})


def test_the_closing_summary_counts_every_paper_and_tells_what_failed(capsys: Capture) -> None:
    failures = (Failure(what="arXiv", message="[no] answer"), Failure(what="ledger", message="ledger: is full"))
    console.show_report(report(failures=failures, notes=("a [note]",), unreadable=2), LIBRARY)
    out = capsys.readouterr().out
    for line in ("note: a [note]", "DEGRADED arXiv: [no] answer", "DEGRADED ledger: is full",
                 "2 unreadable record(s); the first are told above",
                 "run r1, 0.0 s (early: ruled out by their words alone)"):  # fmt: skip
        assert line in out.splitlines()
    header, row = (line.split() for line in out.splitlines()[-2:])
    assert header == ["seen", "listed", "known", "early", "skipped", "asked", "proposed", "held", "failed"]
    assert row == ["5", "0", "0", "4", "0", "1", "0", "0", "0"]


def test_a_quiet_run_says_nothing_of_what_did_not_happen(capsys: Capture) -> None:
    console.show_report(report(), LIBRARY)
    out = capsys.readouterr().out
    for part in ("learned", "wait", "unreadable", "DEGRADED", "note", "pull requests", "dry run"):
        assert part not in out


def test_the_closing_summary_tells_what_the_language_model_did_and_cost(capsys: Capture) -> None:
    usage = Usage(calls=18, input=70_000, output=1_200, cost=0.031)
    done = Advice(model="[b]gpt-x", agreed=6, disagreed=2, unusable=1, without=3, usage=usage)
    console.show_report(report(advice=done), LIBRARY)
    assert capsys.readouterr().out.splitlines()[-1] == (
        "language model [b]gpt-x: asked about 9 papers, 6 agreed, 2 disagreed, 1 without a usable reply; 3 went on "
        "without it; 18 calls, 71,200 tokens, $0.031"
    )
    console.show_report(report(), LIBRARY)
    assert "language model" not in capsys.readouterr().out


def test_what_people_did_is_told_paper_by_paper(capsys: Capture) -> None:
    learned = (fate(State.ACCEPTED, "One", reason="merged"), fate(State.REJECTED, "Two", reason="closed"))
    console.show_report(report(learned=learned), LIBRARY)
    told, first, second, *_ = capsys.readouterr().out.splitlines()
    assert told == "learned from what people did since the last run:"
    assert first.split() == ["accepted", "2611.00001", "One", "merged"]
    assert second.split() == ["rejected", "2611.00001", "Two", "closed"]


@pytest.mark.parametrize("dry", [False, True])
@pytest.mark.parametrize(("count", "end"), [(1, "2611.00000"), (5, "2611.00004"), (6, "2611.00004 …")])
def test_the_papers_that_wait_are_named_with_what_can_be_done(capsys: Capture, count: int, end: str, dry: bool) -> None:
    waiting = [fate(State.ASKED, id=f"2611.0000{number}") for number in range(count)]
    console.show_report(report(waiting=waiting, dry=dry), LIBRARY)
    names, hint = capsys.readouterr().out.splitlines()[-2:]
    assert names.startswith(f"{count} paper(s) wait for your word, the likeliest first: 2611.00000")
    assert names.endswith(end)
    assert "survey-bot explain ID" in hint
    assert "survey-bot propose ID" in hint


def test_where_to_look_is_told_only_when_something_was_opened(capsys: Capture) -> None:
    fates = (fate(State.SKIPPED), fate(State.PROPOSED, where="the [prs] :tada: folder/2611.00001.md"))
    console.show_report(report(proposed=1, fates=fates), LIBRARY)
    assert capsys.readouterr().out.splitlines()[-1] == "pull requests are in the [prs] :tada: folder"
    console.show_report(report(proposed=1, fates=fates, dry=True), LIBRARY)
    out = capsys.readouterr().out
    assert "dry run: nothing was opened or written down" in out
    assert "pull requests" not in out


def test_the_lines_of_a_dry_run_are_shown_once_at_its_end(capsys: Capture) -> None:
    fates = (fate(State.SKIPPED, "One"), fate(State.ASKED, "Two"))
    console.show_report(report(fates=fates, dry=True), LIBRARY)
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[:2]] == ["skip", "ask"]
    console.show_report(report(fates=fates), LIBRARY)
    assert "because" not in capsys.readouterr().out


def test_a_dry_run_shows_the_file_and_the_body_without_its_hidden_block(capsys: Capture) -> None:
    paper = Paper(id="2611.00001", title="T", year=2026, venue="arXiv", labels=("steam",))
    body = "**Loaf** costs <span>$</span>5\n\n<sub>small print</sub>\n\n<!-- hidden -->"
    console.show_proposal(
        Proposal(paper=paper, branch="survey-bot/2611.00001", path="p", content="title: '[b]T'\n", title="Add T",
                 body=body)
    )  # fmt: skip
    out = capsys.readouterr().out
    for part in ("would open survey-bot/2611.00001", "Add T", "Loaf costs $5", "small print", "title: '[b]T'"):
        assert part in out
    assert "hidden" not in out


def test_a_dry_run_shows_the_file_byte_by_byte_below_its_path(capsys: Capture) -> None:
    content = f"title: 'A :tada: [b]{' very long' * 30}'\n\nyear: 2026\n"
    paper = Paper(id="2611.00001", title="T", year=2026, venue="arXiv", labels=("steam",))
    console.show_proposal(Proposal(paper=paper, branch="b", path="a/b.yaml", content=content, title="T", body="B"))
    assert f"\na/b.yaml\n{content}" in capsys.readouterr().out


@pytest.mark.parametrize("title", TRICKS)
def test_mark_up_in_a_proposal_s_title_is_shown_and_not_obeyed(capsys: Capture, title: str) -> None:
    paper = Paper(id="2611.00001", title="T", year=2026, venue="arXiv", labels=("steam",))
    console.show_proposal(Proposal(paper=paper, branch="b", path="p", content="c", title=title, body="B"))
    assert title in capsys.readouterr().out.splitlines()


def test_a_log_of_github_actions_takes_no_command_from_a_stranger(capsys: Capture) -> None:
    evil = "::stop-commands::x ##[add-mask]y"
    console.show_fate(fate(State.SKIPPED, evil), LIBRARY)
    opened = fate(State.PROPOSED, evil, where=f"{evil}/x")
    told = report(
        notes=(evil,), failures=(Failure(what="a", message=evil),), learned=(opened,), fates=(opened,),
        advice=Advice(model=evil),
    )  # fmt: skip
    console.show_report(told, LIBRARY)
    console.show_report(told.model_copy(update={"dry": True}), LIBRARY)
    paper = Paper(id="2611.00001", title=evil, year=2026, venue="arXiv", labels=("steam",))
    console.show_proposal(Proposal(paper=paper, branch="b", path="p", content=evil, title=evil, body=evil))
    console.error(evil)
    out, err = capsys.readouterr()
    assert "::" not in out + err
    assert "##[" not in out + err


def test_an_error_is_one_line_on_standard_error(capsys: Capture) -> None:
    console.error("taxonomy.yaml: [this] " + "is long " * 40)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: taxonomy.yaml: [this] is long")
    assert err.count("\n") == 1


# --- the status of the watch ------------------------------------------------------------------------------------------

START = datetime(2026, 11, 14, tzinfo=UTC)
DAY = timedelta(days=1)


def asked(days: float, *outcomes: dict[str, Any], evil: str = "", **more: Any) -> RunReport:
    """A run so many days after AT that asked for a day each."""
    parts = [{"source": "arXiv", "since": START + number * DAY, "until": START + (number + 1) * DAY, "asked": 2,
              "got": 40, **one} for number, one in enumerate(outcomes)]  # fmt: skip
    watch = {"query": f"cat:cs.RO{evil}", "before": START, "after": AT + days * DAY, "slices": parts}
    known = {"run": f"r{days}", "started": AT + days * DAY, "seconds": 95, "seen": 312, "watched": True, "watch": watch}
    return RunReport.model_validate({**known, **more})


BROKEN: tuple[dict[str, Any], ...] = (
    {"failed": "answers [503]", "asked": 5, "retried": 4},
    {"failed": "answers [503]"},
    {},
    {"got": 0},
    {"failed": "not asked in this run", "asked": 0, "got": 0},
    {"got": 0, "early": True},
)


def shown(capsys: Capture, *runs: RunReport, last: int = 5) -> list[str]:
    console.show_status(health.health(runs, AT + DAY, 7), health.latest(runs, last))
    return capsys.readouterr().out.splitlines()


def test_the_status_says_first_how_the_watch_is_and_then_how_the_last_runs_went(capsys: Capture) -> None:
    told = shown(capsys, asked(-1, {}), asked(0, *BROKEN, seconds=1_300))
    assert told[0].startswith(
        "The watch is degraded: the run of 2026-11-20 00:00 UTC read 3 of 6 days of arXiv whole (a"
    )
    assert told[2:5] == [
        "started (UTC)       took  days read  requests  repeated  papers  read until        how it went",
        "2026-11-20 00:00  22 min        3/6        13         4     120  2026-11-20 00:00  degraded: 3 days not read",
        "2026-11-19 00:00    95 s        1/1         2         0      40  2026-11-19 00:00  well",
    ]


def test_the_status_tells_what_was_not_read_and_what_was_empty(capsys: Capture) -> None:
    assert shown(capsys, asked(0, *BROKEN))[4:] == [
        "",
        "not read whole in the run of 2026-11-20 00:00 UTC:",
        "  2026-11-14 to 2026-11-15 (2 days): answers [503]",
        "  2026-11-18: not asked in this run",
        "",
        "read whole and empty, though arXiv had announced: 2026-11-17",
    ]


def test_the_status_tells_of_the_latest_failure_even_after_a_good_run_while_it_is_among_the_last(
    capsys: Capture,
) -> None:
    runs = [asked(-2, *BROKEN), asked(-1, {"failed": "is a web page"}), asked(0, {})]
    told = "\n".join(shown(capsys, *runs))
    assert "not read whole in the run of 2026-11-19 00:00 UTC (read since):\n  2026-11-14: is a web page" in told
    assert "503" not in told
    assert "not read" not in "\n".join(shown(capsys, *runs, last=1))


def test_a_healthy_status_is_a_sentence_and_a_table(capsys: Capture) -> None:
    told = shown(capsys, *(asked(-number, {}) for number in range(9, -1, -1)))
    assert told[0].startswith("The watch is healthy: ")
    assert len(told) == 3 + 5


def test_runs_that_only_learned_are_left_out_and_those_over_files_have_no_days(capsys: Capture) -> None:
    learned = [report(run="l", started=AT + 0.1 * DAY)] * 9
    told = shown(capsys, asked(-1, {}), report(watched=True), *learned)
    assert len(told) == 3 + 2
    assert told[3].split() == ["2026-11-20", "00:00", "0", "s", "–", "–", "–", "5", "–", "well,", "over", "files"]


def test_without_runs_to_show_the_status_is_a_sentence(capsys: Capture) -> None:
    assert len(shown(capsys)) == 1


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("runs", "colour"), [((asked(0, {}),), "32"), ((asked(-1, {}), asked(0, *BROKEN)), "33"), ((), "31")]
)
def test_at_a_terminal_the_sentence_has_the_colour_of_its_state(
    capsys: Capture, runs: tuple[RunReport, ...], colour: str
) -> None:
    assert shown(capsys, *runs)[0].startswith(f"\x1b[{colour}mThe watch is ")


def test_no_reason_of_arxiv_gives_a_log_an_order(capsys: Capture) -> None:
    evil = "::stop-commands::x ##[add-mask]y [red]z[/red]"
    failures = (Failure(what=evil, message=evil),)
    runs = (asked(-2, {}, failures=failures), asked(-1, {}), asked(0, {"failed": evil, "source": evil}, evil=evil))
    for number in (1, 2, 3):
        told = "\n".join(shown(capsys, *runs[:number]))
        assert "::" not in told
        assert "##[" not in told
    assert "[red]z[/red]" in told


def test_the_status_for_a_program_is_json_with_times_in_utc() -> None:
    runs = (asked(-1, {}), asked(0, *BROKEN, fates=(fate(State.ASKED),)))
    found = json.loads(json.dumps(console.status_json(health.health(runs, AT + DAY, 7), runs)))
    known = {name: found[name] for name in ("state", "watermark", "age", "missed")}
    assert known == {"state": "degraded", "watermark": "2026-11-20T00:00:00+00:00", "age": 86_400, "missed": 1}
    assert found["sentence"].startswith("The watch is degraded")
    assert [run["watch"]["slices"][0]["failed"] for run in found["runs"]] == ["", "answers [503]"]
    assert "fates" not in found["runs"][1]


def test_the_status_for_a_program_before_the_first_run_and_right_after_one() -> None:
    assert console.status_json(health.health((), AT, 7), ())["age"] is None
    assert console.status_json(health.health((asked(0, {}),), AT, 7), ())["age"] == 0
