"""Placements that several tests look at."""

from collections.abc import Mapping, Sequence

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


def of_generated(count: int, clear: float = 0.7) -> Placement:
    """Fitted on so many generated papers."""
    return fitted(generated.read(generated.listed(count, clear=clear)), generated.labels(count))


WITH_PAPERS = fitted(FABRICATED, LABELS)
RULES_ONLY = fitted({}, {})
CALIBRATED = of_generated(40)
