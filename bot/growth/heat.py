"""The classes of a survey as a heat map: papers per period. matplotlib is imported where it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.growth import Counts, Series, total
from bot.growth.ink import COLUMNS, INK, NAME, SHADES
from bot.growth.periods import EARLIER, Calendar, calendar, turns
from bot.markdown import shortened
from bot.models import Taxonomy

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 40
"""Of a larger taxonomy only the pillars are told."""


class Row(NamedTuple):
    """A class; or a ``pillar``, when its classes stand below it."""

    name: str
    counts: Counts
    shade: str
    pillar: bool


def rows(series: Series, taxonomy: Taxonomy) -> list[Row]:
    """Each pillar, and below it its classes where there are not too many."""
    rows = list[Row]()
    leaves_too = len(taxonomy.paths) <= MOST_CLASSES
    for place, pillar in enumerate(taxonomy.root.children):
        shade = SHADES[place % len(SHADES)]
        below = leaves_too and bool(pillar.children)
        rows.append(Row(pillar.name, series.pillars[pillar.id], shade, pillar=below))
        if below:
            leaves = (leaf for leaf in pillar.walk() if not leaf.children)
            rows += (Row(leaf.name, series.classes[leaf.id], shade, pillar=False) for leaf in leaves)
    return rows


def draw(axes: Axes, rows: Sequence[Row], series: Series) -> None:
    """Papers per class and period: the more, the darker; zero is empty."""
    columns = calendar(series.papers, COLUMNS)
    most = max(
        (papers for row in rows if not row.pillar for name, papers in _papers(row, columns).items() if name != EARLIER),
        default=0,
    )
    for line, row in enumerate(rows):
        _cells(axes, line, row, columns, most)
    places = len(columns.columns)
    axes.set_xticks([*range(places), places], [*_headers(columns), "all"], fontsize=8)
    axes.set_yticks(range(len(rows)), [shortened(row.name, NAME) for row in rows], fontsize=8)
    for label, row in zip(axes.get_yticklabels(), rows, strict=True):
        label.set(fontweight="bold" if row.pillar else "normal", color=row.shade if row.pillar else INK)
    axes.set(xlim=(-0.5, max(places, COLUMNS) + 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.set(title=f"Papers in each class, by {columns.name} of submission", xlabel=f"{columns.name} (numbers: papers)")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _papers(row: Row, columns: Calendar) -> dict[str, int]:
    return dict(zip(columns.columns, columns.row(row.counts), strict=True))


def _headers(columns: Calendar) -> list[str]:
    """Part of the year above the year, which stands where it begins."""
    parts = [column.partition("-")[::2] for column in columns.columns]
    begins = turns([year for year, _ in parts])
    return [
        f"{part}\n{year}"[: None if new else len(part)] if part else year
        for (year, part), new in zip(parts, begins, strict=True)
    ]


def _cells(axes: Axes, line: int, row: Row, columns: Calendar, most: int) -> None:
    from matplotlib.patches import Rectangle

    ink = row.shade if row.pillar else INK
    for place, (column, papers) in enumerate(_papers(row, columns).items()):
        alpha = 0.1 + 0.9 * min(1.0, papers / max(most, 1))
        shaded = papers > 0 and not row.pillar and column != EARLIER
        if shaded:
            cell = Rectangle((place - 0.48, line - 0.46), 0.96, 0.92, facecolor=row.shade, alpha=alpha, linewidth=0)
            axes.add_patch(cell)
        if papers:
            number_ink = _readable(row.shade, alpha) if shaded else ink
            _number(axes, (place, line), papers, number_ink, bold=row.pillar)
    _number(axes, (len(columns.columns), line), total(row.counts), ink, bold=row.pillar)


def _readable(shade: str, alpha: float) -> str:
    """White or dark, whichever stands out more from this shade on white."""
    from matplotlib.colors import to_rgb

    def light(colour: str, alpha: float = 1.0) -> float:  # relative luminance, https://www.w3.org/TR/WCAG22/
        parts = (1 - (1 - part) * alpha for part in to_rgb(colour))
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    ground = light(shade, alpha) + 0.05
    return "white" if 1.05 / ground > ground / (light(INK) + 0.05) else INK


def _number(axes: Axes, where: tuple[int, int], papers: int, ink: str, *, bold: bool) -> None:
    told = axes.text(*where, f"{papers}", ha="center", va="center", fontsize=8, color=ink)
    told.set(weight="bold" if bold else "normal", in_layout=False)  # it stands inside: to measure it only takes time
