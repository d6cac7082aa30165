"""`survey-bot refresh`, from the listed papers to the one pull request that brings them up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot import texts
from bot.changes import LINKS, Outcome
from bot.commands import console
from bot.commands.running import now
from bot.commands.wiring import Wiring
from bot.errors import DataError
from bot.models import Library
from bot.phrases import count
from bot.pipeline.refreshing import Desk, RefreshReport, Sighting, Sources, ask, look
from bot.upkeep import ARXIV


def sight(wiring: Wiring, *, links: bool = False) -> Sighting:
    """What would change of listed papers; nothing is written. Raises SurveyBotError."""
    return look(wiring.shelf.load(), _sources(wiring, links=links), now)


def refresh(
    wiring: Wiring, file: Path | None = None, *, links: bool = False, dry_run: bool = False, quiet: bool = False
) -> RefreshReport:
    """Ask for what changed, or for what ``file`` says that an earlier :func:`sight` saw. Raises SurveyBotError."""
    library = wiring.shelf.load()
    sighting = _read(file) if file else look(library, _sources(wiring, links=links), now)
    changesets = wiring.changesets(
        lambda changeset: None if quiet else console.show_changeset(changeset), dry_run=dry_run
    )
    return ask(library, Desk(changesets, wiring.ledger, wiring.papers_folder), sighting, now)


def show(report: RefreshReport, library: Library) -> None:
    """What was done, for a terminal."""
    out = console.output()
    for line in lines(report, library):
        out.print(console.calm(line), markup=False)


def lines(report: RefreshReport, library: Library) -> Iterator[str]:
    """The same as text."""
    sighting = report.sighting
    yield _looked(sighting)
    for change in report.changes:
        paper = library.papers.get(change.paper)
        was = f"{change.old or 'none'} → " if change.key not in (*LINKS, "file") or change.old else ""
        yield f"  {change.paper}  {paper.short_name if paper else ''}: {change.key} {was}{change.new}"
        yield "      " + _clean(f"{change.source}{f': “{change.quote}”' if change.quote != change.new else ''}")
    told = {outcome: sum(one.outcome is outcome for one in report.settled) for outcome in Outcome}
    if report.settled:
        yield f"since the last refresh: {told[Outcome.ACCEPTED]} accepted, {told[Outcome.REFUSED]} refused"
    if report.refused:
        yield f"{count(report.refused, 'change')} left out, because people have refused or undone what they say"
    if report.waiting:
        yield f"{count(report.waiting, 'paper')} more for the next refresh: one pull request has room for no more"
    yield from (f"look at {paper}: {sentence}" for paper, sentence in sighting.doubts)
    yield from (f"note: {note}" for note in (*sighting.notes, *report.notes))
    if report.pull is None:
        is_whole = ARXIV in sighting.answered and not sighting.failures
        yield "nothing to change" if is_whole else "nothing to change in what is known"
    elif report.changes:
        papers = len({change.paper for change in report.changes})
        yield f"{count(len(report.changes), 'change')} of {count(papers, 'paper')} -> {report.answer.sentence}"


def _looked(sighting: Sighting) -> str:
    papers = count(sighting.papers, "listed paper")
    if ARXIV in sighting.answered:
        return f"{papers} looked up on arXiv"
    if not sighting.failures:
        return f"arXiv was not asked; what it said earlier of {papers} is known"
    return f"arXiv was not read to the end; what it says of {papers} is known, in part from earlier"


def as_json(report: RefreshReport) -> dict[str, Any]:
    """The same for programs."""
    return {
        "asked": report.pull.model_dump(mode="json", exclude={"memo"}) if report.pull else None,
        "changes": [change.model_dump(mode="json") for change in report.changes],
        "refused": report.refused,
        "waiting": report.waiting,
        "settled": [decision.model_dump(mode="json") for decision in report.settled],
        "seen": report.sighting.model_dump(mode="json", exclude={"changes"}),
        "notes": list(report.notes),
    }


def _sources(wiring: Wiring, *, links: bool) -> Sources:
    return Sources(
        archive=wiring.archive,
        progress=console.ConsoleProgress(),
        offline=wiring.offline,
        opinions=() if wiring.offline else wiring.venue_sources,
        links=wiring.links if links and not wiring.offline else None,
    )


def _read(file: Path) -> Sighting:
    remedy = "give the file that survey-bot refresh --out wrote"
    try:
        sighting = Sighting.model_validate_json(file.read_bytes())
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(file), remedy=remedy) from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        where = f"{file}, key {key}" if key else str(file)
        raise DataError(first["msg"].removeprefix("Value error, "), where=where, remedy=remedy) from None
    return sighting.model_copy(
        update={
            "doubts": tuple((_clean(paper), _clean(said)) for paper, said in sighting.doubts),
            "notes": tuple(map(_clean, sighting.notes)),
            "failures": tuple(map(_clean, sighting.failures)),
        }
    )


def _clean(text: str) -> str:
    """A plan may hold anything; no terminal obeys it."""
    return texts.clean(text)[0]
