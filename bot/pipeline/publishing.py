"""The second half of a run: a plan is written down. It reads no stranger's text but what the plan holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from bot import check, dashboard, learn
from bot.errors import ForgeError, LedgerError, SurveyBotError
from bot.fates import Failure, Fate, PullState, RunReport, State
from bot.models import Library, Proposal
from bot.pipeline.judging import new_fate
from bot.pipeline.looking import Sight
from bot.pipeline.parts import Parts, bug
from bot.plan import Plan, Verdict
from bot.propose import propose

HELD = "waits for room"
"""How the reason starts of a paper that the caps keep back."""
_LISTED = (
    "This paper has been added to the survey in another way since it was proposed here, so there is nothing left to "
    "merge. Thank you for adding it!"
)
_REFUSED = "Closed as you asked. This paper will not be proposed again; reopen this pull request if that was a mistake."
_POSTPONED = "Closed for now, as you asked. It comes back when the paper has a new version or a venue."
_DECIDED = (State.ACCEPTED, State.CORRECTED, State.REJECTED)
_TIRED = 2
"""After so many failures with one and the same sentence, the forge is not asked again in this run."""


class Publishing:
    """Records the fates of a plan, closes and opens pull requests, writes the dashboard and the report."""

    def __init__(self, library: Library, parts: Parts, sight: Sight, plan: Plan, now: Callable[[], datetime]) -> None:
        self._library, self._parts, self._sight, self._plan, self._now = library, parts, sight, plan, now
        self._counts = Counter(plan.counts)
        self._failures = list(plan.failures)
        self._opened: list[Fate] = []
        self._looked = not parts.forge.dry
        """Whether all that people did was learned; else the next run asks for the same time again."""

    def report(self) -> RunReport:
        """Do it all; what was done."""
        self._learn()
        self._note(self._plan.fates)
        self._open()
        self._keep_wishes()
        report = self._finished()
        if self._parts.forge.dry:
            return report
        with self._told("dashboard"):
            self._parts.forge.show(lambda ticked: self._page(report, ticked))
        report = self._finished()
        with self._told("ledger"):
            self._parts.ledger.record_run(report)
            self._parts.ledger.save()
        return self._finished()

    # --- what people did ----------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        """Their wishes are done first, and written down when they are."""
        if self._parts.forge.dry:
            return
        undone = {request.id for request in self._sight.requests if not self._obeyed(request.id)}
        self._record([fate for fate in self._sight.learned if fate.id not in undone])
        for fate in list(self._sight.fates.values()):
            if fate.state is State.PROPOSED and fate.id in self._library.papers:
                with self._told(fate.id):
                    self._parts.forge.close(fate.id, _LISTED)

    def _obeyed(self, paper_id: str) -> bool:
        """Whether a paper that someone refused or postponed by a word has no open pull request any more."""
        fate = next((fate for fate in self._sight.learned if fate.id == paper_id), None)
        if fate is None or not fate.where or fate.state not in (State.REJECTED, State.POSTPONED):
            return True
        later = fate.state is State.POSTPONED
        with self._told(paper_id):
            self._parts.forge.close(paper_id, _POSTPONED if later else _REFUSED, later=later)
            return True
        self._looked = False
        return False

    # --- what was judged ----------------------------------------------------------------------------------------------

    def _note(self, fates: Sequence[Fate]) -> None:
        """Fates of the plan that are not known yet. None of them changes what people decided or can see."""
        blocked = (*_DECIDED, State.PROPOSED, State.POSTPONED)
        known = self._sight.fates
        fates = [fate.model_copy(update={"asked_by": self._sight.wanted.get(fate.id, "")}) for fate in fates]
        fresh = [fate for fate in fates if known.get(fate.id) != fate and fate.id not in self._library.papers]
        self._record([fate for fate in fresh if fate.id not in known or known[fate.id].state not in blocked])

    def _open(self) -> None:
        """The likeliest first, up to the caps; what a person asked for is not held back."""
        told = Counter[str]()
        for verdict in map(self._believed, self._plan.verdicts):
            known = self._sight.fates.get(verdict.record.id)
            if known and known.state in _DECIDED and not verdict.asked_by:
                self._counts["known"] += 1  # by people, while it was judged
                continue
            if told and max(told.values()) >= _TIRED:
                self._counts["failed"] += 1
                self._due(verdict, "due again: the forge failed before it was reached")
            elif known and known.state is State.PROPOSED:
                with self._spared(verdict, told):
                    self._refresh(verdict, known)
                continue
            elif (full := self._full()) and not verdict.asked_by:
                self._counts["held"] += 1
                self._due(verdict, f"{HELD}: {full}")
            else:
                with self._spared(verdict, told):
                    self._propose(verdict)
            self._parts.on_judged(self._sight.fates[verdict.record.id])  # not spared: a fate stands, told or not

    def _believed(self, verdict: Verdict) -> Verdict:
        """What a plan says of people's wishes counts only where they are known here; a postponed paper may wake."""
        paper_id = verdict.record.id
        known = self._sight.fates.get(paper_id)
        wakes = known is not None and known.state is State.POSTPONED
        by = self._sight.wanted.get(paper_id, verdict.asked_by if wakes else "")
        return verdict if by == verdict.asked_by else verdict.model_copy(update={"asked_by": by})

    def _full(self) -> str:
        """Why there is no room for another pull request, or nothing when there is."""
        caps = self._parts.caps
        if sum(not fate.asked_by for fate in self._opened) >= caps.new:
            return f"{caps.new} pull requests were opened in this run"
        if sum(fate.state is State.PROPOSED for fate in self._sight.fates.values()) >= caps.open:
            return f"{caps.open} pull requests are open"
        return ""

    def _propose(self, verdict: Verdict) -> None:
        pull = self._parts.forge.open(self._proposal(verdict))
        fate = self._proposed(verdict, pull.where)
        if pull.state is not PullState.OPEN:  # it was there before, and people have decided
            self._counts["known"] += 1
            state = learn.outcome(pull, self._library.papers.get(pull.id))
            self._record([fate.model_copy(update={"state": state, "reason": f"its pull request was {pull.state}"})])
            return
        self._counts["proposed"] += 1
        self._opened.append(fate)
        self._record([fate.model_copy(update={"asked_by": ""})])

    def _refresh(self, verdict: Verdict, known: Fate) -> None:
        """Bring an open pull request up to date if its classes are others now; else only what is known of it."""
        fate = self._proposed(verdict, known.where)
        if set(fate.proposed) != set(known.proposed):
            pull = self._parts.forge.open(self._proposal(verdict))
            stands = pull.proposed or known.proposed  # one that a person touched stays as it was
            fate = fate.model_copy(update={"where": pull.where, "labels": stands, "proposed": stands})
        self._counts["known"] += 1
        self._record([fate.model_copy(update={"asked_by": ""})])

    def _proposed(self, verdict: Verdict, where: str) -> Fate:
        assert self._plan.provenance is not None  # noqa: S101 - a plan with verdicts has one (bot.recheck)
        fate = new_fate(verdict.record, State.PROPOSED, verdict.judgement.reason, self._sight, verdict.judgement)
        more = {"where": where, "proposed": verdict.judgement.labels, "rulebook": self._plan.provenance.taxonomy}
        return fate.model_copy(update={**more, "asked_by": verdict.asked_by})

    def _due(self, verdict: Verdict, reason: str) -> None:
        """Due again, unless it has a pull request or is postponed: then it stays that."""
        known = self._sight.fates.get(verdict.record.id)
        fate = new_fate(verdict.record, State.SEEN, reason, self._sight, verdict.judgement)
        if known is None or known.state not in (State.PROPOSED, State.POSTPONED):
            self._record([fate.model_copy(update={"asked_by": verdict.asked_by})])

    def _proposal(self, verdict: Verdict) -> Proposal:
        proposal = propose(
            verdict.record,
            verdict.judgement,
            self._library.taxonomy,
            folder=self._parts.papers_folder,
            today=self._sight.at.date(),
            provenance=self._plan.provenance.model_dump() if self._plan.provenance else {},
            remarks=self._plan.remarks,
        )
        problems = check.check_new(proposal.paper, self._library, this_year=self._sight.at.year)
        if problems:
            raise SurveyBotError(f"the file would not pass the check: {problems[0]}")
        return proposal

    def _keep_wishes(self) -> None:
        """A paper someone asked for whose abstract could not be had stays asked for."""
        reached = {fate.id for fate in self._plan.fates} | {verdict.record.id for verdict in self._plan.verdicts}
        for paper_id, by in self._sight.wanted.items():
            known = self._sight.fates.get(paper_id)
            if paper_id not in reached and (known is None or known.state is not State.POSTPONED):
                old = known or Fate(id=paper_id, state=State.SEEN, reason="", at=self._sight.at, run=self._sight.run)
                if old.asked_by != by or old.state is not State.SEEN:
                    new = {"state": State.SEEN, "reason": f"{by} asked for it; due at the next run", "asked_by": by}
                    self._record([old.model_copy(update={**new, "at": self._sight.at, "run": self._sight.run})])

    # --- what is told -------------------------------------------------------------------------------------------------

    def _page(self, report: RunReport, ticked: Collection[str]) -> str:
        facts = dashboard.Facts(
            library=self._library,
            fates=self._sight.fates,
            earlier=self._sight.earlier,
            report=report,
            caps=self._parts.caps,
            now=self._now(),
            problems=tuple(self._parts.problems()),
            repository_url=self._parts.home,
        )
        return dashboard.render(facts, ticked)

    def _finished(self) -> RunReport:
        fates = self._sight.fates
        waiting = [fate for fate in fates.values() if fate.state is State.ASKED]
        touched = dict.fromkeys(chain((f.id for f in self._plan.fates), (v.record.id for v in self._plan.verdicts)))
        final = [fates[paper] for paper in touched if paper in fates]
        notes = dict.fromkeys([*self._plan.notes, *self._sight.notes, *self._parts.forge.notes])
        return RunReport(
            run=self._plan.run,
            started=self._plan.started,
            seconds=max(0.0, (self._now() - self._plan.started).total_seconds()),
            forge=self._parts.forge.name if self._looked else "",
            dry=self._parts.forge.dry,
            watched=self._plan.watched,
            failures=tuple(self._failures),
            notes=tuple(notes),
            learned=tuple(self._sight.learned),
            fates=tuple(fate for fate in final if fate.scope is not None or fate.state is State.SEEN),
            waiting=tuple(sorted(waiting, key=lambda fate: -(fate.scope or 0) * (fate.confidence or 0))),
            **{name: count for name, count in self._counts.items() if name in RunReport.model_fields},
        )

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """What fails here is in the report, and the rest goes on."""
        try:
            yield
        except SurveyBotError as error:
            self._failures.append(Failure(what=what, message=str(error)))
        except Exception as error:  # a fault of ours must not cost what was done
            self._failures.append(Failure(what=what, message=str(bug(error))))

    @contextmanager
    def _spared(self, verdict: Verdict, told: Counter[str]) -> Iterator[None]:
        """What fails for one paper leaves it due again."""
        try:
            yield
            return
        except ForgeError as error:
            told[error.what.replace(verdict.record.id, "")] += 1
            failed: SurveyBotError = error
        except SurveyBotError as error:
            failed = error
        except Exception as error:  # the boundary: a stranger's text must not stop the run
            failed = bug(error)
        self._failures.append(Failure(what=verdict.record.id, message=str(failed)))
        self._counts["failed"] += 1
        self._due(verdict, f"due again: {failed}")

    def _record(self, fates: Sequence[Fate]) -> None:
        """Write fates to the ledger, unless this is a rehearsal; one that fails costs work later, never this run's."""
        self._sight.note(fates)
        if self._parts.forge.dry or not fates:
            return
        try:
            self._parts.ledger.record(fates)
        except LedgerError as error:
            if all(failure.what != "ledger" for failure in self._failures):
                self._failures.append(Failure(what="ledger", message=str(error)))
