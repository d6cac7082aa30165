"""Papers that look like a class of their own: what one job finds, another shows, and a report keeps."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.models import Model

LEAST = 5
"""Papers: fewer make no class."""


class Cluster(Model):
    """Papers that are more like each other than like any class, and what they have in common."""

    papers: Annotated[tuple[str, ...], Field(min_length=LEAST)]
    """Ids on arXiv, the oldest first."""
    terms: tuple[str, ...] = ()
    """Words that many of them say and few listed papers, the most telling first; strangers' words."""
    near: tuple[str, ...] = ()
    """The classes most like them (leaf ids), the nearest first."""
    alike: float
    """The mean cosine between two of them, of centred TF-IDF vectors."""
    nearest: float
    """The mean cosine between them and what the nearest class holds."""
    scope: float | None = None
    """The mean probability that they belong in the survey; None where nobody knows of any."""
