"""How near papers come to the rules of classes: the definition, told slowly, against the one large product."""

import numpy as np
import pytest

from bot.classify import rules
from bot.classify.rules import Rules
from bot.ports import Reading
from tests import generated
from tests.generated import CLASSES, FABRICATED, reading

NOTHING = reading()


def slowly(paper: Reading, of_class: Reading) -> float:
    """For every rule the nearest sentence, averaged."""
    if not len(paper.vectors) or not len(of_class.vectors):
        return 0.0
    return float(np.mean([max(float(rule @ sentence) for sentence in paper.vectors) for rule in of_class.vectors]))


@pytest.mark.parametrize("at_once", [1, 700, 4_000_000])
def test_it_is_the_mean_over_the_rules_of_the_nearest_sentence_however_many_are_compared_at_once(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "_AT_ONCE", at_once)
    papers = [NOTHING, *FABRICATED.values(), NOTHING, *generated.read(generated.listed(20)).values(), NOTHING]
    classes = [NOTHING, *CLASSES.values(), NOTHING]
    expected = [[slowly(paper, one) for one in classes] for paper in papers]
    assert Rules(classes).near(papers) == pytest.approx(np.array(expected), abs=1e-6)


def test_no_papers_and_no_rules_are_near_nothing() -> None:
    assert Rules(list(CLASSES.values())).near([]).shape == (0, len(CLASSES))
    assert Rules([NOTHING, NOTHING]).near(list(FABRICATED.values())).tolist() == [[0.0, 0.0]] * len(FABRICATED)
