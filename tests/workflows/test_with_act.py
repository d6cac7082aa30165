"""The workflows, run: real steps, the real command, a real git server; act plays the runner."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.arxiv_server import CANARY
from tests.workflows.acting import ACTION, ROOT, Acted
from tests.workflows.scene import LISTED, READS, Scene, surveyed


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with surveyed(tmp_path) as scene:
        yield scene


class Watched(NamedTuple):
    """A scene where the watch ran once, and what was asked of arXiv until then."""

    scene: Scene
    acted: Acted
    asked: list[dict[str, str]]


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with surveyed(tmp_path_factory.mktemp("watched")) as scene:
        yield Watched(scene, scene.watch(key="sk-secret"), list(scene.arxiv.asked))


@pytest.fixture(scope="module")
def judged_again(watched: Watched) -> Acted:
    """The judging job of the next run, with a token that may only read."""
    watched.scene.github.calls.clear()
    return watched.scene.watch("--job", "judge", token=READS)


# --- watch -----------------------------------------------------------------------------------------------------------


def test_the_watch_judges_in_one_job_and_opens_pull_requests_in_the_other(watched: Watched) -> None:
    assert watched.acted.jobs == {"judge": True, "publish": True}, watched.acted.log
    assert [command.split(" --out")[0].split(" /")[0] for command in watched.acted.commands] == [
        "judge: judge",
        "publish: publish",
    ]
    assert [pull.title for pull in watched.scene.github.pulls()] == ["Add SteamBox: Ovens › Steam"]


def test_only_the_judging_job_is_given_the_key_of_a_model(watched: Watched) -> None:
    assert [command.endswith("| key") for command in watched.acted.commands] == [True, False]
    assert "sk-secret" not in watched.acted.log


def test_the_judging_job_needs_no_right_to_write(watched: Watched, judged_again: Acted) -> None:
    assert judged_again.jobs == {"judge": True}, judged_again.log
    assert {call.method for call in watched.scene.github.calls} == {"GET"}


def test_what_one_run_read_of_arxiv_the_next_one_does_not_ask_again(watched: Watched, judged_again: Acted) -> None:
    first = {asked["id_list"] for asked in watched.asked if asked.get("id_list")}
    assert first
    later = watched.scene.arxiv.asked[len(watched.asked) :]
    assert later
    assert {asked["id_list"] for asked in later if asked.get("id_list")} <= {CANARY.id}, "an empty day is doubted"


def test_when_judging_fails_the_publishing_job_still_runs_and_the_dashboard_tells(scene: Scene) -> None:
    scene.act.kill("judge")
    acted = scene.watch()
    assert acted.jobs["judge"] is False, acted.log
    assert "publish: publish --failed the judging job left no plan:" in "\n".join(acted.commands)
    page = next(issue for issue in scene.github.issues.values() if not issue.pull)
    assert "the judging job left no plan" in (page.body or "")


def test_the_kill_switch_stops_both_jobs_without_a_failure(scene: Scene) -> None:
    scene.github.push("main", scene.edited("survey-bot.toml", "[survey]", "enabled = false\n\n[survey]"))
    acted = scene.watch()
    assert acted.jobs == {"judge": True, "publish": True}, acted.log
    assert [call for call in scene.github.calls if call.method != "GET"] == []
    assert scene.github.branches() == ["main"]
    assert scene.arxiv.asked == []


def test_the_ten_lines_of_the_documentation_open_a_pull_request(scene: Scene) -> None:
    page = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    lines = page.split("<!-- ten lines -->\n```yaml\n")[1].split("```")[0]
    assert len(lines.splitlines()) == 10
    scene.github.push("main", {".github/workflows/bot.yml": lines.replace("OWNER/survey-bot@SHA", ACTION)})
    acted = scene.act("schedule", "bot.yml", {})
    assert acted.jobs == {"run": True}, acted.log
    assert [pull.title for pull in scene.github.pulls()] == ["Add SteamBox: Ovens › Steam"]


# --- learn -----------------------------------------------------------------------------------------------------------


def test_what_a_person_did_is_learned_at_once_and_by_the_code_of_the_default_branch(watched: Watched) -> None:
    github = watched.scene.github
    number = github.pulls()[0].number
    github.push("survey-bot/2611.90001", {"survey-bot.toml": "hostile"})
    github.close(number)
    acted = watched.scene.learn(number)
    assert acted.jobs == {"learn": True}, acted.log
    ledger = github.file("survey-bot-state", "ledger.jsonl") or ""
    fates = [fate for fate in map(json.loads, ledger.splitlines()) if fate["id"] == "2611.90001"]
    assert fates[-1]["state"] == "rejected"


@pytest.mark.parametrize(
    ("branch", "action", "head"),
    [
        ("mine", "closed", "octo/survey"),
        ("survey-bot/2611.90001", "closed", "stranger/survey"),
        ("survey-bot/2611.90001", "labeled", "octo/survey"),
    ],
    ids=["of a person", "of a fork", "still open"],
)
def test_learning_passes_over_other_pull_requests(scene: Scene, branch: str, action: str, head: str) -> None:
    scene.github.push(branch, {"taxonomy/papers/2611.90001.yaml": "title: T\n"})
    number = scene.github.open_pull(branch, "Mine")
    if action == "closed":
        scene.github.close(number)
    acted = scene.learn(number, action, head)
    assert (acted.jobs, acted.commands) == ({}, [])


@pytest.mark.parametrize(
    ("author", "sender", "body", "runs"),
    [
        ("Bot", "User", "<!-- survey-bot:dashboard {} -->", True),
        ("Bot", "Bot", "<!-- survey-bot:dashboard {} -->", False),
        ("User", "User", "<!-- survey-bot:dashboard {} -->", False),
        ("Bot", "User", "A release is ready", False),
    ],
    ids=["a person's tick", "the bot's own edit", "a stranger's copy", "another bot's issue"],
)
def test_of_all_edited_issues_only_the_dashboard_edited_by_a_person_is_looked_at(
    scene: Scene, author: str, sender: str, body: str, runs: bool
) -> None:
    issue = {"user": {"type": author}, "body": body}
    payload = {"action": "edited", "issue": issue, "sender": {"type": sender}, "repository": {"default_branch": "main"}}
    acted = scene.act("issues", "survey-bot-learn.yml", payload)
    assert (acted.commands == ["learn: learn"]) is runs


# --- data check ------------------------------------------------------------------------------------------------------


def test_the_data_check_shows_the_rows_as_they_will_look_and_writes_nowhere(scene: Scene) -> None:
    scene.github.push("mine", scene.edited(LISTED, "WildStart", "WilderStart"))
    acted = scene.check("mine")
    assert acted.jobs == {"data-check": True}, acted.log
    assert "8 files checked, 0 to mend" in acted.summary
    assert "WilderStart" in acted.summary
    assert scene.github.calls == []


def test_the_data_check_fails_on_bad_data_and_still_shows_the_rows(scene: Scene) -> None:
    scene.github.push("mine", scene.edited(LISTED, "- sourdough", "- rye"))
    acted = scene.check("mine")
    assert acted.jobs == {"data-check": False}
    assert f"{LISTED}, key labels: 'rye'" in acted.summary
    assert acted.commands == ["data-check: check", "data-check: preview HEAD^1"]


def test_no_line_of_a_title_is_an_order_to_the_runner(scene: Scene) -> None:
    scene.github.push("mine", {"taxonomy/papers/x\n::error::owned\n.yaml": "title: T\n"})
    acted = scene.check("mine")
    assert acted.jobs == {"data-check": False}
    assert not any(line.startswith("::error::owned") for line in acted.summary.splitlines())


def test_in_our_own_repository_the_checked_out_action_runs(scene: Scene) -> None:
    own = {
        path: (ROOT / path).read_text(encoding="utf-8") for path in ("action.yml", ".github/workflows/data-check.yml")
    }
    scene.github.push("main", own)
    scene.github.push("mine", scene.edited(LISTED, "WildStart", "WilderStart"))
    acted = scene.check("mine", "data-check.yml")
    assert acted.jobs == {"data-check": True}, acted.log


# --- publish ---------------------------------------------------------------------------------------------------------


def test_after_a_merge_the_tables_are_written_and_pushed_once(scene: Scene) -> None:
    scene.github.push("main", scene.edited(LISTED, "WildStart", "WilderStart"))
    first = scene.publish()
    assert first.jobs == {"render": True, "rebuild": True}, first.log
    tip = scene.github.head("main")
    assert "WilderStart" in (scene.github.file("main", "README.md") or "")
    assert scene.publish("--job", "render").jobs == {"render": True}
    assert scene.github.head("main") == tip


def test_a_main_that_moves_on_meanwhile_is_written_as_it_is_then(scene: Scene) -> None:
    scene.github.push("main", scene.edited(LISTED, "WildStart", "WilderStart"))
    later = scene.edited("taxonomy/papers/2503.00006.yaml", "Wet Stones", "Wetter Stones")
    acted = scene.publish("--job", "render", meanwhile=lambda: scene.github.push("main", later))
    assert acted.jobs == {"render": True}, acted.log
    page = scene.github.file("main", "README.md") or ""
    assert "WilderStart" in page
    assert "Wetter Stones" in page


def test_the_kill_switch_stops_the_tables_too(scene: Scene) -> None:
    scene.github.push("main", scene.edited(LISTED, "WildStart", "WilderStart"))
    scene.github.push("main", scene.edited("survey-bot.toml", "[survey]", "enabled = false\n\n[survey]"))
    tip = scene.github.head("main")
    acted = scene.publish()
    assert acted.jobs == {"render": True, "rebuild": True}, acted.log
    assert (acted.commands, scene.github.head("main"), scene.arxiv.asked) == ([], tip, [])


def test_a_protected_main_is_told_in_one_sentence_with_the_menu_path(scene: Scene) -> None:
    scene.github.push("main", scene.edited(LISTED, "WildStart", "WilderStart"))
    scene.github.protected.add("main")
    acted = scene.publish("--job", "render")
    assert acted.jobs == {"render": False}
    assert "main is protected: let the bot's GitHub App pass (Settings › Rules › Rulesets › Bypass list)" in acted.log


def test_a_token_that_may_not_push_is_told_in_one_sentence(scene: Scene) -> None:
    scene.github.push("main", scene.edited(LISTED, "WildStart", "WilderStart"))
    acted = scene.publish("--job", "render", token=READS)
    assert acted.jobs == {"render": False}
    assert "does the job have the permission contents: write?" in acted.log
    assert READS not in acted.log
