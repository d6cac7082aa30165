"""The story of a run: learn, watch, judge, propose. Ports in, report out; the hallway between rooms and doors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Any

from bot import check, ids, learn, texts
from bot.errors import LedgerError, SurveyBotError
from bot.models import Failure, Fate, Judgement, Lane, Library, Proposal, Record, RunReport, State
from bot.ports import Archive, Entry, Forge, Judge, Ledger, Memory, Progress, Source
from bot.propose import propose
from bot.settings import Settings
from bot.watch import first_seen
from bot.yaml_format import dump_paper, taxonomy_sha

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
    on_judged: Callable[[Fate], None] = lambda fate: None
    """Told each fate as it falls, so that a person can watch."""


def index_entries(library: Library, archive: Archive, progress: Progress) -> tuple[list[Entry], list[str]]:
    """What the memory holds of a library: every listed paper and every class; and notes on the abstracts it lacks."""
    on_arxiv = [paper_id for paper_id in library.papers if ids.is_arxiv(paper_id)]
    found = archive.find(on_arxiv, progress)
    notes = [f"{found.problem}; these papers are known by title, note and class only"] if found.problem else []
    papers = [
        Entry(paper.id, "paper", texts.paper_text(paper, found.records.get(paper.id), library.taxonomy), paper.labels)
        for paper in library.papers.values()
    ]
    classes = [Entry(label, "class", texts.class_text(path)) for label, path in library.taxonomy.paths.items()]
    return papers + classes, notes


def run(library: Library, settings: Settings, parts: Parts, *, run: str, now: Callable[[], datetime]) -> RunReport:
    """One run. Failures of single parts are in the report, and what they touched is due again at the next run.

    Raises SurveyBotError only when nothing can be done at all: the ledger cannot be read, or the forge not be asked.
    """
    this = _Run(library, settings, parts, run, now)
    this.learn()
    candidates = this.watch()
    if candidates:
        this.propose(this.judge(candidates))
    return this.report()


@dataclass
class _Run:
    library: Library
    settings: Settings
    parts: Parts
    run: str
    now: Callable[[], datetime]
    counts: dict[str, int] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    judged: list[Fate] = field(default_factory=list)
    fates: dict[str, Fate] = field(default_factory=dict)
    open_ids: set[str] = field(default_factory=set)
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.started = self.now()

    # --- the four steps -----------------------------------------------------------------------------------------------

    def learn(self) -> None:
        """What people did since the last run becomes part of the ledger before anything is judged."""
        self.fates = dict(self.parts.ledger.fates())
        self.notes += self.parts.ledger.notes
        pulls = self.parts.forge.pulls()
        self.open_ids = set(pulls)
        if not self.parts.forge.dry:
            news = learn.new_fates(
                self.fates,
                pulls,
                self.library.papers,
                at=self.started,
                run=self.run,
                current=self.library.taxonomy.current,
            )
            self._record(news)
            self.fates.update({fate.id: fate for fate in news})

    def watch(self) -> list[tuple[Record, tuple[str, ...]]]:
        """The papers that are new and could belong, each with what is unusual about its text."""
        candidates, early = [], list[Fate]()
        for raw in self.parts.progress(first_seen(chain(self._due(), self._arriving())), "watching"):
            self._count("seen")
            if raw.id in self.library.papers:
                self._count("listed")
            elif self._has_fate(raw.id):
                self._count("known")
            else:
                record, flags = texts.clean_record(raw)
                reason = self.parts.judge.ruled_out(record)
                if reason is None:
                    candidates.append((record, flags))
                    continue
                self._count("early")
                early.append(self._fate(record, State.SKIPPED, reason))
                if len(early) == _BATCH:
                    self._record(early)
                    early = []
        self._record(early)
        return candidates

    def judge(self, candidates: Sequence[tuple[Record, tuple[str, ...]]]) -> Iterator[tuple[Record, Judgement]]:
        """Every candidate with its judgement; if that cannot be had, all of them are due again."""
        records = [record for record, _ in candidates]
        try:
            judge = self.parts.judge
            memory = self.parts.memory()
            entries, lacking = index_entries(self.library, self.parts.archive, self.parts.progress)
            sha = taxonomy_sha(self.library.taxonomy)
            self.notes += lacking + memory.update(entries, sha, self.parts.progress)
            judge.fit(
                {entry.key: entry.text for entry in entries}, {**memory.vectors("paper"), **memory.vectors("class")}
            )
            vectors = memory.embed([texts.record_text(record) for record in records], self.parts.progress, "reading")
            nearest = memory.nearest(vectors, judge.neighbours)
        except SurveyBotError as error:
            self._fail("judging", error, records)
            return
        self.provenance = {"embedder": memory.model, "taxonomy": sha[:12]}
        for (record, flags), vector, near in zip(candidates, vectors, nearest, strict=True):
            yield record, judge.judge(record, vector, near, [*flags, *lacking])

    def propose(self, judged: Iterable[tuple[Record, Judgement]]) -> None:
        """Each judgement becomes a fate, and those of the first lane a pull request."""
        lanes = {Lane.SKIP: (State.SKIPPED, "skipped"), Lane.ASK: (State.ASKED, "asked")}
        for record, judgement in judged:
            if judgement.lane is not Lane.PROPOSE:
                state, word = lanes[judgement.lane]
                self._count(word)
                self._settle(self._fate(record, state, judgement.reason, judgement))
                continue
            try:
                pull = self.parts.forge.open(self._proposal(record, judgement))
            except SurveyBotError as error:
                self._fail(f"proposing {record.id}", error, [record])
                continue
            self._count("proposed")
            self._settle(self._fate(record, State.PROPOSED, judgement.reason, judgement, pull.where))

    def report(self) -> RunReport:
        """What was done."""
        ended = self.now()
        return RunReport(
            run=self.run,
            started=self.started,
            seconds=(ended - self.started).total_seconds(),
            dry=self.parts.forge.dry,
            failures=tuple(self.failures),
            notes=tuple(dict.fromkeys(self.notes)),
            fates=tuple(self.judged),
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
        fate = self.fates.get(paper_id)
        return paper_id in self.open_ids or (fate is not None and fate.state is not State.SEEN)

    def _proposal(self, record: Record, judgement: Judgement) -> Proposal:
        proposal = propose(
            record,
            judgement,
            self.library.taxonomy,
            folder=f"{self.settings.survey.taxonomy}/papers",
            dump=dump_paper,
            today=self.started.date(),
            provenance=self.provenance,
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
            where=where,
        )

    def _settle(self, fate: Fate) -> None:
        self.judged.append(fate)
        self._record([fate])
        self.parts.on_judged(fate)

    def _record(self, fates: Sequence[Fate]) -> None:
        """Into the ledger, unless this is a rehearsal; a ledger that fails costs work later, never this run's."""
        if self.parts.forge.dry or not fates:
            return
        try:
            self.parts.ledger.record(fates)
        except LedgerError as error:
            if all(failure.what != "ledger" for failure in self.failures):
                self._fail("ledger", error)

    def _fail(self, what: str, error: SurveyBotError, touched: Sequence[Record] = ()) -> None:
        self.failures.append(Failure(what=what, message=str(error)))
        self._count("failed", len(touched))
        self.parts.archive.keep(touched)
        self._record([self._fate(record, State.SEEN, f"due again: {error}") for record in touched])

    def _count(self, what: str, number: int = 1) -> None:
        self.counts[what] = self.counts.get(what, 0) + number


def run_name(started: datetime) -> str:
    """A name for a run that sorts by time: ``20261122T100300-4f2a``."""
    moment = started.strftime("%Y%m%dT%H%M%S")
    return f"{moment}-{hashlib.sha256(started.isoformat().encode()).hexdigest()[:4]}"
