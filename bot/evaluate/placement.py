"""Placement over folds: what each predictor ranks for papers it has not seen, and how good that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bot.evaluate import metrics
from bot.evaluate.folds import Fold
from bot.evaluate.metrics import Bools, Floats, Ints
from bot.evaluate.report import (
    PLACEMENT,
    ClassFigures,
    Method,
    Placed,
    PlacementResult,
    Point,
    Value,
    reliability,
)
from bot.evaluate.seams import Corpus, Guess, Predict
from bot.models import Ranked, Taxonomy
from bot.ports import Progress

HELD_OUT, OVER_TIME = PROTOCOLS = ("placement, papers held out", "placement over time")
SHOWN = 3
"""Guesses kept of each paper."""
ALIKE = 0.05
"""Confidences that differ by no more than this are one: what still tells them apart is how they were measured, on the
other papers, so a little higher for a paper that is wrong. In bins it would look like bad calibration."""


@dataclass(frozen=True)
class Asked:
    """What is asked of every predictor, and how it is judged."""

    corpus: Corpus
    titles: Mapping[str, str]
    seed: int
    rounds: int


def evaluate(
    asked: Asked, folds: Sequence[Fold], predictors: Mapping[str, Predict], protocol: str, progress: Progress
) -> PlacementResult:
    """Run every predictor over the folds; the first one is the bot."""
    found = {}
    for name, predict in predictors.items():
        found[name] = Guesses([paper for fold in folds for paper in fold.held], asked.corpus)
        for fold in progress(folds, f"{protocol}: {name}", len(folds)):
            found[name].put(predict(fold.train, fold.held))
    ours = next(iter(found.values()))
    rng = np.random.default_rng(asked.seed)
    bins = metrics.bins_for(len(ours.ids))
    return PlacementResult(
        protocol=protocol,
        told=_told(protocol, folds),
        papers=len(ours.ids),
        fits=len(folds),
        methods=tuple(_method(name, guesses, asked) for name, guesses in found.items()),
        chance_ece=metrics.chance_error(ours.confidence, bins, rng, asked.rounds),
        reliability=reliability(metrics.equal_mass(ours.confidence, ours.first, bins)),
        coverage=tuple(Point(x=x, y=y) for _, x, y in zip(*metrics.coverage(ours.confidence, ours.first), strict=True)),
        classes=ours.by_class(),
        confusion=tuple(map(tuple, ours.confusion().tolist())),
        judged=ours.judged(asked.titles),
    )


class Guesses:
    """The guesses of one predictor as arrays (papers, classes), beside the truth."""

    def __init__(self, papers: Sequence[str], corpus: Corpus) -> None:
        self.ids, self._corpus = list(papers), corpus
        self._row = {paper: row for row, paper in enumerate(papers)}
        self._column = {label: column for column, label in enumerate(corpus.leaves)}
        shape = len(papers), len(self._column)
        self.order: Ints = np.zeros(shape, dtype=np.intp)
        self.probability: Floats = np.zeros(shape)
        self.chosen: Bools = np.zeros(shape, dtype=bool)
        self.truth: Bools = np.zeros(shape, dtype=bool)
        for paper, row in self._row.items():
            self.truth[row, [self._column[label] for label in corpus.labels[paper]]] = True

    def put(self, guesses: Mapping[str, Guess]) -> None:
        """Take in what was guessed for some papers; every paper must come before anything is measured."""
        for paper, (ranked, labels) in guesses.items():
            row, columns = self._row[paper], [self._column[one.label] for one in ranked]
            rest = np.setdiff1d(np.arange(len(self._column)), columns)
            self.order[row] = [*columns, *rest]
            self.probability[row, columns] = [one.probability for one in ranked]
            self.chosen[row, [self._column[label] for label in labels]] = True

    @cached_property
    def first(self) -> Floats:
        """Whether the first guess is right: (papers,)."""
        return metrics.right_in_top(self.order, self.probability, self.truth, 1)

    @cached_property
    def confidence(self) -> Floats:
        """The probability of the first guess: (papers,)."""
        return np.asarray(self.probability[np.arange(len(self.ids)), self.order[:, 0]])

    @cached_property
    def per_paper(self) -> dict[str, Floats]:
        """The measures that are means over papers."""
        order, probability, truth = self.order, self.probability, self.truth
        return {
            "top_1": self.first,
            "top_3": metrics.right_in_top(order, probability, truth, 3),
            "recall_3": metrics.recall_in_top(order, probability, truth, 3),
            "pillar": self._pillar(self._corpus.taxonomy),
            "ranking": metrics.label_ranking_precision(probability, truth),
            "overlap": metrics.overlap(self.chosen, truth),
            "log_loss": metrics.log_loss(probability, truth),
        }

    def measures(self, weight: Floats) -> dict[str, float]:
        """Every measure, each paper counting so often."""
        paper, label = self._pairs
        found = {name: float(np.average(values, weights=weight)) for name, values in self.per_paper.items()}
        found["macro_top_1"] = metrics.macro(self.first[paper], label, weight[paper])
        found["macro_recall_3"] = metrics.macro(self._own_class_in_3, label, weight[paper])
        equal_mass = metrics.equal_mass(self.confidence, self.first, self._bins, weight)
        found["ece"] = metrics.calibration_error(equal_mass)
        equal_width = metrics.equal_width(self.confidence, self.first, weight=weight)
        found["ece_width"] = metrics.calibration_error(equal_width)
        return {name: found[name] for name in PLACEMENT}

    def by_class(self) -> tuple[ClassFigures, ...]:
        """The classes in the order of the taxonomy."""
        paper, label = self._pairs
        taxonomy = self._corpus.taxonomy
        size = len(taxonomy.paths)
        papers = np.bincount(label, minlength=size)
        shares = [
            np.bincount(label, weights=values, minlength=size) / np.maximum(papers, 1)
            for values in (self.first[paper], self._own_class_in_3)
        ]
        return tuple(
            ClassFigures(
                label=leaf,
                name=taxonomy.leaf(leaf).name,
                pillar=taxonomy.pillar(leaf).name,
                papers=int(count),
                top_1=float(top),
                recall_3=float(recall),
            )
            for leaf, count, top, recall in zip(taxonomy.paths, papers, *shares, strict=True)
        )

    def confusion(self) -> Floats:
        """Rows: listed under; columns: first guess."""
        found = np.zeros((self.truth.shape[1],) * 2)
        for row, (right, order) in enumerate(zip(self.truth, self.order, strict=True)):
            if self.first[row]:
                found[order[0], order[0]] += 1
            else:
                found[right, order[0]] += 1 / right.sum()
        return found

    def judged(self, titles: Mapping[str, str]) -> tuple[Placed, ...]:
        """One line for every paper."""
        leaves = self._corpus.leaves

        def guesses(row: int) -> tuple[Ranked, ...]:
            best = self.order[row, :SHOWN]
            return tuple(Ranked(label=leaves[at], probability=round(self.probability[row, at], 6)) for at in best)

        return tuple(
            Placed(
                id=paper,
                title=titles[paper],
                labels=self._corpus.labels[paper],
                guesses=guesses(row),
                right=bool(self.first[row]),
            )
            for paper, row in self._row.items()
        )

    @cached_property
    def _bins(self) -> int:
        """Of equal mass; one, where it is as sure of every paper it has a guess for."""
        sure = self.confidence[self.confidence > 0]
        return metrics.bins_for(len(self.ids)) if len(sure) and np.ptp(sure) > ALIKE else 1

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints]:
        """One (paper, class) for every class of every paper."""
        paper, label = np.nonzero(self.truth)
        return paper, label

    @cached_property
    def _own_class_in_3(self) -> Floats:
        paper, label = self._pairs
        near = (self.order[paper, :3] == label[:, None]).any(axis=1)
        return np.asarray(near & (self.probability[paper, label] > 0), dtype=float)

    def _pillar(self, taxonomy: Taxonomy) -> Floats:
        names = [taxonomy.pillar(label).id for label in self._corpus.leaves]
        pillar = np.array([names.index(name) for name in names])
        guess = pillar[self.order[:, 0]]
        return np.asarray(((pillar[None, :] == guess[:, None]) & self.truth).any(axis=1), dtype=float)


def _told(protocol: str, folds: Sequence[Fold]) -> str:
    papers = sum(len(fold.held) for fold in folds)
    if protocol == OVER_TIME:
        return (
            f"{papers} papers, each judged from the papers of earlier months only "
            f"({len(folds[0].train)} to {len(folds[-1].train)} of them)"
        )
    if len(folds) < papers / 2:
        return f"{papers} papers in {len(folds)} parts, each judged from the other parts only"
    return f"{papers} papers, each judged by a model fitted on all the others"


def _method(name: str, guesses: Guesses, asked: Asked) -> Method:
    papers = len(guesses.ids)
    rng = np.random.default_rng(asked.seed)  # the same draws for every method: their differences are paired
    low, high = metrics.bootstrap(
        lambda weight: np.array(list(guesses.measures(weight).values())), papers, rng, asked.rounds
    )
    found = guesses.measures(np.ones(papers))
    ends = zip(low, high, strict=True)
    return Method(
        name=name,
        values={
            key: Value(value=value, low=float(ends_[0]), high=float(ends_[1]))
            for (key, value), ends_ in zip(found.items(), ends, strict=True)
        },
    )
