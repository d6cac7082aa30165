"""Why this class and why not the runner-up, and what is new about a paper: quoted, never invented."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.classify import words
from bot.classify.rationale import UNUSUAL, WORDS, rationale, unusual
from bot.models import Node, Rationale, Record, Taxonomy
from tests.fabricated import TAXONOMY, candidate
from tests.generated import reading

LEAVES = list(TAXONOMY.paths)
PIECES = [
    "A",
    "starter",
    "of",
    "wild",
    "yeast.",
    "Steam!",
    "1.5",
    "hours",
    "(e.g.",
    "rye)",
    "酸面团",
    "~",
    "$x$",
    "ﬁne",
]


def why(
    record: Record,
    labels: Sequence[str],
    rival: str | None = None,
    taxonomy: Taxonomy = TAXONOMY,
    speaking: Mapping[str, float] | None = None,
) -> Rationale:
    """``speaking``: word -> how much it speaks for the first label, best first."""
    classes = {label: reading(*texts.class_sentences(path)) for label, path in taxonomy.paths.items()}
    stems = {stem: value for word, value in (speaking or {}).items() for stem in words.stems(word)}
    return rationale(reading(*texts.record_sentences(record)), labels, rival, taxonomy, classes, stems)


def paper(abstract: str, title: str = "A Title") -> Record:
    return texts.clean_record(candidate("2611.00001", title, abstract))[0]


def rules(label: str) -> set[str]:
    leaf = TAXONOMY.leaf(label)
    return {*leaf.include, *texts.sentences(leaf.definition)}


# --- the quote and the words -----------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(
    st.lists(st.sampled_from(PIECES), min_size=1).map(" ".join) | st.text(min_size=1).filter(str.strip),
    st.permutations(LEAVES),
    st.dictionaries(st.sampled_from(["starter", "wild", "yeast", "steam", "rye"]), st.floats(-5, 5)),
)
def test_quote_words_and_rules_are_verbatim_whatever_the_abstract_says(
    abstract: str, labels: list[str], speaking: dict[str, float]
) -> None:
    record = paper(abstract)
    found = why(record, labels[:2], labels[2], speaking=speaking)
    assert found.quote in (record.abstract or record.title)
    assert found.quote
    assert all(word in f"{record.title} {record.abstract}" for word in found.words)
    assert [rule in rules(label) for rule, label in zip(found.rules, labels[:2], strict=True)] == [True, True]


def test_the_quote_is_the_sentence_whose_words_speak_most_for_the_class() -> None:
    record = paper("Bread is old. We keep a levain of wild yeast in starters. Sales rose by 3 percent.")
    speaking = {"levain": 0.5, "starter": 0.3, "sales": 0.2, "bread": -1.0}
    assert why(record, ["sourdough"], speaking=speaking).quote == "We keep a levain of wild yeast in starters."


def test_a_word_said_often_in_one_sentence_counts_once() -> None:
    record = paper("Steam, steam, steam. A levain with steam.")
    assert why(record, ["steam"], speaking={"levain": 0.1, "steam": 0.2}).quote == "A levain with steam."


def test_where_no_word_speaks_for_it_the_abstract_s_first_sentence_is_quoted() -> None:
    assert why(paper("One thing. Another thing."), ["steam"]).quote == "One thing."
    assert why(paper("One thing. Another thing."), ["steam"]).words == ()


def test_an_abstract_of_nothing_visible_is_spoken_for_by_the_title() -> None:
    assert why(paper("\u200b"), ["steam"]).quote == "A Title"


def test_the_words_shown_are_the_best_that_speak_for_it_as_the_text_writes_them() -> None:
    record = paper("Vapours and Injections keep crusts; gluten too. A lid helps, a valve, a spritz, moisture.")
    speaking = {word: 1 - place / 10 for place, word in enumerate(["injection", "vapour", "crust", "valve", "spritz"])}
    found = why(record, ["steam"], speaking={**speaking, "moisture": 0.4, "lid": 0.3, "gluten": -2.0})
    assert found.words == ("Injections", "Vapours", "crusts", "valve", "spritz", "moisture")
    assert len(found.words) == WORDS


# --- the rules -------------------------------------------------------------------------------------------------------


def survey(*leaves: Node) -> Taxonomy:
    return Taxonomy(root=Node(id="survey", name="Survey", children=leaves))


def node(label: str, name: str, include: str, *exclude: str) -> Node:
    return Node(id=label, name=name, include=(include,), exclude=exclude)


def test_each_class_shows_that_rule_of_its_own_which_a_sentence_comes_nearest_to() -> None:
    taxonomy = survey(
        Node(id="steam", name="Steam", include=("lids on pots", "water vapour", "wet stones")),
        Node(id="heat", name="Heat", include=("wood firing", "stones that store heat")),
    )
    record = paper("Our wet stones give steam. They store the heat of a day.")
    assert why(record, ["steam", "heat"], None, taxonomy).rules == ("wet stones", "stones that store heat")
    assert why(record, ["heat", "steam"], None, taxonomy).rules == ("stones that store heat", "wet stones")


def test_a_class_with_nothing_but_a_name_is_its_own_rule() -> None:
    taxonomy = survey(Node(id="steam", name="Steam"), Node(id="lids", name="Lids"))
    found = why(paper("酸面团的研究。"), ["steam", "lids"], None, taxonomy)
    assert (found.rules, found.quote) == (("Steam", "Lids"), "酸面团的研究。")


def test_a_name_is_no_rule_where_there_are_rules_however_near_it_is() -> None:
    taxonomy = survey(Node(id="steam", name="Steam", include=("water vapour",)), Node(id="lids", name="Lids"))
    assert why(paper("Steam.", "Steam"), ["steam"], None, taxonomy).rules == ("water vapour",)


# --- why not ---------------------------------------------------------------------------------------------------------


def test_the_runner_up_is_kept_out_by_its_own_exclusion_that_names_the_chosen_class() -> None:
    taxonomy = survey(
        node("steam", "Steam", "water vapour"),
        node("lids", "Lids", "pots with lids", "pots without one: Stone Hearth", "pots that hold vapour: Steam"),
    )
    found = why(paper("Water vapour in pots."), ["steam"], "lids", taxonomy)
    assert found.why_not == "not for pots that hold vapour: Steam"


def test_an_exclusion_that_only_holds_the_name_inside_another_word_is_not_taken_for_it() -> None:
    taxonomy = survey(node("lid", "Lid", "a lid"), node("pots", "Pots", "a pot", "solid stones: Hearth"))
    assert why(paper("A lid."), ["lid"], "pots", taxonomy).why_not == ""


@pytest.mark.parametrize("rival", ["sourdough", "kneading", None])
def test_without_an_exclusion_that_names_the_class_nothing_is_made_up(rival: str | None) -> None:
    assert why(paper("Steam injection, lids and wet stones."), ["steam"], rival).why_not == ""


# --- what is new -----------------------------------------------------------------------------------------------------


def new_words(title: str, abstract: str, usual: str = "") -> tuple[str, ...]:
    return unusual(reading(*texts.record_sentences(paper(abstract, title))), set(words.stems(usual)))


def test_words_said_twice_or_in_the_title_are_new_unless_a_form_of_them_is_usual() -> None:
    found = new_words("Zymurgy at Sea", "Galleons ferment. A galleon ferments by tides.", usual="fermenting bread sea")
    assert found == ("Galleons", "Zymurgy")


def test_the_name_of_the_method_and_bare_numbers_are_nothing_new() -> None:
    abstract = "FogLoaf is new. FogLoaf scores 42, 42 times. A plasma oven: plasma."
    assert new_words("FogLoaf: Plasma 2000", abstract) == ("Plasma",)


def test_a_title_without_a_colon_is_no_name() -> None:
    assert new_words("Plasma", "It bakes.") == ("Plasma",)


def test_so_many_new_words_are_shown_at_most_those_said_most_often_first() -> None:
    abstract = " ".join(f"thing{number}x " * (2 + number) for number in range(20))
    found = new_words("It", abstract)
    assert found == tuple(f"thing{number}x" for number in range(19, 19 - UNUSUAL, -1))


@given(st.text(min_size=1).filter(str.strip), st.sets(st.text(min_size=2, max_size=5)))
def test_whatever_a_paper_says_its_new_words_stand_in_it_and_none_is_usual(text: str, usual: set[str]) -> None:
    record = paper(text)
    for word in unusual(reading(*texts.record_sentences(record)), usual):
        assert word in f"{record.title} {record.abstract}"
        assert not set(words.stems(word)) & usual
