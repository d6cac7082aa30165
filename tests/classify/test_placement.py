"""Ranking the classes: from the rulebook alone, better with listed papers, and always a distribution."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.classify.placement import Placement
from bot.models import Ranked
from bot.ports import Vector
from tests.fabricated import LIBRARY, PAPERS, RECORDS, TAXONOMY
from tests.fake_embedder import FakeEmbedder

EMBEDDER = FakeEmbedder()
RULEBOOK = {label: texts.class_text(path) for label, path in TAXONOMY.paths.items()}
LISTED = {paper.id: texts.paper_text(paper, RECORDS.get(paper.id), TAXONOMY) for paper in PAPERS.values()}
LABELS = {paper.id: paper.labels for paper in LIBRARY.papers.values()}


def vectors(entries: Mapping[str, str]) -> dict[str, Vector]:
    return dict(zip(entries, EMBEDDER.encode(list(entries.values())), strict=True))


def fitted(rulebook: Mapping[str, str], listed: Mapping[str, str], labels: Mapping[str, Sequence[str]]) -> Placement:
    entries = {**rulebook, **listed}
    placement = Placement(list(rulebook))
    placement.fit(entries, labels, vectors(entries))
    return placement


def rank(placement: Placement, text: str) -> tuple[Ranked, ...]:
    return placement.rank(text, EMBEDDER.encode([text])[0])


def is_distribution(ranked: Sequence[Ranked], leaves: Sequence[str]) -> bool:
    probabilities = [one.probability for one in ranked]
    return (
        sorted(one.label for one in ranked) == sorted(leaves)
        and probabilities == sorted(probabilities, reverse=True)
        and sum(probabilities) == pytest.approx(1.0)
    )


WITH_PAPERS = fitted(RULEBOOK, LISTED, LABELS)
RULES_ONLY = fitted(RULEBOOK, {}, {})


WORDS = ["a", "starter", "of", "wild", "yeast", "酸面团", "42", ".", "steam", "the", "zebra"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS)).map(" ".join) | st.text())
def test_whatever_is_asked_the_answer_is_a_sorted_distribution_over_the_leaves(text: str) -> None:
    for placement in (WITH_PAPERS, RULES_ONLY):
        ranked = rank(placement, text)
        assert is_distribution(ranked, list(RULEBOOK))
        assert rank(placement, text) == ranked


@pytest.mark.parametrize("placement", [WITH_PAPERS, RULES_ONLY], ids=["with-papers", "rulebook-only"])
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
def test_a_paper_that_speaks_the_words_of_a_class_gets_that_class(placement: Placement, text: str, label: str) -> None:
    assert rank(placement, text)[0].label == label


def test_listed_papers_teach_words_that_no_rule_holds() -> None:
    text = "A tide table for galleons: zymurgy at the equator"
    listed = {f"2504.0000{i}": f"Zymurgy on galleons, part {i}: the equator and its tide" for i in range(1, 4)}
    taught = fitted(RULEBOOK, listed, dict.fromkeys(listed, ("kneading",)))
    before = {one.label: one.probability for one in rank(RULES_ONLY, text)}["kneading"]
    assert rank(taught, text)[0].label == "kneading"
    assert rank(taught, text)[0].probability > before


def test_a_survey_of_one_class_gives_it_every_paper() -> None:
    rulebook = {"steam": RULEBOOK["steam"]}
    for listed, labels in (({}, {}), (LISTED, dict.fromkeys(LISTED, ("steam",)))):
        placement = fitted(rulebook, listed, labels)
        assert rank(placement, "Anything at all") == (Ranked(label="steam", probability=1.0),)


def test_a_class_without_papers_and_a_class_with_all_of_them_are_both_ranked() -> None:
    placement = fitted(RULEBOOK, LISTED, dict.fromkeys(LISTED, ("steam",)))
    assert is_distribution(rank(placement, "Dough"), list(RULEBOOK))
    assert rank(placement, "Gluten by folding and stretching, with mixer speed schedules")[0].label == "kneading"


@pytest.mark.parametrize("texts_", [("1 2 3", "4 5"), ("the and of", "is a to"), ("酸面团", "面包")])
def test_texts_without_a_single_word_to_go_by_are_no_problem(texts_: tuple[str, str]) -> None:
    rulebook = dict(zip(("one", "two"), texts_, strict=True))
    for listed in ({}, {"2501.00001": "7 8 9"}):
        placement = fitted(rulebook, listed, dict.fromkeys(listed, ("one",)))
        assert is_distribution(rank(placement, "10 11"), ["one", "two"])


def test_one_paper_that_shares_no_word_with_the_rulebook_is_no_problem() -> None:
    placement = fitted({"one": "alpha beta", "two": "gamma"}, {"2501.00001": "delta"}, {"2501.00001": ("two",)})
    assert rank(placement, "delta gamma")[0].label == "two"


def test_a_paper_without_a_vector_or_without_a_class_teaches_nothing() -> None:
    entries = {**RULEBOOK, **LISTED}
    placement = Placement(list(RULEBOOK))
    labels = {**LABELS, "2509.99999": ("steam",), "2501.00001": ()}
    without = {key: text for key, text in entries.items() if key != "2501.00002"}
    placement.fit(entries, labels, vectors(without))
    known = [key for key in LABELS if key not in ("2501.00001", "2501.00002")]
    same = fitted(RULEBOOK, {key: LISTED[key] for key in known}, {key: LABELS[key] for key in known})
    text = "Lactic bacteria and a starter"
    assert [one.probability for one in rank(placement, text)] == pytest.approx(
        [one.probability for one in rank(same, text)]
    )


def test_the_order_in_which_papers_are_listed_changes_nothing() -> None:
    turned = fitted(RULEBOOK, dict(reversed(LISTED.items())), dict(reversed(LABELS.items())))
    for text in LISTED.values():
        a, b = ({one.label: one.probability for one in rank(placement, text)} for placement in (WITH_PAPERS, turned))
        assert a == pytest.approx(b, abs=1e-6)


def test_an_abstract_of_twenty_thousand_words_is_ranked_like_any_other() -> None:
    text = "Steam injection keeps the crust soft. " * 3300
    ranked = rank(WITH_PAPERS, text)
    assert ranked[0].label == "steam"
    assert np.isfinite([one.probability for one in ranked]).all()
