"""The ledger on a branch: what one machine records every other one reads, and two that write at once lose nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.adapters.ledger_file import LedgerFile
from bot.adapters.state_branch import BranchLedger
from bot.errors import LedgerError
from bot.fates import Fate, RunReport, State
from bot.ports import Ledger
from bot.slices import Revision, Settled
from tests.github import Actor, GithubServer, Reset
from tests.repositories import git

BRANCH = "survey-bot-state"
AT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
PUSH = "git-receive-pack"

Machine = Callable[[str], BranchLedger]


def fate(paper_id: str, state: State = State.SKIPPED, minutes: int = 0) -> Fate:
    return Fate(id=paper_id, state=state, reason="out of scope", at=AT + timedelta(minutes=minutes), run="r1")


def part(day: int) -> Settled:
    since, until, at = (AT + timedelta(days=day + later) for later in (0, 1, 9))
    return Settled(query="cat:cs.RO", since=since, until=until, at=at)


def revision(paper_id: str, version: int = 2) -> Revision:
    return Revision(id=paper_id, version=version, title="A Loaf", at=AT, run="r1")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path / "github") as server:
        server.seed({"README.md": "# Bread\n"})
        yield server


@pytest.fixture
def machine(server: GithubServer, tmp_path: Path) -> Machine:
    """A ledger on the machine of this name; its folder stays between two of them."""
    return lambda name: BranchLedger(tmp_path / name, f"{server.url}/octo/survey.git", BRANCH, server.token)


def lines(server: GithubServer, name: str = "ledger.jsonl") -> list[str]:
    return (server.file(BRANCH, name) or "").splitlines()


def test_what_one_machine_records_another_one_reads(machine: Machine) -> None:
    ledger: Ledger = machine("a")
    ledger.record([fate("2611.90001"), fate("2611.90002", State.ASKED)])
    ledger.record_run(RunReport(run="r1", started=AT, seen=2, forge="github octo/survey"))
    ledger.save()
    other = machine("b")
    assert other.fates() == {"2611.90001": fate("2611.90001"), "2611.90002": fate("2611.90002", State.ASKED)}
    assert other.runs() == [RunReport(run="r1", started=AT, seen=2, forge="github octo/survey")]
    assert other.notes == ()


def test_a_missing_branch_is_an_empty_ledger_and_reading_it_makes_none(server: GithubServer, machine: Machine) -> None:
    ledger = machine("a")
    assert (ledger.fates(), ledger.runs(), ledger.notes) == ({}, [], ())
    ledger.save()
    assert server.branches() == ["main"]


def test_the_branch_shares_no_history_with_the_others_and_says_what_it_is(
    server: GithubServer, machine: Machine
) -> None:
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    ledger.save()
    assert server.files(BRANCH) == ["README.md", "ledger.jsonl"]
    assert "do not delete it" in (server.file(BRANCH, "README.md") or "")
    commit = server.git.commit(server.head(BRANCH) or "")
    assert commit
    assert (commit.parents, commit.author.email) == ((), "survey-bot@localhost")


def test_every_save_is_one_commit_on_top_of_the_last_and_nothing_new_is_none(
    server: GithubServer, machine: Machine
) -> None:
    for number in range(3):
        ledger = machine(f"m{number}")
        ledger.record([fate(f"2611.9000{number}")])
        ledger.save()
        ledger.save()
        assert list(machine("reader").fates()) == [f"2611.9000{one}" for one in range(number + 1)]
    assert len(server.git.log(server.head(BRANCH) or "", 10)) == 3


def test_what_people_put_beside_the_ledger_stays(server: GithubServer, machine: Machine) -> None:
    for paper_id in ("2611.90001", "2611.90002"):
        ledger = machine("a")
        ledger.record([fate(paper_id)])
        ledger.save()
        server.push(BRANCH, {"NOTES.md": "ours", "README.md": "ours too"})
    ledger.record([fate("2611.90003")])
    ledger.save()
    assert server.file(BRANCH, "NOTES.md") == "ours"
    assert server.file(BRANCH, "README.md") == "ours too"
    assert len(lines(server)) == 3


def test_two_machines_that_write_at_once_lose_no_line_and_the_latest_fate_counts(
    server: GithubServer, machine: Machine
) -> None:
    first, second = machine("a"), machine("b")
    assert first.fates() == second.fates() == {}
    first.record([fate("2611.90001"), fate("2611.90003", State.REJECTED, minutes=5)])
    second.record([fate("2611.90002"), fate("2611.90003", State.ASKED)])
    second.record_run(RunReport(run="b", started=AT))
    first.save()
    second.save()
    fates = machine("c").fates()
    assert list(fates) == ["2611.90001", "2611.90003", "2611.90002"]
    assert fates["2611.90003"].state is State.REJECTED
    assert len(lines(server)) == 4
    assert len(lines(server, "runs.jsonl")) == 1
    assert second.fates() == fates


def test_slices_and_revisions_of_two_machines_are_put_together_line_by_line(
    server: GithubServer, machine: Machine
) -> None:
    first: Ledger = machine("a")
    second: Ledger = machine("b")
    assert (first.settled(), second.settled(), first.revisions(), second.revisions()) == ([], [], {}, {})
    first.settle([part(0), part(1)])
    first.revise([revision("2611.90001"), revision("2611.90002", 3)])
    second.settle([part(1), part(2)])
    second.revise([revision("2611.90002"), revision("2611.90003")])
    first.save()
    second.save()
    other = machine("c")
    assert other.settled() == second.settled() == [part(0), part(1), part(2)]
    assert other.revisions() == second.revisions()
    assert {one.id: one.version for one in other.revisions().values()} == {
        "2611.90001": 2, "2611.90002": 3, "2611.90003": 2,
    }  # fmt: skip
    assert (len(lines(server, "slices.jsonl")), len(lines(server, "revisions.jsonl"))) == (3, 4)


def test_the_branch_says_what_each_of_its_files_is(server: GithubServer, machine: Machine) -> None:
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    ledger.record_run(RunReport(run="r1", started=AT))
    ledger.settle([part(0)])
    ledger.revise([revision("2611.90001")])
    ledger.save()
    names = [name for name in server.files(BRANCH) if name != "README.md"]
    assert names == ["ledger.jsonl", "revisions.jsonl", "runs.jsonl", "slices.jsonl"]
    assert [name for name in names if f"`{name}`" not in (server.file(BRANCH, "README.md") or "")] == []


def test_a_branch_of_a_time_without_slices_and_revisions_gets_them_and_keeps_its_lines(
    server: GithubServer, machine: Machine
) -> None:
    server.push(BRANCH, {"ledger.jsonl": fate("2611.90001").model_dump_json() + "\n"})
    ledger = machine("a")
    assert (ledger.settled(), ledger.revisions(), ledger.notes) == ([], {}, ())
    ledger.settle([part(0)])
    ledger.revise([revision("2611.90001")])
    ledger.save()
    other = machine("b")
    assert (other.settled(), list(other.revisions()), list(other.fates())) == ([part(0)], *[["2611.90001"]] * 2)


def test_a_missing_branch_starts_with_what_a_ledger_on_this_machine_held_but_for_its_reports(
    server: GithubServer, machine: Machine, tmp_path: Path
) -> None:
    before = LedgerFile(tmp_path / "before" / "own.jsonl")
    before.record([fate("2611.90001")])
    before.settle([part(0)])
    before.revise([revision("2611.90001")])
    before.record_run(RunReport(run="r1", started=AT))
    url = f"{server.url}/octo/survey.git"
    ledger = BranchLedger(tmp_path / "a", url, BRANCH, server.token, tmp_path / "before" / "own.jsonl")
    ledger.record([fate("2611.90002")])
    ledger.save()
    other = machine("b")
    assert list(other.fates()) == ["2611.90001", "2611.90002"]
    assert (other.settled(), other.revisions()) == ([part(0)], {"2611.90001": revision("2611.90001")})
    assert other.runs() == []


def test_someone_who_writes_all_the_time_is_told_and_nothing_is_lost(
    server: GithubServer, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    real, busy = ledger._remote.push, iter(range(3))

    def pushed_meanwhile(commit: str, branch: str, expected: str | None) -> bool:
        server.push(BRANCH, {"busy.txt": str(next(busy))})
        return real(commit, branch, expected)

    with monkeypatch.context() as patch:
        patch.setattr(ledger._remote, "push", pushed_meanwhile)
        with pytest.raises(LedgerError, match=r"written by someone else all the time; let only one run"):
            ledger.save()
    ledger.save()
    assert list(machine("b").fates()) == ["2611.90001"]


def test_a_run_that_was_killed_before_it_saved_is_saved_by_the_next_one_on_this_machine(machine: Machine) -> None:
    machine("a").record([fate("2611.90001")])
    other = machine("b")
    other.record([fate("2611.90002")])
    other.save()
    ledger = machine("a")
    assert set(ledger.fates()) == {"2611.90001", "2611.90002"}
    ledger.save()
    assert set(machine("c").fates()) == {"2611.90001", "2611.90002"}


def test_a_push_that_arrived_although_the_connection_broke_is_not_written_twice(
    server: GithubServer, machine: Machine
) -> None:
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    server.fail("POST", PUSH, Reset(), times=2)  # curl tries a connection it had before once more
    with pytest.raises(LedgerError, match="the server cannot be reached or broke off; nothing is lost"):
        ledger.save()
    ledger.save()
    assert len(lines(server)) == 1
    assert len(server.git.log(server.head(BRANCH) or "", 10)) == 1


def test_a_line_that_cannot_be_read_is_noted_with_the_branch_it_stands_on(
    server: GithubServer, machine: Machine
) -> None:
    server.push(BRANCH, {"ledger.jsonl": fate("2611.90001").model_dump_json() + "\n{torn"})
    ledger = machine("a")
    assert list(ledger.fates()) == ["2611.90001"]
    assert ledger.notes == (
        f"{server.url}/octo/survey.git, branch {BRANCH}/ledger.jsonl: line 2 cannot be read and counts as not written; "
        "mend or remove what is broken",
    )


@pytest.mark.parametrize(
    ("actor", "what"),
    [
        (None, "the token is not accepted; renew the token"),
        (Actor("reader", permission="read"), "the token may not write to the repository; give it the permission"),
    ],
    ids=["revoked", "read-only"],
)
def test_a_token_that_may_not_is_one_sentence_without_the_token(
    server: GithubServer, machine: Machine, actor: Actor | None, what: str
) -> None:
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    del server.tokens[server.token]
    if actor:
        server.tokens[server.token] = actor
    with pytest.raises(LedgerError) as refused:
        ledger.save()
    assert f"{BRANCH} cannot be written: {what}" in str(refused.value)
    assert server.token not in str(refused.value)
    assert refused.value.where == f"{server.url}/octo/survey.git"


def test_a_protected_branch_is_named_with_the_menu(server: GithubServer, machine: Machine) -> None:
    server.protected = {BRANCH}
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    with pytest.raises(LedgerError, match=r"a rule of the repository forbids it; let the bot .*Settings › Rules"):
        ledger.save()


def test_a_folder_that_cannot_be_written_is_one_sentence(server: GithubServer, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    server.push(BRANCH, {"ledger.jsonl": fate("2611.90001").model_dump_json() + "\n"})
    ledger = BranchLedger(tmp_path / "file" / "state", f"{server.url}/octo/survey.git", BRANCH, server.token)
    with pytest.raises(LedgerError, match="the state of the bot cannot be kept: Not a directory"):
        ledger.fates()


def test_the_token_is_in_no_file_and_no_argument(
    server: GithubServer, machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    real = git(tmp_path, "--exec-path") + "/git"
    script.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/arguments\nexec {real} "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent), prepend=":")
    ledger = machine("a")
    ledger.record([fate("2611.90001")])
    ledger.save()
    written = [file for folder in (tmp_path / "a", ledger._remote.git.folder) for file in folder.rglob("*")]
    files = [file for file in (*written, tmp_path / "arguments") if file.is_file()]
    assert len(files) > 5
    assert [file for file in files if server.token.encode() in file.read_bytes()] == []
