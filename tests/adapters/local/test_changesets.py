"""Grouped pull requests in real git repositories: a commit for each change, and nothing of a person's overwritten."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from bot import changes
from bot.adapters.dry_run_changesets import DryRunChangesets
from bot.adapters.git import Git
from bot.adapters.local.changesets import LocalChangesets
from bot.adapters.local.forge import LocalForge
from bot.adapters.own_work import paper_of
from bot.changes import Changeset, Commit, GroupPull, Stage
from bot.errors import DataError, ForgeError
from bot.ports import Changesets
from tests.changesets import BRANCH, LOAF, NEW_LOAF, NEW_RYE, RYE, START, new_changeset
from tests.repositories import git, new_proposal, new_repository

PAGE = ".survey-bot/changes/refresh.2026-11-23.md"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)  # no identity, as on a fresh machine
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    folder = new_repository(tmp_path / "survey")
    write(folder, START)
    return folder


@pytest.fixture
def door(repository: Path) -> LocalChangesets:
    return LocalChangesets(repository, "main")


def write(repository: Path, files: dict[str, str]) -> None:
    """A commit of a person, wherever HEAD is."""
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text, encoding="utf-8")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "By hand")


def subjects(repository: Path) -> list[str]:
    return git(repository, "log", "--reverse", "--format=%s", f"main..{BRANCH}").split("\n")


def tip(repository: Path) -> str:
    return git(repository, "rev-parse", BRANCH)


def drop(repository: Path, subject: str) -> None:
    """What a reviewer does in ``git rebase -i``."""
    editor = f"sed -i '/ {subject}/d'"
    git(repository, "-c", f"sequence.editor={editor}", "rebase", "--quiet", "-i", "main", BRANCH)
    git(repository, "switch", "--quiet", "main")


# --- asking ----------------------------------------------------------------------------------------------------------


def test_it_is_one_branch_with_a_commit_for_each_change_and_the_bots_name(
    repository: Path, door: LocalChangesets
) -> None:
    forge: Changesets = door
    asked = forge.ask(new_changeset())
    assert (asked.branch, asked.stage, asked.touched) == (BRANCH, Stage.OPEN, False)
    assert subjects(repository) == ["Loaf: venue IROS", "Rye: CoRL"]
    assert git(repository, "show", f"{BRANCH}:{LOAF}") + "\n" == NEW_LOAF
    assert git(repository, "log", "-1", "--format=%an %ce%n%b", BRANCH).split("\n") == [
        "survey-bot survey-bot@localhost",
        "Proposed by survey-bot.",
    ]


def test_nothing_that_is_checked_out_staged_or_edited_is_touched(repository: Path, door: LocalChangesets) -> None:
    (repository / LOAF).write_text("title: mine\n", encoding="utf-8")
    (repository / "new.md").write_text("mine\n", encoding="utf-8")
    git(repository, "add", "new.md")
    before = git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")
    door.ask(new_changeset())
    assert (git(repository, "status", "--porcelain"), git(repository, "rev-parse", "HEAD")) == before
    assert (repository / LOAF).read_text(encoding="utf-8") == "title: mine\n"


def test_its_page_tells_what_it_is_and_gives_the_memo_back(repository: Path, door: LocalChangesets) -> None:
    asked = door.ask(new_changeset())
    page = (repository / PAGE).read_text(encoding="utf-8")
    assert asked.where == str(repository / PAGE)
    assert page.startswith("# Upkeep: 2 changes\n\n| Was | Is |")
    assert f"git merge {BRANCH}" in page
    assert door.all("refresh")[0].memo == {"n": [1, "é--"]}


def test_a_memo_of_many_changes_comes_back_whole(door: LocalChangesets) -> None:
    memo = {"changes": [{"paper": f"2601.{n:05d}", "quote": "Accepted to IROS – --> 2026"} for n in range(2000)]}
    door.ask(new_changeset(memo=memo))
    assert door.all("refresh")[0].memo == memo


def test_a_file_can_go(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset(Commit(message="Rye: withdrawn", files={RYE: None})))
    assert RYE not in git(repository, "ls-tree", "-r", "--name-only", BRANCH).split()


def test_commits_of_one_file_build_upon_each_other(repository: Path, door: LocalChangesets) -> None:
    first, second = (Commit(message=name, files={LOAF: f"title: {name}\n"}) for name in ("one", "two"))
    door.ask(new_changeset(first, second))
    assert subjects(repository) == ["one", "two"]
    assert git(repository, "show", f"{BRANCH}:{LOAF}") == "title: two"


def test_a_commit_that_changes_nothing_is_left_out(repository: Path, door: LocalChangesets) -> None:
    gone = Commit(message="gone", files={"not/there": None})
    door.ask(new_changeset(Commit(message="same", files={RYE: START[RYE]}), *new_changeset().commits, gone))
    assert subjects(repository) == ["Loaf: venue IROS", "Rye: CoRL"]


def test_where_nothing_is_to_be_changed_nothing_is_asked(repository: Path, door: LocalChangesets) -> None:
    assert door.ask(new_changeset(Commit(message="same", files={RYE: START[RYE]}))) is None
    assert door.all("refresh") == []
    assert not (repository / PAGE).exists()


def test_asking_for_the_same_again_changes_nothing(repository: Path, door: LocalChangesets) -> None:
    asked = door.ask(new_changeset())
    before = tip(repository), (repository / PAGE).stat().st_mtime_ns
    assert door.ask(new_changeset()) == asked
    assert (tip(repository), (repository / PAGE).stat().st_mtime_ns) == before


def test_an_open_one_is_brought_up_to_date_on_top_of_the_base_branch_of_today(
    repository: Path, door: LocalChangesets
) -> None:
    door.ask(new_changeset())
    write(repository, {RYE: "title: Rye\nvenue: ICRA\n"})
    asked = door.ask(new_changeset(new_changeset().commits[0], memo={"n": 2}))
    assert (asked.stage, asked.memo) == (Stage.OPEN, {"n": 2})
    assert subjects(repository) == ["Loaf: venue IROS"]
    assert "ICRA" in git(repository, "show", f"{BRANCH}:{RYE}")


def test_an_open_one_of_which_everything_stands_on_the_base_branch_by_now_is_over(
    repository: Path, door: LocalChangesets
) -> None:
    door.ask(new_changeset())
    write(repository, {LOAF: NEW_LOAF, RYE: NEW_RYE + "year: 2026\n"})
    assert door.ask(new_changeset(new_changeset().commits[0])) is None
    assert [(one.stage, one.memo) for one in door.all("refresh")] == [(Stage.CLOSED, {})]
    assert "stands on main by now" in (repository / PAGE).read_text(encoding="utf-8")


def test_a_file_is_read_as_it_stands_on_the_base_branch(repository: Path, door: LocalChangesets) -> None:
    (repository / LOAF).write_text("title: not committed\n", encoding="utf-8")
    assert door.read(LOAF) == START[LOAF]
    assert door.read("taxonomy") is None
    assert door.read("not/there.yaml") is None


def test_a_file_that_is_no_text_or_a_link_is_told(repository: Path, door: LocalChangesets) -> None:
    (repository / "latin").write_bytes(b"caf\xe9")
    (repository / "link").symlink_to("README.md")
    write(repository, {})
    for name, what in (("latin", "it is not UTF-8"), ("link", "this is a link to another file")):
        with pytest.raises(DataError, match=what):
            door.read(name)


def test_the_files_of_a_folder_are_those_of_the_base_branch_and_not_of_folders_below(
    repository: Path, door: LocalChangesets
) -> None:
    write(repository, {"taxonomy/papers/é b.yaml": "", "taxonomy/papers/below/x.yaml": "x: 1\n"})
    (repository / LOAF).write_text("title: not committed\n", encoding="utf-8")
    assert door.files("taxonomy/papers") == {LOAF: START[LOAF], RYE: START[RYE], "taxonomy/papers/é b.yaml": ""}
    assert (door.files("taxonomy"), door.files("not/there"), door.files("README.md")) == ({}, {}, {})


def test_a_folder_with_a_link_or_with_what_is_no_text_is_told(repository: Path, door: LocalChangesets) -> None:
    (repository / "a").mkdir()
    (repository / "a" / "link").symlink_to("../README.md")
    (repository / "b").mkdir()
    (repository / "b" / "latin").write_bytes(b"caf\xe9")
    write(repository, {})
    for folder, what in (("a", "this is a link to another file"), ("b", "it is not UTF-8")):
        with pytest.raises(DataError, match=what):
            door.files(folder)
    with pytest.raises(ForgeError, match="this is no path of a file"):
        door.files("../a")


# --- what people do --------------------------------------------------------------------------------------------------


def test_one_that_was_merged_is_merged_whatever_became_of_its_branch(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "merge", "--quiet", "--no-ff", BRANCH)
    assert [one.stage for one in door.all("refresh")] == [Stage.MERGED]
    git(repository, "branch", "-d", BRANCH)
    assert [one.stage for one in door.all("refresh")] == [Stage.MERGED]


def test_one_that_was_merged_as_a_single_commit_is_merged(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "merge", "--quiet", "--squash", BRANCH)
    git(repository, "commit", "--quiet", "-m", "All of it")
    assert [one.stage for one in door.all("refresh")] == [Stage.MERGED]


def test_one_whose_branch_was_deleted_was_closed_and_still_tells_its_memo(
    repository: Path, door: LocalChangesets
) -> None:
    door.ask(new_changeset())
    git(repository, "branch", "-D", BRANCH)
    (asked,) = door.all("refresh")
    assert (asked.stage, asked.memo) == (Stage.CLOSED, {"n": [1, "é--"]})


def test_a_branch_that_a_person_renamed_is_theirs_and_refuses_nothing(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "branch", "-m", BRANCH, "mine")
    for pull in (*door.all("refresh"), door.ask(new_changeset(memo={"n": 2}))):
        assert pull
        assert (pull.stage, pull.touched, "by now branch mine" in pull.where) == (Stage.OPEN, True, True)
    assert git(repository, "branch", "--list", BRANCH) == ""
    git(repository, "merge", "--quiet", "--squash", "mine")
    git(repository, "commit", "--quiet", "-m", "All of it")
    assert [one.stage for one in door.all("refresh")] == [Stage.MERGED]


@pytest.mark.parametrize("subject", ["Loaf", "Rye"])
def test_a_branch_of_which_a_reviewer_dropped_a_commit_stays_as_it_is(
    repository: Path, door: LocalChangesets, subject: str
) -> None:
    door.ask(new_changeset())
    drop(repository, subject)
    before = tip(repository)
    asked = door.ask(new_changeset(memo={"n": 2}))
    assert (asked.stage, asked.touched, asked.memo) == (Stage.OPEN, True, {"n": [1, "é--"]})
    assert (tip(repository), len(subjects(repository))) == (before, 1)


def test_what_is_left_after_a_commit_was_dropped_can_be_merged(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    drop(repository, "Loaf")
    git(repository, "merge", "--quiet", BRANCH)
    assert [one.stage for one in door.all("refresh")] == [Stage.MERGED]
    assert (door.read(LOAF), door.read(RYE)) == (START[LOAF], NEW_RYE)


def test_a_commit_of_a_person_keeps_the_bot_away(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "switch", "--quiet", BRANCH)
    write(repository, {LOAF: "title: Loaf\nvenue: ICRA\n"})
    git(repository, "switch", "--quiet", "main")
    before = tip(repository)
    assert door.ask(new_changeset(memo={})).touched
    door.close(BRANCH, "Overtaken.")
    assert tip(repository) == before
    assert door.all("refresh")[0].stage is Stage.OPEN


def test_words_that_a_person_has_edited_keep_the_bot_away(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    page = repository / PAGE
    page.write_text(page.read_text(encoding="utf-8").replace("| IROS |", "| ICRA |"), encoding="utf-8")
    before = tip(repository), page.read_bytes()
    assert door.ask(new_changeset(memo={})).touched
    assert (tip(repository), page.read_bytes()) == before


def test_a_branch_that_is_checked_out_is_never_moved(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "switch", "--quiet", BRANCH)
    before = tip(repository)
    with pytest.raises(ForgeError, match="is checked out there, so the bot leaves it alone; git switch main"):
        door.ask(new_changeset(memo={}))
    with pytest.raises(ForgeError, match="is checked out there"):
        door.close(BRANCH, "Overtaken.")
    assert tip(repository) == before


def test_a_branch_that_is_being_rebased_is_not_moved(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "-c", "sequence.editor=sed -i '1i break'", "rebase", "--quiet", "-i", "main", BRANCH)
    with pytest.raises(ForgeError, match="is checked out there"):
        door.ask(new_changeset(memo={}))
    git(repository, "rebase", "--abort")


def test_one_that_has_ended_is_taken_again(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "branch", "-D", BRANCH)
    assert door.ask(new_changeset(memo={"n": 2})).stage is Stage.OPEN
    assert [(one.stage, one.memo) for one in door.all("refresh")] == [(Stage.OPEN, {"n": 2})]


def test_a_merged_one_whose_branch_stands_is_taken_again(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    git(repository, "merge", "--quiet", BRANCH)
    assert door.ask(new_changeset(Commit(message="More", files={RYE: None}))).stage is Stage.OPEN
    assert subjects(repository) == ["More"]


def test_a_branch_of_a_person_without_a_page_is_theirs(repository: Path, door: LocalChangesets) -> None:
    git(repository, "switch", "--quiet", "-c", BRANCH)
    write(repository, {LOAF: "title: mine\n"})
    git(repository, "switch", "--quiet", "main")
    before = tip(repository)
    asked = door.ask(new_changeset())
    assert (asked.touched, asked.where, tip(repository)) == (True, f"branch {BRANCH}", before)


# --- closing ---------------------------------------------------------------------------------------------------------


def test_closing_deletes_the_branch_and_says_why_once(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    for _ in range(2):
        door.close(BRANCH, "Nothing is left of it.")
    page = (repository / PAGE).read_text(encoding="utf-8")
    assert page.count("**Closed.** Nothing is left of it.") == 1
    assert git(repository, "branch", "--list", BRANCH) == ""


def test_what_the_bot_closed_itself_tells_no_memo_for_people_refused_nothing(door: LocalChangesets) -> None:
    door.ask(new_changeset())
    door.close(BRANCH, "Nothing is left of it.")
    assert [(one.stage, one.touched, one.memo) for one in door.all("refresh")] == [(Stage.CLOSED, False, {})]


def test_closing_what_was_never_asked_does_nothing(repository: Path, door: LocalChangesets) -> None:
    door.close(BRANCH, "Nothing is left of it.")
    assert door.all("refresh") == []


# --- killed runs -----------------------------------------------------------------------------------------------------


def test_a_branch_without_its_page_is_adopted(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    (repository / PAGE).unlink()
    assert not door.all("refresh")[0].touched
    asked = door.ask(new_changeset())
    assert (asked.stage, asked.touched, asked.memo) == (Stage.OPEN, False, {"n": [1, "é--"]})


def test_a_page_that_tells_of_an_older_branch_is_brought_up_to_date(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    old = (repository / PAGE).read_bytes()
    door.ask(new_changeset(new_changeset().commits[1], memo={"n": 2}))
    (repository / PAGE).write_bytes(old)  # killed between branch and page
    assert not door.all("refresh")[0].touched
    assert door.ask(new_changeset(memo={"n": 3})).memo == {"n": 3}
    assert len(subjects(repository)) == 2


def test_closing_that_was_killed_halfway_is_finished(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    old = tip(repository)
    door.close(BRANCH, "Over.")
    git(repository, "branch", BRANCH, old)
    assert door.all("refresh")[0].stage is Stage.CLOSED
    door.close(BRANCH, "Over.")
    assert git(repository, "branch", "--list", BRANCH) == ""


class Killed(BaseException):
    """The process ends, here and now."""


def killed_at(step: int, patch: pytest.MonkeyPatch, *, done: bool) -> Iterator[int]:
    """Ends the process at this call of git, before or after it is ``done``; how many there were."""
    calls, run = count(), Git.run

    def ending(self: Git, *arguments: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
        here = next(calls) == step
        if here and not done:
            raise Killed
        told = run(self, *arguments, **more)
        if here:
            raise Killed
        return told

    patch.setattr(Git, "run", ending)
    return calls


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("first", [None, new_changeset().commits[:1], ()], ids=["new", "outdated", "to be closed"])
def test_wherever_a_run_is_killed_the_next_one_finishes_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: tuple[Commit, ...] | None, done: bool
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    scene = new_repository(tmp_path / "scene")
    write(scene, START)
    if first is not None:
        LocalChangesets(scene, "main").ask(new_changeset(*first, memo={"n": 0}))
    for step in count():
        repository = shutil.copytree(scene, tmp_path / str(step))

        def work(repository: Path = repository) -> list[GroupPull]:
            door = LocalChangesets(repository, "main")
            if first == ():
                door.close(BRANCH, "Over.")
            else:
                door.ask(new_changeset())
            return LocalChangesets(repository, "main").all("refresh")

        with monkeypatch.context() as patch:
            calls = killed_at(step, patch, done=done)
            with suppress(Killed):
                work()
            reached = next(calls) > step
        (pull,) = work()
        if first == ():
            assert (pull.stage, pull.memo, git(repository, "branch", "--list", BRANCH)) == (Stage.CLOSED, {}, "")
        else:
            assert (pull.stage, pull.touched, pull.memo) == (Stage.OPEN, False, {"n": [1, "é--"]})
            assert subjects(repository) == ["Loaf: venue IROS", "Rye: CoRL"]
        assert git(repository, "status", "--porcelain") == ""
        if not reached:
            break
    assert step > 5


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "branch",
    [
        "",
        "main",
        "survey-bot/init",
        "survey-bot/2601.00001",
        "survey-bot/refresh",
        "other/refresh.x",
        "survey-bot/a.b/c",
        "survey-bot/refresh.lock",
        "survey-bot/Refresh.x",
        "survey-bot/refresh.x y",
        "survey-bot/refresh..x",
    ],
)
def test_another_branch_than_one_of_a_group_is_refused(repository: Path, door: LocalChangesets, branch: str) -> None:
    before = git(repository, "for-each-ref")
    for call in (lambda: door.ask(new_changeset(branch=branch)), lambda: door.close(branch, "Over.")):
        with pytest.raises(ForgeError, match="this is no branch for a grouped pull request"):
            call()
    assert git(repository, "for-each-ref") == before


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/etc/x",
        ".git/hooks/x",
        "a/.GIT/x",
        "a//b",
        "./a",
        "a/",
        "",
        "a\nb",
        "a\\b",
        "a/../b",
        "\u202ex",
        ":(top)x",
    ],
)
def test_a_path_that_is_not_plainly_inside_is_refused(repository: Path, door: LocalChangesets, path: str) -> None:
    with pytest.raises(ForgeError, match="this is no path of a file in the repository"):
        door.ask(new_changeset(Commit(message="x", files={path: "x"})))
    with pytest.raises(ForgeError, match="this is no path of a file in the repository"):
        door.read(path)
    assert door.all("refresh") == []


@pytest.mark.parametrize("path", ["link", "link/x", "taxonomy", "README.md/x", "a/git~1/x"])
def test_a_link_a_folder_or_a_file_in_the_way_is_refused(repository: Path, door: LocalChangesets, path: str) -> None:
    (repository / "link").symlink_to("taxonomy")
    write(repository, {})
    with pytest.raises(ForgeError):
        door.ask(new_changeset(Commit(message="x", files={path: "x"})))
    assert door.all("refresh") == []


def test_a_base_branch_that_is_not_there_is_told(repository: Path) -> None:
    with pytest.raises(ForgeError, match="there is no branch 'trunk', or nothing on it"):
        LocalChangesets(repository, "trunk")


def test_a_bare_repository_serves_too(repository: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--bare", str(repository), "bare.git")
    door = LocalChangesets(tmp_path / "bare.git", "main")
    assert door.ask(new_changeset()).where == str(tmp_path / "bare.git/survey-bot/changes/refresh.2026-11-23.md")
    assert [one.stage for one in door.all("refresh")] == [Stage.OPEN]


# --- among others ----------------------------------------------------------------------------------------------------


def test_kinds_are_kept_apart_and_the_latest_comes_first(
    repository: Path, door: LocalChangesets, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, name in enumerate(("refresh.b", "migrate.x", "refresh.a")):
        monkeypatch.setattr(
            "bot.adapters.git._IDENTITY",
            {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in _who(number).items()},
        )
        door.ask(new_changeset(branch=f"survey-bot/{name}"))
    assert [one.branch for one in door.all("refresh")] == ["survey-bot/refresh.a", "survey-bot/refresh.b"]
    assert [one.branch for one in door.all("migrate")] == ["survey-bot/migrate.x"]


def _who(number: int) -> dict[str, str]:
    return {"NAME": "survey-bot", "EMAIL": "survey-bot@localhost", "DATE": f"2026-11-23T10:0{number}:00Z"}


@pytest.mark.parametrize(
    ("kind", "name"), [("refresh", "2026-11-23"), ("migrate", "a-b"), ("facts", "2601"), ("x", "1")]
)
def test_no_branch_of_a_group_is_taken_for_a_papers(kind: str, name: str) -> None:
    assert paper_of(changes.branch(kind, name)) is None


def test_papers_and_groups_do_not_see_each_other(repository: Path, door: LocalChangesets) -> None:
    forge = LocalForge(repository, "main")
    forge.open(new_proposal("2611.90001"))
    door.ask(new_changeset())
    assert list(forge.pulls()) == ["2611.90001"]
    assert [one.branch for one in door.all("refresh")] == [BRANCH]


# --- dry runs --------------------------------------------------------------------------------------------------------


def test_a_dry_run_shows_what_it_would_ask_and_leaves_no_trace(repository: Path) -> None:
    shown: list[Changeset] = []
    dry: Changesets = DryRunChangesets(shown.append, repository)
    before = git(repository, "for-each-ref"), git(repository, "status", "--porcelain")
    asked = dry.ask(new_changeset())
    assert (asked.where, shown, dry.all("refresh"), dry.dry) == ("", [new_changeset()], [], True)
    assert (git(repository, "for-each-ref"), git(repository, "status", "--porcelain")) == before


def test_a_dry_run_reads_the_work_tree_and_not_beyond(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("secret", encoding="utf-8")
    (repository / "link").symlink_to(tmp_path / "outside")
    (repository / LOAF).write_text("title: edited\n", encoding="utf-8")
    dry = DryRunChangesets(lambda _: None, repository)
    assert dry.read(LOAF) == "title: edited\n"
    assert dry.read("not/there") is None
    with pytest.raises(DataError, match="this leads out of the repository"):
        dry.read("link")
    with pytest.raises(ForgeError, match="this is no path of a file"):
        dry.read("../outside")


def test_a_dry_run_knows_what_stands_where_a_real_one_would_ask(repository: Path, door: LocalChangesets) -> None:
    door.ask(new_changeset())
    (repository / LOAF).write_text("title: not committed\n", encoding="utf-8")
    dry = DryRunChangesets(lambda _: None, repository, door)
    assert [one.stage for one in dry.all("refresh")] == [Stage.OPEN]
    assert dry.read(LOAF) == dry.files("taxonomy/papers")[LOAF] == START[LOAF]


def test_a_dry_run_shows_nothing_where_a_real_one_would_ask_nothing(repository: Path, door: LocalChangesets) -> None:
    shown: list[Changeset] = []
    dry = DryRunChangesets(shown.append, repository, door)
    assert dry.ask(new_changeset(Commit(message="same", files={RYE: START[RYE], "gone": None}))) is None
    door.ask(new_changeset())
    git(repository, "switch", "--quiet", BRANCH)
    write(repository, {LOAF: "title: mine\n"})
    left = dry.ask(new_changeset(memo={}))
    assert left
    assert (left.touched, shown) == (True, [])


def test_a_dry_run_without_a_forge_knows_the_files_of_the_work_tree(repository: Path) -> None:
    (repository / LOAF).write_text("title: edited\n", encoding="utf-8")
    dry = DryRunChangesets(lambda _: None, repository)
    assert dry.files("taxonomy/papers") == {LOAF: "title: edited\n", RYE: START[RYE]}
    assert dry.files("not/there") == {}
