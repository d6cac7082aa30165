"""Where papers, and what is said of them, come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

from bot.changes import Published
from bot.models import Paper, Record
from bot.ports.progress import Progress
from bot.slices import Slice


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
    """Those that arXiv was asked for and does not know; what was known of one before stands in ``records``."""
    failed: str = ""
    """Why arXiv could not be read to the end, in one sentence; what was known before stands."""


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


class VenueSource(Protocol):
    """Somebody besides arXiv who knows where papers appeared."""

    name: str

    def published(self, papers: Sequence[Paper], progress: Progress) -> Iterator[tuple[str, Published]]:
        """The venue of each paper it knows, by id; papers it does not know, or is not sure of, are missing.

        Raises SourceError; what was yielded before stands.
        """
        ...


class LinkAnswer(NamedTuple):
    """What a web address answered: ``gone`` (404, 410, no such host), ``moved`` for good, ``fine``, or ``unknown``."""

    state: Literal["fine", "gone", "moved", "unknown"]
    now: str = ""
    """Where it is now, of one that moved."""
    why: str = ""
    """In one sentence, of one that is gone or unknown."""


class Links(Protocol):
    """Asks whether web addresses still lead anywhere, politely."""

    @property
    def notes(self) -> Sequence[str]:
        """What was wrong with what it remembers, one sentence each."""
        ...

    def check(self, urls: Sequence[str], progress: Progress) -> Iterator[tuple[str, LinkAnswer]]:
        """The answer of every address, each once, in any order. Never raises."""
        ...
