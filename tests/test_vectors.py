import numpy as np
import pytest

from bot.ports import Reading, Vector
from bot.vectors import pooled


def of(*rows: tuple[float, ...], sentences: tuple[str, ...] = ("Title", "A loaf.", "Steam.")) -> Vector:
    vectors = np.array(rows, dtype=np.float32).reshape(len(rows), -1)
    return pooled(Reading(sentences[: len(rows)], vectors))


def test_the_pooled_vector_is_the_mean_made_unit_with_the_title_counting_twice() -> None:
    found = of((1, 0), (0, 1))
    assert found.tolist() == pytest.approx([2 / 5**0.5, 1 / 5**0.5])
    assert found.dtype == np.float32


def test_a_sentence_on_the_authors_own_work_counts_like_the_title() -> None:
    assert of((1, 0), (0, 1), sentences=("T", "We bake.")).tolist() == pytest.approx([0.5**0.5, 0.5**0.5])


def test_one_vector_is_its_own_mean() -> None:
    assert of((0.6, 0.8)).tolist() == pytest.approx([0.6, 0.8])


def test_vectors_that_cancel_out_are_spoken_for_by_the_first() -> None:
    assert of((0.6, 0.8), (-0.6, -0.8), (-0.6, -0.8)).tolist() == pytest.approx([0.6, 0.8])


def test_the_mean_of_none_is_like_nothing() -> None:
    assert pooled(Reading((), np.zeros((0, 3), dtype=np.float32))).tolist() == [0, 0, 0]
