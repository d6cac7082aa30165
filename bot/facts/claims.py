"""What a number is a claim of, told by the words around it: ``reduces latency by`` **30%**, **50** ``demonstrations``.

A claim is only what one of the shapes here says; a number in any other company is no claim.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.facts.measures import Measure
from bot.models.facts import Quantity, Sense


class Claim(NamedTuple):
    """What is claimed of a number; ``words`` is the stretch of the text that says so."""

    quantity: Quantity
    change: Sense | None
    unit: str
    words: str = ""


class Place(NamedTuple):
    """A measure among the words of its sentence, which is flat."""

    measure: Measure
    earlier: str
    """The words up to the number before this one, that number included."""
    before: str
    """The words between that number and this one."""
    after: str
    """The words up to the next number."""
    listed: bool = False
    """The claim before was a share of something, and this one may go on with it: ``10% of A and 5% of B``."""


def pattern(words: str) -> re.Pattern[str]:
    """A pattern that minds no case."""
    return re.compile(words, re.IGNORECASE)
