"""The metadata of papers whose id is known: an SQLite file outside git, and arXiv behind it.

When the file cannot be written the run goes on with what it holds in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from bot import ids
from bot.adapters.cache_file import TROUBLE, CacheFile
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
_LAST = 2**63 - 1
"""The largest number SQLite holds; a feed can claim any version."""


class RecordArchive:
    """A cache in ``folder``; what it lacks comes from ``fetch`` (None: nobody is asked, and ``silence`` says why).

    To seed it from a feed: ``archive.keep(source.records(on_problem))``.
    """

    def __init__(self, folder: Path, fetch: Fetch | None = None, silence: str = "offline") -> None:
        self._file = CacheFile(folder / FILE, _LAYOUT, "abstracts", "they are fetched again")
        self._fetch, self._silence = fetch, silence
        self._unkept: dict[str, Record] = {}
        """Of this run, when the file cannot be written."""
        self._unknown: set[str] = set()
        """Asked in this run; arXiv has nothing."""

    @property
    def notes(self) -> list[str]:
        """What the operator should know of the cache itself, one sentence each."""
        return self._file.notes

    def find(self, paper_ids: Sequence[str], progress: Progress, *, fresh: bool = False) -> Found:
        """What is known of these papers; only arXiv is asked for others, so a paper that is not there is no problem.

        ``fresh``: arXiv is asked for all of them; where it does not answer, what was known of a paper stands.
        """
        wanted = [paper_id for paper_id in dict.fromkeys(paper_ids) if ids.is_arxiv(paper_id)]
        found = self._cached(wanted)
        missing = [paper_id for paper_id in wanted if paper_id not in found]
        asked = [paper_id for paper_id in wanted if (fresh or paper_id not in found) and paper_id not in self._unknown]
        failed, heard = "", dict[str, Record]()
        if asked and self._fetch:
            try:
                came = progress(self._fetch(asked), "fetching abstracts", len(asked))
                self.keep(_noted(came, heard))
                self._unknown.update(set(asked) - set(heard))
            except SurveyBotError as error:
                failed = str(error)
        found |= heard
        missing = [paper_id for paper_id in missing if paper_id not in found]
        unknown = frozenset(self._unknown.intersection(wanted))
        if not missing:
            return Found(found, None, unknown, failed)
        verb = "is" if len(missing) == 1 else "are"
        unheard = f"arXiv does not know {', '.join(missing[:3])}{' …' if len(missing) > 3 else ''}"
        why = failed or (unheard if self._fetch else self._silence)
        return Found(found, f"{len(missing)} of {len(wanted)} abstracts {verb} missing: {why}", unknown, failed)

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
            with self._file.reading() as store:
                rest = iter(wanted)
                while store and (some := list(islice(rest, _BATCH))):
                    marks = ",".join("?" * len(some))
                    for (json,) in store.execute(f"SELECT json FROM records WHERE id IN ({marks})", some):  # noqa: S608
                        found |= _read(json)
        except TROUBLE as error:
            self._file.trouble(error)
        return found | self._of_this_run(wanted)

    def _of_this_run(self, wanted: list[str]) -> dict[str, Record]:
        return {paper_id: self._unkept[paper_id] for paper_id in wanted if paper_id in self._unkept}

    def _write(self, batch: list[Record], again: bool = True) -> None:
        if not batch:
            return
        rows = [(record.id, min(record.version or 0, _LAST), record.model_dump_json()) for record in batch]
        try:
            with self._file.writing() as store:
                store.executemany(_KEEP, rows)
        except TROUBLE as error:
            if self._file.trouble(error) and again:
                self._write(batch, again=False)
            else:
                self._unkept |= {record.id: record for record in batch}


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
