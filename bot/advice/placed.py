"""Papers that do not read like the class they are listed under: judged by a model that learned from all the others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bot.advice.piece import Advice, Known, Learned
from bot.classify.placement import LEAST, HeldOut
from bot.classify.rationale import rationale
from bot.ports import Vectors
from bot.vectors import pooled

STRONG = 0.5
"""Chance that another class is right and none of its own is, from which on a paper is told."""
BESIDE = 2.0
"""Its own class is so many times as probable as the median class: then the other may well stand beside it. Of papers
that lack a label two in three are above it, of papers in a wrong class one in six (``benchmarks.deep_check``)."""
NEAR = 8
"""Papers that are looked at around a paper."""
AT_HOME = 0.3
"""Share of them in a class of its own, above which it is left alone."""
_SHOWN = 5


def placed(known: Known, strong: float = STRONG) -> Iterator[Advice]:
    """The strongest disagreements between the list and what all other papers and the rulebook say.

    A paper is judged by its title and abstract; one without an abstract is left alone, and so is a small survey.
    """
    learned = known.learned
    if not learned or len(known.row) < LEAST:
        return
    held = learned.placement.held_out
    own = np.where(held.truth, held.probability, 0.0).max(axis=1)
    other = np.where(held.truth, 0.0, held.probability)
    doubt = other.max(axis=1) * (1.0 - own)
    vectors = np.array([pooled(learned.papers[paper]) for paper in held.papers])
    for row in np.flatnonzero(doubt >= strong).tolist():
        near = _near(vectors, row)
        home = (held.truth[near] & held.truth[row]).any(axis=1).mean()
        if held.papers[row] in known.records and home <= AT_HOME:
            label = list(known.column)[int(other[row].argmax())]
            usual = float(np.median(held.probability[row]))
            kind = "second-label" if own[row] >= BESIDE * usual else "wrong-class"
            evidence = _evidence(known, learned, row, label, [held.papers[place] for place in near])
            sentence = _sentence(known, held, row, label, kind)
            yield Advice(kind, sentence, evidence, (held.papers[row],), (label,), float(doubt[row]))


def _sentence(known: Known, held: HeldOut, row: int, label: str, kind: str) -> str:
    def sure(one: str) -> str:
        return f"{known.classes([one])} ({held.probability[row, known.column[one]]:.2f})"

    paper = known.library.papers[held.papers[row]]
    end = "too?" if kind == "second-label" else "instead?"
    return f"{known.named(paper.id)} is in {' and '.join(map(sure, paper.labels))}: {sure(label)} {end}"


def _near(vectors: Vectors, row: int) -> list[int]:
    """Rows of the papers that are most like this one."""
    likeness = vectors @ vectors[row]
    likeness[row] = -np.inf
    order: list[int] = np.argsort(-likeness, kind="stable")[: min(NEAR, len(vectors) - 1)].tolist()
    return order


def _evidence(known: Known, learned: Learned, row: int, label: str, near: list[str]) -> tuple[str, ...]:
    """Its nearest papers, what in its text speaks for the other class, and what people say of it."""
    paper = learned.placement.held_out.papers[row]
    papers, taxonomy = known.library.papers, known.library.taxonomy
    around = (f"{papers[one].short_name} ({known.classes(papers[one].labels)})" for one in near[:_SHOWN])
    reading, mine = learned.papers[paper], papers[paper].labels[0]
    speaking = learned.placement.speaking(reading, label, mine)
    why = rationale(reading, [label], mine, taxonomy, learned.classes, speaking)
    found = [f"nearest: {', '.join(around)}"]
    found += [f"rule that fits best: {why.rules[0]}"] if taxonomy.leaf(label).definition else []
    found += [f"it says: “{why.quote}”"]
    found += [f"{known.classes([mine])} is {why.why_not}"] if why.why_not else []
    same = set(papers[paper].labels).intersection(known.placed_by_text.get(paper, ()))
    return (*found, *(["against this: the survey's text has it in the same class as the list"] if same else []))
