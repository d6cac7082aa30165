"""Why this class and why not the runner-up: quoted, never invented."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.classify.rationale import rationale
from bot.models import Node, Taxonomy
from tests.fabricated import TAXONOMY, candidate

LEAVES = list(TAXONOMY.paths)
WORDS = ["A", "starter", "of", "wild", "yeast.", "Steam!", "1.5", "hours", "(e.g.", "rye)", "酸面团", "~", "$x$", "ﬁne"]


def rules(label: str) -> set[str]:
    leaf = TAXONOMY.leaf(label)
    return {*leaf.include, *texts.sentences(leaf.definition), leaf.name}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(WORDS), min_size=1), st.permutations(LEAVES))
def test_quote_and_rules_are_verbatim_whatever_the_abstract_says(words: list[str], labels: list[str]) -> None:
    record, _ = texts.clean_record(candidate("2611.00001", "A Title", " ".join(["It", *words])))
    why = rationale(record, labels[:2], labels[2], TAXONOMY)
    assert why.quote in record.abstract
    assert why.quote
    assert len(why.rules) == 2
    assert why.rules[0] in rules(labels[0])
    assert why.rules[1] in rules(labels[1])


def test_the_quote_is_the_sentence_that_speaks_the_words_of_the_class() -> None:
    abstract = "Bread is old. We keep a levain of wild yeast in a starter. Sales rose by 3 percent."
    why = rationale(candidate("2611.00001", "T", abstract), ["sourdough"], None, TAXONOMY)
    assert why.quote == "We keep a levain of wild yeast in a starter."
    assert why.rules == ("starter, levain or wild yeast cultures",)


def test_each_class_shows_that_rule_of_its_own_which_is_nearest_to_the_abstract() -> None:
    taxonomy = survey(
        Node(id="steam", name="Steam", include=("lids on pots", "water vapour", "wet stones")),
        Node(id="heat", name="Heat", include=("wood firing", "stones that store heat")),
    )
    record = candidate("2611.00001", "T", "Our wet stones give steam. They store the heat of a day.")
    assert rationale(record, ["steam", "heat"], None, taxonomy).rules == ("wet stones", "stones that store heat")
    assert rationale(record, ["heat", "steam"], None, taxonomy).rules == ("stones that store heat", "wet stones")


def test_the_quote_speaks_for_the_first_class_whatever_the_others_are() -> None:
    record = candidate("2611.00001", "T", "A levain of wild yeast rises. Steam injection helps under lids.")
    alone = rationale(record, ["steam"], None, TAXONOMY).quote
    assert alone == "Steam injection helps under lids."
    assert rationale(record, ["steam", "sourdough"], None, TAXONOMY).quote == alone


def node(label: str, name: str, include: str, *exclude: str) -> Node:
    return Node(id=label, name=name, include=(include,), exclude=exclude)


def survey(*leaves: Node) -> Taxonomy:
    return Taxonomy(root=Node(id="survey", name="Survey", children=leaves))


def test_the_runner_up_is_kept_out_by_its_own_exclusion_that_names_the_chosen_class() -> None:
    taxonomy = survey(
        node("steam", "Steam", "water vapour"),
        node("lids", "Lids", "pots with lids", "pots without one: Stone Hearth", "pots that hold vapour: Steam"),
    )
    why = rationale(candidate("2611.00001", "T", "Water vapour in pots."), ["steam"], "lids", taxonomy)
    assert why.why_not == "not for pots that hold vapour: Steam"


def test_an_exclusion_that_only_holds_the_name_inside_another_word_is_not_taken_for_it() -> None:
    taxonomy = survey(node("lid", "Lid", "a lid"), node("pots", "Pots", "a pot", "solid stones: Hearth"))
    why = rationale(candidate("2611.00001", "T", "A lid."), ["lid"], "pots", taxonomy)
    assert why.why_not == ""


@pytest.mark.parametrize("rival", ["sourdough", "kneading", None])
def test_without_an_exclusion_that_names_the_class_nothing_is_made_up(rival: str | None) -> None:
    record = candidate("2611.00001", "T", "Steam injection, lids and wet stones.")
    assert rationale(record, ["steam"], rival, TAXONOMY).why_not == ""


def test_a_class_with_nothing_but_a_name_is_its_own_rule() -> None:
    taxonomy = survey(Node(id="steam", name="Steam"), Node(id="lids", name="Lids"))
    why = rationale(candidate("2611.00001", "T", "酸面团的研究。"), ["steam", "lids"], None, taxonomy)
    assert (why.rules, why.quote) == (("Steam", "Lids"), "酸面团的研究。")


def test_an_abstract_of_nothing_visible_is_spoken_for_by_the_title() -> None:
    record, _ = texts.clean_record(candidate("2611.00001", "A Title", "\u200b"))
    assert rationale(record, ["steam"], None, TAXONOMY).quote == "A Title"
