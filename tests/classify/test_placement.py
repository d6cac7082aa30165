"""Ranking the classes: from the rulebook alone, better with listed papers, and always every class once."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.classify.placement import FEATURES, LEAST, WEIGHTS, Placement
from bot.models import Ranked
from bot.ports import Reading
from tests import generated
from tests.classify.placements import LABELS, NEW, calibrated, fitted, of_generated, rules_only, with_papers
from tests.generated import CLASSES, FABRICATED, reading


def every_class_once(ranked: Sequence[Ranked], classes: Mapping[str, Reading] = CLASSES) -> bool:
    probabilities = [one.probability for one in ranked]
    return sorted(one.label for one in ranked) == sorted(classes) and probabilities == sorted(
        probabilities, reverse=True
    )


def probabilities(placement: Placement, paper: Reading) -> dict[str, float]:
    return {one.label: one.probability for one in placement.rank(paper)}


# --- whatever is asked -----------------------------------------------------------------------------------------------

WORDS = ["a", "starter", "of", "wild", "yeast", "酸面团", "42", ".", "steam", "the", "zebra", "brick", "gluten"]
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS)).map(" ".join) | st.text(max_size=40), max_size=4)


@settings(max_examples=60)
@given(SENTENCES)
def test_whatever_is_asked_every_class_is_ranked_once_and_asking_again_gives_the_same(sentences: list[str]) -> None:
    for placement in (with_papers(), rules_only(), calibrated()):
        ranked = placement.rank(reading(*sentences))  # Ranked itself refuses what is not within 0 and 1
        assert every_class_once(ranked)
        assert placement.rank(reading(*sentences)) == ranked


@pytest.mark.parametrize(
    "sentences",
    [
        (),
        ("",),
        ("Steam", *["Steam injection keeps the crust soft."] * 3300),
        ("Steam", "steam injection " * 10_000),
        ("酸面团的研究", "面包。"),
        ("1 2 3", "4 5."),
    ],
    ids=["nothing", "empty", "20,000 words", "20,000 words in one sentence", "Chinese", "digits"],
)
def test_strange_texts_are_ranked_like_any_other(sentences: tuple[str, ...]) -> None:
    for placement in (with_papers(), rules_only(), calibrated()):
        ranked = placement.rank(reading(*sentences))
        assert every_class_once(ranked)
        if "Steam" in sentences:
            assert ranked[0].label == "steam"


def test_a_paper_known_by_its_title_only_is_placed_by_it() -> None:
    assert with_papers().rank(reading("Steam injection and lids"))[0].label == "steam"


def test_many_papers_at_once_get_what_each_gets_alone_and_none_get_none() -> None:
    papers = list(FABRICATED.values())
    together = calibrated().probabilities(papers)
    for row, paper in zip(together, papers, strict=True):
        assert sorted(row, reverse=True) == pytest.approx([one.probability for one in calibrated().rank(paper)])
    assert calibrated().probabilities([]).shape == (0, len(CLASSES))


# --- learning --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("placement", [with_papers, rules_only], ids=["with-papers", "rulebook-only"])
@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("A levain kept by wild yeast and lactic bacteria in a starter", "sourdough"),
        ("Dosing instant yeast: cultivated cells from a factory", "bakers-yeast"),
        ("Gluten by folding and stretching, with mixer speed schedules", "kneading"),
        ("Steam injection: water vapour in the chamber keeps a crust soft", "steam"),
        ("Brick domes and baking stones with thermal mass for wood firing", "stone-hearth"),
    ],
)
def test_a_paper_that_speaks_the_words_of_a_class_gets_that_class(
    placement: Callable[[], Placement], text: str, label: str
) -> None:
    assert placement().rank(reading("A study", text))[0].label == label


def test_without_papers_the_weights_are_the_written_ones() -> None:
    assert rules_only().weights == dict(zip(FEATURES, WEIGHTS, strict=True))
    assert rules_only().held_out.papers == ()
    assert len(rules_only().held_out.confidence) == len(rules_only().held_out.right) == 0


def test_listed_papers_teach_words_that_no_rule_holds() -> None:
    paper = reading("A tide table for galleons", "We use zymurgy at the equator.")
    about_it = {f"2504.0000{i}": reading(f"Zymurgy on galleons {i}", "The equator and its tide.") for i in range(1, 4)}
    taught = fitted({**FABRICATED, **about_it}, {**LABELS, **dict.fromkeys(about_it, ("kneading",))})
    assert taught.rank(paper)[0].label == "kneading"
    assert with_papers().rank(paper)[0].label != "kneading"


def test_a_hundred_listed_papers_place_new_ones_better_than_the_rulebook_does_and_twenty_no_worse() -> None:
    new = {paper: generated.record(paper, its, clear=0.45) for paper, its in list(generated.labels(400).items())[100:]}
    readings, truth = list(generated.read(new).values()), generated.labels(400)

    def right(placement: Placement) -> float:
        first = placement.probabilities(readings).argmax(axis=1)
        return float(np.mean([list(CLASSES)[best] in truth[paper] for paper, best in zip(new, first, strict=True)]))

    of_rules = right(rules_only())
    assert right(of_generated(20, clear=0.45)) >= of_rules - 0.05
    assert right(of_generated(100, clear=0.45)) >= of_rules + 0.03


def test_a_paper_without_a_class_or_without_a_reading_teaches_nothing() -> None:
    labels = {**LABELS, "2509.99999": ("steam",), "2501.00001": ()}
    known = {paper: text for paper, text in FABRICATED.items() if paper != "2501.00001"}
    with_it, without = fitted(FABRICATED, labels), fitted(known, LABELS)
    paper = reading("Lactic bacteria and a starter")
    assert probabilities(with_it, paper) == pytest.approx(probabilities(without, paper))


def test_the_order_in_which_papers_are_listed_changes_nothing() -> None:
    turned = fitted(dict(reversed(FABRICATED.items())), dict(reversed(LABELS.items())))
    for paper in FABRICATED.values():
        assert probabilities(with_papers(), paper) == pytest.approx(probabilities(turned, paper), abs=1e-4)


def test_fitting_twice_gives_the_same_to_the_last_bit() -> None:
    again = fitted(generated.read(generated.listed(40)), generated.labels(40))
    papers = list(generated.read(NEW).values())
    assert np.array_equal(again.probabilities(papers), calibrated().probabilities(papers))
    assert np.array_equal(again.held_out.probability, calibrated().held_out.probability)


# --- taxonomies at the edge ------------------------------------------------------------------------------------------


def test_a_survey_of_one_class_gives_it_every_paper() -> None:
    one = {"steam": CLASSES["steam"]}
    for papers in ({}, dict(list(FABRICATED.items())[:1]), FABRICATED, generated.read(generated.listed(LEAST))):
        placement = fitted(papers, dict.fromkeys(papers, ("steam",)), one)
        assert placement.rank(reading("Anything at all")) == (Ranked(label="steam", probability=1.0),)


@pytest.mark.parametrize("count", [7, 40])
def test_classes_without_papers_stay_reachable_where_all_papers_are_in_one(count: int) -> None:
    papers = generated.read(generated.listed(count))
    placement = fitted(papers, dict.fromkeys(papers, ("steam",)))
    assert every_class_once(placement.rank(reading("Dough")))
    hearth = reading("Thermal mass", "Baking stones and brick domes store heat below the loaf for wood firing.")
    assert probabilities(placement, hearth)["stone-hearth"] > probabilities(placement, reading("Dough"))["stone-hearth"]


def test_a_class_with_one_paper_gets_new_ones_and_its_own_when_held_out() -> None:
    papers = generated.read(generated.listed(40))
    labels = {paper: its for paper, its in generated.labels(40).items() if "steam" not in its}
    one = generated.paper_id(3)
    placement = fitted(papers, {**labels, one: ("steam",)})
    assert placement.rank(papers[one])[0].label == "steam"
    held = placement.held_out.probability[placement.held_out.papers.index(one)]
    assert held[list(CLASSES).index("steam")] > 0


@pytest.mark.parametrize("names", [("1 2 3", "4 5"), ("the and of", "is a to"), ("酸面团", "面包")])
def test_rulebooks_without_a_single_word_to_go_by_are_no_problem(names: tuple[str, str]) -> None:
    classes = dict(zip(("one", "two"), map(reading, names), strict=True))
    for papers in ({}, {"2501.00001": reading("7 8 9")}, {f"2501.0000{i}": reading(f"{i} {i}") for i in range(1, 4)}):
        placement = fitted(papers, dict.fromkeys(papers, ("one",)), classes)
        assert every_class_once(placement.rank(reading("10 11")), classes)


def test_classes_with_the_same_rules_share_alike() -> None:
    classes = {"one": reading("Steam"), "two": reading("Steam")}
    found = probabilities(fitted({}, {}, classes), reading("Steam", "Steam."))
    assert found["one"] == pytest.approx(found["two"])


# --- why -------------------------------------------------------------------------------------------------------------


def of_words(placement: Placement, paper: Reading, label: str, rival: str | None) -> float:
    """What the two features that go by words add to the score of a class, less what they add to the rival's."""
    parts = placement.features([paper])[0] * list(placement.weights.values())
    by_words = dict(zip(CLASSES, parts[:, :2].sum(axis=1), strict=True))
    return float(by_words[label] - (by_words[rival] if rival else 0.0))


@pytest.mark.parametrize("placement", [with_papers, rules_only, calibrated], ids=["few", "none", "many"])
@pytest.mark.parametrize("rival", ["kneading", None])
def test_the_words_that_speak_add_up_to_the_score_that_words_give(
    placement: Callable[[], Placement], rival: str | None
) -> None:
    """More than a text without a word gets, which is the constant of the class."""
    its = placement()
    nothing = of_words(its, reading("…"), "steam", rival)
    for paper in FABRICATED.values():
        speaking = its.speaking(paper, "steam", rival)
        assert sum(speaking.values()) == pytest.approx(of_words(its, paper, "steam", rival) - nothing)
        assert list(speaking.values()) == sorted(speaking.values(), reverse=True)


def test_the_word_that_speaks_most_is_a_word_of_the_class_and_what_both_say_speaks_for_neither() -> None:
    paper = reading("A loaf", "We use steam injection, vapour and a mixer for gluten.")
    speaking = calibrated().speaking(paper, "steam", "kneading")
    assert next(iter(speaking)) in {"vapour", "inject", "steam"}
    assert speaking["gluten"] < 0 < speaking["vapour"]
    assert calibrated().speaking(paper, "kneading", "steam") == pytest.approx(
        {word: -value for word, value in speaking.items()}
    )


def test_a_text_without_a_known_word_has_none_that_speak() -> None:
    assert calibrated().speaking(reading("酸面团", "1 2"), "steam", None) == {}
