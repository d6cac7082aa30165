"""The dashboard issue and comments on GitHub: one issue, written in place, and only those are heard who may write."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot import dashboard
from bot.adapters.github.forge import GitHubForge
from bot.block import write_block
from bot.fates import Request, Wish
from bot.settings import Forge as Options
from tests.github import Actor, AfterWrite, GithubServer, Issue, Refusal, Status
from tests.github.model import Fault, Reply
from tests.repositories import new_proposal, place_of

ID, OTHER = "2611.90001", "2611.90002"
TICKED = "a ticked box"

NewForge = Callable[[], GitHubForge]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path / "github") as server:
        server.seed({"README.md": "# Bread\n"})
        yield server
        assert server.violations == []


@pytest.fixture
def new_forge(server: GithubServer) -> NewForge:
    return lambda: GitHubForge(place_of(server), Options(kind="github"), pace=0)


@dataclass(frozen=True)
class Gone(Fault):
    """An issue that is not where it was."""

    code: int
    api: str

    def before(self, now: datetime, actor: Actor | None) -> Reply:
        url = f"{self.api}/repositories/99/issues/7"
        return Refusal(self.code, "Gone", headers={"Location": url}).reply


def kept(previous: str, head: str = "All is well.") -> str:
    """As a run writes it: boxes that are ticked stay so."""
    return page(dashboard.ticked(previous), head)


def page(ticked: Collection[str] = (), head: str = "All is well.") -> str:
    boxes = [f"- [{'x' if paper in ticked else ' '}] <!-- ask:{paper} --> Loaf" for paper in (ID, OTHER)]
    return "\n".join([head, "", *boxes, "", write_block({"v": 1}, "dashboard")]) + "\n"


def dashboards(server: GithubServer) -> list[Issue]:
    return [issue for issue in server.issues.values() if not issue.pull]


def asked(forge: GitHubForge, since: datetime | None = None) -> list[tuple[str, Wish, str]]:
    forge.pulls(since)
    return [(request.id, request.wish, request.by) for request in forge.requests(since)]


@pytest.fixture
def board(server: GithubServer, new_forge: NewForge) -> int:
    """The number of a dashboard that is there."""
    new_forge().show(kept)
    return 1


# --- the issue -------------------------------------------------------------------------------------------------------


def test_the_dashboard_is_one_issue_with_its_label_written_in_place(server: GithubServer, new_forge: NewForge) -> None:
    for head in ("one", "two", "three"):
        forge = new_forge()
        assert forge.requests() == []
        assert forge.show(partial(kept, head=head)).endswith("/issues/1")
    (issue,) = dashboards(server)
    assert (issue.title, issue.body) == (dashboard.TITLE, page(head="three"))
    assert [label.name for label in issue.labels] == [dashboard.LABEL]
    assert server.comments_on(1) == []


def test_a_dashboard_that_says_the_same_is_not_written(server: GithubServer, new_forge: NewForge, board: int) -> None:
    server.edit_pull(board, body=page().replace("\n", "\r\n"))
    server.calls.clear()
    forge = new_forge()
    forge.requests()
    forge.show(kept)
    assert [call.method for call in server.calls] == ["GET"] * 2


def test_a_closed_dashboard_is_written_and_stays_closed(server: GithubServer, new_forge: NewForge, board: int) -> None:
    server.close(board)
    new_forge().show(lambda previous: kept(previous, "new"))
    (issue,) = dashboards(server)
    assert (issue.state, issue.body) == ("closed", page(head="new"))


def test_a_dashboard_whose_label_was_taken_off_is_found_and_gets_it_again(
    server: GithubServer, new_forge: NewForge, board: int
) -> None:
    server.unlabel(board, dashboard.LABEL)
    server.tick(board, ID)
    forge = new_forge()
    assert forge.requests() == []
    forge.show(lambda previous: kept(previous, "new"))
    assert [issue.body for issue in dashboards(server)] == [page([ID], "new")]
    assert [label.name for label in server.issue(board).labels] == [dashboard.LABEL]


def test_of_two_dashboards_the_first_is_used(server: GithubServer, new_forge: NewForge, board: int) -> None:
    server.label(server.open_issue("Another", page()), dashboard.LABEL)
    assert new_forge().show(lambda previous: kept(previous, "new")).endswith("/issues/1")


@pytest.mark.parametrize("labels", [(), (dashboard.LABEL,)], ids=["plain", "labelled by someone"])
def test_an_issue_of_a_stranger_that_looks_like_a_dashboard_is_none(
    server: GithubServer, new_forge: NewForge, labels: tuple[str, ...]
) -> None:
    server.label(server.open_issue("Fake", page([ID]), by="reader"), *labels)
    assert asked(new_forge()) == []
    assert new_forge().show(kept).endswith("/issues/2")


def test_an_issue_that_only_wears_the_label_is_no_dashboard(server: GithubServer, new_forge: NewForge) -> None:
    server.label(server.open_issue("How do I use the dashboard?"), dashboard.LABEL)
    assert new_forge().show(kept).endswith("/issues/2")


def test_without_issues_there_is_no_dashboard_and_a_note(server: GithubServer, new_forge: NewForge) -> None:
    server.has_issues = False
    forge = new_forge()
    assert forge.requests() == []
    assert forge.show(kept) == ""
    assert forge.notes == ("Issues are switched off, so there is no dashboard (Settings › General › Features)",)


def test_issues_that_were_switched_off_while_the_run_was_at_work_are_a_note_too(
    server: GithubServer, new_forge: NewForge, board: int
) -> None:
    forge = new_forge()
    forge.requests()
    server.has_issues = False
    assert forge.show(kept) == ""
    assert len(forge.notes) == 1


def test_a_dashboard_that_was_made_although_github_failed_is_not_made_twice(
    server: GithubServer, new_forge: NewForge
) -> None:
    server.fail("POST", "/issues$", AfterWrite(502))
    assert new_forge().show(kept).endswith("/issues/1")
    assert len(dashboards(server)) == 1


@pytest.mark.parametrize("code", [301, 404, 410], ids=["moved to another repository", "not seen", "deleted"])
def test_a_dashboard_that_is_gone_is_made_again(
    server: GithubServer, new_forge: NewForge, board: int, code: int
) -> None:
    forge = new_forge()
    forge.requests()
    server.issues[board].body = "moved"
    server.fail("GET", "/issues/1$", Gone(code, server.api))
    assert forge.show(kept).endswith("/issues/2")
    assert new_forge().show(kept).endswith("/issues/2")


# --- boxes -----------------------------------------------------------------------------------------------------------


def test_a_ticked_box_asks_for_the_paper(server: GithubServer, new_forge: NewForge, board: int) -> None:
    server.tick(board, OTHER)
    assert asked(new_forge()) == [(OTHER, Wish.PROPOSE, TICKED)]


def test_a_box_that_is_ticked_while_the_run_is_at_work_stays_ticked(
    server: GithubServer, new_forge: NewForge, board: int
) -> None:
    server.tick(board, OTHER)
    forge = new_forge()
    assert asked(forge) == [(OTHER, Wish.PROPOSE, TICKED)]
    server.tick(board, ID)
    forge.show(lambda previous: kept(previous, "new"))
    assert server.issue(board).body == page([ID, OTHER], "new")
    assert asked(new_forge()) == [(ID, Wish.PROPOSE, TICKED), (OTHER, Wish.PROPOSE, TICKED)]


def test_a_run_that_did_not_ask_forgets_no_tick(server: GithubServer, new_forge: NewForge, board: int) -> None:
    server.tick(board, ID)
    new_forge().show(lambda previous: kept(previous, "new"))
    assert server.issue(board).body == page([ID], "new")


# --- comments --------------------------------------------------------------------------------------------------------


@pytest.fixture
def since(server: GithubServer, board: int) -> datetime:
    """The last run; what the tests do comes an hour later."""
    moment = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    server.clock = lambda: moment + timedelta(hours=1)
    return moment


def test_commands_on_the_dashboard_are_heard_in_their_order(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.comment(board, f"Thanks!\n\n/survey-bot propose {ID}\n/survey-bot reject arXiv:{OTHER}v2", by="octo")
    server.comment(board, f"/survey-bot later {ID}")
    assert asked(new_forge(), since) == [
        (ID, Wish.PROPOSE, "@octo"),
        (OTHER, Wish.REJECT, "@octo"),
        (ID, Wish.LATER, "@maintainer"),
    ]


def test_on_a_pull_request_of_the_bot_the_id_may_be_left_out(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    new_forge().open(new_proposal(ID))
    server.comment(2, f"/survey-bot later\n/survey-bot propose {OTHER}")
    expected = [(ID, Wish.LATER, "@maintainer"), (OTHER, Wish.PROPOSE, "@maintainer")]
    assert asked(new_forge(), since) == expected
    forge = new_forge()  # one that has not read the pull requests
    assert [(one.id, one.wish, one.by) for one in forge.requests(since)] == expected


def test_commands_elsewhere_are_not_heard(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.push("feature", {"x.txt": ""})
    issue, pull = server.open_issue("Question"), server.open_pull("feature", "A person's")
    for number in (issue, pull):
        server.comment(number, f"/survey-bot propose {ID}\n/survey-bot reject")
    server.comment(board, "/survey-bot reject")
    assert asked(new_forge(), since) == []
    assert new_forge().requests(since) == []


@pytest.mark.parametrize("by", ["reader", "stranger", "some-app[bot]"])
def test_who_may_not_write_is_not_heard_and_gets_no_answer(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime, by: str
) -> None:
    server.comment(board, f"/survey-bot reject {ID}", by=by)
    forge = new_forge()
    assert asked(forge, since) == []
    forge.show(kept)
    assert [comment.reactions for comment in server.comments_on(board)] == [[]]


def test_nobody_is_asked_about_whose_comment_commands_nothing_and_everybody_once(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    for _ in range(3):
        server.comment(board, "Nice!", by="stranger")
        server.comment(board, f"/survey-bot reject {ID}", by="octo")
    server.calls.clear()
    asked(new_forge(), since)
    assert [call.path for call in server.calls if "collaborators" in call.path] == [
        "/repos/octo/survey/collaborators/octo/permission"
    ]


def test_a_crowd_of_strangers_does_not_keep_a_maintainer_from_being_heard(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    for number in range(25):
        server.comment(board, f"/survey-bot reject {ID}", by=f"stranger{number}")
    server.comment(board, f"/survey-bot propose {ID}")
    server.calls.clear()
    forge = new_forge()
    assert asked(forge, since) == [(ID, Wish.PROPOSE, "@maintainer")]
    assert sum("collaborators" in call.path for call in server.calls) == 20
    assert forge.notes == ("more than 20 people gave commands; the others were not heard",)


def test_an_obeyed_command_gets_one_thumb_up_when_the_dashboard_is_written(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.comment(board, f"/survey-bot reject {ID}")
    for _ in range(2):
        forge = new_forge()
        assert len(asked(forge, since)) == 1
        assert len(server.comments_on(board)[0].reactions) < 2
        forge.show(kept)
    assert [(login, what) for _, login, what in server.comments_on(board)[0].reactions] == [
        ("github-actions[bot]", "+1")
    ]


def test_a_thumb_that_cannot_be_given_is_a_note(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.comment(board, f"/survey-bot reject {ID}")
    forge = new_forge()
    asked(forge, since)
    server.fail("POST", "/reactions$", Status(500))
    assert forge.show(kept).endswith("/issues/1")
    assert len(forge.notes) == 1


def test_an_old_comment_is_no_news_even_when_it_is_edited(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.clock = lambda: since - timedelta(hours=3)
    number = server.comment(board, f"/survey-bot reject {ID}")
    server.comments[number].updated_at = since + timedelta(hours=1)
    assert asked(new_forge(), since) == []


def test_a_comment_of_the_moment_the_last_run_began_is_heard_unless_it_was_answered(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.clock = lambda: since - timedelta(seconds=30)
    server.comment(board, f"/survey-bot reject {ID}")
    forge = new_forge()
    assert len(asked(forge, since)) == 1
    forge.show(kept)
    assert asked(new_forge(), since) == []


def test_without_a_time_all_comments_of_the_dashboard_are_heard_for_what_was_done_may_be_forgotten(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    new_forge().open(new_proposal(ID))
    server.comment(2, "/survey-bot later")
    server.comment(board, f"/survey-bot reject {ID}")
    forge = new_forge()
    assert asked(forge) == [(ID, Wish.REJECT, "@maintainer")]
    forge.show(kept)
    assert asked(new_forge()) == [(ID, Wish.REJECT, "@maintainer")]


def test_a_job_that_may_only_read_reads_the_wishes(
    server: GithubServer, new_forge: NewForge, board: int, since: datetime
) -> None:
    server.tick(board, OTHER)
    server.comment(board, f"/survey-bot reject {ID}")
    server.tokens[server.token] = Actor("github-actions[bot]", permission="read")
    server.calls.clear()
    assert new_forge().requests(since) == [
        Request(id=OTHER, wish=Wish.PROPOSE, by=TICKED),
        Request(id=ID, wish=Wish.REJECT, by="@maintainer"),
    ]
    assert {call.method for call in server.calls} == {"GET"}


def test_nothing_new_costs_five_calls(server: GithubServer, new_forge: NewForge, board: int, since: datetime) -> None:
    server.calls.clear()
    forge = new_forge()
    asked(forge, since)
    forge.show(lambda previous: kept(previous, "an hour later"))
    assert [f"{call.method} {call.path.removeprefix('/repos/octo/survey')}" for call in server.calls] == [
        "GET /pulls",
        "GET /issues",
        "GET /issues/comments",
        "GET /issues/1",
        "PATCH /issues/1",
    ]
