"""`survey-bot compare`, what another list of the same field has that this one lacks."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bot import compare, ids, importer, prepare, texts
from bot.commands import console
from bot.commands.wiring import Wiring
from bot.compare.wording import Found
from bot.judge import EmbeddedJudge
from bot.models import Judgement, Library, Record
from bot.phrases import count
from bot.ports import Past, Progress
from bot.scope import LEAST_SEEN, KeywordRule

_FLOW = 400
"""So many papers of earlier runs, or of feeds, are enough to tell the survey from the rest of arXiv."""
_NO_FLOW = (
    "too little is known of what else arXiv brings, so scope is judged against this list itself and says little: "
    "run the watch first, or give a --feed of a few weeks"
)


def run(wiring: Wiring, markdown: str, file: Path, feeds: Sequence[Path] = ()) -> Found:
    """Compare a list with this survey; missing papers of which arXiv tells are judged. Raises SurveyBotError.

    ``feeds``: files where abstracts are looked for first; a sample of them stands for the flow where no run was yet.
    """
    library, other = wiring.shelf.load(), importer.read_readme(markdown, file.name)
    comparison = compare.compare(library, other)
    wanted = [paper.id for paper in comparison.missing if ids.is_arxiv(paper.id)]
    asked = [*wanted, *(clash.ours for clash in comparison.clashes if ids.is_arxiv(clash.ours))]
    records, seen, notes, failed = _asked(wiring, library, asked, feeds)
    if not comparison.shared:
        notes.append(f"{file.name} and this survey have no paper in common: is it a list of the same field?")
    if other.unread:
        lost = count(len(other.unread), "row")
        notes.append(f"{lost} of {file.name} could not be read as a paper; survey-bot import tells which")
    cleaned = {key: texts.clean_record(record) for key, record in records.items()}
    silent = replace(wiring, offline=True, silence="arXiv failed") if failed else wiring  # and is not asked again
    early, judged, more = _judge(silent, library, {key: cleaned[key] for key in wanted if key in cleaned}, seen)
    fates = wiring.ledger.fates()
    return Found(
        comparison=comparison,
        held_out=compare.held_out(comparison, library, other),
        records={key: record for key, (record, _) in cleaned.items()},
        judged=judged,
        early=early,
        fates={paper.id: fates[paper.id] for paper in comparison.missing if paper.id in fates},
        notes=(*notes, *more),
        failed=failed,
        library=library,
        other=other,
    )


class _Asked(NamedTuple):
    """What arXiv says of papers, what else it brings, notes, and how it failed."""

    records: Mapping[str, Record]
    seen: Mapping[str, Record]
    notes: list[str]
    failed: str


def _asked(wiring: Wiring, library: Library, asked: Sequence[str], feeds: Sequence[Path]) -> _Asked:
    """Ask for these papers; and for the listed ones they are judged by, so that it is known here whether that fails."""
    progress = console.ConsoleProgress()
    seen = _read(wiring, feeds, {*asked, *library.papers}, progress)
    found = wiring.archive.find(asked, progress)
    notes = [found.problem] if found.problem and not found.failed else []
    last = wiring.archive.find(list(library.papers), progress) if found.records and not found.failed else found
    return _Asked(found.records, seen, notes, (last.problem or last.failed) if last.failed else "")


def _read(wiring: Wiring, feeds: Sequence[Path], keep: Collection[str], progress: Progress) -> dict[str, Record]:
    """Keep what feeds tell of these papers; what else would come past the cheap stage, as many as are learned from."""
    if not feeds:
        return {}
    rule, seen = KeywordRule(wiring.settings.scope), dict[str, Record]()
    for source in wiring.sources(feeds):
        kept = []
        for record in progress(source.records(lambda problem: None), f"reading {source.name}"):
            if record.id in keep:
                kept.append(record)
            elif rule.ruled_out(record) is None:
                seen[record.id] = texts.clean_record(record)[0]
        wiring.archive.keep(kept)
    step = max(1, math.ceil(len(seen) / _FLOW))
    return {key: seen[key] for key in sorted(seen)[::step]}


class _Reader(EmbeddedJudge):
    """Judges a list that people made: its papers are no part of arXiv's flow, and come once, not week by week."""

    listed_elsewhere: Collection[str] = ()

    def fit(self, past: Past) -> tuple[str, ...]:
        """As a run does, but what the survey is told from is what arXiv brings, not the other list."""
        flow = {key: reading for key, reading in past.seen.items() if key not in self.listed_elsewhere}
        if len(flow) >= LEAST_SEEN:
            return super().fit(replace(past, seen=flow, refused=set(past.refused) & set(flow), weeks=0.0))
        return (*super().fit(replace(past, weeks=0.0)), _NO_FLOW)


def _judge(
    wiring: Wiring, library: Library, cleaned: Mapping[str, tuple[Record, Sequence[str]]], seen: Mapping[str, Record]
) -> tuple[dict[str, str], dict[str, Judgement], list[str]]:
    """What the bot alone rules out early, what it judges, and notes."""
    judge = _Reader(library, wiring.settings)
    early = {key: why for key, (record, _) in cleaned.items() if (why := judge.ruled_out(record))}
    left = {key: one for key, one in cleaned.items() if key not in early}
    if not left:
        return early, {}, []
    judge.listed_elsewhere = set(left)
    fates, progress, memory = wiring.ledger.fates(), console.ConsoleProgress(), wiring.memory(library.taxonomy.root.id)
    enough = sum(fate.scope is not None for fate in fates.values()) >= _FLOW
    asked = [*(record for record, _ in left.values()), *(() if enough else seen.values())]
    ready = prepare.prepare(library, wiring.archive, memory, judge, fates, asked, progress)
    views = zip(left.items(), ready.readings, ready.near, strict=False)  # behind them come the seen ones
    judged = {key: judge.judge(record, reading, near, flags) for (key, (record, flags)), reading, near in views}
    return early, judged, ready.notes
