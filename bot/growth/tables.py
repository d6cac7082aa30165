"""The growth of the survey for a terminal: sentences, then tables. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bot.growth import Growth, Series, total, undated
from bot.growth.periods import Calendar, calendar, month
from bot.markdown import shortened
from bot.models import Taxonomy
from bot.phrases import count
from bot.stats import Grid

COLUMNS = 8
"""Of a table, at most."""
_COLUMN = 9
"""Characters of one: ``2025-H2`` and what parts it from the one before."""
_LATEST = 12
"""Months that are told apart as the latest."""
_SHOWN = 3
_SEVERAL = "a paper in several classes counts in each of them, and once in all"


def lines(found: Growth, taxonomy: Taxonomy, width: int | None = None) -> list[str]:
    """All of it: sentences, the table by submission, and where it is known when papers were added, one of that.

    ``width``: characters of a line that the terminal has room for; tables keep to it, sentences may be longer.
    """
    if not found.papers:
        return ["no paper is listed yet"]
    names = None if width is None else width * 2 // 5
    most = COLUMNS if names is None or width is None else _room(width - names)
    told = [*sentences(found, taxonomy), "", *_columns(grid(found.submitted, taxonomy, "submission", most=most), names)]
    told += ["", _SEVERAL + _undated(found.submitted)]
    if found.added.papers:
        added = grid(found.added, taxonomy, "addition to the list", pillars_only=True, most=most)
        told += ["", *_columns(added, names)]
        if found.added.unknown:
            told += ["", f"of {count(found.added.unknown, 'paper')} it is not known when they were added"]
    return told


def _room(width: int) -> int:
    """How many columns have room beside the names; two are the fewest that a table can have."""
    return max(2, min(COLUMNS, (width - len("  all")) // _COLUMN))


def sentences(found: Growth, taxonomy: Taxonomy) -> list[str]:
    """How many papers, since when, how fast, and where most of the latest are."""
    by_month = found.submitted.papers
    filled = sum(bool(counts) for counts in found.submitted.classes.values())
    first, last, most = min(by_month), max(by_month), max(by_month, key=lambda period: by_month[period])
    span = f"submitted in {first}" if first == last else f"submitted from {first} to {last}"
    span += f"; most in {most}: {by_month[most]}" if first != last and by_month[most] > 1 else ""
    size = f"{count(found.papers, 'paper')} in {filled} of {len(found.submitted.classes)} classes"
    years = ", ".join(f"{year} {papers}" for year, papers in found.years.papers.items())
    return [
        f"{size}, {span}",
        f"by year of publication: {years}",
        *_latest(found.submitted, taxonomy),
    ]


def _latest(found: Series, taxonomy: Taxonomy) -> Iterator[str]:
    """The classes that most papers of the last months are in; there is no clock here: the last paper is the last."""
    end = max(map(month, found.papers))
    recent = {period for period in found.papers if month(period) > end - _LATEST}
    if len(recent) == len(found.papers):
        return  # all there is
    sums = {label: sum(counts.get(period, 0) for period in recent) for label, counts in found.classes.items()}
    top = [(label, papers) for label, papers in Counter(sums).most_common(_SHOWN) if papers]
    names = ", ".join(f"{taxonomy.leaf(label).name} {papers}" for label, papers in top)
    papers = sum(found.papers[period] for period in recent)
    yield f"of the last {_LATEST} months to {max(found.papers)}: {count(papers, 'paper')}, most in {names}"


def grid(found: Series, taxonomy: Taxonomy, what: str, *, pillars_only: bool = False, most: int = COLUMNS) -> Grid:
    """Papers per pillar, below it per class, and all papers; in columns of months or longer."""
    columns = calendar(found.papers, most)
    rows = list[tuple[str, ...]]()
    for pillar in taxonomy.root.children:
        rows.append(_row(pillar.name, columns, found.pillars[pillar.id]))
        if pillar.children and not pillars_only:
            below = (leaf for leaf in pillar.walk() if not leaf.children)
            rows += [_row(f"  {leaf.name}", columns, found.classes[leaf.id]) for leaf in below]
    rows.append(_row("all papers", columns, found.papers))
    return Grid(f"by {columns.name} of {what}", ("", *columns.columns, "all"), tuple(rows))


def _row(name: str, columns: Calendar, counts: dict[str, int]) -> tuple[str, ...]:
    cells = ("·" if not papers else f"{papers}" for papers in columns.row(counts))
    return (name, *cells, f"{total(counts)}")


def _undated(found: Series) -> str:
    elsewhere = undated(found)
    return f"; {count(elsewhere, 'paper')} not on arXiv: in January of the listed year" if elsewhere else ""


def _columns(table: Grid, names: int | None = None) -> list[str]:
    """In lines; the first column, of names, has at most so many characters."""
    cells = [(table.title, *table.header[1:]), *table.rows]
    if names is not None:
        cells = [(shortened(name, names), *rest) for name, *rest in cells]
    widths = [max(len(row[place]) for row in cells) for place in range(len(table.header))]
    return [
        "  ".join([name.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))])
        for name, *rest in cells
    ]
