"""The onboarding pull request on GitHub: the branch is pushed with git, the pull request opened over REST."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple
from urllib.parse import quote

from github.PullRequest import PullRequest

from bot.adapters.git_remote import Copy
from bot.adapters.github.api import GitHubApi
from bot.adapters.github.place import Place
from bot.adapters.onboarding_commit import Words, digest, make
from bot.adapters.own_work import sign, signed
from bot.errors import ForgeError
from bot.onboarding import BRANCH, TITLE, WORKFLOWS

_NO_WORKFLOWS = re.compile(r"refusing to allow .+ to create or update workflow .+ without .?workflows?.? ")
"""What GitHub says to GITHUB_TOKEN and to an App (without `workflows` permission), and to a person's token (scope)."""


class GitHubOnboarding:
    """The onboarding of a repository, onto ``base`` or, when that is empty, its default branch.

    Every method raises ForgeError.
    """

    def __init__(self, place: Place, base: str, *, pace: float | None = None) -> None:
        self._api = GitHubApi(place, pace)
        self._named = base

    @cached_property
    def base(self) -> str:
        """The branch it is meant for."""
        return self._named or self._api.ask("the repository cannot be read", lambda repo: repo.default_branch)

    def read(self, path: str) -> str | None:
        """A file as it stands on the base branch; None where there is none. Raises DataError too."""
        return self._copy.read(path)

    def address(self, path: str) -> str:
        """Where people read that file, as it is now."""
        return f"{self._api.place.home}/blob/{self._copy.start}/{quote(path)}"

    def ask(self, files: Mapping[str, str], words: Words, *, again: bool = False) -> str:
        """Open it, or bring it up to date when only the bot has touched it; what was done, in a sentence.

        One that was closed stays closed unless ``again``. A run that was interrupted is finished by the next.
        """
        pulls = self._pulls()
        pull = next((one for one in pulls if one.state == "open"), None)
        if pull:
            return self._refresh(pull, files, words)
        if pulls and not again:
            became = "merged, and its settings have since been removed" if pulls[0].merged_at else "closed"
            return (
                f"{pulls[0].html_url} was {became}, so nothing is done; say `survey-bot init --again` to be asked anew"
            )
        pushed = self._push(files, self._own_tip())
        body = _body(pushed, words)
        opened = self._api.make(
            "the pull request cannot be opened",
            lambda repo: repo.create_pull(base=self.base, head=BRANCH, title=TITLE, body=body),
            lambda: next((one for one in self._pulls() if one.state == "open"), None),
        )
        return f"opened: {opened.html_url}{_lacking(pushed)}"

    def _refresh(self, pull: PullRequest, files: Mapping[str, str], words: Words) -> str:
        facts = signed(pull.title, pull.body or "")
        tip = self._copy.remote.fetch(BRANCH, blobs=False)
        if facts is None or tip is None or not self._copy.git.is_own(tip):
            return f"{pull.html_url} is open, and people have worked on it, so it was left as it is"
        there = facts.get("files", "") if facts.get("commit") == tip else ""
        pushed = self._push(files, tip, there)
        if (facts.get("commit"), facts.get("files")) == (pushed.commit, pushed.files):
            return f"{pull.html_url} is open and up to date{_lacking(pushed)}"
        body = _body(pushed, words)
        self._api.ask("the pull request cannot be changed", lambda _: pull.edit(title=TITLE, body=body))
        return f"brought up to date: {pull.html_url}{_lacking(pushed)}"

    def _pulls(self) -> list[PullRequest]:
        """Those from the bot's branch, the latest first."""
        owner = self._api.place.owner
        found = self._api.ask(
            "the pull requests cannot be read",
            lambda repo: list(repo.get_pulls(state="all", head=f"{owner}:{BRANCH}")),
        )
        return sorted(found, key=lambda pull: -pull.number)

    def _own_tip(self) -> str | None:
        """Where the branch is that has no open pull request, if it is there and the bot's."""
        tip = self._copy.remote.fetch(BRANCH, blobs=False)
        if tip and not self._copy.git.is_own(tip):
            raise ForgeError(
                "the branch is there, and people have worked on it",
                where=BRANCH,
                remedy="delete or rename it, and run init again",
            )
        return tip

    def _push(self, files: Mapping[str, str], expected: str | None, there: str = "") -> _Pushed:
        """The branch with these files, without workflows where the token may not write them.

        ``there``: the digest of what stands on the branch; when that is what would be pushed, nothing is.
        """
        workflows = {path: text for path, text in files.items() if path.startswith(WORKFLOWS)}
        for lacking in ({}, workflows) if workflows else ({},):
            some = {path: text for path, text in files.items() if path not in lacking}
            if expected and digest(some) == there:
                return _Pushed(expected, there, lacking)
            commit = make(self._copy.git, self._copy.start, some)
            if self._accepted(commit, expected):
                return _Pushed(commit, digest(some), lacking)
        raise ForgeError(
            "the token may not write workflows, and the base branch has some that the bot's branch had not",
            where=BRANCH,
            remedy="delete the branch and run init again",
        )

    def _accepted(self, commit: str, expected: str | None) -> bool:
        """Push; False when the token may not write workflows."""
        lease = f"--force-with-lease=refs/heads/{BRANCH}:{expected or ''}"
        options = ("--porcelain", "--no-verify", "--no-thin")
        done = self._copy.git.run("push", *options, lease, "origin", f"{commit}:refs/heads/{BRANCH}")
        if done.returncode == 0:
            return True
        if _NO_WORKFLOWS.search((done.stdout + done.stderr).decode("utf-8", "replace")):
            return False
        if self._copy.remote.push(commit, BRANCH, expected):  # or it says in a sentence why not
            return True
        raise ForgeError("the branch has just been changed", where=BRANCH, remedy="run init again")

    @cached_property
    def _copy(self) -> Copy:
        return Copy(self._api.place.git, self.base, self._api.place.token)


class _Pushed(NamedTuple):
    """What stands on the branch: its commit, the digest of the files, the workflows that could not be among them."""

    commit: str
    files: str
    lacking: Mapping[str, str]


def _body(pushed: _Pushed, words: Words) -> str:
    text = words({path.removeprefix(WORKFLOWS): text for path, text in pushed.lacking.items()})
    return sign(TITLE, text, commit=pushed.commit, files=pushed.files)


def _lacking(pushed: _Pushed) -> str:
    return " (its workflows could not be pushed with this token, and stand in its text)" if pushed.lacking else ""
