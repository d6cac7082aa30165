"""A git repository on a server, over HTTP: what is needed of it is fetched, what was made is pushed, nothing forced.

The token is given to git in its environment only, so that no list of processes, file or address holds it.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import time
from pathlib import Path
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
