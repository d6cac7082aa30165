"""The ledger as a file of JSON lines, one fate a line; the last line of a paper is its fate."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from bot.errors import LedgerError
from bot.fates import Fate

try:
    import fcntl
except ImportError:  # Windows: one run at a time
    fcntl = None  # type: ignore[assignment]

_TORN = 3  # so many half lines a new ledger may have of runs that were killed; more, and it is some other file


class LedgerFile:
    """Implements :class:`bot.ports.Ledger`; the file and its folder are made with the first fate.

    Nothing that was written is ever changed. A line that cannot be read (the last one of a run that was killed, a
    slip of a human) costs its own fate only: it is passed over, and ``notes`` says so in one sentence.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notes: tuple[str, ...] = ()
        """What the last call of ``fates`` had to pass over."""

    def fates(self) -> Mapping[str, Fate]:
        """The last recorded fate of every paper; none when there is no file. Raises LedgerError."""
        try:
            lines = self._path.read_bytes().split(b"\n")
        except FileNotFoundError:
            lines = []
        except OSError as error:
            raise self._error(f"cannot be read: {error.strerror}", "mend its permissions") from None
        fates: dict[str, Fate] = {}
        broken: list[int] = []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                fate = Fate.model_validate_json(line)
                fates[fate.id] = fate
            except ValidationError:
                broken.append(number)
        if not fates and len(broken) > _TORN:
            raise self._error("is no ledger", "set [ledger] path to another file")
        self.notes = (self._note(broken),) if broken else ()
        return fates

    def record(self, fates: Iterable[Fate]) -> None:
        """Append each fate as one line, whole or not at all, and force them to the disk. Raises LedgerError.

        When the disk fails, the lines before stand and the half-written one is taken back.
        """
        lines = [fate.model_dump_json(exclude_defaults=True).encode() + b"\n" for fate in fates]
        if not lines:
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o644)
            try:
                _append(descriptor, lines)
            finally:
                os.close(descriptor)
        except OSError as error:
            remedy = "check free space and permissions; papers whose fate is lost are judged again"
            raise self._error(f"cannot be written: {error.strerror}", remedy) from None

    def _note(self, broken: list[int]) -> str:
        lines = f"line {broken[0]}" if len(broken) == 1 else f"{len(broken)} lines (the first is line {broken[0]})"
        return f"{self._path}: {lines} cannot be read and counts as not written; mend or remove what is broken"

    def _error(self, what: str, remedy: str) -> LedgerError:
        return LedgerError(what, where=str(self._path), remedy=remedy)


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
