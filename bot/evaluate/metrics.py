"""The figures. ``weight``: how often each paper counts (default: once); the bootstrap passes how often it was drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.intp]
Bools: TypeAlias = npt.NDArray[np.bool_]

FLOOR = 1e-6
"""No probability counts as less in the log-loss, so that one certain mistake does not make it infinite."""


# --- placement: one number per paper ----------------------------------------------------------------------------------
# ``order`` (papers, classes): the classes as ranked, best first; ``probability`` and ``truth`` (papers, classes) are in
# the order of the taxonomy. A class with probability 0 was not guessed, wherever it stands.


def right_in_top(order: Ints, probability: Floats, truth: Bools, k: int) -> Floats:
    """Whether a right class is among the first ``k`` guesses: (papers,) of 0 and 1. ``k`` = 1 is top-1 accuracy.

    Any-match for papers with several classes, after "one-error": Schapire and Singer, 2000, BoosTexter.
    """
    return np.asarray(_guessed(order, probability, truth, k).any(axis=1), dtype=float)


def recall_in_top(order: Ints, probability: Floats, truth: Bools, k: int) -> Floats:
    """Which share of a paper's classes is among the first ``k`` guesses: (papers,) in 0 to 1."""
    return np.asarray(_guessed(order, probability, truth, k).sum(axis=1) / truth.sum(axis=1), dtype=float)


def label_ranking_precision(probability: Floats, truth: Bools) -> Floats:
    """Of the classes ranked down to each right one, the share that is right, averaged: (papers,) in 0 to 1.

    Tsoumakas, Katakis and Vlahavas, 2010, Mining Multi-label Data; tied classes rank together, as in scikit-learn.
    """
    found = np.empty(len(truth))
    for row, (its, right) in enumerate(zip(probability, truth, strict=True)):
        at = its[right]
        found[row] = ((at[None, :] >= at[:, None]).sum(axis=1) / (its[None, :] >= at[:, None]).sum(axis=1)).mean()
    return found


def log_loss(probability: Floats, truth: Bools) -> Floats:
    """Cross-entropy (nats) of a paper's classes, each with an equal share, and the probabilities scaled to sum 1."""
    total = probability.sum(axis=1, keepdims=True)
    scaled = np.divide(probability, total, out=np.zeros_like(probability), where=total > 0)
    share = truth / truth.sum(axis=1, keepdims=True)
    return np.asarray(-(share * np.log(np.clip(scaled, FLOOR, 1.0))).sum(axis=1), dtype=float)


def overlap(chosen: Bools, truth: Bools) -> Floats:
    """F1 of the set of proposed classes with the set of right ones: (papers,) in 0 to 1.

    Example-based F1: Godbole and Sarawagi, 2004, Discriminative Methods for Multi-labeled Classification.
    """
    return np.asarray(2 * (chosen & truth).sum(axis=1) / (chosen.sum(axis=1) + truth.sum(axis=1)), dtype=float)


def _guessed(order: Ints, probability: Floats, truth: Bools, k: int) -> Bools:
    first = order[:, :k]
    return np.asarray(np.take_along_axis(truth & (probability > 0), first, axis=1), dtype=bool)


# --- averages ---------------------------------------------------------------------------------------------------------


def macro(values: Floats, groups: Ints, weight: Floats | None = None) -> float:
    """The mean over groups of the mean within each, so that a rare class counts as much as a common one.

    ``values`` and ``groups`` (pairs,): one pair for every class of every paper; groups nobody is in do not count.
    """
    weight = np.ones(len(values)) if weight is None else weight
    total = np.bincount(groups, weights=weight)
    inside = np.bincount(groups, weights=weight * values)[total > 0] / total[total > 0]
    return float(inside.mean()) if len(inside) else float("nan")


def bootstrap(
    metric: Callable[[Floats], Floats], n_items: int, rng: np.random.Generator, rounds: int = 1000
) -> tuple[Floats, Floats]:
    """Lower and upper ends of 95% percentile intervals of ``metric(weight)`` (metrics,), drawing papers anew each time.

    Efron, 1979. Draws that leave a metric undefined (nan) are passed over for it.
    """
    drawn = [
        metric(np.bincount(rng.integers(n_items, size=n_items), minlength=n_items).astype(float)) for _ in range(rounds)
    ]
    table = np.array(drawn)
    ends = np.full((2, table.shape[1]), np.nan)
    some = ~np.isnan(table).all(axis=0)
    ends[:, some] = np.nanpercentile(table[:, some], [2.5, 97.5], axis=0)
    return ends[0], ends[1]


# --- confidence -------------------------------------------------------------------------------------------------------


class Bins(NamedTuple):
    """Papers grouped by confidence, (bins,) each: how many, their mean confidence, the share that was right."""

    papers: Floats
    confidence: Floats
    right: Floats


def bins_for(papers: int) -> int:
    """How many bins of equal mass: about 20 papers in each, since fewer say little; at most 10."""
    return int(np.clip(papers // 20, 1, 10))


def equal_mass(confidence: Floats, right: Floats, bins: int, weight: Floats | None = None) -> Bins:
    """Bins of about as many papers each; papers of the same confidence are never parted.

    Nguyen and O'Connor, 2015, Posterior calibration and exploratory analysis for NLP models.
    """
    weight = np.ones(len(confidence)) if weight is None else weight
    _, level = np.unique(confidence, return_inverse=True)
    mass = np.bincount(level, weights=weight)
    middle = np.cumsum(mass) - mass / 2
    return _binned(np.floor(middle / mass.sum() * bins).astype(int)[level], confidence, right, weight)


def equal_width(confidence: Floats, right: Floats, bins: int = 10, weight: Floats | None = None) -> Bins:
    """Bins of the same width between 0 and 1. Naeini, Cooper and Hauskrecht, 2015; Guo et al., 2017."""
    weight = np.ones(len(confidence)) if weight is None else weight
    return _binned(np.minimum((confidence * bins).astype(int), bins - 1), confidence, right, weight)


def calibration_error(found: Bins) -> float:
    """Expected calibration error: the gap between confidence and share of right guesses, averaged over papers.

    Naeini, Cooper and Hauskrecht, 2015, Obtaining well calibrated probabilities using Bayesian binning.
    """
    return float(np.average(np.abs(found.confidence - found.right), weights=found.papers))


def chance_error(confidence: Floats, bins: int, rng: np.random.Generator, rounds: int = 1000) -> float:
    """The calibration error (equal mass) that confidences without any fault would show on this few papers, on average.

    Consistency resampling: Bröcker and Smith, 2007, Increasing the Reliability of Reliability Diagrams.
    """
    draws = [
        calibration_error(equal_mass(confidence, (rng.random(len(confidence)) < confidence).astype(float), bins))
        for _ in range(rounds)
    ]
    return float(np.mean(draws))


def coverage(confidence: Floats, right: Floats) -> tuple[Floats, Floats, Floats]:
    """For each confidence that occurs, highest first: it, the share of papers from it up, and how many are right.

    The risk-coverage curve of El-Yaniv and Wiener, 2010, as accuracy.
    """
    level, at = np.unique(-confidence, return_inverse=True)
    papers, hits = np.cumsum(np.bincount(at)), np.cumsum(np.bincount(at, weights=right))
    return -level, papers / len(confidence), hits / papers


def interval_of_share(hits: Floats, papers: Floats) -> tuple[Floats, Floats]:
    """95% interval of a share of (few) papers. Wilson, 1927."""
    z = 1.959964
    share, spread = hits / papers, 1 + z**2 / papers
    middle = (share + z**2 / (2 * papers)) / spread
    half = z * np.sqrt(share * (1 - share) / papers + z**2 / (4 * papers**2)) / spread
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def _binned(place: Ints, confidence: Floats, right: Floats, weight: Floats) -> Bins:
    papers: Floats = np.bincount(place, weights=weight).astype(float)
    full = papers > 0
    means = [np.bincount(place, weights=weight * values)[full] / papers[full] for values in (confidence, right)]
    return Bins(papers[full], *means)


# --- scope: papers are read in the order of their scores --------------------------------------------------------------


class Curve(NamedTuple):
    """How many papers were read, and how many right ones found by then, from (0, 0) to all; one step per score.

    Papers with the same score are read in no order: between two steps the finds are spread evenly.
    """

    read: Floats
    found: Floats


def reading(scores: Floats, truth: Bools, weight: Floats | None = None) -> Curve:
    """Read the papers, highest score first."""
    weight = np.ones(len(scores)) if weight is None else weight
    _, level = np.unique(-scores, return_inverse=True)
    steps = [np.cumsum(np.bincount(level, weights=values)) for values in (weight, weight * truth)]
    return Curve(*(np.concatenate([[0.0], step]) for step in steps))


def average_precision(curve: Curve) -> float:
    """Precision at each step, weighted by the recall it adds; as ``sklearn.metrics.average_precision_score``."""
    if not curve.found[-1]:
        return float("nan")
    read = np.maximum(curve.read[1:], 1e-12)  # a step nobody was drawn into adds nothing
    return float((np.diff(curve.found) / curve.found[-1] * curve.found[1:] / read).sum())


def found_after(curve: Curve, papers: float) -> float:
    """How many right papers are found after reading so many."""
    return float(np.interp(papers, curve.read, curve.found))


def recall_after(curve: Curve, papers: float) -> float:
    """Which share of the right papers is found after reading so many (recall at a reading budget)."""
    return found_after(curve, papers) / curve.found[-1] if curve.found[-1] else float("nan")


def read_for(curve: Curve, recall: float = 0.95) -> float:
    """How many papers must be read to find this share of the right ones."""
    if not curve.found[-1]:
        return float("nan")
    wanted = float(np.ceil(recall * curve.found[-1] - 1e-9))
    step = int(np.searchsorted(curve.found, wanted))
    return float(np.interp(wanted, curve.found[step - 1 : step + 1], curve.read[step - 1 : step + 1]))


def work_saved(curve: Curve, recall: float = 0.95) -> float:
    """WSS: the share of the papers that need not be read for this recall, less what reading at random would save.

    Cohen et al., 2006, Reducing workload in systematic review preparation using automated citation classification.
    """
    return 1 - read_for(curve, recall) / float(curve.read[-1]) - (1 - recall)
