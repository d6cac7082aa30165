"""The watch: arXiv slice by slice, its announcements, files, and what is due again; each paper is taken once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot import schedule, watch
from bot.errors import SourceError, SurveyBotError, UnreachableError
from bot.fates import Fate, State
from bot.models import Library, Record
from bot.phrases import count, moment
from bot.pipeline.draft import UNKNOWN, Candidate, Draft
from bot.pipeline.intake import Intake
from bot.pipeline.looking import Sight
from bot.pipeline.parts import Parts, bug
from bot.ports import Announced, Announcements, Search, Source, Tally
from bot.slices import Revision, Slice, SliceReport, WatchReport

_TIRED = 2
"""After so many slices in a row that could not be reached, no other is asked for in this run."""
_DOUBTED, _FEW = 0.5, 5
"""When more than this share of a mailing, and more papers than these few, are missing among arXiv's answers, one of the
two is wrong."""
_NEW, _REVISED = ("new", "cross"), ("replace", "replace-cross")


class Watching:
    """The watch of one run. What was read is safe slice by slice: a kill costs only the slice that was being read."""

    def __init__(self, library: Library, parts: Parts, sight: Sight, draft: Draft) -> None:
        self._library, self._parts, self._sight, self._draft = library, parts, sight, draft
        self._intake = Intake(library, parts, sight, draft)
        self._reports: list[SliceReport] = []
        self._files: list[SliceReport] = []
        self._there: dict[str, int] | None = None
        """How many papers there are in each category, once it was asked."""
        self._is_down = False
        """Some of what was to be searched could not be."""
        self.whole = bool(parts.sources or parts.search)
        """New papers were looked for, and every source could be read to its end."""

    def candidates(self) -> list[Candidate]:
        """The papers that are new and could belong. They have a fate from here on: seen, and due until it is more."""
        for raw in self._parts.progress(self._arriving(), "watching"):
            self._intake.take(raw)
        self._intake.write()
        return list(self._intake.candidates.values())

    @property
    def report(self) -> WatchReport | None:
        """What was read of arXiv; how far that brings the watermark, the ledger must say."""
        search = self._parts.search
        if search is None:
            return None
        since, until = self._parts.span
        elsewhere = until is not None or (since is not None and since > self._due_since(search))
        return WatchReport(query=search.query, slices=tuple(self._reports), backfill=elsewhere)

    @property
    def files(self) -> tuple[SliceReport, ...]:
        """What was read of files."""
        return tuple(self._files)

    @property
    def revisions(self) -> tuple[Revision, ...]:
        """Later versions of papers that are listed or proposed."""
        return tuple(self._intake.revisions.values())

    # --- what arrives -------------------------------------------------------------------------------------------------

    def _arriving(self) -> Iterator[Record]:
        if self._parts.search:
            yield from self._searched(self._parts.search)
            if self._parts.announcements:
                yield from self._announced(self._parts.search, self._parts.announcements)
        for source in self._parts.sources:
            yield from self._read(source)
        yield from self._due()

    def _read(self, source: Source) -> Iterator[Record]:
        """A file."""
        got, failed = 0, ""
        try:
            for got, raw in enumerate(source.records(self._intake.unreadable), 1):  # noqa: B007 - it is counted
                yield raw
        except SurveyBotError as error:
            failed = str(error)
            self._fail(source.name, error)
        self._intake.write()
        self._files.append(SliceReport(source=source.name, got=got, failed=failed))
        self._draft.notes += source.notes

    def _searched(self, search: Search) -> Iterator[Record]:
        """All that was submitted in the window, a slice at a time; what was read whole long ago is not asked again."""
        settled = watch.settled(self._sight.settled, search.query, self._sight.at, self._parts.days)
        since, until = self._window(search)
        parts = [part for part in watch.slices(since, until) if part not in settled]
        if not parts:
            told = f"there is nothing to read from {moment(since)} to {moment(until)} that was not read before"
            self._draft.notes.append(told)
        unreachable, lasting = 0, False
        for part in parts:
            if lasting or unreachable == _TIRED:
                self._close(search, part, Tally(), "not asked in this run")
                continue
            tally, failed = Tally(), ""
            try:
                yield from search.read(part, tally)
                self._vouch(search, part, tally)
                unreachable = 0
            except SourceError as error:
                failed, self._is_down = str(error), True
                self._fail(f"arXiv, {part.since:%Y-%m-%d}", error)
                unreachable = unreachable + 1 if isinstance(error, UnreachableError) else 0
                lasting = isinstance(error, UnreachableError) and error.lasting
            except Exception as error:  # a fault of ours must not cost the other slices
                failed, self._is_down = str(bug(error)), True
                self._fail(f"arXiv, {part.since:%Y-%m-%d}", bug(error))
            self._close(search, part, tally, failed)
        if parts and self.whole and not any(one.got for one in self._reports):
            self._draft.notes.append(f"{search.name} has no paper of the {count(len(parts), 'day')} asked for")

    def _vouch(self, search: Search, part: Slice, tally: Tally) -> None:
        """Ask whether there are papers in each category: where the search is new, or a slice empty for no reason.

        A misspelt category is silent for ever, and a search that is out of order for an hour. Raises SourceError.
        """
        doubtful = not tally.got and not self._is_early(part)
        if not (doubtful or watch.is_new(self._sight.earlier, search.query)):
            return
        if self._there is None or (doubtful and all(self._there.values())):  # what was well may be out of order since
            asking = Tally()
            try:
                self._there = search.ever(asking)
            finally:
                tally.asked += asking.asked
                tally.retried += asking.retried
        if none := [category for category, there in self._there.items() if not there]:
            what = f"no paper at all is in {', '.join(none)}, so what came may not be all"
            remedy = "correct them, or wait if arXiv's search is out of order"
            raise SourceError(what, where="[watch] categories", remedy=remedy)

    def _is_early(self, part: Slice) -> bool:
        return schedule.announced(part.since) > self._sight.at

    def _window(self, search: Search) -> tuple[datetime, datetime]:
        since, until = self._parts.span
        return since or self._due_since(search), until or self._sight.at

    def _due_since(self, search: Search) -> datetime:
        mark = watch.begin(self._sight.earlier, search.query, self._sight.at)
        return mark - timedelta(days=self._parts.days)

    def _close(self, search: Search, part: Slice, tally: Tally, failed: str) -> None:
        """What came of a slice is written down, and only then that it is read."""
        self._intake.incomplete(tally)
        self._intake.write()
        times = {"since": part.since, "until": part.until, "early": self._is_early(part)}
        self._report(search.name, tally, failed, **times)
        report = WatchReport(query=search.query, slices=(self._reports[-1],))
        self._sight.settle(watch.settling(report, self._sight.at, self._parts.days), self._parts, self._draft.failures)

    def _report(self, source: str, tally: Tally, failed: str, **times: Any) -> None:
        self._draft.notes += tally.notes
        counts = {"asked": tally.asked, "retried": tally.retried, "total": tally.total, "got": tally.got}
        self._reports.append(SliceReport(source=source, failed=failed, **counts, **times))

    def _announced(self, search: Search, feed: Announcements) -> Iterator[Record]:
        """What was announced last and the search has not found: what came late, or all of it when the search is down.

        A feed tells little of a paper, so arXiv is asked for the rest; later versions of what is listed come too.
        """
        tally, failed, news, mine = Tally(), "", 0, dict[str, Announced]()
        try:
            for one in feed.read(tally):
                news += one.kind in _NEW
                if self._is_wanted(one):
                    mine.setdefault(one.record.id, one)
        except SourceError as error:
            failed = str(error)
            self._fail(feed.name, error)
        self._intake.incomplete(tally)
        found = self._parts.archive.find(list(mine), self._parts.progress, fresh=True).records if mine else {}
        records = {paper: found.get(paper, one.record) for paper, one in mine.items()}
        late = {paper: record for paper, record in records.items() if mine[paper].kind in _NEW}
        self._report(feed.name, tally, failed or self._difference(search, feed, late, news))
        yield from records.values()
        self._intake.write()

    def _is_wanted(self, one: Announced) -> bool:
        """Whether it is news: a paper nobody has met, or a later version of one that is listed or proposed."""
        paper_id = one.record.id
        if one.kind in _REVISED:
            return self._intake.is_later(one.record)
        unknown = paper_id not in self._intake.met and paper_id not in self._library.papers
        there = unknown and paper_id not in self._sight.fates and one.kind in _NEW
        return there and (self._is_down or not self._parts.narrowed)  # a feed knows nothing of the query

    def _difference(self, search: Search, feed: Announcements, late: Mapping[str, Record], news: int) -> str:
        """What the two disagree about, papers that were announced and the search did not find, where that is a lot."""
        since, _ = self._window(search)
        missing = [paper for paper, one in late.items() if one.published is None or one.published > since.date()]
        if self._is_down or not missing:
            return ""
        shown = ", ".join(missing[:3]) + (" …" if len(missing) > 3 else "")
        what = f"{len(missing)} of {news} papers announced last were not among {search.name}'s answers ({shown})"
        if len(missing) <= max(_FEW, _DOUBTED * news):
            self._draft.notes.append(f"{what}; they are judged all the same")
            return ""
        self._fail(feed.name, SourceError(f"{what}; they are judged all the same"))
        return what

    def _due(self) -> Iterator[Record]:
        """Papers an earlier run could not judge to the end, and those to look at once more, unless they came now."""
        fates, draft = self._sight.fates.values(), self._draft
        again = [fate.id for fate in fates if fate.state is State.SEEN or draft.is_outdated(fate)]
        wanted = [paper for paper in dict.fromkeys([*draft.wanted, *again]) if paper not in self._intake.met]
        postponed = [fate.id for fate in fates if fate.state is State.POSTPONED and fate.id not in self._intake.met]
        yield from self._found(wanted, "papers due from an earlier run")
        found = self._found(postponed, "postponed papers", fresh=True)
        yield from (record for record in found if not self._intake.is_known(record))

    def _found(self, paper_ids: list[str], what: str, *, fresh: bool = False) -> Iterator[Record]:
        if paper_ids:
            found = self._parts.archive.find(paper_ids, self._parts.progress, fresh=fresh)
            yield from found.records.values()
            self._draft.record([self._unheard_of(paper_id) for paper_id in paper_ids if paper_id in found.unknown])
            if found.problem and len(found.records) + len(found.unknown) < len(paper_ids):
                self._draft.fail(what, SurveyBotError(found.problem))

    def _unheard_of(self, paper_id: str) -> Fate:
        """An id someone mistyped, or a paper that was removed: asking again would help nobody."""
        at, run = self._sight.at, self._sight.run
        old = self._sight.fates.get(paper_id) or Fate(id=paper_id, state=State.SEEN, reason="", at=at, run=run)
        if old.state in (State.PROPOSED, State.POSTPONED):
            return old
        new = {"state": State.SKIPPED, "reason": UNKNOWN, "wanted": "", "at": at, "run": run}
        return old.model_copy(update=new)

    def _fail(self, what: str, error: SurveyBotError) -> None:
        """A source could not be read to its end."""
        self.whole = False
        self._draft.fail(what, error)
