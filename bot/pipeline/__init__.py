"""The story of a run: learn, watch, embed, judge. Ports in, report out; the hallway between rooms and doors."""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from bot import check, learn, texts
from bot.errors import LedgerError, SurveyBotError
from bot.fates import Failure, Fate, RunReport, State
from bot.models import Judgement, Lane, Library, Proposal, Record
from bot.ports import Archive, Forge, Judge, Ledger, Memory, Neighbour, Progress, Reading, Source
from bot.prepare import prepare
from bot.propose import propose
from bot.watch import first_seen
from bot.yaml_format import taxonomy_sha

_TOLD = 10
"""Unreadable records that are told one by one; the rest is only counted."""
_BATCH = 500
"""Fates of papers that were ruled out early are written in batches: one fsync each."""


@dataclass(frozen=True)
class Parts:
    """The doors of a run. ``memory`` is opened only when there is something to judge."""

    sources: Sequence[Source]
    archive: Archive
    memory: Callable[[], Memory]
    judge: Judge
    forge: Forge
    ledger: Ledger
    progress: Progress
    papers_folder: str
    """Where a paper's file goes, from the root of the forge's repository."""
    on_judged: Callable[[Fate], None] = lambda fate: None
    """Told each fate as it falls, so that a person can watch."""


class Candidate(NamedTuple):
    """A paper that could belong: as it came, as it is judged and shown, and what a reviewer should know of its text."""

    raw: Record
    record: Record
    flags: tuple[str, ...]


class Read(NamedTuple):
    """A candidate as it is read, and the listed papers nearest to it."""

    candidate: Candidate
    reading: Reading
    near: list[Neighbour]


def run(
    library: Library, parts: Parts, *, run: str, now: Callable[[], datetime], asked_for: Container[str] = ()
) -> RunReport:
    """One run. Failures of single parts are in the report, and what they touched is due again at the next run.

    ``asked_for``: papers a human wants proposed whatever the bot thinks of them, closed ones excepted by the forge.
    Raises SurveyBotError only when nothing can be done at all: the ledger cannot be read, or the forge not be asked.
    """
    this = _Run(library, parts, run, now, asked_for)
    this.learn()
    candidates = this.watch()
    if candidates:
        this.judge(this.embed(candidates))
    return this.report()


@dataclass
class _Run:
    library: Library
    parts: Parts
    run: str
    now: Callable[[], datetime]
    asked_for: Container[str]
    counts: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    learned: list[Fate] = field(default_factory=list)
    judged: list[Fate] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)
    pull_ids: set[str] = field(default_factory=set)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    lacking: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.started = self.now()

    # --- the four steps -----------------------------------------------------------------------------------------------

    def learn(self) -> None:
        """What people did since the last run becomes part of the ledger before anything is judged."""
        self.fates = dict(self.parts.ledger.fates())
        self.notes += self.parts.ledger.notes
        pulls = self.parts.forge.pulls()
        self.pull_ids = set(pulls)
        if not self.parts.forge.dry:
            self.learned = learn.new_fates(
                self.fates,
                pulls,
                self.library.papers,
                at=self.started,
                run=self.run,
                current=self.library.taxonomy.current,
            )
            self._record(self.learned)
            self.fates.update({fate.id: fate for fate in self.learned})

    def watch(self) -> list[Candidate]:
        """The papers that are new and could belong."""
        candidates, early = [], list[Fate]()
        for raw in self.parts.progress(first_seen(chain(self._due(), self._arriving())), "watching"):
            self._count("seen")
            if raw.id in self.library.papers:
                self._count("listed")
            elif self._has_fate(raw.id):
                self._count("known")
            else:
                record, flags = texts.clean_record(raw)
                reason = None if raw.id in self.asked_for else self.parts.judge.ruled_out(record)
                if reason is None:
                    candidates.append(Candidate(raw, record, flags))
                    continue
                self._count("early")
                early.append(self._fate(record, State.SKIPPED, reason))
                if len(early) == _BATCH:
                    self._record(early)
                    early = []
        self._record(early)
        return candidates

    def embed(self, candidates: Sequence[Candidate]) -> Iterable[Read]:
        """Every candidate with its reading and the listed papers nearest to it, the judge fitted to the survey.

        If that cannot be had, all of them are due again.
        """
        if not self.parts.forge.dry:
            self.parts.archive.keep(candidate.raw for candidate in candidates)  # a human may ask for one later
        try:
            judge = self.parts.judge
            memory = self.parts.memory()
            asked = [candidate.record for candidate in candidates]
            found = prepare(self.library, self.parts.archive, memory, judge, self.fates, asked, self.parts.progress)
        except SurveyBotError as error:
            self._fail("embedding", error, candidates)
            return []
        except Exception as error:  # a fault of ours must not lose what was watched
            self._fail("learning from the past", _bug(error), candidates)
            return []
        self.lacking = found.lacking
        self.notes += [*found.lacking, *found.notes]
        self.provenance = {"embedder": memory.model, "taxonomy": taxonomy_sha(self.library.taxonomy)[:12]}
        return map(Read, candidates, found.readings, found.near)

    def judge(self, papers: Iterable[Read]) -> None:
        """Each paper gets its judgement, the judgement becomes a fate, and those of the first lane a pull request."""
        states = {Lane.SKIP: State.SKIPPED, Lane.ASK: State.ASKED, Lane.PROPOSE: State.PROPOSED}
        for candidate, reading, near in papers:
            record, where = candidate.record, ""
            with self._spared(candidate):
                judgement = self.parts.judge.judge(record, reading, near, candidate.flags)
                if record.id in self.asked_for:
                    reason = f"a human asked for it; {judgement.reason}"
                    judgement = judgement.model_copy(update={"lane": Lane.PROPOSE, "reason": reason})
                if judgement.lane is Lane.PROPOSE:
                    where = self.parts.forge.open(self._proposal(record, judgement)).where
                state = states[judgement.lane]
                self._count(state.value)
                fate = self._fate(record, state, judgement.reason, judgement, where)
                self.judged.append(fate)
                self.fates[fate.id] = fate
                self._record([fate])
            self.parts.on_judged(self.fates[record.id])  # not spared: what cannot be told must not change a fate

    def report(self) -> RunReport:
        """What was done."""
        ended = self.now()
        waiting = [fate for fate in self.fates.values() if fate.state is State.ASKED]
        return RunReport(
            run=self.run,
            started=self.started,
            seconds=(ended - self.started).total_seconds(),
            dry=self.parts.forge.dry,
            failures=tuple(self.failures),
            notes=tuple(dict.fromkeys([*self.notes, *self.parts.archive.notes])),
            learned=tuple(self.learned),
            fates=tuple(self.judged),
            waiting=tuple(sorted(waiting, key=lambda fate: -(fate.scope or 0) * (fate.confidence or 0))),
            **self.counts,
        )

    # --- their parts --------------------------------------------------------------------------------------------------

    def _due(self) -> Iterator[Record]:
        """Papers an earlier run saw and could not judge to the end."""
        due = [fate.id for fate in self.fates.values() if fate.state is State.SEEN]
        if due:
            found = self.parts.archive.find(due, self.parts.progress)
            yield from found.records.values()
            if found.problem:
                self._fail("papers due from an earlier run", SurveyBotError(found.problem))

    def _arriving(self) -> Iterator[Record]:
        for source in self.parts.sources:
            try:
                yield from source.records(self._unreadable)
            except SurveyBotError as error:
                self._fail(source.name, error)

    def _unreadable(self, problem: str) -> None:
        self._count("unreadable")
        if self.counts["unreadable"] <= _TOLD:
            self.notes.append(problem)

    def _has_fate(self, paper_id: str) -> bool:
        if paper_id in self.pull_ids:
            return True
        fate = self.fates.get(paper_id)
        return fate is not None and fate.state is not State.SEEN and paper_id not in self.asked_for

    @contextmanager
    def _spared(self, candidate: Candidate) -> Iterator[None]:
        """Whatever one paper provokes, a fault of ours included, costs that paper one run and the others nothing."""
        try:
            yield
        except SurveyBotError as error:
            self._fail(candidate.raw.id, error, [candidate])
        except Exception as error:  # the boundary: a stranger's text must not stop the watch
            self._fail(candidate.raw.id, _bug(error), [candidate])

    def _proposal(self, record: Record, judgement: Judgement) -> Proposal:
        proposal = propose(
            record,
            judgement,
            self.library.taxonomy,
            folder=self.parts.papers_folder,
            today=self.started.date(),
            provenance=self.provenance,
            remarks=self.lacking,
        )
        problems = check.check_new(proposal.paper, self.library, this_year=self.started.year)
        if problems:
            raise SurveyBotError(f"the file would not pass the check: {problems[0]}")
        return proposal

    def _fate(
        self, record: Record, state: State, reason: str, judgement: Judgement | None = None, where: str = ""
    ) -> Fate:
        return Fate(
            id=record.id,
            state=state,
            reason=reason,
            at=self.now(),
            run=self.run,
            title=record.title,
            scope=round(judgement.scope.score, 4) if judgement else None,
            labels=judgement.labels if judgement else (),
            confidence=round(judgement.placement[0].probability, 4) if judgement and judgement.placement else None,
            near=tuple((near.title, round(near.similarity, 2)) for near in judgement.precedents) if judgement else (),
            terms=judgement.scope.terms if judgement else (),
            where=where,
        )

    def _record(self, fates: Sequence[Fate]) -> None:
        """Into the ledger, unless this is a rehearsal; a ledger that fails costs work later, never this run's."""
        if self.parts.forge.dry or not fates:
            return
        try:
            self.parts.ledger.record(fates)
        except LedgerError as error:
            if all(failure.what != "ledger" for failure in self.failures):
                self._fail("ledger", error)

    def _fail(self, what: str, error: SurveyBotError, touched: Sequence[Candidate] = ()) -> None:
        self.failures.append(Failure(what=what, message=str(error)))
        self._count("failed", len(touched))
        due = [self._fate(candidate.record, State.SEEN, f"due again: {error}") for candidate in touched]
        self.fates.update({fate.id: fate for fate in due})
        self._record(due)

    def _count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number


def _bug(error: Exception) -> SurveyBotError:
    """A fault of ours as it is told; where it happened goes to the log."""
    logging.getLogger(__name__).error("a fault of ours", exc_info=error)
    return SurveyBotError(f"this is a bug: {error!r}", remedy="report it")


def run_name(started: datetime) -> str:
    """A name for a run that sorts by time: ``20261122T100300.123456``."""
    return started.strftime("%Y%m%dT%H%M%S.%f")
