"""What `doctor --github` asks a GitHub of the tests, and what it says of each answer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.github.place import Place
from bot.adapters.github.settings import GitHubSettings
from bot.findings import Finding
from bot.settings import Forge
from tests.github import Actor, GithubServer, PrimaryLimit, Status, Workflow, rest_repository
from tests.github.model import Fault, Reply
from tests.repositories import place_of

WATCH, CI = ".github/workflows/survey-bot-watch.yml", ".github/workflows/ci.yml"
STATE = "survey-bot-state"
ADMIN = "ghp_admin"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GithubServer]:
    with GithubServer(tmp_path) as server:
        server.seed({"README.md": "# Bread\n"})
        server.tokens[ADMIN] = Actor("octo", "admin", "User")
        server.workflows = [Workflow(1, WATCH), Workflow(2, ".github/workflows/survey-bot-learn.yml")]
        yield server
        assert server.violations == []


def door(server: GithubServer, token: str = ADMIN, **options: Any) -> GitHubSettings:
    return GitHubSettings(place_of(server, token), Forge(kind="github", **options), STATE, pace=0.0)


def later(server: GithubServer, days: float = 0) -> datetime:
    """So many days after the last commit."""
    return server.now() + timedelta(days=days)


def findings(server: GithubServer, token: str = ADMIN, days: float = 0, **options: Any) -> list[Finding]:
    return door(server, token, **options).examine(later(server, days))


def of(part: str, found: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.state, finding.words) for finding in found if finding.part == part]


def test_a_repository_that_is_as_it_should_be_has_nothing_to_mend(server: GithubServer) -> None:
    found = findings(server)
    assert [finding for finding in found if finding.state != "works"] == []
    assert {finding.part for finding in found} == {
        "repository",
        "issues",
        "token",
        "base",
        "rights",
        "pull requests",
        "workflow permissions",
        "rules",
        "workflows",
        "schedule",
        "labels",
        "state",
        "limit",
    }


def test_nothing_is_written_and_few_things_are_asked(server: GithubServer) -> None:
    findings(server)
    assert {call.method for call in server.calls} == {"GET"}
    assert len(server.calls) <= 11


def test_no_traceback_holds_the_token(server: GithubServer) -> None:
    assert f"{place_of(server, ADMIN)!r}" == f"Place({server.url}/octo/survey)"


def test_no_finding_holds_the_token(server: GithubServer) -> None:
    for token in (ADMIN, server.token, "ghp_wrong"):
        assert all(token not in finding.words for finding in findings(server, token))


def test_a_token_that_is_not_accepted_is_one_finding(server: GithubServer) -> None:
    (only,) = findings(server, "ghp_wrong")
    assert only.state == "fails"
    assert "the token is not accepted; renew the token" in only.words


def test_a_repository_that_a_token_may_not_see_is_one_finding(server: GithubServer) -> None:
    server.tokens["ghp_blind"] = Actor("stranger", "none", "User")
    (only,) = findings(server, "ghp_blind")
    assert (only.part, only.state) == ("repository", "fails")
    assert "check [forge] repository" in only.words


def test_a_github_that_cannot_be_reached_is_one_finding() -> None:
    api = GitHubSettings(Place("o/r", "t", "http://127.0.0.1:9", "http://127.0.0.1:9"), Forge(), STATE, pace=0.0)
    (only,) = api.examine(datetime.now(UTC))
    assert (only.part, only.state) == ("repository", "fails")
    assert "GitHub cannot be reached" in only.words


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        ("ghp_1", "a person's classic token"),
        ("github_pat_1", "a person's fine-grained token"),
        ("ghs_1", "the token of a workflow or of a GitHub App"),
        ("v1.1", "a token of a kind that is not known here"),
    ],
)
def test_the_kind_of_a_token_is_told(server: GithubServer, token: str, kind: str) -> None:
    server.tokens[token] = Actor("octo", "admin", "User")
    assert of("token", findings(server, token)) == [("works", f"accepted: {kind}")]


class Expires(Fault):
    """GitHub tells until when the token is good."""

    def after(self, reply: Reply) -> Reply:
        return reply._replace(headers={**reply.headers, "github-authentication-token-expiration": self.until})

    def __init__(self, until: datetime) -> None:
        self.until = f"{until:%Y-%m-%d %H:%M:%S} UTC"


@pytest.mark.parametrize(("days", "state"), [(90, "works"), (5, "warning")])
def test_a_token_that_ends_soon_is_told(server: GithubServer, days: int, state: str) -> None:
    until = later(server, days)
    server.fail("GET", "/repos/octo/survey$", Expires(until))
    ((found, words),) = of("token", findings(server))
    assert (found, f"until {until:%Y-%m-%d}" in words) == (state, True)


@pytest.mark.parametrize(
    ("knob", "state", "words"),
    [
        ("archived", "fails", "it is archived: Settings › General › Danger Zone › Unarchive"),
        ("fork", "warning", "it is a fork: workflows run only after they were enabled in its Actions tab"),
        ("private", "works", "octo/survey, private"),
    ],
)
def test_the_state_of_the_repository_is_told(server: GithubServer, knob: str, state: str, words: str) -> None:
    setattr(server, knob, True)
    (found,) = of("repository", findings(server))
    assert found[0] == state
    assert found[1].startswith(words)


def test_a_repository_that_was_renamed_is_told_its_name(server: GithubServer) -> None:
    server.renamed_to = "octo/bread"
    assert of("repository", findings(server)) == [
        ("warning", "octo/survey is called octo/bread now: write that into [forge] repository")
    ]


def test_issues_that_are_switched_off_name_the_menu(server: GithubServer) -> None:
    server.has_issues = False
    assert of("issues", findings(server)) == [
        ("warning", "switched off, so there is no dashboard: tick Issues under Settings › General › Features")
    ]


def test_a_base_that_is_not_the_default_branch_is_told_and_one_that_is_not_there_fails(server: GithubServer) -> None:
    server.push("trunk", {"x": "y"})
    assert of("base", findings(server, base="trunk"))[0][0] == "warning"
    assert of("base", findings(server, base="none")) == [("fails", "there is no branch none: set [forge] base to main")]


def test_a_person_s_token_that_may_not_write_is_told(server: GithubServer) -> None:
    server.tokens["ghp_reader"] = Actor("reader", "read", "User")
    assert of("rights", findings(server, "ghp_reader"))[0][0] == "fails"


def test_rights_that_cannot_be_seen_are_not_guessed(server: GithubServer) -> None:
    server.tokens["ghs_reader"] = Actor("github-actions[bot]", "read")
    state, words = of("rights", findings(server, "ghs_reader"))[0]
    assert (state, "cannot be seen with this kind of token" in words) == ("warning", True)


def test_pull_requests_that_workflows_may_not_open_name_the_menu(server: GithubServer) -> None:
    server.actions_can_create_pulls = False
    ((state, words),) = of("pull requests", findings(server))
    assert state == "fails"
    assert (
        "tick “Allow GitHub Actions to create and approve pull requests” under Settings › Actions › General › "
        "Workflow permissions"
    ) in words


def test_a_setting_that_only_administrators_see_is_told_so_with_its_menu(server: GithubServer) -> None:
    ((state, words),) = of("pull requests", findings(server, server.token))
    assert (state, "cannot be seen with this token: look at “Allow" in words) == ("warning", True)


@pytest.mark.parametrize(
    ("rule", "pattern", "words"),
    [
        ("required_signatures", "survey-bot/*", "on survey-bot/*: required_signatures refuse the bot's branches"),
        ("creation", "survey-bot/*", "on survey-bot/*: creation refuse the bot's branches"),
        ("non_fast_forward", "survey-bot/*", "non_fast_forward keeps outdated pull requests as they are"),
        ("creation", STATE, "on survey-bot-state: creation refuse the bot's memory"),
        ("update", "main", "on main: update refuse the tables that the bot renders"),
    ],
)
def test_rules_in_the_bot_s_way_are_told_with_their_menu(
    server: GithubServer, monkeypatch: pytest.MonkeyPatch, rule: str, pattern: str, words: str
) -> None:
    told = {"type": rule, "ruleset_source_type": "Repository", "ruleset_id": 1}
    told |= {"parameters": {"update_allows_fetch_and_merge": False}} if rule == "update" else {}
    monkeypatch.setattr(rest_repository, "_PULLS_ONLY", told)
    server.protected = {pattern}
    found = of("rules", findings(server))
    grave = "refuse the bot" in words
    assert any(
        state == ("fails" if grave else "warning") and words in one and "Settings › Rules › Rulesets" in one
        for state, one in found
    )


def test_a_rule_that_hinders_nothing_is_not_told(server: GithubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"type": "deletion", "ruleset_source_type": "Repository", "ruleset_id": 1}
    monkeypatch.setattr(rest_repository, "_PULLS_ONLY", told)
    server.protected = {"survey-bot/*"}
    assert of("rules", findings(server)) == [("works", "none keeps the bot from main")]


@pytest.mark.parametrize(
    ("state", "kind", "why"),
    [
        ("disabled_inactivity", "fails", "nothing was committed for 60 days"),
        ("disabled_fork", "fails", "this is a fork"),
        ("disabled_manually", "warning", "somebody disabled it"),
    ],
)
def test_a_workflow_that_is_off_is_told_why_and_how_to_switch_it_on(
    server: GithubServer, state: str, kind: str, why: str
) -> None:
    server.disable_workflows([WATCH], state)
    words = f"{WATCH} is switched off ({why}): press Enable workflow on its page in the Actions tab"
    assert of("workflows", findings(server)) == [(kind, words)]


def test_a_repository_without_the_bot_s_workflows_is_told(server: GithubServer) -> None:
    server.workflows = [Workflow(1, CI)]
    assert of("workflows", findings(server))[0][0] == "warning"


def test_workflows_of_others_that_will_wait_for_approval_are_told(server: GithubServer) -> None:
    server.workflows.append(Workflow(3, CI))
    ((state, words),) = of("other workflows", findings(server))
    assert (state, words.startswith("1 besides the bot's wait")) == ("warning", True)
    assert "GitHub App" in words


def test_a_schedule_that_is_about_to_end_is_told(server: GithubServer) -> None:
    assert of("schedule", findings(server, days=40))[0][0] == "works"
    ((state, words),) = of("schedule", findings(server, days=50))
    assert (state, words.split()[0]) == ("warning", "10")
    server.private = True
    assert of("schedule", findings(server, days=50)) == [("works", "it does not end in a private repository")]


def test_labels_and_the_state_branch_that_are_not_there_yet_are_no_fault(server: GithubServer) -> None:
    assert of("labels", findings(server)) == [("works", "made with the first pull request: survey-bot, later")]
    assert of("state", findings(server)) == [("works", "survey-bot-state, made by the first run")]
    server.label_named("Survey-Bot")
    server.push(STATE, {"ledger.jsonl": ""})
    assert of("labels", findings(server)) == [("works", "made with the first pull request: later")]
    assert of("state", findings(server)) == [("works", STATE)]


def test_one_question_that_fails_leaves_the_others(server: GithubServer) -> None:
    server.fail("GET", "/labels$", Status(500), times=9)
    found = findings(server)
    assert of("labels", found)[0][0] == "fails"
    assert of("state", found)[0][0] == "works"


def test_an_hour_s_requests_that_are_used_up_are_told(server: GithubServer) -> None:
    server.fail("GET", "/labels$", PrimaryLimit(3000))
    ((state, words),) = of("labels", findings(server))
    assert (state, "limit of requests is used up until" in words) == ("fails", True)


# --- the schedule, as the dashboard tells it and as the bot keeps it -------------------------------------------------


def test_a_schedule_that_runs_is_no_problem(server: GithubServer) -> None:
    assert door(server).activity.problems(later(server, 40)) == []
    assert not any(call.method == "PUT" for call in server.calls)


def test_a_schedule_that_github_switched_off_is_switched_on(server: GithubServer) -> None:
    server.disable_workflows([WATCH])
    assert door(server, server.token).activity.problems(later(server)) == []
    assert server.workflows[0].state == "active"


def test_a_schedule_is_kept_on_before_it_ends(server: GithubServer) -> None:
    assert door(server, server.token).activity.problems(later(server, 46)) == []
    assert [call.path for call in server.calls if call.method == "PUT"] == [
        "/repos/octo/survey/actions/workflows/1/enable"
    ]


def test_a_schedule_that_a_person_switched_off_stays_so_and_is_told(server: GithubServer) -> None:
    server.disable_workflows([WATCH], "disabled_manually")
    (told,) = door(server, server.token).activity.problems(later(server, 46))
    assert told.startswith("The watch is switched off on GitHub (somebody disabled it)")
    assert server.workflows[0].state == "disabled_manually"


def test_a_token_that_may_not_keep_the_schedule_says_when_it_ends(server: GithubServer) -> None:
    server.tokens["ghs_poor"] = Actor("github-actions[bot]", writes=frozenset({"contents"}))
    (told,) = door(server, "ghs_poor").activity.problems(later(server, 50))
    assert "switches the watch off in 10 days" in told
    assert "actions: write" in told


def test_problems_of_asking_are_told_and_never_raised(server: GithubServer) -> None:
    (told,) = door(server, "ghp_wrong").activity.problems(later(server))
    assert "the token is not accepted" in told
