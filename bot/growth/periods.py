"""Months put together until a table has room for them: quarters, half-years, years, spans of years. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from bot.growth import Counts

EARLIER = "earlier"
"""The column of all years for which there is none."""


class Calendar(NamedTuple):
    """The columns of a table."""

    name: str
    """What a column is: ``half-year``."""
    columns: tuple[str, ...]
    """Without gaps, the first first."""
    column: Callable[[str], str]
    """The column of a period."""

    def row(self, counts: Counts) -> tuple[int, ...]:
        """Papers per column."""
        sums = dict.fromkeys(self.columns, 0)
        for period, papers in counts.items():
            sums[self.column(period)] += papers
        return tuple(sums.values())


def calendar(periods: Collection[str], most: int) -> Calendar:
    """The finest columns for these periods (``2025-06``, ``2025``) of which there are no more than ``most``.

    A year without a month counts in its first column. When years are too many, all but the last are one column.
    """
    months = sorted(map(month, periods)) or [0, -1]
    first, last = months[0], months[-1]
    for name, length, told in _LENGTHS:
        numbers = range(first // length, last // length + 1)
        if len(numbers) <= most:
            return Calendar(name, tuple(map(told, numbers)), _namer(length, told))
    kept = last // 12 - most + 2
    years = (f"{year:04}" for year in range(kept, last // 12 + 1))
    return Calendar("year", (EARLIER, *years), lambda period: period[:4] if month(period) // 12 >= kept else EARLIER)


def month(period: str) -> int:
    """Months since the year 0; of a year its first."""
    year, _, number = period.partition("-")
    return int(year) * 12 + (int(number) - 1 if number else 0)


def turns(years: Sequence[str]) -> list[bool]:
    """Where another year begins."""
    return [place == 0 or years[place - 1] != year for place, year in enumerate(years)]


def _namer(length: int, told: Callable[[int], str]) -> Callable[[str], str]:
    return lambda period: told(month(period) // length)


_LENGTHS: Sequence[tuple[str, int, Callable[[int], str]]] = (
    ("month", 1, lambda number: f"{number // 12:04}-{number % 12 + 1:02}"),
    ("quarter", 3, lambda number: f"{number // 4:04}-Q{number % 4 + 1}"),
    ("half-year", 6, lambda number: f"{number // 2:04}-H{number % 2 + 1}"),
    ("year", 12, lambda number: f"{number:04}"),
)
