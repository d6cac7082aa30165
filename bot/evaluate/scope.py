"""Scope over time: each month's papers scored by what was known before it, and read in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bot.evaluate import metrics
from bot.evaluate.folds import Month
from bot.evaluate.inputs import Verdict
from bot.evaluate.metrics import Bools, Floats
from bot.evaluate.report import SCOPE, Method, MonthFigures, Point, Read, ScopeResult, Value
from bot.evaluate.seams import Flow, Score
from bot.ports import Progress

FIRST = 50
"""The first papers of the list are looked at closely."""
WEEKLY = 10
"""Papers a week that a maintainer reads: the reading budget."""
BELONGS = "in"


@dataclass(frozen=True)
class Asked:
    """``listed`` papers belong, and so do those that both annotators call ``in``; ``weeks``: how long the flow ran."""

    titles: Mapping[str, str]
    listed: frozenset[str]
    verdicts: Mapping[str, Verdict]
    weeks: int
    seed: int
    rounds: int

    def belongs(self, paper: str) -> bool:
        """The truth of the evaluation."""
        return paper in self.listed or self.verdicts.get(paper) == (BELONGS, BELONGS)


def evaluate(
    asked: Asked, months: Sequence[Month], flow: Flow, scorers: Mapping[str, Score], progress: Progress
) -> ScopeResult:
    """Run every scorer over the months; the first one is the bot."""
    papers = [paper for month in months for paper in month.arriving]
    truth = np.array([asked.belongs(paper) for paper in papers])
    found: dict[str, Floats] = {}
    for name, score in scorers.items():
        scores: list[float] = []
        for month in progress(months, f"scope: {name}", len(months)):
            its = score(month.listed, month.unlabelled, month.arriving)
            scores += [its.get(paper, 0.0) for paper in month.arriving]
        found[name] = np.array(scores)
    ours = next(iter(found.values()))
    ranking = _ranking(asked, months, ours)
    first = ranking[: min(FIRST, len(papers))]
    return ScopeResult(
        told=_told(months, int(truth.sum())),
        papers=len(papers),
        right=int(truth.sum()),
        candidates=sum(paper in flow.candidates for paper in papers),
        lost=sum(asked.belongs(paper) and paper not in flow.candidates for paper in papers),
        first=FIRST,
        unjudged_first=sum(not one.belongs and not one.judged for one in first),
        weekly=WEEKLY,
        budget=WEEKLY * asked.weeks,
        methods=tuple(_method(name, scores, truth, asked) for name, scores in found.items()),
        curves={name: _curve(scores, truth) for name, scores in found.items()},
        months=_by_month(months, ours, truth),
        ranking=ranking,
    )


def _told(months: Sequence[Month], right: int) -> str:
    papers = sum(len(month.arriving) for month in months)
    span = " to ".join(dict.fromkeys([months[0].name, months[-1].name]))
    return (
        f"{papers} papers announced in {span}, of which {right} belong; each month scored by what was known before it"
    )


def measures(scores: Floats, truth: Bools, budget: int, weight: Floats) -> dict[str, float]:
    """Every measure, each paper counting so often."""
    curve = metrics.reading(scores, truth, weight)
    found = {
        "average_precision": metrics.average_precision(curve),
        "right_first": metrics.found_after(curve, FIRST) / min(FIRST, curve.read[-1]),
        "recall_budget": metrics.recall_after(curve, budget),
        "read_95": metrics.read_for(curve) / curve.read[-1],
        "wss_95": metrics.work_saved(curve),
    }
    return {name: found[name] for name in SCOPE}


def _method(name: str, scores: Floats, truth: Bools, asked: Asked) -> Method:
    budget = WEEKLY * asked.weeks
    rng = np.random.default_rng(asked.seed)  # the same draws for every method
    low, high = metrics.bootstrap(
        lambda weight: np.array(list(measures(scores, truth, budget, weight).values())), len(truth), rng, asked.rounds
    )
    found = measures(scores, truth, budget, np.ones(len(truth)))
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


def _by_month(months: Sequence[Month], scores: Floats, truth: Bools) -> tuple[MonthFigures, ...]:
    found, start = [], 0
    for month in months:
        part = slice(start, start + len(month.arriving))
        start = part.stop
        found.append(
            MonthFigures(
                month=month.name,
                papers=len(month.arriving),
                right=int(truth[part].sum()),
                known=len(month.listed),
                average_precision=_known(metrics.average_precision(metrics.reading(scores[part], truth[part]))),
            )
        )
    return tuple(found)


def _ranking(asked: Asked, months: Sequence[Month], scores: Floats) -> tuple[Read, ...]:
    papers = [(month.name, paper) for month in months for paper in month.arriving]
    lines = [
        Read(
            id=paper,
            title=asked.titles[paper],
            month=month,
            score=float(score),
            belongs=asked.belongs(paper),
            listed=paper in asked.listed,
            judged="/".join(asked.verdicts.get(paper, ())),
        )
        for (month, paper), score in zip(papers, scores, strict=True)
    ]
    return tuple(
        sorted((line for line in lines if line.score or line.belongs), key=lambda line: (-line.score, line.id))
    )
