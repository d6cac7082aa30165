"""`survey-bot facts`, from the listed papers to what their abstracts claim of efficiency."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from bot import ids, texts
from bot.commands import console
from bot.commands.running import now
from bot.commands.wiring import Wiring
from bot.errors import DataError, SourceError
from bot.facts.extract import extract
from bot.facts.proposals import KIND, changeset, held, proposals, refused
from bot.facts.table import Row, column, shown
from bot.models import Library, Paper, Record
from bot.models.facts import Quantity, Sheet
from bot.phrases import count
from bot.pipeline.asking import Answer, Group
from bot.ports import Found

_NAMED = 5
"""Papers that could not be read, up to which each is named."""


class Extracted(NamedTuple):
    """What is claimed, and of whom; ``title`` is that of the survey."""

    title: str
    rows: tuple[Row, ...]
    """Papers with a claim, in the order of the list; those that are not listed last."""
    looked: int
    """Papers whose abstract, or file of facts, was read."""
    missing: tuple[str, ...]
    """Papers whose abstract could not be had."""
    problem: str | None
    """Why not."""
    failed: str
    """Why arXiv could not be read to the end; empty where nothing failed."""
    notes: tuple[str, ...]
    new: dict[str, str]
    """Files to be reviewed, see ``facts.proposals``."""

    def only(self, quantity: Quantity | None) -> Extracted:
        """The claims of this quantity; None: all of them."""
        if quantity is None:
            return self
        rows = (row._replace(facts=tuple(one for one in row.facts if one.quantity is quantity)) for row in self.rows)
        return self._replace(rows=tuple(row for row in rows if row.facts))


def extracted(
    wiring: Wiring, asked: Sequence[str] = (), feeds: Sequence[Path] = (), *, again: bool = False
) -> Extracted:
    """The facts of all listed papers, or of those in ``asked`` (listed or not).

    A paper whose facts people have reviewed is told by its file; ``again``: by its abstract. Raises SurveyBotError.
    """
    library = wiring.shelf.load()
    wanted = _wanted(asked, library)
    return _extracted(wiring, library, wanted, feeds, wanted if again else ())


def _extracted(
    wiring: Wiring, library: Library, wanted: Sequence[str], feeds: Sequence[Path], again: Iterable[str]
) -> Extracted:
    """The facts of these papers, those in ``again`` by their abstracts, whoever has reviewed them."""
    reviewed, anew = wiring.shelf.load_facts(), set(again)
    records, archive = _records(wiring, wanted, feeds)
    kept = {paper: reviewed[paper] for paper in wanted if paper in reviewed and paper not in anew}
    rows = [_row(paper, library, records, kept) for paper in wanted]
    some = Library(
        taxonomy=library.taxonomy, papers={key: library.papers[key] for key in wanted if key in library.papers}
    )
    return Extracted(
        title=library.taxonomy.root.name,
        rows=tuple(row for row in rows if row.facts),
        looked=sum(paper in records or paper in kept for paper in wanted),
        missing=tuple(paper for paper in wanted if paper not in records and paper not in kept),
        problem=archive.problem,
        failed=archive.failed,
        notes=tuple(_gone(reviewed, records)),
        new=proposals(some, records, reviewed, anew),
    )


def save(wiring: Wiring, files: Mapping[str, str]) -> list[Path]:
    """Write what is to be reviewed into the work tree; says where. Raises DataError."""
    from bot import yaml_format

    return [
        wiring.shelf.save_facts(ids.from_stem(Path(name).stem), yaml_format.read_facts(text, name).get())
        for name, text in files.items()
    ]


class Proposed(NamedTuple):
    """What came of asking for a review."""

    answer: Answer
    found: Extracted
    papers: tuple[str, ...] = ()
    """Those in the pull request."""
    waiting: int = 0
    """Papers that had no room in it."""
    left: tuple[str, ...] = ()
    """Of papers that were asked by their ids and are not in it: why, one sentence each."""


def propose(
    wiring: Wiring,
    asked: Sequence[str] = (),
    feeds: Sequence[Path] = (),
    *,
    again: bool = False,
    dry_run: bool = False,
) -> Proposed:
    """Ask for a review of the files that listed papers, or those in ``asked``, lack, by one pull request.

    One that is open keeps the papers it has. What people have dropped or closed before is left out unless ``again``.
    Raises SurveyBotError, for an open one too of which an abstract cannot be read today.
    """
    library = wiring.shelf.load()
    group = Group(wiring.changesets(console.show_changeset, dry_run=dry_run), KIND, now().date())
    mine, before = _wanted(asked, library), held(group.opened)
    anew = {*(mine if again else ()), *(paper for paper, is_anew in before.items() if is_anew)}
    held_ones = [paper for paper in before if paper in library.papers]
    found = _extracted(wiring, library, list(dict.fromkeys((*held_ones, *mine))), feeds, anew)
    if group.opened and not group.opened.touched:
        _all_read(held_ones, found, group.opened.where)
    no = set() if again else refused(group.earlier) - before.keys()
    rows = [row for row in found.rows if _file(row.id) in found.new and row.id not in no]
    left = tuple(_left(mine, library, found, no, wiring.shelf.load_facts())) if asked else ()
    if not rows:
        return Proposed(group.ask(None), found, left=left)
    folder = PurePosixPath(wiring.papers_folder).parent.as_posix()
    made, waiting = changeset(group.branch, rows, found.new, folder, anew)
    return Proposed(group.ask(made), found, tuple(made.memo["papers"]), waiting, left)


def _left(
    papers: Sequence[str], library: Library, found: Extracted, refused: Collection[str], reviewed: Collection[str]
) -> Iterator[str]:
    """Why nothing is asked of a paper that a person named; of one that could not be read it is told anyhow."""
    for paper in papers:
        if paper not in library.papers:
            yield f"{paper} is not listed, and only listed papers have files of facts"
        elif _file(paper) in found.new:
            if paper in refused:
                yield f"{paper} was dropped or closed before; --again asks for it all the same"
        elif paper in reviewed:
            yield f"{paper} has a file that people have reviewed; --again proposes what its abstract says in its place"
        elif paper not in found.missing:
            yield f"{paper}: nothing new is claimed in its abstract"


def _file(paper: str) -> str:
    return f"facts/{ids.file_name(paper)}"


def _all_read(held_ones: Sequence[str], found: Extracted, where: str) -> None:
    """What is open must not shrink because arXiv is silent. Raises SourceError."""
    missing = [paper for paper in held_ones if paper in found.missing]
    if missing:
        raise SourceError(
            f"the abstracts of {', '.join(missing[:_NAMED])}, which stand in {where}, cannot be read, so nothing was "
            "changed there",
            remedy="say it again when arXiv answers, or give them by --feed",
        )


def told(done: Proposed) -> Iterator[str]:
    """What came of it, for a terminal."""
    if done.found.missing:
        yield _missing(done.found)
    room = f"; {count(done.waiting, 'paper')} more for the next: it has room for no more" if done.waiting else ""
    yield from done.left
    yield from (f"note: {note}" for note in done.answer.notes)
    what = f"facts of {count(len(done.papers), 'paper')}: " if done.answer.holds else ""
    yield f"{what}{done.answer.sentence}{room if done.answer.holds else ''}"


def lines(found: Extracted, quantity: Quantity | None = None) -> Iterator[str]:
    """What was found, for a terminal."""
    for row in found.rows:
        facts = [fact for fact in row.facts if quantity in (None, fact.quantity)]
        if facts:
            yield f"{row.id}  {row.name}{'  (reviewed)' if row.reviewed else ''}"
        for fact in facts:
            than = f"  (compared with {fact.relative_to})" if fact.relative_to else ""
            yield f"  {column(fact)}: {shown(fact)}{than}"
            yield f"      “{fact.quote}”"
    told = [row.id for row in found.rows for fact in row.facts if quantity in (None, fact.quantity)]
    what = f" of {quantity}," if quantity else ""
    yield f"{count(len(told), 'claim')}{what} of {count(len(set(told)), 'paper')}; {count(found.looked, 'paper')} read"
    yield from (f"note: {note}" for note in found.notes)
    if found.missing:
        yield _missing(found)


def _missing(found: Extracted) -> str:
    which = f": {', '.join(found.missing)}" if len(found.missing) <= _NAMED else ""
    return f"{count(len(found.missing), 'paper')} could not be read{which}; {found.problem or 'not on arXiv'}"


def as_json(found: Extracted) -> dict[str, Any]:
    """The same for programs."""
    return {
        "papers": [
            {
                "id": row.id,
                "name": row.name,
                "link": row.link,
                "reviewed": row.reviewed,
                "facts": [fact.model_dump(mode="json") for fact in row.facts],
            }
            for row in found.rows
        ],
        "looked": found.looked,
        "missing": list(found.missing),
        "problem": found.problem,
        "failed": found.failed,
        "notes": list(found.notes),
        "new": list(found.new),
    }


def _wanted(asked: Sequence[str], library: Library) -> list[str]:
    return list(dict.fromkeys(_bare(one, library) for one in asked)) or list(library.papers)


def _bare(asked: str, library: Library) -> str:
    if asked in library.papers:
        return asked
    try:
        return ids.parse(asked)[0]
    except ValueError:
        remedy = "give ids like 2602.03782; survey-bot find NAME tells them"
        raise DataError(f"{asked!r} is no paper's id", where="facts", remedy=remedy) from None


def _records(wiring: Wiring, wanted: Sequence[str], feeds: Sequence[Path]) -> tuple[dict[str, Record], Found]:
    progress, those = console.ConsoleProgress(), set(wanted)
    wiring.keep(feeds, those, progress)
    found = wiring.archive.find([paper for paper in wanted if ids.is_arxiv(paper)], progress)
    return {key: texts.clean_record(record)[0] for key, record in found.records.items()}, found


def _row(paper: str, library: Library, records: Mapping[str, Record], kept: Mapping[str, Sheet]) -> Row:
    listed: Paper | None = library.papers.get(paper)
    record = records.get(paper)
    name = listed.short_name if listed else record.title if record else paper
    facts = kept[paper].facts if paper in kept else extract(record) if record else ()
    return Row(paper, texts.clean(name)[0], listed.link if listed else ids.abs_url(paper), facts, paper in kept)


def _gone(reviewed: Mapping[str, Sheet], records: Mapping[str, Record]) -> Iterator[str]:
    """A quote that a new version of the abstract does not hold any more."""
    for paper, sheet in reviewed.items():
        for fact in sheet.facts:
            if fact.self_reported and paper in records and fact.quote not in records[paper].abstract:
                yield f"{paper}: a quote does not stand in the abstract any more: “{fact.quote}”"
