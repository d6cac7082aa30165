"""Grouped pull requests in a git repository on this machine: a branch of several commits, its words in a file beside.

What is checked out, staged or changed in a work tree is never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bot import ids
from bot.adapters.changeset_commits import (
    Known,
    chain,
    check,
    check_branch,
    digest,
    kind_of,
    seen,
    understood,
    words,
)
from bot.adapters.changeset_files import files_at
from bot.adapters.git import Git
from bot.adapters.local.page import Pages
from bot.adapters.own_work import check_path
from bot.changes import Changeset, GroupPull, Stage
from bot.errors import ForgeError
from bot.markdown import escape

_FOOTER = """
---

Branch `{branch}` holds commits on top of `{base}`. In the repository:

- **see** it: `git log -p {base}..{branch}`
- **accept** it: `git switch {base}`, then `git merge {branch}`
{drop}- **reject** it: `git branch -D {branch}`; this file stays and tells what was asked
"""


_DROP = """\
- **accept it without one of the commits**: `git switch {branch}`, then `git revert COMMIT` (or `git rebase -i {base}`,
  where you delete its line), then accept it
"""


class _State(NamedTuple):
    """What git and the page say of one branch; ``page`` is None where there is none, ``tip`` empty."""

    tip: str
    page: str | None
    known: Known
    stage: Stage
    moved: str = ""
    """The branch of another name where a person keeps it."""


class LocalChangesets:
    """Implements :class:`bot.ports.Changesets` on the git repository whose root (or bare folder) is ``repository``.

    ``base`` is the branch that pull requests are meant for. Raises ForgeError, here and in every method.
    """

    dry = False
    notes: Sequence[str] = ()

    def __init__(self, repository: Path, base: str) -> None:
        repository = repository.resolve()
        self.name = f"local {str(repository).encode(errors='replace').decode()}"
        self._git, self._base = Git(repository), base
        self._pages = Pages(self._git, "changes")
        self._tip()

    def all(self, kind: str) -> list[GroupPull]:
        """Those of which the branch or the page is there, the latest first."""
        heads = self._git("for-each-ref", "--format=%(refname:lstrip=2)", f"refs/heads/{ids.BRANCHES}").split()
        branches = {*heads, *(ids.BRANCHES + name for name in self._pages.names())}
        states = {branch: self._state(branch) for branch in branches if kind_of(branch) == kind}
        order = sorted(states, key=lambda branch: (self._when(states[branch]), branch), reverse=True)
        return [self._pull(branch, states[branch]) for branch in order]

    def read(self, path: str) -> str | None:
        """A file as it stands on the base branch now. Raises DataError too."""
        check_path(path)
        return self._git.text_at(self._tip(), path)

    def files(self, folder: str) -> dict[str, str]:
        """The files of a folder as they stand on the base branch now. Raises DataError too."""
        return files_at(self._git, self._tip(), folder)

    def ask(self, changeset: Changeset) -> GroupPull | None:
        """Open it, see :class:`bot.ports.Changesets`.

        Of one that has ended, branch and page are taken again. The branch comes first: what a run that was killed
        left, the next call finishes.
        """
        check(changeset)
        state = self._state(changeset.branch)
        if state.stage is Stage.OPEN:
            same = state.known.is_at(state.tip) and state.known.digest == digest(changeset)
            if same or self._is_touched(state):
                return self._pull(changeset.branch, state)
        elif state.tip and not self._is_expendable(state.tip):
            raise ForgeError(
                "the branch is there, and people have worked on it",
                where=changeset.branch,
                remedy=f"git branch -m {changeset.branch} another-name, and say it again",
            )
        commits = chain(self._git, self._tip(), changeset.commits)
        if not commits:
            self.close(changeset.branch, f"All that it proposed stands on {escape(self._base)} by now.")
            return None
        self._write(changeset, commits, state.tip)
        return self._pull(changeset.branch, self._state(changeset.branch))

    def close(self, branch: str, sentence: str) -> None:
        """Write the sentence into the page, then delete the branch; only of an open one that is the bot's alone.

        Its memo goes with it: people refused nothing.
        """
        check_branch(branch)
        state = self._state(branch)
        if not state.tip or state.stage is Stage.MERGED or self._is_touched(state):
            return
        self._not_in_use(branch)
        if not state.known.closed:  # else a run was killed right after it said so
            text = f"{seen(state.page or '')}\n\n**Closed.** {sentence}"
            page = words("", text, replace(state.known, closed=True, memo={}))
            self._pages.write(_name(branch), page)
        self._git("update-ref", "-d", f"refs/heads/{branch}", state.tip)

    def _write(self, changeset: Changeset, commits: Sequence[str], old: str) -> None:
        branch, tip = changeset.branch, commits[-1]
        if old:
            self._not_in_use(branch)
        try:
            self._git.set_branch(branch, tip, old)
        except ForgeError:
            if self._git.head(branch) == old:
                raise
            raise ForgeError(
                "the branch has just been changed", where=branch, remedy="nothing is lost, say it again"
            ) from None
        known = Known(tuple(commits), digest(changeset), at=self._made(tip), memo=changeset.memo)
        names = {"branch": branch, "base": self._base}
        footer = _FOOTER.format(**names, drop="" if changeset.whole else _DROP.format(**names))
        text = f"# {escape(changeset.title)}\n\n{changeset.body.strip()}\n{footer}"
        self._pages.write(_name(branch), words("", text, known))

    def _state(self, branch: str) -> _State:
        tip, page = self._git.head(branch), self._pages.read(_name(branch))
        known = Known() if page is None else understood("", page)
        moved = "" if tip or known.closed or not known.commits else self._renamed(known)
        if known.closed:
            stage = Stage.CLOSED
        elif tip or moved:
            stage = Stage.MERGED if self._holds(tip or self._git.head(moved)) else Stage.OPEN
        else:
            merged = bool(known.commits) and self._git.is_part_of(known.commits[0], self._tip())
            stage = Stage.MERGED if merged else Stage.CLOSED
        return _State(tip, page, known, stage, moved)

    def _renamed(self, known: Known) -> str:
        """A branch that holds the bot's commits, and is not the base branch: a person has them in work there."""
        told = self._git.run(
            "for-each-ref", "--format=%(refname:lstrip=2)", "--contains", known.commits[-1], "refs/heads/"
        )
        names = told.stdout.decode("utf-8", "surrogateescape").split()
        return names[0] if names and self._base not in names else ""

    def _is_touched(self, state: _State) -> bool:
        """Whether people worked on words or branch; one that goes by another name is theirs."""
        if not state.tip:
            return state.known.edited or bool(state.moved)
        return state.known.is_touched(self._git, state.tip)

    def _holds(self, tip: str) -> bool:
        """Whether the base branch lacks nothing of this commit, be it merged as it is or all in one commit."""
        base = self._tip()
        if self._git.is_part_of(tip, base):
            return True
        changed = [path for path in self._git("diff", "--name-only", "-z", f"{base}...{tip}").split("\0") if path]
        return not self._git("diff", "--name-only", base, tip, "--", *changed).strip() if changed else True

    def _is_expendable(self, tip: str) -> bool:
        """Whether nothing of a person is lost with this branch."""
        return self._git.is_own(tip) or self._git.is_part_of(tip, self._tip())

    def _pull(self, branch: str, state: _State) -> GroupPull:
        where = f"branch {branch}" if state.page is None else str(self._pages.path(_name(branch)))
        if state.moved:
            where = f"{where}, by now branch {state.moved},"
        return GroupPull(
            branch=branch,
            stage=state.stage,
            where=where.encode(errors="replace").decode(),
            touched=self._is_touched(state),
            memo=state.known.memo,
            rewritten=not state.known.commits and not state.known.closed,
        )

    def _tip(self) -> str:
        """The commit that the base branch is at."""
        tip = self._git.head(self._base)
        if not tip:
            raise ForgeError(
                f"there is no branch {self._base!r}, or nothing on it",
                where=str(self._git.folder),
                remedy="create it, or set [forge] base",
            )
        return tip

    def _when(self, state: _State) -> int:
        return state.known.at or (self._made(state.tip) if state.tip else 0)

    def _made(self, commit: str) -> int:
        return int(self._git("log", "-1", "--format=%ct", commit))

    def _not_in_use(self, branch: str) -> None:
        where = self._git.used_in(branch)
        if where:
            raise ForgeError(
                f"branch {branch} is checked out there, so the bot leaves it alone",
                where=where,
                remedy=f"git switch {self._base} and say it again",
            )


def _name(branch: str) -> str:
    return branch.removeprefix(ids.BRANCHES)
