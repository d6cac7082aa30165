"""A page of results as arXiv's API sends it: what can be true, and what cannot. Pure.

Source: https://info.arxiv.org/help/api/user-manual.html#_details_of_atom_results_returned
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import NamedTuple
from xml.etree import ElementTree

from bot import ids
from bot.adapters import atom, polite
from bot.adapters.atom import ATOM
from bot.adapters.polite import Spoiled
from bot.errors import SourceError

_OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
_NEEDED = {"title": "title", "summary": "abstract", "published": "date of submission", "updated": "date of its version"}
"""Elements without which an entry is of no use, and what people call them."""


class Untrue(Spoiled):
    """A whole feed came that cannot be true; other questions may be answered well."""


class Place(NamedTuple):
    """Which papers of a search: ``size`` of them from number ``start`` on; ``again``: they were asked for before."""

    start: int
    size: int
    again: bool = False


class Page(NamedTuple):
    """A reply that can be true.

    ``total``: so many papers there are; ``size``: so many were asked for; ``ids``: of all entries; ``incomplete``: what
    is missing of a paper, in one sentence, by its id; ``usable``: so many entries are left in ``content``.
    """

    total: int
    size: int
    ids: tuple[str, ...]
    incomplete: dict[str, str]
    usable: int
    content: bytes


def checked(content: bytes, place: Place, url: str) -> Page:
    """The reply as a page. Raises Spoiled for what cannot be true, SourceError for what arXiv refuses."""
    feed = atom.xml(content)
    if feed is None or feed.tag != f"{ATOM}feed":
        raise Spoiled("arXiv answered with something that is not a whole feed")
    if said := atom.refusal(feed):
        raise SourceError(f"arXiv refused the request ({said})", where=polite.place(url), remedy=polite.CORRECT)
    entries = feed.findall(f"{ATOM}entry")
    total = _counted(feed, place, len(entries))
    names = tuple(_id(entry) for entry in entries)
    incomplete, usable = dict[str, str](), len(entries)
    for paper_id, entry in zip(names, entries, strict=True):
        if missing := _missing(entry):
            incomplete[paper_id] = f"arXiv sent {paper_id} without its {missing}"
            feed.remove(entry)  # the package drops some of these without a word, and breaks at others
            usable -= 1
    return Page(total, place.size, names, incomplete, usable, ElementTree.tostring(feed))


def _counted(feed: ElementTree.Element, place: Place, came: int) -> int:
    """So many papers there are; so many entries as came can be the page at this place. Raises Spoiled."""
    told = feed.findtext(f"{_OPENSEARCH}totalResults", "").strip()
    if not re.fullmatch(r"\d{1,9}", told):
        raise Untrue("arXiv did not say how many papers there are")
    total, first = int(told), place.start + 1
    start = feed.findtext(f"{_OPENSEARCH}startIndex", "").strip()
    if start != str(place.start):
        raise Untrue(f"arXiv was asked for papers from number {first} on, and answered with others")
    should = min(place.size, max(0, total - place.start))
    if came != should:
        what = f"from number {first} on {should} should have come, and {came or 'none'} did"
        raise Untrue(f"arXiv announced {total} papers: {what}")
    return total


def _id(entry: ElementTree.Element) -> str:
    """The bare id. Raises Spoiled."""
    address = " ".join(entry.findtext(f"{ATOM}id", "").split())
    try:
        return ids.parse(address)[0]
    except ValueError:
        what = f"under {address[:80]!r}, which is not the address of one" if address else "without its id"
        raise Untrue(f"arXiv sent a paper {what}") from None


def _missing(entry: ElementTree.Element) -> str:
    """What this entry lacks to be of use, or nothing."""
    texts = {name: entry.findtext(ATOM + name, "").strip() for name in _NEEDED}
    lacks = [called for name, called in _NEEDED.items() if not texts[name]]
    lacks += [_NEEDED[name] for name in ("published", "updated") if texts[name] and not _is_time(texts[name])]
    return " and ".join(lacks)


def _is_time(text: str) -> bool:
    try:
        return bool(datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC))
    except (ValueError, OverflowError):
        return False
