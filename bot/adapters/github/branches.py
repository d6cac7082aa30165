"""The bot's branches on GitHub: one commit with one file each, pushed from a throw-away copy of the base branch."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bot.adapters.git_remote import Remote
from bot.adapters.own_work import commit_message
from bot.errors import ForgeError
from bot.models import Proposal


class Tip(NamedTuple):
    """Where a branch is: its commit, whether the bot made that, and the name of the paper's file as a blob."""

    commit: str
    own: bool
    blob: str


class Branches:
    """Branches of the repository at ``url``. The copy is made with the first question and lives as long as this."""

    def __init__(self, url: str, base: str, token: str) -> None:
        self._url, self._base, self._token = url, base, token

    def has(self, path: str) -> bool:
        """Whether this file stands on the base branch, as it was when this was first asked. Raises ForgeError."""
        return bool(self._copy.git.file_at(self._start, path))

    def blob(self, content: str) -> str:
        """The name of a file with this content. Raises ForgeError."""
        return self._copy.git.blob(content)

    def create(self, proposal: Proposal) -> str | None:
        """The commit of a new branch with the proposed file; None when the branch is there. Raises ForgeError."""
        return self._pushed(proposal, None)

    def update(self, proposal: Proposal, tip: Tip) -> str | None:
        """The same where the branch is at ``tip``, which the bot made; None when it has moved on. Raises ForgeError."""
        return self._pushed(proposal, tip.commit) if tip.own else None

    def tip(self, proposal: Proposal) -> Tip | None:
        """Where the branch of this proposal is, if there is one. Raises ForgeError."""
        commit = self._copy.fetch(proposal.branch, blobs=False)
        if commit is None:
            return None
        git = self._copy.git
        return Tip(commit, git.is_own(commit), git.file_at(commit, proposal.path))

    def _pushed(self, proposal: Proposal, expected: str | None) -> str | None:
        git = self._copy.git
        files = {proposal.path: git.blob(proposal.content)}
        commit = git.commit_with(self._start, files, commit_message(proposal))
        return commit if self._copy.push(commit, proposal.branch, expected) else None

    @cached_property
    def _copy(self) -> Remote:
        return Remote(self._url, self._token, Path(self._folder.name, "copy.git"))

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="survey-bot-", ignore_cleanup_errors=True)

    @cached_property
    def _start(self) -> str:
        """The commit the base branch is at."""
        commit = self._copy.fetch(self._base, blobs=False)
        if commit is None:
            raise ForgeError(
                f"there is no branch {self._base!r}", where=self._url, remedy="create it, or set [forge] base"
            )
        return commit
