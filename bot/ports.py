"""What the hallway asks of the doors: the protocols between ``pipeline`` and ``adapters`` / ``vectorstore``."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias, TypeVar

from bot import chat
from bot.fates import Fate, Pull, Request, RunReport
from bot.models import Judgement, Opinion, Proposal, Record
from bot.slices import Revision, Settled, Slice

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


@dataclass
class Tally:
    """What reading takes and meets; whoever reads fills it in while it goes on, so it is true when reading fails."""

    asked: int = 0
    """Requests, repeated ones too."""
    retried: int = 0
    total: int | None = None
    """So many papers there are, as the source said last."""
    got: int = 0
    """Different papers that came, the ``incomplete`` ones too."""
    incomplete: dict[str, str] = field(default_factory=dict)
    """Papers that came without title or abstract, by id, and what is missing in one sentence."""
    notes: list[str] = field(default_factory=list)
    """What was odd and cost nothing, one sentence each."""


class Search(Protocol):
    """A place that can be asked for papers by the time they were submitted."""

    name: str
    query: str
    """What it searches for, without the time."""

    def read(self, part: Slice, tally: Tally) -> Iterator[Record]:
        """The papers first submitted in this slice, oldest first; some may come twice.

        Raises SourceError when the slice could not be read whole; what was yielded before stands. "Nothing" is only
        said when it is true.
        """
        ...

    def ever(self, tally: Tally) -> dict[str, int]:
        """How many papers there are in each category, whenever they were submitted. Raises SourceError."""
        ...


class Announced(NamedTuple):
    """A paper as a mailing announces it: ``new``, ``cross`` (listed here too), ``replace`` or ``replace-cross``.

    ``record`` has neither comment nor journal reference nor the day it was submitted.
    """

    record: Record
    kind: str


class Announcements(Protocol):
    """What was announced last, whenever it was submitted."""

    name: str

    def read(self, tally: Tally) -> Iterator[Announced]:
        """All of it; nothing on days without a mailing. Raises SourceError; what was yielded before stands."""
        ...


class Source(Protocol):
    """Papers that a person has at hand: a file."""

    name: str

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it, one sentence each; true when it has been read."""
        ...

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
    unknown: frozenset[str] = frozenset()
    """Those of the others that arXiv was asked for and does not know."""


class Archive(Protocol):
    """The metadata of papers whose id is known: a cache outside git, and arXiv behind it."""

    @property
    def notes(self) -> Sequence[str]:
        """What was wrong with the cache so far, one sentence each; the run went on without it."""
        ...

    def find(self, paper_ids: Sequence[str], progress: Progress, *, fresh: bool = False) -> Found:
        """What is known of these papers; ``fresh`` asks arXiv for all of them, whatever the cache holds.

        Never raises: papers that could not be had are missing from the answer.
        """
        ...

    def keep(self, records: Iterable[Record]) -> None:
        """Remember records for later runs, best effort."""
        ...


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


class Forge(Protocol):
    """Where pull requests live. GitHub, a local git repository, or the terminal (``dry-run``)."""

    name: str
    """Tells this forge from any other: ``github octo/survey``."""
    dry: bool
    """Nothing is written: the run must leave no trace in the ledger either."""
    forgets: bool
    """A pull request can vanish without a trace here, and one that did was refused. GitHub keeps all of them."""

    @property
    def notes(self) -> Sequence[str]:
        """What was odd about it so far, one sentence each; the run went on."""
        ...

    def pulls(self, since: datetime | None = None) -> dict[str, Pull]:
        """The bot's pull requests by paper id: all, or at least those that changed after ``since``. Raises ForgeError.

        Of several for one paper an open one counts, else a merged one, else the latest.
        """
        ...

    def requests(self, since: datetime | None = None) -> list[Request]:
        """What people who may write here asked of the bot, oldest first: ticked boxes, and comments after ``since``.

        Raises ForgeError.
        """
        ...

    def open(self, proposal: Proposal) -> Pull:
        """Open it, or adopt what is there already: never two for one paper. Raises ForgeError.

        An open one that only the bot has touched is brought up to date; one that a person has touched stays as it is;
        a merged or closed one is given back; a postponed one is opened anew.
        """
        ...

    def close(self, paper_id: str, sentence: str, *, later: bool = False) -> None:
        """Close the paper's open pull request, if there is one, and say why; ``later`` postpones it. Raises ForgeError.

        Closing twice says it once.
        """
        ...

    def show(self, page: Callable[[str], str]) -> str:
        """Write the dashboard, in place; where it is, or empty where there is none. Raises ForgeError.

        ``page`` makes its Markdown from how it stands at that moment (empty when it is new), so that a box ticked
        meanwhile is not lost.
        """
        ...


class Ledger(Protocol):
    """One recorded fate per paper ever seen, and a report of every run; append-only."""

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

    def runs(self) -> Sequence[RunReport]:
        """The reports of earlier runs, oldest first, without their papers. Raises LedgerError."""
        ...

    def record_run(self, report: RunReport) -> None:
        """Append a report, without its papers. Raises LedgerError."""
        ...

    def settled(self) -> Sequence[Settled]:
        """The slices that need not be asked for again. Raises LedgerError."""
        ...

    def settle(self, slices: Iterable[Settled]) -> None:
        """Append. Raises LedgerError."""
        ...

    def revisions(self) -> Mapping[str, Revision]:
        """The latest recorded revision of every paper that has one. Raises LedgerError."""
        ...

    def revise(self, revisions: Iterable[Revision]) -> None:
        """Append. Raises LedgerError."""
        ...

    def save(self) -> None:
        """Bring what was recorded to where other machines find it, if there is such a place. Raises LedgerError."""
        ...
