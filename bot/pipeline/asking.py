"""How a grouped pull request is asked for: at most one of a kind is open, and what people work on is left alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from bot.changes import Changeset, GroupPull, Stage, fresh_branch
from bot.ports import Changesets

_EMPTY = "Nothing of this is to be changed any more, so there is nothing left to merge."


class Outcome(StrEnum):
    """What came of asking."""

    ASKED = "asked"
    """It is open, and as it was wanted."""
    SHOWN = "shown"
    """A dry run would ask for it."""
    LEFT = "left"
    """It is open, people have worked on it, and so it stays as it is."""
    ENDED = "ended"
    """People merged or closed it while it was being asked for."""
    STANDS = "stands"
    """There is nothing to ask: all of it stands on the base branch already."""
    NOTHING = "nothing"
    """There was nothing to ask, and none is open, but for one that a dry run would close."""
    EMPTIED = "emptied"
    """Nothing is left to ask, so the one that was open is closed."""


class Answer(NamedTuple):
    """What came of asking, and the pull request it is about; None where there is none."""

    outcome: Outcome
    pull: GroupPull | None = None
    notes: tuple[str, ...] = ()
    """What was odd on the way, and kept nothing from being asked."""

    @property
    def holds(self) -> bool:
        """Whether the pull request holds what was asked, or would."""
        return self.outcome in (Outcome.ASKED, Outcome.SHOWN)

    @property
    def sentence(self) -> str:
        """The same for people."""
        where = self.pull.where if self.pull else ""
        emptied = f"{where}: nothing of it is to be changed any more, so"
        return {
            Outcome.ASKED: f"asked for in {where}",
            Outcome.SHOWN: "dry run: nothing was opened",
            Outcome.LEFT: f"{where} is open and people have worked on it, so it was left as it is",
            Outcome.ENDED: f"{where} has just been merged or closed, so it was left as it is",
            Outcome.STANDS: "nothing to ask: all of it stands there already",
            Outcome.NOTHING: f"{emptied} it would be closed" if self.pull else "nothing new to ask",
            Outcome.EMPTIED: f"{emptied} it was closed",
        }[self.outcome]


class Group:
    """The grouped pull requests of one kind (``refresh``), and the next one. Every method raises ForgeError."""

    def __init__(self, changesets: Changesets, kind: str, day: date) -> None:
        self._changesets, self._kind, self._day = changesets, kind, day

    @cached_property
    def earlier(self) -> list[GroupPull]:
        """Those that were ever asked, the latest first."""
        return self._changesets.all(self._kind)

    @cached_property
    def opened(self) -> GroupPull | None:
        """The one that is open."""
        return next((one for one in self.earlier if one.stage is Stage.OPEN), None)

    @property
    def branch(self) -> str:
        """Where it is asked: the branch of the open one, else one of today that was never taken."""
        if self.opened:
            return self.opened.branch
        return fresh_branch(self._kind, self._day, {one.branch for one in self.earlier})

    def ask(self, changeset: Changeset | None) -> Answer:
        """Open it, or bring the open one up to date; None: there is nothing to ask, and the open one is closed."""
        if self.opened and self.opened.touched:
            return Answer(Outcome.LEFT, self.opened)
        if changeset:
            return ask(self._changesets, changeset)
        if self.opened is None or self._changesets.dry:
            return Answer(Outcome.NOTHING, self.opened)
        self._changesets.close(self.opened.branch, _EMPTY)
        return Answer(Outcome.EMPTIED, self.opened, tuple(self._changesets.notes))


def ask(changesets: Changesets, changeset: Changeset) -> Answer:
    """Open it, or bring the one that is open on its branch up to date. Raises ForgeError, DataError."""
    pull = changesets.ask(changeset)
    if pull is None:
        outcome = Outcome.STANDS
    elif pull.stage is not Stage.OPEN:
        outcome = Outcome.ENDED
    elif pull.touched:
        outcome = Outcome.LEFT
    else:
        outcome = Outcome.SHOWN if changesets.dry else Outcome.ASKED
    return Answer(outcome, pull, tuple(changesets.notes))
