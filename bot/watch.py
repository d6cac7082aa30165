"""What is asked of arXiv, how far it has been read, and which of the records that come back are new. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot import venues
from bot.fates import Fate, RunReport
from bot.models import Record
from bot.settings import Watch
from bot.slices import Settled, Slice, WatchReport

_DATED, _LEAST_WEEKS = 20, 0.7
"""Fewer papers, or fewer days, do not tell how long a flow ran."""
_ACCEPTED = re.compile(r"\b(?:accepted|published|to appear|appeared|proceedings|camera[- ]ready)\b", re.IGNORECASE)
_ITSELF = r"(?:paper|article|submission|manuscript|preprint|version|work)"
_WITHDRAWN = re.compile(
    rf"\b(?:this|the|our|current) {_ITSELF}(?:,[^,.;]{{1,60}},)? (?:(?:has|have) (?:now )?been|is|was|had to be)"
    r"(?: now| temporarily| voluntarily| being)? withdrawn\b(?! (?:from|at)\b)"
    r"|\b(?:authors?|I|we) (?:have |has |are |am )?withdr(?:awn|ew|awing|aw)"
    rf" (?:this|the|our) {_ITSELF}\b(?! (?:from|at)\b)"
    rf"|^\W*(?:{_ITSELF} )?(?:(?:has been|is|was) )?withdrawn"
    r"(?=\W*$|[.,;:(!]|\s+[-–—(]|\s+(?:by|due|because|for|as|since|until|pending)\b)",
    re.IGNORECASE,
)
"""That a text says of its own paper that it is withdrawn; not that it is not, or was from a conference."""
_OPENING = 120
"""Characters of an abstract; further on, others' papers may be meant."""
_WORKDAYS = 5
"""arXiv announces on five days a week; papers are sent in on all seven."""


def query(watch: Watch) -> str:
    """What is searched for, without the time: papers of any of the categories, matching the query.

    Source: https://info.arxiv.org/help/api/user-manual.html#query_details
    """
    categories = " OR ".join(f"cat:{category}" for category in sorted(watch.categories))  # their order means nothing
    parts = [f"({categories})" if len(watch.categories) > 1 else categories]
    if watch.query.strip():
        parts.append(f"({watch.query.strip()})")
    return " AND ".join(parts)


def submitted(part: Slice) -> str:
    """The term of a search for papers first submitted in this slice.

    arXiv counts in whole minutes of UTC and takes both ends in; so slices may overlap by a minute, but leave no gap.
    """
    since, until = part.since.astimezone(UTC), part.until.astimezone(UTC) + timedelta(seconds=59, microseconds=999_999)
    return f"submittedDate:[{since:%Y%m%d%H%M} TO {until:%Y%m%d%H%M}]"


def watermark(runs: Iterable[RunReport], query: str, at: datetime) -> datetime | None:
    """Up to where everything that matches was read, as it is known ``at`` this time; None where nothing was.

    What a clock that ran ahead has left behind does not count, or nothing would be read until that time has come.
    """
    marks = [run.watch.after for run in runs if run.watch and run.watch.query == query and run.watch.after]
    return next((mark for mark in reversed(marks) if mark <= at), None)


def begin(runs: Sequence[RunReport], query: str, at: datetime) -> datetime:
    """From where a run reads on: the watermark; where there is none, that of what was searched for before.

    Where no run knows of one it is the last that read its sources to the end, and else now.
    """
    before = [run.watch.query for run in reversed(runs) if run.watch and not run.watch.backfill]
    marks = (watermark(runs, one, at) for one in dict.fromkeys([query, *before]))
    old = [run.started for run in runs if run.watched and not run.watch and not run.files and run.started <= at]
    return next((mark for mark in marks if mark), None) or max(old, default=at)


def is_new(runs: Iterable[RunReport], query: str) -> bool:
    """Whether no run has read a slice whole of what matches."""
    return not any(run.watch and run.watch.query == query and _whole(run.watch) for run in runs)


def slices(since: datetime, until: datetime) -> Iterator[Slice]:
    """The days of UTC from ``since`` to before ``until``, oldest first; the first starts with its day."""
    start, end = datetime.combine(since.astimezone(UTC), time.min, UTC), until.astimezone(UTC)
    while start < end:
        part = Slice(since=start, until=min(start + timedelta(days=1), end))
        yield part
        start = part.until


def settled(known: Iterable[Settled], query: str, at: datetime, days: int) -> set[Slice]:
    """The slices that were read whole ``days`` after their end or later: what was announced of them is known.

    As for :func:`watermark`, what was read after ``at`` does not count.
    """
    late = timedelta(days=days)
    return {
        Slice(since=one.since, until=one.until)
        for one in known
        if one.query == query and one.until + late <= one.at <= at
    }


def settling(report: WatchReport, at: datetime, days: int) -> list[Settled]:
    """Those of the slices read ``at`` this time that need not be asked for again."""
    found = [Settled(query=report.query, since=part.since, until=part.until, at=at) for part in _whole(report)]
    return [one for one in found if settled([one], report.query, at, days)]


def accounted(
    report: WatchReport, at: datetime, runs: Iterable[RunReport], known: Iterable[Settled], days: int
) -> WatchReport:
    """A run's report with the watermark before it and after it; it began ``at``, after ``runs``.

    The watermark moves over slices without a gap between them that were read whole, those of the ``days`` before it
    included, and never back. Where there is none yet, it starts with the first slice of a run that reads up to now:
    however often that fails, the first of its papers are read. What was read apart from that moves nothing.
    """
    ends = [(one.since, one.until) for one in report.slices if one.since and one.until]
    mark = watermark(runs, report.query, at)
    if mark is None:
        if not ends or max(until for _, until in ends) < at:
            return report
        mark = since = min(since for since, _ in ends)
    else:
        since = mark - timedelta(days=days)
    end = since
    for part in sorted({*_whole(report), *settled(known, report.query, at, days)}, key=lambda part: part.since):
        if part.since > end:
            break
        end = max(end, part.until)
    return report.model_copy(update={"before": mark, "after": max(mark, end)})


def _whole(report: WatchReport) -> list[Slice]:
    return [
        Slice(since=one.since, until=one.until) for one in report.slices if one.since and one.until and not one.failed
    ]


def withdrawn(record: Record) -> bool:
    """Whether its authors have taken the paper back, as they say in the comment or instead of an abstract."""
    return bool(_WITHDRAWN.search(record.comment or "") or _WITHDRAWN.search(record.abstract[:_OPENING]))


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
    """What arXiv says of where the paper appeared, as it stands there: the journal reference, else the comment.

    Of a comment only one counts that names a venue or, for venues that nobody here knows, speaks of acceptance.
    """
    if record.journal_ref:
        return record.journal_ref
    comment = record.comment or ""
    return comment if _ACCEPTED.search(comment) or venues.in_comment(comment) else ""


def woken(record: Record, fate: Fate) -> str:
    """Why a postponed paper is looked at again, or nothing when it sleeps on."""
    if record.version and fate.version and record.version > fate.version:
        return f"it has version {record.version} now"
    found = venue(record)
    now, before = venues.published(record), venues.in_comment(fate.venue)
    in_other_words = now and before and (now.venue, now.year) == (before.venue, before.year)
    return f"it has a venue now ({found})" if found and found != fate.venue and not in_other_words else ""


class Seen:
    """A set of ids: arXiv numbers the papers of a month consecutively, so a bit each is enough.

    Millions take a few megabytes.
    """

    def __init__(self) -> None:
        self._bits: dict[str, bytearray] = {}

    def __contains__(self, paper_id: str) -> bool:
        stem, number = _place(paper_id)
        return stem in self._bits and bool(self._bits[stem][number // 8] >> number % 8 & 1)

    def add(self, paper_id: str) -> bool:
        """Whether it was not there yet."""
        if paper_id in self:
            return False
        stem, number = _place(paper_id)
        self._bits.setdefault(stem, bytearray(125))[number // 8] |= 1 << number % 8
        return True


def _place(paper_id: str) -> tuple[str, int]:
    stem, number = paper_id[:-3], paper_id[-3:]
    return (stem, int(number)) if number.isdecimal() else (paper_id, 0)  # the latter is no arXiv id
