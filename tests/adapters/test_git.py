"""Git itself: what it refuses is one sentence that names the place and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.adapters.git import Git
from bot.adapters.local.forge import LocalForge
from bot.errors import ForgeError
from bot.fates import PullState
from tests.repositories import git, new_proposal, new_repository


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return new_repository(tmp_path / "survey")


@pytest.fixture
def forge(repository: Path) -> LocalForge:
    return LocalForge(repository, "main")


def test_what_git_says_comes_back_in_one_sentence(repository: Path) -> None:
    with pytest.raises(ForgeError) as refused:
        Git(repository)("cat-file", "blob", "0" * 40)
    assert refused.value.where == str(repository)
    assert str(refused.value).count("\n") == 0
    assert refused.value.what.startswith("git cat-file failed: ")


def test_a_folder_that_is_no_root_of_a_repository_is_named(repository: Path, tmp_path: Path) -> None:
    (repository / "sub").mkdir()
    for folder, what in (
        (tmp_path / "nowhere", "there is no such folder"),
        (tmp_path, "this is no git repository"),
        (repository / "sub", f"this lies inside the git repository {repository}"),
        (repository / ".git", "this is no git repository"),
    ):
        with pytest.raises(ForgeError) as refused:
            LocalForge(folder, "main")
        assert (refused.value.what, refused.value.where) == (what, str(folder))
        assert refused.value.remedy.startswith("set [forge] path to the root of a git repository")


def test_a_missing_base_branch_is_named_with_those_there_are(repository: Path) -> None:
    with pytest.raises(ForgeError, match=r"no branch 'trunk'; create it, or set \[forge\] base to one of: main$"):
        LocalForge(repository, "trunk")


def test_a_repository_without_a_commit_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    with pytest.raises(ForgeError, match="has no commit yet; commit on 'main' first"):
        LocalForge(tmp_path, "main")


def test_a_machine_without_git_is_told(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(ForgeError, match=r"^the git command was not found; install git$"):
        LocalForge(repository, "main")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_repository_that_cannot_be_written_is_one_sentence(repository: Path, forge: LocalForge) -> None:
    objects = repository / ".git" / "objects"
    objects.chmod(0o500)
    try:
        with pytest.raises(ForgeError, match="right to write"):
            forge.open(new_proposal())
    finally:
        objects.chmod(0o700)
    assert forge.pulls() == {}


def test_hooks_signing_and_variables_of_another_repository_do_not_interfere(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = new_repository(tmp_path / "other")
    git(repository, "config", "commit.gpgSign", "true")
    script = repository / ".git" / "hooks" / "reference-transaction"
    script.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    assert LocalForge(repository, "main").open(new_proposal()).state is PullState.OPEN
    monkeypatch.undo()
    assert git(other, "branch", "--list", "survey-bot/*") == ""


def test_a_linked_work_tree_is_a_repository_too(repository: Path, tmp_path: Path) -> None:
    linked = tmp_path / "linked"
    git(repository, "worktree", "add", "--quiet", "-b", "mine", str(linked))
    assert LocalForge(linked, "main").open(new_proposal()).state is PullState.OPEN
    assert git(linked, "status", "--porcelain") == ""


def test_a_commit_of_the_bot_is_told_from_one_of_a_person_even_when_that_says_the_bot_is_its_author(
    repository: Path,
) -> None:
    bare = Git(repository)
    assert not bare.is_own("main")
    commit = bare.commit_with("main", {"x.txt": bare.blob("x")}, "x\n")
    assert bare.is_own(commit)
    git(repository, "switch", "--quiet", "--detach", commit)
    git(repository, "commit", "--quiet", "--amend", "--no-edit", "--allow-empty")  # the author stays
    assert not bare.is_own("HEAD")
    assert git(repository, "log", "-1", "--format=%an") == "survey-bot"


def test_a_commit_holds_what_its_base_holds_and_the_new_files_and_moves_no_branch(repository: Path) -> None:
    bare = Git(repository)
    blob = bare.blob("new\n")
    before = git(repository, "for-each-ref"), git(repository, "status", "--porcelain")
    commit = bare.commit_with("main", {"a/b.txt": blob, "c d.txt": blob}, "x\n")
    assert git(repository, "ls-tree", "-r", "--name-only", commit).split("\n") == ["README.md", "a/b.txt", "c d.txt"]
    assert (bare.file_at(commit, "a/b.txt"), bare.file_at(commit, "nowhere")) == (blob, "")
    assert before == (git(repository, "for-each-ref"), git(repository, "status", "--porcelain"))
    orphan = bare.commit_with(None, {"x.txt": blob}, "x\n")
    assert git(repository, "log", "--format=%P", orphan) == ""
