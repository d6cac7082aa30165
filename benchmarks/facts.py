"""Efficiency facts: found in abstracts as by hand?

    python -m benchmarks.facts --data ../shared

Labels by hand: ``benchmarks/facts_labels.tsv`` (part, id, and a line for each claim: quantity, value, high, unit,
change; a paper without a claim has one empty line). ``build``: the rules were made on these. ``held``: labelled
before anything was extracted; when they were first read, precision and recall were 0.935 each, and what was wrong
was mended. ``unseen``: labelled when the rules stood; first read with precision 1.000 and recall 0.821, then
``twice``, GPU time and the LaTeX macro for units were added. ``fresh`` (all of robotics and language models, by a
seed) and ``dense`` (of VLA) were labelled later by a reader who had not seen the rules; first read with 0.933 and
0.667, and 1.000 and 0.947 (two labels of ``dense`` were slips of the reader), then what was wrong was mended. A
fact is right when quantity, value, unit and change are, and it is the paper's own claim.
"""

from __future__ import annotations

import csv
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.common import arguments, machine, table
from bot import texts
from bot.adapters.feed_file import FileSource
from bot.facts.extract import extract
from bot.models.facts import Fact

LABELS = Path(__file__).with_name("facts_labels.tsv")


def main() -> None:
    """Print the figures as Markdown."""
    options = arguments(__doc__ or "")
    with LABELS.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    part = {row["id"]: row["part"] for row in rows}
    records = {
        one.id: one
        for one in FileSource(options.data / "arxiv" / "abstracts.jsonl.gz").records(print)
        if one.id in part
    }
    wanted = {paper: Counter(_label(row) for row in rows if row["id"] == paper and row["quantity"]) for paper in part}
    began = time.perf_counter()
    found = {paper: extract(texts.clean_record(record)[0]) for paper, record in records.items()}
    took = (time.perf_counter() - began) / len(found)
    shown, told = [], list[str]()
    for name in dict.fromkeys(part.values()):
        papers = [paper for paper in found if part[paper] == name]
        right = sum((Counter(map(_fact, found[paper])) & wanted[paper]).total() for paper in papers)
        all_found, all_wanted = (
            sum(len(found[paper]) for paper in papers),
            sum(wanted[paper].total() for paper in papers),
        )
        shown.append(
            (
                name,
                len(papers),
                all_wanted,
                all_found,
                right,
                f"{right / max(1, all_found):.3f}",
                f"{right / max(1, all_wanted):.3f}",
            )
        )
        told += [line for paper in papers for line in _differences(paper, found[paper], wanted[paper])]
    print(f"{machine()}, {took * 1000:.1f} ms an abstract\n")
    table(("part", "abstracts", "claims by hand", "found", "right", "precision", "recall"), shown)
    print("\nOtherwise than by hand:", *(told or ["nothing"]), sep="\n- ")


def _label(row: dict[str, str]) -> str:
    return f"{row['quantity']} {row['change']} {row['value']}-{row['high']} {row['unit']}"


def _fact(fact: Fact) -> str:
    high = f"{fact.high:.10g}" if fact.high else ""
    return f"{fact.quantity} {fact.change or 'is'} {fact.value:.10g}-{high} {fact.unit}"


def _differences(paper: str, found: tuple[Fact, ...], wanted: Counter[str]) -> Iterator[str]:
    have = Counter(map(_fact, found))
    yield from (f"{paper}: wrong or not its own: {one}" for one in have - wanted)
    yield from (f"{paper}: missed: {one}" for one in wanted - have)


if __name__ == "__main__":
    main()
