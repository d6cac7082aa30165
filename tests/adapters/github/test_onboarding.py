"""The onboarding pull request on a GitHub of the tests: one, ever, and nothing beside it."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from bot.adapters.github.onboarding import GitHubOnboarding
from bot.errors import ForgeError, SurveyBotError
from bot.onboarding import BRANCH, TITLE
from tests.github import Actor, AfterWrite, GithubServer, Reset, Status
from tests.repositories import place_of

FILES = {"survey-bot.toml": "# settings\n", "taxonomy/taxonomy.yaml": "id: bread\n"}
WATCH = {".github/workflows/watch.yml": "on: push\n"}
AGAIN = "say `survey-bot init --again` to be asked anew"
_HOOK = """#!{python}
import subprocess, sys
def line():
    size = int(sys.stdin.buffer.read(4), 16)
    return sys.stdin.buffer.read(size - 4).decode() if size else None
def say(text):
    sys.stdout.buffer.write(b"%04x%s" % (len(text) + 4, text.encode()) if text else b"0000")
    sys.stdout.buffer.flush()
while line(): pass
say("version=1\\0"), say("")
for old, new, ref in [told.split() for told in iter(line, None)]:
    found = subprocess.run(["git", "ls-tree", "-r", "--name-only", new], capture_output=True, text=True).stdout
    name = next((name for name in found.split() if name.startswith(".github/workflows/")), None)
    if name:
        why = f"to create or update workflow `{{name}}` without `workflows` permission"
        say(f"ng {{ref}} refusing to allow a GitHub App {{why}}")
    else:
        say(f"ok {{ref}}"), say("option fall-through")
say("")
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path) as server:
        server.seed({"README.md": "# Bread\n"})
        yield server
        assert server.violations == []


def refuse_workflows(server: GithubServer) -> None:
    """From here on, the server does to pushed workflows what GitHub does for a token that may not write them."""
    hook = server.git.folder / "hooks" / "proc-receive"
    hook.write_text(_HOOK.format(python=sys.executable), encoding="utf-8")
    hook.chmod(0o755)
    server.git.git("config", "receive.procReceiveRefs", "refs/heads/survey-bot")


def allow_workflows(server: GithubServer) -> None:
    server.git.git("config", "--unset", "receive.procReceiveRefs")


def door(server: GithubServer, token: str = "", base: str = "") -> GitHubOnboarding:
    return GitHubOnboarding(place_of(server, token), base, pace=0.0)


def words(left_out: Mapping[str, str]) -> str:
    return f"Shall the bot be set up?\n\nTo add: {sorted(left_out)}\n"


def ask(server: GithubServer, files: Mapping[str, str] = FILES, *, again: bool = False) -> str:
    return door(server).ask(files, words, again=again)


def test_it_is_one_pull_request_of_one_commit_onto_the_default_branch(server: GithubServer) -> None:
    server.default_branch = "trunk"
    told = ask(server)
    (pull,) = server.pulls()
    assert told == f"opened: https://github.com/octo/survey/pull/{pull.number}"
    assert (pull.title, pull.pull.head, pull.pull.base) == (TITLE, BRANCH, "trunk")
    assert server.files(BRANCH) == ["README.md", *FILES]
    assert len(server.extent(pull)[0]) == 1
    assert server.branches() == [BRANCH, "trunk"]


def test_asking_again_for_the_same_writes_nothing(server: GithubServer) -> None:
    ask(server)
    server.calls.clear()
    assert ask(server).endswith("/pull/1 is open and up to date")
    assert {call.method for call in server.calls} == {"GET"}
    assert not any("git-receive-pack" in call.path for call in server.git_calls[-2:])


def test_it_follows_what_changed_while_only_the_bot_has_written_to_it(server: GithubServer) -> None:
    ask(server)
    server.push("main", {"README.md": "# Bread and rolls\n"})
    assert ask(server, {**FILES, "README.md": "# Rolls\n"}).startswith("brought up to date: ")
    (pull,) = server.pulls()
    assert server.file(BRANCH, "README.md") == "# Rolls\n"
    assert len(server.extent(pull)[0]) == 1
    assert ask(server, {**FILES, "README.md": "# Rolls\n"}).endswith("up to date")


def test_a_commit_of_a_person_keeps_the_bot_away(server: GithubServer) -> None:
    ask(server)
    mine = server.push(BRANCH, {"survey-bot.toml": "# mine\n"})
    assert "people have worked on it" in ask(server, {**FILES, "more": "x"})
    assert server.head(BRANCH) == mine


def test_a_text_that_a_person_has_edited_keeps_the_bot_away(server: GithubServer) -> None:
    ask(server)
    body = (server.issue(1).body or "").replace("Shall", "Yes, let")
    server.edit_pull(1, body=body)
    before = server.head(BRANCH)
    assert "people have worked on it" in ask(server, {**FILES, "more": "x"})
    assert (server.head(BRANCH), server.issue(1).body) == (before, body)


def test_a_closed_one_is_respected_until_somebody_says_again(server: GithubServer) -> None:
    ask(server)
    server.close(1)
    assert ask(server) == f"https://github.com/octo/survey/pull/1 was closed, so nothing is done; {AGAIN}"
    assert len(server.pulls()) == 1
    assert ask(server, again=True).startswith("opened: ")
    assert [pull.state for pull in server.pulls()] == ["closed", "open"]


def test_a_merged_one_whose_settings_were_removed_is_respected_too(server: GithubServer) -> None:
    ask(server)
    server.merge(1)
    server.push("main", dict.fromkeys(FILES))
    assert "was merged, and its settings have since been removed" in ask(server)


def test_again_never_overwrites_what_a_person_left_on_the_branch(server: GithubServer) -> None:
    ask(server)
    mine = server.push(BRANCH, {"survey-bot.toml": "# mine\n"})
    server.close(1)
    with pytest.raises(ForgeError, match="people have worked on it; delete or rename it, and run init again"):
        ask(server, again=True)
    assert server.head(BRANCH) == mine


def test_a_branch_that_a_killed_run_left_gets_its_pull_request(server: GithubServer) -> None:
    server.fail("POST", "/pulls$", Status(502))
    with pytest.raises(ForgeError, match="cannot be opened: GitHub failed with 502"):
        ask(server)
    assert ask(server).startswith("opened: ")
    assert len(server.pulls()) == 1


@pytest.mark.parametrize("fault", [AfterWrite(502), Reset()])
def test_a_pull_request_whose_reply_was_lost_is_not_opened_twice(
    server: GithubServer, fault: AfterWrite | Reset
) -> None:
    server.fail("POST", "/pulls$", fault)
    assert ask(server) == "opened: https://github.com/octo/survey/pull/1"
    assert len(server.pulls()) == 1


def test_a_text_whose_change_failed_is_mended_by_the_next_run(server: GithubServer) -> None:
    ask(server)
    more = {**FILES, "more": "x"}
    server.fail("PATCH", "/pulls/1$", Status(502), times=4)
    with pytest.raises(ForgeError, match="cannot be changed"):
        ask(server, more)
    assert ask(server, more).startswith("brought up to date: ")
    assert ask(server, more).endswith("up to date")
    assert server.files(BRANCH) == ["README.md", "more", *FILES]


def test_workflows_that_the_token_may_not_write_stand_in_the_text(server: GithubServer) -> None:
    refuse_workflows(server)
    assert "its workflows could not be pushed with this token" in ask(server, {**FILES, **WATCH})
    assert server.files(BRANCH) == ["README.md", *FILES]
    assert "To add: ['watch.yml']" in (server.issue(1).body or "")
    assert ask(server, {**FILES, **WATCH}).endswith("stand in its text)")


def test_workflows_are_added_once_a_token_may_write_them(server: GithubServer) -> None:
    refuse_workflows(server)
    ask(server, {**FILES, **WATCH})
    allow_workflows(server)
    assert ask(server, {**FILES, **WATCH}) == "brought up to date: https://github.com/octo/survey/pull/1"
    assert server.file(BRANCH, *WATCH) == "on: push\n"
    assert "To add: []" in (server.issue(1).body or "")


def test_a_file_is_read_as_it_stands_on_the_base_branch_and_has_an_address(server: GithubServer) -> None:
    one = door(server)
    assert one.read("README.md") == "# Bread\n"
    assert one.read("survey-bot.toml") is None
    assert one.read("docs") is None
    assert one.address("a b.md") == f"{server.url}/octo/survey/blob/{server.head('main')}/a%20b.md"


def test_a_repository_that_was_renamed_is_found_again(server: GithubServer) -> None:
    server.renamed_to = "octo/bread"
    assert ask(server) == "opened: https://github.com/octo/bread/pull/1"


@pytest.mark.parametrize(
    ("actor", "sentence"),
    [
        (Actor("reader", permission="read"), "the token may not write to the repository; give it"),
        (Actor("octo", permission="none"), "there is no such thing, or the token may not see it"),
        (
            Actor("github-actions[bot]", writes=frozenset({"contents"}), can_create_pulls=False),
            "the token may not do this; give it contents, pull-requests and issues: write",
        ),
    ],
)
def test_a_token_that_will_not_do_is_one_sentence(server: GithubServer, actor: Actor, sentence: str) -> None:
    server.tokens["other"] = actor
    with pytest.raises(SurveyBotError, match=sentence) as caught:
        door(server, "other").ask(FILES, words)
    assert "other" not in str(caught.value)


def test_actions_that_may_open_no_pull_requests_are_told_the_menu(server: GithubServer) -> None:
    server.actions_can_create_pulls = False
    with pytest.raises(ForgeError, match="under Settings › Actions › General › Workflow permissions"):
        ask(server)


def test_an_archived_repository_is_one_sentence(server: GithubServer) -> None:
    server.archived = True
    with pytest.raises(ForgeError, match="the repository is archived, so nothing can be written"):
        ask(server)


def test_a_base_that_is_not_there_is_one_sentence(server: GithubServer) -> None:
    with pytest.raises(ForgeError, match="there is no branch 'trunk'"):
        door(server, base="trunk").read("README.md")
