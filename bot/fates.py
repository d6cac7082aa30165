"""What became of papers: pull requests as a forge has them, fates, and the report of a run. Immutable, without I/O."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import AwareDatetime

from bot import ids
from bot.clusters import Cluster
from bot.models import Model, Opinion, Usage
from bot.slices import SliceReport, WatchReport


class PullState(StrEnum):
    """What the forge knows of a proposal."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    POSTPONED = "postponed"
    """Closed for now: a new version or a venue wakes it."""


class Pull(Model):
    """A pull request of the bot as the forge has it. ``proposed`` are the labels of its hidden block, if readable."""

    id: str
    state: PullState
    where: str
    proposed: tuple[str, ...] | None = None


class Wish(StrEnum):
    """What a person can ask of the bot."""

    PROPOSE = "propose"
    REJECT = "reject"
    LATER = "later"


class Request(Model):
    """One wish for one paper: a ticked box or a comment of someone who may write to the repository."""

    id: str
    wish: Wish
    by: str
    """Who asked, as people read it (``@name``, ``a ticked box``)."""


class State(StrEnum):
    """The fate of a paper: seen -> skipped | asked | proposed -> accepted | corrected | rejected | postponed."""

    SEEN = "seen"
    """Not judged to the end yet: due again at the next run."""
    SKIPPED = "skipped"
    ASKED = "asked"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    POSTPONED = "postponed"
    """A human wants to see it again when it has a new version or a venue."""


LISTED = (State.ACCEPTED, State.CORRECTED)
DECIDED = (*LISTED, State.REJECTED)
"""By people, for good."""
OPEN_TO_CHANGE = (State.SKIPPED, State.ASKED)
"""Judged, and a person may still want it."""
NO_CLASS, OUT = "-none", "-out"
"""What a language model says instead of a class; no class is called so."""
HELD = "waits for room"
"""How the reason starts of a seen paper that would be proposed if fewer were."""


class Fate(Model):
    """What became of one paper, and why: one line of the ledger. The last line of an id is its fate."""

    id: str
    state: State
    reason: str
    at: AwareDatetime
    run: str
    title: str = ""
    scope: float | None = None
    labels: tuple[str, ...] = ()
    """Its classes as they are best known: judged, then proposed, then what a human made of them."""
    proposed: tuple[str, ...] = ()
    """The classes the bot proposed; they stay when a human corrects them."""
    rulebook: str = ""
    """Digest of the taxonomy it was proposed under."""
    version: int | None = None
    venue: str = ""
    """What arXiv said of a venue when it was judged, see ``bot.watch.venue``."""
    confidence: float | None = None
    near: tuple[tuple[str, float], ...] = ()
    """The listed papers most like it (short name, cosine)."""
    terms: tuple[str, ...] = ()
    """The configured terms its text holds."""
    where: str = ""
    """The pull request, for those that have one."""
    wanted: str = ""
    """Why it is to be proposed whatever the bot thinks (``@name asked for it``), until it is."""
    opinion: str = ""
    """The class a language model put first, ``NO_CLASS`` where none fits, ``OUT`` where it is out of scope."""
    usage: Usage | None = None
    """What asking it took; None where none was asked."""

    @property
    def chance(self) -> float:
        """That a proposal of it would be right: it belongs, and its first class is one of its own."""
        return (self.scope or 0) * (self.confidence or 0)


class Failure(Model):
    """A step of a run that failed; the rest of the run went on."""

    what: str
    message: str


class Advice(Model):
    """What a run asked of a language model; every paper is counted once."""

    model: str
    agreed: int = 0
    disagreed: int = 0
    """About the class, or about whether the paper belongs at all."""
    partly: int = 0
    """Only one of the two questions has a usable answer, and that one agrees."""
    unusable: int = 0
    """Its replies were of no use, even when it was asked a second time."""
    without: int = 0
    """Went on without it: the cap was reached, no reply came, the text is suspicious."""
    false_quotes: int = 0
    usage: Usage = Usage()

    def plus(self, opinion: Opinion, differences: Sequence[str]) -> Advice:
        """With one more paper; ``differences``: see ``bot.opinion.fusion``."""
        if differences:
            name = "disagreed"
        elif opinion.usable:
            name = "agreed" if opinion.scope and opinion.ranked else "partly"
        else:
            name = "without" if opinion.unanswered else "unusable"
        update = {
            name: getattr(self, name) + 1,
            "false_quotes": self.false_quotes + opinion.false_quotes,
            "usage": self.usage + opinion.usage,
        }
        return self.model_copy(update=update)


class RunReport(Model):
    """What one run did; every seen paper is counted once.

    listed + known + early + skipped + asked + proposed + held + failed == seen
    """

    run: str
    started: AwareDatetime
    forge: str = ""
    """Which forge was asked what people did (``github octo/survey``)."""
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
    held: int = 0
    """Would be proposed, but enough pull requests are open or were opened: due again."""
    failed: int = 0
    watched: bool = False
    """New papers were looked for, and every source could be read to its end."""
    unreadable: int = 0
    """Records of the sources that could not be read; they have no id to give a fate to."""
    revised: int = 0
    """Listed or proposed papers of which a later version came."""
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    watch: WatchReport | None = None
    """What was read of arXiv, and up to where; None when it was not asked."""
    files: tuple[SliceReport, ...] = ()
    """What was read of files, each as a whole."""
    advice: Advice | None = None
    """None where no language model is set."""
    drift: tuple[Cluster, ...] | None = None
    """Doubtful papers that looked like a class of their own; None when nobody looked."""

    @property
    def finished(self) -> datetime:
        """When it ended."""
        return self.started + timedelta(seconds=self.seconds)

    @property
    def troubles(self) -> tuple[str, ...]:
        """The failures as sentences; those that differ by their paper alone are told once."""
        alike: dict[str, list[Failure]] = {}
        for failure in self.failures:
            alike.setdefault(failure.message.replace(failure.what, ""), []).append(failure)
        told = []
        for first, *more in alike.values():
            names_it = first.message.startswith(first.what) or (
                ids.is_arxiv(first.what) and first.what in first.message
            )
            about = "" if names_it else f"{first.what}: "
            told.append(f"{about}{first.message}{f' (and so for {len(more)} more)' if more else ''}")
        return tuple(told)

    learned: tuple[Fate, ...] = ()
    """What people did since the last run."""
    fates: tuple[Fate, ...] = ()
    """The papers that were judged in this run, the proposed ones last."""
    waiting: tuple[Fate, ...] = ()
    """All papers that wait for a human's word, from earlier runs too; the likeliest to be listed first."""
