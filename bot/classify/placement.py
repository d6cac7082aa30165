"""Ranks the classes of a taxonomy for a paper, from the rulebook, the words and the meaning of listed papers.

Three readings of a paper, each standardised over the classes and averaged (the likeness to the rulebook counts twice):

- ridge regression on word TF-IDF, fitted on listed papers and on the classes' own texts;
- cosine of the paper's TF-IDF with each class's text: works from the first day of a survey, with no paper listed;
- ridge regression on sentence embeddings, fitted on the same papers and texts.

A softmax makes them probabilities. Its temperature was chosen once so that on the first survey the mean confidence is
the share of right first guesses (``benchmarks/placement.py``); it is not yet fitted to each survey.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.models import Ranked
from bot.ports import Vector

_TEMPERATURE = 0.5
_RULEBOOK = 3.0
"""Weight of a class's own text among the listed papers when a regression is fitted."""

Floats = npt.NDArray[np.float64]


class Placement:
    """Fitted on the class texts and the listed papers; ranks the leaves for new papers."""

    def __init__(self, leaves: Sequence[str]) -> None:
        self._leaves = list(leaves)

    def fit(
        self,
        texts: Mapping[str, str],
        labels: Mapping[str, Sequence[str]],
        vectors: Mapping[str, Vector],
    ) -> None:
        """Learn from ``labels`` (paper id -> leaf ids); texts and vectors are by paper id and by leaf id."""
        from sklearn.linear_model import Ridge

        papers = [paper_id for paper_id, its in labels.items() if its and paper_id in vectors]
        keys = papers + self._leaves
        self._words, words = _tf_idf([texts[key] for key in keys], len(papers))
        target = np.zeros((len(keys), len(self._leaves)))
        for row, paper_id in enumerate(papers):
            for label in labels[paper_id]:
                target[row, self._leaves.index(label)] = 1.0
        target[len(papers) :] = np.eye(len(self._leaves))
        weight = np.r_[np.ones(len(papers)), np.full(len(self._leaves), _RULEBOOK)]
        self._class_words = words[len(papers) :]
        self._by_words: Any = Ridge().fit(words, target, sample_weight=weight)
        self._by_meaning: Any = Ridge().fit(np.vstack([vectors[key] for key in keys]), target, sample_weight=weight)

    def rank(self, text: str, vector: Vector) -> tuple[Ranked, ...]:
        """All leaves, most probable first; probabilities sum to 1."""
        words = self._words.transform([text])
        readings = [
            (1.0, np.reshape(self._by_words.predict(words), -1)),  # flat: one class gives one number
            (2.0, (words @ self._class_words.T).toarray()[0]),
            (1.0, np.reshape(self._by_meaning.predict(vector[None, :]), -1)),
        ]
        total = sum(weight for weight, _ in readings)
        score = sum(
            (weight / total * _standardised(values) for weight, values in readings), np.zeros(len(self._leaves))
        )
        odds = np.exp((score - score.max()) / _TEMPERATURE)
        probability = odds / odds.sum()
        order = np.argsort(-probability, kind="stable")
        return tuple(Ranked(label=self._leaves[i], probability=min(1.0, float(probability[i]))) for i in order)


def _tf_idf(texts: Sequence[str], papers: int) -> tuple[Any, Any]:
    """A fitted vectoriser and the texts' vectors, shape (texts, words)."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    # A word of one text only says nothing about the next paper, unless there are hardly any texts. Where the texts
    # hold no word at all (digits, stop words), one that never occurs keeps the shapes and changes nothing.
    for least, vocabulary in ((2 if papers else 1, None), (1, None), (1, ["\0"])):
        found = TfidfVectorizer(
            sublinear_tf=True, stop_words="english", ngram_range=(1, 2), min_df=least, vocabulary=vocabulary
        )
        try:
            return found, found.fit_transform(texts)
        except ValueError:
            continue
    raise AssertionError("a fixed vocabulary is never empty")


def _standardised(values: Floats) -> Floats:
    spread = values.std()
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
