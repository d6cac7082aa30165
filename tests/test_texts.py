"""Cleaning what strangers wrote, cutting it into sentences, and the texts that are matched."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.models import Node, Record
from tests.fabricated import PAPERS, RECORDS, TAXONOMY, candidate

HIDDEN = ["\u200b", "\u200d", "\u00ad", "\u202e", "\u2066", "\u061c", "\u2060", "\ufeff", "\u3164", "\U000e0041"]


@settings(deadline=None)
@given(st.text())
def test_cleaned_text_is_one_line_of_nfkc_and_cleaning_it_again_changes_nothing(text: str) -> None:
    clean, _ = texts.clean(text)
    assert unicodedata.is_normalized("NFKC", clean)
    assert not any(unicodedata.category(char) in ("Cc", "Cf") and char in HIDDEN for char in clean)
    assert texts.clean(clean)[0] == clean


@pytest.mark.parametrize("hidden", HIDDEN, ids=ascii)
def test_invisible_and_direction_changing_characters_are_removed_and_told(hidden: str) -> None:
    clean, flags = texts.clean(f"sour{hidden}dough")
    assert clean == "sourdough"
    assert len(flags) == 1
    assert "removed" in flags[0]


@pytest.mark.parametrize("control", ["\x00", "\x07", "\x1b[31m", "\x9b31m", "\x85", "\u2028", "\n"], ids=ascii)
def test_no_control_character_reaches_a_terminal(control: str) -> None:
    clean, _ = texts.clean(f"sour{control}dough")
    assert all(unicodedata.category(char) not in ("Cc", "Zl", "Zp") for char in clean)


@pytest.mark.parametrize("text", ["Übermäßig saure Teige", "酸面团的研究", "عجين مخمر", "Naïve crêpes – π₀ ≥ 3"])
def test_the_letters_of_every_language_pass_without_a_flag(text: str) -> None:
    assert texts.clean(text) == (unicodedata.normalize("NFKC", text), ())


def test_title_abstract_and_comment_are_cleaned_with_one_flag_for_all() -> None:
    dirty = Record(id="2611.00001", title="Wi\u200bld", abstract="ﬁne \u202edough", comment="https://a.ex\u200bample")
    record, flags = texts.clean_record(dirty)
    assert (record.title, record.abstract, record.comment) == ("Wild", "fine dough", "https://a.example")
    assert len(flags) == 1


def test_a_title_of_nothing_visible_is_shown_as_the_id() -> None:
    record, flags = texts.clean_record(candidate("2611.00001", "\u200b", "\u200b"))
    assert record.title == "2611.00001"
    assert texts.record_sentences(record) == ("2611.00001",)
    assert Record.model_validate_json(record.model_dump_json()) == record  # what is cleaned can be handed on
    assert flags


@settings(deadline=None)
@given(st.lists(st.sampled_from([*'aB1.!? (")$\\', "e.g.", "et al."])).map("".join))
def test_sentences_are_verbatim_pieces_in_order_and_lose_only_white_space(text: str) -> None:
    text = " ".join(text.split())
    at = 0
    for sentence in texts.sentences(text):
        at = text.index(sentence, at) + len(sentence)
    assert "".join("".join(texts.sentences(text)).split()) == "".join(text.split())


@pytest.mark.parametrize(
    "expected",
    [
        ["We bake.", "It rises!", "Does it?", "$x$ grows.", "(Not always.)"],
        ["Breads (e.g. Rye) rise, cf. Fig. 3 of A. Baker et al. 2020.", "Good."],
        ["It takes 1.5 hours.", "$n$ loaves bake."],
        ['He said "it rises."', "Then it did."],
        [],
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(expected: list[str]) -> None:
    assert texts.sentences(" ".join(expected)) == expected


@pytest.mark.parametrize("short", ["e.g.", "i.e.", "et al.", "vs."])
def test_an_abbreviation_ends_no_sentence(short: str) -> None:
    text = f"Some loaves, {short} Rye, take 1.5 hours."
    assert texts.sentences(text) == [text]


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_paper_is_read_as_its_title_and_the_sentences_of_its_abstract() -> None:
    record = candidate("2611.00001", "A. Title", "We bake. It rises!")
    assert texts.record_sentences(record) == ("A. Title", "We bake.", "It rises!")


def test_a_paper_without_a_visible_abstract_is_read_as_its_title() -> None:
    record, _ = texts.clean_record(candidate("2611.00001", "A Title", "\u200b"))
    assert texts.record_sentences(record) == ("A Title",)


def test_of_an_abstract_longer_than_any_only_the_beginning_is_read() -> None:
    found = texts.record_sentences(candidate("2611.00001", "A Title", "We bake. " * texts.LONGEST))
    assert sum(map(len, found[1:])) <= texts.LONGEST
    assert found[1] == "We bake."


def test_a_class_is_read_as_its_names_and_each_of_its_rules_but_never_its_exclusions() -> None:
    assert texts.class_sentences(TAXONOMY.paths["sourdough"]) == (
        "Sourdough. Leavening. Better Dough",
        "Dough raised by wild yeast and lactic bacteria kept in a starter.",
        "starter, levain or wild yeast cultures",
    )


def test_every_sentence_of_a_definition_is_a_rule_and_so_is_every_inclusion() -> None:
    node = Node(id="lids", name="Lids", definition="It holds. It fits.", include=("pots", "pans"), exclude=("cups",))
    assert texts.rules(node) == ("It holds.", "It fits.", "pots", "pans")
    assert texts.class_sentences((node.model_copy(update={"definition": "", "include": ()}),)) == ("Lids",)


def test_a_survey_says_what_belongs_by_its_inclusions_and_without_any_by_its_definition() -> None:
    root = TAXONOMY.root
    assert texts.scope_sentences(root) == ("Methods that bake bread with less time, flour or heat.",)
    assert texts.scope_sentences(root.model_copy(update={"include": ("less heat", "less time")})) == (
        "less heat",
        "less time",
    )
    assert texts.scope_sentences(Node(id="survey", name="Survey", exclude=("cakes",))) == ()


def test_a_listed_paper_is_read_like_any_other_where_its_abstract_is_known() -> None:
    record = RECORDS["2501.00001"]
    noted = PAPERS[record.id].model_copy(update={"note": "Own words."})
    assert texts.paper_sentences(noted, record) == texts.record_sentences(record)


def test_a_listed_paper_without_abstract_is_read_as_its_title_and_note_and_nothing_of_its_classes() -> None:
    paper = PAPERS["brickdome"]
    assert texts.paper_sentences(paper, None) == ("BrickDome: A Better Hearth",)
    noted = paper.model_copy(update={"note": "Own bricks. Own fire."})
    assert texts.paper_sentences(noted, None) == ("BrickDome: A Better Hearth", "Own bricks. Own fire.")


def test_sentences_are_joined_so_that_none_runs_into_the_next() -> None:
    assert texts.joined(["A Title", "We bake.", "Does it rise?", "It does!", "lids"]) == (
        "A Title. We bake. Does it rise? It does! lids."
    )
    assert texts.joined([]) == ""


def test_the_title_and_what_authors_say_of_their_own_work_is_said_twice() -> None:
    parts = ["A Title", "Bread is old.", "We knead.", "Weeks pass."]
    assert texts.stressed(parts) == "A Title. A Title. Bread is old. We knead. We knead. Weeks pass."


@pytest.mark.parametrize(
    "own", ["We", "OUR", "This paper", "this work", "proposed", "introducing", "presents", "novel"]
)
def test_authors_speak_of_their_own_work_in_such_words(own: str) -> None:
    assert texts.stressed(["", f"{own} loaf."]).count(f"{own} loaf.") == 2


def test_a_text_of_nothing_but_initials_is_cut_at_once() -> None:
    began = time.process_time()
    assert texts.sentences("A. " * 60_000)
    assert time.process_time() - began < 2
