"""Ranks the classes of a taxonomy for a paper, from the rulebook, the words and the sentences of listed papers.

Three features of a paper, each a number per class:

- *words*: ridge regression on TF-IDF, fitted on listed papers and on the classes' own texts;
- *rulebook*: cosine of the paper's TF-IDF with each class's text;
- *rules*: for every rule of a class the sentence of the paper nearest to it (cosine of sentence embeddings), averaged
  over the rules, less what is usual for that class among the listed papers. Without the subtraction classes whose rules
  are written in the field's common words would win every paper.

A conditional logit (McFadden, 1974) weighs them: its three weights are fitted on what each listed paper would have got
from the others, and drawn towards :data:`WEIGHTS`, which serve alone where no paper is listed. What it says is then
calibrated into the probability that a class is one of the paper's (a paper may have several, so they need not sum to
1): a logistic regression on its logit and on being the first guess (after Platt, 1999), drawn towards no change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bot import texts
from bot.classify import words
from bot.classify.rules import Rules
from bot.models import Part, Ranked
from bot.ports import Reading

FEATURES = "words", "rulebook", "rules"
WEIGHTS = np.array([0.3, 0.6, 0.6])
"""Of the features in units of their spread, where nothing is known yet: about half of what the first survey's papers
ask for, so that its rulebook alone is as sure as it is right."""
LEAST = 20
"""Papers with a class, below which nothing is calibrated."""

_PULL = 1.0
"""How much the fitted weights are drawn to :data:`WEIGHTS`, in nats per unit squared."""
_CALIBRATION_PULL = 0.5
_PENALTY = 1.0
"""Of the ridge regression."""
_RULEBOOK = 3.0
"""Weight of a class's own text among the listed papers when the regression is fitted."""
_ROWS = 500
"""Of the kernel, made at once: the product of sparse matrices takes more memory than what comes of it."""
_RULES_COUNT = 5
"""The rules of the other classes count as so many papers when it is found what is usual for a class."""

Floats = npt.NDArray[np.float64]


class HeldOut(NamedTuple):
    """What each listed paper got from a model that learned its words from the others: rows are ``papers``."""

    papers: tuple[str, ...]
    probability: Floats
    """Shape (papers, classes), calibrated."""
    truth: npt.NDArray[np.bool_]

    @property
    def confidence(self) -> Floats:
        """Of the first guess: (papers,)."""
        return np.asarray(self.probability.max(axis=1, initial=0.0))

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether the first guess is one of the paper's classes: (papers,)."""
        first = self.probability.argmax(axis=1) if len(self.papers) else np.zeros(0, dtype=np.intp)
        return np.asarray(self.truth[np.arange(len(self.papers)), first])


class Placement:
    """Fitted on the class texts and the listed papers; ranks the leaves for new papers."""

    def __init__(self, leaves: Sequence[str]) -> None:
        self._leaves = list(leaves)

    # --- learning -----------------------------------------------------------------------------------------------------

    def fit(
        self, classes: Mapping[str, Reading], papers: Mapping[str, Reading], labels: Mapping[str, Sequence[str]]
    ) -> None:
        """Learn from the rulebook (readings by leaf id) and the listed ``papers`` that have ``labels`` (leaf ids)."""
        same: dict[tuple[str, ...], list[str]] = {}  # listed twice, a paper would vouch for itself when it is held out
        for paper in papers:
            if labels.get(paper):
                same.setdefault(papers[paper].sentences, []).append(paper)
        known = [twins[0] for twins in same.values()]
        column = {label: place for place, label in enumerate(self._leaves)}
        truth = np.zeros((len(known), len(column)), dtype=bool)
        for row, twins in enumerate(same.values()):
            truth[row, [column[label] for paper in twins for label in labels[paper]]] = True
        self._count = len(known)
        self._rules = Rules([classes[label] for label in self._leaves])
        apart = self._fit_words(classes, [papers[paper] for paper in known], truth)
        features = np.stack([apart, *self._fit_usual(classes, [papers[paper] for paper in known])], axis=-1)
        # The spread of each reading is its unit; without papers, that of the classes' texts among each other, and
        # never less than half of it: a few papers that are alike have hardly any spread.
        self._unit = _spread(self._between_classes(classes))
        if len(known) > 1:
            self._unit = np.maximum(_spread(features), self._unit / 2)
        self._unit[self._unit < 1e-9] = 1.0
        self._weights = _logit_weights(features / self._unit, truth) if len(known) else WEIGHTS
        share = _softmax(features / self._unit @ self._weights)
        self._map = _calibration(share, truth) if len(known) >= LEAST else np.array([1.0, 0.0, 0.0])
        self.held_out = HeldOut(tuple(known), self._calibrated(share), truth)

    def _fit_words(
        self, classes: Mapping[str, Reading], papers: Sequence[Reading], truth: npt.NDArray[np.bool_]
    ) -> Floats:
        """The regression, and what it says of each paper when fitted on the others: (papers, classes)."""
        own = [texts.joined(classes[label].sentences) for label in self._leaves]
        said = [texts.stressed(paper.sentences) for paper in papers]
        self._vectoriser, vectors = words.vectoriser([*said, *own])
        self._stems = self._vectoriser.get_feature_names_out()
        self._class_words, self._paper_words = vectors[len(papers) :], vectors[: len(papers)]
        self._classes_by_word = self._class_words.T.tocsr()
        target = np.vstack([truth, np.eye(len(own))]).astype(float)
        weight = np.r_[np.ones(len(papers)), np.full(len(own), _RULEBOOK)]
        self._by_words, self._constant, others = _ridge(vectors, target, weight)
        return others[: len(papers)]

    def _fit_usual(self, classes: Mapping[str, Reading], papers: Sequence[Reading]) -> tuple[Floats, Floats]:
        """The other two features of the papers, and what is usual for each class: by papers, and by rules while few."""
        fit, by_rules = self._rules.near(papers), self._usual_of_rules(classes)
        if len(papers) > 1:
            by_rules += fit.mean() - by_rules.mean()
        total, count = fit.sum(axis=0) + _RULES_COUNT * by_rules, len(papers) + _RULES_COUNT
        self._usual = total / count
        return self._likeness(self._paper_words), fit - (total - fit) / (count - 1)  # each by the others

    def _usual_of_rules(self, classes: Mapping[str, Reading]) -> Floats:
        """How near the texts of the other classes come to the rules of each: what is usual before any paper."""
        fit = self._rules.near([classes[label] for label in self._leaves])
        np.fill_diagonal(fit, 0.0)
        return np.asarray(fit.sum(axis=0) / max(1, len(fit) - 1))

    def _between_classes(self, classes: Mapping[str, Reading]) -> Floats:
        """The features of the classes' own texts, each by the other classes: shape (pairs, features)."""
        own = [classes[label] for label in self._leaves]
        found = self._features(self._class_words, self._rules.near(own))
        return np.asarray(found[~np.eye(len(own), dtype=bool)])

    # --- judging ------------------------------------------------------------------------------------------------------

    def rank(self, paper: Reading, told: int = 0) -> tuple[Ranked, ...]:
        """All leaves, most probable first; the first ``told`` of them with what each reading adds to their score."""
        features = self.features([paper])
        probability, added = self._chances(features)[0], features[0] * self._weights

        def one(rank: int, place: int) -> Ranked:
            named = zip(FEATURES, added[place].tolist(), strict=True) if rank < told else ()
            parts = tuple(Part(name=name, value=value) for name, value in named)
            return Ranked(label=self._leaves[place], probability=float(probability[place]), parts=parts)

        return tuple(map(one, range(len(probability)), np.argsort(-probability, kind="stable").tolist()))

    def probabilities(self, papers: Sequence[Reading]) -> Floats:
        """That each leaf is one of a paper's classes: shape (papers, leaves)."""
        return self._chances(self.features(papers))

    def features(self, papers: Sequence[Reading]) -> Floats:
        """The three features in units of their spread: shape (papers, leaves, features)."""
        said = self._class_words[:0]
        if papers:  # the vectoriser takes no empty list
            said = self._vectoriser.transform([texts.stressed(paper.sentences) for paper in papers])
        return self._features(said, self._rules.near(papers)) / self._unit

    @property
    def weights(self) -> dict[str, float]:
        """Of the features, by name."""
        return dict(zip(FEATURES, map(float, self._weights), strict=True))

    def speaking(self, paper: Reading, label: str, rival: str | None) -> dict[str, float]:
        """Stem -> how much it speaks for ``label`` (more than for ``rival``), from the model's own weights; best first.

        In nats of the conditional logit, both features that go by words taken together.
        """
        said = self._vectoriser.transform([texts.stressed(paper.sentences)])
        one = self._leaves.index(label)
        pull = self._pull(one, said.indices)
        if rival:
            pull -= self._pull(self._leaves.index(rival), said.indices)
        found = dict(zip(map(str, self._stems[said.indices]), (said.data * pull).tolist(), strict=True))
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    def _pull(self, column: int, stems: npt.NDArray[np.int32]) -> Floats:
        """What a unit of each of these stems adds to the score of one class."""
        by_words = self._by_words[stems, column] * self._weights[0] / self._unit[0]
        by_rules = self._class_words[column].toarray()[0][stems] * self._weights[1] / self._unit[1]
        return np.asarray(by_words + by_rules)

    def _features(self, said: Any, fit: Floats) -> Floats:
        return np.stack([said @ self._by_words + self._constant, self._likeness(said), fit - self._usual], axis=-1)

    def _likeness(self, said: Any) -> Floats:
        return np.asarray((said @ self._classes_by_word).toarray())

    def _chances(self, features: Floats) -> Floats:
        return self._calibrated(_softmax(features @ self._weights))

    def _calibrated(self, share: Floats) -> Floats:
        """Never surer than so few papers can make one (Laplace's rule of succession)."""
        return _mapped(share, self._map) * self._surest

    @property
    def _surest(self) -> float:
        return 1.0 - 1.0 / (max(LEAST, self._count) + 2) if len(self._leaves) > 1 else 1.0


def _spread(features: Floats) -> Floats:
    return np.asarray(features.reshape(-1, len(FEATURES)).std(axis=0) if features.size else np.ones(len(FEATURES)))


# --- the arithmetic ---------------------------------------------------------------------------------------------------


def _ridge(vectors: Any, target: Floats, weight: Floats) -> tuple[Floats, Floats, Floats]:
    """Ridge regression in its dual form, for many words and few texts: (coefficients by word, constants, apart).

    ``apart``: what each text would get if it were left out, without fitting anew (Rifkin and Lippert, 2007, Notes on
    Regularized Least-Squares). The constant is a feature that is always 1, penalised like any other.
    """
    from scipy.linalg import cho_factor, cho_solve
    from scipy.linalg.lapack import dpotri

    root = np.sqrt(weight)
    kernel = np.ones((len(weight), len(weight)))
    for start in range(0, len(weight), _ROWS):
        kernel[start : start + _ROWS] += (vectors[start : start + _ROWS] @ vectors.T).toarray()
    kernel *= root[:, None]
    kernel *= root
    kernel[np.diag_indices_from(kernel)] += _PENALTY
    factor, lower = cho_factor(kernel.T, lower=True, overwrite_a=True)  # symmetric, and LAPACK counts by columns
    dual = cho_solve((factor, lower), root[:, None] * target)
    inverse, _ = dpotri(factor, lower=lower, overwrite_c=True)  # in place: of thousands of texts it is large
    apart: Floats = target - dual / np.diag(inverse)[:, None] / root[:, None]
    dual *= root[:, None]
    return np.asarray(vectors.T @ dual), dual.sum(axis=0), apart


def _softmax(scores: Floats) -> Floats:
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def _logit_weights(features: Floats, truth: npt.NDArray[np.bool_]) -> Floats:
    """The weights under which the right classes together are most probable: shape (features,)."""
    from scipy.optimize import minimize

    def loss(weights: Floats) -> tuple[float, Floats]:
        share = _softmax(features @ weights)
        right = np.maximum((share * truth).sum(axis=1), 1e-12)
        gain = share * truth / right[:, None] - share
        slope = -np.einsum("nc,ncf->f", gain, features) + 2 * _PULL * (weights - WEIGHTS)
        return float(-np.log(right).sum() + _PULL * ((weights - WEIGHTS) ** 2).sum()), slope

    return np.asarray(minimize(loss, WEIGHTS, jac=True, method="L-BFGS-B").x)


def _calibration(share: Floats, truth: npt.NDArray[np.bool_]) -> Floats:
    """The map from shares to probabilities (slope, constant, constant of the first guess)."""
    from scipy.optimize import minimize

    right, calm = truth.ravel().astype(float), np.array([1.0, 0.0, 0.0])
    inputs = _inputs(share).reshape(right.size, -1)

    def loss(values: Floats) -> tuple[float, Floats]:
        logit = inputs @ values
        slope = (_sigmoid(logit) - right) @ inputs + 2 * _CALIBRATION_PULL * (values - calm)
        return (
            float((np.logaddexp(0, logit) - right * logit).sum() + _CALIBRATION_PULL * ((values - calm) ** 2).sum()),
            slope,
        )

    found = np.asarray(minimize(loss, calm, jac=True, method="L-BFGS-B").x)
    return np.asarray(np.maximum(found, [0.1, -np.inf, 0.0]))  # never against the ranking


def _mapped(share: Floats, values: Floats) -> Floats:
    if share.shape[1] == 1:  # where there is one class, every paper of the survey is in it
        return np.ones_like(share)
    logit: Floats = _inputs(share) @ values
    return _sigmoid(logit)


def _inputs(share: Floats) -> Floats:
    """Logit, 1, and whether it is the first guess: shape (papers, classes, 3)."""
    clipped = np.clip(share, 1e-12, 1 - 1e-9)
    first = np.zeros_like(share)
    first[np.arange(len(share)), share.argmax(axis=1)] = 1.0
    return np.stack([np.log(clipped / (1 - clipped)), np.ones_like(share), first], axis=-1)


def _sigmoid(logit: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logit, -700, 700))))
