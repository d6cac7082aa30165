"""A plan while it is being made: what both halves of judging, watching and thinking, write into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.errors import SurveyBotError
from bot.fates import Failure, Fate, State
from bot.models import Library, Record
from bot.pipeline.looking import Sight
from bot.pipeline.parts import Parts
from bot.yaml_format import taxonomy_sha

UNKNOWN = "arXiv does not know it"
"""The reason of a fate that does not outlast that arXiv knows it after all."""


class Candidate(NamedTuple):
    """A paper that could belong: as it came, as it is judged and shown, and what a reviewer should know of its text."""

    raw: Record
    record: Record
    flags: tuple[str, ...]


class Draft:
    """What falls is written to the ledger as it falls, so that a kill loses nothing.

    ``wanted``: papers that are to be proposed whatever the bot thinks, and why.
    """

    def __init__(self, library: Library, parts: Parts, sight: Sight) -> None:
        self.wanted = dict(sight.wanted)
        self.rulebook = taxonomy_sha(library.taxonomy)[:12]
        self.counts = Counter[str]()
        self.failures: list[Failure] = []
        self.notes = list(sight.notes)
        self.fates: dict[str, Fate] = {}
        self._parts, self._sight = parts, sight

    def is_certain(self, paper_id: str) -> bool:
        """Whether it gets a pull request, or has one, whatever is thought of its scope."""
        fate = self._sight.fates.get(paper_id)
        return paper_id in self.wanted or (fate is not None and self.is_outdated(fate))

    def is_outdated(self, fate: Fate) -> bool:
        """Whether the rulebook changed under an open proposal."""
        return fate.state is State.PROPOSED and fate.rulebook not in ("", self.rulebook)

    def record(self, fates: Sequence[Fate]) -> None:
        """Known from now on."""
        self.fates |= {fate.id: fate for fate in fates}
        self._sight.record(fates, self._parts, self.failures)

    def fail(self, what: str, error: SurveyBotError, touched: Sequence[Candidate] = ()) -> None:
        """What failed is told, and the papers it touched are due again."""
        self.failures.append(Failure(what=what, message=str(error)))
        self.counts["failed"] += len(touched)
        self.record(self.seen(touched, f"due again: {error}"))

    def seen(self, candidates: Iterable[Candidate], reason: str) -> list[Fate]:
        """Due again; what is open, or postponed, stays that until it is more."""
        known, lasting = self._sight.fates, (State.PROPOSED, State.POSTPONED)
        fates = [
            self._sight.fate(one.record, State.SEEN, reason, wanted=self.wanted.get(one.record.id, ""))
            for one in candidates
        ]
        return [fate for fate in fates if fate.id not in known or known[fate.id].state not in lasting]
