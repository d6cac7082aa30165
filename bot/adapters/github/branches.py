"""The bot's branches on GitHub: one commit with one file each, pushed from a throw-away copy of the base branch."""

from __future__ import annotations

from typing import NamedTuple

from bot.adapters.git_remote import Copy
from bot.adapters.own_work import commit_message
from bot.models import Proposal


class Tip(NamedTuple):
    """Where a branch is: its commit, whether the bot made that, and the name of the paper's file as a blob."""

    commit: str
    own: bool
    blob: str


class Branches:
    """Branches of the repository at ``url``. The copy is made with the first question and lives as long as this."""

    def __init__(self, url: str, base: str, token: str) -> None:
        self._copy = Copy(url, base, token)

    def has(self, path: str) -> bool:
        """Whether this file stands on the base branch, as it was when this was first asked. Raises ForgeError."""
        return bool(self._copy.git.file_at(self._copy.start, path))

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
        commit = self._copy.remote.fetch(proposal.branch, blobs=False)
        if commit is None:
            return None
        git = self._copy.git
        return Tip(commit, git.is_own(commit), git.file_at(commit, proposal.path))

    def _pushed(self, proposal: Proposal, expected: str | None) -> str | None:
        git = self._copy.git
        files = {proposal.path: git.blob(proposal.content)}
        commit = git.commit_with(self._copy.start, files, commit_message(proposal))
        return commit if self._copy.remote.push(commit, proposal.branch, expected) else None
