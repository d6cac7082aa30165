"""The second half of a run: a plan is written down. It reads no stranger's text but what the plan holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import chain

from bot import check, dashboard, learn, watch
from bot.errors import ForgeError, SurveyBotError
from bot.fates import DECIDED, HELD, LISTED, Failure, Fate, PullState, RunReport, State
from bot.models import Library, Proposal
from bot.pipeline.looking import LEDGER, Sight
from bot.pipeline.parts import Parts, bug
from bot.plan import Plan, Verdict
from bot.propose import propose
from bot.slices import WatchReport

_LISTED = (
    "This paper has been added to the survey in another way since it was proposed here, so there is nothing left to "
    "merge. Thank you for adding it!"
)
_REFUSED = "Closed as you asked. This paper will not be proposed again; reopen this pull request if that was a mistake."
_POSTPONED = "Closed for now, as you asked. It comes back when the paper has a new version or a venue."
_TIRED = 2
"""After so many failures with one and the same sentence, the forge is not asked again in this run."""


class Publishing:
    """Records the fates of a plan, closes and opens pull requests, writes the dashboard and the report."""

    def __init__(self, library: Library, parts: Parts, sight: Sight, plan: Plan, now: Callable[[], datetime]) -> None:
        self._library, self._parts, self._sight, self._plan, self._now = library, parts, sight, plan, now
        self._counts = Counter(plan.counts)
        self._failures = list(plan.failures)
        self._opened: list[str] = []
        self._watch: WatchReport | None = None
        self._looked = not parts.forge.dry
        """Whether all that people did was learned; else the next run asks for the same time again."""

    def report(self) -> RunReport:
        """Do it all; what was done."""
        self._learn()
        self._note(self._plan.fates)
        self._watch = self._account()
        self._open()
        self._keep_wishes()
        report = self._finished()
        if self._parts.forge.dry:
            return report
        with self._told("dashboard"):
            self._parts.forge.show(lambda previous: self._page(report, previous))
        report = self._finished()
        with self._told(LEDGER):
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
        known, wanted = self._sight.fates, self._sight.wanted
        told = (fate for fate in fates if known.get(fate.id) is not fate)  # what this process has recorded is known
        fates = [fate.model_copy(update={"wanted": wanted.get(fate.id, "")}) for fate in told]
        fresh = [fate for fate in fates if known.get(fate.id) != fate and fate.id not in self._library.papers]
        self._record([fate for fate in fresh if fate.id not in known or known[fate.id].state is State.SEEN])

    def _account(self) -> WatchReport | None:
        """How far arXiv has been read now; what the plan itself says of that is not believed."""
        read, at, days, sight = self._plan.watch, self._plan.started, self._parts.days, self._sight
        if read is None:
            return None
        report = watch.accounted(read, at, sight.earlier, sight.settled, days)
        sight.settle(watch.settling(report, at, days), self._parts, self._failures)
        proposed = {fate.id for fate in sight.fates.values() if fate.state is State.PROPOSED}
        revisions = [one for one in self._plan.revisions if one.id in proposed or one.id in self._library.papers]
        sight.revise(revisions, self._parts, self._failures)
        return report

    def _read(self) -> WatchReport | None:
        """The watermark stays where it was when fates could not be written down: their papers must come again."""
        if self._watch and any(failure.what == LEDGER for failure in self._failures):
            return self._watch.model_copy(update={"after": self._watch.before})
        return self._watch

    def _open(self) -> None:
        """The likeliest first, up to the caps; what a person asked for is not held back."""
        told = Counter[str]()
        for verdict in self._plan.verdicts:
            paper_id, wanted = verdict.record.id, self._wanted(verdict)
            known = self._sight.fates.get(paper_id)
            if known and known.state in (*DECIDED, State.POSTPONED) and not wanted:
                self._counts["known"] += 1  # by people, while it was judged
                continue
            if known and known.state is State.PROPOSED:
                with self._spared(verdict, told):
                    self._refresh(verdict, known)
                continue
            if told and max(told.values()) >= _TIRED:
                self._counts["failed"] += 1
                self._due(verdict, "due again: the forge failed before it was reached")
            elif (full := self._full()) and paper_id not in self._sight.wanted:
                self._counts["held"] += 1
                self._due(verdict, f"{HELD}: {full}")
            else:
                with self._spared(verdict, told):
                    self._propose(verdict)
            self._parts.on_judged(self._sight.fates[paper_id])  # not spared: a fate stands, told or not

    def _wanted(self, verdict: Verdict) -> str:
        """Why it is proposed whatever the bot thinks. What the plan says of that is not believed."""
        known = self._sight.fates.get(verdict.record.id)
        wakes = watch.woken(verdict.record, known) if known and known.state is State.POSTPONED else ""
        return self._sight.wanted.get(verdict.record.id) or wakes

    def _full(self) -> str:
        """Why there is no room for another pull request, or nothing when there is."""
        caps = self._parts.caps
        if sum(paper not in self._sight.wanted for paper in self._opened) >= caps.new:
            return f"{caps.new} pull requests were opened in this run"
        if sum(fate.state is State.PROPOSED for fate in self._sight.fates.values()) >= caps.open:
            return f"{caps.open} pull requests are open"
        return ""

    def _propose(self, verdict: Verdict) -> None:
        pull = self._parts.forge.open(self._proposal(verdict))
        fate = self._proposed(verdict, pull.where)
        if pull.proposed:  # another's may have been there first
            fate = fate.model_copy(update={"proposed": pull.proposed, "labels": pull.proposed})
        if pull.state is not PullState.OPEN:  # it was there before, and people have decided
            self._counts["known"] += 1
            state = learn.outcome(pull, self._library.papers.get(pull.id))
            self._record([fate.model_copy(update={"state": state, "reason": f"its pull request was {pull.state}"})])
            return
        self._counts["proposed"] += 1
        self._opened.append(fate.id)
        self._record([fate])

    def _refresh(self, verdict: Verdict, known: Fate) -> None:
        """Bring an open pull request up to date if its classes are others now; else only what is known of it."""
        fate = self._proposed(verdict, known.where)
        if known.rulebook in ("", fate.rulebook):  # nothing changed under it, whatever the plan says
            self._counts["known"] += 1
            return
        if set(fate.proposed) != set(known.proposed):
            pull = self._parts.forge.open(self._proposal(verdict))
            stands = pull.proposed or known.proposed  # one that a person touched stays as it was
            fate = fate.model_copy(update={"where": pull.where, "labels": stands, "proposed": stands})
        self._counts["known"] += 1
        self._record([fate])

    def _proposed(self, verdict: Verdict, where: str) -> Fate:
        fate = self._sight.fate(verdict.record, State.PROPOSED, verdict.judgement.reason, verdict.judgement)
        rulebook = self._plan.provenance.taxonomy if self._plan.provenance else ""
        return fate.model_copy(update={"where": where, "proposed": verdict.judgement.labels, "rulebook": rulebook})

    def _due(self, verdict: Verdict, reason: str) -> None:
        """Due again, unless it has a pull request or is postponed: then it stays that."""
        known = self._sight.fates.get(verdict.record.id)
        if known is None or known.state not in (State.PROPOSED, State.POSTPONED):
            wanted = self._sight.wanted.get(verdict.record.id, "")
            self._record([self._sight.fate(verdict.record, State.SEEN, reason, verdict.judgement, wanted)])

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
        at, run = self._sight.at, self._sight.run
        for paper_id, why in self._sight.wanted.items():
            old = self._sight.fates.get(paper_id) or Fate(id=paper_id, state=State.SKIPPED, reason="", at=at, run=run)
            decided_now = old.reason and old.run == run
            if old.state not in (State.SEEN, State.PROPOSED, *LISTED) and not decided_now:
                new = {"state": State.SEEN, "reason": f"{why}; due at the next run", "wanted": why}
                self._record([old.model_copy(update={**new, "at": at, "run": run})])

    # --- what is told -------------------------------------------------------------------------------------------------

    def _page(self, report: RunReport, previous: str) -> str:
        read = {request.id for request in self._sight.requests}
        ticked = [paper for paper in dashboard.ticked(previous) if paper not in read]  # since requests were asked
        facts = dashboard.Facts(
            library=self._library,
            fates=self._sight.fates,
            earlier=self._sight.earlier,
            report=report,
            caps=self._parts.caps,
            now=self._now(),
            days=self._parts.days,
            problems=tuple(self._parts.problems()),
            repository_url=self._parts.home,
            drift=next((run.drift for run in reversed([*self._sight.earlier, report]) if run.drift is not None), ()),
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
            watch=self._read(),
            files=self._plan.files,
            revised=sum(self._sight.revisions.get(one.id) == one for one in self._plan.revisions),
            failures=tuple(self._failures),
            notes=tuple(notes),
            advice=self._plan.advice,
            drift=self._plan.drift,
            learned=tuple(self._sight.learned),
            fates=tuple(fate for fate in final if fate.scope is not None or fate.state is State.SEEN),
            waiting=tuple(sorted(waiting, key=lambda fate: -fate.chance)),
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
        self._sight.record(fates, self._parts, self._failures)
