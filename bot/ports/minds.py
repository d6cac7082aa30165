"""Who reads and judges: the memory, the judge, a language model."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias

from bot import chat
from bot.models import Judgement, Opinion, Record
from bot.ports.progress import Progress

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Vectors: TypeAlias = "npt.NDArray[np.float32]"
"""Shape (texts, dimensions), each row of length 1."""
Vector: TypeAlias = "npt.NDArray[np.float32]"
"""Shape (dimensions,), of length 1."""


class Entry(NamedTuple):
    """One text of the memory: a listed paper under its id, or a class of the taxonomy under its id.

    ``sentences``: see ``bot.texts``; the title, or the names of a class, first.
    """

    key: str
    kind: Literal["paper", "class"]
    sentences: tuple[str, ...]
    labels: tuple[str, ...] = ()


class Reading(NamedTuple):
    """A text as it is judged: its sentences, verbatim, and a unit vector of each: shape (sentences, dimensions)."""

    sentences: tuple[str, ...]
    vectors: Vectors


class Neighbour(NamedTuple):
    """A listed paper and the cosine of its vector with the asked one."""

    id: str
    similarity: float


class Memory(Protocol):
    """The index of what is already classified, and the embedder that fills it."""

    model: str
    """Names the embedding model exactly: part of every proposal's provenance."""
    notes: list[str]
    """What was odd about index and cache so far, one sentence each; the run went on without them."""

    def update(self, entries: Sequence[Entry], taxonomy_sha: str, progress: Progress) -> list[str]:
        """Make the index hold exactly these entries, embedding only what is new or changed.

        Returns notes for the operator (an unreadable index that was moved aside …).
        Raises VectorStoreError, EmbedderError, SettingsError.
        """
        ...

    def readings(self, kind: Literal["paper", "class"]) -> dict[str, Reading]:
        """Key -> reading of every entry of this kind."""
        ...

    def read(self, texts: Sequence[tuple[str, ...]], progress: Progress, label: str) -> list[Reading]:
        """Readings of texts (as sentences) that are not in the index, by the same recipe. Raises EmbedderError."""
        ...

    def nearest(self, vectors: Vectors, count: int) -> list[list[Neighbour]]:
        """For each vector (see ``bot.vectors.pooled``) the most similar listed papers, best first."""
        ...


@dataclass(frozen=True)
class Past:
    """What a judge learns from."""

    papers: Mapping[str, Reading]
    """Listed papers by id."""
    classes: Mapping[str, Reading]
    """The rulebook by leaf id."""
    scope: Reading
    """The survey's own statement of what belongs in it, rule by rule; may be empty."""
    seen: Mapping[str, Reading] = field(default_factory=dict)
    """Papers that came past the cheap stage and are not listed: unlabelled, for many belong and nobody listed them."""
    refused: Collection[str] = ()
    """Those of ``seen`` that a human has refused."""
    weeks: float = 0.0
    """How long the flow ran that ``seen`` was taken from; 0 when that is not known."""


class Judge(Protocol):
    """Decides what to do with a paper. ``ruled_out`` works at once, ``judge`` after ``fit``."""

    neighbours: int
    """How many of the nearest listed papers it wants to see."""

    def ruled_out(self, record: Record) -> str | None:
        """Why the paper cannot belong, from its words alone and fast, or None when it could."""
        ...

    def fit(self, past: Past) -> Sequence[str]:
        """Learn; returns what the operator should know of it, one sentence each (too few papers to calibrate …)."""
        ...

    def judge(
        self,
        record: Record,
        reading: Reading,
        near: Sequence[Neighbour],
        flags: Sequence[str],
        opinion: Opinion | None = None,
    ) -> Judgement:
        """What to do with a paper, and why; ``near`` are the listed papers most like it.

        ``opinion``: what a language model made of it. It can lower the paper's lane, never raise it.
        """
        ...


class ChatModel(Protocol):
    """A language model that answers in JSON. Safe to be asked by several threads at once."""

    name: str
    """As the service knows it; replies are kept under this name."""

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it so far, one sentence each; the run went on."""
        ...

    def ask(self, request: chat.Request) -> chat.Reply:
        """One reply. Raises LanguageModelError."""
        ...
