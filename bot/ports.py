"""What the hallway asks of the doors: the protocols between ``pipeline`` and ``adapters`` / ``vectorstore``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from bot.fates import Fate, Pull
from bot.models import Judgement, Proposal, Record

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

T = TypeVar("T")
Vectors: TypeAlias = "npt.NDArray[np.float32]"
"""Shape (texts, dimensions), each row of length 1."""
Vector: TypeAlias = "npt.NDArray[np.float32]"
"""Shape (dimensions,), of length 1."""


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

    @property
    def notes(self) -> Sequence[str]:
        """What was wrong with the cache so far, one sentence each; the run went on without it."""
        ...

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

    model: str
    """Names the embedding model exactly: part of every proposal's provenance."""

    def update(self, entries: Sequence[Entry], taxonomy_sha: str, progress: Progress) -> list[str]:
        """Make the index hold exactly these entries, embedding only what is new or changed.

        Returns notes for the operator (an unreadable index that was moved aside …).
        Raises VectorStoreError, EmbedderError, SettingsError.
        """
        ...

    def vectors(self, kind: Literal["paper", "class"]) -> dict[str, Vector]:
        """Key -> unit vector of shape (dimensions,) of every entry of this kind."""
        ...

    def embed(self, texts: Sequence[str], progress: Progress, label: str) -> Vectors:
        """Vectors of texts that are not in the index, by the same recipe. Raises EmbedderError."""
        ...

    def nearest(self, vectors: Vectors, count: int) -> list[list[Neighbour]]:
        """For each vector the most similar listed papers, best first."""
        ...


class Judge(Protocol):
    """Decides what to do with a paper. ``ruled_out`` works at once, ``judge`` after ``fit``."""

    neighbours: int
    """How many of the nearest listed papers it wants to see."""

    def ruled_out(self, record: Record) -> str | None:
        """Why the paper cannot belong, from its words alone and fast, or None when it could."""
        ...

    def fit(self, entries: Mapping[str, str], vectors: Mapping[str, Vector]) -> None:
        """Learn from the listed papers and the rulebook: texts and vectors by paper id and by leaf id."""
        ...

    def judge(self, record: Record, vector: Vector, near: Sequence[Neighbour], flags: Sequence[str]) -> Judgement:
        """What to do with a paper, and why; ``near`` are the listed papers most like it."""
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

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it when it was read, one sentence each."""
        ...

    def fates(self) -> Mapping[str, Fate]:
        """The last recorded fate of every paper. Raises LedgerError."""
        ...

    def record(self, fates: Iterable[Fate]) -> None:
        """Append, durably, all or nothing per line. Raises LedgerError."""
        ...
