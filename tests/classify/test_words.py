"""Words as vectors: stems, the words they came from, and TF-IDF of whatever texts there are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.classify import words

TEXTS = st.lists(st.text(max_size=20) | st.sampled_from(["the of and", "42", "酸面团", "starters", ""]), min_size=1)


def test_forms_of_one_word_have_one_stem_and_words_without_meaning_have_none() -> None:
    assert len(set(words.stems("Quantize quantized QUANTIZING quantizes"))) == 1
    assert words.stems("the of and a I") == []


def test_stems_stand_in_the_order_of_the_text() -> None:
    assert words.stems("Loaf after oven, loaf") == ["loaf", "oven", "loaf"]


def test_a_stem_is_shown_by_the_first_word_that_has_it_as_it_is_written() -> None:
    wanted = frozenset(words.stems("folding vapour absent"))
    assert words.said("Folding Vapours, folded vapour", wanted) == {"fold": "Folding", "vapour": "Vapours"}


@given(st.text())
def test_what_is_shown_stands_in_the_text_whatever_the_text_is(text: str) -> None:
    shown = words.said(text, frozenset(words.stems(text)))
    assert all(word in text for word in shown.values())


@given(TEXTS)
def test_every_text_has_a_vector_of_length_1_or_of_zeros_if_it_holds_no_word(texts: list[str]) -> None:
    _, vectors = words.vectoriser(texts)
    lengths = np.linalg.norm(vectors.toarray(), axis=1)
    assert [round(float(length), 6) for length in lengths] == [1.0 if words.stems(text) else 0.0 for text in texts]


@pytest.mark.parametrize("texts", [["1", "2 3"], ["the of"], ["", ""]], ids=["digits", "stop words", "nothing"])
def test_texts_without_a_word_are_fitted_and_so_are_later_ones_with_words(texts: list[str]) -> None:
    vectoriser, vectors = words.vectoriser(texts)
    assert vectors.shape[0] == len(texts)
    assert vectoriser.transform(["sourdough starters"]).nnz == 0


def test_of_many_texts_a_word_of_a_single_one_does_not_count_and_of_few_it_does() -> None:
    many = [f"loaf crust{number}x" for number in range(words.FEW)]
    assert list(words.vectoriser(many)[0].get_feature_names_out()) == ["loaf"]
    assert len(words.vectoriser(many[:-1])[0].get_feature_names_out()) == words.FEW


def test_of_many_texts_that_share_no_word_every_word_counts() -> None:
    apart = [f"crust{number}x" for number in range(words.FEW)]
    assert len(words.vectoriser(apart)[0].get_feature_names_out()) == words.FEW
