"""What on GitHub must be as the bot needs it; each finding that is not names the menu. Nothing is written.

Sources: https://docs.github.com/en/rest/repos/repos#get-a-repository,
https://docs.github.com/en/rest/actions/permissions#get-default-workflow-permissions-for-a-repository,
https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch, https://docs.github.com/en/rest/actions/workflows,
https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github (tokens).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property

from github.Repository import Repository

from bot import ids
from bot.adapters.github.activity import ENABLE, OWN, QUIET, Activity, why_off
from bot.adapters.github.api import GitHubApi, RefusalError
from bot.adapters.github.place import Place
from bot.errors import ForgeError
from bot.findings import Finding, State
from bot.settings import Forge

_KINDS = {
    "ghs_": "the token of a workflow or of a GitHub App",
    "github_pat_": "a person's fine-grained token",
    "ghp_": "a person's classic token",
    "gho_": "the token of an OAuth app",
    "ghu_": "a person's token through a GitHub App",
}
_WORKFLOW = "Settings › Actions › General › Workflow permissions"
_FEATURES = "Settings › General › Features"
_RULES = "Settings › Rules › Rulesets"
_EXPIRES = "github-authentication-token-expiration"
_NO_PUSH = frozenset({"update", "pull_request", "required_status_checks", "required_signatures", "merge_queue"})
_NO_BRANCH = _NO_PUSH | {"creation", "branch_name_pattern", "workflows", "code_scanning"}
_SOON, _FEW = 14, 200
"""Days of a token, and requests of an hour, that are worth a warning."""


class GitHubSettings:
    """Examines a repository for a bot with these options; ``state`` is the branch of its memory."""

    def __init__(self, place: Place, options: Forge, state: str, *, pace: float | None = None) -> None:
        self._api = GitHubApi(place, pace)
        self._named, self._options, self._state = place.repository, options, state
        self._kind = next((kind for kind in _KINDS if place.token.startswith(kind)), "")
        self.activity = Activity(self._api, options.base)

    def examine(self, now: datetime) -> list[Finding]:
        """Every part, one line each; what cannot be seen is told so. Never raises for what GitHub answers."""
        try:
            findings = list(self._repository_itself())
        except ForgeError as error:
            return [Finding("repository", "fails", str(error))]
        examinations: dict[str, Callable[[], Iterator[Finding]]] = {
            "token": lambda: self._token(now),
            "base": self._base,
            "rights": self._rights,
            "pull requests": self._pull_requests,
            "rules": self._rules,
            "workflows": lambda: self._workflows(now),
            "labels": self._labels,
            "state": self._memory,
        }
        for part, examination in examinations.items():
            try:
                findings += examination()
            except ForgeError as error:
                findings.append(Finding(part, "fails", str(error)))
        return [*findings, self._limit()]

    @cached_property
    def _repo(self) -> Repository:
        return self._api.ask("the repository cannot be read", lambda repo: repo.complete())

    # --- the repository and its token ---------------------------------------------------------------------------------

    def _repository_itself(self) -> Iterator[Finding]:
        repo = self._repo
        if repo.full_name.lower() != self._named.lower():
            words = f"{self._named} is called {repo.full_name} now: write that into [forge] repository"
            yield Finding("repository", "warning", words)
        elif repo.archived:
            yield Finding("repository", "fails", "it is archived: Settings › General › Danger Zone › Unarchive")
        elif repo.disabled:
            yield Finding("repository", "fails", "GitHub has disabled it: write to GitHub's support")
        elif repo.fork:
            words = "it is a fork: workflows run only after they were enabled in its Actions tab"
            yield Finding("repository", "warning", words)
        else:
            yield Finding("repository", "works", f"{repo.full_name}{', private' if repo.private else ''}")
        state: State = "works" if repo.has_issues else "warning"
        off = f"switched off, so there is no dashboard: tick Issues under {_FEATURES}"
        yield Finding("issues", state, "switched on" if repo.has_issues else off)

    def _token(self, now: datetime) -> Iterator[Finding]:
        kind = _KINDS.get(self._kind, "a token of a kind that is not known here")
        until = str((self._repo.raw_headers or {}).get(_EXPIRES, ""))
        found = re.match(r"\d{4}-\d\d-\d\d", until)
        if not found:
            yield Finding("token", "works", f"accepted: {kind}")
            return
        left = (datetime.fromisoformat(found[0]).replace(tzinfo=UTC) - now).days
        words = f"accepted: {kind}, until {found[0]}"
        if left > _SOON:
            yield Finding("token", "works", words)
        else:
            yield Finding("token", "warning", f"{words}: make a new one in time")

    def _base(self) -> Iterator[Finding]:
        base, default = self._options.base, self._repo.default_branch
        if base == default:
            yield Finding("base", "works", f"{base}, the default branch")
        elif self._has(base):
            words = f"{base}, but the default branch is {default}, and schedules run there: set [forge] base to it"
            yield Finding("base", "warning", words)
        else:
            yield Finding("base", "fails", f"there is no branch {base}: set [forge] base to {default}")

    def _rights(self) -> Iterator[Finding]:
        may = self._repo.permissions
        if may and may.push:
            yield Finding("rights", "works", "the token may write")
        elif self._kind == "ghs_":
            words = "they cannot be seen with this kind of token: contents, pull-requests and issues need write"
            yield Finding("rights", "warning", words)
        else:
            words = "the token may not write: give it contents, pull requests and issues: read and write"
            yield Finding("rights", "fails", words)

    # --- what GitHub lets workflows do --------------------------------------------------------------------------------

    def _pull_requests(self) -> Iterator[Finding]:
        box = f"“Allow GitHub Actions to create and approve pull requests” under {_WORKFLOW}"
        try:
            told = self._api.ask(
                "the workflow permissions cannot be read",
                lambda repo: repo.requester.requestJsonAndCheck("GET", f"{repo.url}/actions/permissions/workflow")[1],
            )
        except RefusalError as error:
            if error.status not in (403, 404):
                raise
            words = f"whether workflows may open them cannot be seen with this token: look at {box}"
            yield Finding("pull requests", "warning", words)
            return
        if told.get("can_approve_pull_request_reviews"):
            yield Finding("pull requests", "works", "workflows may open them")
        else:
            words = f"workflows may not open them: tick {box} (in its organization first, if it is grey)"
            yield Finding("pull requests", "fails", words)
        writes = told.get("default_workflow_permissions") == "write"
        more = (
            f"more than is needed: “Read repository contents” under {_WORKFLOW} does" if writes else "as it should be"
        )
        yield Finding("workflow permissions", "works", f"{'write' if writes else 'read'} by default, {more}")

    def _rules(self) -> Iterator[Finding]:
        place = f"let the bot bypass them under {_RULES}"
        branch = f"{ids.BRANCHES}2601.00001"
        against = self._types(branch) & _NO_BRANCH
        if against:
            words = f"on {ids.BRANCHES}*: {_named(against)} refuse the bot's branches: {place}"
            yield Finding("rules", "fails", words)
        elif "non_fast_forward" in self._types(branch):
            words = f"on {ids.BRANCHES}*: non_fast_forward keeps outdated pull requests as they are: {place}"
            yield Finding("rules", "warning", words)
        against = self._types(self._state) & _NO_BRANCH
        if against:
            yield Finding("rules", "fails", f"on {self._state}: {_named(against)} refuse the bot's memory: {place}")
        against = self._types(self._options.base) & _NO_PUSH
        if against:
            words = f"on {self._options.base}: {_named(against)} refuse the tables that the bot renders: {place}"
            yield Finding("rules", "warning", words)
        elif self._is_protected(self._options.base):
            words = f"{self._options.base} is protected: the tables that the bot renders may be refused: look at "
            yield Finding("rules", "warning", f"{words}Settings › Branches › Branch protection rules")
        else:
            yield Finding("rules", "works", f"none keeps the bot from {self._options.base}")

    def _types(self, branch: str) -> frozenset[str]:
        """The rules that apply to a branch; one that the bot may bypass is among them, for GitHub does not tell."""
        name = branch.replace("/", "%2F")
        told = self._api.ask(
            "the rules cannot be read",
            lambda repo: repo.requester.requestJsonAndCheck("GET", f"{repo.url}/rules/branches/{name}?per_page=100")[1],
        )
        return frozenset(str(rule.get("type")) for rule in told if isinstance(rule, dict))

    # --- workflows ----------------------------------------------------------------------------------------------------

    def _workflows(self, now: datetime) -> Iterator[Finding]:
        everything = self.activity.all()
        own = [workflow for workflow in everything if OWN.fullmatch(workflow.path)]
        off = [workflow for workflow in own if workflow.state != "active"]
        for workflow in off:
            state: State = "warning" if workflow.state == "disabled_manually" else "fails"
            words = f"{workflow.path} is switched off ({why_off(workflow.state)}): {ENABLE}"
            yield Finding("workflows", state, words)
        if not own:
            words = "the bot has none here: merge the pull request of `survey-bot init`, or add them by hand"
            yield Finding("workflows", "warning", words)
            return
        if not off:
            yield Finding("workflows", "works", f"{len(own)} are on")
        yield self._schedule(now)
        others = sum(workflow.state == "active" for workflow in everything) - (len(own) - len(off))
        if others:
            words = (
                f"{others} besides the bot's wait on pull requests that a workflow's own token opened, until somebody "
                "presses “Approve workflows to run” there: with the token of a GitHub App they run at once"
            )
            yield Finding("other workflows", "warning", words)

    def _schedule(self, now: datetime) -> Finding:
        left = self.activity.days_left(now)
        if left is None:
            return Finding("schedule", "works", "it does not end in a private repository")
        ends = f"{max(left, 0)} days until GitHub ends it, {QUIET} after the last commit on {self._options.base}"
        if left > _SOON:
            return Finding("schedule", "works", ends)
        return Finding(
            "schedule", "warning", f"{ends}: merge something; with actions: write the bot keeps it on itself"
        )

    # --- what the bot makes itself ------------------------------------------------------------------------------------

    def _labels(self) -> Iterator[Finding]:
        wanted = [*self._options.labels, self._options.later]
        there = self._api.ask("the labels cannot be read", lambda repo: {one.name.lower() for one in repo.get_labels()})
        lacking = [name for name in dict.fromkeys(wanted) if name.lower() not in there]
        told = f"made with the first pull request: {', '.join(lacking)}" if lacking else ", ".join(wanted)
        yield Finding("labels", "works", told)

    def _memory(self) -> Iterator[Finding]:
        there = self._has(self._state)
        yield Finding("state", "works", f"{self._state}{'' if there else ', made by the first run'}")

    def _limit(self) -> Finding:
        left, whole = self._repo.requester.rate_limiting
        when = datetime.fromtimestamp(self._repo.requester.rate_limiting_resettime, UTC)
        words = f"{left} of {whole} requests left until {when:%H:%M} UTC"
        return (
            Finding("limit", "works", words) if left > _FEW else Finding("limit", "warning", f"{words}: wait till then")
        )

    def _has(self, branch: str) -> bool:
        return self._branch(branch) is not None

    def _is_protected(self, branch: str) -> bool:
        return bool(self._branch(branch))

    def _branch(self, branch: str) -> bool | None:
        """Whether a branch is protected; None when there is no such branch."""
        try:
            return self._api.ask(f"branch {branch} cannot be read", lambda repo: repo.get_branch(branch).protected)
        except RefusalError as error:
            if error.status == 404:
                return None
            raise


def _named(types: frozenset[str]) -> str:
    return " and ".join(sorted(types))
