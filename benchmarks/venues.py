"""How often venue and year of ``tests/venue_strings.tsv`` are read right, and how long that takes.

The strings were written by hand in the styles authors use: the first part before the rules, the second before they
were first measured, the third, to break them, after they were mended. Venue and year must both be right: a venue with
a wrong or missing year is wrong.

.venv/bin/python -m benchmarks.venues
"""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bot import venues
from bot.models import Record

STRINGS = Path(__file__).parent.parent / "tests" / "venue_strings.tsv"


class Labelled(NamedTuple):
    """One comment or journal reference, and what it says; an empty venue: that the paper appeared nowhere yet."""

    part: str
    field: str
    venue: str
    year: str
    text: str


class Score(NamedTuple):
    """Precision and recall of venue and year together, and what went wrong."""

    precision: float
    recall: float
    errors: list[str]


def labelled() -> list[Labelled]:
    """The strings of the file."""
    with STRINGS.open(encoding="utf-8", newline="") as file:
        return [Labelled(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def record(one: Labelled) -> Record:
    """A paper with this string."""
    return Record.model_validate({"id": "2501.00001", "title": "Bread", "abstract": "On bread.", one.field: one.text})


def score(strings: Sequence[Labelled]) -> Score:
    """What :func:`bot.venues.published` makes of the strings."""
    right, given, errors = 0, 0, []
    for one in strings:
        said = venues.published(record(one))
        got = (said.venue, str(said.year or "")) if said else ("", "")
        given += said is not None
        right += said is not None and got == (one.venue, one.year)
        if got != (one.venue, one.year):
            errors.append(f"{one.venue or 'none'} {one.year} read as {got[0] or 'none'} {got[1]}: {one.text}")
    there = sum(bool(one.venue) for one in strings)
    return Score(right / given if given else 1.0, right / there if there else 1.0, errors)


def main() -> None:
    """Print the table, the errors and the time."""
    strings = labelled()
    print("| strings | of them none | precision | recall | errors |\n|---|---|---|---|---|")
    parts = {"first part": "1", "second part": "2", "third part": "3", "all": ""}
    for name, part in parts.items():
        some = [one for one in strings if part in ("", one.part)]
        found = score(some)
        none = sum(not one.venue for one in some)
        print(f"| {name}: {len(some)} | {none} | {found.precision:.3f} | {found.recall:.3f} | {len(found.errors)} |")
    print(*score(strings).errors, sep="\n")
    records = [record(one) for one in strings]
    start = time.perf_counter()
    for one in records:
        venues.published(one)
    print(f"{(time.perf_counter() - start) / len(records) * 1e6:.0f} ms for 1,000 papers")


if __name__ == "__main__":
    main()
