"""Advice on what the list says: a lint of meaning beside ``bot.check``, the lint of form.

Nothing here is an error. Each piece says what a maintainer may want to look at, why, and how much it deserves a look.
Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot import texts
from bot.advice import classes, identity, mentioned, placed, twins
from bot.advice.identity import unsure
from bot.advice.mentioned import parse, unknown_classes
from bot.advice.piece import CLOSE, KINDS, Advice, Known, Learned, Mention

__all__ = [
    "CLOSE",
    "KINDS",
    "MENTIONS",
    "Advice",
    "Known",
    "Learned",
    "Mention",
    "advise",
    "parse",
    "unknown_classes",
    "unsure",
]

MENTIONS = mentioned.FILE

ROOMS: tuple[Callable[[Known], Iterator[Advice]], ...] = (
    identity.another_paper,
    identity.withdrawn,
    identity.unknown_id,
    identity.on_arxiv,
    identity.late_year,
    identity.changed_title,
    twins.twins,
    placed.placed,
    mentioned.mentioned,
    classes.blurred,
    classes.sizes,
)
_OF_THE_TEXT = frozenset({"wrong-class", "second-label", "duplicate", "withdrawn"})
"""Kinds that go by an abstract, which may be another paper's."""


def advise(known: Known) -> list[Advice]:
    """All advice, grouped by kind: the group with the weightiest piece first, within it the weightiest piece.

    Every text is cleaned (``bot.texts.clean``): titles and comments are strangers'.
    """
    found = [one for room in ROOMS for one in room(known)]
    strange = {key for one in found if one.kind == "another-paper" for key in one.papers}
    found = [one for one in found if one.kind not in _OF_THE_TEXT or not strange.intersection(one.papers)]
    heaviest: dict[str, float] = {}
    for one in found:
        heaviest[one.kind] = max(one.weight, heaviest.get(one.kind, 0.0))
    order = {kind: place for place, kind in enumerate(KINDS)}
    found.sort(key=lambda one: (-heaviest[one.kind], order[one.kind], -one.weight, one.papers, one.sentence))
    return [
        one._replace(
            sentence=texts.clean(one.sentence)[0], evidence=tuple(texts.clean(said)[0] for said in one.evidence)
        )
        for one in found
    ]
