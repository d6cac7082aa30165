"""What became of papers: pull requests as a forge has them, fates, and the report of a run. Immutable, without I/O."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from bot.models import Model


class PullState(StrEnum):
    """What the forge knows of a proposal."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


class Pull(Model):
    """A pull request of the bot as the forge has it. ``proposed`` are the labels of its hidden block, if readable."""

    id: str
    state: PullState
    where: str
    proposed: tuple[str, ...] | None = None


class State(StrEnum):
    """The fate of a paper: seen -> skipped | asked | proposed -> accepted | corrected | rejected."""

    SEEN = "seen"
    """Not judged to the end yet: due again at the next run."""
    SKIPPED = "skipped"
    ASKED = "asked"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"


class Fate(Model):
    """What became of one paper, and why: one line of the ledger. The last line of an id is its fate."""

    id: str
    state: State
    reason: str
    at: datetime
    run: str
    title: str = ""
    scope: float | None = None
    labels: tuple[str, ...] = ()
    confidence: float | None = None
    near: tuple[tuple[str, float], ...] = ()
    """The listed papers most like it (short name, cosine)."""
    terms: tuple[str, ...] = ()
    """The configured terms its text holds."""
    where: str = ""
    """The pull request, for those that have one."""


class Failure(Model):
    """A step of a run that failed; the rest of the run went on."""

    what: str
    message: str


class RunReport(Model):
    """What one run did; every seen paper is counted once.

    listed + known + early + skipped + asked + proposed + failed == seen
    """

    run: str
    started: datetime
    seconds: float = 0.0
    dry: bool = False
    seen: int = 0
    listed: int = 0
    known: int = 0
    """Had a fate before this run."""
    early: int = 0
    """Ruled out by the cheap stage."""
    skipped: int = 0
    asked: int = 0
    proposed: int = 0
    failed: int = 0
    unreadable: int = 0
    """Records of the sources that could not be read; they have no id to give a fate to."""
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    learned: tuple[Fate, ...] = ()
    """What people did since the last run."""
    fates: tuple[Fate, ...] = ()
    """The papers that were judged in this run, those ruled out early excepted."""
    waiting: tuple[Fate, ...] = ()
    """All papers that wait for a human's word, from earlier runs too; the likeliest to be listed first."""
