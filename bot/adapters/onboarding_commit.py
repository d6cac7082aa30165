"""The one commit of the onboarding branch: many files on top of the base branch, made without a work tree."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping

from bot.adapters.git import Git
from bot.adapters.own_work import stamped
from bot.onboarding import TITLE

Words = Callable[[Mapping[str, str]], str]
"""The Markdown of the pull request, given the workflows (name -> text) that could not be part of it."""


def make(git: Git, base: str, files: Mapping[str, str]) -> str:
    """A commit of the bot on top of the commit ``base`` with these texts; no branch is moved. Raises ForgeError."""
    return git.commit_with(base, git.blobs(files), stamped(TITLE))


def digest(files: Mapping[str, str]) -> str:
    """Tells these files from any others."""
    whole = json.dumps(dict(files), sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
