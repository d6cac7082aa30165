import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.texts import LONGEST
from vectorstore import text


def test_windows_pack_whole_sentences_up_to_the_limit() -> None:
    assert text.windows("Aa bb. Cc dd. Ee ff. Gg.", 14) == ["Aa bb. Cc dd.", "Ee ff. Gg."]


def test_a_sentence_over_the_limit_is_cut_between_words_and_a_word_over_it_anywhere() -> None:
    assert text.windows("one two three abcdefghij", 8) == ["one two", "three", "abcdefgh", "ij"]


def test_of_a_text_without_end_only_the_beginning_is_read() -> None:
    assert len(text.windows("word " * 2_000_000, 1000)) <= LONGEST // 900
    assert len(text.windows("word " * 20_000, 1000)) == 100  # twenty thousand words are read to their end


def test_a_text_without_words_still_has_one_window() -> None:
    assert text.windows("  ", 10) == [""]


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.integers(min_value=1, max_value=60))
def test_windows_keep_every_character_that_is_not_white_space_and_fit(content: str, limit: int) -> None:
    found = text.windows(content, limit)
    assert "".join("".join(found).split()) == "".join(content.split())
    assert all(len(window) <= limit for window in found)


def test_the_pooled_vector_is_the_weighted_mean_made_unit() -> None:
    pooled = text.pool(np.eye(2, dtype=np.float32), [3.0, 4.0])
    assert pooled.tolist() == pytest.approx([0.6, 0.8])


def test_windows_that_cancel_out_are_spoken_for_by_one_of_them() -> None:
    pooled = text.pool(np.array([[1, 0], [-1, 0]], dtype=np.float32), [1.0, 1.0])
    assert np.linalg.norm(pooled) == pytest.approx(1)
