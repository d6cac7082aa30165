"""A watch on arXiv that lives through days of a clock of its own: real ledger, archive and run; judging is arithmetic.

What is thought of a paper is read from its number (``tests.simulation.Numbered``), pull requests are noted in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import pipeline
from bot.adapters.archive import RecordArchive
from bot.adapters.ledger_file import LedgerFile
from bot.errors import SourceError
from bot.fates import Fate, Pull, PullState, Request, RunReport
from bot.models import Library, Proposal, Record, Taxonomy
from bot.plan import Plan
from bot.ports import Judge, Progress
from tests.conftest import T, quiet
from tests.fabricated import LIBRARY, RECORDS
from tests.simulation import Killed, Numbered, Readings


class Notebook:
    """A forge (``bot.ports.Forge``) that only notes what is opened, and what is opened twice."""

    name, dry, forgets = "a notebook", False, False
    notes: Sequence[str] = ()

    def __init__(self) -> None:
        self.opened: list[str] = []

    @property
    def twice(self) -> list[str]:
        return [paper for paper in set(self.opened) if self.opened.count(paper) > 1]

    def pulls(self, since: datetime | None = None) -> dict[str, Pull]:
        return {paper: Pull(id=paper, state=PullState.OPEN, where=f"pull of {paper}") for paper in self.opened}

    def requests(self, since: datetime | None = None) -> list[Request]:
        return []

    def open(self, proposal: Proposal) -> Pull:
        self.opened.append(proposal.paper.id)
        return Pull(id=proposal.paper.id, state=PullState.OPEN, where=f"pull of {proposal.paper.id}")

    def close(self, paper_id: str, sentence: str, *, later: bool = False) -> None:
        raise AssertionError(f"nobody closes {paper_id} here")

    def show(self, page: Callable[[str], str]) -> str:
        page("")
        return "on the wall"


def killing(after: int) -> Progress:
    """A progress that ends the run in the middle, after so many items of whatever is done."""
    left = after

    def progress(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        nonlocal left
        for item in items:
            left -= 1
            if left < 0:
                raise Killed
            yield item

    return progress


@dataclass
class World:
    """One survey in ``folder``; ``now`` is the clock of all."""

    folder: Path
    now: datetime = datetime(2026, 11, 16, 6, tzinfo=UTC)
    library: Library = LIBRARY
    forge: Notebook = field(default_factory=Notebook)
    judge: Callable[[Taxonomy], Judge] = Numbered
    fetch: Callable[[Sequence[str]], Iterator[Record]] | None = None
    """Papers by id, as arXiv would give them; None: arXiv is not there."""

    def __post_init__(self) -> None:
        self.archive.keep(RECORDS.values())

    @property
    def archive(self) -> RecordArchive:
        """As a new process opens it."""
        return RecordArchive(self.folder / "records", self.fetch or _dead)

    @property
    def ledger(self) -> LedgerFile:
        """As a new process opens it."""
        return LedgerFile(self.folder / "ledger.jsonl")

    def parts(self, **doors: Any) -> pipeline.Parts:
        parts = pipeline.Parts(
            archive=self.archive,
            memory=Readings,
            judge=self.judge(self.library.taxonomy),
            forge=self.forge,
            ledger=self.ledger,
            progress=quiet,
            papers_folder="taxonomy/papers",
        )
        return replace(parts, caps=parts.caps.model_copy(update={"open": 10_000, "new": 10_000}), **doors)

    def run(self, **doors: Any) -> RunReport:
        """One run, a second after the last moment; ``doors``: what it looks for papers in, see ``pipeline.Parts``."""
        self.now += timedelta(seconds=1)
        name = pipeline.run_name(self.now)
        return pipeline.run(self.library, self.parts(**doors), run=name, now=lambda: self.now)

    def plan(self, **doors: Any) -> Plan:
        self.now += timedelta(seconds=1)
        name = pipeline.run_name(self.now)
        return pipeline.judge(self.library, self.parts(**doors), run=name, now=lambda: self.now)

    def publish(self, plan: Plan) -> RunReport:
        self.now += timedelta(seconds=1)
        return pipeline.publish(self.library, self.parts(), plan, now=lambda: self.now)

    @property
    def fates(self) -> dict[str, Fate]:
        return dict(self.ledger.fates())

    @property
    def mark(self) -> datetime | None:
        """The watermark as the ledger has it."""
        runs = [run.watch for run in self.ledger.runs() if run.watch]
        return runs[-1].after if runs else None


def _dead(paper_ids: Sequence[str]) -> Iterator[Record]:
    raise SourceError("the line is dead", where="arXiv")
