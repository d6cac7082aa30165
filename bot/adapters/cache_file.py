"""An SQLite file for what can be had again: outside git, disposable, and never a reason to stop.

SQLite, because it survives a kill at any moment, two processes at once and a hundred thousand rows without a line of
our own.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

TROUBLE = (sqlite3.Error, OSError, UnicodeError)
"""What using it may raise; the last where SQLite quotes a damaged layout in its message."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_WAIT = 10.0
"""Seconds for another run that is writing."""


class CacheFile:
    """A file with the table of ``layout`` (SQL). ``what`` it holds and what is ``lost`` without it: parts of a note.

    ``notes``: what the operator should know of it, one sentence each.
    """

    def __init__(self, file: Path, layout: str, what: str, lost: str) -> None:
        self.notes: list[str] = []
        self._file, self._layout, self._what, self._lost = file, layout, what, lost

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection | None]:
        """A connection; None where there is no file yet. Raises what is in ``TROUBLE``."""
        if self._file.exists():
            with self.writing() as store:
                yield store
        else:
            yield None

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection whose work is kept whole or not at all. Raises what is in ``TROUBLE``."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._file, timeout=_WAIT)) as store, store:
            store.execute(self._layout)
            yield store

    def trouble(self, error: Exception) -> bool:
        """Note it, once; a damaged file is moved aside. Whether writing is worth another try."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        aside = self._aside() if isinstance(error, UnicodeError) or code in _DAMAGED else None
        note = f"cannot be used ({error}); {self._lost} in every run"
        if aside:
            note = f"was damaged and is started afresh; the old is {aside}"
        sentence = f"{self._file}: the cache of {self._what} {note}"
        if sentence not in self.notes:
            self.notes.append(sentence)
        return aside is not None

    def _aside(self) -> Path | None:
        aside = self._file.with_suffix(".damaged")
        try:
            self._file.replace(aside)
            self._file.with_name(f"{self._file.name}-journal").unlink(missing_ok=True)
        except OSError:
            return None
        return aside
