"""Gets a judge ready: reads what is listed, what was seen and what is asked, and has it learn from that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from bot import ids, texts
from bot.fates import Fate, State
from bot.models import Library, Record
from bot.ports import Archive, Entry, Found, Judge, Memory, Neighbour, Past, Progress, Reading
from bot.vectors import pooled
from bot.watch import weeks
from bot.yaml_format import taxonomy_sha

_FLOW = 1500
"""So many of the papers that earlier runs judged are learned from."""


def index_entries(library: Library, found: Found) -> tuple[list[Entry], list[str]]:
    """What the memory holds of a library: every listed paper and every class; and notes on the abstracts it lacks.

    ``found`` is what the archive has of its papers.
    """
    notes = [f"{found.problem}; these papers are known by title and note only"] if found.problem else []
    records = {paper: texts.clean_record(record)[0] for paper, record in found.records.items()}
    papers = [
        Entry(paper.id, "paper", texts.paper_sentences(paper, records.get(paper.id)), paper.labels)
        for paper in library.papers.values()
    ]
    classes = [Entry(label, "class", texts.class_sentences(path)) for label, path in library.taxonomy.paths.items()]
    return papers + classes, notes


class Prepared(NamedTuple):
    """A fitted judge's view of some papers, in their order, and what the operator should know."""

    readings: list[Reading]
    near: list[list[Neighbour]]
    notes: list[str]
    lacking: list[str]
    """Those of the notes that a reviewer should know too: listed papers whose abstract is missing."""


def prepare(
    library: Library,
    archive: Archive,
    memory: Memory,
    judge: Judge,
    fates: Mapping[str, Fate],
    asked: Sequence[Record],
    progress: Progress,
) -> Prepared:
    """Read the ``asked`` papers (cleaned) and fit the judge to the survey, its flow and what people refused.

    The flow are the papers of earlier runs that came past the cheap stage, the latest of them, and the asked ones.
    Raises SurveyBotError.
    """
    entries, lacking = index_entries(library, archive.find(list(library.papers), progress))
    notes = memory.update(entries, taxonomy_sha(library.taxonomy), progress)
    before, refused, missing = _flow(library, archive, fates, progress)
    flow = before | {record.id: record for record in asked}
    notes += missing
    statement = texts.scope_sentences(library.taxonomy.root)
    scope, *readings = memory.read([statement, *map(texts.record_sentences, flow.values())], progress, "reading")
    seen = dict(zip(flow, readings, strict=True))
    days = [day for record in flow.values() if (day := record.published or record.updated)]
    past = Past(memory.readings("paper"), memory.readings("class"), scope, seen, refused & set(seen), weeks(days))
    notes += [note for note in memory.notes if note not in notes]
    notes += judge.fit(past)
    own = [seen[record.id] for record in asked]
    near = memory.nearest(np.array([pooled(reading) for reading in own]), judge.neighbours)
    return Prepared(own, near, notes, lacking)


def _flow(
    library: Library, archive: Archive, fates: Mapping[str, Fate], progress: Progress
) -> tuple[dict[str, Record], set[str], list[str]]:
    """Unlisted papers of earlier runs, cleaned; which of them people refused; and a note when some could not be had."""
    unlisted = {paper: fate for paper, fate in fates.items() if paper not in library.papers and ids.is_arxiv(paper)}
    refused = {paper for paper, fate in unlisted.items() if fate.state is State.REJECTED}
    judged = sorted((paper for paper, fate in unlisted.items() if fate.scope is not None), key=ids.sort_key)[-_FLOW:]
    found = archive.find(list(dict.fromkeys([*judged, *sorted(refused)])), progress)
    notes = [f"{found.problem}; what is in scope is learned from fewer papers of earlier runs"] if found.problem else []
    return {paper: texts.clean_record(record)[0] for paper, record in found.records.items()}, refused, notes
