"""Entries of the fabricated survey, and memories opened the way separate runs of the bot open them."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from bot import texts
from bot.ports import Entry, Reading
from bot.vectors import pooled
from tests.conftest import quiet
from tests.fabricated import ABSTRACTS, PAPERS, TAXONOMY
from tests.fake_embedder import FakeEmbedder
from vectorstore.index import ChromaMemory

PAPER_ENTRIES = [
    Entry(paper.id, "paper", (paper.title, *texts.sentences(ABSTRACTS.get(paper.id, ""))), paper.labels)
    for paper in PAPERS.values()
]
CLASS_ENTRIES = [Entry(leaf.id, "class", (leaf.name, leaf.definition, *leaf.include)) for leaf in TAXONOMY.leaves]
ENTRIES = [*PAPER_ENTRIES, *CLASS_ENTRIES]


def sentences(entries: Iterable[Entry]) -> list[str]:
    """Every sentence of these entries, in order: what it costs to read them."""
    return [sentence for entry in entries for sentence in entry.sentences]


class Opener:
    """Makes memories as separate runs of the bot do: the one before is closed first."""

    def __init__(self, path: Path, key_file: Path) -> None:
        self.path, self.key_file = path, key_file
        self.vectors = path.with_name("vectors")
        self.memory: ChromaMemory | None = None

    def __call__(self, embedder: FakeEmbedder, survey: str = "bread") -> ChromaMemory:
        self.close()
        self.memory = ChromaMemory(embedder, self.path, "", survey, vectors=self.vectors, key_file=self.key_file)
        return self.memory

    def close(self) -> None:
        if self.memory:
            self.memory.close()


def asides(path: Path) -> list[Path]:
    """Indexes that were moved aside."""
    return sorted(path.parent.glob("index.aside-*"))


def same(found: Sequence[Reading], expected: Sequence[Reading]) -> bool:
    """Whether these are the same readings, bit for bit."""
    return [(one.sentences, one.vectors.shape, one.vectors.tobytes()) for one in found] == [
        (one.sentences, one.vectors.shape, one.vectors.tobytes()) for one in expected
    ]


def holds(memory: ChromaMemory, entries: Iterable[Entry]) -> bool:
    """Whether the memory gives exactly the readings of these entries, and the index has exactly the papers' vectors."""
    entries = list(entries)
    fresh = ChromaMemory(FakeEmbedder(), None, "", "fresh")
    expected = dict(zip(entries, fresh.read([entry.sentences for entry in entries], quiet, ""), strict=True))
    for kind in ("paper", "class"):
        wanted = {entry.key: reading for entry, reading in expected.items() if entry.kind == kind}
        found = memory.readings(kind)
        if list(found) != list(wanted) or not same(list(found.values()), list(wanted.values())):
            return False
    papers = {entry.key: pooled(reading) for entry, reading in expected.items() if entry.kind == "paper"}
    near = memory.nearest(np.stack(list(papers.values())), len(papers) + 1) if papers else []
    return all(
        {one.id for one in found} == set(papers)
        and all(np.isclose(one.similarity, papers[one.id] @ vector, atol=1e-5) for one in found)
        for vector, found in zip(papers.values(), near, strict=True)
    )


def environment() -> dict[str, str]:
    """For processes that import what the tests import."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def run(code: str, *arguments: object) -> int:
    """Run Python in a process of its own; its exit code."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, env=environment(), check=False).returncode
