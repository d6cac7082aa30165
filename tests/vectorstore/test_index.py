from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest

from bot.errors import VectorStoreError
from bot.ports import Entry, Memory, Progress
from tests.fabricated import PAPERS
from tests.fake_embedder import FakeEmbedder
from tests.vectorstore.memories import CLASS_ENTRIES, ENTRIES, PAPER_ENTRIES, Opener, holds, run
from vectorstore import index, text
from vectorstore.index import ChromaMemory

T = TypeVar("T")


def test_it_is_the_memory_the_pipeline_asks_for(opened: Opener, embedder: FakeEmbedder) -> None:
    memory: Memory = opened(embedder)
    assert memory.model == embedder.id


def test_it_holds_exactly_the_entries_with_unit_vectors(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    memory = opened(embedder)
    assert memory.update(ENTRIES, "sha", progress) == []
    assert holds(memory, ENTRIES)
    assert all(np.linalg.norm(vector) == pytest.approx(1) for vector in memory.vectors("paper").values())
    assert memory.where == str(path)
    assert memory.fingerprint == {"model": embedder.id, "recipe": text.RECIPE, "taxonomy": "sha"}


def test_the_nearest_are_papers_best_first_with_their_cosine(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    memory = opened(embedder)
    memory.update(ENTRIES, "sha", progress)
    asked = memory.embed([CLASS_ENTRIES[0].text, PAPER_ENTRIES[4].text], progress, "reading")
    papers = memory.vectors("paper")
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
    asked = memory.embed(["bread", "oven"], progress, "reading")
    assert [len(near) for near in memory.nearest(asked, count)] == [min(count, len(PAPERS))] * 2
    assert memory.nearest(asked[:0], count) == []


def test_an_index_without_papers_has_no_neighbours(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    memory = opened(embedder)
    memory.update([], "sha", progress)
    assert memory.nearest(embedder.encode(["bread"]), 3) == [[]]
    assert memory.vectors("paper") == {}
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
    assert embedder.texts == [ENTRIES[0].text]
    assert memory.fingerprint["taxonomy"] == "after"
    assert holds(memory, ENTRIES)


def test_gone_entries_leave_and_changed_texts_are_embedded_anew(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    embedder.texts.clear()
    changed = [ENTRIES[1]._replace(text="Quite another text about sourdough."), *ENTRIES[2:]]
    memory = opened(embedder)
    memory.update(changed, "sha", progress)
    assert embedder.texts == ["Quite another text about sourdough."]
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
    memory.update([Entry("steam", "paper", "A loaf called steam."), Entry("steam", "class", "Water.")], "s", progress)
    assert list(memory.vectors("paper")) == list(memory.vectors("class")) == ["steam"]
    assert [one.id for one in memory.nearest(embedder.encode(["Water."]), 5)[0]] == ["steam"]


def test_another_recipe_builds_the_index_anew(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    embedder.texts.clear()
    monkeypatch.setattr(text, "RECIPE", "another")
    memory = opened(embedder)
    memory.update(ENTRIES[:3], "sha", progress)
    assert len(embedder.texts) == 3
    assert memory.fingerprint["recipe"] == "another"


def test_surveys_and_embedders_do_not_see_each_other(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    other = FakeEmbedder("other")
    opened(other).update(ENTRIES[:2], "sha", progress)
    opened(embedder, survey="cheese").update(ENTRIES[:1], "sha", progress)
    assert len(other.texts) == 2
    embedder.texts.clear()
    memory = opened(embedder)
    memory.update(ENTRIES, "sha", progress)
    assert embedder.texts == []
    assert holds(memory, ENTRIES)


def test_long_texts_are_embedded_in_windows_and_pooled(opened: Opener, progress: Progress) -> None:
    small = FakeEmbedder(max_chars=40)
    long = "Steam keeps the crust soft. Stones store the heat below. Yeast raises the dough. " * 3
    vector = opened(small).embed([long, ""], progress, "reading")[0]
    assert max(map(len, small.texts)) <= 40
    expected = text.pool(small.encode(text.windows(long, 40)), [len(window) for window in text.windows(long, 40)])
    assert np.allclose(vector, expected)


def test_no_texts_give_no_vectors(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    assert len(opened(embedder).embed([], progress, "reading")) == 0


def test_progress_counts_texts(opened: Opener, embedder: FakeEmbedder) -> None:
    told: list[tuple[str, int | None, int]] = []

    def counting(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        kept = list(items)
        told.append((label, total, len(kept)))
        yield from kept

    memory = opened(embedder)
    memory.update(ENTRIES, "sha", counting)
    memory.embed(["a", "b"], counting, "reading")
    assert told == [("embedding", len(ENTRIES), len(ENTRIES)), ("reading", 2, 2)]


def test_thousands_of_entries_are_kept_and_given_back(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "TEXTS_A_BATCH", 6000)  # more than Chroma takes at once
    many = [Entry(f"paper-{number}", "paper", f"Loaf {'abcdefghij'[number % 10] * 3}.") for number in range(5200)]
    memory = opened(embedder)
    memory.update(many, "sha", progress)
    assert len(memory.vectors("paper")) == 5200
    memory.update(many[:10], "sha", progress)
    assert len(memory.vectors("paper")) == 10


def test_two_indexes_in_memory_do_not_see_each_other(embedder: FakeEmbedder, progress: Progress) -> None:
    one, two = (ChromaMemory(embedder, None, "", "bread") for _ in range(2))
    one.update(ENTRIES, "sha", progress)
    two.update(ENTRIES[:1], "sha", progress)
    assert (len(one.vectors("paper")), len(two.vectors("paper"))) == (len(PAPERS), 1)
    one.close()
    two.close()


def test_asking_before_the_first_update_is_told(opened: Opener, embedder: FakeEmbedder) -> None:
    with pytest.raises(VectorStoreError, match="the index is not open; update it first"):
        opened(embedder).vectors("paper")


def test_importing_the_memory_loads_nothing_heavy() -> None:
    code = """
        import sys
        import vectorstore, vectorstore.text, vectorstore.index, vectorstore.embedders
        heavy = {"chromadb", "onnxruntime", "onnx", "openai", "tokenizers", "safetensors", "requests", "torch"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    assert run(code) == 0
