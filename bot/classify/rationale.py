"""Why this class and not the runner-up: the rule that fits, the sentence that says so, the rule that keeps it out."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from bot import texts
from bot.models import Node, Rationale, Record, Taxonomy


def rationale(record: Record, label: str, runner_up: str | None, taxonomy: Taxonomy) -> Rationale:
    """The rule of ``label`` nearest to the abstract in words, and the sentence nearest to the class, verbatim."""
    sentences = texts.sentences(record.abstract) or [record.title]
    rules = _rules(taxonomy.leaf(label))
    rivals = _rules(taxonomy.leaf(runner_up)) if runner_up else []
    like = _word_cosines([*rules, *rivals], [record.abstract, *sentences])
    fit, rival_fit = like[: len(rules), 0], like[len(rules) :, 0]
    quote = sentences[int(like[: len(rules), 1:].sum(axis=0).argmax())]
    why_not = ""
    if runner_up:
        nearness = "less" if rival_fit.max() < fit.max() else "no less"
        why_not = _kept_out(taxonomy.leaf(runner_up), taxonomy.leaf(label)) or (
            f"the words of its nearest rule, “{rivals[int(rival_fit.argmax())]}”, are {nearness} like the abstract's"
        )
    return Rationale(rule=rules[int(fit.argmax())], quote=quote, why_not=why_not)


def _rules(leaf: Node) -> list[str]:
    return list(leaf.include) or texts.sentences(leaf.definition) or [leaf.name]


def _kept_out(runner_up: Node, chosen: Node) -> str | None:
    """The exclusion of the runner-up that sends such papers to the chosen class, if its rulebook has one."""
    name = re.compile(rf"(?<!\w){re.escape(chosen.name)}(?!\w)", re.IGNORECASE)
    return next((rule for rule in runner_up.exclude if name.search(rule)), None)


def _word_cosines(rows: Sequence[str], columns: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Cosines of TF-IDF word vectors, shape (rows, columns); the statistics are of these texts alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    try:
        words = TfidfVectorizer(sublinear_tf=True, stop_words="english").fit_transform([*rows, *columns])
    except ValueError:  # not one word in any text
        return np.zeros((len(rows), len(columns)))
    cosines: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (words[: len(rows)] @ words[len(rows) :].T).toarray()
    return cosines
