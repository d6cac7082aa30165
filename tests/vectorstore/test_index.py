from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from bot.errors import VectorStoreError
from bot.ports import Entry, Memory, Progress
from bot.vectors import pooled
from tests.fabricated import PAPERS
from tests.fake_embedder import FakeEmbedder
from tests.vectorstore.memories import CLASS_ENTRIES, ENTRIES, Opener, holds, run, sentences
from vectorstore import text
from vectorstore.index import ChromaMemory

T = TypeVar("T")


def test_it_is_the_memory_the_pipeline_asks_for(opened: Opener, embedder: FakeEmbedder) -> None:
    memory: Memory = opened(embedder)
    assert memory.model == embedder.id


def test_it_holds_exactly_the_entries_with_a_unit_vector_of_each_sentence(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    memory = opened(embedder)
    assert memory.update(ENTRIES, "sha", progress) == []
    assert holds(memory, ENTRIES)
    for entry in CLASS_ENTRIES:
        reading = memory.readings("class")[entry.key]
        assert reading.sentences == entry.sentences
        assert np.allclose(reading.vectors, FakeEmbedder().encode(entry.sentences), atol=1e-3)
        assert np.allclose(np.linalg.norm(reading.vectors, axis=1), 1, atol=1e-6)
        assert reading.vectors.dtype == np.float32
    assert memory.where == str(path)
    assert memory.fingerprint == {"model": embedder.id, "recipe": text.RECIPE, "taxonomy": "sha"}


def test_the_nearest_are_papers_best_first_with_their_cosine(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    memory = opened(embedder)
    memory.update(ENTRIES, "sha", progress)
    asked = np.stack([pooled(memory.readings("class")["sourdough"]), embedder.encode(["steam"])[0]])
    papers = {key: pooled(reading) for key, reading in memory.readings("paper").items()}
    for vector, near in zip(asked, memory.nearest(asked, 3), strict=True):
        by_hand = sorted(((float(papers[key] @ vector), key) for key in papers), reverse=True)[:3]
        assert [one.id for one in near] == [key for _, key in by_hand]
        assert [one.similarity for one in near] == pytest.approx([cosine for cosine, _ in by_hand], abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 100])
def test_as_many_neighbours_as_asked_for_or_as_there_are(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, count: int
) -> None:
    memory = opened(embedder)
    memory.update(ENTRIES, "sha", progress)
    asked = embedder.encode(["bread", "oven"])
    assert [len(near) for near in memory.nearest(asked, count)] == [min(count, len(PAPERS))] * 2
    assert memory.nearest(asked[:0], count) == []


def test_an_index_without_papers_has_no_neighbours(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    memory = opened(embedder)
    memory.update([], "sha", progress)
    assert memory.nearest(embedder.encode(["bread"]), 3) == [[]]
    assert memory.readings("paper") == {}
    memory.update(CLASS_ENTRIES, "sha", progress)
    assert memory.nearest(embedder.encode(["bread"]), 3) == [[]]


def test_a_second_update_embeds_nothing_also_in_another_run(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    embedder.texts.clear()
    memory = opened(embedder)
    memory.update(ENTRIES, "sha", progress)
    memory.update(ENTRIES, "sha", progress)
    assert embedder.texts == []
    assert holds(memory, ENTRIES)


def test_one_merged_paper_costs_one_embedding(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    opened(embedder).update(ENTRIES[1:], "before", progress)
    embedder.texts.clear()
    memory = opened(embedder)
    memory.update(ENTRIES, "after", progress)
    assert embedder.texts == list(ENTRIES[0].sentences)
    assert memory.fingerprint["taxonomy"] == "after"
    assert holds(memory, ENTRIES)


def test_gone_entries_leave_and_changed_texts_are_embedded_anew(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    embedder.texts.clear()
    changed = [ENTRIES[1]._replace(sentences=("Quite another text.", "About sourdough.")), *ENTRIES[2:]]
    memory = opened(embedder)
    memory.update(changed, "sha", progress)
    assert embedder.texts == ["Quite another text.", "About sourdough."]
    assert holds(memory, changed)


def test_new_labels_and_a_new_key_cost_no_embedding(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    embedder.texts.clear()
    changed = [ENTRIES[0]._replace(key="renamed"), ENTRIES[1]._replace(labels=("steam",)), *ENTRIES[2:]]
    memory = opened(embedder)
    memory.update(changed, "sha", progress)
    assert embedder.texts == []
    assert holds(memory, changed)


def test_a_paper_and_a_class_may_share_a_key(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    memory = opened(embedder)
    entries = [Entry("steam", "paper", ("A loaf called steam.",)), Entry("steam", "class", ("Water.",))]
    memory.update(entries, "sha", progress)
    assert holds(memory, entries)
    assert [one.id for one in memory.nearest(embedder.encode(["Water."]), 5)[0]] == ["steam"]


def test_another_recipe_builds_the_index_anew(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    embedder.texts.clear()
    monkeypatch.setattr(text, "RECIPE", "another")
    memory = opened(embedder)
    memory.update(ENTRIES[:3], "sha", progress)
    assert embedder.texts == sentences(ENTRIES[:3])
    assert memory.fingerprint["recipe"] == "another"


def test_surveys_and_embedders_do_not_see_each_other(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    other = FakeEmbedder("other")
    opened(other).update(ENTRIES[:2], "sha", progress)
    opened(embedder, survey="cheese").update(ENTRIES[:1], "sha", progress)
    assert other.texts == sentences(ENTRIES[:2])
    embedder.texts.clear()
    memory = opened(embedder)
    memory.update(ENTRIES, "sha", progress)
    assert embedder.texts == []
    assert holds(memory, ENTRIES)


def test_a_text_without_sentences_is_kept_and_like_nothing(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    memory = opened(embedder)
    memory.update([Entry("mute", "paper", ()), *ENTRIES], "sha", progress)
    assert memory.readings("paper")["mute"].vectors.shape == (0, embedder.encode(["bread"]).shape[1])
    assert "mute" not in {one.id for one in memory.nearest(embedder.encode(["bread"]), 100)[0]}


def test_progress_counts_the_texts_that_are_embedded(opened: Opener, embedder: FakeEmbedder) -> None:
    told: list[tuple[str, int | None, int]] = []

    def counting(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        kept = list(items)
        told.append((label, total, len(kept)))
        yield from kept

    memory = opened(embedder)
    memory.update(ENTRIES, "sha", counting)
    memory.read([("a", "b"), ("c",), ENTRIES[0].sentences], counting, "reading")
    memory.read([("c",)], counting, "reading again")
    assert told == [("embedding", len(ENTRIES), len(ENTRIES)), ("reading", 2, 2)]


def test_thousands_of_entries_are_kept_and_given_back(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    many = [Entry(f"paper-{number}", "paper", (f"Loaf {'abcdefghij'[number % 10] * 3}.",)) for number in range(6200)]
    memory = opened(embedder)  # more than Chroma takes at once
    memory.update(many, "sha", progress)
    assert len(memory.readings("paper")) == 6200
    assert len(memory.nearest(embedder.encode(["Loaf"]), 100)[0]) == 100
    memory.update(many[:10], "sha", progress)
    assert holds(memory, many[:10])


def test_two_indexes_in_memory_do_not_see_each_other(embedder: FakeEmbedder, progress: Progress) -> None:
    one, two = (ChromaMemory(embedder, None, "", "bread") for _ in range(2))
    one.update(ENTRIES, "sha", progress)
    two.update(ENTRIES[:1], "sha", progress)
    bread = embedder.encode(["bread"])
    assert (len(one.nearest(bread, 100)[0]), len(two.nearest(bread, 100)[0])) == (len(PAPERS), 1)
    one.close()
    two.close()


def test_asking_before_the_first_update_is_told(opened: Opener, embedder: FakeEmbedder) -> None:
    with pytest.raises(VectorStoreError, match="the index is not open; update it first"):
        opened(embedder).readings("paper")
    with pytest.raises(VectorStoreError, match="the index is not open; update it first"):
        opened(embedder).nearest(embedder.encode(["bread"]), 3)


def test_importing_the_memory_loads_nothing_heavy() -> None:
    code = """
        import sys
        import vectorstore, vectorstore.text, vectorstore.index, vectorstore.embedders
        heavy = {"chromadb", "onnxruntime", "onnx", "openai", "tokenizers", "safetensors", "requests", "torch"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    assert run(code) == 0
