"""Runs workflows with act: steps on this machine, third-party actions replaced by the stand-ins in ``actions/``.

What act does not do, and ``tests/test_workflows.py`` reads off the files instead: permissions (one token serves all
jobs), path filters, schedules, concurrency.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from tests.github.server import GithubServer

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
TEMPLATES = ROOT / "bot" / "templates"
ACTION = "OWNER/survey-bot@0000000000000000000000000000000000000000"
"""What the templates call; ``survey-bot init`` writes the real one."""

_STAND_INS = Path(__file__).parent / "actions"
_USES = re.compile(r"uses: (actions/[\w-]+)(?:/\w+)*@([0-9a-f]{40})")


class Acted(NamedTuple):
    """How a run ended. ``jobs``: name -> whether it succeeded; one that was skipped is missing."""

    jobs: dict[str, bool]
    log: str
    """What the steps printed, and every error they marked."""
    summary: str
    commands: list[str]
    """Of the bot, as ``job: arguments | key``; ``key`` only when a model's key was there."""


@dataclass
class Act:
    """act, at work in ``folder``, against the tests' GitHub. What one run caches the next one finds."""

    folder: Path
    server: GithubServer

    def __call__(
        self,
        event: str,
        workflow: str,
        payload: Mapping[str, Any],
        *words: str,
        token: str = "",
        key: str = "",
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Acted:
        """Run a workflow of the default branch; ``words`` are act's own.

        ``meanwhile`` happens after the event and before the first step.
        """
        clone, store = self.folder / "clone", self.folder / "store"
        for old in (clone, store / "artifacts", store / "commands"):
            shutil.rmtree(old) if old.is_dir() else old.unlink(missing_ok=True)
        store.mkdir(exist_ok=True)
        origin = [str(self.server.git.folder), str(clone)]
        subprocess.run(["git", "clone", "--quiet", "--branch", self.server.default_branch, *origin], check=True)
        file = self.folder / "event.json"
        file.write_text(json.dumps(payload), encoding="utf-8")
        meanwhile()
        done = subprocess.run(
            [
                *(str(Path(sys.executable).parent / "act"), event, "--json", "--directory", str(clone)),
                *("--workflows", f".github/workflows/{workflow}", "--eventpath", str(file)),
                *("--platform", "ubuntu-24.04=-self-hosted", "--no-cache-server", "--no-skip-checkout"),
                *("--action-cache-path", str(self.folder / "act"), "--concurrent-jobs", "1"),
                *("--secret", f"GITHUB_TOKEN={token or self.server.token}", "--secret", f"OPENAI_API_KEY={key}"),
                *(word for fact in self._environment(store) for word in ("--env", fact)),
                *(word for place in self._stand_ins() for word in ("--local-repository", place)),
                *words,
            ],
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        return _acted(done.stdout + done.stderr, store / "commands")

    def kill(self, command: str) -> None:
        """From now on this command of the bot is killed at once."""
        store = self.folder / "store"
        store.mkdir(exist_ok=True)
        (store / "killed").write_text(command, encoding="utf-8")

    def _environment(self, store: Path) -> list[str]:
        facts = {
            "GITHUB_API_URL": self.server.api,
            "GITHUB_SERVER_URL": self.server.url,
            "GITHUB_REPOSITORY": self.server.repository,
            "TEST_PYTHON": sys.executable,
            "STORE": store,
        }
        return [f"{name}={value}" for name, value in facts.items()]

    def _stand_ins(self) -> list[str]:
        """For the pins of our workflows; and our own action, as it is fetched for another repository."""
        published = self.folder / "published"
        published.mkdir(exist_ok=True)
        shutil.copy(ROOT / "action.yml", published)
        text = "".join(path.read_text(encoding="utf-8") for path in [ROOT / "action.yml", *TEMPLATES.glob("*.yml")])
        pins = {f"{name}@{sha}={_STAND_INS / name.removeprefix('actions/')}" for name, sha in _USES.findall(text)}
        return [*sorted(pins), f"{ACTION}={published}"]


def _acted(output: str, noted: Path) -> Acted:
    jobs: dict[str, bool] = {}
    log: list[str] = []
    summaries: dict[str, None] = {}  # act tells a summary again for the action around the step
    for line in output.splitlines():
        told: dict[str, Any] = json.loads(line) if line.startswith("{") else {"raw_output": True, "msg": line}
        if "jobResult" in told:
            jobs[told["jobID"]] = told["jobResult"] == "success"
        if told.get("command") == "summary":
            summaries[told["content"]] = None
        elif told.get("raw_output") or told.get("level") == "error":
            log.append(str(told["msg"]).rstrip("\n"))
    lines = noted.read_text(encoding="utf-8").splitlines() if noted.exists() else []
    commands = [line.replace("-I -m bot ", "").rstrip(" |") for line in lines if "-m bot " in line]
    return Acted(jobs, "\n".join(log), "".join(summaries), commands)
