"""Porch: one run and one index update, from settings to what is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bot import console, pipeline
from bot.models import Fate, Library, RunReport
from bot.wiring import Wiring
from bot.yaml_format import taxonomy_sha

Window = tuple[datetime | None, datetime | None]


def now() -> datetime:
    """The clock of the bot: aware, UTC."""
    return datetime.now(UTC)


def run(
    wiring: Wiring, feeds: Sequence[Path], window: Window = (None, None), *, dry_run: bool = False, quiet: bool = False
) -> RunReport:
    """Run once and show it. ``feeds`` replace arXiv. Raises SurveyBotError when nothing could be done."""
    from bot.judge import EmbeddedJudge

    library = wiring.shelf.load()
    started = now()

    def told(fate: Fate) -> None:
        if not quiet:
            console.show_fate(fate, library)

    parts = pipeline.Parts(
        sources=wiring.sources(feeds, *window, started),
        archive=wiring.archive,
        memory=lambda: wiring.memory(library.taxonomy.root.id),
        judge=EmbeddedJudge(library, wiring.settings),
        forge=wiring.forge((lambda proposal: None) if quiet else console.show_proposal, dry_run=dry_run),
        ledger=wiring.ledger,
        progress=console.ConsoleProgress(),
        on_judged=told,
    )
    report = pipeline.run(library, wiring.settings, parts, run=pipeline.run_name(started), now=now)
    if not quiet:
        console.show_report(report, str(wiring.settings.at_root(wiring.settings.forge.path)))
    return report


def index(wiring: Wiring, feeds: Sequence[Path] = ()) -> str:
    """Bring the index up to date; what it holds and lacks, in lines.

    ``feeds``: files (the arXiv metadata snapshot) that are searched for the abstracts of listed papers first.
    """
    library: Library = wiring.shelf.load()
    progress = console.ConsoleProgress()
    for source in wiring.sources(feeds, None, None, now()) if feeds else []:
        records = progress(source.records(lambda problem: None), f"reading {source.name}")
        wiring.archive.keep(record for record in records if record.id in library.papers)
    memory = wiring.memory(library.taxonomy.root.id)
    entries, notes = pipeline.index_entries(library, wiring.archive, progress)
    notes += memory.update(entries, taxonomy_sha(library.taxonomy), progress)
    lines = [*notes, f"{len(library.papers)} papers and {len(library.taxonomy.leaves)} classes in {memory.where}"]
    return "\n".join(lines)
