"""What web addresses answered in the last days, in an SQLite file outside git; without it they are only asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.adapters.cache_file import TROUBLE, CacheFile
from bot.ports import LinkAnswer

FILE = "links-1.sqlite"
"""The number is the layout's: another layout is another file."""
DAYS = 7
_LAYOUT = (
    "CREATE TABLE IF NOT EXISTS answers (url TEXT PRIMARY KEY, at REAL NOT NULL, state TEXT NOT NULL,"
    " now TEXT NOT NULL, why TEXT NOT NULL)"
)
_STATES = {"fine", "moved", "gone"}
"""What is unknown is asked again."""


class LinkCache:
    """A file in ``folder``; ``clock`` gives seconds since 1970."""

    def __init__(self, folder: Path, clock: Callable[[], float]) -> None:
        self._file, self._clock = CacheFile(folder / FILE, _LAYOUT, "links", "they are asked again"), clock

    @property
    def notes(self) -> list[str]:
        """What the operator should know of it, one sentence each."""
        return self._file.notes

    def find(self, urls: Sequence[str]) -> dict[str, LinkAnswer]:
        """The answers that are not older than ``DAYS``. Never raises."""
        now, found = self._clock(), dict[str, LinkAnswer]()
        query = "SELECT state, now, why FROM answers WHERE url = ? AND at BETWEEN ? AND ?"
        try:
            with self._file.reading() as store:
                for url in urls:
                    rows = store.execute(query, (url, now - DAYS * 86_400, now)) if store else ()
                    for state, there, why in rows:
                        if state in _STATES:
                            found[url] = LinkAnswer(state, str(there), str(why))
        except TROUBLE as error:
            self._file.trouble(error)
        return found

    def keep(self, url: str, answer: LinkAnswer) -> None:
        """Remember it, unless it is unknown; after trouble nothing more is kept. Never raises."""
        if answer.state not in _STATES or self.notes:
            return
        try:
            with self._file.writing() as store:
                store.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", (url, self._clock(), *answer))
        except TROUBLE as error:
            self._file.trouble(error)
