"""Why this class and not the runner-up: the rule that fits, the words that spoke for it, the rule that keeps it out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from bot import texts
from bot.classify import words
from bot.models import Node, Rationale, Taxonomy, short_name
from bot.ports import Reading

WORDS = 6
"""Shown of the words that speak for a class."""
UNUSUAL = 12
"""Shown of the words that nothing listed has."""


def rationale(
    paper: Reading,
    labels: Sequence[str],
    runner_up: str | None,
    taxonomy: Taxonomy,
    classes: Mapping[str, Reading],
    speaking: Mapping[str, float],
) -> Rationale:
    """For each label the rule that a sentence comes nearest to; the sentence whose words speak most for the first.

    ``speaking``: stem -> how much it speaks for the first label (see ``Placement.speaking``).
    """
    quote = max(paper.sentences[1:] or paper.sentences, key=lambda sentence: _sum(sentence, speaking))
    strong = [stem for stem, value in speaking.items() if value > 0][:WORDS]
    said = words.said(texts.joined(paper.sentences), frozenset(strong))
    return Rationale(
        rules=tuple(_nearest_rule(paper, classes[label]) for label in labels),
        quote=quote,
        words=tuple(said[stem] for stem in strong if stem in said),
        why_not=_kept_out(taxonomy.leaf(runner_up), taxonomy.leaf(labels[0])) if runner_up else "",
    )


def unusual(paper: Reading, usual: Collection[str]) -> tuple[str, ...]:
    """Words the paper says twice or more, or in its title, of which no stem is ``usual``; the method's name is none."""
    title, text = paper.sentences[0], texts.joined(paper.sentences)
    own = frozenset(words.stems(short_name(title))) if ":" in title else frozenset()
    counts = Counter(stem for stem in words.stems(text) if stem not in usual and stem not in own)
    titled = set(words.stems(title))
    new = [stem for stem, count in counts.most_common() if not stem.isdigit() and (count > 1 or stem in titled)]
    said = words.said(text, frozenset(new[:UNUSUAL]))
    return tuple(said[stem] for stem in new[:UNUSUAL] if stem in said)


def _sum(sentence: str, speaking: Mapping[str, float]) -> float:
    return sum(speaking.get(stem, 0.0) for stem in set(words.stems(sentence)))


def _nearest_rule(paper: Reading, rules: Reading) -> str:
    """Of a class without rules its names."""
    if len(rules.sentences) == 1 or not len(paper.vectors):
        return rules.sentences[0]
    best = (paper.vectors @ rules.vectors[1:].T).max(axis=0)
    return rules.sentences[1 + int(np.argmax(best))]


def _kept_out(runner_up: Node, chosen: Node) -> str:
    """The exclusion of the runner-up that sends such papers to the chosen class; empty where its rulebook has none."""
    name = re.compile(rf"(?<!\w){re.escape(chosen.name)}(?!\w)", re.IGNORECASE)
    return next((f"not for {rule}" for rule in runner_up.exclude if name.search(rule)), "")
