"""Scope over time: each month's papers scored by what was known before it, and read in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evaluate import metrics
from bot.evaluate.folds import Month
from bot.evaluate.inputs import Verdict
from bot.evaluate.lanes import lanes
from bot.evaluate.metrics import Bools, Floats
from bot.evaluate.report import SCOPE, Bin, Method, MonthFigures, Point, Read, ScopeResult, Value, reliability
from bot.evaluate.seams import Flow, Score, Scored, Scores
from bot.models import Lane
from bot.ports import Progress
from bot.settings import Lanes

FIRST = 50
"""The first papers of the list are looked at closely."""
BELONGS = "in"


@dataclass(frozen=True)
class Asked:
    """Papers with ``labels`` are listed and belong, and so do those that both annotators call ``in``.

    ``weeks``: how long the months were. ``targets``: of the lanes; the reading budget is their ``weekly`` papers.
    """

    titles: Mapping[str, str]
    labels: Mapping[str, Sequence[str]]
    verdicts: Mapping[str, Verdict]
    weeks: int
    targets: Lanes
    seed: int
    rounds: int

    def belongs(self, paper: str) -> bool:
        """The truth of the evaluation."""
        return paper in self.labels or self.verdicts.get(paper) == (BELONGS, BELONGS)

    @property
    def budget(self) -> int:
        """Papers that can be read in all weeks."""
        return self.targets.weekly * self.weeks


class Papers:
    """The papers of all months, in their order, as arrays (papers,): whether they belong, and are not ruled out."""

    def __init__(self, asked: Asked, months: Sequence[Month], flow: Flow) -> None:
        self.ids = [paper for month in months for paper in month.arriving]
        self.belongs: Bools = np.array([asked.belongs(paper) for paper in self.ids])
        self.passed: Bools = np.array([paper in flow.candidates for paper in self.ids])


def evaluate(
    asked: Asked, months: Sequence[Month], flow: Flow, scorers: Mapping[str, Score], progress: Progress
) -> ScopeResult:
    """Run every scorer over the months; the first one is the bot."""
    papers = Papers(asked, months, flow)
    found = {
        name: [score(month) for month in progress(months, f"scope: {name}", len(months))]
        for name, score in scorers.items()
    }
    scores = {name: _together(months, its) for name, its in found.items()}
    ours, lines = next(iter(scores.values())), next(iter(found.values()))
    ranking = _ranking(asked, months, lines)
    first = ranking[: min(FIRST, len(papers.ids))]
    belong = [paper for paper, right in zip(papers.ids, papers.belongs, strict=True) if right]
    return ScopeResult(
        told=_told(months, len(belong)),
        papers=len(papers.ids),
        right=len(belong),
        candidates=int(papers.passed.sum()),
        lost=int((papers.belongs & ~papers.passed).sum()),
        first=FIRST,
        unjudged_first=sum(not one.belongs and not one.judged for one in first),
        weekly=asked.targets.weekly,
        budget=asked.budget,
        methods=tuple(_method(name, its, papers, asked) for name, its in scores.items()),
        reliability=_bins(ours, papers),
        curves={name: _curve(its, papers.belongs) for name, its in scores.items()},
        lanes=lanes(months, lines, belong, asked.labels, asked.targets, asked.weeks),
        months=_by_month(months, lines, ours, papers.belongs),
        ranking=ranking,
    )


def _told(months: Sequence[Month], right: int) -> str:
    papers = sum(len(month.arriving) for month in months)
    span = " to ".join(dict.fromkeys([months[0].name, months[-1].name]))
    return (
        f"{papers} papers announced in {span}, of which {right} belong; each month scored by what was known before it"
    )


def _together(months: Sequence[Month], scores: Sequence[Scores]) -> Floats:
    """Scores of different months in one list: probabilities, but for months before 20 papers were listed."""
    return np.array(
        [
            its.papers.get(paper, Scored(0.0)).score
            for month, its in zip(months, scores, strict=True)
            for paper in month.arriving
        ]
    )


def _gap(scores: Floats, papers: Papers, weight: Floats) -> float:
    """Calibration error of the scores; what was ruled out would hide any fault in a heap of zeros."""
    count = metrics.bins_for(int(papers.passed.sum()))
    scores, right, weight = (values[papers.passed] for values in (scores, papers.belongs.astype(float), weight))
    return metrics.calibration_error(metrics.equal_mass(scores, right, count, weight)) if weight.sum() else float("nan")


def _bins(scores: Floats, papers: Papers) -> tuple[Bin, ...]:
    """Of equal width: in bins of equal mass, those few papers that could belong would all lie in one."""
    if not papers.passed.any():
        return ()
    return reliability(metrics.equal_width(scores[papers.passed], papers.belongs[papers.passed].astype(float)))


def measures(scores: Floats, papers: Papers, budget: int, weight: Floats) -> dict[str, float]:
    """Every measure, each paper counting so often."""
    curve = metrics.reading(scores, papers.belongs, weight)
    found = {
        "average_precision": metrics.average_precision(curve),
        "right_first": metrics.found_after(curve, FIRST) / min(FIRST, curve.read[-1]),
        "recall_budget": metrics.recall_after(curve, budget),
        "read_95": metrics.read_for(curve) / curve.read[-1],
        "wss_95": metrics.work_saved(curve),
        "ece": _gap(scores, papers, weight),
    }
    return {name: found[name] for name in SCOPE}


def _method(name: str, scores: Floats, papers: Papers, asked: Asked) -> Method:
    count = len(papers.ids)
    rng = np.random.default_rng(asked.seed)  # the same draws for every method
    low, high = metrics.bootstrap(
        lambda weight: np.array(list(measures(scores, papers, asked.budget, weight).values())), count, rng, asked.rounds
    )
    found = measures(scores, papers, asked.budget, np.ones(count))
    return Method(
        name=name,
        values={
            key: Value(value=_known(value), low=_known(float(least)), high=_known(float(most)))
            for (key, value), least, most in zip(found.items(), low, high, strict=True)
        },
    )


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value


def _curve(scores: Floats, truth: Bools) -> tuple[Point, ...]:
    """The corners only: where a paper that belongs is found."""
    curve = metrics.reading(scores, truth)
    step = np.diff(curve.found, prepend=-1, append=-1) != 0
    keep = step[:-1] | step[1:]  # both ends of every flat stretch
    return tuple(Point(x=x, y=y) for x, y in zip(curve.read[keep], curve.found[keep], strict=True))


def _by_month(
    months: Sequence[Month], scores: Sequence[Scores], together: Floats, truth: Bools
) -> tuple[MonthFigures, ...]:
    ends = np.cumsum([len(month.arriving) for month in months])[:-1]
    parts = np.split(together, ends), np.split(truth, ends)
    return tuple(map(_month, months, scores, *parts))


def _month(month: Month, its: Scores, scores: Floats, belongs: Bools) -> MonthFigures:
    went = [its.papers.get(paper, Scored(0.0)).lane for paper in month.arriving]
    return MonthFigures(
        month=month.name,
        papers=len(month.arriving),
        right=int(belongs.sum()),
        known=len(month.listed),
        average_precision=_known(metrics.average_precision(metrics.reading(scores, belongs))),
        proposed=went.count(Lane.PROPOSE),
        asked=went.count(Lane.ASK),
        missed=sum(right and lane in (Lane.SKIP, None) for lane, right in zip(went, belongs, strict=True)),
        ask=its.lines.ask if its.lines else None,
        propose=its.lines.propose if its.lines else None,
    )


def _ranking(asked: Asked, months: Sequence[Month], scores: Sequence[Scores]) -> tuple[Read, ...]:
    lines = []
    for month, its in zip(months, scores, strict=True):
        for paper in month.arriving:
            scored = its.papers.get(paper, Scored(0.0))
            lines.append(
                Read(
                    id=paper,
                    title=asked.titles[paper],
                    month=month.name,
                    score=scored.score,
                    belongs=asked.belongs(paper),
                    listed=paper in asked.labels,
                    judged="/".join(asked.verdicts.get(paper, ())),
                    lane=scored.lane,
                )
            )
    return tuple(
        sorted((line for line in lines if line.score or line.belongs), key=lambda line: (-line.score, line.id))
    )
