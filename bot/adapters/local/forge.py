"""The forge that is a git repository on this machine: a branch per paper, the pull request a Markdown file beside it.

A branch with its file is open; when its paper stands on the base branch, or the branch is part of it, it was merged;
a file whose branch is gone was closed. What is checked out, staged or changed in the work tree is never touched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from bot import dashboard, ids
from bot.adapters.git import Git
from bot.adapters.own_work import commit_message, own_stem, paper_of, sign, signed
from bot.block import read_block, read_labels, write_block
from bot.errors import ForgeError
from bot.fates import Pull, PullState, Request, Wish
from bot.files import write_atomically
from bot.models import Proposal

try:
    import fcntl
except ImportError:  # Windows: two runs at once are kept apart by git's own locks only
    fcntl = None  # type: ignore[assignment]

_HEADS = "refs/heads/"
_MARKS = re.compile(r"[\\`*_\[\]<>|~@&]")  # what means something in Markdown
_CLOSED = "closed"
_PENDING = ".pending"  # a pull request's whole file until its branch exists

_FOOTER = """
---

Branch `{branch}` adds `{path}` to `{base}`. In the repository:

- **see** it: `git diff {base}...{branch}`
- **accept** it: `git switch {base}`, then `git merge {branch}`; `survey-bot render` writes the tables
- **correct** it: `git switch {branch}`, edit the file, `git commit -a`, then accept it
- **reject** it for good: `git branch -D {branch}`; this file stays, so that it is never proposed again
"""


class _State(NamedTuple):
    """What git knows: every branch and its commit, the branches that are merged, the files on the base branch."""

    heads: dict[str, str]
    merged: frozenset[str]
    files: frozenset[str]

    def has(self, stem: str, path: str | None) -> bool:
        """Whether the base branch holds the paper; where its path is unknown, by the layout of the shelf."""
        if path is not None:
            return path in self.files
        return any(PurePosixPath(name).parts[-2:] == ("papers", f"{stem}.yaml") for name in self.files)


class LocalForge:
    """Implements :class:`bot.ports.Forge` on the git repository whose root (or bare folder) is ``repository``.

    ``base`` is the branch that pull requests are meant for. Raises ForgeError when this is no such repository.
    """

    dry = False
    forgets = True
    notes: Sequence[str] = ()

    def __init__(self, repository: Path, base: str) -> None:
        self._repository, self._base = repository.resolve(), base
        self.name = f"local {_printable(self._repository)}"
        self._git = Git(self._repository)
        self._bare = self._git.is_bare()
        own = self._repository / ("survey-bot" if self._bare else ".survey-bot")
        self._folder, self._dashboard = own / "pulls", own / "dashboard.md"
        self._state()

    def pulls(self, since: datetime | None = None) -> dict[str, Pull]:
        """Every pull request of which the branch or the file is there, by paper id. Raises ForgeError."""
        state = self._state()
        self._finish_interrupted(state)
        branches = {head for head in state.heads if head.startswith(ids.BRANCHES)}
        with _told(self._folder):
            branches |= {ids.BRANCHES + file.stem for file in self._folder.glob("*.md")}
        known = {paper_id: branch for branch in sorted(branches) if (paper_id := paper_of(branch))}
        return {paper_id: self._pull(ids.to_stem(paper_id), state) for paper_id in known}

    def requests(self, since: datetime | None = None) -> list[Request]:
        """What is ticked on the dashboard, a file. Raises ForgeError."""
        ticked = dashboard.ticked(_read(self._dashboard) or "")
        return [Request(id=paper_id, wish=Wish.PROPOSE, by="a ticked box") for paper_id in ticked]

    def show(self, page: Callable[[str], str]) -> str:
        """Write the dashboard. Raises ForgeError."""
        with self._alone():
            text = page(_read(self._dashboard) or "")
            with _told(self._dashboard):
                write_atomically(self._dashboard, text.encode("utf-8", "replace"))
        return _printable(self._dashboard)

    def open(self, proposal: Proposal) -> Pull:
        """Open it as one branch with one commit that adds one file; or give back what became of it earlier.

        A branch that exists is adopted, and its missing file written; where only the bot touched both, they are
        brought up to date. A paper that stands on the base branch is merged; a closed one stays closed. Raises
        ForgeError; then, and after a kill at any moment, the next call finishes the work.
        """
        stem = own_stem(proposal)
        with self._alone():
            state = self._state()
            self._finish_interrupted(state)
            file = self._folder / f"{stem}.md"
            if state.has(stem, proposal.path):
                where = _printable(file if file.exists() else PurePosixPath(proposal.path))
                return Pull(id=proposal.paper.id, state=PullState.MERGED, where=where, proposed=_labels(_read(file)))
            before = self._pull(stem, state).state if file.exists() else None
            if before in (None, PullState.POSTPONED):
                self._write(proposal, file, state)
            elif before is PullState.OPEN:
                self._refresh(proposal, file, state)
            return self._pull(stem, self._state())

    def close(self, paper_id: str, sentence: str, *, later: bool = False) -> None:
        """Write the sentence into the pull request's file and delete its branch. Raises ForgeError.

        A branch with anything on it that the bot did not make is a person's to delete.
        """
        stem, branch = ids.to_stem(paper_id), ids.branch(paper_id)
        with self._alone():
            state = self._state()
            if branch not in state.heads or self._pull(stem, state).state is not PullState.OPEN:
                return
            head, where = state.heads[branch], f"branch {branch}"
            if not self._git.is_own(head):
                raise ForgeError("it holds commits of a person", where=where, remedy=f"git branch -D {branch}")
            if self._git.used_in(branch):
                raise ForgeError("it is checked out", where=where, remedy=f"git switch {self._base}")
            file = self._folder / f"{stem}.md"
            self._say(file, sentence, later)
            self._git("update-ref", "-d", f"{_HEADS}{branch}", head)

    def _say(self, file: Path, sentence: str, later: bool) -> None:
        """Once: what a killed run has said stands already."""
        text = _read(file) or ""
        facts = {"why": sentence, "later": later}
        if read_block(text, _CLOSED) != facts:
            with _told(file):
                whole = f"{text.rstrip()}\n\n**Closed.** {sentence}\n\n{write_block(facts, _CLOSED)}\n"
                write_atomically(file, whole.encode("utf-8", "replace"))

    def _refresh(self, proposal: Proposal, file: Path, state: _State) -> None:
        """Branch and file as they would be proposed today, if only the bot touched them: the branch first."""
        head, facts = state.heads[proposal.branch], signed("", _read(file) or "")
        blob = self._git.blob(proposal.content)
        if facts is None or facts.get("file") == blob or not self._git.is_own(head):
            return
        if self._git.used_in(proposal.branch):
            return  # someone is looking at it
        if self._git.file_at(head, proposal.path) != blob:
            self._git.set_branch(proposal.branch, self._commit(proposal, state), head)
        with _told(file):
            write_atomically(file, self._text(proposal).encode("utf-8", "replace"))

    def _commit(self, proposal: Proposal, state: _State) -> str:
        files = {proposal.path: self._git.blob(proposal.content)}
        return self._git.commit_with(state.heads[self._base], files, commit_message(proposal))

    def _write(self, proposal: Proposal, file: Path, state: _State) -> None:
        """The file first, under a name that does not count yet: what a killed run leaves, the next one finishes."""
        half, pending = file.with_suffix(".half"), file.with_suffix(_PENDING)
        try:
            with _told(file), half.open("w", encoding="utf-8", newline="\n") as stream:
                stream.write(self._text(proposal))
                stream.flush()
                os.fsync(stream.fileno())
            with _told(file):
                half.replace(pending)
            if proposal.branch not in state.heads:
                self._git.set_branch(proposal.branch, self._commit(proposal, state))
        except ForgeError:
            for trace in (half, pending):
                with suppress(OSError):
                    trace.unlink()
            raise
        with _told(file), suppress(FileNotFoundError):  # another run's pulls() may have been quicker
            pending.replace(file)

    def _text(self, proposal: Proposal) -> str:
        names = {"branch": proposal.branch, "path": proposal.path, "base": self._base}
        title = _MARKS.sub(r"\\\g<0>", " ".join(proposal.title.split()))
        text = f"# {title}\n\n{proposal.body.strip()}\n{_FOOTER.format(**names)}"
        return sign("", text, **names, file=self._git.blob(proposal.content))

    def _pull(self, stem: str, state: _State) -> Pull:
        file = self._folder / f"{stem}.md"
        text = _read(file)
        path = (read_block(text, kind="pull") or {}).get("path") if text is not None else None
        branch = ids.BRANCHES + stem
        if branch in state.merged or state.has(stem, path if isinstance(path, str) else None):
            result = PullState.MERGED
        else:
            result = PullState.OPEN if branch in state.heads else _closed(text)
        where = f"branch {branch}" if text is None else _printable(file)
        return Pull(id=ids.from_stem(stem), state=result, where=where, proposed=_labels(text))

    def _finish_interrupted(self, state: _State) -> None:
        """Give the files of branches made by a run that was killed right then their name; best effort."""
        for pending in self._folder.glob(f"*{_PENDING}"):
            file = pending.with_suffix(".md")
            if ids.BRANCHES + file.stem in state.heads:
                with suppress(OSError):
                    pending.replace(file)

    def _state(self) -> _State:
        lines = self._git("for-each-ref", "--format=%(objectname) %(refname:lstrip=2)", _HEADS).split("\n")
        heads = {name: commit for commit, _, name in (line.partition(" ") for line in lines) if name}
        if self._base not in heads:
            self._no_base(sorted(name for name in heads if not name.startswith(ids.BRANCHES)))
        base = heads[self._base]
        merged = self._git("for-each-ref", "--format=%(refname:lstrip=2)", f"--merged={base}", _HEADS + ids.BRANCHES)
        files = self._git("ls-tree", "-r", "-z", "--name-only", "--full-tree", base).split("\0")
        return _State(heads, frozenset(merged.split("\n")), frozenset(files))

    def _no_base(self, others: list[str]) -> None:
        where = str(self._repository)
        if not others:
            raise ForgeError("the repository has no commit yet", where=where, remedy=f"commit on {self._base!r} first")
        raise ForgeError(
            f"there is no branch {self._base!r}",
            where=where,
            remedy=f"create it, or set [forge] base to one of: {', '.join(others[:5])}",
        )

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Make the folder, out of git's sight, and keep other runs of the bot away from it."""
        with _told(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._bare:
                self._git.exclude(".survey-bot/")
            lock = (self._folder / ".lock").open("w")
        with lock:
            if fcntl:
                with suppress(OSError):  # file systems without locks
                    fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _printable(path: PurePath) -> str:
    """A path whose name is not UTF-8 too."""
    return str(path).encode(errors="replace").decode()


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ForgeError(f"cannot be read: {error.strerror}", where=str(file), remedy="mend its permissions") from None


def _closed(text: str | None) -> PullState:
    facts = read_block(text, _CLOSED) if text else None
    return PullState.POSTPONED if facts and facts.get("later") is True else PullState.CLOSED


def _labels(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else read_labels(text)


@contextmanager
def _told(where: Path) -> Iterator[None]:
    """Failures of the disk as ForgeError."""
    try:
        yield
    except OSError as error:
        remedy = "check free space and the permissions of the folder"
        raise ForgeError(f"cannot be written: {error.strerror}", where=str(where), remedy=remedy) from None
