"""The metadata of papers whose id is known: an SQLite file outside git, and arXiv behind it.

SQLite, because it survives a kill at any moment, two processes at once and a hundred thousand records without a line
of our own. It is a disposable cache: when it is damaged it is moved aside, when it cannot be written the run goes on
with what it holds in memory.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from bot import ids
from bot.errors import SurveyBotError
from bot.models import Record
from bot.ports import Found, Progress

FILE = "records-1.sqlite"
"""The number is the layout's: another layout is another file."""

Fetch = Callable[[Sequence[str]], Iterator[Record]]

_LAYOUT = "CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, version INTEGER NOT NULL, json TEXT NOT NULL)"
_KEEP = """
    INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (id)
    DO UPDATE SET version = excluded.version, json = excluded.json WHERE excluded.version >= version
"""
_BATCH = 100
_TROUBLE = (sqlite3.Error, OSError, UnicodeError)
"""The last where SQLite quotes a damaged layout in its message."""
_LAST = 2**63 - 1
"""The largest number SQLite holds; a feed can claim any version."""


class RecordArchive:
    """A cache in ``folder``; what it lacks comes from ``fetch`` (None: there is no network, or none is wanted).

    ``notes``: what the operator should know of the cache itself, one sentence each.
    To seed it from a feed: ``archive.keep(source.records(on_problem))``.
    """

    def __init__(self, folder: Path, fetch: Fetch | None = None) -> None:
        self.notes: list[str] = []
        self._file = folder / FILE
        self._fetch = fetch
        self._unkept: dict[str, Record] = {}
        """Of this run, when the file cannot be written."""
        self._unknown: set[str] = set()
        """Asked in this run; arXiv has nothing."""

    def find(self, paper_ids: Sequence[str], progress: Progress, *, fresh: bool = False) -> Found:
        """What is known of these papers; only arXiv is asked for others, so a paper that is not there is no problem.

        ``fresh``: arXiv is asked for all of them; where it does not answer, what was known of a paper stands.
        """
        wanted = [paper_id for paper_id in dict.fromkeys(paper_ids) if ids.is_arxiv(paper_id)]
        found = self._cached(wanted)
        missing = [paper_id for paper_id in wanted if paper_id not in found]
        asked = [paper_id for paper_id in wanted if (fresh or paper_id not in found) and paper_id not in self._unknown]
        why = "offline" if missing and not self._fetch else ""
        if asked and self._fetch:
            try:
                came = progress(self._fetch(asked), "fetching abstracts", len(asked))
                self.keep(_noted(came, found))
                self._unknown.update(set(asked) - set(found))
            except SurveyBotError as error:
                why = str(error)
        missing = [paper_id for paper_id in missing if paper_id not in found]
        if not missing:
            return Found(found, None)
        verb = "is" if len(missing) == 1 else "are"
        why = why or f"arXiv does not know {', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}"
        unknown = self._unknown.intersection(missing)
        return Found(found, f"{len(missing)} of {len(wanted)} abstracts {verb} missing: {why}", frozenset(unknown))

    def keep(self, records: Iterable[Record]) -> None:
        """Remember these; an older version never replaces a newer one. Only ``records`` itself can raise."""
        batch: list[Record] = []
        try:
            for record in records:
                batch.append(record)
                if len(batch) == _BATCH:
                    self._write(batch)
                    batch = []
        finally:  # what came before the source broke off is kept
            self._write(batch)

    def _cached(self, wanted: list[str]) -> dict[str, Record]:
        found: dict[str, Record] = {}
        try:
            if not self._file.exists():
                return self._of_this_run(wanted)
            with closing(self._connect()) as store:
                rest = iter(wanted)
                while some := list(islice(rest, _BATCH)):
                    marks = ",".join("?" * len(some))
                    for (json,) in store.execute(f"SELECT json FROM records WHERE id IN ({marks})", some):  # noqa: S608
                        found |= _read(json)
        except _TROUBLE as error:
            self._trouble(error)
        return found | self._of_this_run(wanted)

    def _of_this_run(self, wanted: list[str]) -> dict[str, Record]:
        return {paper_id: self._unkept[paper_id] for paper_id in wanted if paper_id in self._unkept}

    def _write(self, batch: list[Record], again: bool = True) -> None:
        if not batch:
            return
        rows = [(record.id, min(record.version or 0, _LAST), record.model_dump_json()) for record in batch]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with closing(self._connect()) as store, store:
                store.executemany(_KEEP, rows)
        except _TROUBLE as error:
            if self._trouble(error) and again:
                self._write(batch, again=False)
            else:
                self._unkept |= {record.id: record for record in batch}

    def _connect(self) -> sqlite3.Connection:
        store = sqlite3.connect(self._file, timeout=10)  # another run may be writing
        try:
            store.execute(_LAYOUT)
        except BaseException:
            store.close()
            raise
        return store

    def _trouble(self, error: Exception) -> bool:
        """Note it; a damaged file is moved aside. Whether writing is worth another try."""
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        damaged = isinstance(error, UnicodeError) or code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        note = f"{self._file}: the cache of abstracts cannot be used ({error}); they are fetched again in every run"
        if damaged:
            aside = self._file.with_suffix(".damaged")
            try:
                self._file.replace(aside)
                self._file.with_name(f"{FILE}-journal").unlink(missing_ok=True)
                note = f"{self._file}: the cache of abstracts was damaged and is started afresh; the old is {aside}"
            except OSError:
                damaged = False
        if note not in self.notes:
            self.notes.append(note)
        return damaged


def _noted(records: Iterable[Record], found: dict[str, Record]) -> Iterator[Record]:
    for record in records:
        found[record.id] = record
        yield record


def _read(json: str) -> dict[str, Record]:
    """The record, or nothing where another release of the bot wrote what this one does not know: it is fetched."""
    try:
        record = Record.model_validate_json(json)
    except ValidationError:
        return {}
    return {record.id: record}
