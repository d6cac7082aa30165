"""What was asked of the sources of papers, stretch by stretch of time, and what came of it. Immutable, without I/O."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from bot.models import Model

Count = Annotated[int, Field(ge=0)]


class Slice(Model):
    """A stretch of time, from ``since`` to before ``until``; never over a midnight of UTC, so never over a day."""

    since: AwareDatetime
    until: AwareDatetime


class SliceReport(Model):
    """What became of one slice of a source, or of all of a source that knows no time (``since`` and ``until`` None)."""

    source: str
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    asked: Count = 0
    """Requests, repeated ones too."""
    retried: Count = 0
    """Requests that had to be repeated."""
    total: Count | None = None
    """So many papers it held, as the source said last."""
    got: Count = 0
    """Different papers that came, also those without title or abstract."""
    early: bool = False
    """arXiv could not have announced any paper of it yet: that it is empty is expected."""
    failed: str = ""
    """Why it was not read whole; what came stands."""


class WatchReport(Model):
    """What a run read of arXiv; its watermark holds for papers that match ``query``, and for no others."""

    query: str
    """What is searched for, without the time, see ``bot.watch.query``."""
    before: AwareDatetime | None = None
    """Up to where everything had been read when the run began."""
    after: AwareDatetime | None = None
    """Up to where it is now; the watermark only moves over slices that were read whole."""
    slices: tuple[SliceReport, ...] = ()
    backfill: bool = False
    """It read other times than those that were due."""


class Settled(Model):
    """A slice that was read whole after all its papers can be expected to be announced: it is not asked for again."""

    query: str
    since: AwareDatetime
    until: AwareDatetime
    at: AwareDatetime
    """When it was read."""


class Revision(Model):
    """A later version of a paper that is listed or proposed, as arXiv has it: what the survey says may be outdated."""

    id: str
    version: Annotated[int, Field(ge=2)]
    title: str
    comment: str | None = None
    journal_ref: str | None = None
    withdrawn: bool = False
    """The authors have taken it back."""
    at: AwareDatetime
    run: str
