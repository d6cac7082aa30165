"""arXiv's feed of what it announced last, as Atom or RSS: a second way in, beside its API.

It is written anew at midnight in New York, holds one day, and is empty on weekends and holidays. It leaves out what it
has no room for, and a paper's sixth and later versions; so it can confirm a search, and never replaces it for long.
Source: https://info.arxiv.org/help/rss_specifications.html and https://github.com/arXiv/arxiv-feed
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

from bot import ids
from bot.adapters import atom, polite
from bot.adapters.atom import ATOM
from bot.adapters.polite import PoliteSession, Spoiled
from bot.errors import SourceError, UnreachableError
from bot.models import Record
from bot.ports import Announced, Tally
from bot.settings import Watch

ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"
MOST = 2_000
"""Papers of a feed; arXiv leaves out what is beyond."""
_OLD = timedelta(days=4)
"""Longer than a weekend with a holiday."""
_TRIES = 3
_KINDS = ("new", "cross", "replace", "replace-cross")
_ANNOUNCE_TYPE = "{http://arxiv.org/schemas/atom}announce_type"
_HEAD = re.compile(r"\s*arXiv:\S+\s+Announce Type:\s*(?P<kind>[\w-]+)\s*(?:Abstract:)?")
"""What stands before the abstract."""
_REFUSAL = "Feed error"
"""So the title of a feed begins that tells an error; it can come with HTTP 200, and holds no paper."""


class ArxivFeed:
    """What arXiv announced last in the categories of ``[watch]``; its query is not applied.

    ``now`` is for tests.
    """

    name = "arXiv's feed"

    def __init__(
        self, settings: Watch, session: PoliteSession, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        categories = [quote(category, safe="") for category in settings.categories]
        self._place = settings.feed.rstrip("/")
        self._all, self._each = "+".join(categories), categories
        self._session, self._now = session, now

    def read(self, tally: Tally) -> Iterator[Announced]:
        """Every paper, once for each announcement; nothing on days without a mailing.

        A paper without title or abstract is noted in the tally instead. Raises SourceError; what was yielded stands.
        """
        came, count, nameless = set[str](), 0, 0
        for layout, entry in self._entries(tally):
            count += 1
            try:
                paper_id, version = ids.parse(entry.findtext(layout.id, "").strip().removeprefix("oai:arXiv.org:"))
            except ValueError:
                nameless += 1
                continue
            came.add(paper_id)
            tally.got = len(came)
            one = _announced(entry, layout, paper_id, version)
            if isinstance(one, Announced):
                yield one
            else:
                tally.incomplete[paper_id] = one
        if nameless:
            what = f"of {count} announcements {nameless} came without the id of a paper"
            raise SourceError(what, where=polite.place(f"{self._place}/{self._all}"), remedy=polite.LATER)

    def _entries(self, tally: Tally) -> Iterator[tuple[_Layout, ElementTree.Element]]:
        """All entries; where one feed of all categories has no room for them, category by category."""
        layout, head = self._feed(self._all, tally)
        found = head.findall(layout.entry)
        if len(found) < MOST or len(self._each) == 1:
            tally.notes += _odd(head.findtext(layout.day, ""), len(found), self._now())
            yield from ((layout, entry) for entry in found)
            return
        for category in self._each:
            layout, head = self._feed(category, tally)
            found = head.findall(layout.entry)
            tally.notes += _odd(head.findtext(layout.day, ""), len(found), self._now())
            yield from ((layout, entry) for entry in found)

    def _feed(self, categories: str, tally: Tally) -> tuple[_Layout, ElementTree.Element]:
        """The layout of the feed, and the element that has its entries. Raises SourceError."""
        url = f"{self._place}/{categories}"
        spoiled: Spoiled | None = None
        for tried in range(_TRIES):
            if tried:
                self._session.rest(tried, url, spoiled)
            try:
                layout, head = _recognised(self._session.get(url, ACCEPT, tally, smaller=tried > 0))
                break
            except Spoiled as error:
                spoiled = error
        else:
            raise UnreachableError(f"{spoiled} ({_TRIES} tries)", where=polite.place(url), remedy=polite.LATER)
        if head.findtext(layout.title, "").strip().startswith(_REFUSAL):
            said = " ".join(head.findtext(layout.about, "").split()) or "no reason given"
            raise SourceError(f"arXiv refused the request ({said})", where=polite.place(url), remedy=polite.CORRECT)
        return layout, head


class _Layout(NamedTuple):
    """What a format calls the parts of a feed; ``day`` and ``about`` stand at its head, with a ``title`` of its own."""

    entry: str
    id: str
    title: str
    text: str
    category: str
    day: str
    about: str


_ATOM = _Layout(*(ATOM + name for name in ("entry", "id", "title", "summary", "category", "updated", "subtitle")))
_RSS = _Layout("item", "guid", "title", "description", "category", "pubDate", "description")


def _recognised(content: bytes) -> tuple[_Layout, ElementTree.Element]:
    """The layout of the feed, and the element that has its entries. Raises Spoiled."""
    root = atom.xml(content)
    if root is not None and root.tag == f"{ATOM}feed":
        return _ATOM, root
    channel = root.find("channel") if root is not None and root.tag == "rss" else None
    if channel is None:
        raise Spoiled("arXiv answered with something that is not a whole feed")
    return _RSS, channel


def _announced(entry: ElementTree.Element, layout: _Layout, paper_id: str, version: int | None) -> Announced | str:
    """What is announced, or what is missing in one sentence."""
    text, title = entry.findtext(layout.text, ""), entry.findtext(layout.title, "")
    head = _HEAD.match(text)
    abstract = text[head.end() :] if head else text
    missing = [name for name, found in (("title", title), ("abstract", abstract)) if not found.strip()]
    if missing:
        return f"arXiv announced {paper_id} without its {' and '.join(missing)}"
    categories = (element.get("term") or element.text or "" for element in entry.findall(layout.category))
    kind = entry.findtext(_ANNOUNCE_TYPE, "").strip() or (head["kind"] if head else "")
    record = Record(
        id=paper_id,
        version=version,
        title=title,
        abstract=abstract,
        categories=tuple(category.strip() for category in categories if category.strip()),
    )
    return Announced(record, kind if kind in _KINDS else "new")  # nothing new may be missed


def _odd(day: str, count: int, now: datetime) -> Iterator[str]:
    """What is odd about a feed of this day with so many papers, one sentence each."""
    if count >= MOST:
        yield f"arXiv's feed holds {count} papers, as many as it ever does: it may be cut"
    written = _moment(day)
    if written is None:
        yield "arXiv's feed does not say of which day it is"
    elif now - written > _OLD:
        yield f"arXiv's feed is of {written:%Y-%m-%d}: arXiv has stopped writing it, or there were holidays"


def _moment(text: str) -> datetime | None:
    """The moment of an Atom or an RSS feed; None where there is none."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip())
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            continue
    return None
