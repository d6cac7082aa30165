"""The first half of a run: watch, embed, judge. It reads strangers' papers, and what it decides is a plan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from bot import drift
from bot.clusters import Cluster
from bot.errors import SurveyBotError
from bot.fates import Advice, Failure, State
from bot.models import NO_REPLY, NOT_ASKED, Judgement, Lane, Library, Opinion
from bot.opinion.fusion import differences
from bot.opinion.question import case
from bot.pipeline.draft import Candidate, Draft
from bot.pipeline.looking import Sight
from bot.pipeline.parts import Parts, bug
from bot.pipeline.watching import Watching
from bot.plan import Plan, Provenance, Verdict
from bot.ports import Neighbour, Reading
from bot.prepare import prepare

_USELESS = 3
"""Papers without a usable reply that show, where no paper has one, that the language model itself is at fault."""


class Read(NamedTuple):
    """A candidate as it is read, and the listed papers nearest to it."""

    candidate: Candidate
    reading: Reading
    near: list[Neighbour]


class Judging:
    """Judges what is new, what is due again and what a person wants, and makes a plan of it."""

    def __init__(self, library: Library, parts: Parts, sight: Sight) -> None:
        self._library, self._parts, self._sight = library, parts, sight
        self._draft = Draft(library, parts, sight)
        self._verdicts: list[Verdict] = []
        self._provenance: Provenance | None = None
        self._advice: Advice | None = None
        self._remarks: Sequence[str] = ()

    def plan(self) -> Plan:
        """Watch, embed, judge."""
        draft, watching = self._draft, Watching(self._library, self._parts, self._sight, self._draft)
        candidates = watching.candidates()
        if candidates:
            self._judge(self._embed(candidates))
        clusters = self._drift()
        return Plan(
            run=self._sight.run,
            started=self._sight.at,
            counts=dict(draft.counts),
            watched=watching.whole,
            watch=watching.report,
            files=watching.files,
            revisions=watching.revisions,
            failures=tuple(draft.failures),
            notes=tuple(dict.fromkeys([*draft.notes, *self._parts.archive.notes])),
            remarks=tuple(self._remarks),
            fates=tuple(draft.fates.values()),
            advice=self._advice,
            verdicts=tuple(sorted(self._verdicts, key=_likeliest_first)),
            provenance=self._provenance,
            drift=clusters,
        )

    def _drift(self) -> tuple[Cluster, ...] | None:
        """What looks like a class of its own; None where nothing was judged, or looking failed."""
        if self._provenance is None:
            return None
        parts = self._parts
        try:
            return drift.look(self._library, self._sight.fates, parts.archive, parts.progress).clusters
        except Exception as error:  # advice must not cost what was judged
            self._draft.failures.append(Failure(what="drift", message=str(bug(error))))
            return None

    # --- embed --------------------------------------------------------------------------------------------------------

    def _embed(self, candidates: Sequence[Candidate]) -> Iterable[Read]:
        """Every candidate with its reading and the listed papers nearest to it, the judge fitted to the survey.

        If that cannot be had, all of them are due again.
        """
        parts = self._parts
        try:
            memory = parts.memory()
            asked = [candidate.record for candidate in candidates]
            found = prepare(self._library, parts.archive, memory, parts.judge, self._sight.fates, asked, parts.progress)
        except SurveyBotError as error:
            self._draft.fail("embedding", error, candidates)
            return []
        except Exception as error:  # a fault of ours must not lose what was watched
            self._draft.fail("learning from the past", bug(error), candidates)
            return []
        self._remarks = found.lacking
        self._draft.notes += [*found.lacking, *found.notes]
        self._provenance = Provenance(embedder=memory.model, taxonomy=self._draft.rulebook)
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
            self._draft.notes += advisor.model.notes
            usable = self._advice.agreed + self._advice.disagreed + self._advice.partly
            if self._advice.unusable >= _USELESS and not usable:
                self._draft.failures.append(
                    Failure(what="language model", message="LLM gave no usable reply to anything")
                )

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
                wanted = self._draft.wanted.get(record.id, "")
                if wanted:
                    reason = f"{wanted}; {judgement.reason}"
                    judgement = judgement.model_copy(update={"lane": Lane.PROPOSE, "reason": reason})
                if judgement.lane is Lane.PROPOSE or self._draft.is_certain(record.id):
                    self._verdicts.append(Verdict(record=record, judgement=judgement, wanted=wanted))
                    return
                fate = self._sight.fate(record, states[judgement.lane], judgement.reason, judgement)
                self._draft.counts[fate.state.value] += 1
                self._draft.record([fate])
        self._parts.on_judged(fate or self._sight.fates[record.id])  # not spared: a fate stands, told or not

    def _is_possible(self, judgement: Judgement, paper_id: str) -> bool:
        """Whether the bot alone cannot rule it out."""
        return judgement.lane is not Lane.SKIP or self._draft.is_certain(paper_id)

    def _first_asked(self, paper: tuple[Read, Judgement]) -> tuple[bool, float]:
        """The likeliest first, for the cap may end it."""
        read, judgement = paper
        return (read.candidate.raw.id not in self._draft.wanted, -judgement.chance)

    def _count(self, judgement: Judgement) -> None:
        """What the language model did; why it could not be had, or was of no use, is told once."""
        opinion = judgement.opinion
        if opinion is None or self._advice is None:
            return
        self._advice = self._advice.plus(opinion, differences(opinion, judgement.own))
        for problem in opinion.problems:
            if problem.startswith(NO_REPLY):
                failure = Failure(what="language model", message=problem)
                self._draft.failures += [failure] * (failure not in self._draft.failures)
            elif problem.removeprefix(NOT_ASKED) not in judgement.flags:
                self._draft.notes.append(f"language model: {problem}")

    @contextmanager
    def _spared(self, candidate: Candidate) -> Iterator[None]:
        """Whatever one paper provokes, a fault of ours included, costs that paper one run and the others nothing."""
        try:
            yield
        except SurveyBotError as error:
            self._draft.fail(candidate.raw.id, error, [candidate])
        except Exception as error:  # the boundary: a stranger's text must not stop the watch
            self._draft.fail(candidate.raw.id, bug(error), [candidate])


def _likeliest_first(verdict: Verdict) -> tuple[bool, float]:
    return (not verdict.wanted, -verdict.judgement.chance)
