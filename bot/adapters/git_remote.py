"""A git repository on a server, over HTTP: what is needed of it is fetched, what was made is pushed, nothing forced.

The token is given to git in its environment only, so that no list of processes, file or address holds it.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from bot.adapters.git import Git
from bot.errors import ForgeError

_MOVED_ON = (
    "stale info",
    "fetch first",
    "non-fast-forward",
    "incorrect old value",
    "reference already exists",
    "but expected",
    "failed to update ref",
)
"""How git says that a branch is not where it was expected."""

_REJECTED = re.compile(r"\[(?:remote )?rejected\] \((.+)\)")
_PAUSES = (0.5, 2.0)
"""Seconds before reading is tried again where the server broke off."""
_BROKE_OFF = "Could not resolve|Failed to connect|error: 5|timed out|hung up|early EOF|RPC failed"
_WRITE = "give it the permission contents: write"
_REASONS = (
    ("archived", "the repository is archived, so nothing can be written", "unarchive it, or set enabled = false"),
    (
        "exists; cannot create|directory file conflict",
        "another branch is in the way",
        "rename the branch that is in the way",
    ),
    (
        "protected branch|hook declined|rule violations|GH006|GH013",
        "a rule of the repository forbids it",
        "let the bot create and change the branches {branch} (Settings › Rules › Rulesets, and Settings › Branches)",
    ),
    (
        "error: 401|Authentication failed|could not read Username|could not read Password|Invalid username or token",
        "the token is not accepted",
        "renew the token",
    ),
    ("error: 403|denied to|Write access", "the token may not write to the repository", _WRITE),
    (
        "not found|error: 404",
        "there is no such repository, or the token may not see it",
        "check [forge] repository and the token",
    ),
    (
        _BROKE_OFF + "|unable to access",
        "the server cannot be reached or broke off",
        "nothing is lost, the next run tries again",
    ),
)


class Remote:
    """The repository at ``url``; ``folder`` becomes a bare repository for what is fetched and made.

    Raises ForgeError, here and in every method, in one sentence that names the address and never holds the token.
    """

    def __init__(self, url: str, token: str, folder: Path) -> None:
        self.url = url
        folder.mkdir(parents=True, exist_ok=True)
        self.git = Git(folder, env=_credentials(url, token), where=url)
        self.git("init", "--quiet", "--bare", "--template=", "--initial-branch=none")
        self.git("config", "remote.origin.url", url)

    def fetch(self, branch: str, *, blobs: bool = True) -> str | None:
        """The commit this branch is at, and its files; None when there is no such branch.

        Without ``blobs``, the names of the files only.
        """
        kept = f"refs/survey-bot/{branch}"
        lean = () if blobs else ("--filter=blob:none",)
        options = ("--quiet", "--no-tags", "--depth=1", "--no-write-fetch-head", "--no-auto-maintenance")
        for seconds in (*_PAUSES, None):
            done = self.git.run("fetch", *options, *lean, "origin", f"+refs/heads/{branch}:{kept}")
            if seconds is None or not re.search(_BROKE_OFF, done.stderr.decode("utf-8", "replace"), re.IGNORECASE):
                break
            time.sleep(seconds)
        if done.returncode != 0:
            if b"couldn't find remote ref" in done.stderr:
                return None
            raise self._error(f"{branch} cannot be read", branch, done)
        return self.git("rev-parse", "--verify", kept).strip()

    def fetch_blobs(self, names: Sequence[str]) -> None:
        """Fetch these at once, as git itself does one by one where it needs them; best effort."""
        if len(names) > 1:
            as_git = ("-c", "fetch.negotiationAlgorithm=noop", "fetch", "--filter=blob:none")
            options = ("--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance")
            self.git.run(*as_git, *options, "--stdin", "origin", stdin="".join(f"{name}\n" for name in names))

    def push(self, commit: str, branch: str, expected: str | None) -> bool:
        """Let the branch be this commit; False, and nothing done, when it is not at ``expected`` (None: not there)."""
        ref = f"refs/heads/{branch}"
        lease = f"--force-with-lease={ref}:{expected or ''}"
        # thin packs would fetch what they are made smaller with
        done = self.git.run("push", "--porcelain", "--no-verify", "--no-thin", lease, "origin", f"{commit}:{ref}")
        if done.returncode == 0:
            return True
        told = (done.stdout + done.stderr).decode("utf-8", "replace")
        if any(sign in told for sign in _MOVED_ON) and "cannot create" not in told:
            return False
        raise self._error(f"{branch} cannot be written", branch, done)

    def _error(self, what: str, branch: str, done: subprocess.CompletedProcess[bytes]) -> ForgeError:
        told = (done.stdout + done.stderr).decode("utf-8", "replace")
        for signs, reason, remedy in _REASONS:
            if any(sign.lower() in told.lower() for sign in signs.split("|")):
                return ForgeError(f"{what}: {reason}", where=self.url, remedy=remedy.format(branch=branch))
        rejected = _REJECTED.search(told)
        if rejected:
            return ForgeError(f"{what}: {rejected[1]}", where=self.url, remedy="mend what the server names")
        failed = self.git.error("fetch or push", done)
        return ForgeError(f"{what}: {failed.what}", where=self.url, remedy=failed.remedy)


class Copy:
    """A throw-away copy of the repository at ``url``, as far as it is needed; its work starts at the branch ``base``.

    Nothing is fetched before it is asked for, and the base branch once. Raises ForgeError.
    """

    def __init__(self, url: str, base: str, token: str) -> None:
        self._url, self._base, self._token = url, base, token
        self._at_hand: set[tuple[PurePosixPath, str]] = set()

    @cached_property
    def remote(self) -> Remote:
        """The server, and the copy as a bare repository."""
        return Remote(self._url, self._token, Path(self._folder.name, "copy.git"))

    @property
    def git(self) -> Git:
        """The copy."""
        return self.remote.git

    @cached_property
    def start(self) -> str:
        """The commit that the base branch is at; of its files the names only."""
        commit = self.remote.fetch(self._base, blobs=False)
        if commit is None:
            raise ForgeError(
                f"there is no branch {self._base!r}", where=self._url, remedy="create it, or set [forge] base"
            )
        return commit

    def read(self, path: str) -> str | None:
        """A file as it stands on the base branch, None where there is none. Raises DataError too.

        With the first file of a folder, those of the same sort beside it are fetched.
        """
        pure = PurePosixPath(path)
        if (pure.parent, pure.suffix) not in self._at_hand:
            self._at_hand.add((pure.parent, pure.suffix))
            folder = () if pure.parent == PurePosixPath() else (f"{pure.parent}/",)
            beside = self.git("ls-tree", "-z", "--full-tree", self.start, "--", *folder).split("\0")
            told = (line.partition("\t") for line in beside if line.endswith(pure.suffix))
            self.remote.fetch_blobs([head.split()[2] for head, _, _ in told if " blob " in head])
        return self.git.text_at(self.start, path)

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="survey-bot-", ignore_cleanup_errors=True)


def _credentials(url: str, token: str) -> dict[str, str]:
    """Variables by which git sends the token to this server only, and asks nobody for another."""
    parts = urlsplit(url)
    header = f"http.{parts.scheme}://{parts.netloc}/.extraheader"
    basic = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    settings = [
        (header, ""),  # forgets a header that was configured before
        (header, f"AUTHORIZATION: basic {basic}"),
        ("credential.helper", ""),
        ("core.askPass", ""),
    ]
    told = os.environ.get("GIT_CONFIG_COUNT", "")
    first = int(told) if told.isdigit() else 0
    variables = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings, start=first):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables
