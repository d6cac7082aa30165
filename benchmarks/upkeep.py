"""What upkeep finds of what maintainers changed by hand, and what a refresh of a thousand papers takes.

The survey's README of 2025-11-13 is read as the list, the records of the data stand for arXiv, and what is found is
held against what the maintainers really changed until 2026-06-23. The records have titles and abstracts, but no
comments and no journal references: the venues that arXiv knows cannot be seen here.

.venv/bin/python -m benchmarks.upkeep --data ../shared
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.common import abstracts, arguments, machine, quiet, table
from bot import addresses, importer, texts, upkeep, venues
from bot.adapters.archive import RecordArchive
from bot.adapters.arxiv.api import ArxivApi
from bot.adapters.polite import PoliteSession
from bot.advice import Known, advise
from bot.changes import LINKS, Change
from bot.models import Library, Paper, Record
from bot.pipeline.refreshing import Sources, look
from bot.settings import Watch
from bot.titles import normal
from tests import arxiv_server
from tests.arxiv_server import Preprint

BEFORE, AFTER = "README-2025-11-13.md", "README-2026-06-23.md"
PAPERS = 1000
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def main() -> None:
    """Print both tables."""
    options = arguments(__doc__ or "")
    print(machine())
    before, after = (
        importer.read_readme((options.data / "survey" / name).read_text(encoding="utf-8"), name)
        for name in (BEFORE, AFTER)
    )
    old, new = before.papers, after.papers
    wanted = {*old, *new}
    known = {one["id"]: one for one in abstracts(options.data) if one["id"] in wanted}
    records = {key: Record(id=key, title=one["title"], abstract=one["abstract"]) for key, one in known.items()}
    found = {key: _changes(paper, records.get(key)) for key, paper in old.items()}
    _against_maintainers(old, new, found)
    _titles_advised(Library(taxonomy=before.taxonomy, papers=old), new, records)
    _thousand()


def _changes(paper: Paper, record: Record | None) -> list[Change]:
    clean = record and texts.clean_record(record)[0]
    return [one for one in upkeep.found(paper, clean) if isinstance(one, Change)]


def _against_maintainers(old: Mapping[str, Paper], new: Mapping[str, Paper], found: Mapping[str, list[Change]]) -> None:
    """Row by row what they changed of papers that both lists have."""
    both = [key for key in old if key in new]
    rows = []
    for key in ("venue", "year", "title", *LINKS):
        theirs = {paper for paper in both if _differs(key, old[paper], new[paper])}
        ours = {paper for paper in both if any(change.key == key for change in found[paper])}
        same = {paper for paper in theirs & ours if _agrees(key, new[paper], found[paper])}
        rows.append(
            (key, len(theirs), len(same), len(theirs - ours), len(ours - theirs), ", ".join(sorted(ours - theirs)))
        )
    print(f"{len(old)} papers then, {len(new)} papers now, {len(both)} in both")
    table(["what", "changed by hand", "found alike", "not found", "found, not changed by hand", "which"], rows)
    for key in ("title", *LINKS):
        for paper in both:
            if _differs(key, old[paper], new[paper]):
                said = [change.new for change in found[paper] if change.key == key]
                print(f"  {key} {paper}: {_shown(getattr(new[paper], key))} | found {said or '-'}")


def _titles_advised(library: Library, new: Mapping[str, Paper], records: Mapping[str, Record]) -> None:
    """Of the titles they changed, those that `check --deep` names; and those it names besides."""
    clean = {key: texts.clean_record(records[key])[0] for key in library.papers if key in records}
    told = {one.papers[0] for one in advise(Known(library, clean)) if one.kind == "changed-title"}
    theirs = {key for key, paper in library.papers.items() if key in new and _differs("title", paper, new[key])}
    besides = ", ".join(sorted(told - theirs)) or "none"
    print(f"titles told by check --deep: {len(theirs & told)} of {len(theirs)} changed; besides: {besides}")


def _differs(key: str, before: Paper, after: Paper) -> bool:
    if key == "title":
        return normal(before.title) != normal(after.title)
    if key == "venue":
        return not venues.same(before.venue, after.venue)
    if key in LINKS:
        now = [link.url for link in getattr(before, key)]
        return any(not any(addresses.same(link.url, url) for url in now) for link in getattr(after, key))
    return bool(getattr(before, key) != getattr(after, key))


def _agrees(key: str, after: Paper, changes: list[Change]) -> bool:
    said = [change.new for change in changes if change.key == key]
    if key == "title":
        return normal(said[0]) == normal(after.title)
    if key in LINKS:
        return any(addresses.same(said[0], link.url) for link in getattr(after, key))
    return said[0] == str(getattr(after, key))


def _shown(value: object) -> object:
    return [link.url for link in value] if isinstance(value, tuple) else value


def _thousand() -> None:
    """A refresh of a thousand invented papers against a local arXiv: seconds, requests, changes."""
    os.environ["NO_PROXY"] = "*"
    papers = {}
    preprints = []
    root = importer.read_readme(
        "# Bread\n\n## A\n\n### B\n\n| Year | Venue | Paper |\n|-|-|-|\n"
        "| 2025 | arXiv | [Crumb](https://arxiv.org/abs/2504.00000) |\n"
    ).taxonomy
    label = root.leaves[0].id
    for number in range(PAPERS):
        key = f"2504.{number:05}"
        papers[key] = Paper(id=key, title=f"Loaf number {number}", year=2025, venue="arXiv", labels=(label,))
        comment = f"Accepted to {'CoRL 2025' if number % 3 else 'IROS 2025'}. 8 pages." if number % 2 else "8 pages"
        preprints.append(Preprint(key, title=f"Loaf number {number}", summary="We bake bread. " * 60, comment=comment))
    library = Library(taxonomy=root, papers=papers)
    with arxiv_server.serve(*preprints) as server, tempfile.TemporaryDirectory() as folder:
        rows = []
        for name in ("cold cache", "warm cache"):
            api = ArxivApi(Watch(api=server.url), session=PoliteSession("", delay=0.0))
            asked, began = len(server.asked), time.perf_counter()
            sighting = look(library, Sources(RecordArchive(Path(folder), api.fetch), quiet), lambda: NOW)
            seconds, requests = time.perf_counter() - began, len(server.asked) - asked
            rows.append(
                (name, sighting.papers, len(sighting.changes), requests, f"{seconds:.1f}", f"{3 * (requests - 1):.0f}")
            )
    table(["refresh", "papers", "changes", "requests", "seconds", "seconds of pauses at arXiv's pace"], rows)


if __name__ == "__main__":
    main()
