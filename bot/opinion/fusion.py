"""From the bot's own placement and a language model's ranking to one placement, by code."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.models import Opinion, Ranked

NEXT = 0.5
"""Of the papers whose class is not first in the ranking, this share has it second or third."""
TRUST = 0.4
"""What is left of a ranking's evidence beside the bot's own, for both read the same text and err on the same papers.

Measured on the replies of one model (docs/benchmarks.md): the log-loss of the fused placement is least at 0.4.
"""
SURE, SUREST = 1e-6, 0.99
"""So far from 0 and 1 the arithmetic stays, and no opinion makes a class surer than the second."""


def fused(placement: Sequence[Ranked], opinion: Opinion | None, right: float) -> tuple[Ranked, ...]:
    """The placement with the ranking taken in, the most probable first; ``right``: how often its first class is right.

    Each class's odds are multiplied by how much more often a class stands at its place in the ranking when it is right
    than when it is not, tempered. Where no class fits, or there is no ranking, the placement stays.
    """
    if opinion is None or not opinion.ranked or len(placement) < 2:
        return tuple(placement)
    weight = _evidence(len(opinion.ranked), len(placement), right)
    places = {label: place for place, label in enumerate(opinion.ranked)}
    found = [
        ranked.model_copy(update={"probability": _moved(ranked.probability, weight[places.get(ranked.label, -1)])})
        for ranked in placement
    ]
    return tuple(sorted(found, key=lambda ranked: -ranked.probability))


def differences(opinion: Opinion, own: Sequence[Ranked]) -> tuple[str, ...]:
    """In what the model differs from the bot, as far as it said anything usable.

    ``scope``: it does not see the paper inside the survey; ``none``: it says that no class fits; ``class``: its first
    class is none of ``own``, those the bot alone would propose.
    """
    found = []
    if opinion.scope in ("adjacent", "out"):
        found.append("scope")
    if opinion.ranked is not None:
        if not opinion.ranked:
            found.append("none")
        elif opinion.ranked[0] not in [ranked.label for ranked in own]:
            found.append("class")
    return tuple(found)


def _evidence(ranked: int, classes: int, right: float) -> list[float]:
    """What each place of the ranking adds to the log-odds of its class; the last is for classes it leaves out."""
    later = (1 - right) * NEXT / max(1, ranked - 1)
    if_right = [right, *[later] * (ranked - 1), (1 - right) * (1 - NEXT) if ranked > 1 else 1 - right]
    if_wrong = [(1 - one) / (classes - 1) for one in if_right[:-1]]
    left_out = max(SURE, 1 - sum(if_wrong))
    return [TRUST * math.log(max(SURE, a) / max(SURE, b)) for a, b in zip(if_right, [*if_wrong, left_out], strict=True)]


def _moved(probability: float, nats: float) -> float:
    clipped = min(1 - SURE, max(SURE, probability))
    moved = 1 / (1 + math.exp(-(math.log(clipped / (1 - clipped)) + nats)))
    return min(moved, max(probability, SUREST))
