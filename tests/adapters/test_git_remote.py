"""A repository on a server: the token goes with every command, and branches are swapped, never forced."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.git_remote import Remote
from bot.errors import ForgeError
from tests.github import GithubServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path / "github") as server:
        server.seed({"README.md": "# Bread\n"})
        server.private = True
        yield server


@pytest.fixture
def remote(server: GithubServer, tmp_path: Path) -> Remote:
    return Remote(f"{server.url}/octo/survey.git", server.token, tmp_path / "copy.git")


def test_a_branch_is_fetched_with_its_files_and_one_that_is_not_there_is_none(
    server: GithubServer, remote: Remote
) -> None:
    head = remote.fetch("main")
    assert head == server.head("main")
    assert remote.git("cat-file", "blob", f"{head}:README.md") == "# Bread\n"
    assert remote.fetch("nowhere") is None


def test_a_push_swaps_what_is_expected_and_nothing_else(server: GithubServer, remote: Remote) -> None:
    start = remote.fetch("main", blobs=False)
    files = {"x.txt": remote.git.blob("x")}
    first, second = (remote.git.commit_with(start, files, message) for message in ("one\n", "two\n"))
    assert remote.push(first, "new", None)
    assert not remote.push(second, "new", None)
    assert not remote.push(second, "new", start)
    assert server.head("new") == first
    assert remote.push(second, "new", first)
    assert server.head("new") == second
    server.delete_branch("new")
    assert not remote.push(first, "new", second)


def test_a_repository_with_another_name_is_read_and_written(server: GithubServer, remote: Remote) -> None:
    server.renamed_to = "octo/reading"
    start = remote.fetch("main", blobs=False)
    commit = remote.git.commit_with(start, {}, "empty\n")
    assert remote.push(commit, "new", None)
    assert server.head("new") == commit


def test_credentials_and_settings_of_the_machine_are_not_in_the_way(
    server: GithubServer, remote: Remote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gitconfig").write_text(
        f'[http]\n\textraheader = Authorization: basic b2xkOm9sZA==\n[http "{server.url}/"]\n\textraheader = X-Old: 1\n'
        f"[credential]\n\thelper = !touch {tmp_path}/helped\n[core]\n\taskPass = /bin/false\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("SSH_ASKPASS", "/bin/false")
    assert remote.fetch("main") == server.head("main")
    server.tokens.clear()
    with pytest.raises(ForgeError, match="the token is not accepted"):
        remote.fetch("main")
    assert not (tmp_path / "helped").exists()


def test_settings_that_the_environment_gives_to_git_stay(
    server: GithubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "survey.bot")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "kept")
    remote = Remote(f"{server.url}/octo/survey.git", server.token, tmp_path / "copy.git")
    assert remote.git("config", "survey.bot") == "kept\n"
    assert remote.fetch("main") == server.head("main")


def test_hooks_and_templates_of_the_machine_are_not_run(
    server: GithubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook = tmp_path / "template" / "hooks" / "pre-push"
    hook.parent.mkdir(parents=True)
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    monkeypatch.setenv("GIT_TEMPLATE_DIR", str(tmp_path / "template"))
    remote = Remote(f"{server.url}/octo/survey.git", server.token, tmp_path / "copy.git")
    start = remote.fetch("main", blobs=False)
    assert remote.push(remote.git.commit_with(start, {}, "empty\n"), "new", None)
    assert not (tmp_path / "copy.git" / "hooks").exists()


def test_what_the_server_refuses_for_a_reason_of_its_own_is_told(server: GithubServer, remote: Remote) -> None:
    hook = server.git.folder / "hooks" / "update"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    start = remote.fetch("main", blobs=False)
    with pytest.raises(ForgeError, match="new cannot be written: a rule of the repository forbids it"):
        remote.push(remote.git.commit_with(start, {}, "empty\n"), "new", None)
    hook.unlink()
    with pytest.raises(ForgeError, match=r"a\.\.b cannot be written: .*; run that git command by hand"):
        remote.push(remote.git.commit_with(start, {}, "empty\n"), "a..b", None)
