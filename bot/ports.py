"""What the hallway asks of the doors: the protocols between ``pipeline`` and ``adapters`` / ``vectorstore``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from bot.models import Fate, Proposal, Pull, Record

T = TypeVar("T")
Vectors = npt.NDArray[np.float32]
"""Shape (texts, dimensions), each row of length 1."""


class Progress(Protocol):
    """Passes items through while it shows how many there were; ``total`` is None when nobody knows."""

    def __call__(self, items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        """Yield the items; ``label`` says what is being done."""
        ...


class Source(Protocol):
    """Where new papers come from."""

    name: str

    def records(self, on_problem: Callable[[str], None]) -> Iterator[Record]:
        """Every paper of the window, oldest first where the source knows.

        One unreadable record is told to ``on_problem`` (one sentence) and passed over. Raises SourceError when the
        source breaks off; what was yielded before stands.
        """
        ...


class Found(NamedTuple):
    """Records by id, and one sentence on why others could not be had (None when all could)."""

    records: dict[str, Record]
    problem: str | None


class Archive(Protocol):
    """The metadata of papers whose id is known: a cache outside git, and arXiv behind it."""

    def find(self, paper_ids: Sequence[str], progress: Progress) -> Found:
        """What is known of these papers. Never raises: papers that could not be had are missing from the answer."""
        ...

    def keep(self, records: Iterable[Record]) -> None:
        """Remember records for later runs, best effort."""
        ...


class Entry(NamedTuple):
    """One text of the memory: a listed paper under its id, or a class of the taxonomy under its id."""

    key: str
    kind: Literal["paper", "class"]
    text: str
    labels: tuple[str, ...] = ()


class Neighbour(NamedTuple):
    """A listed paper and the cosine of its vector with the asked one."""

    id: str
    similarity: float


class Memory(Protocol):
    """The index of what is already classified, and the embedder that fills it."""

    def update(self, entries: Sequence[Entry], taxonomy_sha: str, progress: Progress) -> list[str]:
        """Make the index hold exactly these entries, embedding only what is new or changed.

        Returns notes for the operator (an unreadable index that was moved aside …).
        Raises VectorStoreError, EmbedderError.
        """
        ...

    def vectors(self, kind: Literal["paper", "class"]) -> dict[str, npt.NDArray[np.float32]]:
        """Key -> unit vector of shape (dimensions,) of every entry of this kind."""
        ...

    def embed(self, texts: Sequence[str], progress: Progress, label: str) -> Vectors:
        """Vectors of texts that are not in the index, by the same recipe. Raises EmbedderError."""
        ...

    def nearest(self, vectors: Vectors, count: int) -> list[list[Neighbour]]:
        """For each vector the most similar listed papers, best first."""
        ...


class Forge(Protocol):
    """Where pull requests live. GitHub, a local git repository, or the terminal (``dry-run``)."""

    dry: bool
    """Nothing is written: the run must leave no trace in the ledger either."""

    def pulls(self) -> dict[str, Pull]:
        """Every pull request the bot ever opened and the forge still knows, by paper id. Raises ForgeError."""
        ...

    def open(self, proposal: Proposal) -> Pull:
        """Open it, or adopt the one that is there already: never two for one paper. Raises ForgeError."""
        ...


class Ledger(Protocol):
    """One recorded fate per paper ever seen; append-only."""

    def fates(self) -> Mapping[str, Fate]:
        """The last recorded fate of every paper. Raises LedgerError."""
        ...

    def record(self, fates: Iterable[Fate]) -> None:
        """Append, durably, all or nothing per line. Raises LedgerError."""
        ...
