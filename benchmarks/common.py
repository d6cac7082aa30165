"""What the benchmarks share: the real records, what machine this is, and figures of a command or of a step."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bot import texts
from bot.adapters.feed_file import FileSource
from bot.adapters.shelf import Shelf
from bot.evaluate import inputs
from bot.models import Library, Record
from bot.ports import Memory, Reading
from bot.scope import KeywordRule
from bot.settings import Settings, load
from vectorstore import embedders
from vectorstore.index import ChromaMemory

ROOT = Path(__file__).parent.parent
LISTING, JUDGED = "cs_ro_listing_2025-03_2025-09.tsv", "judged_2025-06_2025-09.tsv"
T = TypeVar("T")


def arguments(description: str) -> argparse.Namespace:
    """``--data``: the folder with arxiv/abstracts.jsonl.gz, the listing and the survey's README at two dates.

    ``--cache``: a folder that is kept, so that texts are embedded in the first run only.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared", help="folder of the real records")
    parser.add_argument("--cache", type=Path, help="folder for what was embedded; default: none is kept")
    options = parser.parse_args()
    if not (options.data / "arxiv" / "abstracts.jsonl.gz").exists():
        parser.error(f"{options.data}/arxiv/abstracts.jsonl.gz is not there; give --data")
    return options


def machine() -> str:
    """One line on where the figures were taken."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()} {platform.system()}, {cores} cores, Python {platform.python_version()}"


def abstracts(data: Path) -> Iterator[dict[str, Any]]:
    """The real records, one after the other."""
    with gzip.open(data / "arxiv" / "abstracts.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def quiet(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """A ``Progress`` that shows nothing."""
    return iter(items)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table."""
    for row in (head, ["---"] * len(head), *rows):
        print(f"| {' | '.join(map(str, row))} |", flush=True)


# --- time and memory --------------------------------------------------------------------------------------------------


class Figures(NamedTuple):
    """Wall and processor seconds and peak memory (MB, of the largest process) of one command, and what it printed."""

    wall: float
    cpu: float
    peak: float
    out: str
    code: int


def measure(command: list[str], cwd: Path, env: Mapping[str, str] | None = None) -> Figures:
    """Run a command to its end; its standard error passes through."""
    with tempfile.TemporaryFile() as out:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=out)
        _, status, used = os.wait4(process.pid, 0)  # of this process alone
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode()
    return Figures(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, printed, process.returncode)


class Steps:
    """Wall and processor seconds, and peak memory, of the steps of this process."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, float, float, float]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is done inside; peak memory is that of the whole process meanwhile, in MB."""
        with suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")  # Linux forgets the peak so far (proc(5))
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.rows.append((name, time.perf_counter() - wall, time.process_time() - cpu, peak()))

    def show(self) -> None:
        """Print them."""
        walls, cpus, peaks = zip(*(row[1:] for row in self.rows), strict=True)
        together = ("together", sum(walls), sum(cpus), max(peaks))
        rows = [
            (name, f"{wall:.2f} s", f"{cpu:.2f} s", f"{most:.0f} MB")
            for name, wall, cpu, most in (*self.rows, together)
        ]
        table(("step", "wall", "processor", "peak memory"), rows)


def peak() -> float:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def survey_bot() -> str:
    """The command of this environment."""
    return str(Path(sys.executable).with_name("survey-bot"))


# --- the real survey --------------------------------------------------------------------------------------------------


class Real(NamedTuple):
    """This repository's survey, its listing and its judges, read by the real embedder."""

    library: Library
    rule: KeywordRule
    settings: Settings
    memory: Memory
    records: dict[str, Record]
    """Cleaned, by id: of the listing and of the listed papers."""
    days: dict[str, str]
    """Of the listing."""
    belongs: frozenset[str]
    """Listed papers, and those that both annotators call in scope."""

    @property
    def listed(self) -> list[str]:
        """Listed papers with an abstract and a class."""
        return [paper for paper in self.library.papers if paper in self.records]

    def candidates(self) -> list[str]:
        """Papers of the listing that the cheap stage does not rule out."""
        return [paper for paper in self.days if not self.rule.ruled_out(self.records[paper])]

    def read(self, papers: Sequence[str]) -> dict[str, Reading]:
        """Paper id -> reading."""
        said = [texts.record_sentences(self.records[paper]) for paper in papers]
        return dict(zip(papers, self.memory.read(said, quiet, "reading"), strict=True))

    def rulebook(self) -> tuple[dict[str, Reading], Reading]:
        """The classes by leaf id, and the survey's statement of scope."""
        taxonomy = self.library.taxonomy
        said = [texts.class_sentences(path) for path in taxonomy.paths.values()]
        *classes, scope = self.memory.read([*said, texts.scope_sentences(taxonomy.root)], quiet, "reading")
        return dict(zip(taxonomy.paths, classes, strict=True)), scope


def real_survey(data: Path, cache: Path, *, vectors: Path | None = None) -> Real:
    """Read everything but the vectors, which come from ``vectors`` (default: ``cache``), or are made when asked for."""
    settings = load(ROOT / "survey-bot.toml")
    library = Shelf(ROOT / "taxonomy").load().under_current_ids()
    embedder = embedders.load(settings.embedder, cache / "model")
    days = inputs.listing((data / "arxiv" / LISTING).read_text(encoding="utf-8"), LISTING)
    verdicts = inputs.verdicts((data / "scope" / JUDGED).read_text(encoding="utf-8"), JUDGED)
    source = FileSource(data / "arxiv" / "abstracts.jsonl.gz")
    wanted = {*days, *library.papers}
    records = {record.id: texts.clean_record(record)[0] for record in source.records(print) if record.id in wanted}
    return Real(
        library,
        KeywordRule(settings.scope),
        settings,
        ChromaMemory(embedder, None, "", "benchmark", vectors=vectors or cache),
        records,
        {paper: day for paper, day in days.items() if paper in records},
        frozenset(library.papers) | {paper for paper, both in verdicts.items() if both == ("in", "in")},
    )
