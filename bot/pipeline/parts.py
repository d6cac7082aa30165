"""The doors of a run, and what both halves of it share."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.errors import SurveyBotError
from bot.fates import Fate
from bot.opinion.advisor import Advisor
from bot.ports import Announcements, Archive, Forge, Judge, Ledger, Memory, Progress, Search, Source
from bot.settings import Forge as Caps


@dataclass(frozen=True)
class Parts:
    """The doors of a run. ``memory`` is opened only when there is something to judge."""

    archive: Archive
    memory: Callable[[], Memory]
    judge: Judge
    forge: Forge
    ledger: Ledger
    progress: Progress
    papers_folder: str
    """Where a paper's file goes, from the root of the forge's repository."""
    sources: Sequence[Source] = ()
    """Files."""
    search: Search | None = None
    """arXiv; None: it is not asked for new papers."""
    announcements: Announcements | None = None
    """A second way to what arXiv announced last; used beside ``search``."""
    span: tuple[datetime | None, datetime | None] = (None, None)
    """What ``search`` is asked for, where a person wants other times than those that are due: from, to before."""
    days: int = 7
    """So long after it was submitted, at most, a paper is announced."""
    narrowed: bool = False
    """``search`` asks for less than is announced."""
    advisor: Advisor | None = None
    """Who is asked for a second opinion, if anybody is."""
    caps: Caps = Caps()  # noqa: RUF009 - immutable
    on_judged: Callable[[Fate], None] = lambda fate: None
    """Told each fate as it falls, so that a person can watch."""
    home: str = ""
    """Where people read the repository, as a web address, if it has one."""
    problems: Callable[[], Sequence[str]] = tuple
    """What else a person should be told on the dashboard, asked for when it is written."""


def run_name(started: datetime) -> str:
    """A name for a run that sorts by time: ``20261122T100300.123456``."""
    return started.strftime("%Y%m%dT%H%M%S.%f")


def bug(error: Exception) -> SurveyBotError:
    """A fault of ours as it is told; where it happened goes to the log."""
    logging.getLogger(__name__).error("a fault of ours", exc_info=error)
    return SurveyBotError(f"this is a bug: {error!r}", remedy="report it")
