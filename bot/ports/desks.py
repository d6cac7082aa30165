"""Where it is proposed, and where it is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.changes import Changeset, Decision, GroupPull
from bot.fates import Fate, Pull, Request, RunReport
from bot.models import Proposal
from bot.slices import Revision, Settled


class Forge(Protocol):
    """Where pull requests live. GitHub, a local git repository, or the terminal (``dry-run``)."""

    name: str
    """Tells this forge from any other: ``github octo/survey``."""
    dry: bool
    """Nothing is written: the run must leave no trace in the ledger either."""
    forgets: bool
    """A pull request can vanish without a trace here, and one that did was refused. GitHub keeps all of them."""

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it so far, one sentence each; the run went on."""
        ...

    def pulls(self, since: datetime | None = None) -> dict[str, Pull]:
        """The bot's pull requests by paper id: all, or at least those that changed after ``since``. Raises ForgeError.

        Of several for one paper an open one counts, else a merged one, else the latest.
        """
        ...

    def requests(self, since: datetime | None = None) -> list[Request]:
        """What people who may write here asked of the bot, oldest first: ticked boxes, and comments after ``since``.

        Raises ForgeError.
        """
        ...

    def open(self, proposal: Proposal) -> Pull:
        """Open it, or adopt what is there already: never two for one paper. Raises ForgeError.

        An open one that only the bot has touched is brought up to date; one that a person has touched stays as it is;
        a merged or closed one is given back; a postponed one is opened anew.
        """
        ...

    def close(self, paper_id: str, sentence: str, *, later: bool = False) -> None:
        """Close the paper's open pull request, if there is one, and say why; ``later`` postpones it. Raises ForgeError.

        Closing twice says it once.
        """
        ...

    def show(self, page: Callable[[str], str]) -> str:
        """Write the dashboard, in place; where it is, or empty where there is none. Raises ForgeError.

        ``page`` makes its Markdown from how it stands at that moment (empty when it is new), so that a box ticked
        meanwhile is not lost.
        """
        ...


class Changesets(Protocol):
    """Where grouped pull requests live: GitHub, a local git repository, or the terminal (``dry-run``)."""

    name: str
    dry: bool
    """Nothing is written."""

    @property
    def notes(self) -> Sequence[str]:
        """What was odd so far and kept nothing from being done (a label that cannot be made), one sentence each."""
        ...

    def all(self, kind: str) -> list[GroupPull]:
        """Those of this kind (``refresh``) that were ever asked, the latest first. Raises ForgeError."""
        ...

    def read(self, path: str) -> str | None:
        """A file as it stands on the base branch now; None where there is none. Raises ForgeError, DataError."""
        ...

    def files(self, folder: str) -> dict[str, str]:
        """The files of a folder, not those of folders below it, by path: the same as :meth:`read` for each of them.

        None where there is no such folder. Raises ForgeError, DataError.
        """
        ...

    def ask(self, changeset: Changeset) -> GroupPull | None:
        """Open it; one that is open on the same branch is brought up to date when only the bot has touched it.

        One that people have worked on is given back as it is, ``touched``. Of one that is merged or closed only the
        branch is taken again, when nothing of a person is on it. None where the base branch lacks nothing of the
        changeset: nothing is asked, and one that is open is closed. Raises ForgeError.
        """
        ...

    def close(self, branch: str, sentence: str) -> None:
        """Close an open one that only the bot has touched, and say why; else do nothing. Raises ForgeError.

        Its memo is gone then: nobody has refused anything.
        """
        ...


class Ledger(Protocol):
    """One recorded fate per paper ever seen, and a report of every run; append-only."""

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it when it was read, one sentence each."""
        ...

    def fates(self) -> Mapping[str, Fate]:
        """The last recorded fate of every paper. Raises LedgerError."""
        ...

    def record(self, fates: Iterable[Fate]) -> None:
        """Append, durably, all or nothing per line. Raises LedgerError."""
        ...

    def runs(self) -> Sequence[RunReport]:
        """The reports of earlier runs, oldest first, without their papers. Raises LedgerError."""
        ...

    def record_run(self, report: RunReport) -> None:
        """Append a report, without its papers. Raises LedgerError."""
        ...

    def settled(self) -> Sequence[Settled]:
        """The slices that need not be asked for again. Raises LedgerError."""
        ...

    def settle(self, slices: Iterable[Settled]) -> None:
        """Append. Raises LedgerError."""
        ...

    def revisions(self) -> Mapping[str, Revision]:
        """The latest recorded revision of every paper that has one. Raises LedgerError."""
        ...

    def revise(self, revisions: Iterable[Revision]) -> None:
        """Append. Raises LedgerError."""
        ...

    def decisions(self) -> Sequence[Decision]:
        """What became of proposed changes, the last line of each, oldest first. Raises LedgerError."""
        ...

    def decide(self, decisions: Iterable[Decision]) -> None:
        """Append. Raises LedgerError."""
        ...

    def save(self) -> None:
        """Bring what was recorded to where other machines find it, if there is such a place. Raises LedgerError."""
        ...
