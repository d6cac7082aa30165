"""Porch: one run, one paper a human asks for, one index update; from settings to what is shown."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from bot import console, ids, pipeline, prepare
from bot.errors import DataError
from bot.fates import RunReport
from bot.models import Judgement, Record
from bot.ports import Source
from bot.wiring import Wiring
from bot.yaml_format import taxonomy_sha


def now() -> datetime:
    """The clock of the bot: aware, UTC."""
    return datetime.now(UTC)


def run(
    wiring: Wiring,
    feeds: Sequence[Path],
    since: date | None = None,
    until: date | None = None,
    *,
    dry_run: bool = False,
    quiet: bool = False,
) -> RunReport:
    """Run once and show it. ``feeds`` replace arXiv. Raises SurveyBotError when nothing could be done."""
    return _run(wiring, wiring.sources(feeds, since, until, now()), dry_run=dry_run, quiet=quiet)


def propose(wiring: Wiring, paper_id: str, *, dry_run: bool = False) -> RunReport:
    """Propose one paper because a human wants it, whatever the bot thinks. Raises SurveyBotError."""
    try:
        bare, _ = ids.parse(paper_id)
    except ValueError as error:
        raise DataError(str(error), where="propose", remedy="give an id like 2602.03782") from None
    found = wiring.archive.find([bare], console.ConsoleProgress())
    if bare not in found.records:
        raise DataError(f"its title and abstract could not be had: {found.problem}", where=bare)
    return _run(wiring, [_Given(found.records[bare])], asked_for={bare}, dry_run=dry_run)


def index(wiring: Wiring, feeds: Sequence[Path] = ()) -> str:
    """Bring the index up to date; what it holds and lacks, in lines.

    ``feeds``: files (the arXiv metadata snapshot) that are searched for the abstracts of listed papers first.
    """
    library = wiring.shelf.load()
    progress = console.ConsoleProgress()
    for source in wiring.sources(feeds, None, None, now()) if feeds else []:
        records = progress(source.records(lambda problem: None), f"reading {source.name}")
        wiring.archive.keep(record for record in records if record.id in library.papers)
    memory = wiring.memory(library.taxonomy.root.id)
    entries, notes = prepare.index_entries(library, wiring.archive, progress)
    notes += memory.update(entries, taxonomy_sha(library.taxonomy), progress)
    lines = [*notes, *wiring.archive.notes]
    lines.append(f"{len(library.papers)} papers and {len(library.taxonomy.leaves)} classes in {memory.where}")
    return "\n".join(lines)


def why(wiring: Wiring, paper_id: str) -> tuple[Judgement, list[str]]:
    """How a paper would be judged today, and that in lines; a listed one as if it were not. Raises SurveyBotError."""
    from bot import explain, texts
    from bot.judge import EmbeddedJudge

    progress = console.ConsoleProgress()
    found = wiring.archive.find([paper_id], progress)
    if paper_id not in found.records:
        raise DataError(
            f"its title and abstract could not be had: {found.problem or 'it is not on arXiv'}", where=paper_id
        )
    record, flags = texts.clean_record(found.records[paper_id])
    library = wiring.shelf.load()
    others = library.model_copy(update={"papers": {key: one for key, one in library.papers.items() if key != paper_id}})
    without = "-without-one" if paper_id in library.papers else ""  # an index of its own: the other one stays whole
    judge, memory = EmbeddedJudge(others, wiring.settings), wiring.memory(f"{library.taxonomy.root.id}{without}")
    fates = wiring.ledger.fates()
    ready = prepare.prepare(others, wiring.archive, memory, judge, fates, [record], progress)
    judgement = judge.judge(record, ready.readings[0], ready.near[0], flags)
    lines = [f"{paper_id}  {record.title}"]
    if paper_id in library.papers:
        lines.append("judged as if it were not listed")
    if early := judge.ruled_out(record):
        lines.append(f"a run would rule it out before it is judged: {early}")
    return judgement, [*lines, *explain.why(judgement, library.taxonomy), *ready.lacking, *ready.notes]


class _Given:
    """A source of one paper."""

    name = "the paper asked for"

    def __init__(self, record: Record) -> None:
        self._record = record

    def records(self, on_problem: Callable[[str], None]) -> Iterator[Record]:
        yield self._record


def _run(
    wiring: Wiring, sources: Sequence[Source], *, asked_for: Container[str] = (), dry_run: bool, quiet: bool = False
) -> RunReport:
    from bot.judge import EmbeddedJudge

    library = wiring.shelf.load()
    forge = wiring.forge((lambda proposal: None) if quiet else console.show_proposal, dry_run=dry_run)
    parts = pipeline.Parts(
        sources=sources,
        archive=wiring.archive,
        memory=lambda: wiring.memory(library.taxonomy.root.id),
        judge=EmbeddedJudge(library, wiring.settings),
        forge=forge,
        ledger=wiring.ledger,
        progress=console.ConsoleProgress(),
        papers_folder=wiring.papers_folder,
        on_judged=(lambda fate: None) if quiet or forge.dry else (lambda fate: console.show_fate(fate, library)),
    )
    report = pipeline.run(library, parts, run=pipeline.run_name(now()), now=now, asked_for=asked_for)
    if not quiet:
        console.show_report(report, library)
    return report
