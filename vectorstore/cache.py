"""Vectors of texts that were read before: an SQLite file outside git, one for each embedder and recipe.

SQLite, because it survives a kill at any moment and two processes at once. It is a disposable cache: a damaged file is
moved aside, one that cannot be used is told once and done without, and a row that is not whole counts as missing.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

KEPT = 20_000
"""Texts; of more, those that were added first are forgotten. An abstract takes some 8 KB."""

SECONDS_TO_WAIT = 10.0
"""For another run that is writing."""

Matrix: TypeAlias = "npt.NDArray[np.float16]"
"""A text: shape (sentences, dimensions)."""

_LAYOUT = """
    CREATE TABLE IF NOT EXISTS texts
    (added INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, vectors BLOB NOT NULL, checksum INTEGER NOT NULL)
"""
_KEEP = "INSERT OR REPLACE INTO texts (key, vectors, checksum) VALUES (?, ?, ?)"
_FORGET = "DELETE FROM texts WHERE added <= (SELECT max(added) FROM texts) - ?"
_BATCH = 100
_TROUBLE = (sqlite3.Error, OSError, UnicodeError)
"""The last where SQLite quotes a damaged layout in its message."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""The third because our questions are right: so the layout is not ours."""
_TYPE = np.dtype("<f2")


def key(sentences: Sequence[str]) -> bytes:
    """The sha256 of a text; the lengths stand before the sentences, so that no two texts are written alike."""
    digest = hashlib.sha256()
    for sentence in sentences:
        content = sentence.encode("utf-8", errors="surrogatepass")
        digest.update(len(content).to_bytes(8, "big"))
        digest.update(content)
    return digest.digest()


class VectorCache:
    """A cache in ``file`` (None: there is none); ``on_problem`` is told, in one sentence, what is wrong with it."""

    def __init__(self, file: Path | None, on_problem: Callable[[str], None]) -> None:
        self.file = file
        self._on_problem = on_problem
        self._usable = True
        self._moved = False

    def find(self, wanted: Mapping[bytes, int]) -> dict[bytes, Matrix]:
        """What is kept of these texts; ``wanted`` says how many sentences the text of a key has."""
        found: dict[bytes, Matrix] = {}
        keys = [one for one, sentences in wanted.items() if sentences]
        try:
            if not keys or not self.file or not self.file.exists():
                return found
            with closing(_connected(self.file)) as store:
                for start in range(0, len(keys), _BATCH):
                    some = keys[start : start + _BATCH]
                    marks = ",".join("?" * len(some))
                    question = f"SELECT key, vectors, checksum FROM texts WHERE key IN ({marks})"  # noqa: S608
                    for one, content, checksum in store.execute(question, some):
                        if _is_whole(one, content, checksum, wanted.get(one, 0)):
                            found[one] = np.frombuffer(content, _TYPE).reshape(wanted[one], -1)
        except _TROUBLE as error:
            self._trouble(error)
        return found

    def keep(self, texts: Mapping[bytes, Matrix]) -> None:
        """Remember these, best effort: all of them or none."""
        contents = {one: matrix.astype(_TYPE).tobytes() for one, matrix in texts.items() if matrix.size}
        rows = [(one, content, _checksum(one, content)) for one, content in contents.items()]
        while rows and self.file and self._usable:
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                with closing(_connected(self.file)) as store, store:
                    store.executemany(_KEEP, rows)
                    store.execute(_FORGET, [KEPT])
                return
            except _TROUBLE as error:
                self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        """A damaged file is moved aside, once a run; after any other trouble nothing more is written."""
        if not self._usable:
            return
        damaged = isinstance(error, UnicodeError) or getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        aside = self._moved_aside() if damaged and not self._moved else None
        if aside:
            self._moved = True
            self._on_problem(f"{self.file}: the cache of vectors was damaged and is started afresh; the old is {aside}")
        else:
            self._usable = False
            self._on_problem(
                f"{self.file}: the cache of vectors cannot be used ({error}); texts are embedded again in every run"
            )

    def _moved_aside(self) -> Path | None:
        assert self.file  # noqa: S101 - there is no trouble without a file
        aside = self.file.with_suffix(".damaged")
        try:
            self.file.replace(aside)
            self.file.with_name(f"{self.file.name}-journal").unlink(missing_ok=True)
        except OSError:
            return None
        return aside


def _connected(file: Path) -> sqlite3.Connection:
    store = sqlite3.connect(file, timeout=SECONDS_TO_WAIT)
    store.text_factory = bytes  # of a damaged row
    try:
        store.execute(_LAYOUT)
    except BaseException:
        store.close()
        raise
    return store


def _checksum(one: bytes, content: bytes) -> int:
    return zlib.crc32(content, zlib.crc32(one))


def _is_whole(one: bytes, content: object, checksum: object, sentences: int) -> bool:
    """Whether this is what was kept: SQLite does not notice damage inside a value."""
    return (
        isinstance(content, bytes)
        and sentences > 0
        and len(content) > 0
        and len(content) % (sentences * _TYPE.itemsize) == 0
        and _checksum(one, content) == checksum
    )
