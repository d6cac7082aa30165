"""Time and memory of every stage on the real survey: ruling out, reading, fitting, judging.

The cheap stage goes over all real records; 1,000 papers of the listing that it lets pass are read (from nothing, then
from the cache), learned from beside the listed papers, and judged. Aim of the cheap stage: 10,000 records a second.

    .venv/bin/python -m benchmarks.speed
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from benchmarks.common import Real, Steps, arguments, machine, quiet, real_survey
from bot import texts
from bot.adapters.feed_file import FileSource
from bot.judge import EmbeddedJudge
from bot.ports import Entry, Past
from bot.vectors import pooled

COUNT = 1000


def main() -> None:
    """Print the figures; ``--cache`` says where the weights of the model are kept, the vectors are made anew."""
    options = arguments(__doc__ or "")
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        real = real_survey(options.data.resolve(), options.cache or Path(folder), vectors=Path(folder) / "vectors")
        _cheap_stage(real, options.data.resolve())
        _judge(real)


def _cheap_stage(real: Real, data: Path) -> None:
    raw = list(FileSource(data / "arxiv" / "abstracts.jsonl.gz").records(print))
    began = time.process_time()
    records = [texts.clean_record(record)[0] for record in raw]
    cleaned = time.process_time()
    passed = sum(real.rule.ruled_out(record) is None for record in records)
    ended = time.process_time()
    print(
        f"\ncheap stage: {len(raw)} records, {passed} pass; {len(raw) / (ended - cleaned):,.0f} a second of one "
        f"processor, {len(raw) / (ended - began):,.0f} with the cleaning of their text\n"
    )


def _judge(real: Real) -> None:
    steps, taxonomy = Steps(), real.library.taxonomy
    papers = [paper for paper in real.candidates() if paper not in real.library.papers][:COUNT]
    entries = [
        *(Entry(paper, "paper", texts.record_sentences(real.records[paper])) for paper in real.listed),
        *(Entry(label, "class", texts.class_sentences(path)) for label, path in taxonomy.paths.items()),
    ]
    with steps.step(f"index {len(entries)} papers and classes, with their embedding"):
        real.memory.update(entries, "", quiet)
    with steps.step(f"read {len(papers)} papers, nothing in the cache"):
        real.read(papers)
    with steps.step("the same from the cache"):
        seen = real.read(papers)
    past = Past(real.memory.readings("paper"), real.memory.readings("class"), real.rulebook()[1], seen, weeks=13)
    judge = EmbeddedJudge(real.library, real.settings)
    with steps.step(f"fit the judge to {len(past.papers)} listed papers and {len(seen)} others"):
        judge.fit(past)
    with steps.step(f"judge {len(papers)} papers, with the search for neighbours"):
        near = real.memory.nearest(np.array([pooled(one) for one in seen.values()]), judge.neighbours)
        for paper, its in zip(papers, near, strict=True):
            judge.judge(real.records[paper], seen[paper], its, ())
    steps.show()


if __name__ == "__main__":
    main()
