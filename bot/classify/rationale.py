"""Why this class and not the runner-up: the rule that fits, the sentence that says so, the rule that keeps it out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot import texts
from bot.models import Node, Rationale, Record, Taxonomy


def rationale(record: Record, labels: Sequence[str], runner_up: str | None, taxonomy: Taxonomy) -> Rationale:
    """For each of ``labels`` its rule nearest to the abstract in words; the sentence nearest to the first, verbatim."""
    sentences = texts.sentences(record.abstract) or [record.title]
    rules = [_rules(taxonomy.leaf(label)) for label in labels]
    like = [_word_cosines(own, [record.abstract, *sentences]) for own in rules]
    return Rationale(
        rules=tuple(own[int(fit[:, 0].argmax())] for own, fit in zip(rules, like, strict=True)),
        quote=sentences[int(like[0][:, 1:].sum(axis=0).argmax())],
        why_not=_kept_out(taxonomy.leaf(runner_up), taxonomy.leaf(labels[0])) if runner_up else "",
    )


def _rules(leaf: Node) -> list[str]:
    return list(leaf.include) or texts.sentences(leaf.definition) or [leaf.name]


def _kept_out(runner_up: Node, chosen: Node) -> str:
    """The exclusion of the runner-up that sends such papers to the chosen class; empty where its rulebook has none."""
    name = re.compile(rf"(?<!\w){re.escape(chosen.name)}(?!\w)", re.IGNORECASE)
    return next((f"not for {rule}" for rule in runner_up.exclude if name.search(rule)), "")


def _word_cosines(rows: Sequence[str], columns: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Cosines of TF-IDF word vectors, shape (rows, columns); the statistics are of these texts alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform([*rows, *columns])
    except ValueError:  # not one word in any text
        return np.zeros((len(rows), len(columns)))
    cosines: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (words[: len(rows)] @ words[len(rows) :].T).toarray()
    return cosines
