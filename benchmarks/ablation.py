"""What each part of the judgement is worth: placement and scope on the real survey, with one part taken away at a time.

Placement is leave-one-out over the listed papers with an abstract (any-match, as in ``survey-bot evaluate``); the
learning curve is the mean of five random draws, each judging the papers that were not drawn. Scope is over time, June
to September 2025, each month by what was known before it; true is what is listed or what both annotators call in scope.

    .venv/bin/python -m benchmarks.ablation --cache FOLDER
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
from scipy.sparse import issparse
from threadpoolctl import threadpool_limits

from benchmarks.common import Real, arguments, machine, real_survey, table
from bot import scope, texts
from bot.classify import placement, words
from bot.classify.placement import FEATURES, Floats, Placement
from bot.evaluate import folds, metrics
from bot.ports import Past, Reading
from bot.scope import ScopeModel

DRAWS, SIZES = 5, (5, 10, 20, 40)
FROM = "2025-06"
"""The month with which the verdicts begin."""
SCOPE_FEATURES, REGRESSIONS = scope.FEATURES[:5], scope.FEATURES[5:]

Change = Callable[[], AbstractContextManager[Any]]
"""Takes a part of the product away while it is entered."""


def main() -> None:
    """Print the tables."""
    options = arguments(__doc__ or "")
    print(machine())
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):  # small fits are quicker on one thread
        real = real_survey(options.data.resolve(), options.cache or Path(folder))
        show_placement(real)
        show_scope(real)


# --- placement --------------------------------------------------------------------------------------------------------


class Papers(NamedTuple):
    """The listed papers as they are placed."""

    leaves: list[str]
    pillars: list[str]
    """Of the leaves."""
    classes: Mapping[str, Reading]
    readings: Mapping[str, Reading]
    labels: Mapping[str, Sequence[str]]
    groups: Mapping[str, str]

    def placed(self, train: Sequence[str], held: Sequence[str]) -> Floats:
        """The probabilities of held-out papers: (held, leaves)."""
        model = Placement(self.leaves)
        model.fit(self.classes, {paper: self.readings[paper] for paper in train}, self.labels)
        return model.probabilities([self.readings[paper] for paper in held])

    def measures(self, held: Sequence[str], probability: Floats) -> list[float]:
        """Top-1, top-3, pillar, macro top-1, expected calibration error."""
        truth = np.array([[leaf in self.labels[paper] for leaf in self.leaves] for paper in held])
        order = np.argsort(-probability, axis=1, kind="stable")
        first = metrics.right_in_top(order, probability, truth, 1)
        top_3 = metrics.right_in_top(order, probability, truth, 3)
        pillars = np.array(self.pillars)
        pillar = [(pillars[right] == pillars[best]).any() for right, best in zip(truth, order[:, 0], strict=True)]
        paper, leaf = np.nonzero(truth)
        bins = metrics.equal_mass(probability.max(axis=1), first, metrics.bins_for(len(held)))
        error = metrics.calibration_error(bins)
        return [first.mean(), top_3.mean(), np.mean(pillar), metrics.macro(first[paper], leaf), error]


def show_placement(real: Real) -> None:
    """Leave-one-out with each part removed, and the learning curve."""
    papers = _papers(real)
    print(f"\nplacement: {len(papers.readings)} papers, {len(papers.leaves)} classes, leave-one-out\n")
    changes: dict[str, Change] = {
        "everything": nullcontext,
        **{f"without {name}": lambda name=name: _unread(name) for name in FEATURES},  # type: ignore[misc]
        "title and own work not stressed": lambda: patch.object(texts, "stressed", texts.joined),
        "words not stemmed": lambda: patch.object(words, "_stem", str),
        "not calibrated": lambda: patch.object(placement, "_calibration", lambda *_: np.array([1.0, 0.0, 0.0])),
        "default weights": lambda: patch.object(placement, "_logit_weights", lambda *_: placement.WEIGHTS),
    }
    rows = [(name, *map(_share, _left_out(papers, change))) for name, change in changes.items()]
    nobody = papers.measures(list(papers.readings), papers.placed([], list(papers.readings)))
    rows.append(("rulebook only, no paper", *map(_share, nobody)))
    rows += [(f"{size} papers", *map(_share, _learned(papers, size))) for size in SIZES]
    table(("placement", "top-1", "right class in top 3", "pillar", "macro top-1", "ECE"), rows)


def _papers(real: Real) -> Papers:
    taxonomy = real.library.taxonomy
    return Papers(
        leaves=list(taxonomy.paths),
        pillars=[taxonomy.pillar(leaf).id for leaf in taxonomy.paths],
        classes=real.rulebook()[0],
        readings=real.read(real.listed),
        labels={paper: real.library.papers[paper].labels for paper in real.listed},
        groups=folds.same_paper({paper: real.records[paper].title for paper in real.listed}),
    )


def _left_out(papers: Papers, change: Change) -> list[float]:
    held: list[str] = []
    found = []
    with change():
        for fold in folds.cross_validation(papers.groups, np.random.default_rng(0)):
            held += fold.held
            found.append(papers.placed(fold.train, fold.held))
    return papers.measures(held, np.vstack(found))


def _learned(papers: Papers, size: int) -> Floats:
    found = []
    for draw in range(DRAWS):
        train = np.random.default_rng(draw).permutation(list(papers.readings))[:size].tolist()
        held = [paper for paper in papers.readings if paper not in train]
        found.append(papers.measures(held, papers.placed(train, held)))
    return np.asarray(np.mean(found, axis=0))


@contextmanager
def _unread(name: str) -> Iterator[None]:
    """The weight of one reading is 0, and the others are fitted without it."""
    place, fitted = FEATURES.index(name), placement._logit_weights

    def weights(features: Floats, truth: Any) -> Floats:
        found = fitted(np.where(np.arange(len(FEATURES)) == place, 0.0, features), truth)
        return np.where(np.arange(len(FEATURES)) == place, 0.0, found)

    with patch.object(placement, "_logit_weights", weights):
        yield


# --- scope ------------------------------------------------------------------------------------------------------------


class Listing(NamedTuple):
    """The papers as they came, and what is known of them."""

    months: list[folds.Month]
    readings: Mapping[str, Reading]
    """Of listed papers and candidates."""
    candidates: frozenset[str]
    classes: Mapping[str, Reading]
    statement: Reading
    belongs: frozenset[str]

    def scores(self, model: ScopeModel, month: folds.Month) -> list[float]:
        """Of the papers that arrive in a month."""
        model.fit(
            Past(
                papers={paper: self.readings[paper] for paper in month.listed},
                classes=self.classes,
                scope=self.statement,
                seen={paper: self.readings[paper] for paper in month.unlabelled if paper in self.candidates},
            )
        )
        asked = [paper for paper in month.arriving if paper in self.candidates]
        found = dict(zip(asked, model.scores([self.readings[paper] for paper in asked]), strict=True))
        return [float(found.get(paper, 0.0)) for paper in month.arriving]

    def measures(self, scores: Sequence[float]) -> list[str]:
        """Average precision, right in the first 50, share to read for 95% of what belongs."""
        truth = np.array([paper in self.belongs for month in self.months for paper in month.arriving])
        curve = metrics.reading(np.array(scores), truth)
        read = metrics.read_for(curve) / curve.read[-1]
        return [_share(metrics.average_precision(curve)), _share(metrics.found_after(curve, 50) / 50), f"{read:.1%}"]


def show_scope(real: Real) -> None:
    """Over time, with each part removed."""
    listing = _listing(real)
    papers = [paper for month in listing.months for paper in month.arriving]
    count = sum(paper in listing.belongs for paper in papers)
    print(f"\nscope: {len(papers)} papers from {FROM} on, {count} belong\n")
    learned = *SCOPE_FEATURES[2:], *REGRESSIONS
    changes: dict[str, Change] = {
        "everything": nullcontext,
        **{f"without {name}": lambda name=name: _without(name) for name in (*SCOPE_FEATURES, *REGRESSIONS)},  # type: ignore[misc]
        "without any sentence vector": lambda: _without("statement", "rules", "meaning"),
        "without any listed paper's words or vectors": lambda: _without(*REGRESSIONS),
        "terms and share alone": lambda: _without(*learned),
    }
    rows = []
    for name, change in changes.items():
        with change():
            model = ScopeModel(real.rule)
            scores = [score for month in listing.months for score in listing.scores(model, month)]
        rows.append((name, *listing.measures(scores)))
    rows.append(("the cheap stage alone", *listing.measures([float(paper in listing.candidates) for paper in papers])))
    table(("scope", "average precision", "right in first 50", "to read for 95%"), rows)


def _listing(real: Real) -> Listing:
    candidates = real.candidates()
    classes, statement = real.rulebook()
    return Listing(
        months=[month for month in folds.by_month(real.days, real.listed) if month.name >= FROM],
        readings=real.read(list(dict.fromkeys([*real.listed, *candidates]))),
        candidates=frozenset(candidates),
        classes=classes,
        statement=statement,
        belongs=real.belongs,
    )


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """These features are the same for every paper."""
    columns = [SCOPE_FEATURES.index(name) for name in names if name in SCOPE_FEATURES]
    whole = ScopeModel._plain

    def plain(self: ScopeModel, *given: Any) -> Floats:
        found = whole(self, *given)
        found[:, columns] = 0.0
        return found

    class Silent(scope._Listed):
        def __init__(self, rows: Any, *given: Any) -> None:
            self._silent = ("words" if issparse(rows) else "meaning") in names
            super().__init__(rows, *given)
            if self._silent:
                self.apart[:] = 0.0

        def of(self, rows: Any) -> Floats:
            return np.zeros(rows.shape[0]) if self._silent else super().of(rows)

    with patch.object(ScopeModel, "_plain", plain), patch.object(scope, "_Listed", Silent):
        yield


def _share(value: float) -> str:
    return f"{value:.2f}"


if __name__ == "__main__":
    main()
