"""What the list says of its classes: too large, too small, or not kept apart from another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from statistics import median
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from bot import texts
from bot.advice.piece import Advice, Known, Learned
from bot.classify import words
from bot.classify.placement import LEAST, HeldOut
from bot.models import Node
from bot.ports import Vectors
from bot.vectors import pooled

LARGE, SHARE, TIMES = 12, 0.15, 2.0
"""A large class: so many papers, this share of all, and so many times the median class."""
PART = 4
"""Papers of a theme that would make a class of its own."""
FEW = 3
"""Papers that are in one of two classes and not in the other; of fewer nothing is said of the two."""
APART = 0.7
"""Shown a paper of each of two classes, the bot must tell which is which so often; by chance it does in half of the
cases. Of the first survey's pairs 0.77 is the least; of 15 pairs that had been one class, whose second half got its
definition in other words, 14 are below."""
ALIKE_RULES = 0.6
"""Cosine of two definitions' words from which on they say the same in the same words; of the first survey's 0.29 is
the most."""
_TERMS, _ROUNDS = 4, 20

Bools: TypeAlias = npt.NDArray[np.bool_]


def sizes(known: Known) -> Iterator[Advice]:
    """Classes that have grown large, and those that stayed empty or nearly so."""
    papers, leaves = known.library.papers, known.library.taxonomy.paths
    counts = Counter(label for paper in papers.values() for label in paper.labels if label in leaves)
    usual = median(counts.values()) if counts else 0
    for label, count in counts.items():
        if count >= max(LARGE, SHARE * len(papers), TIMES * usual):
            sentence = f"{known.classes([label])} has {count} of {len(papers)} papers; the median class has {usual:g}"
            weight = min(0.5, 0.1 * count / max(usual, 1))
            yield Advice("large-class", sentence, _themes(known, label), (), (label,), weight)
    empty = [label for label in leaves if not counts[label]]
    single = [label for label in leaves if counts[label] == 1]
    if empty and len(empty) < len(leaves):
        yield Advice("small-class", f"no paper is in {known.classes(empty)}", (), (), tuple(empty), 0.2)
    if single and len(papers) >= 2 * len(leaves):
        only = [key for key, paper in papers.items() if set(single).intersection(paper.labels)]
        its = (f"its paper: {', '.join(map(known.named, only))}",)
        yield Advice("small-class", f"one paper is in {known.classes(single)}", its, tuple(only), tuple(single), 0.15)


def blurred(known: Known) -> Iterator[Advice]:
    """Two classes whose papers the bot cannot tell apart, or whose definitions say the same in the same words."""
    leaves, learned = known.library.taxonomy.leaves, known.learned if len(known.row) >= LEAST else None
    said = [texts.joined(texts.rules(leaf)) for leaf in leaves]
    taken = _taken(known, learned) if learned else {}
    if len(leaves) < 2:
        return
    _, vectors = words.vectoriser(said)
    likeness = (vectors @ vectors.T).toarray()
    for (row, one), (column, other) in combinations(enumerate(leaves), 2):
        if not (one.definition and other.definition):  # `check` tells that they have none
            continue
        there, back = taken.get((one.id, other.id), []), taken.get((other.id, one.id), [])
        like = float(likeness[row, column])
        right = _told_apart(learned.placement.held_out, row, column) if learned and (there or back) else 1.0
        if right >= APART and like < ALIKE_RULES:
            continue
        evidence = [f"shown a paper of each, the bot tells which is which in {right:.0%} of cases"] * (right < APART)
        evidence += [f"{a.name}, taken for {b.name}: {', '.join(map(known.named, some))}" for a, b, some in
                     ((one, other, there), (other, one, back)) if some]  # fmt: skip
        evidence.append(f"likeness of the words of the two definitions: {like:.2f}")
        evidence += ["neither names the other in `exclude`"] if not _excludes(one, other) else []
        sentence = f"{one.name} and {other.name}: say in each definition what sends a paper to the other"
        weight = max(like if like >= ALIKE_RULES else 0.0, min(0.8, 0.3 + APART - right))
        yield Advice("blurred-classes", sentence, tuple(evidence), (*there, *back), (one.id, other.id), weight)


def _told_apart(held: HeldOut, one: int, other: int) -> float:
    """Of all pairs of a paper of each class alone, the share in which the others' model leans to the right one more.

    That it takes both for one of the two, whose definition says more, changes nothing. 1.0 where papers are few.
    """
    first, second = held.truth[:, one] & ~held.truth[:, other], held.truth[:, other] & ~held.truth[:, one]
    if min(first.sum(), second.sum()) < FEW:
        return 1.0
    chance = np.maximum(held.probability[:, [one, other]], np.finfo(float).tiny)
    leaning = np.log(chance[:, 0]) - np.log(chance[:, 1])
    ahead = leaning[first][:, None] - leaning[second][None, :]
    return float((ahead > 0).mean() + (ahead == 0).mean() / 2)


def _taken(known: Known, learned: Learned) -> dict[tuple[str, str], list[str]]:
    """(class, first guess) -> papers of the class that the others' model places there."""
    held, leaves = learned.placement.held_out, list(known.column)
    found: dict[tuple[str, str], list[str]] = {}
    for paper, truth, guess in zip(held.papers, held.truth, held.probability.argmax(axis=1), strict=True):
        for label in np.flatnonzero(truth) if not truth[guess] else ():
            found.setdefault((leaves[label], leaves[guess]), []).append(paper)
    return found


def _excludes(one: Node, other: Node) -> bool:
    """Whether one of the two sends papers to the other."""
    said = (" ".join(node.exclude).casefold() for node in (one, other))
    return any(name.casefold() in text for text, name in zip(said, (other.name, one.name), strict=True))


def _themes(known: Known, label: str) -> tuple[str, ...]:
    """Two themes within a class, if each has papers enough: the words each has more of, and its papers."""
    learned = known.learned
    keys = [key for key, paper in known.library.papers.items() if label in paper.labels and key in known.records]
    if not learned or len(keys) < 2 * PART:
        return ()
    vectors = np.array([pooled(learned.papers[key]) for key in keys])
    first = _halves(vectors - vectors.mean(axis=0))
    if min(first.sum(), (~first).sum()) < PART:
        return ()
    said = [texts.joined(learned.papers[key].sentences) for key in keys]
    vectoriser, weights = words.vectoriser(said)
    stems = vectoriser.get_feature_names_out()
    more = np.asarray(weights[first].mean(axis=0) - weights[~first].mean(axis=0)).ravel()
    found = []
    for half, order in ((first, np.argsort(-more)), (~first, np.argsort(more))):
        top = [str(stems[place]) for place in order[:_TERMS]]
        spoken = words.said(" ".join(text for text, its in zip(said, half, strict=True) if its), frozenset(top))
        some = [known.library.papers[key].short_name for key, its in zip(keys, half, strict=True) if its]
        found.append(
            f"{len(some)} papers on {', '.join(spoken.get(stem, stem).lower() for stem in top)}: {', '.join(some)}"
        )
    return tuple(found)


def _halves(vectors: Vectors) -> Bools:
    """Which rows are nearer to the first of two means (Lloyd), cut at first across the direction of most spread."""
    _, _, directions = np.linalg.svd(vectors, full_matrices=False)
    first = vectors @ directions[0] >= 0
    for _ in range(_ROUNDS):
        if first.all() or not first.any():
            break
        means = np.array([vectors[first].mean(axis=0), vectors[~first].mean(axis=0)])
        distance = ((vectors[:, None, :] - means[None, :, :]) ** 2).sum(axis=2)
        now = distance[:, 0] <= distance[:, 1]
        if (now == first).all():
            break
        first = now
    return np.asarray(first)
