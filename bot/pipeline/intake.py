"""What is made of each paper that comes: listed, known, ruled out early, a later version, or a candidate."""

from __future__ import annotations

from bot import texts, watch
from bot.fates import Fate, State
from bot.models import Library, Record
from bot.pipeline.draft import UNKNOWN, Candidate, Draft
from bot.pipeline.looking import Sight
from bot.pipeline.parts import Parts
from bot.ports import Tally
from bot.slices import Revision

_TOLD = 10
"""Odd records that are told one by one; the rest is only counted."""
_BATCH = 500
"""Fates of papers that were ruled out early are written in batches: one fsync each."""
_WITHDRAWN = "withdrawn by its authors"


class Intake:
    """Takes each paper once. What was taken is safe when it was written: a kill costs only what came since then."""

    def __init__(self, library: Library, parts: Parts, sight: Sight, draft: Draft) -> None:
        self._library, self._parts, self._sight, self._draft = library, parts, sight, draft
        self.met = watch.Seen()
        """All papers that came in this run."""
        self.candidates: dict[str, Candidate] = {}
        self.revisions: dict[str, Revision] = {}
        self._early: list[Fate] = []
        self._fresh: list[Candidate] = []
        """Candidates that are not written down yet."""

    def take(self, raw: Record) -> None:
        """A paper is listed, known, ruled out early, or a candidate."""
        if self.is_later(raw):
            self._revise(raw)
        if not self.met.add(raw.id):
            return
        counts, draft = self._draft.counts, self._draft
        counts["seen"] += 1
        if raw.id in self._library.papers:
            counts["listed"] += 1
        elif self.is_known(raw):
            counts["known"] += 1
        else:
            record, flags = texts.clean_record(raw)
            reason = None if draft.is_certain(raw.id) else self._ruled_out(record)
            if reason is None:
                self._fresh.append(Candidate(raw, record, flags))
                return
            counts["early"] += 1
            self._early.append(self._sight.fate(record, State.SKIPPED, reason))
            if len(self._early) == _BATCH:
                self.write()

    def _ruled_out(self, record: Record) -> str | None:
        return _WITHDRAWN if watch.withdrawn(record) else self._parts.judge.ruled_out(record)

    def is_known(self, record: Record) -> bool:
        """Whether there is nothing to do for it; what wakes a postponed paper makes it wanted."""
        fate = self._sight.fates.get(record.id)
        if fate is not None and fate.state is State.POSTPONED and (why := watch.woken(record, fate)):
            self._draft.wanted.setdefault(record.id, why)
        if fate is None or fate.state is State.SEEN or fate.reason == UNKNOWN:
            return False
        return not self._draft.is_certain(record.id)

    def is_later(self, record: Record) -> bool:
        """Whether it is a version of a listed or proposed paper that is later than the one that is known."""
        fate, old = self._sight.fates.get(record.id), self._sight.revisions.get(record.id)
        if record.id not in self._library.papers and (fate is None or fate.state is not State.PROPOSED):
            return False
        known = max(old.version if old else 1, (fate.version if fate else None) or 1)
        return (record.version or 1) > known

    def _revise(self, raw: Record) -> None:
        record, _ = texts.clean_record(raw)
        self.revisions[record.id] = Revision(
            id=record.id,
            version=record.version or 2,
            title=record.title,
            comment=record.comment,
            journal_ref=record.journal_ref,
            withdrawn=watch.withdrawn(record),
            at=self._sight.at,
            run=self._sight.run,
        )

    def incomplete(self, tally: Tally) -> None:
        """A paper that came without its text has an id: it is asked for until it has one."""
        for paper_id, why in tally.incomplete.items():
            self.unreadable(f"{paper_id}: {why}")
            known = paper_id in self._sight.fates or paper_id in self._library.papers
            if not known and self.met.add(paper_id):
                self._draft.counts.update(seen=1, failed=1)
                at, run = self._sight.at, self._sight.run
                self._draft.record([Fate(id=paper_id, state=State.SEEN, reason=f"due again: {why}", at=at, run=run)])

    def write(self) -> None:
        """What was taken since the last time has its fate."""
        if not self._parts.forge.dry:
            self._parts.archive.keep(one.raw for one in self._fresh)  # a run after a kill, or a human, may ask for one
        self.candidates |= {one.raw.id: one for one in self._fresh}
        self._draft.record([*self._early, *self._draft.seen(self._fresh, "found, not judged yet")])
        self._sight.revise(self.revisions.values(), self._parts, self._draft.failures)
        self._early, self._fresh = [], []

    def unreadable(self, problem: str) -> None:
        """A record is odd, and has no id to give a fate to."""
        self._draft.counts["unreadable"] += 1
        if self._draft.counts["unreadable"] <= _TOLD:
            self._draft.notes.append(problem)
