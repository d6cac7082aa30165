"""A survey's own past, as it is evaluated: listed papers whose abstract is known, and the records of feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot import ids, prepare, texts
from bot.commands.wiring import Wiring
from bot.errors import DataError
from bot.models import Library, Record
from bot.ports import Memory, Progress, Reading
from bot.yaml_format import taxonomy_sha

if TYPE_CHECKING:
    from bot.evaluate.folds import Fold
    from bot.evaluate.opinions import Question
    from bot.evaluate.seams import Corpus, Flow

LEAST = 10
"""Papers with an abstract below which no figure means anything."""


@dataclass
class SurveyPast:
    """``feeds``: files of records. Raises SurveyBotError when there is too little of a past, or when a file is wrong.

    ``labels``: the leaves of every paper that can be judged. ``notes``: what was left out, one sentence each.
    """

    wiring: Wiring
    feeds: Sequence[Path]
    progress: Progress
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.library: Library = self.wiring.shelf.load().under_current_ids()
        if not self.library.taxonomy.paths:
            raise DataError(
                "there is no class", where="taxonomy.yaml", remedy="add one below `children:` of the survey"
            )
        self.feed = self._read()
        archive, papers = self.wiring.archive, self.library.papers
        archive.keep(record for record in self.feed.values() if record.id in papers)
        found = archive.find([paper for paper in papers if ids.is_arxiv(paper)], self.progress)
        self.records = {**self.feed, **found.records}
        leaves = self.library.taxonomy.paths
        self.labels = {
            paper.id: tuple(label for label in paper.labels if label in leaves)
            for paper in papers.values()
            if paper.id in found.records and any(label in leaves for label in paper.labels)
        }
        if len(self.labels) < LEAST:
            raise DataError(
                f"{len(self.labels)} of {len(papers)} listed papers have an abstract and a class; evaluating takes "
                f"{LEAST}" + (f" ({found.problem})" if found.problem else ""),
                where=str(self.wiring.shelf.folder),
                remedy="give their records with --feed, or run without --offline",
            )
        if len(self.labels) < len(papers):
            out = [paper for paper in papers if paper not in self.labels]
            which = f"{', '.join(out[:5])}{' …' if len(out) > 5 else ''}"
            self.notes.append(f"{len(out)} of {len(papers)} listed papers are left out, without an abstract: {which}")

    @cached_property
    def titles(self) -> dict[str, str]:
        """Of the papers that can be judged."""
        return {paper: self.library.papers[paper].title for paper in self.labels}

    @cached_property
    def groups(self) -> dict[str, str]:
        """Which of them are the same paper."""
        from bot.evaluate import folds

        return folds.same_paper(self.titles)

    @cached_property
    def memory(self) -> Memory:
        """Holds the library, as in a run."""
        taxonomy = self.library.taxonomy
        memory = self.wiring.memory(taxonomy.root.id)
        entries, _ = prepare.index_entries(
            self.library, self.wiring.archive.find(list(self.library.papers), self.progress)
        )
        self.notes += memory.update(entries, taxonomy_sha(taxonomy), self.progress)
        return memory

    @cached_property
    def readings(self) -> dict[str, Reading]:
        """Of the listed papers that are judged, and of the classes."""
        papers, classes = self.memory.readings("paper"), self.memory.readings("class")
        return {paper: papers[paper] for paper in self.labels} | dict(classes)

    @cached_property
    def corpus(self) -> Corpus:
        """What placement is judged on."""
        from bot.evaluate.seams import Corpus

        return Corpus(self.library.taxonomy, self.readings, self.labels)

    def flow(self, candidates: Mapping[str, Record]) -> Flow:
        """What scope is judged on: these records (cleaned), which the cheap stage does not rule out."""
        from bot.evaluate.seams import Flow

        new = [paper for paper in candidates if paper not in self.labels]
        statement = texts.scope_sentences(self.library.taxonomy.root)
        said = [statement, *(texts.record_sentences(candidates[paper]) for paper in new)]
        scope, *readings = self.memory.read(said, self.progress, "reading the listing")
        return Flow(self.readings | dict(zip(new, readings, strict=True)), scope, frozenset(candidates))

    def held_out(self, seed: int = 0, *, quick: bool = False) -> list[Fold]:
        """The folds of placement with papers held out."""
        import numpy as np

        from bot.evaluate import folds

        return folds.cross_validation(self.groups, np.random.default_rng(seed), quick=quick)

    def questions(self, split: Sequence[Fold]) -> list[Question]:
        """What a run would ask a language model about every held-out paper."""
        from bot.evaluate import opinions

        settings, progress = self.wiring.settings, self.progress
        return [
            question
            for fold in progress(split, "judging papers held out", len(split))
            for question in opinions.questions(self.corpus, self.library, self.records, settings, fold)
        ]

    def _read(self) -> dict[str, Record]:
        """The latest version of each paper of the feeds."""
        found: dict[str, Record] = {}
        problems: list[str] = []
        for source in self.wiring.sources(self.feeds):
            for record in self.progress(source.records(problems.append), f"reading {source.name}"):
                old = found.get(record.id)
                if old is None or (record.version or 0) >= (old.version or 0):
                    found[record.id] = record
        if problems:
            self.notes.append(f"{len(problems)} records of the feeds could not be read; the first: {problems[0]}")
        return found
