"""The ledger on a branch of its own in a repository on a server, which only the bot writes.

Two machines may write at once: nothing is overwritten, what both have is put together line by line.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from bot.adapters.git_remote import Remote
from bot.adapters.ledger_file import CHANGES, REVISIONS, RUNS, SLICES, LedgerFile
from bot.changes import Decision
from bot.errors import ForgeError, LedgerError
from bot.fates import Fate, RunReport
from bot.files import write_atomically
from bot.slices import Revision, Settled

LEDGER = "ledger.jsonl"
_FILES = (LEDGER, RUNS, SLICES, REVISIONS, CHANGES)
_TRIES = 3
_README = "README.md"
_ABOUT = f"""# State of survey-bot

This branch holds what the bot remembers between its runs. It shares no history with the others, and only the bot writes
it: do not merge it, and do not delete it, or every paper it has skipped is judged
again, and one rejected by a comment alone is asked about again.

- `{LEDGER}`: one line per decision on a paper; the latest one of a paper is its fate.
- `{RUNS}`: one line per run.
- `{SLICES}`: one line per stretch of time that arXiv need not be asked for again.
- `{REVISIONS}`: one line per later version of a paper that is listed or proposed.
- `{CHANGES}`: one line per decision on a proposed change of a listed paper; what was refused does not come again.
"""


class BranchLedger:
    """Implements :class:`bot.ports.Ledger` on ``branch`` of the repository at ``url``.

    The branch is read with the first question and pushed by ``save``, which makes it when it is missing. In between
    its lines are files in ``folder``; what a run that was killed left there is saved by the next one on this machine.
    A branch that is missing starts with the lines of the file ``before``, the ledger of a time without GitHub, and of
    what stands beside it, but for the reports of the runs: those are told for each forge.
    """

    def __init__(self, folder: Path, url: str, branch: str, token: str, before: Path | None = None) -> None:
        self._before = before
        self._folder, self._url, self._branch, self._token = folder, url, branch, token
        self._tip: str | None = None
        self._is_saved = True

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it when it was read, one sentence each."""
        return self._ledger.notes if self._is_read else ()

    def fates(self) -> Mapping[str, Fate]:
        """The latest recorded fate of every paper. Raises LedgerError."""
        return self._ledger.fates()

    def record(self, fates: Iterable[Fate]) -> None:
        """Append on this machine. Raises LedgerError."""
        self._ledger.record(fates)
        self._is_saved = False

    def runs(self) -> Sequence[RunReport]:
        """The reports of earlier runs, oldest first, without their papers. Raises LedgerError."""
        return self._ledger.runs()

    def record_run(self, report: RunReport) -> None:
        """Append a report on this machine, without its papers. Raises LedgerError."""
        self._ledger.record_run(report)
        self._is_saved = False

    def settled(self) -> Sequence[Settled]:
        """The slices that need not be asked for again, oldest first. Raises LedgerError."""
        return self._ledger.settled()

    def settle(self, slices: Iterable[Settled]) -> None:
        """Append on this machine. Raises LedgerError."""
        self._ledger.settle(slices)
        self._is_saved = False

    def revisions(self) -> Mapping[str, Revision]:
        """The highest recorded version of every paper that has one; of one version the latest. Raises LedgerError."""
        return self._ledger.revisions()

    def revise(self, revisions: Iterable[Revision]) -> None:
        """Append on this machine. Raises LedgerError."""
        self._ledger.revise(revisions)
        self._is_saved = False

    def decisions(self) -> Sequence[Decision]:
        """What became of proposed changes, those of this run too. Raises LedgerError."""
        return self._ledger.decisions()

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Append on this machine. Raises LedgerError."""
        self._ledger.decide(decisions)
        self._is_saved = False

    def save(self) -> None:
        """Push what the branch lacks, on top of what others pushed meanwhile. Raises LedgerError; nothing is lost."""
        if self._is_saved:
            return
        with _as_ledger_error():
            for _ in range(_TRIES):
                self._is_saved = self._pushed() or not self._read()
                if self._is_saved:
                    return
        raise LedgerError(
            f"the branch {self._branch} is written by someone else all the time",
            where=self._url,
            remedy="let only one run of the bot be at work (concurrency: in the workflow)",
        )

    # --- the branch ---------------------------------------------------------------------------------------------------

    @cached_property
    def _ledger(self) -> LedgerFile:
        """Read when it is first needed."""
        with _as_ledger_error():
            self._is_saved = not self._read()
        return LedgerFile(self._folder / LEDGER, where=f"{self._url}, branch {self._branch}")

    @property
    def _is_read(self) -> bool:
        return "_ledger" in self.__dict__

    @cached_property
    def _remote(self) -> Remote:
        return Remote(self._url, self._token, Path(self._copy.name, "copy.git"))

    @cached_property
    def _copy(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="survey-bot-", ignore_cleanup_errors=True)

    def _read(self) -> bool:
        """The files become the lines of the branch, and below them what it lacks; whether there is such a line."""
        self._tip = self._remote.fetch(self._branch)
        lacks = False
        for name in _FILES:
            theirs, ours = _lines(self._theirs(name)), _lines(self._ours(name))
            there = set(theirs)
            lacking = [line for line in ours if line not in there]
            lacks = lacks or bool(lacking)
            if theirs or ours:
                write_atomically(self._folder / name, b"".join(line + b"\n" for line in [*theirs, *lacking]))
        return lacks

    def _theirs(self, name: str) -> bytes:
        if self._tip is None and self._before and name != RUNS:
            return _bytes(self._before if name == LEDGER else self._before.with_name(name))
        if self._tip is None or not self._remote.git.file_at(self._tip, name):
            return b""
        return self._remote.git("cat-file", "blob", f"{self._tip}:{name}").encode("utf-8", "surrogateescape")

    def _ours(self, name: str) -> bytes:
        return _bytes(self._folder / name)

    def _pushed(self) -> bool:
        """Whether the branch holds the files now; False when it has moved on."""
        git = self._remote.git
        texts = {name: self._ours(name).decode("utf-8", "surrogateescape") for name in _FILES}
        if self._tip is None:
            texts[_README] = _ABOUT
        blobs = {name: git.blob(text) for name, text in texts.items() if text}
        commit = git.commit_with(self._tip, blobs, f"{self._last()}\n")
        if not self._remote.push(commit, self._branch, self._tip):
            return False
        self._tip = commit
        return True

    def _last(self) -> str:
        """What the commit says."""
        runs = self._ledger.runs()
        return f"Run {runs[-1].run}" if runs else "Fates of papers"


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""


def _lines(data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if line.strip()]


@contextmanager
def _as_ledger_error() -> Iterator[None]:
    """Failures of git and of the disk."""
    try:
        yield
    except ForgeError as error:
        raise LedgerError(error.what, where=error.where, remedy=error.remedy) from None
    except OSError as error:
        what = f"the state of the bot cannot be kept: {error.strerror}"
        raise LedgerError(what, where=str(error.filename or ""), remedy="check free space and permissions") from None
