"""Second opinions on venues, through the public APIs of DBLP, OpenReview and Semantic Scholar; none needs a key.

What they say is given as they say it, with the year where theirs is the venue's, and only of a paper whose title
agrees. Each is asked through a :class:`PoliteSession` that bears its name.
"""

from __future__ import annotations

import html
import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bot import ids, texts, venues
from bot.adapters import polite
from bot.adapters.polite import PoliteSession, Spoiled
from bot.changes import LONGEST, Published
from bot.errors import SourceError, UnreachableError
from bot.models import Paper
from bot.ports import Progress, Tally
from bot.titles import likeness, normal

ACCEPT = "application/json"
AGREE = 0.9
"""Share of common words from which two titles are one paper's; DBLP's must be the same."""
_FEWEST = 3
"""Words of a title that can tell papers apart."""
_HITS = 10
_FAILURES = 3
"""So many papers in a row that cannot be asked, and no others are."""
_LONGEST_TITLE = 300


class _Said(NamedTuple):
    """What an entry of a service says of a paper."""

    title: str
    venue: str
    year: int | None
    quote: str

    @property
    def is_workshop(self) -> bool:
        return bool(re.search(r"\bworkshops?\b|@", self.venue, re.IGNORECASE))


class _Service:
    """A service at ``url``, asked through ``session``."""

    name: str

    def __init__(self, url: str, session: PoliteSession) -> None:
        self._url, self._session = url.rstrip("/"), session

    def _read(self, content: bytes) -> Any:
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise self._odd("what is not JSON") from None

    def _odd(self, what: str) -> SourceError:
        return SourceError(f"{self.name} sent {what}", where=polite.place(self._url), remedy="try again later")

    def _published(self, said: _Said | None) -> Published | None:
        """What is to be told, where it can be."""
        if said is None or not said.venue or len(said.venue) > LONGEST["venue"] or venues.is_preprint(said.venue):
            return None
        return Published(venue=said.venue, year=said.year, quote=said.quote, source=self.name)


class _ByTitle(_Service, ABC):
    """A service that is searched for one title after the other."""

    def published(self, papers: Sequence[Paper], progress: Progress) -> Iterator[tuple[str, Published]]:
        """See :class:`bot.ports.VenueSource`; papers without a venue first, for the time may be over before the end.

        A paper that cannot be asked is passed over, and told at the end. Raises SourceError.
        """
        asked = [paper for paper in papers if len(normal(paper.title).split()) >= _FEWEST]
        asked.sort(key=lambda paper: not venues.is_preprint(paper.venue))
        failed, row = list[str](), 0
        for paper in progress(asked, f"asking {self.name}", len(asked)):
            try:
                said = self._said(paper.title[:_LONGEST_TITLE])
                row = 0
            except SourceError as error:
                row += 1
                failed.append(str(error))
                if row == _FAILURES or (isinstance(error, UnreachableError) and error.lasting):
                    raise
                continue
            if published := self._published(said):
                yield paper.id, published
        if failed:
            what = f"{len(failed)} of {len(asked)} papers could not be asked ({failed[-1]})"
            raise SourceError(what, where=self.name, remedy="run it again")

    def _said(self, title: str) -> _Said | None:
        """What it says of the paper with this title. Raises SourceError."""
        try:
            content = self._session.get(self._question(title), ACCEPT, Tally())
        except Spoiled as error:
            raise SourceError(str(error), where=polite.place(self._url), remedy="try again later") from None
        alike = [said for said in self._entries(self._read(content)) if self._agrees(said.title, title)]
        return min(alike, key=lambda said: (said.is_workshop, said.year or 9999), default=None)

    def _agrees(self, theirs: str, ours: str) -> bool:
        return likeness(theirs, ours) >= AGREE

    @abstractmethod
    def _question(self, title: str) -> str:
        """The address that answers."""

    @abstractmethod
    def _entries(self, reply: Any) -> Iterator[_Said]:
        """The entries of a reply that name where a paper appeared. Raises SourceError where it is no reply at all."""


class Dblp(_ByTitle):
    """DBLP: ``GET https://dblp.org/search/publ/api?q=WORDS&h=10&c=0&format=json``, one request a paper.

    Source: https://dblp.org/faq/How+to+use+the+dblp+search+API.html; one request in two seconds is welcome
    (https://dblp.org/faq/Am+I+allowed+to+crawl+the+dblp+website.html).
    """

    name = "DBLP"
    _TYPES = frozenset({"Conference and Workshop Papers", "Journal Articles"})

    def _question(self, title: str) -> str:
        # all words must be there; "|", "$", ":" and the like would be operators
        words = {"q": normal(title).replace("_", " "), "h": _HITS, "c": 0, "format": "json"}
        return f"{self._url}?{urlencode(words)}"

    def _agrees(self, theirs: str, ours: str) -> bool:
        return normal(theirs) == normal(ours)

    def _entries(self, reply: Any) -> Iterator[_Said]:
        hits = _at(reply, "result", "hits")
        if not isinstance(hits, dict):
            raise self._odd("a reply without hits")
        for hit in _listed(hits.get("hit")):
            title, kind = _text(_at(hit, "info", "title")).rstrip("."), _text(_at(hit, "info", "type"))
            venue = next(map(_text, _listed(_at(hit, "info", "venue"))), "")
            year = _year(_at(hit, "info", "year"))
            if kind in self._TYPES and venue:
                yield _Said(title, venue, year, f"{title}. {venue} {year or ''}".strip())


class OpenReview(_ByTitle):
    """OpenReview, API 2: ``GET https://api2.openreview.net/notes/search?term=TITLE&content=all&group=all&source=forum``.

    Source: https://docs.openreview.net/reference/api-v2 and ``search_notes`` of https://github.com/openreview/openreview-py.
    ``content.venue`` says ``ICLR 2026 Poster`` of what was accepted, and ``Submitted to ICLR 2026`` of what was not.
    """

    name = "OpenReview"
    _OPEN = re.compile(
        r"(?<![^\W\d_])(?:submi|withdr|reject|desk|(?:under|in)[ _]review|pending|retract|upload|preprint|archive"
        r"|anonymous|active)",
        re.IGNORECASE,
    )

    def _question(self, title: str) -> str:
        words = {"term": title, "content": "all", "group": "all", "source": "forum", "limit": _HITS}
        return f"{self._url}/notes/search?{urlencode(words)}"

    def _entries(self, reply: Any) -> Iterator[_Said]:
        notes = _at(reply, "notes")
        if not isinstance(notes, list):
            raise self._odd("a reply without notes")
        for note in notes:
            title, venue, group = (_text(_value(_at(note, "content", key))) for key in ("title", "venue", "venueid"))
            if venue and not self._OPEN.search(venue) and not self._OPEN.search(group.rpartition("/")[2]):
                yield _Said(title, venue, _year(venue) or _year(group), venue)


class SemanticScholar(_Service):
    """Semantic Scholar: ``POST https://api.semanticscholar.org/graph/v1/paper/batch``, up to 500 arXiv ids at once.

    Source: https://api.semanticscholar.org/api-docs/graph. Its ``year`` is that of the preprint as often as that of the
    venue, so only a year that the venue's own name holds is told.
    """

    name = "Semantic Scholar"
    _BATCH = 500
    _FIELDS = "title,venue,year,publicationVenue,journal,externalIds"

    def published(self, papers: Sequence[Paper], progress: Progress) -> Iterator[tuple[str, Published]]:
        """See :class:`bot.ports.VenueSource`; only papers on arXiv are asked for. Raises SourceError."""
        asked = [paper for paper in papers if ids.is_arxiv(paper.id)]
        batches = [asked[start : start + self._BATCH] for start in range(0, len(asked), self._BATCH)]
        for paper, entry in progress(self._asked(batches), f"asking {self.name}", len(asked)):
            said = self._entry(entry)
            if likeness(said.title, paper.title) < AGREE:
                continue
            if published := self._published(said):
                yield paper.id, published

    def _asked(self, batches: Iterable[list[Paper]]) -> Iterator[tuple[Paper, Any]]:
        """Each paper with what is known of it: an object, or null."""
        for batch in batches:
            body = json.dumps({"ids": [f"ARXIV:{paper.id}" for paper in batch]}).encode()
            address = f"{self._url}/paper/batch?{urlencode({'fields': self._FIELDS})}"
            try:
                reply = self._read(self._session.post(address, body, ACCEPT, Tally()))
            except Spoiled as error:
                raise SourceError(str(error), where=polite.place(self._url), remedy="try again later") from None
            if not isinstance(reply, list) or len(reply) != len(batch):
                raise self._odd(f"a reply that is not a list of the {len(batch)} papers it was asked for")
            yield from zip(batch, reply, strict=True)

    def _entry(self, entry: Any) -> _Said:
        names = (_at(entry, "venue"), _at(entry, "publicationVenue", "name"), _at(entry, "journal", "name"))
        venue = next((name for name in map(_text, names) if name and not venues.is_preprint(name)), "")
        return _Said(_text(_at(entry, "title")), venue, _year(venue), venue)


# --- what strangers sent ----------------------------------------------------------------------------------------------


def _at(data: Any, *path: str) -> Any:
    """What stands under these keys, or None."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _listed(data: Any) -> list[Any]:
    """A list; one thing alone is sent without it."""
    return data if isinstance(data, list) else [] if data is None else [data]


def _value(data: Any) -> Any:
    """API 2 says ``{"value": …}`` where API 1 said the value."""
    return _at(data, "value") if isinstance(data, dict) else data


def _text(data: Any) -> str:
    """Clean text; empty where it is none."""
    return texts.clean(html.unescape(data[:2_000]))[0] if isinstance(data, str) else ""


def _year(data: Any) -> int | None:
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", str(data)) if isinstance(data, str | int) else None
    return int(found[0]) if found else None
