"""The pillars of a survey as lines: papers so far, month by month. matplotlib is imported where it is used."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from bot.growth import Counts, Growth, Series, total, undated
from bot.growth.ink import COLUMNS, INK, NAME, SHADES, SIGNS
from bot.growth.periods import month, turns
from bot.markdown import shortened
from bot.models import Taxonomy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LINES = 6
"""Pillars that have a line of their own."""
_SIGNED = 48
"""Months above which lines carry no signs: they would hide each other."""


class _Line(NamedTuple):
    name: str
    counts: Counts
    shade: str
    sign: str
    width: float


def draw(axes: Axes, found: Growth, taxonomy: Taxonomy) -> None:
    """Papers so far, by month of submission: all, and of each of the largest pillars."""
    series = found.submitted
    months = sorted(set(map(month, series.papers)))
    signs = len(months) <= _SIGNED
    ends = list[tuple[int, str, str]]()
    for line in _drawn(series, taxonomy):
        sums = _so_far(line.counts, months)
        style = {"linewidth": line.width, "marker": line.sign if signs else "", "markersize": 4}
        style["drawstyle"] = "steps-post"  # between two months with papers nothing was added
        axes.plot([number / 12 for number in months], sums, color=line.shade, **style)  # type: ignore[arg-type]
        ends.append((sums[-1], f"{shortened(line.name, NAME)}  {sums[-1]}", line.shade))
    _names(axes, ends, months[-1] / 12)
    pillars = len(taxonomy.root.children)
    more = pillars > MOST_LINES
    axes.set_title(f"Papers listed so far{f', and in the {MOST_LINES} largest of {pillars} pillars' if more else ''}")
    elsewhere = f" (not on arXiv: {undated(series)}, in January)" if undated(series) else ""
    axes.set(ylabel="papers", xlabel=f"month of submission to arXiv{elsewhere}", ylim=(0, 1.08 * found.papers))
    axes.grid(visible=True)
    _months(axes, months)


def _drawn(series: Series, taxonomy: Taxonomy) -> Iterator[_Line]:
    yield _Line("all papers", series.papers, INK, ".", 2.2)
    children = taxonomy.root.children
    largest = sorted(range(len(children)), key=lambda place: -total(series.pillars[children[place].id]))
    for place in largest[:MOST_LINES]:
        counts = series.pillars[children[place].id]
        yield _Line(children[place].name, counts, SHADES[place % len(SHADES)], SIGNS[place % len(SIGNS)], 1.5)


def _so_far(counts: Counts, months: Sequence[int]) -> list[int]:
    by_month = dict.fromkeys(months, 0)
    for period, papers in counts.items():
        by_month[month(period)] += papers
    return list(accumulate(by_month.values()))


def _names(axes: Axes, ends: Sequence[tuple[int, str, str]], right: float) -> None:
    """At the right end of each line its name; where lines end close together, names stand one above the other."""
    top = float(max(height for height, _, _ in ends))
    step, place, places = 0.085 * top, -1.0 * top, list[float]()
    for height, _, _ in sorted(ends):
        place = max(float(height), place + step)
        places.append(place)
    for back in range(len(places) - 1, -1, -1):  # what was pushed above the highest line comes down again
        places[back] = min(places[back], top - step * (len(places) - 1 - back))
    for (_, name, shade), place in zip(sorted(ends), places, strict=True):
        offset = {"xytext": (8, 0), "textcoords": "offset points", "annotation_clip": False}
        axes.annotate(name, (right, place), va="center", color=shade, fontsize=8.5, **offset)  # type: ignore[arg-type]


def _months(axes: Axes, months: Sequence[int]) -> None:
    """Ticks at round months, about twelve; the first of a year tells it."""
    from matplotlib.ticker import MaxNLocator

    first, last = months[0], months[-1]
    step = next((step for step in (1, 3, 6, 12, 24, 60, 120, 240) if (last - first) / step <= COLUMNS), 1200)
    ticks = [number for number in range(first - first % step, last + 1, step) if number >= first]
    ticks = ticks if ticks[:1] == [first] or len(ticks) > 1 else [first, *ticks]
    names = [
        f"{tick // 12:04}" if step >= 12 else f"{tick % 12 + 1:02}\n{tick // 12:04}"[: None if told else 2]
        for tick, told in zip(ticks, turns([f"{tick // 12}" for tick in ticks]), strict=True)
    ]
    axes.set_xticks([tick / 12 for tick in ticks], names)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
