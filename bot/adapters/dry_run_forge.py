"""The forge that opens nothing: every proposal is only shown."""

from __future__ import annotations

from collections.abc import Callable

from bot.fates import Pull, PullState
from bot.models import Proposal


class DryRunForge:
    """Implements :class:`bot.ports.Forge`; ``show`` is given every proposal that would be opened."""

    dry = True

    def __init__(self, show: Callable[[Proposal], None]) -> None:
        self._show = show

    def pulls(self) -> dict[str, Pull]:
        """None: a dry run knows of no pull request."""
        return {}

    def open(self, proposal: Proposal) -> Pull:
        """Show it."""
        self._show(proposal)
        return Pull(id=proposal.paper.id, state=PullState.OPEN, where="dry run", proposed=proposal.paper.labels)
