"""The forge that is a git repository on this machine: a branch per paper, the pull request a Markdown file beside it.

A branch with its file is open; when its paper stands on the base branch, or the branch is part of it, it was merged;
a file whose branch is gone was closed. What is checked out, staged or changed in the work tree is never touched.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath, PurePosixPath
from typing import NamedTuple

from bot import ids
from bot.adapters.git import Git
from bot.block import read_block, read_labels, write_block
from bot.errors import ForgeError
from bot.fates import Pull, PullState
from bot.models import Proposal

try:
    import fcntl
except ImportError:  # Windows: two runs at once are kept apart by git's own locks only
    fcntl = None  # type: ignore[assignment]

_HEADS = "refs/heads/"
_MARKS = re.compile(r"[\\`*_\[\]<>|~@&]")  # what means something in Markdown
_PENDING = ".pending"  # a pull request's whole file until its branch exists

_FOOTER = """
---

Branch `{branch}` adds `{path}` to `{base}`. In the repository:

- **see** it: `git diff {base}...{branch}`
- **accept** it: `git switch {base}`, then `git merge {branch}`; `survey-bot render` writes the tables
- **correct** it: `git switch {branch}`, edit the file, `git commit -a`, then accept it
- **reject** it for good: `git branch -D {branch}`; this file stays, so that it is never proposed again

{block}
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

    def __init__(self, repository: Path, base: str) -> None:
        self._repository, self._base = repository.resolve(), base
        self._git = Git(self._repository)
        self._bare = self._git.is_bare()
        self._folder = self._repository / ("survey-bot" if self._bare else ".survey-bot") / "pulls"
        self._state()

    def pulls(self) -> dict[str, Pull]:
        """Every pull request of which the branch or the file is there, by paper id. Raises ForgeError."""
        state = self._state()
        self._finish_interrupted(state)
        stems = {head.removeprefix(ids.BRANCHES) for head in state.heads if head.startswith(ids.BRANCHES)}
        with _told(self._folder):
            stems |= {file.stem for file in self._folder.glob("*.md")}
        known = {ids.from_stem(stem): stem for stem in sorted(stems) if ids.is_valid(ids.from_stem(stem))}
        return {paper_id: self._pull(stem, state) for paper_id, stem in known.items()}

    def open(self, proposal: Proposal) -> Pull:
        """Open it as one branch with one commit that adds one file; or give back what became of it earlier.

        A branch that exists is adopted as it is, and its missing file written; a paper that stands on the base branch
        is merged; a closed one stays closed. Raises ForgeError; then, and after a kill at any moment, the next call
        finishes the work.
        """
        stem = _checked(proposal)
        with self._alone():
            state = self._state()
            self._finish_interrupted(state)
            file = self._folder / f"{stem}.md"
            if state.has(stem, proposal.path):
                where = _printable(file if file.exists() else PurePosixPath(proposal.path))
                return Pull(id=proposal.paper.id, state=PullState.MERGED, where=where, proposed=_labels(_read(file)))
            if not file.exists():
                self._write(proposal, file, state)
            return self._pull(stem, self._state())

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
                message = f"{_line(proposal.title)}\n\nProposed by survey-bot.\n"
                base = state.heads[self._base]
                self._git.branch_with(proposal.branch, base, proposal.path, proposal.content, message)
        except ForgeError:
            for trace in (half, pending):
                with suppress(OSError):
                    trace.unlink()
            raise
        with _told(file), suppress(FileNotFoundError):  # another run's pulls() may have been quicker
            pending.replace(file)

    def _text(self, proposal: Proposal) -> str:
        names = {"branch": proposal.branch, "path": proposal.path, "base": self._base}
        footer = _FOOTER.format(**names, block=write_block(names, kind="pull"))
        title = _MARKS.sub(r"\\\g<0>", _line(proposal.title))
        return f"# {title}\n\n{proposal.body.strip()}\n{footer}"

    def _pull(self, stem: str, state: _State) -> Pull:
        file = self._folder / f"{stem}.md"
        text = _read(file)
        path = (read_block(text, kind="pull") or {}).get("path") if text is not None else None
        branch = ids.BRANCHES + stem
        if branch in state.merged or state.has(stem, path if isinstance(path, str) else None):
            result = PullState.MERGED
        else:
            result = PullState.OPEN if branch in state.heads else PullState.CLOSED
        where = f"branch {branch}" if text is None else _printable(file)
        return Pull(id=ids.from_stem(stem), state=result, where=where, proposed=_labels(text))

    def _finish_interrupted(self, state: _State) -> None:
        """Give the files of branches made by a run that was killed right then their name; best effort."""
        for pending in self._folder.glob(f"*{_PENDING}"):
            file = pending.with_suffix(".md")
            if ids.BRANCHES + file.stem in state.heads and not file.exists():
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
                self._exclude()
            lock = (self._folder / ".lock").open("w")
        with lock:
            if fcntl:
                with suppress(OSError):  # file systems without locks
                    fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _exclude(self) -> None:
        """Keep ``git status`` clean without touching a file that people commit."""
        if self._git.succeeds("check-ignore", "--quiet", "--no-index", ".survey-bot/pulls"):
            return
        exclude = self._repository / self._git("rev-parse", "--git-path", "info/exclude").removesuffix("\n")
        exclude.parent.mkdir(exist_ok=True)
        old = exclude.read_text(encoding="utf-8", errors="surrogateescape") if exclude.exists() else ""
        gap = "" if not old or old.endswith("\n") else "\n"
        with exclude.open("a", encoding="utf-8") as stream:
            stream.write(f"{gap}/.survey-bot/\n")


def _checked(proposal: Proposal) -> str:
    """The stem of the paper. Raises ForgeError for a branch or path that is not this paper's own."""
    stem = ids.to_stem(proposal.paper.id)
    path = PurePosixPath(proposal.path)
    inside = path.parts and not path.is_absolute() and not {"..", ".git"} & {part.lower() for part in path.parts}
    if not ids.is_valid(proposal.paper.id) or proposal.branch != ids.BRANCHES + stem:
        raise ForgeError(
            "this is no branch of the bot", where=proposal.branch, remedy=f"it must be {ids.BRANCHES}{stem}"
        )
    if not inside or str(path) != proposal.path or not proposal.path.isprintable() or path.name != f"{stem}.yaml":
        raise ForgeError(
            "this is no path for the paper's file", where=repr(proposal.path), remedy="see [survey] taxonomy"
        )
    return stem


def _printable(path: PurePath) -> str:
    """A path whose name is not UTF-8 too."""
    return str(path).encode(errors="replace").decode()


def _line(text: str) -> str:
    return " ".join(text.split())


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ForgeError(f"cannot be read: {error.strerror}", where=str(file), remedy="mend its permissions") from None


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
