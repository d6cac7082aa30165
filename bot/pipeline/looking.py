"""The start of a run: what is known of every paper, what people did since the last run, and what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot import learn
from bot.errors import LedgerError
from bot.fates import DECIDED, NO_CLASS, OUT, Failure, Fate, Request, RunReport, State, Wish
from bot.models import Judgement, Library, Opinion, Record
from bot.pipeline.parts import Parts
from bot.slices import Revision, Settled
from bot.watch import venue

LEDGER = "ledger"
"""What failed when something could not be written down."""


@dataclass
class Sight:
    """What a run sees when it starts. ``fates`` goes with the run: what it decides is seen from then on."""

    run: str
    at: datetime
    fates: dict[str, Fate]
    earlier: Sequence[RunReport]
    learned: list[Fate]
    """What people did since the last run; not in the ledger yet."""
    requests: list[Request]
    wanted: dict[str, str]
    """Papers that are to be proposed whatever the bot thinks, and why; those that were proposed before excepted."""
    notes: list[str]
    settled: list[Settled]
    """Slices of arXiv that need not be asked for again."""
    revisions: dict[str, Revision]
    """The latest known version of every listed or proposed paper that has a second one."""

    def fate(
        self, record: Record, state: State, reason: str, judgement: Judgement | None = None, wanted: str = ""
    ) -> Fate:
        """A fate of this run, with what the bot thought of the paper."""
        found = Fate(
            id=record.id,
            state=state,
            reason=reason,
            at=self.at,
            run=self.run,
            title=record.title,
            version=record.version,
            venue=venue(record),
            wanted=wanted,
        )
        if judgement is None:
            return found
        thought = {
            "scope": round(judgement.scope.score, 4),
            "labels": judgement.labels,
            "confidence": round(judgement.confidence, 4),
            "near": tuple((near.title, round(near.similarity, 2)) for near in judgement.precedents),
            "terms": judgement.scope.terms,
            "opinion": _opinion(judgement.opinion),
            "usage": judgement.opinion and judgement.opinion.usage,
        }
        return found.model_copy(update=thought)

    def record(self, fates: Sequence[Fate], parts: Parts, failures: list[Failure]) -> None:
        """Known from now on, and written to the ledger unless this is a rehearsal.

        A ledger that fails costs work later, never this run's: it is told once, among the failures.
        """
        self.fates.update({fate.id: fate for fate in fates})
        if fates:
            _write(parts, failures, lambda: parts.ledger.record(fates))

    def settle(self, slices: Sequence[Settled], parts: Parts, failures: list[Failure]) -> None:
        """As :meth:`record`, for slices; those that are known are not written again.

        None is where fates could not be written: their papers must come again.
        """
        if any(failure.what == LEDGER for failure in failures):
            return
        new = [one for one in slices if one not in self.settled]
        self.settled += new
        if new:
            _write(parts, failures, lambda: parts.ledger.settle(new))

    def revise(self, revisions: Iterable[Revision], parts: Parts, failures: list[Failure]) -> None:
        """As :meth:`record`, for later versions of papers; those that are known are not written again."""
        known = self.revisions
        new = [one for one in revisions if one.id not in known or known[one.id].version < one.version]
        self.revisions |= {one.id: one for one in new}
        if new:
            _write(parts, failures, lambda: parts.ledger.revise(new))


def _write(parts: Parts, failures: list[Failure], write: Callable[[], None]) -> None:
    if parts.forge.dry:
        return
    try:
        write()
    except LedgerError as error:
        if all(failure.what != LEDGER for failure in failures):
            failures.append(Failure(what=LEDGER, message=str(error)))


def look(library: Library, parts: Parts, *, run: str, at: datetime, asked_for: Mapping[str, str]) -> Sight:
    """Ask ledger and forge. Raises SurveyBotError when one of them does not answer."""
    fates, earlier = dict(parts.ledger.fates()), list(parts.ledger.runs())
    settled, revisions = list(parts.ledger.settled()), dict(parts.ledger.revisions())
    notes = list(parts.ledger.notes)
    if parts.forge.dry:
        wanted = _open_to(fates, {**_waiting(fates), **asked_for})
        return Sight(run, at, fates, earlier, [], [], wanted, notes, settled, revisions)
    here = [report for report in earlier if report.forge == parts.forge.name and report.started <= at]
    since = here[-1].started if here else None
    pulls, requests = parts.forge.pulls(since), parts.forge.requests(since)
    current = library.taxonomy.current
    learned = learn.new_fates(
        fates, pulls, library.papers, at=at, run=run, gone=_gone(parts, earlier, here), current=current
    )
    fates.update({fate.id: fate for fate in learned})
    refused = learn.granted(fates, requests, library.papers, at=at, run=run)
    fates.update({fate.id: fate for fate in refused})
    last = {request.id: request for request in requests if request.id not in library.papers}
    wishes = {paper: f"{one.by} asked for it" for paper, one in last.items() if one.wish is Wish.PROPOSE}
    asked = {**_waiting(fates), **wishes, **asked_for}
    wanted = _open_to(fates, asked)
    notes += [
        f"{paper} was asked for, but its pull request was closed: reopen {fates[paper].where}"
        for paper in asked
        if paper not in wanted and fates[paper].state is State.REJECTED
    ]
    return Sight(run, at, fates, earlier, [*learned, *refused], requests, wanted, notes, settled, revisions)


def _gone(parts: Parts, earlier: Sequence[RunReport], here: Sequence[RunReport]) -> State | None:
    """What a proposed paper is whose pull request the forge did not name.

    Refused, where pull requests can vanish and this one was here; due again, where all were asked for and it was not
    among them (another forge had it, or a run was killed before it was opened); else it has only not changed.
    """
    if parts.forge.forgets and (here or not earlier):
        return State.REJECTED
    return None if here else State.SEEN


def _waiting(fates: Mapping[str, Fate]) -> dict[str, str]:
    """What people asked for and an earlier run could not do."""
    return {fate.id: fate.wanted for fate in fates.values() if fate.wanted and fate.state is State.SEEN}


def _opinion(opinion: Opinion | None) -> str:
    """In one word, as it stands in the ledger."""
    if opinion is None:
        return ""
    if opinion.ranked:
        return opinion.ranked[0]
    if opinion.scope == "out":
        return OUT
    return "" if opinion.ranked is None else NO_CLASS


def _open_to(fates: Mapping[str, Fate], wanted: Mapping[str, str]) -> dict[str, str]:
    """Of these papers the ones that may be proposed: what has, or had, a pull request is not proposed twice."""

    def may(fate: Fate | None) -> bool:
        if fate is None or fate.state not in (State.PROPOSED, *DECIDED):
            return True
        return fate.state is State.REJECTED and not fate.where

    return {paper: by for paper, by in wanted.items() if may(fates.get(paper))}
