"""A grouped pull request as git and its words know it: a chain of commits, and a hidden memo that tells them apart.

The commits are made without a work tree; no branch is moved here.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from bot import ids
from bot.adapters.git import Git
from bot.adapters.own_work import check_path, sign, signed, stamped, told
from bot.changes import Changeset, Commit
from bot.errors import ForgeError

# a kind begins with a letter, so that no such branch is a paper's; git refuses names that end with .lock
_BRANCH = re.compile(rf"{re.escape(ids.BRANCHES)}(?P<kind>[a-z][a-z0-9-]*)\.(?!lock$)[a-z0-9-]+")
FILE = ("100644", "100755")
_PLAIN = 8_000
"""A memo of so many characters stands there as it is, a longer one packed: a pull request's text has an end."""
_UNPACKED = 4_000_000
"""Characters; nothing that the bot packs is so long."""
_SHORT = 12
_HASH = re.compile(rf"[0-9a-f]{{{_SHORT}}}")


def kind_of(branch: str) -> str | None:
    """The kind of a grouped pull request (``refresh``) whose branch this is; None for any other branch."""
    match = _BRANCH.fullmatch(branch)
    return match["kind"] if match else None


def check(changeset: Changeset) -> None:
    """Raises ForgeError for a branch that is none of the bot's for a group, or a path outside the repository."""
    check_branch(changeset.branch)
    for commit in changeset.commits:
        for path in commit.files:
            check_path(path)


def check_branch(branch: str) -> None:
    """Raises ForgeError for a branch that is none of the bot's for a group."""
    if kind_of(branch) is None:
        raise ForgeError(
            "this is no branch for a grouped pull request",
            where=repr(branch),
            remedy=f"it must be {ids.BRANCHES}<kind>.<name>, of lower-case letters, digits and hyphens",
        )


def chain(git: Git, base: str, commits: Iterable[Commit]) -> list[str]:
    """These commits of the bot, each on top of the one before and the first on the commit ``base``.

    One that would change nothing is left out. Raises ForgeError, for a path too that is a link or a folder there.
    """
    made: list[str] = []
    wanted = list(commits)
    texts = {
        f"{n} {path}": text for n, one in enumerate(wanted) for path, text in one.files.items() if text is not None
    }
    blobs = git.blobs(texts)
    for number, commit in enumerate(wanted):
        parent = made[-1] if made else base
        files = {path: blobs.get(f"{number} {path}") for path in commit.files}
        changed = {path: blob for path, blob in files.items() if _blob(git, parent, path) != blob}
        if changed:
            made.append(git.commit_with(parent, changed, stamped(commit.message)))
    return made


def _blob(git: Git, commit: str, path: str) -> str | None:
    """What stands at this path."""
    above = [str(folder) for folder in PurePosixPath(path).parents][:-1]
    entries = git("ls-tree", "-z", "--full-tree", commit, "--", path, *above).split("\0")
    told = {name: head.split() for head, _, name in (entry.partition("\t") for entry in entries if entry)}
    mode, _, blob = told.get(path, ("", "", ""))
    if (mode and mode not in FILE) or any(told[folder][1] != "tree" for folder in above if folder in told):
        raise ForgeError(
            "a link, a folder or a file is in the way of this file", where=path, remedy="name the file itself"
        )
    return blob or None


@dataclass(frozen=True)
class Known:
    """What the words of a grouped pull request say of it, read back."""

    commits: tuple[str, ...] = ()
    """The names of the bot's commits, shortened, in their order."""
    digest: str = ""
    """Of the changeset that they were made of, see :func:`digest`."""
    at: int = 0
    """When the last commit was made, in seconds since 1970; 0 where the forge knows an order itself."""
    closed: bool = False
    """The bot closed it."""
    edited: bool = False
    """A person changed its title or its text."""
    memo: dict[str, Any] = field(default_factory=dict)

    def is_at(self, tip: str) -> bool:
        """Whether this is the commit that the words are about."""
        return bool(self.commits) and tip[:_SHORT] == self.commits[-1]

    def is_touched(self, git: Git, tip: str) -> bool:
        """Whether people worked on words or branch, which is at the commit ``tip``. Raises ForgeError.

        Another commit of the bot than the words tell of was left by a run that was killed; but one that was in the
        midst of the branch is its end now because a person dropped those that followed.
        """
        return self.edited or (not self.is_at(tip) and (tip[:_SHORT] in self.commits or not git.is_own(tip)))


def digest(changeset: Changeset) -> str:
    """Tells this changeset from any other."""
    return hashlib.sha256(changeset.model_dump_json().encode("utf-8", "replace")).hexdigest()[:16]


def words(title: str, text: str, known: Known) -> str:
    """The text with what is to be known of it out of sight; ``title`` is told with it, and may not change either."""
    more = {"at": known.at} if known.at else {}
    if known.closed:
        more["closed"] = True
    short = [commit[:_SHORT] for commit in known.commits]
    return sign(title, text, commits=short, set=known.digest, facts=_packed(known.memo), **more)


def seen(text: str) -> str:
    """The text without what is out of sight at its end."""
    return text.rpartition("<!-- ")[0].rstrip()


def understood(title: str, text: str) -> Known:
    """What :func:`words` told; as much of it as can be read when people have edited it."""
    block = told(text)
    commits, at, mark = block.get("commits"), block.get("at"), block.get("set")
    return Known(
        commits=tuple(filter(_HASH.fullmatch, map(str, commits))) if isinstance(commits, list) else (),
        digest=mark if isinstance(mark, str) else "",
        at=at if isinstance(at, int) else 0,
        closed=block.get("closed") is True,
        edited=signed(title, text) is None,
        memo=_unpacked(block.get("facts")),
    )


def _packed(memo: dict[str, Any]) -> dict[str, Any] | str:
    text = json.dumps(memo)
    return memo if len(text) <= _PLAIN else base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _unpacked(memo: object) -> dict[str, Any]:
    if isinstance(memo, str):
        try:
            memo = json.loads(zlib.decompressobj().decompress(base64.b64decode(memo), _UNPACKED))
        except (ValueError, zlib.error, RecursionError):
            memo = None
    return memo if isinstance(memo, dict) else {}
