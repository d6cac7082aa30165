"""The ledger on a real disk: nothing half-written, nothing glued, and a lost line costs one fate only."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.ledger_file import LedgerFile
from bot.errors import LedgerError
from bot.fates import Failure, Fate, RunReport, State
from bot.ports import Ledger
from bot.slices import Revision, Settled

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)

APPEND_FOREVER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from bot.adapters.ledger_file import LedgerFile
from bot.fates import Fate
path, run, number = Path(sys.argv[1]), sys.argv[2], 0
while number < int(sys.argv[3]):
    batch = range(number, number := number + 5)
    LedgerFile(path).record(
        [Fate(id=f"{run}/{i}", state="seen", reason="x" * 3000, at=datetime.now(UTC), run=run) for i in batch]
    )
    print(number, flush=True)
"""

FILL = """
import resource, sys
from pathlib import Path
from tests.adapters.test_ledger_file import fate
from bot.adapters.ledger_file import LedgerFile
from bot.errors import LedgerError
path = Path(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 250, resource.RLIM_INFINITY))
try:
    LedgerFile(path).record([fate("2611.90002"), fate("2611.90003", reason="x" * 400), fate("2611.90004")])
except LedgerError as error:
    print(error)
"""


def fate(paper_id: str = "2611.90001", state: State = State.SKIPPED, reason: str = "out of scope") -> Fate:
    return Fate(id=paper_id, state=state, reason=reason, at=AT, run="r1", title="LoafNet", scope=0.25)


def part(day: int, query: str = "cat:cs.RO", later: int = 9) -> Settled:
    """Read so many days after it began."""
    since = AT.replace(hour=0) + timedelta(days=day)
    return Settled(query=query, since=since, until=since + timedelta(days=1), at=since + timedelta(days=later))


def revision(paper_id: str = "2611.90001", version: int = 2, minutes: int = 0, **more: Any) -> Revision:
    at = AT + timedelta(minutes=minutes)
    return Revision.model_validate(
        {"id": paper_id, "version": version, "title": "A Loaf", "at": at, "run": "r1"} | more
    )


def ids_of(path: Path) -> list[str]:
    return list(LedgerFile(path).fates())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "ledger.jsonl"


def test_fates_come_back_as_they_were_and_the_last_of_a_paper_counts(path: Path) -> None:
    ledger: Ledger = LedgerFile(path)
    full = Fate(
        id="cs/0112017", state=State.PROPOSED, reason="a — „b“\n\u2028c", at=AT, run="r1", labels=("steam",),
        confidence=0.9, where="x",
    )  # fmt: skip
    ledger.record([fate(), full])
    ledger.record(iter([fate(state=State.ASKED)]))
    assert ledger.fates() == {"2611.90001": fate(state=State.ASKED), "cs/0112017": full}


def test_the_latest_fate_of_a_paper_counts_wherever_its_line_stands_and_of_two_at_once_the_lower_one(
    path: Path,
) -> None:
    early, late = fate(reason="early"), fate(reason="late").model_copy(update={"at": AT + timedelta(seconds=1)})
    ledger = LedgerFile(path)
    ledger.record([late, early])
    assert ledger.fates() == {"2611.90001": late}
    ledger.record([late.model_copy(update={"reason": "lower"})])
    assert ledger.fates()["2611.90001"].reason == "lower"


def test_reports_come_back_without_their_papers_in_the_order_the_runs_began(path: Path) -> None:
    ledger: Ledger = LedgerFile(path)
    assert ledger.runs() == []
    first = RunReport(run="r1", started=AT, forge="github octo/survey", failures=(Failure(what="x", message="y"),))
    second = RunReport(run="r2", started=AT + timedelta(days=1), seen=3, notes=("odd",))
    ledger.record_run(second.model_copy(update={"fates": (fate(),), "learned": (fate(),), "waiting": (fate(),)}))
    ledger.record_run(first)
    ledger.save()
    assert ledger.runs() == [first, second]
    assert sorted(file.name for file in path.parent.iterdir()) == ["runs.jsonl"]


def test_settled_slices_come_back_once_and_oldest_first_in_a_file_of_their_own(path: Path) -> None:
    ledger: Ledger = LedgerFile(path)
    ledger.settle([part(2), part(1, "cat:cs.LG"), part(1, later=10)])
    ledger.settle(iter([part(1), part(2)]))
    assert ledger.settled() == [part(1, "cat:cs.LG"), part(1), part(1, later=10), part(2)]
    assert [file.name for file in path.parent.iterdir()] == ["slices.jsonl"]


def test_of_the_revisions_of_a_paper_the_highest_version_counts_and_of_one_version_the_latest(path: Path) -> None:
    ledger: Ledger = LedgerFile(path)
    third = revision(version=3, comment="a — „b“", journal_ref="J. Crust 1", withdrawn=True)
    ledger.revise([third, revision(version=2, minutes=9), revision("cs/0112017", minutes=5)])
    ledger.revise([revision("cs/0112017", minutes=4, title="older"), revision(version=3, minutes=-1)])
    assert ledger.revisions() == {"2611.90001": third, "cs/0112017": revision("cs/0112017", minutes=5)}
    ledger.revise([again := revision(version=3, comment="the lower line of two at one time")])
    assert ledger.revisions()["2611.90001"] == again
    assert [file.name for file in path.parent.iterdir()] == ["revisions.jsonl"]


def test_a_ledger_of_a_time_without_slices_and_revisions_has_none_and_asking_makes_no_file(path: Path) -> None:
    LedgerFile(path).record([fate()])
    ledger = LedgerFile(path)
    ledger.settle([])
    ledger.revise([])
    assert (ledger.settled(), ledger.revisions(), ledger.notes) == ([], {}, ())
    assert [file.name for file in path.parent.iterdir()] == ["ledger.jsonl"]


def test_a_slice_and_a_revision_that_cannot_be_read_cost_themselves_and_are_noted(path: Path) -> None:
    ledger = LedgerFile(path, where="branch state")
    ledger.settle([part(1)])
    ledger.revise([revision()])
    for name, line in (("slices", '{"query":"x","since":"2026-11-22"}'), ("revisions", revision().model_dump_json())):
        with (path.parent / f"{name}.jsonl").open("a", encoding="utf-8") as stream:
            stream.write(line.replace('"version":2', '"version":1') + "\n")
    assert (ledger.settled(), ledger.revisions()) == ([part(1)], {"2611.90001": revision()})
    assert [note.partition(" cannot")[0] for note in ledger.notes] == [
        "branch state/slices.jsonl: line 2",
        "branch state/revisions.jsonl: line 2",
    ]


def test_a_report_that_cannot_be_read_is_noted_beside_what_is_odd_in_the_ledger(path: Path) -> None:
    ledger = LedgerFile(path, where="branch state")
    ledger.record([fate()])
    ledger.record_run(RunReport(run="r1", started=AT))
    for name in (path.name, "runs.jsonl"):
        with (path.parent / name).open("a", encoding="utf-8") as stream:
            stream.write('{"unknown": 1}\n')
    assert (len(ledger.fates()), len(ledger.runs())) == (1, 1)
    assert [note.partition(" cannot")[0] for note in ledger.notes] == [
        "branch state/ledger.jsonl: line 2",
        "branch state/runs.jsonl: line 2",
    ]


def test_a_line_holds_one_fate_without_what_is_not_said(path: Path) -> None:
    LedgerFile(path).record([Fate(id="2611.90001", state=State.SEEN, reason="due", at=AT, run="r1")])
    expected = '{"id":"2611.90001","state":"seen","reason":"due","at":"2026-11-22T03:00:00Z","run":"r1"}\n'
    assert path.read_text(encoding="utf-8") == expected


def test_a_ledger_that_is_not_there_is_empty_and_asking_makes_no_file(path: Path) -> None:
    ledger = LedgerFile(path)
    ledger.record([])
    assert ledger.fates() == {}
    assert ledger.notes == ()
    assert not path.parent.exists()


def test_a_torn_last_line_is_noted_and_the_next_fate_is_not_glued_to_it(path: Path) -> None:
    LedgerFile(path).record([fate("2611.90001"), fate("2611.90002")])
    path.write_bytes(path.read_bytes()[:-20])
    ledger = LedgerFile(path)
    assert list(ledger.fates()) == ["2611.90001"]
    assert ledger.notes == (f"{path}: line 2 cannot be read and counts as not written; mend or remove what is broken",)
    ledger.record([fate("2611.90003")])
    assert ids_of(path) == ["2611.90001", "2611.90003"]


def test_a_last_line_that_lacks_only_its_end_counts(path: Path) -> None:
    LedgerFile(path).record([fate("2611.90001")])
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    ledger = LedgerFile(path)
    assert list(ledger.fates()) == ["2611.90001"]
    assert ledger.notes == ()
    ledger.record([fate("2611.90002")])
    assert ids_of(path) == ["2611.90001", "2611.90002"]


@pytest.mark.parametrize("broken", ["{", "null", '{"id":"2611.90009"}', "\x00\x00", '{"unknown":1}', "\ud800"])
def test_a_broken_line_in_the_middle_costs_itself_only(path: Path, broken: str) -> None:
    LedgerFile(path).record([fate("2611.90001")])
    with path.open("a", encoding="utf-8", errors="surrogatepass") as stream:
        stream.write(f"{broken}\n\n{broken}\n")
    LedgerFile(path).record([fate("2611.90002")])
    ledger = LedgerFile(path)
    assert list(ledger.fates()) == ["2611.90001", "2611.90002"]
    assert "2 lines (the first is line 2)" in ledger.notes[0]


def test_a_file_that_is_something_else_is_refused_rather_than_taken_for_an_empty_ledger(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("# A README\n\nwith\nfour\nlines\n", encoding="utf-8")
    with pytest.raises(LedgerError, match=r"is no ledger; set \[ledger\] path"):
        LedgerFile(path).fates()


def test_a_folder_in_the_place_of_the_file_and_a_file_in_that_of_the_folder_are_one_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(LedgerError, match="cannot be read: Is a directory"):
        LedgerFile(path).fates()
    with pytest.raises(LedgerError, match="cannot be written: Is a directory"):
        LedgerFile(path).record([fate()])
    path.rmdir()
    path.touch()
    with pytest.raises(LedgerError, match="cannot be written: "):
        LedgerFile(path / "ledger.jsonl").record([fate()])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "ledger.jsonl").symlink_to("/dev/full")
    with pytest.raises(LedgerError, match="cannot be written: No space left on device; check free space"):
        LedgerFile(tmp_path / "ledger.jsonl").record([fate()])


@pytest.mark.skipif(sys.platform == "win32", reason="no limits of file size")
def test_a_disk_that_fills_up_in_the_middle_of_a_line_keeps_the_lines_before_and_takes_the_half_one_back(
    path: Path,
) -> None:
    LedgerFile(path).record([fate("2611.90001")])
    done = subprocess.run([sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.startswith(f"{path}: cannot be written: File too large; check free space")
    assert path.read_bytes().endswith(b"\n")
    ledger = LedgerFile(path)
    assert list(ledger.fates()) == ["2611.90001", "2611.90002"]
    assert ledger.notes == ()
    ledger.record([fate("2611.90003")])
    assert ids_of(path)[-1] == "2611.90003"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
def test_a_run_killed_at_any_moment_loses_no_fate_it_recorded_and_blocks_no_later_one(path: Path) -> None:
    for attempt, seconds in enumerate((0, 0.013, 0.05, 0.09)):
        command = [sys.executable, "-c", APPEND_FOREVER, str(path), f"run{attempt}", "1000000"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
            assert process.stdout
            process.stdout.readline()
            time.sleep(seconds)
            os.kill(process.pid, signal.SIGKILL)
            told = process.stdout.read().split()
        LedgerFile(path).record([fate(f"after/{attempt}")])
        fates = LedgerFile(path).fates()
        assert all(f"run{attempt}/{number}" in fates for number in range(int(told[-1] if told else 5)))
        assert f"after/{attempt}" in fates


def test_two_runs_that_append_at_once_tear_no_line(path: Path) -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND_FOREVER, str(path), run, "100"], stdout=subprocess.DEVNULL, cwd=ROOT
        )
        for run in ("a", "b", "c")
    ]
    assert [process.wait() for process in runs] == [0, 0, 0]
    ledger = LedgerFile(path)
    assert set(ledger.fates()) == {f"{run}/{number}" for run in "abc" for number in range(100)}
    assert ledger.notes == ()


def test_a_line_whose_time_has_no_zone_is_told_and_costs_no_run(tmp_path: Path) -> None:
    ledger = LedgerFile(tmp_path / "ledger.jsonl")
    good = fate("2611.90001")
    ledger.record([good])
    with (tmp_path / "ledger.jsonl").open("a", encoding="utf-8") as file:
        file.write(
            good.model_dump_json().replace("2611.90001", "2611.90002").replace("Z", "").replace("+00:00", "") + "\n"
        )
    assert list(ledger.fates()) == ["2611.90001"]
    assert "line 2 cannot be read" in ledger.notes[0]
