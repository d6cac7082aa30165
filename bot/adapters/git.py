"""The git command, for work on a repository that must not notice: no hooks, no prompts, no work tree, no index."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bot.errors import DataError, ForgeError

_SAFE = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.splitIndex=false",
    "commit.gpgSign=false",
    "i18n.commitEncoding=UTF-8",
)
_KEPT = ("GIT_CONFIG", "GIT_EXEC_PATH", "GIT_CEILING_DIRECTORIES")  # the rest could point at another repository
_SECONDS = 300

_EMAIL = "survey-bot@localhost"
_IDENTITY = {
    f"GIT_{role}_{key}": value
    for role in ("AUTHOR", "COMMITTER")
    for key, value in (("NAME", "survey-bot"), ("EMAIL", _EMAIL))
}

_LINK = "120000"
_GONE = f"0 {'0' * 40}"
"""How git is told that a file goes."""

_REMEDIES = (
    ("dubious ownership", "run as the owner of the folder, or add it to git's safe.directory"),
    (".lock': File exists", "wait for the other git process, or remove the lock file if none is running"),
    ("No space left on device", "free some disk space"),
    ("Read-only file system", "use a repository that can be written"),
    ("ermission", "give this user the right to write there"),
    ("cannot lock ref", "rename the branch that is in the way"),
)


class Git:
    """``Git(folder)("rev-parse", "HEAD")`` is what git prints; raises ForgeError in one sentence when git fails.

    ``env`` are variables for every command; ``where`` is what an error names instead of the folder.
    """

    def __init__(self, folder: Path, *, env: Mapping[str, str] | None = None, where: str = "") -> None:
        self.folder, self._env, self._where = folder, dict(env or {}), where or str(folder)
        settings = (part for setting in _SAFE for part in ("-c", setting))
        self._command = ("git", "-C", str(folder), "--no-pager", *settings)

    def __call__(self, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> str:
        """What ``git <arguments>`` prints. Raises ForgeError."""
        done = self.run(*arguments, stdin=stdin, env=env)
        if done.returncode != 0:
            raise self.error(arguments[0], done)
        return done.stdout.decode("utf-8", "surrogateescape")

    def succeeds(self, *arguments: str) -> bool:
        """Whether git ends without an error."""
        return self.run(*arguments).returncode == 0

    def exclude(self, folder: str) -> None:
        """Keep this folder (``name/``) out of ``git status`` without touching a file that people commit.

        Raises ForgeError and OSError.
        """
        if self.succeeds("check-ignore", "--quiet", "--no-index", f"{folder}any"):
            return
        file = self.folder / self("rev-parse", "--git-path", "info/exclude").removesuffix("\n")
        file.parent.mkdir(exist_ok=True)
        old = file.read_text(encoding="utf-8", errors="surrogateescape") if file.exists() else ""
        gap = "" if not old or old.endswith("\n") else "\n"
        with file.open("a", encoding="utf-8") as stream:
            stream.write(f"{gap}/{folder}\n")

    def is_bare(self) -> bool:
        """Whether the folder is a bare repository; else it is the root of a work tree. Raises ForgeError if neither."""
        where, remedy = str(self.folder), "set [forge] path to the root of a git repository, or run git init there"
        if not self.folder.is_dir():
            raise ForgeError("there is no such folder", where=where, remedy=remedy)
        try:
            bare, _, root = self("rev-parse", "--is-bare-repository", "--absolute-git-dir").partition("\n")
            if bare == "false":
                root = self("rev-parse", "--show-toplevel")
        except ForgeError as error:
            if "not a git repository" in error.what or "must be run in a work tree" in error.what:
                raise ForgeError("this is no git repository", where=where, remedy=remedy) from None
            raise
        if not self.folder.samefile(root.removesuffix("\n")):
            raise ForgeError(f"this lies inside the git repository {root.strip()}", where=where, remedy=remedy)
        return bare == "true"

    def blob(self, content: str) -> str:
        """The name of this text as a file; it is stored."""
        return self("hash-object", "-w", "--stdin", stdin=content).strip()

    def blobs(self, texts: Mapping[str, str]) -> dict[str, str]:
        """The names of many texts as files, under the same keys; they are stored by one call of git."""
        with tempfile.TemporaryDirectory(prefix="survey-bot-", ignore_cleanup_errors=True) as folder:
            names = [Path(folder, str(number)) for number, _ in enumerate(texts)]
            try:
                for name, text in zip(names, texts.values(), strict=True):
                    name.write_bytes(text.encode("utf-8", "surrogateescape"))
            except OSError as error:
                raise ForgeError(
                    f"cannot be written: {error.strerror}", where=folder, remedy="free some space"
                ) from None
            told = "".join(f"{name}\n" for name in names)
            stored = self("hash-object", "-w", "--no-filters", "--stdin-paths", stdin=told).split()
        return dict(zip(texts, stored, strict=True))

    def commit_with(self, base: str | None, files: Mapping[str, str | None], message: str) -> str:
        """A commit of the bot on top of the commit ``base``, or on nothing, with these files; no branch is changed.

        ``files`` are names of blobs by path, None for a file that goes. Blobs of ``base`` need not be here. Raises
        ForgeError.
        """
        with tempfile.TemporaryDirectory(prefix="survey-bot-", ignore_cleanup_errors=True) as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
            self("read-tree", *((base,) if base else ("--empty",)), env=index)
            entries = "".join(f"{f'100644 {blob}' if blob else _GONE}\t{path}\0" for path, blob in files.items())
            self("update-index", "-z", "--add", "--index-info", stdin=entries, env=index)
            tree = self("write-tree", "--missing-ok", env=index).strip()
        parents = ("-p", base) if base else ()
        return self("commit-tree", tree, *parents, "-F", "-", stdin=message, env=_IDENTITY).strip()

    def set_branch(self, branch: str, commit: str, old: str = "") -> None:
        """Let ``branch`` be ``commit``; it must be ``old`` now, or not exist. Raises ForgeError."""
        self("update-ref", "-m", "survey-bot", f"refs/heads/{branch}", commit, old, env=_IDENTITY)

    def head(self, branch: str) -> str:
        """The commit that this branch is at; empty when there is no such branch."""
        return self("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}").strip()

    def used_in(self, branch: str) -> str:
        """The work tree that this branch is checked out in, or is being rebased in; empty when it is in none."""
        where = self("for-each-ref", "--format=%(worktreepath)", f"refs/heads/{branch}").strip()
        for step in ("rebase-merge", "rebase-apply"):
            file = self.folder / self("rev-parse", "--git-path", f"{step}/head-name").removesuffix("\n")
            if not where and file.is_file() and file.read_bytes().strip() == f"refs/heads/{branch}".encode():
                where = str(self.folder)
        return where

    def is_part_of(self, commit: str, other: str) -> bool:
        """Whether ``commit`` is ``other`` or one of its ancestors; False too when there is no such commit."""
        return self.succeeds("merge-base", "--is-ancestor", commit, other)

    def file_at(self, commit: str, path: str) -> str:
        """The name of the blob at this path, empty when there is none. The blob itself need not be here."""
        return self("ls-tree", "--full-tree", commit, "--", path).partition("\t")[0].rpartition(" ")[2]

    def text_at(self, commit: str, path: str) -> str | None:
        """A file's text, None where there is none. Raises DataError when it is a link or no UTF-8, and ForgeError."""
        mode, _, rest = self("ls-tree", "-z", "--full-tree", commit, "--", path).partition(" ")
        kind, _, blob = rest.partition("\t")[0].partition(" ")
        if kind != "blob":
            return None
        if mode == _LINK:
            raise DataError("this is a link to another file", where=path, remedy="name the file it leads to")
        try:
            return self("cat-file", "blob", blob).encode("utf-8", "surrogateescape").decode()
        except UnicodeDecodeError:
            raise DataError("cannot be read: it is not UTF-8", where=path, remedy="save it as UTF-8") from None

    def is_own(self, commit: str) -> bool:
        """Whether the bot made this commit. What it makes stands on the base branch, so nothing else is below it."""
        return self("log", "-1", "--format=%ce", commit).strip() == _EMAIL

    def run(
        self, *arguments: str, stdin: str = "", env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        """How ``git <arguments>`` ended, well or not. Raises ForgeError when it cannot be run."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(_KEPT)}
        own = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
        try:
            return subprocess.run(
                [*self._command, *arguments],
                input=stdin.encode("utf-8", "surrogateescape"),
                env={**inherited, **own, **self._env, **(env or {})},
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise ForgeError("the git command was not found", remedy="install git") from None
        except subprocess.TimeoutExpired:
            raise ForgeError(
                f"git {arguments[0]} did not end in {_SECONDS} s", where=self._where, remedy="run it by hand"
            ) from None
        except OSError as error:
            raise ForgeError(f"git cannot be run: {error.strerror}", remedy="mend the installation of git") from None

    def error(self, name: str, done: subprocess.CompletedProcess[bytes]) -> ForgeError:
        """Why ``git <name>`` failed, in one sentence."""
        where = self._where
        if done.returncode < 0:
            ended = signal.Signals(-done.returncode).name
            return ForgeError(f"git {name} was ended by {ended}", where=where, remedy="see the limits of this machine")
        text = done.stderr.decode("utf-8", "replace")
        lines = text.strip().splitlines() or [f"exit code {done.returncode}"]
        said = next((line for line in lines if line.startswith(("fatal:", "error:"))), lines[0])
        remedy = next((remedy for sign, remedy in _REMEDIES if sign in text), "run that git command by hand")
        return ForgeError(f"git {name} failed: {said.split(': ', 1)[-1].rstrip('.')}", where=where, remedy=remedy)
