"""Reading: a vector a sentence, embedded once, the same bits from the cache as from the model."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import EmbedderError
from bot.ports import Progress, Vectors
from tests.conftest import quiet
from tests.fake_embedder import FakeEmbedder
from tests.vectorstore.memories import ENTRIES, run, same, sentences
from vectorstore import reader, text
from vectorstore.embedders.minilm import MiniLM
from vectorstore.reader import Reader

TEXTS = [entry.sentences for entry in ENTRIES]


@pytest.fixture
def notes() -> Iterator[list[str]]:
    """What the readers of a test tell: nothing, unless the test takes it out."""
    told: list[str] = []
    yield told
    assert told == []


def test_every_sentence_has_a_unit_vector_and_order_is_kept(embedder: FakeEmbedder, notes: list[str]) -> None:
    found = Reader(embedder, None, notes.append).read(TEXTS, quiet, "reading")
    assert [reading.sentences for reading in found] == TEXTS
    for reading in found:
        assert reading.vectors.dtype == np.float32
        assert np.allclose(reading.vectors, embedder.encode(reading.sentences), atol=5e-4)
        assert np.allclose(np.linalg.norm(reading.vectors, axis=1), 1, atol=1e-6)


def test_a_vector_of_zeros_stays_like_nothing(notes: list[str]) -> None:
    class Mute(FakeEmbedder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return np.zeros((len(texts), 3), dtype=np.float32)

    (found,) = Reader(Mute(), None, notes.append).read([("Steam",)], quiet, "reading")
    assert found.vectors.tolist() == [[0, 0, 0]]


def test_a_cached_reading_is_a_fresh_one_bit_for_bit(minilm: MiniLM, tmp_path: Path, notes: list[str]) -> None:
    fresh = Reader(minilm, None, notes.append).read(TEXTS, quiet, "reading")
    first = Reader(minilm, tmp_path, notes.append).read(TEXTS, quiet, "reading")
    cached = Reader(minilm, tmp_path, notes.append).read(TEXTS, quiet, "reading")
    assert same(first, fresh)
    assert same(cached, fresh)


def test_vectors_lose_what_half_precision_cannot_hold_and_are_unit_all_the_same(notes: list[str]) -> None:
    class Precise(FakeEmbedder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            return np.array([[1 / 3, (8 / 9) ** 0.5]] * len(texts), dtype=np.float32)

    (vector,) = Reader(Precise(), None, notes.append).read([("A loaf.",)], quiet, "reading")[0].vectors
    assert vector[0] / vector[1] == np.float32(np.float16(1 / 3)) / np.float32(np.float16((8 / 9) ** 0.5))
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)


def test_only_new_texts_are_embedded_also_in_another_run(
    embedder: FakeEmbedder, tmp_path: Path, notes: list[str]
) -> None:
    Reader(embedder, tmp_path, notes.append).read(TEXTS[:4], quiet, "reading")
    embedder.texts.clear()
    again = Reader(embedder, tmp_path, notes.append)
    again.read([*TEXTS[2:4], TEXTS[5], *TEXTS[:2]], quiet, "reading")
    assert embedder.texts == list(TEXTS[5])
    again.read(TEXTS, quiet, "reading")
    assert embedder.texts == [*TEXTS[5], *TEXTS[4], *sentences(ENTRIES[6:])]


def test_a_text_is_embedded_once_however_often_it_is_asked_for(embedder: FakeEmbedder, notes: list[str]) -> None:
    one, two = Reader(embedder, None, notes.append).read([TEXTS[0]] * 2, quiet, "reading")
    assert embedder.texts == list(TEXTS[0])
    assert same([one], [two])


def test_texts_that_differ_only_in_where_sentences_end_are_not_confused(
    embedder: FakeEmbedder, tmp_path: Path, notes: list[str]
) -> None:
    texts = [("ab", "c"), ("a", "bc"), ("abc",), ("ab", "c", "")]
    for _ in range(2):
        found = Reader(embedder, tmp_path, notes.append).read(texts, quiet, "reading")
        assert [len(reading.vectors) for reading in found] == [2, 2, 1, 3]
    assert len(embedder.texts) == 8


def test_embedders_and_recipes_do_not_see_each_other(
    embedder: FakeEmbedder, tmp_path: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = FakeEmbedder("other")
    for one in (embedder, other):
        Reader(one, tmp_path, notes.append).read(TEXTS, quiet, "reading")
    monkeypatch.setattr(text, "RECIPE", "another")
    Reader(embedder, tmp_path, notes.append).read(TEXTS, quiet, "reading")
    assert (len(embedder.texts), len(other.texts)) == (2 * len(sentences(ENTRIES)), len(sentences(ENTRIES)))


def test_an_empty_text_has_no_vectors_of_the_length_of_the_others(
    embedder: FakeEmbedder, tmp_path: Path, notes: list[str]
) -> None:
    one = Reader(embedder, tmp_path, notes.append)
    assert one.read([()], quiet, "reading")[0].vectors.shape == (0, 0)  # nothing was ever embedded
    empty, full = one.read([(), ("A loaf.",)], quiet, "reading")
    assert empty.vectors.shape == (0, full.vectors.shape[1])
    assert one.read([()], quiet, "reading")[0].vectors.shape == empty.vectors.shape
    assert one.read([], quiet, "reading") == []


def test_a_long_sentence_is_embedded_in_windows_and_pooled(notes: list[str]) -> None:
    small = FakeEmbedder(max_chars=40)
    long = "steam keeps the crust soft and stones store the heat below and yeast raises the dough " * 3
    found = Reader(small, None, notes.append).read([("A loaf.", long, "")], quiet, "reading")[0].vectors
    assert max(map(len, small.texts)) <= 40
    windows = text.windows(long, 40)
    expected = [*small.encode(["A loaf."]), text.pool(small.encode(windows), list(map(len, windows)))]
    assert np.allclose(found[:2], expected, atol=5e-4)
    assert len(found) == 3


KILLED = """
    import os, sys
    from pathlib import Path
    from tests.conftest import quiet
    from tests.fake_embedder import FakeEmbedder
    from tests.vectorstore.memories import ENTRIES
    from vectorstore import reader
    reader.TEXTS_A_BATCH = 2

    class Dies(FakeEmbedder):
        batches = 0
        def encode(self, texts):
            self.batches += 1
            if self.batches > 3:
                os._exit(9)
            return super().encode(texts)

    reader.Reader(Dies(), Path(sys.argv[1]), print).read([entry.sentences for entry in ENTRIES], quiet, "reading")
"""


def test_after_a_kill_only_the_batch_that_was_read_is_embedded_again(
    embedder: FakeEmbedder, tmp_path: Path, notes: list[str]
) -> None:
    assert run(KILLED, tmp_path) == 9
    found = Reader(embedder, tmp_path, notes.append).read(TEXTS, quiet, "reading")
    assert embedder.texts == sentences(ENTRIES[6:])
    assert same(found, Reader(embedder, None, notes.append).read(TEXTS, quiet, "reading"))


def test_a_model_that_breaks_off_keeps_what_was_read_before(
    tmp_path: Path, notes: list[str], progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "TEXTS_A_BATCH", 2)

    class Tires(FakeEmbedder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            if len(self.texts) > 3:
                raise EmbedderError("the model is tired")
            return super().encode(texts)

    with pytest.raises(EmbedderError):
        Reader(Tires(), tmp_path, notes.append).read(TEXTS, progress, "reading")
    embedder = FakeEmbedder()
    Reader(embedder, tmp_path, notes.append).read(TEXTS, progress, "reading")
    assert embedder.texts == sentences(ENTRIES[2:])


class Grown(FakeEmbedder):
    """The same name, another model behind it."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        return (np.tile(super().encode(texts), 2) / 2**0.5).astype(np.float32)


def test_a_model_that_was_changed_behind_its_name_is_told_in_one_sentence(tmp_path: Path, notes: list[str]) -> None:
    Reader(FakeEmbedder(), tmp_path, notes.append).read(TEXTS[:1], quiet, "reading")
    (file,) = tmp_path.iterdir()
    one = Reader(Grown(), tmp_path, notes.append)
    with pytest.raises(EmbedderError) as caught:
        one.read(TEXTS[:2], quiet, "reading")
    assert str(caught.value) == (f"fake@000000000000: its vectors are not all of one length (48, 96); remove {file}")
    with pytest.raises(EmbedderError):
        one.read(TEXTS[1:2], quiet, "reading") and one.read(TEXTS[:1], quiet, "reading")


@settings(max_examples=30)
@given(st.lists(st.lists(st.text(max_size=60), max_size=5).map(tuple), max_size=8))
def test_whatever_is_read_has_a_row_a_sentence_and_comes_back_from_the_cache(
    tmp_path_factory: pytest.TempPathFactory, texts: list[tuple[str, ...]]
) -> None:
    folder = tmp_path_factory.mktemp("vectors")
    embedder = FakeEmbedder(max_chars=30)
    fresh = Reader(embedder, folder, pytest.fail).read(texts, quiet, "reading")
    assert [len(reading.vectors) for reading in fresh] == [len(one) for one in texts]
    embedder.texts.clear()
    cached = Reader(embedder, folder, pytest.fail)
    assert [one.vectors.tobytes() for one in cached.read(texts, quiet, "reading")] == [
        one.vectors.tobytes() for one in fresh
    ]
    assert embedder.texts == []
