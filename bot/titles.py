"""When two titles are one."""

from __future__ import annotations

import re

ALIKE = 0.6
"""Share of common words from which two titles under one link are two wordings of one title."""


def normal(title: str) -> str:
    """A title as lower-case words, to compare with others."""
    return " ".join(re.findall(r"\w+", title.lower()))


def likeness(one: str, other: str) -> float:
    """Share of the words of two titles that both have."""
    a, b = set(normal(one).split()), set(normal(other).split())
    return len(a & b) / max(1, len(a | b))


def alike(one: str, other: str) -> float:
    """How like two titles are, 0 to 1; a name that only one of them has in front changes nothing."""
    return max(likeness(one, other), likeness(tail(one), other), likeness(one, tail(other)))


def tail(title: str) -> str:
    """A title without the name in front of its colon; itself, where it has none."""
    head, colon, rest = title.partition(":")
    return rest.strip() if colon and len(head.split()) <= 3 and normal(rest) else title
