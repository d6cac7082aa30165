"""The forge that opens nothing: every proposal is only shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from bot.fates import Pull, PullState, Request
from bot.models import Proposal


class DryRunForge:
    """Implements :class:`bot.ports.Forge`; ``on_proposal`` is given every proposal that would be opened."""

    name = "dry run"
    dry = True
    forgets = False
    notes: Sequence[str] = ()

    def __init__(self, on_proposal: Callable[[Proposal], None]) -> None:
        self._on_proposal = on_proposal

    def pulls(self, since: datetime | None = None) -> dict[str, Pull]:
        """None: a dry run knows of no pull request."""
        return {}

    def requests(self, since: datetime | None = None) -> list[Request]:
        """None: nobody can ask a dry run for anything."""
        return []

    def open(self, proposal: Proposal) -> Pull:
        """Show it."""
        self._on_proposal(proposal)
        return Pull(id=proposal.paper.id, state=PullState.OPEN, where="dry run", proposed=proposal.paper.labels)

    def close(self, paper_id: str, sentence: str, *, later: bool = False) -> None:
        """Nothing: what it opened is not there."""

    def show(self, page: Callable[[str], str]) -> str:
        """Nothing: a dry run leaves no trace."""
        return ""
