"""What a plan tells of the watch: what was read, and which listed or proposed papers have a later version."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from bot import ids, texts
from bot.plan import Plan
from bot.recheck import plain
from bot.recheck.verdicts import COMMENT
from bot.slices import Revision, SliceReport, WatchReport

EARLY = timedelta(minutes=5)
"""Clocks of two machines may differ by so much."""
_FIRST = 1991
"""The year of arXiv's first paper."""
_REQUESTS, _PAPERS = 100_000, 10_000_000
"""So many a run can have sent, and counted."""
_MOMENT = timedelta(microseconds=1)


def is_whole(told: WatchReport | None, believed: WatchReport | None) -> bool:
    """Whether a run of which this is told can have read all; where arXiv was not asked, its files say nothing here."""
    if told is None or believed is None:
        return told is believed
    return len(told.slices) == len(believed.slices) and not any(part.failed for part in believed.slices)


def wrong_slice(part: SliceReport, started: datetime) -> str:
    """What is wrong first with what a run that began then tells of a slice, or nothing."""
    return next(_in_slice(part, started), "")


def _in_slice(part: SliceReport, started: datetime) -> Iterator[str]:
    if not (part.source and plain.is_plain(part.source, plain.WORD) and plain.is_plain(part.failed, plain.LINE)):
        yield "its source or its failure is too long, or no plain line"
    if not _can_be(part.since, part.until, started):
        yield "no run reads this stretch of time"
    counts = (part.retried, part.asked - part.retried, part.got, part.total or 0)
    if min(counts) < 0 or part.asked > _REQUESTS or max(counts) > _PAPERS:
        yield plain.NUMBER
    if part.since and not part.failed and part.got < (part.total or 0):
        yield "it tells of more papers than came, and of no failure"


def _can_be(since: datetime | None, until: datetime | None, started: datetime) -> bool:
    """Whether this is a part of a day of UTC that has begun; a source that knows no time has neither end."""
    if since is None or until is None:
        return since is until
    if since.tzinfo is None or until.tzinfo is None or since.year < _FIRST:
        return False
    if not since < until <= started + EARLY:
        return False
    return since.astimezone(UTC).date() == (until.astimezone(UTC) - _MOMENT).date()


def wrong_revision(revision: Revision, plan: Plan) -> str:
    """What is wrong first with a later version of a paper, or nothing; whether it is proposed, the ledger must say."""
    return next(_in_revision(revision, plan), "")


def _in_revision(revision: Revision, plan: Plan) -> Iterator[str]:
    if not ids.is_arxiv(revision.id):
        yield "this is no arXiv id"
    if revision.at != plan.started or revision.run != plan.run:
        yield "it is of another run"
    if revision.version < 2 or not plain.is_version(revision.version):
        yield plain.NUMBER
    said = (revision.title, revision.comment or "", revision.journal_ref or "")
    if not revision.title or any(texts.clean(text)[0] != text for text in said):
        yield "its title, comment or journal reference is not as the bot cleans it"
    if any(len(text) > most for text, most in zip(said, (plain.TITLE, COMMENT, COMMENT), strict=True)):
        yield "its title, comment or journal reference is too long"
