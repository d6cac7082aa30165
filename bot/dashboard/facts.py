"""What stands on the dashboard."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import ids
from bot.clusters import Cluster
from bot.drift import still_open
from bot.fates import Fate, RunReport, State
from bot.models import Library
from bot.settings import Forge


@dataclass(frozen=True)
class Facts:
    """All that stands on the dashboard."""

    library: Library
    fates: Mapping[str, Fate]
    """Of every paper, by id."""
    earlier: Sequence[RunReport]
    """The reports of earlier runs, oldest first."""
    report: RunReport
    """Of this run."""
    caps: Forge
    now: datetime
    days: int = 7
    """So long after it was submitted, at most, arXiv announces a paper."""
    problems: Sequence[str] = ()
    """What needs a person: a workflow that was disabled, a permission that is missing … one sentence each."""
    repository_url: str = ""
    """Where people read the repository; empty: no link to its workflows."""
    drift: Sequence[Cluster] = ()
    """Doubtful papers that looked like a class of their own when they were last looked at, the largest first."""

    @property
    def runs(self) -> list[RunReport]:
        """All runs, oldest first, this one last."""
        return [*self.earlier, self.report]

    def of(self, state: State) -> list[Fate]:
        """The fates of one state, by the time they fell."""
        found = [fate for fate in self.fates.values() if fate.state is state and ids.is_valid(fate.id)]
        return sorted(found, key=lambda fate: (fate.at, ids.sort_key(fate.id)))

    @property
    def clusters(self) -> list[Cluster]:
        """What is left of the drift when papers have been decided on since."""
        return [left for one in self.drift if (left := still_open(one, self.fates))]


def likeliest_first(fates: Iterable[Fate]) -> list[Fate]:
    """By the probability that a proposal would be right."""
    return sorted(fates, key=lambda fate: -fate.chance)
