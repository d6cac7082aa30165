"""What the benchmarks share: where the data is, what machine this is, and whole-process figures of a command."""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parent.parent


def arguments(description: str) -> argparse.Namespace:
    """``--data``: the folder with arxiv/abstracts.jsonl.gz, the listing and the survey's README at two dates."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared", help="folder of the real records")
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


def survey_bot() -> str:
    """The command of this environment."""
    return str(Path(sys.executable).with_name("survey-bot"))
