"""Whether GitHub still runs the bot's schedule: it ends after 60 quiet days in a public repository.

Sources: https://docs.github.com/en/actions/how-tos/manage-workflow-runs/disable-and-enable-workflows and
https://docs.github.com/en/rest/actions/workflows#enable-a-workflow
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from github.Repository import Repository
from github.Workflow import Workflow

from bot.adapters.github.api import GitHubApi
from bot.errors import ForgeError

OWN = re.compile(r"\.github/workflows/(?:survey-bot-)?(?P<name>watch|learn|publish|upkeep|data-check)\.ya?ml")
"""The bot's workflows, here and in surveys that use it."""
WATCH = "watch"
"""The one with a schedule."""
QUIET = 60
"""Days without activity after which GitHub disables schedules."""
_KEEP, _WARN = 45, 14

ENABLE = "press Enable workflow on its page in the Actions tab"


class Activity:
    """The schedule of one repository whose main branch is ``base``; ``now`` is aware. Raises ForgeError but for
    :meth:`problems`.
    """

    def __init__(self, api: GitHubApi, base: str) -> None:
        self._api, self._base = api, base

    def problems(self, now: datetime) -> list[str]:
        """Keep the schedule alive where that is due, and say what a person should know; best effort, never raises."""
        try:
            told = self.kept_alive(now)
        except ForgeError as error:
            return [str(error)]
        return [told] if told else []

    def kept_alive(self, now: datetime) -> str:
        """Enable the watch anew where GitHub has disabled it or soon will; what is wrong with it then, as a sentence.

        One that a person disabled stays so. Needs ``actions: write``; without that right, only the sentence.
        """
        watches = [workflow for workflow in self.own() if _name(workflow) == WATCH]
        off = [workflow for workflow in watches if workflow.state == "disabled_inactivity"]
        left = self._days_left(now) if watches else QUIET
        soon = [workflow for workflow in watches if workflow.state == "active"] if left < QUIET - _KEEP else []
        if (off or soon) and self._are_enabled([*off, *soon]):
            return ""
        for workflow in watches:
            if workflow.state.startswith("disabled"):
                return f"The watch is switched off on GitHub ({why_off(workflow.state)}): {ENABLE}."
        if not soon or left > _WARN or self.days_left(now) is None:
            return ""
        when = f"in {left} days" if left > 0 else "any day now"
        return (
            f"GitHub switches the watch off {when}, {QUIET} days after the last commit on {self._base}: merge "
            "something, or give the bot's token actions: write, so that it can keep the watch on."
        )

    def _are_enabled(self, workflows: Sequence[Workflow]) -> bool:
        try:
            for workflow in workflows:
                self._api.ask("the watch cannot be enabled", lambda _, workflow=workflow: workflow.enable())  # type: ignore[misc]
        except ForgeError:  # a token without that right
            return False
        return True

    def own(self) -> Sequence[Workflow]:
        """The bot's workflows."""
        return [one for one in self.all() if OWN.fullmatch(one.path)]

    def all(self) -> Sequence[Workflow]:
        """Every workflow of the repository."""
        return self._api.ask("the workflows cannot be read", lambda repo: list(repo.get_workflows()))

    def days_left(self, now: datetime) -> int | None:
        """Days until the schedule ends, counted from the last commit on the base branch; None where it never does."""
        private = self._api.ask("the repository cannot be read", lambda repo: repo.private)
        return None if private else self._days_left(now)

    def _days_left(self, now: datetime) -> int:
        def last(repo: Repository) -> datetime:
            return repo.get_commits(sha=self._base)[0].commit.committer.date

        when = self._api.ask("the commits cannot be read", last)
        return QUIET - (now - when.astimezone(UTC)).days


def _name(workflow: Workflow) -> str:
    found = OWN.fullmatch(workflow.path)
    return found["name"] if found else ""


def why_off(state: str) -> str:
    """Why a workflow does not run, in words."""
    reasons = {
        "disabled_inactivity": f"nothing was committed for {QUIET} days",
        "disabled_fork": "this is a fork",
        "disabled_manually": "somebody disabled it",
    }
    return reasons.get(state, state)
