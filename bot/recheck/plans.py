"""A plan as a whole: its frame, its fates, and the lines that people read."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from bot import ids, texts
from bot.errors import DataError
from bot.fates import Advice, Failure, Fate, RunReport, State
from bot.markdown import shortened
from bot.models import Library, PromptId
from bot.plan import Plan, Verdict
from bot.recheck import clusters, plain, verdicts, watches
from bot.recheck.opinions import Asking, wrong_advice, wrong_in_fate
from bot.settings import Llm
from bot.slices import Revision, SliceReport, WatchReport
from bot.yaml_format import taxonomy_sha

T = TypeVar("T")

MOST_BYTES = 64_000_000
"""Of a plan: half a year of four large categories, which rules out fifty thousand papers, takes a third of it."""
_VERDICTS, _FATES, _TEXTS, _REMARKS = 200, 150_000, 200, 5
_SLICES, _REVISIONS = 5_000, 5_000
_FEW = 10
"""Papers of a plan whose fate may be wrong; more, and the plan is."""
_NAME = 200
_PAPERS = 10_000_000
"""So many a run can have counted."""
_OLDEST = timedelta(days=14)
_MONTHS_DIFFER = timedelta(days=1)
"""Between arXiv's calendar and this one."""
_TOLD = 20
"""Sentences; of what else is left out, only the number is told."""
_COUNTS = frozenset(name for name, field in RunReport.model_fields.items() if field.annotation is int)
_STATES = (State.SEEN, State.SKIPPED, State.ASKED)
_OUTDATED = "judged under another rulebook; due again"
_MANY = "there are too many"
_AGAIN = "start the run anew"


def read_plan(text: str | bytes) -> Plan:
    """Read a plan strictly. Raises DataError: it is too large, no JSON, or not what a plan looks like."""
    if len(text) > MOST_BYTES:
        raise DataError(f"it is larger than {MOST_BYTES:,} bytes", where="the plan", remedy=_AGAIN)
    try:
        return Plan.model_validate_json(text)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        key = ascii(shortened(".".join(map(str, first["loc"])), _NAME))[1:-1]
        what = shortened(" ".join(first["msg"].split()), _NAME)
        where = f"the plan, key {key}" if key else "the plan"
        raise DataError(f"it cannot be read: {what}", where=where, remedy=_AGAIN) from None


def recheck(
    plan: Plan,
    library: Library,
    *,
    now: datetime,
    prompts: Collection[PromptId] = (),
    llm: Llm = Llm(),  # noqa: B008 - immutable
    query: str = "",
) -> tuple[Plan, list[str]]:
    """The part of a plan that holds, and a sentence on everything that does not.

    A genuine plan comes back as it was, but for the watermark before it and after it, which the ledger must say.
    ``prompts`` are all that a language model can have been asked with, ``llm`` the settings by which it was asked,
    ``query`` what arXiv was searched for. Raises DataError when not even its name and its time can be believed.
    """
    if not re.fullmatch(r"[\w.:-]{1,64}", plan.run, re.ASCII):
        raise DataError("the name of its run is none", where="the plan", remedy=_AGAIN)
    if plan.started.tzinfo is None or not now - _OLDEST <= plan.started <= now + watches.EARLY:
        raise DataError("it was not made lately", where="the plan", remedy=_AGAIN)
    this = _Recheck(plan, library.under_current_ids(), Asking(llm, prompts), query)
    return this.plan(), this.told()


class _Recheck:
    """One plan. ``library`` is labelled by the ids of today, as the judge sees it."""

    def __init__(self, plan: Plan, library: Library, asking: Asking, query: str) -> None:
        self._plan, self._library, self._asking, self._query = plan, library, asking, query
        self._names = {paper.short_name for paper in library.papers.values()}
        self._refused: list[str] = []

    def told(self) -> list[str]:
        """What was left out."""
        more = len(self._refused) - _TOLD
        return self._refused[:_TOLD] + [f"… and {more:,} more parts of the plan are left out"] * (more > 0)

    def plan(self) -> Plan:
        """What holds."""
        plan = self._plan
        trusted = self._is_of_this_rulebook()
        remarks = self._kept("a remark", plan.remarks, _wrong_line, _REMARKS)
        kept, due = self._verdicts(plan.model_copy(update={"remarks": remarks}), trusted)
        counts = dict(self._kept("a count", plan.counts.items(), _wrong_count, _TEXTS))
        if due:
            counts["failed"] = counts.get("failed", 0) + len(due)  # so that every paper stays counted once
        fates = (*self._fates(trusted), *due)
        papers = {fate.id for fate in fates}.union(verdict.record.id for verdict in kept)
        fates = (*fates, *(again := self._again(papers)))
        papers |= {fate.id for fate in again}
        read, known = self._watch(papers), self._library.taxonomy
        update = {
            "counts": counts,
            "watched": plan.watched and watches.is_whole(plan.watch, read),
            "watch": read,
            "files": self._kept("a file", plan.files, self._wrong_file, _TEXTS),
            "revisions": self._revisions(),
            "failures": self._kept("a failure", plan.failures, _wrong_failure, _TEXTS),
            "notes": self._kept("a note", plan.notes, _wrong_line, _TEXTS),
            "remarks": remarks,
            "fates": fates,
            "verdicts": kept,
            "advice": self._advice(len(papers)),
            "provenance": plan.provenance if trusted else None,
            "drift": plan.drift
            and self._kept("a cluster", plan.drift, lambda one: clusters.wrong_cluster(one, known), clusters.MOST),
        }
        return plan.model_copy(update=update)

    # --- its parts ----------------------------------------------------------------------------------------------------

    def _is_of_this_rulebook(self) -> bool:
        source, judged = self._plan.provenance, len(self._plan.verdicts) + sum(map(_is_judged, self._plan.fates))
        if source is None and not judged:
            return True
        rulebook = taxonomy_sha(self._library.taxonomy)[:12]
        if source and source.taxonomy == rulebook and plain.is_plain(source.embedder, _NAME):
            return True
        self._refused.append(f"the plan was judged under another rulebook: {judged:,} judgements are not used")
        return False

    def _advice(self, papers: int) -> Advice | None:
        advice = self._plan.advice
        if advice is None or not (wrong := wrong_advice(advice, papers, self._asking)):
            return advice
        self._refused.append(f"what it tells of the language model is left out: {wrong}")
        return None

    def _watch(self, kept: Collection[str]) -> WatchReport | None:
        """What was read, as far as that can be, each slice once: if these papers are all that came.

        A paper that is left out must come again, so nothing counts as read then.
        """
        watch, places = self._plan.watch, set[tuple[str, datetime | None, datetime | None]]()

        def wrong(part: SliceReport) -> str:
            place = (part.source, part.since, part.until)
            why = watches.wrong_slice(part, self._plan.started)
            if why or part.since is None:
                return why
            known = place in places
            places.add(place)
            return "it stands there twice" if known else ""

        if watch is None:
            return None
        lost = self._told_of() - self._library.papers.keys() - set(kept)
        if lost or watch.query != self._query:
            why = f"so are papers of it ({len(lost):,})" if lost else "it is not what the settings search for"
            self._refused.append(f"what it read of arXiv is left out: {why}")
            return None
        return WatchReport(query=watch.query, slices=self._kept("a slice", watch.slices, wrong, _SLICES))

    def _again(self, kept: Collection[str]) -> list[Fate]:
        """A few papers whose fate did not hold are due again; else one odd text would keep the watch from moving."""
        lost = sorted(self._told_of() - self._library.papers.keys() - set(kept)) if self._plan.watch else []
        facts: dict[str, Any] = {"state": State.SEEN, "at": self._plan.started, "run": self._plan.run}
        few = [paper for paper in lost if not self._wrong_id(paper)] if len(lost) <= _FEW else []
        return [Fate(id=paper, reason="due again: its fate did not hold", **facts) for paper in few]

    def _wrong_file(self, part: SliceReport) -> str:
        return "it is no file" if part.since else watches.wrong_slice(part, self._plan.started)

    def _told_of(self) -> set[str]:
        """The papers of the plan, whether they hold or not."""
        return {fate.id for fate in self._plan.fates}.union(verdict.record.id for verdict in self._plan.verdicts)

    def _revisions(self) -> tuple[Revision, ...]:
        seen = set[str]()

        def wrong(revision: Revision) -> str:
            why = watches.wrong_revision(revision, self._plan)
            if why or revision.id not in seen:
                seen.add(revision.id)
                return why
            return "it stands there twice"

        return self._kept("a later version", self._plan.revisions, wrong, _REVISIONS)

    def _verdicts(self, plan: Plan, trusted: bool) -> tuple[tuple[Verdict, ...], list[Fate]]:
        """The verdicts that hold, and the fates of the papers whose verdict does not."""
        kept, due, seen = list[Verdict](), list[Fate](), set[str]()
        for verdict in plan.verdicts:
            paper = verdict.record.id
            wrong = self._wrong_id(paper) or ("it stands there twice" if paper in seen else "")
            if wrong:
                self._refuse(paper, wrong)
                continue
            seen.add(paper)
            if not trusted:
                due.append(self._due(verdict, _OUTDATED))
            elif wrong := self._wrong_verdict(verdict, plan) if len(seen) <= _VERDICTS else _MANY:
                self._refuse(paper, wrong)
                due.append(self._due(verdict, f"due again: its judgement did not hold ({wrong})"))
            else:
                kept.append(verdict)
        return tuple(kept), due

    def _refuse(self, paper: str, wrong: str) -> None:
        self._refused.append(f"{plain.name(paper)}: {wrong}; its judgement is left out")

    def _due(self, verdict: Verdict, reason: str) -> Fate:
        """Seen, and no more; who asked for it has not been answered."""
        title = shortened(texts.clean(verdict.record.title)[0], plain.TITLE)
        by = verdict.wanted if plain.is_plain(verdict.wanted, plain.LINE) else ""
        facts: dict[str, Any] = {"at": self._plan.started, "run": self._plan.run, "wanted": by}
        return Fate(id=verdict.record.id, state=State.SEEN, reason=reason, title=title, **facts)

    def _fates(self, trusted: bool) -> Iterator[Fate]:
        """Of one paper several may stand there, as it was seen again and again, but only one that says more."""
        final = set[str]()
        fates = (fate if trusted or not _is_judged(fate) else _blank(fate) for fate in self._plan.fates)
        for fate in self._kept("a fate", fates, self._wrong_fate, _FATES):
            if fate.state is State.SEEN:
                yield fate
            elif fate.id in final:
                self._refused.append(f"{fate.id}: it has two fates; the second is left out")
            else:
                final.add(fate.id)
                yield fate

    def _kept(self, what: str, items: Iterable[T], wrong: Callable[[T], str], most: int) -> tuple[T, ...]:
        """The items of which nothing is wrong, up to so many."""
        kept = list[T]()
        for place, item in enumerate(items, 1):
            why = wrong(item) or (_MANY if len(kept) == most else "")
            if why:
                self._refused.append(f"{what} (number {place}) is left out: {why}")
            else:
                kept.append(item)
        return tuple(kept)

    # --- single items -------------------------------------------------------------------------------------------------

    def _wrong_id(self, paper: str) -> str:
        if not ids.is_arxiv(paper):
            return "this is no arXiv id"
        if ids.sort_key(paper)[1][:6] > f"{self._plan.started + _MONTHS_DIFFER:%Y%m}":
            return "arXiv has not given out this id yet"
        return "it is listed already" if paper in self._library.papers else ""

    def _wrong_verdict(self, verdict: Verdict, plan: Plan) -> str:
        return verdicts.wrong(verdict, plan, self._library, self._asking)

    def _wrong_fate(self, fate: Fate) -> str:
        return self._wrong_id(fate.id) or next(self._wrong_in(fate), "")

    def _wrong_in(self, fate: Fate) -> Iterator[str]:
        if fate.state not in _STATES:
            yield f"no judging makes a paper {fate.state}"
        if fate.at != self._plan.started or fate.run != self._plan.run:
            yield "it is of another run"
        if fate.proposed or fate.where or fate.rulebook:
            yield "it tells of a pull request"
        if not plain.are_leaves(fate.labels, self._library.taxonomy):
            yield "its classes are none of this taxonomy"
        if texts.clean(fate.title)[0] != fate.title or len(fate.title) > plain.TITLE:
            yield "its title is not as the bot cleans it"
        if not all(
            plain.is_plain(text, plain.LINE) for text in (fate.reason, " ".join(fate.venue.split()), fate.wanted)
        ):
            yield "there is a text in it that is too long, or no plain line"
        if not plain.are_plain(fate.terms, plain.WORD):
            yield "its terms are too many, too long, or no plain words"
        if not (plain.is_share(fate.scope) and plain.is_share(fate.confidence) and plain.is_version(fate.version)):
            yield plain.NUMBER
        near = {name for name, _ in fate.near}
        if len(fate.near) > plain.MANY or near - self._names or not all(plain.is_cosine(one) for _, one in fate.near):
            yield "it names papers that are not listed"
        yield from wrong_in_fate(fate, self._library.taxonomy, self._asking)


def _is_judged(fate: Fate) -> bool:
    return fate.scope is not None or bool(fate.labels or fate.opinion)


def _blank(fate: Fate) -> Fate:
    """Seen, and no more."""
    nothing = {"scope": None, "labels": (), "confidence": None, "near": (), "terms": (), "opinion": "", "usage": None}
    return fate.model_copy(update={"state": State.SEEN, "reason": _OUTDATED, **nothing})


def _wrong_line(text: str) -> str:
    return "" if plain.is_plain(text, plain.LINE) else "it is too long, or no plain line"


def _wrong_failure(failure: Failure) -> str:
    return _wrong_line(failure.what) or _wrong_line(failure.message)


def _wrong_count(count: tuple[str, int]) -> str:
    return "" if count[0] in _COUNTS and 0 <= count[1] <= _PAPERS else "no run counts so"
