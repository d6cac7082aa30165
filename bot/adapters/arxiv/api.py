"""arXiv's API through the ``arxiv`` package: the papers of a slice of time, and papers by id.

The package writes queries and reads entries. It asks through a :class:`PoliteSession` and gets only what was checked:
by itself it takes a web page, a cut feed and an empty page for "no results".
Source: https://info.arxiv.org/help/api/user-manual.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING

from bot import ids, watch
from bot.adapters import polite
from bot.adapters.arxiv.page import Page, Place, Untrue, checked
from bot.adapters.polite import PoliteSession, Spoiled
from bot.errors import SourceError, UnreachableError
from bot.models import Record
from bot.ports import Tally
from bot.settings import Watch
from bot.slices import Slice

if TYPE_CHECKING:
    import arxiv  # type: ignore[import-untyped]

CANARY = "1706.03762"
"""A paper that arXiv has; when even this one does not come, that nothing came means nothing."""
ACCEPT = "application/atom+xml, application/xml;q=0.9, */*;q=0.1"
_HALVINGS = 3
_BATCH = 100
"""Ids asked for at once: more would make too long an address."""
_TITLED, _TITLE = 5, 40
"""Papers that are looked at of a title, and words that are asked for of one."""


class ArxivApi:
    """arXiv's API as ``[watch]`` names it; ``page``: papers asked for at once (arXiv takes up to 2,000)."""

    def __init__(self, settings: Watch, *, session: PoliteSession | None = None, page: int = 500) -> None:
        self._url, self._size = settings.api, page
        self._session = session or PoliteSession(settings.contact, minutes=settings.minutes)
        self._has_answered = False
        """The canary came back."""

    def search(self, query: str, tally: Tally) -> Iterator[Record]:
        """All papers that match, oldest first; a later version may follow. Raises SourceError; what came stands."""
        import arxiv

        order = {"sort_by": arxiv.SortCriterion.SubmittedDate, "sort_order": arxiv.SortOrder.Ascending}
        return self._whole(arxiv.Search(query, max_results=None, **order), self._size, tally)

    def total(self, query: str, tally: Tally) -> int:
        """How many papers match. Raises SourceError."""
        import arxiv

        page, _ = self._page(arxiv.Search(query, max_results=None), Place(0, 1), tally)
        tally.total = page.total
        if not page.total:
            self._ask_for_canary(tally)
        return page.total

    def fetch(self, paper_ids: Sequence[str]) -> Iterator[Record]:
        """The latest version of these papers, in batches; what arXiv does not know is missing.

        Raises SourceError, also when a paper came without title or abstract: after all others, so that nobody takes it
        for unknown.
        """
        import arxiv

        asked = [paper_id for paper_id in dict.fromkeys(paper_ids) if ids.is_arxiv(paper_id)]
        incomplete: dict[str, str] = {}
        for start in range(0, len(asked), _BATCH):  # one id of a wrong form would spoil its whole batch
            tally = Tally()
            search = arxiv.Search(id_list=asked[start : start + _BATCH], max_results=None)
            yield from self._whole(search, _BATCH + 1, tally)  # one more, so that the page is never full
            incomplete |= tally.incomplete
        if incomplete:
            what = "; ".join(list(incomplete.values())[:3]) + ("; …" if len(incomplete) > 3 else "")
            raise self._failed(what)

    def titled(self, title: str) -> list[Record]:
        """The papers whose title holds these words in this order, the best five of them. Raises SourceError.

        Signs are left out of the question: arXiv passes over them, and a quotation mark would end the phrase.
        """
        import arxiv

        words = " ".join(re.findall(r"[^\W_]+", title)[:_TITLE])
        if not words:
            return []
        page, records = self._page(arxiv.Search(f'ti:"{words}"', max_results=None), Place(0, _TITLED), Tally())
        if not page.total:
            self._ask_for_canary(Tally())
        return records

    # --- from the first page to the last ------------------------------------------------------------------------------

    def _whole(self, search: arxiv.Search, size: int, tally: Tally) -> Iterator[Record]:
        """Everything a search finds; read once more where its pages do not fit together. Raises SourceError."""
        came: dict[str, int] = {}
        most = 0
        for again in (False, True):
            reading = _Reading()
            for page, records in self._pages(search, Place(0, size, again), tally):
                reading.add(page)
                most = max(most, page.total)
                yield from _news(page, records, came, tally)
            if reading.is_whole:
                break
        if reading.total < most:
            raise self._failed(f"arXiv announced {most} papers at first and {reading.total} later")
        if not reading.is_whole and len(came) != most:
            raise self._failed(f"arXiv announced {most} papers and sent {len(came)}")
        if not most:
            self._ask_for_canary(tally)

    def _pages(self, search: arxiv.Search, place: Place, tally: Tally) -> Iterator[tuple[Page, list[Record]]]:
        """Page after page. The last is one that is not full: a total alone may be wrong."""
        while True:
            page, records = self._page(search, place, tally)
            tally.total = page.total
            yield page, records
            if len(page.ids) < page.size:
                return
            place = Place(place.start + page.size, page.size, place.again)

    def _page(self, search: arxiv.Search, place: Place, tally: Tally) -> tuple[Page, list[Record]]:
        """One page; what cannot be true is asked for again, for less and less. Raises SourceError."""
        sizes = [max(1, place.size >> halved) for halved in range(_HALVINGS + 1)]
        spoiled: Spoiled | None = None
        for tried, size in enumerate((*sizes, sizes[-1])):
            if tried > _HALVINGS:
                self._session.rest(tried, self._url, spoiled)
            try:
                return self._asked(search, Place(place.start, size, place.again or tried > 0), tally)
            except Spoiled as error:
                spoiled = error
        lasts = not isinstance(spoiled, Untrue)
        raise self._failed(f"{spoiled} ({tried + 1} tries)", UnreachableError if lasts else SourceError)

    def _asked(self, search: arxiv.Search, place: Place, tally: Tally) -> tuple[Page, list[Record]]:
        """Ask once. Raises Spoiled, SourceError."""
        import arxiv  # heavy: lxml and requests

        pages: list[Page] = []

        def get(url: str, headers: object = None) -> SimpleNamespace:
            content = self._session.get(url, ACCEPT, tally, smaller=place.again)
            pages.append(checked(content, place, self._url))
            return SimpleNamespace(status_code=200, content=pages[0].content)

        client = arxiv.Client(page_size=place.size, delay_seconds=0, num_retries=0)
        client.query_url_format = self._url.replace("{", "{{").replace("}", "}}") + "?{}"
        client._session = SimpleNamespace(get=get)
        results = client.results(search, offset=place.start)
        found = list(islice(results, 1))  # this asks; to go on after the last would ask for the next page
        found += islice(results, max(0, pages[0].usable - 1))
        if len(found) != pages[0].usable or len(pages) > 1:
            raise Untrue("arXiv sent a feed that cannot be read whole")
        return pages[0], [_record(result) for result in found]

    def _ask_for_canary(self, tally: Tally) -> None:
        """That nothing came is believed when a paper that is there comes. Raises SourceError."""
        import arxiv

        if self._has_answered:
            return
        page, _ = self._page(arxiv.Search(id_list=[CANARY], max_results=None), Place(0, 1), tally)
        if page.ids != (CANARY,):
            raise self._failed(f"arXiv has nothing at all: even the known paper {CANARY} did not come back")
        self._has_answered = True

    def _failed(self, what: str, kind: type[SourceError] = SourceError) -> SourceError:
        return kind(what, where=polite.place(self._url), remedy=polite.LATER)


class ArxivSearch:
    """The papers that ``[watch]`` is about, by the time they were first submitted."""

    name = "arXiv"

    def __init__(self, settings: Watch, api: ArxivApi) -> None:
        self.query = watch.query(settings)
        self._api, self._categories = api, settings.categories

    def read(self, part: Slice, tally: Tally) -> Iterator[Record]:
        """The papers of this slice, see :class:`bot.ports.Search`. Raises SourceError; what came before stands."""
        return self._api.search(f"{self.query} AND {watch.submitted(part)}", tally)

    def ever(self, tally: Tally) -> dict[str, int]:
        """How many papers there are in each category, whatever the query. Raises SourceError."""
        return {category: self._api.total(f"cat:{category}", tally) for category in self._categories}


# --- pages together ---------------------------------------------------------------------------------------------------


@dataclass
class _Reading:
    """What came of reading a search from its first page to its last."""

    total: int = 0
    """So many papers there are, as the last page said."""
    ids: set[str] = field(default_factory=set)
    is_steady: bool = True
    """The total stayed what it was, and no paper came twice."""

    def add(self, page: Page) -> None:
        """The next page."""
        before, entries = len(self.ids), len(page.ids)
        self.is_steady &= not before or page.total == self.total
        self.ids.update(page.ids)
        self.is_steady &= len(self.ids) == before + entries
        self.total = page.total

    @property
    def is_whole(self) -> bool:
        """Every paper came."""
        return self.is_steady and len(self.ids) == self.total


def _news(page: Page, records: Iterable[Record], came: dict[str, int], tally: Tally) -> Iterator[Record]:
    """Those records that did not come before, or not in this version; ``came``: versions by id, 0 for incomplete."""
    for record in records:
        tally.got += record.id not in came
        tally.incomplete.pop(record.id, None)
        version = record.version or 1
        if came.get(record.id, 0) < version:
            came[record.id] = version
            yield record
    for paper_id in page.incomplete.keys() - came.keys():
        tally.got += 1
        came[paper_id] = 0
        tally.incomplete[paper_id] = page.incomplete[paper_id]


def _record(result: arxiv.Result) -> Record:
    """The package's result, which was looked at before, as ours."""
    paper_id, version = ids.parse(result.entry_id)
    return Record(
        id=paper_id,
        version=version,
        title=result.title,
        abstract=result.summary,
        categories=tuple(result.categories),
        published=result.published.date(),
        updated=result.updated.date(),
        comment=result.comment,
        journal_ref=result.journal_ref,
    )
