"""What can be read off the workflows and the action: permissions, pins, secrets, triggers; and the action's steps."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.workflows.acting import ACTION, ROOT, TEMPLATES, WORKFLOWS

WATCH, LEARN, CHECK, PUBLISH, UPKEEP = "watch", "learn", "data-check", "publish", "upkeep"
GIVEN_AWAY = (WATCH, LEARN, CHECK, PUBLISH, UPKEEP)
"""``survey-bot init`` puts these into a survey's repository."""

READ = {"contents": "read"}
WRITE = {"contents": "write", "pull-requests": "write", "issues": "write", "actions": "write"}
PERMISSIONS = {
    ("ci", "ci"): READ,
    (WATCH, "judge"): {"contents": "read", "pull-requests": "read", "issues": "read"},
    (WATCH, "publish"): WRITE,
    (LEARN, "learn"): WRITE,
    (CHECK, "data-check"): READ,
    (PUBLISH, "render"): {"contents": "write"},
    (PUBLISH, "rebuild"): READ,
    (UPKEEP, "look"): READ,
    (UPKEEP, "refresh"): {"contents": "write", "pull-requests": "write", "issues": "write"},
}
PIN = re.compile(r"uses: ([\w./-]+)@([0-9a-f]{40}) # v\d+\.\d+\.\d+\n")


def text(name: str) -> str:
    return (WORKFLOWS / f"{name}.yml").read_text(encoding="utf-8")


def loaded(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text(name).replace("\non:", "\n'on':"))  # bare, it is True in YAML 1.1
    return content


def everything() -> dict[str, str]:
    files = [*WORKFLOWS.glob("*.yml"), *TEMPLATES.glob("*.yml"), ROOT / "action.yml"]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


def jobs() -> dict[tuple[str, str], dict[str, Any]]:
    names = [file.stem for file in WORKFLOWS.glob("*.yml")]
    return {(name, job): content for name in names for job, content in loaded(name)["jobs"].items()}


def scripts() -> dict[str, str]:
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    return {step["name"]: step["run"] for step in steps if "run" in step}


@pytest.mark.parametrize("name", GIVEN_AWAY)
def test_a_survey_gets_our_own_workflow_with_the_published_action(name: str) -> None:
    given = (TEMPLATES / f"survey-bot-{name}.yml").read_text(encoding="utf-8")
    assert given == text(name).replace("uses: ./\n", f"uses: {ACTION} # v0.1.0\n")
    assert given != text(name)


def test_every_job_has_just_the_permissions_it_needs() -> None:
    assert {key: job["permissions"] for key, job in jobs().items()} == PERMISSIONS


def test_nothing_is_granted_above_the_jobs() -> None:
    assert {name: loaded(name)["permissions"] for name, _ in jobs()} == {name: {} for name, _ in jobs()}


def test_every_job_ends_in_time() -> None:
    assert [key for key, job in jobs().items() if not 1 <= job["timeout-minutes"] <= 60] == []


def test_every_action_is_pinned_by_its_whole_sha_and_one_action_in_one_way() -> None:
    pins: dict[str, set[str]] = {}
    for name, content in everything().items():
        used = re.findall(r"uses: .*\n", content)
        assert [one for one in used if one != "uses: ./\n" and not PIN.fullmatch(one)] == [], name
        for action, sha in PIN.findall(content):
            pins.setdefault("/".join(action.split("/")[:2]), set()).add(sha)
    assert {action for action, shas in pins.items() if len(shas) > 1} == set()


def test_the_documentation_names_the_pins_that_are_used() -> None:
    page = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    used = set(re.findall(r"(actions/[\w-]+)@(\w+)", "".join(everything().values())))
    told = set(re.findall(r"(actions/[\w-]+)@(\w+)", page))
    assert {pin for pin in told - used if pin[0] != "actions/create-github-app-token"} == set()
    assert all(re.fullmatch("[0-9a-f]{40}", sha) for _, sha in told)


def test_no_checkout_leaves_its_token_behind() -> None:
    steps = [step for job in jobs().values() for step in job["steps"] if "checkout" in step.get("uses", "")]
    assert len(steps) == len(jobs())
    assert all(step["with"]["persist-credentials"] is False for step in steps)


def test_no_job_that_may_write_sees_a_secret() -> None:
    holders = {key for key, job in jobs().items() if "${{ secrets." in str(job)}
    assert holders == {(WATCH, "judge"), (PUBLISH, "rebuild")}
    assert {granted for key in holders for granted in PERMISSIONS[key].values()} == {"read"}
    assert "{{ secrets." not in everything()["action.yml"]


def test_no_expression_stands_in_a_script() -> None:
    steps = [step for job in jobs().values() for step in job["steps"]]
    assert [run for run in [*scripts().values(), *(step.get("run", "") for step in steps)] if "${{" in run] == []


def test_no_trigger_hands_a_stranger_the_rights_of_the_repository() -> None:
    dangerous = {"pull_request_target", "workflow_run", "issue_comment"}
    assert {name: dangerous & set(loaded(name)["on"]) for name, _ in jobs()} == {name: set() for name, _ in jobs()}


def test_a_job_that_may_write_never_checks_out_a_pull_request() -> None:
    writers = {key for key, granted in PERMISSIONS.items() if "write" in granted.values()}
    events = {key: set(loaded(key[0])["on"]) for key in writers}
    assert {key for key, on in events.items() if "pull_request" in on} == {(LEARN, "learn")}
    checkout = loaded(LEARN)["jobs"]["learn"]["steps"][0]
    assert checkout["with"]["ref"] == "${{ github.event.repository.default_branch }}"


def test_the_watch_runs_at_an_odd_minute_and_a_run_is_never_cancelled() -> None:
    watch = loaded(WATCH)
    minute = int(watch["on"]["schedule"][0]["cron"].split()[0])
    assert minute % 5 != 0
    assert watch["concurrency"] == {"group": "survey-bot", "cancel-in-progress": False}
    assert watch["jobs"]["publish"]["if"] == "${{ !cancelled() }}"


def test_what_may_wake_a_watch_that_github_disabled_is_not_scheduled_itself() -> None:
    assert "schedule" not in loaded(LEARN)["on"]


def test_no_workflow_pushes_another_one_out_of_its_queue() -> None:
    groups = [loaded(name)["concurrency"]["group"] for name in {name for name, _ in jobs()}]
    assert len(groups) == len(set(groups))


def test_the_push_of_the_tables_starts_nothing_again() -> None:
    settings = (ROOT / "survey-bot.toml").read_text(encoding="utf-8")
    assert loaded(PUBLISH)["on"]["push"]["paths"] == ["taxonomy/**", "survey-bot.toml"]
    assert 'taxonomy = "taxonomy"' in settings
    assert "taxonomy" not in re.findall(r'readme = "(.*)"', settings)[0]


@pytest.mark.parametrize("name", scripts())
def test_shellcheck_has_nothing_to_say_about_a_step(name: str) -> None:
    command = [str(Path(sys.executable).parent / "shellcheck"), "--shell=bash", "--norc", "-"]
    done = subprocess.run(command, input=scripts()[name], capture_output=True, text=True, check=False)
    assert done.stdout == ""


def test_the_action_installs_from_the_lock_and_runs_its_own_code_whatever_lies_around(tmp_path: Path) -> None:
    action, repository = tmp_path / "action", tmp_path / "repository"
    for folder, word in ((action, "ours"), (repository, "theirs")):
        (folder / "bot").mkdir(parents=True)
        (folder / "bot" / "__main__.py").write_text(f"print('{word}')\n", encoding="utf-8")
        (folder / "requirements.lock").touch()
    for module in ("venv.py", "pip.py", "ensurepip.py", "sysconfig.py", "yaml.py"):
        (repository / module).write_text("raise SystemExit('theirs')\n", encoding="utf-8")
    env = {
        "PATH": os.environ["PATH"],
        "PYTHON": str(Path(sys.base_exec_prefix, "bin", "python3")),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_ACTION_PATH": str(action),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "COMMAND": "run",
        "PLAN": str(tmp_path / "plan" / "plan.json"),
        "RUN": "",
    }
    told = ""
    for script in ("Install survey-bot", "Install survey-bot", "Run survey-bot"):
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts()[script]]
        done = subprocess.run(command, cwd=repository, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        told = done.stdout
    assert told.splitlines()[1] == "ours"
    assert (tmp_path / "output").read_text(encoding="utf-8") == "code=0\n"


def test_the_action_refuses_a_command_it_does_not_know(tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "COMMAND": "rm -rf /", "GITHUB_OUTPUT": os.devnull, "PLAN": f"{tmp_path}/plan"}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", scripts()["Run survey-bot"]]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.startswith("::error::survey-bot's action knows no command")) == (2, True)
