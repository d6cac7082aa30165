"""``survey-bot evaluate``: has the survey's past judged, writes and shows what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot import texts
from bot.commands import advising, console
from bot.commands.past import SurveyPast
from bot.commands.wiring import Wiring
from bot.errors import DataError, SettingsError
from bot.files import write_atomically
from bot.ports import Progress
from bot.yaml_format import taxonomy_sha

if TYPE_CHECKING:
    from bot.evaluate.folds import Fold, Month
    from bot.evaluate.inputs import Verdict
    from bot.evaluate.report import Evaluation, LlmResult, PlacementResult, ScopeResult
    from bot.evaluate.seams import Predict

T = TypeVar("T")

ROUNDS, QUICK_ROUNDS = 1000, 200
FILES = "evaluation.json", "evaluation.html"


@dataclass(frozen=True)
class Ask:
    """What the command was asked: files of records, a listing and verdicts (see ``bot.evaluate.inputs``), the seed."""

    feeds: tuple[Path, ...] = ()
    listing: Path | None = None
    judged: Path | None = None
    seed: int = 0
    quick: bool = False
    llm: str | None = None
    """The language model that is asked; empty: that of the settings; None: none is."""

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
    past = SurveyPast(wiring, ask.feeds, progress)
    months = _months(past, ask, days, verdicts) if days else []
    placement, llm = _placement(past, ask)
    scope = _scope(past, ask, months, days, verdicts) if days else None
    return Evaluation(
        survey=past.library.taxonomy.root.name,
        seed=ask.seed,
        rounds=ask.rounds,
        embedder=past.memory.model,
        taxonomy=taxonomy_sha(past.library.taxonomy)[:12],
        targets=wiring.settings.lanes,
        notes=tuple(past.notes),
        placement=placement,
        llm=llm,
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
        for sentence in evaluation.llm.told if evaluation.llm and result is evaluation.placement[0] else ():
            out.print(sentence, markup=False, highlight=False)
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


def _months(past: SurveyPast, ask: Ask, days: Mapping[str, str], verdicts: Mapping[str, Verdict]) -> list[Month]:
    """The months of the listing that can be judged. Raises DataError when there is none."""
    from bot.evaluate import folds

    known = {paper: day for paper, day in days.items() if paper in past.records}
    found = folds.by_month(known, list(past.labels))
    if verdicts:  # elsewhere only listed papers would count as right
        found = [month for month in found if any(paper in verdicts for paper in month.arriving)]
    if not found:
        raise DataError(
            f"no month of it can be judged: {folds.LISTED} listed papers and part of the listing must come before"
            + (", and verdicts lie in it" if verdicts else ""),
            where=str(ask.listing),
            remedy="give a longer listing, and the records of its papers with --feed",
        )
    if len(known) < len(days):
        past.notes.append(f"{len(days) - len(known)} of {len(days)} papers of the listing are in no feed: left out")
    return found


def _placement(past: SurveyPast, ask: Ask) -> tuple[tuple[PlacementResult, ...], LlmResult | None]:
    """Placement with papers held out, with a language model too if one is asked; and over time."""
    from bot.evaluate import baselines, folds, ours, placement

    corpus = past.corpus
    asked = placement.Asked(corpus, past.titles, ask.seed, ask.rounds)
    predictors = {ours.NAME: ours.placement(corpus), **baselines.placements(corpus)}
    held_out = past.held_out(ask.seed, quick=ask.quick and ask.llm is None)  # other folds would be other prompts
    over_time = folds.over_time(past.groups, quick=ask.quick)
    if not over_time:
        past.notes.append(f"placement over time is left out: no month has {folds.HISTORY} papers before it")
    advised, llm = _advised(past, ask.llm, held_out) if ask.llm is not None else ({}, None)
    with_it = {ours.NAME: predictors[ours.NAME], **advised, **predictors}
    found = placement.evaluate(asked, held_out, with_it, placement.HELD_OUT, past.progress)
    if not over_time:
        return (found,), llm
    return (found, placement.evaluate(asked, over_time, predictors, placement.OVER_TIME, past.progress)), llm


def _advised(past: SurveyPast, name: str, split: Sequence[Fold]) -> tuple[dict[str, Predict], LlmResult]:
    """A language model's placements of the papers that these folds hold out."""
    from bot.evaluate import opinions

    model = past.wiring.llm.asked(name)
    questions = past.questions(split)
    heard = advising.ask(
        model, [one.case for one in questions], opinions.STEPS, past.wiring.settings.llm, past.progress
    )
    past.notes += model.notes
    answers = {
        one.paper: opinions.Answered(one.judgement, opinion, past.labels[one.paper])
        for one, opinion in zip(questions, heard, strict=True)
    }
    return opinions.predictors(answers), opinions.result(model.name, answers, model.kept)


def _scope(
    past: SurveyPast, ask: Ask, months: Sequence[Month], days: Mapping[str, str], verdicts: Mapping[str, Verdict]
) -> ScopeResult:
    """Scope over time."""
    from bot.evaluate import baselines, folds, ours, scope
    from bot.scope import KeywordRule

    settings = past.wiring.settings
    rule = KeywordRule(settings.scope)
    papers = {paper for month in months for paper in (*month.arriving, *month.unlabelled)}
    records = {paper: texts.clean_record(past.records[paper])[0] for paper in days if paper in papers}
    candidates = [paper for paper, record in records.items() if not ours.ruled_out(record, rule)]
    asked = scope.Asked(
        {paper: record.title for paper, record in records.items()},
        past.labels,
        verdicts,
        folds.calendar_weeks(days[paper] for month in months for paper in month.arriving),
        settings.lanes,
        ask.seed,
        ask.rounds,
    )
    flow = past.flow({paper: records[paper] for paper in candidates})
    scorers = {ours.NAME: ours.scope(flow, past.library, settings), **baselines.scopes(flow, rule)}
    return scope.evaluate(asked, months, flow, scorers, past.progress)
