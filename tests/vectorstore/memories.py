"""Entries of the fabricated survey, and memories opened the way separate runs of the bot open them."""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bot.ports import Entry
from tests.fabricated import ABSTRACTS, PAPERS, TAXONOMY
from tests.fake_embedder import FakeEmbedder
from vectorstore.index import ChromaMemory

PAPER_ENTRIES = [
    Entry(paper.id, "paper", f"{paper.title}. {ABSTRACTS.get(paper.id, '')}", paper.labels) for paper in PAPERS.values()
]
CLASS_ENTRIES = [Entry(leaf.id, "class", f"{leaf.name}. {leaf.definition}") for leaf in TAXONOMY.leaves]
ENTRIES = [*PAPER_ENTRIES, *CLASS_ENTRIES]


class Opener:
    """Makes memories as separate runs of the bot do: the one before is closed first."""

    def __init__(self, path: Path, key_file: Path) -> None:
        self.path, self.key_file = path, key_file
        self.memory: ChromaMemory | None = None

    def __call__(self, embedder: FakeEmbedder, survey: str = "bread") -> ChromaMemory:
        self.close()
        self.memory = ChromaMemory(embedder, self.path, "", survey, key_file=self.key_file)
        return self.memory

    def close(self) -> None:
        if self.memory:
            self.memory.close()


def asides(path: Path) -> list[Path]:
    """Indexes that were moved aside."""
    return sorted(path.parent.glob("index.aside-*"))


def holds(memory: ChromaMemory, entries: Iterable[Entry]) -> bool:
    """Whether the index holds exactly these entries with the vectors of their texts."""
    fake = FakeEmbedder(max_chars=10**6)
    kinds = {kind: memory.vectors(kind) for kind in ("paper", "class")}
    expected = {(entry.kind, entry.key): fake.encode([entry.text])[0] for entry in entries}
    found = {(kind, key): vector for kind, rows in kinds.items() for key, vector in rows.items()}
    return found.keys() == expected.keys() and all(np.allclose(found[key], expected[key], atol=1e-6) for key in found)


def environment() -> dict[str, str]:
    """For processes that import what the tests import."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def run(code: str, *arguments: object) -> int:
    """Run Python in a process of its own; its exit code."""
    command = [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)]
    return subprocess.run(command, env=environment(), check=False).returncode
