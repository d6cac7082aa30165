"""The onboarding pull request in a git repository on this machine: one branch, and its words in a file beside it.

What is checked out, staged or changed in the work tree is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from bot.adapters.git import Git
from bot.adapters.local.page import Pages
from bot.adapters.onboarding_commit import Words, digest, make
from bot.block import read_block, write_block
from bot.errors import ForgeError
from bot.onboarding import BRANCH, TITLE

_KIND = _PAGE = "init"
_FOOTER = """
---

Branch `{branch}` is one commit on top of `{base}`. In the repository:

- **see** it: `git diff {base}...{branch}`
- **accept** it: {accept}
- **correct** it: `git switch {branch}`, edit, `git commit -a`, then accept it
- **reject** it for good: `git branch -D {branch}`; this file stays, so that it is not asked again

{block}
"""
_ACCEPT = {
    False: "`git switch {base}`, then `git merge {branch}`",
    True: "`git push origin {branch}`, open a pull request for it with this text, and merge that",
}


class Checkout(NamedTuple):
    """Where a file is: the root of its repository, its path from there, the address it came from, its main branch."""

    root: Path
    path: str
    origin: str
    base: str


def checkout(file: Path) -> Checkout:
    """The repository that a file is checked out in. Raises ForgeError when it is in none, or nothing is committed."""
    folder = file.resolve().parent
    git = Git(folder)
    if not folder.is_dir() or not git.succeeds("rev-parse", "--show-toplevel"):
        raise ForgeError(
            "this is in no git repository", where=str(file), remedy="run init in a checkout of your survey's repository"
        )
    root = Path(git("rev-parse", "--show-toplevel").removesuffix("\n"))
    heads = git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads/").split()
    theirs = git("for-each-ref", "--format=%(symref:lstrip=3)", "refs/remotes/origin/HEAD").strip()
    mine = git("symbolic-ref", "--short", "HEAD").strip() if git.succeeds("symbolic-ref", "--quiet", "HEAD") else ""
    base = next((name for name in (theirs, "main", "master", mine) if name in heads), "")
    if not base:
        raise ForgeError(
            "the repository has no branch with a commit", where=str(root), remedy="commit your README first"
        )
    origin = git("remote", "get-url", "origin").strip() if git.succeeds("remote", "get-url", "origin") else ""
    return Checkout(root, (folder / file.name).relative_to(root.resolve()).as_posix(), origin, base)


def on_server(origin: str, server: str) -> str:
    """``owner/name`` of a remote that is on this server, by https or ssh; empty when it is elsewhere."""
    host = re.escape(server.partition("://")[2].rstrip("/"))
    address = rf"(?:https?://(?:[^/@]*@)?{host}/|(?:ssh://)?git@{host}[:/])(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
    found = re.fullmatch(address, origin)
    return found["name"] if found else ""


class LocalOnboarding:
    """The onboarding of the repository whose root is ``repository``, onto its branch ``base``. Raises ForgeError.

    ``push``: it has a home on GitHub, and the words say how to bring the branch there.
    """

    def __init__(self, repository: Path, base: str, *, push: bool = False) -> None:
        self.base = base
        self._git, self._push = Git(repository), push
        self._pages = Pages(self._git)
        self._page = self._pages.path(_PAGE)
        self._tip = self._git.head(base)
        if not self._tip:
            raise ForgeError(
                f"there is no branch {base!r}, or nothing on it",
                where=str(repository),
                remedy="commit your README there",
            )

    def read(self, path: str) -> str | None:
        """A file as it stands on the base branch."""
        return self._git.text_at(self._tip, path)

    def address(self, path: str) -> str:
        """Nowhere: people have the file at hand."""
        return ""

    def ask(self, files: Mapping[str, str], words: Words, *, again: bool = False) -> str:
        """Open it, or bring it up to date when only the bot has written to it; what was done, in a sentence.

        A closed one stays closed unless ``again``. Raises ForgeError.
        """
        head, page = self._git.head(BRANCH), self._pages.read(_PAGE)
        if not head:
            if page is not None and not again:
                return (
                    f"it was asked once and its branch was deleted, so nothing is done; see {self._page}, and say "
                    "`survey-bot init --again` to be asked anew"
                )
            return self._write(files, words, "", "opened: ")
        if self._git.is_part_of(head, self._tip):
            return self._merged(files, words, head, again=again)
        block = read_block(page or "", kind=_KIND) or {}
        if not self._git.is_own(head):
            return f"it is open, and people have worked on it, so it was left as it is: branch {BRANCH}"
        if (block.get("commit"), block.get("files")) == (head, digest(files)):
            return f"it is open and up to date: {self._page}, branch {BRANCH}"
        self._not_checked_out()
        return self._write(files, words, head, "brought up to date: ")

    def _merged(self, files: Mapping[str, str], words: Words, head: str, *, again: bool) -> str:
        if not again:
            return (
                f"branch {BRANCH} was merged and its settings have since been removed, so nothing is done; say "
                "`survey-bot init --again` to be asked anew"
            )
        self._not_checked_out()
        return self._write(files, words, head, "opened: ")

    def _write(self, files: Mapping[str, str], words: Words, old: str, done: str) -> str:
        """The branch first: what a killed run leaves is a branch of the bot without words, and is adopted."""
        commit = make(self._git, self._tip, files)
        block = write_block({"commit": commit, "files": digest(files)}, kind=_KIND)
        accept = _ACCEPT[self._push].format(branch=BRANCH, base=self.base)
        footer = _FOOTER.format(branch=BRANCH, base=self.base, accept=accept, block=block)
        self._git.set_branch(BRANCH, commit, old)
        self._pages.write(_PAGE, f"# {TITLE}\n\n{words({}).strip()}\n{footer}")
        return f"{done}{self._page}, branch {BRANCH}"

    def _not_checked_out(self) -> None:
        where = self._git.used_in(BRANCH)
        if where:
            raise ForgeError(
                f"branch {BRANCH} is checked out there, so it cannot be brought up to date",
                where=where,
                remedy=f"git switch {self.base} and say it again",
            )
