"""Placements that several tests look at, each fitted when the first of them asks for it."""

from collections.abc import Mapping, Sequence
from functools import cache

from bot.classify.placement import Placement
from bot.ports import Reading
from tests import generated
from tests.fabricated import LIBRARY
from tests.generated import CLASSES, FABRICATED

LABELS = {paper.id: paper.labels for paper in LIBRARY.papers.values()}
NEW = {paper: generated.record(paper, its) for paper, its in list(generated.labels(160).items())[100:]}
"""Papers that no placement below was fitted on."""


def fitted(
    papers: Mapping[str, Reading], labels: Mapping[str, Sequence[str]], classes: Mapping[str, Reading] = CLASSES
) -> Placement:
    """Fitted on these."""
    placement = Placement(list(classes))
    placement.fit(classes, papers, labels)
    return placement


@cache
def of_generated(count: int, clear: float = 0.7) -> Placement:
    """Fitted on so many generated papers."""
    return fitted(generated.read(generated.listed(count, clear=clear)), generated.labels(count))


@cache
def with_papers() -> Placement:
    """Of the few papers that are listed."""
    return fitted(FABRICATED, LABELS)


@cache
def rules_only() -> Placement:
    """Of no paper at all."""
    return fitted({}, {})


def calibrated() -> Placement:
    """Of enough papers to calibrate what it says."""
    return of_generated(40)
