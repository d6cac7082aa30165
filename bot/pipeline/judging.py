"""The first half of a run: watch, embed, judge. It reads strangers' papers, and what it decides is a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

from bot import texts
from bot.errors import SurveyBotError
from bot.fates import Advice, Failure, Fate, State
from bot.models import NO_REPLY, NOT_ASKED, Judgement, Lane, Library, Opinion, Record
from bot.opinion.fusion import differences
from bot.opinion.question import case
from bot.pipeline.looking import Sight
from bot.pipeline.parts import Parts, bug
from bot.plan import Plan, Provenance, Verdict
from bot.ports import Neighbour, Reading
from bot.prepare import prepare
from bot.watch import first_seen, venue
from bot.yaml_format import taxonomy_sha

_TOLD = 10
"""Unreadable records that are told one by one; the rest is only counted."""
_USELESS = 3
"""Papers without a usable reply that show, where no paper has one, that the language model itself is at fault."""
_BATCH = 500
"""Fates of papers that were ruled out early are written in batches: one fsync each."""


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


class Judging:
    """Judges what is new, what is due again and what a person wants, and makes a plan of it.

    What falls is written to the ledger as it falls, so that a kill loses nothing.
    """

    def __init__(self, library: Library, parts: Parts, sight: Sight) -> None:
        self._library, self._parts, self._sight = library, parts, sight
        self._wanted = dict(sight.wanted)
        self._rulebook = taxonomy_sha(library.taxonomy)[:12]
        self._counts = Counter[str]()
        self._failures: list[Failure] = []
        self._notes = list(sight.notes)
        self._fates: dict[str, Fate] = {}
        self._verdicts: list[Verdict] = []
        self._provenance: Provenance | None = None
        self._advice: Advice | None = None
        self._remarks: Sequence[str] = ()
        self._watched = bool(parts.sources)

    def plan(self) -> Plan:
        """Watch, embed, judge."""
        candidates = self._watch()
        if candidates:
            self._judge(self._embed(candidates))
        return Plan(
            run=self._sight.run,
            started=self._sight.at,
            counts=dict(self._counts),
            watched=self._watched,
            failures=tuple(self._failures),
            notes=tuple(dict.fromkeys([*self._notes, *self._parts.archive.notes])),
            remarks=tuple(self._remarks),
            fates=tuple(self._fates.values()),
            advice=self._advice,
            verdicts=tuple(sorted(self._verdicts, key=_likeliest_first)),
            provenance=self._provenance,
        )

    # --- watch --------------------------------------------------------------------------------------------------------

    def _watch(self) -> list[Candidate]:
        """The papers that are new and could belong. They have a fate from here on: seen, and due until it is more."""
        candidates, early = dict[str, Candidate](), list[Fate]()
        arriving = chain(self._arriving(), self._due(candidates))
        for raw in self._parts.progress(first_seen(arriving), "watching"):
            self._counts["seen"] += 1
            if raw.id in self._library.papers:
                self._counts["listed"] += 1
            elif self._is_known(raw):
                self._counts["known"] += 1
            else:
                record, flags = texts.clean_record(raw)
                reason = None if self._is_certain(raw.id) else self._parts.judge.ruled_out(record)
                if reason is None:
                    candidates[raw.id] = Candidate(raw, record, flags)
                    continue
                self._counts["early"] += 1
                early.append(self._sight.fate(record, State.SKIPPED, reason))
                if len(early) == _BATCH:
                    self._record(early)
                    early = []
        self._record([*early, *self._seen(candidates.values(), "found, not judged yet")])
        return list(candidates.values())

    def _due(self, met: Container[str]) -> Iterator[Record]:
        """Papers an earlier run could not judge to the end and those to be looked at once more, without the ``met``."""
        fates = self._sight.fates.values()
        again = [fate.id for fate in fates if fate.state is State.SEEN or self._is_outdated(fate)]
        wanted = [paper for paper in dict.fromkeys([*self._wanted, *again]) if paper not in met]
        postponed = [fate.id for fate in fates if fate.state is State.POSTPONED and fate.id not in met]
        yield from self._found(wanted, "papers due from an earlier run")
        found = self._found(postponed, "postponed papers", fresh=True)
        yield from (record for record in found if not self._is_known(record))

    def _found(self, paper_ids: list[str], what: str, *, fresh: bool = False) -> Iterator[Record]:
        if paper_ids:
            found = self._parts.archive.find(paper_ids, self._parts.progress, fresh=fresh)
            yield from found.records.values()
            self._record([self._unheard_of(paper_id) for paper_id in paper_ids if paper_id in found.unknown])
            if found.problem and len(found.records) + len(found.unknown) < len(paper_ids):
                self._fail(what, SurveyBotError(found.problem))

    def _unheard_of(self, paper_id: str) -> Fate:
        """An id someone mistyped, or a paper that was removed: asking again would help nobody."""
        at, run = self._sight.at, self._sight.run
        old = self._sight.fates.get(paper_id) or Fate(id=paper_id, state=State.SEEN, reason="", at=at, run=run)
        if old.state in (State.PROPOSED, State.POSTPONED):
            return old
        new = {"state": State.SKIPPED, "reason": "arXiv does not know it", "wanted": "", "at": at, "run": run}
        return old.model_copy(update=new)

    def _arriving(self) -> Iterator[Record]:
        for source in self._parts.sources:
            try:
                yield from source.records(self._unreadable)
            except SurveyBotError as error:
                self._watched = False
                self._fail(source.name, error)

    def _unreadable(self, problem: str) -> None:
        self._counts["unreadable"] += 1
        if self._counts["unreadable"] <= _TOLD:
            self._notes.append(problem)

    def _is_known(self, record: Record) -> bool:
        """Whether there is nothing to do for it; what wakes a postponed paper makes it wanted."""
        fate = self._sight.fates.get(record.id)
        if fate is not None and fate.state is State.POSTPONED and (why := woken(record, fate)):
            self._wanted.setdefault(record.id, why)
        return fate is not None and fate.state is not State.SEEN and not self._is_certain(record.id)

    def _is_certain(self, paper_id: str) -> bool:
        """Whether it gets a pull request, or has one, whatever is thought of its scope."""
        fate = self._sight.fates.get(paper_id)
        return paper_id in self._wanted or (fate is not None and self._is_outdated(fate))

    def _is_outdated(self, fate: Fate) -> bool:
        """Whether the rulebook changed under an open proposal."""
        return fate.state is State.PROPOSED and fate.rulebook not in ("", self._rulebook)

    # --- embed --------------------------------------------------------------------------------------------------------

    def _embed(self, candidates: Sequence[Candidate]) -> Iterable[Read]:
        """Every candidate with its reading and the listed papers nearest to it, the judge fitted to the survey.

        If that cannot be had, all of them are due again.
        """
        parts = self._parts
        if not parts.forge.dry:
            parts.archive.keep(candidate.raw for candidate in candidates)  # a human may ask for one later
        try:
            memory = parts.memory()
            asked = [candidate.record for candidate in candidates]
            found = prepare(self._library, parts.archive, memory, parts.judge, self._sight.fates, asked, parts.progress)
        except SurveyBotError as error:
            self._fail("embedding", error, candidates)
            return []
        except Exception as error:  # a fault of ours must not lose what was watched
            self._fail("learning from the past", bug(error), candidates)
            return []
        self._remarks = found.lacking
        self._notes += [*found.lacking, *found.notes]
        self._provenance = Provenance(embedder=memory.model, taxonomy=self._rulebook)
        return map(Read, candidates, found.readings, found.near)

    # --- judge --------------------------------------------------------------------------------------------------------

    def _judge(self, papers: Iterable[Read]) -> None:
        """Each paper gets its judgement, those that are not ruled out with a second opinion where one can be had."""
        waiting, advisor = list[tuple[Read, Judgement]](), self._parts.advisor
        for read in papers:
            judgement = self._judgement(read)
            if judgement and advisor and self._is_possible(judgement, read.candidate.raw.id):
                waiting.append((read, judgement))
            else:
                self._settle(read.candidate, judgement)
        if advisor:
            self._advice = Advice(model=advisor.model.name)
            waiting.sort(key=self._first_asked)
            cases = [case(read.candidate.record, judgement, self._library.taxonomy) for read, judgement in waiting]
            for place, opinion in self._parts.progress(advisor.opinions(cases), "asking", len(cases)):
                read, _ = waiting[place]
                self._settle(read.candidate, self._judgement(read, opinion))
            self._notes += advisor.model.notes
            usable = self._advice.agreed + self._advice.disagreed + self._advice.partly
            if self._advice.unusable >= _USELESS and not usable:
                self._failures.append(Failure(what="language model", message="LLM gave no usable reply to anything"))

    def _judgement(self, read: Read, opinion: Opinion | None = None) -> Judgement | None:
        """None where judging failed: the paper is due again."""
        candidate = read.candidate
        with self._spared(candidate):
            return self._parts.judge.judge(candidate.record, read.reading, read.near, candidate.flags, opinion)
        return None

    def _settle(self, candidate: Candidate, judgement: Judgement | None) -> None:
        """A paper of the first lane becomes a verdict, any other has its fate."""
        states = {Lane.SKIP: State.SKIPPED, Lane.ASK: State.ASKED}
        record, fate = candidate.record, None
        if judgement:
            with self._spared(candidate):
                self._count(judgement)
                wanted = self._wanted.get(record.id, "")
                if wanted:
                    reason = f"{wanted}; {judgement.reason}"
                    judgement = judgement.model_copy(update={"lane": Lane.PROPOSE, "reason": reason})
                if judgement.lane is Lane.PROPOSE or self._is_certain(record.id):
                    self._verdicts.append(Verdict(record=record, judgement=judgement, wanted=wanted))
                    return
                fate = self._sight.fate(record, states[judgement.lane], judgement.reason, judgement)
                self._counts[fate.state.value] += 1
                self._record([fate])
        self._parts.on_judged(fate or self._sight.fates[record.id])  # not spared: a fate stands, told or not

    def _is_possible(self, judgement: Judgement, paper_id: str) -> bool:
        """Whether the bot alone cannot rule it out."""
        return judgement.lane is not Lane.SKIP or self._is_certain(paper_id)

    def _first_asked(self, paper: tuple[Read, Judgement]) -> tuple[bool, float]:
        """The likeliest first, for the cap may end it."""
        read, judgement = paper
        return (read.candidate.raw.id not in self._wanted, -judgement.chance)

    def _count(self, judgement: Judgement) -> None:
        """What the language model did; why it could not be had, or was of no use, is told once."""
        opinion = judgement.opinion
        if opinion is None or self._advice is None:
            return
        self._advice = self._advice.plus(opinion, differences(opinion, judgement.own))
        for problem in opinion.problems:
            if problem.startswith(NO_REPLY):
                failure = Failure(what="language model", message=problem)
                self._failures += [failure] * (failure not in self._failures)
            elif problem.removeprefix(NOT_ASKED) not in judgement.flags:
                self._notes.append(f"language model: {problem}")

    @contextmanager
    def _spared(self, candidate: Candidate) -> Iterator[None]:
        """Whatever one paper provokes, a fault of ours included, costs that paper one run and the others nothing."""
        try:
            yield
        except SurveyBotError as error:
            self._fail(candidate.raw.id, error, [candidate])
        except Exception as error:  # the boundary: a stranger's text must not stop the watch
            self._fail(candidate.raw.id, bug(error), [candidate])

    # --- what is written down -----------------------------------------------------------------------------------------

    def _fail(self, what: str, error: SurveyBotError, touched: Sequence[Candidate] = ()) -> None:
        self._failures.append(Failure(what=what, message=str(error)))
        self._counts["failed"] += len(touched)
        self._record(self._seen(touched, f"due again: {error}"))

    def _seen(self, candidates: Iterable[Candidate], reason: str) -> list[Fate]:
        """Due again; what is open, or postponed, stays that until it is more."""
        known, lasting = self._sight.fates, (State.PROPOSED, State.POSTPONED)
        fates = [self._seen_fate(candidate.record, reason) for candidate in candidates]
        return [fate for fate in fates if fate.id not in known or known[fate.id].state not in lasting]

    def _record(self, fates: Sequence[Fate]) -> None:
        self._fates |= {fate.id: fate for fate in fates}
        self._sight.record(fates, self._parts, self._failures)

    def _seen_fate(self, record: Record, reason: str) -> Fate:
        return self._sight.fate(record, State.SEEN, reason, wanted=self._wanted.get(record.id, ""))


def woken(record: Record, fate: Fate) -> str:
    """Why a postponed paper is looked at again, or nothing when it sleeps on."""
    if record.version and fate.version and record.version > fate.version:
        return f"it has version {record.version} now"
    found = venue(record)
    return f"it has a venue now ({found})" if found and found != fate.venue else ""


def _likeliest_first(verdict: Verdict) -> tuple[bool, float]:
    return (not verdict.wanted, -verdict.judgement.chance)
