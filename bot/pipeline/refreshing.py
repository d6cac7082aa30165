"""The story of a refresh: read what arXiv says today of listed papers, and ask for what changed by one pull request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Annotated, NamedTuple

from pydantic import AwareDatetime, Field

from bot import check, ids, texts, upkeep, yaml_format
from bot.changes import Change, Decision, GroupPull, Outcome, Published
from bot.errors import DataError, SurveyBotError
from bot.models import Library, Model, Paper
from bot.phrases import count
from bot.pipeline import asking
from bot.pipeline.asking import Answer, Group
from bot.ports import Archive, Changesets, Ledger, LinkAnswer, Links, Progress, VenueSource
from bot.titles import normal


@dataclass(frozen=True)
class Sources:
    """Who is asked about listed papers."""

    archive: Archive
    progress: Progress
    offline: bool = False
    """arXiv is not asked; what the archive has of it was true earlier."""
    opinions: Sequence[VenueSource] = ()
    """Who besides arXiv is asked for venues."""
    links: Links | None = None
    """Who is asked whether links still lead anywhere; None: nobody."""


@dataclass(frozen=True)
class Desk:
    """Where it is asked for, and written down."""

    changesets: Changesets
    ledger: Ledger
    papers_folder: str
    """Where the papers' files are, from the root of the repository."""


class Sighting(Model):
    """What a refresh saw: everything that it would change, whatever people said of it before."""

    started: AwareDatetime
    papers: Annotated[int, Field(ge=0)]
    """Listed papers of which it is known what arXiv says."""
    answered: tuple[str, ...] = ()
    """Who was asked and answered to the end: ``arXiv``, ``DBLP`` …; what others said earlier stands."""
    silent: tuple[str, ...] = ()
    """Links that were asked and gave no certain answer; what was said of them earlier stands."""
    changes: tuple[Change, ...] = ()
    doubts: tuple[tuple[str, str], ...] = ()
    """Paper, and a sentence: what a human should look at and no change can mend."""
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


class RefreshReport(NamedTuple):
    """What a refresh did."""

    sighting: Sighting
    answer: Answer
    """What came of asking for it."""
    changes: tuple[Change, ...]
    """Those in it."""
    refused: int
    """Changes that people have refused before."""
    waiting: int
    """Papers for which there was no room in the pull request."""
    settled: tuple[Decision, ...]
    """What people did with earlier ones."""
    notes: tuple[str, ...]

    @property
    def pull(self) -> GroupPull | None:
        """The pull request that it is about; None when nothing is to be asked."""
        empty = self.answer.outcome in (asking.Outcome.NOTHING, asking.Outcome.EMPTIED)
        return None if empty else self.answer.pull


def look(library: Library, sources: Sources, now: Callable[[], datetime]) -> Sighting:
    """Re-read arXiv for every listed paper, and what else is to be asked. Nothing is written. Never raises."""
    started = now()
    listed = [key for key in library.papers if ids.is_arxiv(key)]
    answer = sources.archive.find(listed, sources.progress, fresh=True)
    failures = [answer.failed] if answer.failed else []
    doubts = [(key, "arXiv does not know this id any more") for key in sorted(answer.unknown, key=ids.sort_key)]
    still = ((key, record) for key, record in answer.records.items() if key not in answer.unknown)
    records = {key: texts.clean_record(record)[0] for key, record in still}
    homeless = [paper for key, paper in library.papers.items() if upkeep.homeless(paper, records.get(key))]
    opinions, heard = _opinions(homeless, sources, failures)
    answers = _answers(library, sources)
    answered = [] if sources.offline or answer.failed else [upkeep.ARXIV]
    changes = list[Change]()
    for key, paper in sorted(library.papers.items(), key=lambda item: ids.sort_key(item[0])):
        for one in upkeep.found(paper, records.get(key), opinions.get(key, ()), answers):
            if isinstance(one, Change):
                changes.append(one)
            else:
                doubts.append((one.paper, one.sentence))
    return Sighting(
        started=started,
        papers=len(records),
        answered=(*answered, *heard, *([upkeep.WEB] if sources.links else [])),
        silent=tuple(url for url, answer in answers.items() if answer.state == "unknown"),
        changes=tuple(changes),
        doubts=tuple(doubts),
        notes=(*sources.archive.notes, *(sources.links.notes if sources.links else ())),
        failures=tuple(failures),
    )


def ask(library: Library, desk: Desk, sighting: Sighting, now: Callable[[], datetime]) -> RefreshReport:
    """Ask for what was seen, but for what people have refused; what they did with earlier ones is written down.

    Nothing of ``sighting`` is believed that would not pass the check of the data. Raises ForgeError, LedgerError.
    """
    return _Asking(library, desk, sighting, now).report()


class _Asking:
    """One pull request, brought up to date or opened."""

    def __init__(self, library: Library, desk: Desk, sighting: Sighting, now: Callable[[], datetime]) -> None:
        self._library, self._desk, self._sighting, self._now = library, desk, sighting, now
        self._notes = list[str]()
        self._unread = False
        """A file could not be read, so that it is not known whether all of an open one stands by now."""

    def report(self) -> RefreshReport:
        """Do it; what was done."""
        desk, dry = self._desk, self._desk.changesets.dry
        group = Group(desk.changesets, upkeep.KIND, self._now().date())
        known = desk.ledger.decisions()
        settled = upkeep.settled(group.earlier, known, self._base, self._now())
        if not dry:
            desk.ledger.decide(settled)
        seen, told, opened = self._sighting.changes, [*known, *settled], group.opened
        sighting = self._sighting
        standing = upkeep.standing(seen, opened, sighting.answered, sighting.silent) if opened else seen
        wanted = upkeep.wanted(seen, told, opened)
        papers, waiting = self._papers(upkeep.wanted(standing, told, opened))
        answer = self._asked(group, papers)
        changes = tuple(change for paper in papers for change in paper.changes) if answer.holds else ()
        if not dry:
            if answer.pull:
                self._remember(changes, answer.pull, known)
            desk.ledger.save()
        refused = len(seen) - len(wanted)
        notes = (*self._notes, *answer.notes)
        return RefreshReport(sighting, answer, changes, refused, waiting, tuple(settled), notes)

    def _asked(self, group: Group, papers: Sequence[upkeep.Renewed]) -> Answer:
        folder, doubts = self._desk.papers_folder, self._sighting.doubts
        if not papers and self._unread:
            return Answer(asking.Outcome.NOTHING)
        answer = group.ask(upkeep.changeset(group.branch, papers, folder, doubts) if papers else None)
        if papers and answer.outcome is asking.Outcome.LEFT:
            more = f"{count(len(papers), 'paper')} that would change wait until it is merged or closed"
            self._notes.append(f"{answer.sentence}; {more}")
        elif answer.pull and not answer.holds:
            self._notes.append(answer.sentence)
        return answer

    def _papers(self, changes: Iterable[Change]) -> tuple[list[upkeep.Renewed], int]:
        """The papers that change, from what the base branch has of them now; and how many more have no room."""
        papers = list[upkeep.Renewed]()
        for key, some in _by_paper(changes).items():
            try:
                old = self._base(key) if key in self._library.papers else None
            except DataError as error:
                self._notes.append(f"{error}; until then its changes wait")
                self._unread = True
                continue
            if old is None:
                self._notes.append(f"{key}: it is not listed any more; left out: {count(len(some), 'change')}")
                continue
            paper = upkeep.applied(old, some)
            if left := len(some) - len(paper.changes):
                self._notes.append(f"{key}: people have changed it meanwhile; left out: {count(left, 'change')}")
            if problem := self._problem(paper):
                self._notes.append(f"{key}: what is said of it would not pass the check and is left out ({problem})")
            elif paper.changes:
                papers.append(paper)
        room = upkeep.fitting(papers)
        return papers[:room], len(papers) - room

    def _problem(self, paper: upkeep.Renewed) -> str:
        """What the check would say of the file that would not be said of it today."""
        if paper.new is None:
            return ""
        year, others = self._now().year, self._library.model_copy(update={"papers": self._alike(paper.new)})
        before = {one.message for one in check.check_new(paper.old, others, this_year=year)}
        found = check.check_new(paper.new, others, this_year=year)
        return next((one.message for one in found if one.message not in before), "")

    def _alike(self, paper: Paper) -> dict[str, Paper]:
        """The listed papers that a new title could be mistaken for: the only ones that the check would compare."""
        return {one.id: one for one in self._by_title.get(normal(paper.title), ())}

    @cached_property
    def _by_title(self) -> dict[str, list[Paper]]:
        titles: dict[str, list[Paper]] = {}
        for paper in self._library.papers.values():
            titles.setdefault(normal(paper.title), []).append(paper)
        return titles

    def _base(self, paper_id: str) -> Paper | None:
        """A listed paper as the base branch has it now; None when it is not there. Raises DataError."""
        path = f"{self._desk.papers_folder}/{ids.file_name(paper_id)}"
        text = self._desk.changesets.read(path)
        if text is None:
            return None
        return yaml_format.read_paper(text.encode(), paper_id, path).get()

    def _remember(self, changes: Iterable[Change], pull: GroupPull, known: Sequence[Decision]) -> None:
        open_ones = {(one.change.same, one.branch) for one in known if one.outcome is Outcome.PROPOSED}
        at = self._now()
        self._desk.ledger.decide(
            Decision(change=change, outcome=Outcome.PROPOSED, branch=pull.branch, at=at)
            for change in changes
            if (change.same, pull.branch) not in open_ones
        )


def _by_paper(changes: Iterable[Change]) -> dict[str, list[Change]]:
    papers: dict[str, list[Change]] = {}
    for change in sorted(changes, key=lambda one: ids.sort_key(one.paper)):
        papers.setdefault(change.paper, []).append(change)
    return papers


def _opinions(
    papers: Sequence[Paper], sources: Sources, failures: list[str]
) -> tuple[dict[str, list[Published]], list[str]]:
    """What others say of these papers, by id, in the order of the settings, and who answered; who fails is told."""
    found: dict[str, list[Published]] = {}
    heard = list[str]()
    for source in sources.opinions:
        try:
            for key, said in source.published(papers, sources.progress):
                found.setdefault(key, []).append(said)
            heard.append(source.name)
        except SurveyBotError as error:
            failures.append(str(error))
    return found, heard


def _answers(library: Library, sources: Sources) -> dict[str, LinkAnswer]:
    """What the links of all papers answer, each asked once."""
    if sources.links is None:
        return {}
    urls = dict.fromkeys(link.url for paper in library.papers.values() for link in (*paper.website, *paper.code))
    return dict(sources.links.check(list(urls), sources.progress))
