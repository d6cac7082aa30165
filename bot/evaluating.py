"""Porch: ``survey-bot evaluate``: reads the survey's past, has it judged, writes and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot import console, ids, prepare, running, texts
from bot.errors import DataError, SettingsError
from bot.files import write_atomically
from bot.models import Library, Record
from bot.ports import Memory, Progress, Reading
from bot.wiring import Wiring
from bot.yaml_format import taxonomy_sha

if TYPE_CHECKING:
    import numpy as np

    from bot.evaluate.folds import Month
    from bot.evaluate.inputs import Verdict
    from bot.evaluate.report import Evaluation, PlacementResult, ScopeResult
    from bot.evaluate.seams import Flow

T = TypeVar("T")

ROUNDS, QUICK_ROUNDS = 1000, 200
LEAST = 10
"""Papers with an abstract below which no figure means anything."""
FILES = "evaluation.json", "evaluation.html"


@dataclass(frozen=True)
class Ask:
    """What the command was asked: files of records, a listing and verdicts (see ``bot.evaluate.inputs``), the seed."""

    feeds: tuple[Path, ...] = ()
    listing: Path | None = None
    judged: Path | None = None
    seed: int = 0
    quick: bool = False

    @property
    def rounds(self) -> int:
        """Draws of the bootstrap."""
        return QUICK_ROUNDS if self.quick else ROUNDS


def evaluate(wiring: Wiring, ask: Ask, progress: Progress) -> Evaluation:
    """Judge the survey's past. Raises SurveyBotError when there is too little of it, or when a file is wrong."""
    from bot.evaluate import inputs
    from bot.evaluate.report import Evaluation

    days = _parsed(ask.listing, inputs.listing)
    verdicts = _parsed(ask.judged, inputs.verdicts)
    if days and not ask.feeds:
        raise SettingsError("a listing holds no abstracts", where="--listing", remedy="give their records with --feed")
    if verdicts and not days:
        raise SettingsError("verdicts need the listing of their papers", where="--judged", remedy="give --listing")
    past = _Past(wiring, ask, progress)
    months = past.months(days, verdicts) if days else []
    placement = past.placement()
    scope = past.scope(months, days, verdicts) if days else None
    return Evaluation(
        survey=past.library.taxonomy.root.name,
        seed=ask.seed,
        rounds=ask.rounds,
        embedder=past.memory.model,
        taxonomy=taxonomy_sha(past.library.taxonomy)[:12],
        targets=wiring.settings.lanes,
        notes=tuple(past.notes),
        placement=placement,
        scope=scope,
    )


def save(evaluation: Evaluation, folder: Path) -> tuple[Path, ...]:
    """Write the results and the page of pictures, each whole or not at all. Raises SettingsError."""
    from bot.evaluate.page import page

    contents = evaluation.model_dump_json(indent=1) + "\n", page(evaluation)
    files = tuple(folder / name for name in FILES)
    try:
        for file, content in zip(files, contents, strict=True):
            write_atomically(file, content.encode())
    except OSError as error:
        raise SettingsError(
            f"cannot be written ({error.strerror or error})", where=str(folder), remedy="give another folder with --out"
        ) from None
    return files


def show(evaluation: Evaluation) -> None:
    """The figures at a terminal: the bot with its intervals, the baselines beside it."""
    from rich.text import Text

    from bot.evaluate.report import PLACEMENT, SCOPE, rows

    out = console.output()
    for note in evaluation.notes:
        out.print(Text.assemble(("note: ", "yellow"), note))
    for result in evaluation.placement:
        _table(result, result.protocol, rows(result.methods, PLACEMENT))
    if evaluation.scope:
        scope = evaluation.scope
        _table(scope, "scope over time", rows(scope.methods, SCOPE, first=scope.first, weekly=scope.weekly))
        _lanes(scope)
    out.print("↓ less is better")


def _table(result: PlacementResult | ScopeResult, title: str, lines: Sequence[tuple[str, ...]]) -> None:
    from rich.table import Table

    ours, *others = (method.name for method in result.methods)
    table = Table("", f"{ours} (95%)", *others)
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lines:
        table.add_row(*line)
    console.output().print(f"\n[bold]{title}[/bold]: {result.told}")
    console.output().print(table)


def _lanes(scope: ScopeResult) -> None:
    from rich.table import Table

    from bot.evaluate.lanes import LANES, against_targets, lane_rows

    out = console.output()
    table = Table(*LANES)
    for column in table.columns[1:]:
        column.justify = "right"
    for line in lane_rows(scope.lanes):
        table.add_row(*line)
    out.print("\n[bold]the lanes over time[/bold]")
    out.print(table)
    for sentence in (*against_targets(scope.lanes), *scope.lanes.notes):
        out.print(sentence, markup=False, highlight=False)


def _parsed(file: Path | None, parse: Callable[[str, str], dict[str, T]]) -> dict[str, T]:
    if file is None:
        return {}
    try:
        return parse(file.read_text(encoding="utf-8"), str(file))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DataError(f"cannot be read: {reason}", where=str(file), remedy="give a file of tabs and lines") from None


@dataclass
class _Past:
    """The listed papers whose abstract is known, and the records of the feeds."""

    wiring: Wiring
    ask: Ask
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

    def months(self, days: Mapping[str, str], verdicts: Mapping[str, Verdict]) -> list[Month]:
        """The months of the listing that can be judged. Raises DataError when there is none."""
        from bot.evaluate import folds

        known = {paper: day for paper, day in days.items() if paper in self.records}
        found = folds.by_month(known, list(self.labels))
        if verdicts:  # elsewhere only listed papers would count as right
            found = [month for month in found if any(paper in verdicts for paper in month.arriving)]
        if not found:
            raise DataError(
                f"no month of it can be judged: {folds.LISTED} listed papers and part of the listing must come before"
                + (", and verdicts lie in it" if verdicts else ""),
                where=str(self.ask.listing),
                remedy="give a longer listing, and the records of its papers with --feed",
            )
        if len(known) < len(days):
            self.notes.append(f"{len(days) - len(known)} of {len(days)} papers of the listing are in no feed: left out")
        return found

    def placement(self) -> tuple[PlacementResult, ...]:
        """Placement with papers held out, and over time."""
        from bot.evaluate import baselines, folds, ours, placement
        from bot.evaluate.seams import Corpus

        corpus = Corpus(self.library.taxonomy, self._readings, self.labels)
        titles = {paper: self.library.papers[paper].title for paper in self.labels}
        groups = folds.same_paper(titles)
        asked = placement.Asked(corpus, titles, self.ask.seed, self.ask.rounds)
        predictors = {ours.NAME: ours.placement(corpus), **baselines.placements(corpus)}
        splits = (
            folds.cross_validation(groups, self._rng(), quick=self.ask.quick),
            folds.over_time(groups, quick=self.ask.quick),
        )
        if not splits[1]:
            self.notes.append(f"placement over time is left out: no month has {folds.HISTORY} papers before it")
        return tuple(
            placement.evaluate(asked, split, predictors, protocol, self.progress)
            for protocol, split in zip(placement.PROTOCOLS, splits, strict=True)
            if split
        )

    def scope(self, months: Sequence[Month], days: Mapping[str, str], verdicts: Mapping[str, Verdict]) -> ScopeResult:
        """Scope over time."""
        from bot.evaluate import baselines, folds, ours, scope
        from bot.scope import KeywordRule

        settings = self.wiring.settings
        rule = KeywordRule(settings.scope)
        papers = {paper for month in months for paper in (*month.arriving, *month.unlabelled)}
        records = {paper: texts.clean_record(self.records[paper])[0] for paper in days if paper in papers}
        candidates = [paper for paper, record in records.items() if not ours.ruled_out(record, rule)]
        asked = scope.Asked(
            {paper: record.title for paper, record in records.items()},
            self.labels,
            verdicts,
            folds.calendar_weeks(days[paper] for month in months for paper in month.arriving),
            settings.lanes,
            self.ask.seed,
            self.ask.rounds,
        )
        flow = self._flow({paper: records[paper] for paper in candidates})
        scorers = {ours.NAME: ours.scope(flow, self.library, settings), **baselines.scopes(flow, rule)}
        return scope.evaluate(asked, months, flow, scorers, self.progress)

    # --- their parts --------------------------------------------------------------------------------------------------

    def _read(self) -> dict[str, Record]:
        """The latest version of each paper of the feeds."""
        found: dict[str, Record] = {}
        problems: list[str] = []
        for source in self.wiring.sources(self.ask.feeds, None, None, running.now()) if self.ask.feeds else []:
            for record in self.progress(source.records(problems.append), f"reading {source.name}"):
                old = found.get(record.id)
                if old is None or (record.version or 0) >= (old.version or 0):
                    found[record.id] = record
        if problems:
            self.notes.append(f"{len(problems)} records of the feeds could not be read; the first: {problems[0]}")
        return found

    @cached_property
    def memory(self) -> Memory:
        """Holds the library, as in a run."""
        taxonomy = self.library.taxonomy
        memory = self.wiring.memory(taxonomy.root.id)
        entries, _ = prepare.index_entries(self.library, self.wiring.archive, self.progress)
        self.notes += memory.update(entries, taxonomy_sha(taxonomy), self.progress)
        return memory

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        """Of the listed papers that are judged, and of the classes."""
        papers, classes = self.memory.readings("paper"), self.memory.readings("class")
        return {paper: papers[paper] for paper in self.labels} | dict(classes)

    def _flow(self, candidates: Mapping[str, Record]) -> Flow:
        from bot.evaluate.seams import Flow

        new = [paper for paper in candidates if paper not in self.labels]
        statement = texts.scope_sentences(self.library.taxonomy.root)
        said = [statement, *(texts.record_sentences(candidates[paper]) for paper in new)]
        scope, *readings = self.memory.read(said, self.progress, "reading the listing")
        return Flow(self._readings | dict(zip(new, readings, strict=True)), scope, frozenset(candidates))

    def _rng(self) -> np.random.Generator:
        import numpy as np

        return np.random.default_rng(self.ask.seed)
