"""Cleaning what strangers wrote, cutting it into sentences, and the texts that are matched."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.models import Record
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
    assert texts.sentences(record.abstract) == []
    assert flags


@settings(deadline=None)
@given(st.lists(st.sampled_from([*'aB1.!? (")$\\', "e.g.", "et al."])).map("".join))
def test_sentences_are_verbatim_pieces_in_order_and_lose_only_white_space(text: str) -> None:
    text = " ".join(text.split())
    at = 0
    for sentence in texts.sentences(text):
        at = text.index(sentence, at) + len(sentence)
    assert "".join("".join(texts.sentences(text)).split()) == "".join(text.split())


def test_a_sentence_ends_where_a_reader_would_end_it() -> None:
    text = "We bake. It rises! Does it? $x$ grows. (Not always.)"
    assert texts.sentences(text) == ["We bake.", "It rises!", "Does it?", "$x$ grows.", "(Not always.)"]


@pytest.mark.parametrize("short", ["e.g.", "i.e.", "et al.", "vs."])
def test_an_abbreviation_ends_no_sentence(short: str) -> None:
    text = f"Some loaves, {short} Rye, take 1.5 hours."
    assert texts.sentences(text) == [text]


def test_a_class_is_matched_by_names_definition_and_include_rules_but_never_by_its_exclusions() -> None:
    text = texts.class_text(TAXONOMY.paths["sourdough"])
    for part in ("Sourdough", "Leavening", "Better Dough", "lactic bacteria", "starter, levain"):
        assert part in text
    assert "factory" not in text


def test_a_listed_paper_is_matched_by_title_and_abstract() -> None:
    record = RECORDS["2501.00001"]
    assert texts.paper_text(PAPERS[record.id], record, TAXONOMY) == f"{record.title}. {record.abstract}"


def test_a_listed_paper_without_abstract_is_matched_by_title_note_and_the_definitions_of_its_classes() -> None:
    labels = ("hearth", "no-class", "dough")
    paper = PAPERS["brickdome"].model_copy(update={"note": "Own bricks.", "labels": labels})
    text = texts.paper_text(paper, None, TAXONOMY)
    assert text == f"BrickDome: A Better Hearth. Own bricks. {TAXONOMY.leaf('stone-hearth').definition}"
