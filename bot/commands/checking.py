"""``survey-bot check --deep``: advice on what the data say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from bot import advice, ids, markdown, prepare, texts, titles
from bot.advice import Advice, Known, Learned, Mention
from bot.check import Problem
from bot.commands.wiring import Wiring
from bot.errors import DataError, EmbedderError, SourceError, VectorStoreError
from bot.models import Library, Record
from bot.ports import Found, Progress
from bot.yaml_format import taxonomy_sha

SEARCHES = 30
"""Titles that arXiv is searched for at once, each once or twice; of more, other ones every day."""
_SHOWN, _EVIDENCE = 10, 5
"""Pieces of a kind, and lines of evidence of a piece, that a terminal shows."""
_WIDTH = 220


class Deep(NamedTuple):
    """The lint of meaning: advice, what else could not be looked at, and how arXiv failed, if it did."""

    advice: list[Advice]
    notes: list[str]
    failed: str = ""


NOTHING = Deep([], [])
"""Where nobody asked for it."""


def deep(wiring: Wiring, feeds: Sequence[Path], progress: Progress) -> Deep:
    """Look at what the data say. Abstracts come from ``feeds`` and the cache first; arXiv is asked for the others.

    Data that cannot be read are a note: the lint of form tells what is wrong with them. Raises SurveyBotError where a
    feed cannot be read.
    """
    try:
        library = wiring.shelf.load().under_current_ids()
    except DataError as error:
        return Deep([], [f"no advice: {error}"])
    titled = _feeds(wiring, library, feeds, progress)
    found = wiring.archive.find([paper for paper in library.papers if ids.is_arxiv(paper)], progress)
    records = {key: texts.clean_record(record)[0] for key, record in found.records.items()}
    mentions, notes = _mentions(wiring)
    learned, more = _learned(wiring, library, found, progress)
    known = Known(library, records, found.unknown, titled, tuple(mentions), learned)
    failed = found.failed
    if not wiring.offline and not failed:
        searched, failed, told = _searched(wiring, known, progress)
        known, more = replace(known, titled=searched), [*more, *told]
    if found.problem and not found.unknown.issuperset(_missing(library, found)):
        if failed and failed in found.problem:
            failed = found.problem  # it says how many were missed, too
        else:
            notes.append(found.problem)
    notes += [*advice.unknown_classes(known), *more, *wiring.archive.notes]
    return Deep(advice.advise(known), list(dict.fromkeys(notes)), failed)


# --- what is known ---------------------------------------------------------------------------------------------------


def _feeds(
    wiring: Wiring, library: Library, feeds: Sequence[Path], progress: Progress
) -> dict[str, tuple[Record, ...]]:
    """Keep the listed papers of the feeds; and find others that have the title of a listed one."""
    called: dict[str, list[str]] = {}
    for paper in library.papers.values():
        for title in {titles.normal(paper.title), titles.normal(titles.tail(paper.title))}:
            called.setdefault(title, []).append(paper.id)
    found: dict[str, tuple[Record, ...]] = {}

    def listed(records: Iterator[Record]) -> Iterator[Record]:
        for record in records:
            for key in called.get(titles.normal(record.title), ()):
                found[key] = (*found.get(key, ()), texts.clean_record(record)[0])
            if record.id in library.papers:
                yield record

    for source in wiring.sources(feeds):
        wiring.archive.keep(listed(progress(source.records(lambda problem: None), f"reading {source.name}")))
    return found


def _mentions(wiring: Wiring) -> tuple[list[Mention], list[str]]:
    """What the survey's own text says of methods, if the maintainers have written it down."""
    file = wiring.shelf.folder / advice.MENTIONS
    try:
        return advice.parse(file.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        return [], []
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        return [], [f"{advice.MENTIONS} cannot be read: {reason}; write it as a file of tabs and lines"]


def _learned(wiring: Wiring, library: Library, found: Found, progress: Progress) -> tuple[Learned | None, list[str]]:
    """What the bot learns from the list, as in a run; None and why, where it cannot."""
    from bot.classify.placement import Placement

    taxonomy = library.taxonomy
    if not taxonomy.paths:
        return None, ["no advice on classes: there is none; add one below `children:` of the survey"]
    try:
        memory = wiring.memory(taxonomy.root.id)
        entries, _ = prepare.index_entries(library, found)
        notes = memory.update(entries, taxonomy_sha(taxonomy), progress)
        papers, classes = memory.readings("paper"), memory.readings("class")
    except (EmbedderError, VectorStoreError) as error:
        return None, [f"no advice on classes: {error}"]
    placement = Placement(list(taxonomy.paths))
    placement.fit(classes, papers, {key: paper.labels for key, paper in library.papers.items()})
    return Learned(papers, classes, placement), [*notes, *memory.notes]


def _searched(
    wiring: Wiring, known: Known, progress: Progress
) -> tuple[Mapping[str, tuple[Record, ...]], str, list[str]]:
    """Where arXiv has the titles whose id is in doubt; why it failed, if it did; and what was not asked."""
    wanted = [key for key in advice.unsure(known) if not known.elsewhere(known.library.papers[key])]
    start = datetime.now(UTC).toordinal() * SEARCHES % len(wanted) if len(wanted) > SEARCHES else 0
    asked = (wanted[start:] + wanted[:start])[:SEARCHES]
    left = len(wanted) - len(asked)
    notes = [f"arXiv was not searched for the titles of {left} more papers; another day it is"] if left else []
    found = dict(known.titled)
    try:
        for key in progress(asked, "searching titles", len(asked)):
            found[key] = _elsewhere(wiring, known.library.papers[key].title)
    except SourceError as error:
        return found, str(error), notes
    return found, "", notes


def _elsewhere(wiring: Wiring, title: str) -> tuple[Record, ...]:
    """What arXiv has under a title; or under it without the name in front. Raises SourceError."""
    for asked in dict.fromkeys((title, titles.tail(title))):
        records = [texts.clean_record(record)[0] for record in wiring.arxiv.titled(asked)]
        if any(titles.alike(title, record.title) >= advice.CLOSE for record in records):
            return tuple(records)
    return ()


def _missing(library: Library, found: Found) -> set[str]:
    return {paper for paper in library.papers if ids.is_arxiv(paper) and paper not in found.records}


# --- how it is shown -------------------------------------------------------------------------------------------------


def lines(found: Deep) -> Iterator[str]:
    """The advice for a terminal: of each kind the weightiest pieces, with their evidence; then the notes."""
    pieces = f"{len(found.advice)} pieces" if len(found.advice) != 1 else "1 piece"
    yield f"{pieces} of advice; none is an error, the number is how much each deserves a look"
    for kind, some in groupby(found.advice, key=lambda one: one.kind):
        group = list(some)
        yield f"\n{advice.KINDS[kind]} ({len(group)})"
        for one in group[:_SHOWN]:
            yield f"  {one.weight:.2f}  {one.sentence}"
            yield from (f"        {markdown.shortened(said, _WIDTH)}" for said in one.evidence[:_EVIDENCE])
        if len(group) > _SHOWN:
            yield f"  … and {len(group) - _SHOWN:,} more, which --json tells"
    if found.notes:
        yield ""
    yield from (f"note: {note}" for note in found.notes)


def as_json(problems: Sequence[Problem], found: Deep) -> dict[str, Any]:
    """What both lints found, for programs; without the deep one the rest is empty."""
    return {
        "problems": [problem._asdict() for problem in problems],
        "advice": [one._asdict() for one in found.advice],
        "notes": found.notes,
        "failed": found.failed or None,
    }
