"""The one commit of the onboarding branch: many files on top of the base branch, made without a work tree."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.adapters.git import Git
from bot.errors import DataError, ForgeError
from bot.onboarding import TITLE

Words = Callable[[Mapping[str, str]], str]
"""The Markdown of the pull request, given the workflows (name -> text) that could not be part of it."""

_LINK = "120000"


def read(git: Git, commit: str, path: str) -> str | None:
    """A file's text, None where there is none. Raises DataError when it is a link or no UTF-8, and ForgeError."""
    mode, _, rest = git("ls-tree", "-z", "--full-tree", commit, path).partition(" ")
    kind, _, blob = rest.partition("\t")[0].partition(" ")
    if kind != "blob":
        return None
    if mode == _LINK:
        raise DataError("this is a link to another file", where=path, remedy="name the file it leads to")
    try:
        return git("cat-file", "blob", blob).encode("utf-8", "surrogateescape").decode()
    except UnicodeDecodeError:
        raise DataError("cannot be read: it is not UTF-8", where=path, remedy="save it as UTF-8") from None


def make(git: Git, base: str, files: Mapping[str, str]) -> str:
    """A commit of the bot on top of the commit ``base`` with these texts; no branch is moved. Raises ForgeError."""
    return git.commit_with(base, _blobs(git, files), f"{TITLE}\n\nProposed by survey-bot.\n")


def digest(files: Mapping[str, str]) -> str:
    """Tells these files from any others."""
    whole = json.dumps(dict(files), sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


def _blobs(git: Git, files: Mapping[str, str]) -> dict[str, str]:
    """The texts, stored by one call of git."""
    with tempfile.TemporaryDirectory(prefix="survey-bot-", ignore_cleanup_errors=True) as folder:
        names = [Path(folder, str(number)) for number, _ in enumerate(files)]
        try:
            for name, text in zip(names, files.values(), strict=True):
                name.write_bytes(text.encode())
        except OSError as error:
            raise ForgeError(f"cannot be written: {error.strerror}", where=folder, remedy="free some space") from None
        told = "".join(f"{name}\n" for name in names)
        return dict(
            zip(files, git("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=told).split(), strict=True)
        )
