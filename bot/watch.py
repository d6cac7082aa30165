"""What is asked of arXiv, and which of the records that come back are new. Pure: the window is passed in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta

from bot.models import Record
from bot.settings import Watch

When = date | datetime
_DATED, _LEAST_WEEKS = 20, 0.7
"""Fewer papers, or fewer days, do not tell how long a flow ran."""
_ACCEPTED = re.compile(r"\b(?:accepted|published|to appear|appeared|proceedings|camera[- ]ready)\b", re.IGNORECASE)
_WORKDAYS = 5
"""arXiv announces on five days a week; papers are sent in on all seven."""


def query(watch: Watch, since: When, until: When) -> str:
    """The arXiv search for papers of any of the categories, matching the query, first submitted in the window.

    ``since`` and ``until`` are days (both included) or aware moments; arXiv counts minutes in UTC, so a moment is
    widened to whole minutes: windows may overlap but never leave a gap. Raises ValueError for a moment without a time
    zone and for a window that ends before it starts.
    Source: https://info.arxiv.org/help/api/user-manual.html#query_details
    """
    start, end = _minute(since, time.min), _minute(until, time.max)
    if end < start:
        raise ValueError(f"the window ends ({until}) before it starts ({since})")
    categories = " OR ".join(f"cat:{category}" for category in watch.categories)
    parts = [f"({categories})" if len(watch.categories) > 1 else categories]
    if watch.query.strip():
        parts.append(f"({watch.query.strip()})")
    parts.append(f"submittedDate:[{start:%Y%m%d%H%M} TO {end:%Y%m%d%H%M}]")
    return " AND ".join(parts)


def _minute(when: When, of_day: time) -> datetime:
    """The moment in UTC; a start is cut to its minute by the format, an end is moved up to the next one."""
    if not isinstance(when, datetime):
        return datetime.combine(when, of_day, UTC)
    if when.tzinfo is None:
        raise ValueError(f"{when} has no time zone")
    when = when.astimezone(UTC)
    return when if of_day == time.min else when + timedelta(seconds=59, microseconds=999_999)


def first_seen(records: Iterable[Record]) -> Iterator[Record]:
    """Each paper once: the first record of every bare id.

    A later record of an id is a revision, a cross-listing, or the same paper from a second source.
    Millions of ids take a few megabytes.
    """
    seen = _Seen()
    for record in records:
        if seen.add(record.id):
            yield record


def weeks(days: Iterable[date]) -> float:
    """How many weeks of papers these are, by the days they came on; 0 when that is no week, or too few to tell.

    Days without a paper do not count, so a pause in the watch makes no flow longer; nor do the days of the oldest
    twentieth of the papers, since an old one may come by as a cross-list.
    """
    came = sorted(days)
    if len(came) < _DATED:
        return 0.0
    most = set(came[len(came) // 20 :])
    found = len(most) / 0.95 / max(_WORKDAYS, len({day.weekday() for day in most}))
    return found if found >= _LEAST_WEEKS else 0.0


def venue(record: Record) -> str:
    """What arXiv says of where the paper appeared: the journal reference, else a comment that speaks of acceptance."""
    if record.journal_ref:
        return record.journal_ref
    return record.comment if record.comment and _ACCEPTED.search(record.comment) else ""


class _Seen:
    """A set of ids: arXiv numbers the papers of a month consecutively, so a bit each is enough."""

    def __init__(self) -> None:
        self._bits: dict[str, bytearray] = {}

    def add(self, paper_id: str) -> bool:
        """Whether it was not there yet."""
        stem, number = paper_id[:-3], paper_id[-3:]
        if not number.isdecimal():  # not an arXiv id
            stem, number = paper_id, "0"
        if stem not in self._bits:
            self._bits[stem] = bytearray(125)
        bits, (byte, bit) = self._bits[stem], divmod(int(number), 8)
        if bits[byte] >> bit & 1:
            return False
        bits[byte] |= 1 << bit
        return True
