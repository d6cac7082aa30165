"""What goes wrong with GitHub: one clear sentence without the token, nothing done twice, nothing lost."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.adapters.github.forge import GitHubForge
from bot.block import write_block
from bot.errors import ForgeError
from bot.fates import PullState
from bot.settings import Forge as Options
from tests.github import (
    Actor,
    AfterWrite,
    GithubServer,
    NotFound,
    PrimaryLimit,
    Reset,
    SecondaryLimit,
    Slow,
    Status,
    TooMany,
)
from tests.github.model import Fault
from tests.repositories import content, new_proposal, place_of
from tests.serving import LocalServer, serving

ID = "2611.90001"
BRANCH = f"survey-bot/{ID}"
PATH = f"taxonomy/papers/{ID}.yaml"

NewForge = Callable[..., GitHubForge]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path / "github") as server:
        server.seed({"README.md": "# Bread\n"})
        yield server
        assert server.violations == []


@pytest.fixture
def new_forge(server: GithubServer) -> NewForge:
    def made(base: str = "main", **places: str) -> GitHubForge:
        return GitHubForge(place_of(server)._replace(**places), Options(kind="github", base=base), pace=0)

    return made


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited, without waiting."""
    told: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time", SimpleNamespace(sleep=told.append))
    return told


def refused(action: Callable[[], Any]) -> str:
    """The one sentence."""
    with pytest.raises(ForgeError) as error:
        action()
    told = str(error.value)
    assert "ghs_tests" not in told
    assert "\n" not in told
    assert error.value.where
    assert error.value.remedy
    return told


# --- who may not -----------------------------------------------------------------------------------------------------


def test_a_revoked_token(server: GithubServer, new_forge: NewForge) -> None:
    server.tokens.clear()
    told = refused(new_forge().pulls)
    assert told == "GitHub, octo/survey: the pull requests cannot be read: the token is not accepted; renew the token"
    assert "the token is not accepted; renew the token" in refused(lambda: new_forge()._branches.has(PATH))


def test_a_token_that_may_only_read(server: GithubServer, new_forge: NewForge) -> None:
    server.tokens[server.token] = Actor("github-actions[bot]", permission="read")
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert f"{BRANCH} cannot be written: the token may not write to the repository; give it the permission" in told
    assert server.branches() == ["main"]


def test_a_token_that_may_push_but_not_open_pull_requests(server: GithubServer, new_forge: NewForge) -> None:
    server.tokens[server.token] = Actor("github-actions[bot]", writes=frozenset({"contents"}))
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert told == (
        f"GitHub, octo/survey: the pull request of {ID} cannot be opened: the token may not do this; "
        "give it contents, pull-requests and issues: write (permissions: in the workflow)"
    )


def test_a_repository_whose_settings_forbid_actions_to_open_pull_requests(
    server: GithubServer, new_forge: NewForge
) -> None:
    server.actions_can_create_pulls = False
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert "GitHub Actions is not permitted to create pull requests; tick “Allow GitHub Actions to create and" in told
    assert "Settings › Actions › General › Workflow permissions" in told
    server.actions_can_create_pulls = True
    assert new_forge().open(new_proposal(ID)).state is PullState.OPEN


def test_a_repository_that_is_not_there_or_not_seen(server: GithubServer, new_forge: NewForge) -> None:
    server.tokens[server.token] = Actor("someone", permission="none", type="User")
    told = refused(new_forge().pulls)
    assert "there is no such thing, or the token may not see it; check [forge] repository" in told
    assert "there is no such repository, or the token may not" in refused(lambda: new_forge()._branches.has(PATH))


def test_an_archived_repository(server: GithubServer, new_forge: NewForge) -> None:
    new_forge().open(new_proposal(ID))
    server.archived = True
    archived = "the repository is archived, so nothing can be written; unarchive it, or set enabled = false"
    assert archived in refused(lambda: new_forge().open(new_proposal("2611.90002")))
    assert archived in refused(lambda: new_forge().close(ID, "Bye."))
    assert archived in refused(lambda: new_forge().show(lambda _: "x"))
    assert set(new_forge().pulls()) == {ID}


def test_branches_that_are_protected(server: GithubServer, new_forge: NewForge) -> None:
    server.protected = {"survey-bot/*"}
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert f"{BRANCH} cannot be written: a rule of the repository forbids it; let the bot create" in told
    server.protected = {"main"}
    assert new_forge().open(new_proposal(ID)).state is PullState.OPEN


def test_a_base_branch_that_is_not_there(new_forge: NewForge) -> None:
    told = refused(lambda: new_forge("trunk").open(new_proposal(ID)))
    assert "there is no branch 'trunk'; create it, or set [forge] base" in told


def test_a_branch_in_the_way_of_all_branches_of_the_bot(server: GithubServer, new_forge: NewForge) -> None:
    server.push("survey-bot", {"x.txt": ""})
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert f"{BRANCH} cannot be written: another branch is in the way; rename the branch" in told
    assert server.pulls() == []


def test_a_branch_that_holds_nothing_new(server: GithubServer, new_forge: NewForge) -> None:
    server.git.move(f"refs/heads/{BRANCH}", server.head("main"))
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert "its branch holds nothing that the base branch lacks; delete the branch" in told


# --- a repository that has another name ------------------------------------------------------------------------------


def test_a_renamed_repository_is_followed_and_the_new_name_told(server: GithubServer, new_forge: NewForge) -> None:
    new_forge().open(new_proposal(ID))
    server.close(1)
    server.renamed_to = "octo/reading"
    forge = new_forge()
    assert forge.pulls()[ID].state is PullState.CLOSED
    assert forge.open(new_proposal("2611.90002")).where == "https://github.com/octo/reading/pull/2"
    forge.close("2611.90002", "Bye.")
    assert forge.show(lambda _: write_block({}, "dashboard")) == "https://github.com/octo/reading/issues/3"
    assert forge.name == "github octo/survey"
    assert forge.notes == ("octo/survey is called octo/reading now; write that into [forge] repository",)


def test_a_write_to_a_renamed_repository_is_followed_too(server: GithubServer, new_forge: NewForge) -> None:
    forge = new_forge()
    forge.pulls()
    server.renamed_to = "octo/reading"
    assert forge.open(new_proposal(ID)).where == "https://github.com/octo/reading/pull/1"
    assert len(server.pulls()) == 1


# --- in doubt --------------------------------------------------------------------------------------------------------

DOUBT = [AfterWrite(502), AfterWrite(500), Reset()]
FAILED = [Status(502), Status(503)]


def named(fault: Fault) -> str:
    return f"{type(fault).__name__}-{getattr(fault, 'code', '')}"


@pytest.mark.parametrize("fault", DOUBT, ids=named)
def test_a_pull_request_that_was_opened_although_github_failed_is_adopted(
    server: GithubServer, new_forge: NewForge, fault: Fault
) -> None:
    server.fail("POST", "/pulls$", fault)
    forge = new_forge()
    forge.pulls()
    assert forge.open(new_proposal(ID)).where.endswith("/pull/1")
    assert len(server.pulls()) == 1
    assert sum((call.method, call.path) == ("POST", "/repos/octo/survey/pulls") for call in server.calls) == 1


@pytest.mark.parametrize("fault", FAILED, ids=named)
def test_a_pull_request_that_was_not_opened_is_told_and_opened_by_the_next_run(
    server: GithubServer, new_forge: NewForge, fault: Fault
) -> None:
    server.fail("POST", "/pulls$", fault)
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert "nothing is lost, the next run tries again; see https://www.githubstatus.com" in told
    assert new_forge().open(new_proposal(ID)).where.endswith("/pull/1")
    assert len(server.pulls()) == 1


def test_when_nobody_can_say_whether_it_was_opened_the_next_run_finds_it(
    server: GithubServer, new_forge: NewForge
) -> None:
    forge = new_forge()
    forge.pulls()
    server.fail("POST", "/pulls$", AfterWrite(502))
    server.fail("GET", "/pulls$", Status(502), times=4)
    assert "GitHub failed with 502" in refused(lambda: forge.open(new_proposal(ID)))
    assert new_forge().open(new_proposal(ID)).where.endswith("/pull/1")
    assert len(server.pulls()) == 1


@pytest.mark.parametrize("fault", DOUBT, ids=named)
def test_a_comment_that_was_written_although_github_failed_is_not_written_twice(
    server: GithubServer, new_forge: NewForge, fault: Fault
) -> None:
    new_forge().open(new_proposal(ID))
    server.fail("POST", "/comments$", fault)
    new_forge().close(ID, "Bye.")
    assert len(server.comments_on(1)) == 1
    assert server.issue(1).state == "closed"


def test_a_close_that_failed_in_the_middle_is_finished_by_the_next_one(
    server: GithubServer, new_forge: NewForge
) -> None:
    new_forge().open(new_proposal(ID))
    server.fail("PATCH", "/pulls/1$", Status(502), times=4)
    refused(lambda: new_forge().close(ID, "Later.", later=True))
    assert server.issue(1).state == "open"
    new_forge().close(ID, "Later.", later=True)
    assert len(server.comments_on(1)) == 1
    assert new_forge().pulls()[ID].state is PullState.POSTPONED


@pytest.mark.parametrize("fault", [*DOUBT, *FAILED], ids=named)
def test_labels_that_fail_cost_no_pull_request(server: GithubServer, new_forge: NewForge, fault: Fault) -> None:
    server.fail("POST", "/labels$", fault)
    assert new_forge().open(new_proposal(ID)).state is PullState.OPEN
    assert len(server.pulls()) == 1


@pytest.mark.parametrize(("fault", "times"), [(Status(500), 1), (Reset(), 2)], ids=["failed", "hung up twice"])
def test_a_push_that_failed_is_told_and_done_by_the_next_run(
    server: GithubServer, new_forge: NewForge, fault: Fault, times: int
) -> None:
    server.fail("POST", "git-receive-pack$", fault, times)
    assert "the server cannot be reached or broke off; nothing is lost" in refused(
        lambda: new_forge().open(new_proposal(ID))
    )
    assert new_forge().open(new_proposal(ID)).state is PullState.OPEN
    assert server.file(BRANCH, PATH) == content(("steam",))


@pytest.mark.parametrize("fault", [Status(502), Status(503), Reset(), NotFound()], ids=named)
def test_a_question_is_asked_again_after_a_failure_but_not_after_an_answer(
    server: GithubServer, new_forge: NewForge, fault: Fault
) -> None:
    server.fail("GET", "/pulls$", fault)
    if isinstance(fault, NotFound):
        refused(new_forge().pulls)
    else:
        assert new_forge().pulls() == {}
    assert len(server.calls) == (1 if isinstance(fault, NotFound) else 2)


def test_a_github_that_keeps_failing_is_told(server: GithubServer, new_forge: NewForge) -> None:
    server.fail("GET", "/pulls$", Status(503), times=9)
    assert "the pull requests cannot be read: GitHub failed with 503; nothing is lost" in refused(new_forge().pulls)
    assert len(server.calls) == 4


# --- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (SecondaryLimit(7), 7),
        (TooMany(7), 7),
        (PrimaryLimit(30), 30),
    ],
    ids=named,
)
def test_a_limit_is_waited_for_and_then_done_once(
    server: GithubServer,
    new_forge: NewForge,
    waits: list[float],
    method: str,
    fault: Fault,
    expected: float,
) -> None:
    server.fail(method, "/pulls$", fault)
    forge = new_forge()
    forge.pulls()
    forge.open(new_proposal(ID))
    assert len(waits) == 1
    assert abs(waits[0] - expected) < 2
    assert len(server.pulls()) == 1


def test_a_limit_that_does_not_say_how_long_is_waited_for_a_minute(server: GithubServer, waits: list[float]) -> None:
    server.fail("GET", "/pulls$", SecondaryLimit(None))
    server.fail("GET", "/pulls$", TooMany())
    GitHubForge(place_of(server), Options(kind="github")).pulls()
    assert waits == [60, 60]


@pytest.mark.parametrize("fault", [PrimaryLimit(3000), SecondaryLimit(600), TooMany(91)], ids=named)
def test_a_limit_that_lasts_is_left_to_the_next_run(
    server: GithubServer, new_forge: NewForge, waits: list[float], fault: Fault
) -> None:
    server.fail("POST", "/pulls$", fault)
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert "GitHub's limit of requests is used up" in told
    assert (" until " in told) == isinstance(fault, PrimaryLimit)
    assert "nothing is lost, the next run goes on" in told
    assert waits == []
    assert new_forge().open(new_proposal(ID)).state is PullState.OPEN
    assert len(server.pulls()) == 1


def test_a_limit_that_comes_back_every_time_ends(server: GithubServer, new_forge: NewForge, waits: list[float]) -> None:
    server.fail("GET", "/pulls$", SecondaryLimit(1), times=9)
    assert "limit of requests is used up" in refused(new_forge().pulls)
    assert waits == [1, 1, 1]


# --- nobody there ----------------------------------------------------------------------------------------------------


def test_a_network_that_is_down(new_forge: NewForge) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
    told = refused(new_forge(api=address).pulls)
    assert told == (
        "GitHub, octo/survey: the pull requests cannot be read: GitHub cannot be reached (ConnectionError); "
        "nothing is lost, the next run tries again"
    )
    told = refused(lambda: new_forge(server=address).open(new_proposal(ID)))
    assert "main cannot be read: the server cannot be reached or broke off; nothing is lost" in told


def test_a_github_that_does_not_answer(
    server: GithubServer, new_forge: NewForge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.github.api._SECONDS", 1)
    server.fail("POST", "/pulls$", Slow(2))
    server.fail("GET", "/pulls$", Slow(2), times=9)
    told = refused(lambda: new_forge().open(new_proposal(ID)))
    assert "GitHub cannot be reached (" in told


class Portal(BaseHTTPRequestHandler):
    """Wants everybody to log in."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<html>Please log in</html>")

    def log_message(self, *_: object) -> None:
        pass


def test_a_page_that_is_no_answer_of_github(new_forge: NewForge) -> None:
    portal = LocalServer(("127.0.0.1", 0), Portal)
    with serving(portal):
        forge = new_forge(api=portal.here)
        for question in (forge.pulls, forge.requests, lambda: forge.show(lambda _: "")):
            assert "cannot be read: GitHub's answer cannot be read; nothing is lost" in refused(question)


# --- a failure at every single request -------------------------------------------------------------------------------


def failing_at(server: GithubServer, place: int, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """REST and git requests are counted from here on, and the one at this place meets the fault; the counter."""
    numbers = itertools.count()
    monkeypatch.setattr(server, "fault_for", lambda method, path: fault if next(numbers) == place else Fault())
    return numbers


def proposed(new_forge: NewForge, labels: str) -> None:
    forge = new_forge()
    forge.pulls()
    forge.open(new_proposal(ID, labels))


def new(server: GithubServer, new_forge: NewForge) -> None:
    proposed(new_forge, "kneading")


def outdated(server: GithubServer, new_forge: NewForge) -> None:
    if not server.pulls():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "fault_for", lambda method, path: Fault())
            proposed(new_forge, "steam")
    proposed(new_forge, "kneading")


def postponed(server: GithubServer, new_forge: NewForge) -> None:
    if not server.pulls():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(server, "fault_for", lambda method, path: Fault())
            proposed(new_forge, "steam")
            server.close(1, label="later")
    proposed(new_forge, "kneading")


@pytest.mark.parametrize(
    ("story", "fault"),
    [(new, Reset()), (outdated, Status(502)), (postponed, AfterWrite(502))],
    ids=lambda one: getattr(one, "__name__", type(one).__name__),
)
def test_whichever_request_fails_the_next_run_ends_with_one_pull_request_that_is_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, story: Callable[..., None], fault: Fault
) -> None:
    failures = 0
    for place in itertools.count():
        with GithubServer(tmp_path / f"github{place}") as server, monkeypatch.context() as patch:
            server.seed({"README.md": "# Bread\n"})

            def new_forge(server: GithubServer = server) -> GitHubForge:
                return GitHubForge(place_of(server), Options(kind="github"), pace=0)

            numbers = failing_at(server, place, fault, patch)
            try:
                story(server, new_forge)
            except ForgeError:
                failures += 1
            reached = next(numbers) > place
            story(server, new_forge)
            (pull,) = server.pulls("open")
            assert (pull.body or "").count('"labels":["kneading"]') == 1
            assert server.file(BRANCH, PATH) == content(("kneading",))
            assert len(server.extent(pull)[0]) == 1
            assert len(server.pulls()) == (2 if story is postponed else 1)
            assert server.violations == []
        if not reached:
            break
    assert place > 5
    assert failures > 0
