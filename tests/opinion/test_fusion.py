"""The bot's placement and a language model's ranking become one."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.models import Opinion, Ranked
from bot.opinion.fusion import differences, fused

LABELS = [f"class-{number}" for number in range(8)]
PLACEMENT = tuple(
    Ranked(label=label, probability=probability)
    for label, probability in zip(LABELS, (0.6, 0.3, 0.1, 0.05, 0.05, 0.02, 0.01, 0.0), strict=True)
)


def opinion(*ranked: str, **more: object) -> Opinion:
    return Opinion.model_validate({"model": "m", "ranked": ranked, **more})


def chances(*ranked: str, right: float = 0.8) -> dict[str, float]:
    return {one.label: one.probability for one in fused(PLACEMENT, opinion(*ranked), right)}


def test_agreement_makes_the_first_class_surer() -> None:
    assert chances("class-0", "class-1", "class-2")["class-0"] > 0.8


def test_disagreement_makes_the_first_class_less_sure() -> None:
    found = chances("class-1", "class-0")
    assert found["class-0"] < 0.7
    assert found["class-1"] > 0.3


def test_a_class_that_is_left_out_loses() -> None:
    assert chances("class-1", "class-2", "class-3")["class-0"] < PLACEMENT[0].probability


def test_a_model_that_is_seldom_right_moves_little() -> None:
    trusted, doubted = chances("class-3", "class-4", right=0.9), chances("class-3", "class-4", right=0.2)
    assert abs(doubted["class-3"] - 0.05) < abs(trusted["class-3"] - 0.05)
    assert next(iter(doubted)) == "class-0"


def test_the_class_put_first_gains_most() -> None:
    found = chances("class-4", "class-3")
    assert found["class-4"] > found["class-3"]


@pytest.mark.parametrize(
    "said", [None, Opinion(model="m"), Opinion(model="m", ranked=()), Opinion(model="m", scope="out")]
)
def test_without_a_ranking_the_placement_stays(said: Opinion | None) -> None:
    assert fused(PLACEMENT, said, 0.8) == PLACEMENT


def test_where_there_is_one_class_it_stays() -> None:
    assert fused(PLACEMENT[:1], opinion("class-0"), 0.8) == PLACEMENT[:1]


@given(
    some.lists(some.floats(0, 1), min_size=1, max_size=6),
    some.lists(some.integers(0, 5), max_size=3, unique=True),
    some.floats(0.01, 0.99),
)
def test_every_class_keeps_a_probability_and_the_most_probable_stands_first(
    probabilities: list[float], ranked: list[int], right: float
) -> None:
    placement = tuple(
        Ranked(label=LABELS[at], probability=one) for at, one in enumerate(sorted(probabilities, reverse=True))
    )
    found = fused(placement, opinion(*(LABELS[at] for at in ranked if at < len(placement))), right)
    assert sorted(one.label for one in found) == sorted(one.label for one in placement)
    assert list(found) == sorted(found, key=lambda one: -one.probability)


OWN = PLACEMENT[:2]


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (opinion("class-0", scope="in"), ()),
        (opinion("class-1"), ()),  # the bot proposes two classes, and this is the second
        (opinion("class-2"), ("class",)),
        (opinion(), ("none",)),
        (opinion("class-0", scope="adjacent"), ("scope",)),
        (Opinion(model="m", scope="out"), ("scope",)),
        (Opinion(model="m", problems=("LLM gave no reply: it is down",)), ()),
        (opinion("class-3", scope="out"), ("scope", "class")),
    ],
)
def test_a_model_differs_in_what_it_says(said: Opinion, found: tuple[str, ...]) -> None:
    assert differences(said, OWN) == found
