"""The ledger as files of JSON lines: one fate a line, of several the latest counts.

Beside them stand the reports of the runs, the slices of time that are done with, the revisions of papers, and what
became of proposed changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bot.changes import Decision
from bot.errors import LedgerError
from bot.fates import Fate, RunReport
from bot.slices import Revision, Settled

try:
    import fcntl
except ImportError:  # Windows: one run at a time
    fcntl = None  # type: ignore[assignment]

M = TypeVar("M", bound=BaseModel)

RUNS = "runs.jsonl"
"""The file beside the ledger with the reports of the runs."""
SLICES = "slices.jsonl"
"""The file beside it with the slices that need not be asked for again."""
REVISIONS = "revisions.jsonl"
"""The file beside it with later versions of papers that are listed or proposed."""
CHANGES = "changes.jsonl"
"""The file beside it with the changes of listed papers that were proposed, and what became of them."""
_PAPERS = frozenset({"fates", "learned", "waiting"})  # of a report; the ledger has them
_TORN = 3  # so many half lines a new ledger may have of runs that were killed; more, and it is some other file


class LedgerFile:
    """Implements :class:`bot.ports.Ledger`; the files and their folder are made with the first line.

    Nothing that was written is ever changed. A line that cannot be read (the last one of a run that was killed, a
    slip of a human) costs itself only: it is passed over, and ``notes`` says so in one sentence. ``where`` is what
    people are told instead of the folder.
    """

    def __init__(self, path: Path, *, where: str = "") -> None:
        self._path, self._where = path, where
        self._runs, self._slices, self._revisions = (path.with_name(name) for name in (RUNS, SLICES, REVISIONS))
        self._changes = path.with_name(CHANGES)
        self._broken: dict[Path, list[int]] = {}

    @property
    def notes(self) -> Sequence[str]:
        """What the last reading of each file had to pass over."""
        return tuple(_note(self._shown(path), broken) for path, broken in self._broken.items() if broken)

    def fates(self) -> Mapping[str, Fate]:
        """The latest recorded fate of every paper, the lower line of two at one time; none when there is no file.

        Lines of several machines may stand in any order. Raises LedgerError.
        """
        fates: dict[str, Fate] = {}
        for fate in self._read(self._path, Fate):
            if fate.id not in fates or fates[fate.id].at <= fate.at:
                fates[fate.id] = fate
        if not fates and len(self._broken[self._path]) > _TORN:
            raise self._error(self._path, "is no ledger", "set [ledger] path to another file")
        return fates

    def record(self, fates: Iterable[Fate]) -> None:
        """Append each fate as one line, whole or not at all, and force them to the disk. Raises LedgerError.

        When the disk fails, the lines before stand and the half-written one is taken back.
        """
        self._write(self._path, [fate.model_dump_json(exclude_defaults=True) for fate in fates])

    def runs(self) -> Sequence[RunReport]:
        """The reports of earlier runs by the time they started, without their papers. Raises LedgerError."""
        return sorted(self._read(self._runs, RunReport), key=lambda run: run.started)

    def record_run(self, report: RunReport) -> None:
        """Append a report, without its papers, as :meth:`record` does. Raises LedgerError."""
        self._write(self._runs, [report.model_dump_json(exclude_defaults=True, exclude=set(_PAPERS))])

    def settled(self) -> Sequence[Settled]:
        """The slices that need not be asked for again, oldest first, each line once. Raises LedgerError."""
        parts = set(self._read(self._slices, Settled))
        return sorted(parts, key=lambda part: (part.since, part.until, part.query, part.at))

    def settle(self, slices: Iterable[Settled]) -> None:
        """Append each slice, as :meth:`record` does. Raises LedgerError."""
        self._write(self._slices, [part.model_dump_json() for part in slices])

    def revisions(self) -> Mapping[str, Revision]:
        """The highest recorded version of every paper that has one; of one version the latest. Raises LedgerError."""
        revisions: dict[str, Revision] = {}
        for revision in self._read(self._revisions, Revision):
            if revision.id not in revisions or _order(revisions[revision.id]) <= _order(revision):
                revisions[revision.id] = revision
        return revisions

    def revise(self, revisions: Iterable[Revision]) -> None:
        """Append each revision, as :meth:`record` does. Raises LedgerError."""
        self._write(self._revisions, [revision.model_dump_json(exclude_defaults=True) for revision in revisions])

    def decisions(self) -> Sequence[Decision]:
        """What became of each proposed change, by its last line, oldest first. Raises LedgerError."""
        last: dict[tuple[str, str, str], Decision] = {}
        for decision in sorted(self._read(self._changes, Decision), key=lambda one: one.at):
            last[decision.change.same] = decision
        return sorted(last.values(), key=lambda one: one.at)

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Append each decision, as :meth:`record` does. Raises LedgerError."""
        self._write(self._changes, [decision.model_dump_json() for decision in decisions])

    def save(self) -> None:
        """Nothing: the files are where they belong."""

    def _read(self, path: Path, kind: type[M]) -> list[M]:
        try:
            lines = path.read_bytes().split(b"\n")
        except FileNotFoundError:
            lines = []
        except OSError as error:
            raise self._error(path, f"cannot be read: {error.strerror}", "mend its permissions") from None
        found, broken = [], []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found.append(kind.model_validate_json(line))
            except ValidationError:
                broken.append(number)
        self._broken[path] = broken
        return found

    def _write(self, path: Path, lines: list[str]) -> None:
        if not lines:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
            try:
                _append(descriptor, [line.encode() + b"\n" for line in lines])
            finally:
                os.close(descriptor)
        except OSError as error:
            remedy = "check free space and permissions; papers whose fate is lost are judged again"
            raise self._error(path, f"cannot be written: {error.strerror}", remedy) from None

    def _shown(self, path: Path) -> str:
        return f"{self._where}/{path.name}" if self._where else str(path)

    def _error(self, path: Path, what: str, remedy: str) -> LedgerError:
        return LedgerError(what, where=self._shown(path), remedy=remedy)


def _order(revision: Revision) -> tuple[int, datetime]:
    return revision.version, revision.at


def _note(where: str, broken: list[int]) -> str:
    lines = f"line {broken[0]}" if len(broken) == 1 else f"{len(broken)} lines (the first is line {broken[0]})"
    return f"{where}: {lines} cannot be read and counts as not written; mend or remove what is broken"


def _append(descriptor: int, lines: list[bytes]) -> None:
    """Write whole lines at the end, alone where the system has locks; the lock ends with the descriptor."""
    if fcntl:
        with suppress(OSError):  # file systems without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
    size = os.fstat(descriptor).st_size
    if size:
        os.lseek(descriptor, size - 1, os.SEEK_SET)
        if os.read(descriptor, 1) != b"\n":  # a killed run left half a line: the next must not be glued to it
            lines = [b"\n" + lines[0], *lines[1:]]
    try:
        for line in lines:
            _write(descriptor, line)
            size += len(line)
    except OSError:
        with suppress(OSError):  # what is told is why the line could not be written
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
        raise
    os.fsync(descriptor)


def _write(descriptor: int, line: bytes) -> None:
    """One write; a disk that fills up takes a part of the line first and only then reports why."""
    while line:
        line = line[os.write(descriptor, line) :]
