"""Whether the texts and numbers of a plan can be what they should be."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from bot import ids
from bot.markdown import shortened
from bot.models import Part, Taxonomy

MANY = 100
"""Terms, parts and the like of one paper."""
TITLE, LINE, WORD = 1_000, 4_000, 300
"""Characters."""
NUMBER = "there is a number in it that cannot be"


def is_plain(text: str, most: int) -> bool:
    """Whether this is a line of so many characters at most, none of them invisible or a control character."""
    if len(text) > most:
        return False
    return text.isprintable() or all(one.isprintable() or unicodedata.category(one) == "Zs" for one in text)


def are_plain(some: Sequence[str], most: int) -> bool:
    """The same of a few texts."""
    return len(some) <= MANY and all(is_plain(text, most) for text in some)


def are_parts(parts: Sequence[Part]) -> bool:
    """Whether they are few, with plain names and finite values."""
    return len(parts) <= MANY and all(is_plain(part.name, WORD) and math.isfinite(part.value) for part in parts)


def are_leaves(labels: Sequence[str], taxonomy: Taxonomy) -> bool:
    """Whether each is a class, and stands there once."""
    return len(labels) == len(set(labels)) and all(label in taxonomy.paths for label in labels)


def is_share(value: float | None) -> bool:
    """Whether this can be a probability; not known is fine."""
    return value is None or 0 <= value <= 1


def is_cosine(value: float) -> bool:
    """Whether this can be a cosine, but for rounding."""
    return -1.01 <= value <= 1.01


def is_version(value: int | None) -> bool:
    """Whether this can be a version of a paper; not known is fine."""
    return value is None or 0 < value < 1_000


def name(paper: str) -> str:
    """An id as it is told, whatever it holds."""
    return paper if ids.is_arxiv(paper) else ascii(shortened(paper, 40))
