"""The results to look at, as SVG text; the same results give the same bytes. matplotlib is imported where used."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.evaluate.report import Bin, PlacementResult, Point, ScopeResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE, GREY, INK = "#1f5fa8", "#d9701e", "#8a8f98", "#22262c"
_SHADES = (BLUE, ORANGE, "#3d8f5f", "#7a5aa6")
MOST_CLASSES = 40
"""A larger taxonomy is drawn by pillars."""

_STYLE = {
    "svg.hashsalt": "survey-bot",
    "svg.fonttype": "path",  # looks the same on every machine
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.edgecolor": "#b9bec6",
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": "#e8eaee",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
}


def reliability(results: Sequence[PlacementResult]) -> str:
    """Confidence against the share that was right, with the number of papers, and how confidences are spread."""
    with _drawing(5.0 * len(results), 5.2) as figure:
        rows = figure.subplots(2, len(results), squeeze=False, height_ratios=(3, 1), sharex=True)
        for result, (upper, lower) in zip(results, rows.T, strict=True):
            _reliability(result, upper)
            _confidences(result, lower)
        rows[0][0].set_ylabel("share of right first guesses")
        rows[1][0].set_ylabel("papers")
    return _svg(figure, "reliability", "Reliability diagram: " + "; ".join(map(_reliability_told, results)))


def _reliability(result: PlacementResult, axes: Axes) -> None:
    _calibration(axes, result.reliability, (0.03, 0.045))
    axes.set(title=result.protocol)


def _calibration(axes: Axes, bins: Sequence[Bin], told: tuple[float, float]) -> None:
    """``told``: where the diagonal is explained."""
    axes.plot([0, 1], [0, 1], color=GREY, linestyle="--", linewidth=1)
    axes.text(
        *(told[0], told[1], "as right as it says"),
        color=GREY,
        fontsize=8,
        rotation=45,
        rotation_mode="anchor",
        transform_rotates_text=True,
    )
    for one in bins:
        axes.plot([one.confidence] * 2, [one.low, one.high], color=BLUE, linewidth=1.5, alpha=0.5)
    axes.plot([one.confidence for one in bins], [one.right for one in bins], color=BLUE, marker="o", markersize=6)
    for one in bins:
        axes.annotate(
            f"{one.papers}", (one.confidence, one.right), xytext=(7, -11), textcoords="offset points", fontsize=8
        )
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02))


def _confidences(result: PlacementResult, axes: Axes) -> None:
    sides = [[one.guesses[0].probability for one in result.judged if one.right is right] for right in (True, False)]
    axes.hist(sides, bins=np.linspace(0, 1, 21).tolist(), stacked=True, color=[BLUE, ORANGE], label=["right", "wrong"])
    axes.legend(loc="upper left", fontsize=8, ncols=2)
    axes.set_xlabel("confidence in the first guess")


def _reliability_told(result: PlacementResult) -> str:
    points = (f"confidence {one.confidence:.2f}: {one.right:.2f} of {one.papers}" for one in result.reliability)
    return f"{result.protocol}, {', '.join(points)}"


def coverage(results: Sequence[PlacementResult], target: float) -> str:
    """How many guesses are right among the surest papers, by how many papers that is; the target of the proposals."""
    with _drawing(8.0, 4.2) as figure:
        axes = figure.subplots()
        for result, colour in zip(results, _SHADES, strict=False):
            _curve(axes, result.coverage, colour, result.protocol)
        axes.axhline(
            target, color=GREY, linewidth=1, linestyle="--", label=f"of proposals, {target:.0%} shall be right"
        )
        least = min(target, *(point.y for result in results for point in result.coverage))
        axes.set(xlabel="share of papers, surest first", ylabel="share of right first guesses", xlim=(0, 1.02))
        axes.set_ylim(max(0.0, least - 0.15), 1.02)
        axes.xaxis.set_major_formatter("{x:.0%}")
        axes.yaxis.set_major_formatter("{x:.0%}")
        axes.legend(loc="lower left")
    told = "; ".join(
        f"{result.protocol}: all papers, {result.coverage[-1].y:.0%} right; half of them, {_at(result, 0.5):.0%}"
        for result in results
    )
    return _svg(figure, "coverage", f"Coverage against accuracy. {told}")


def _at(result: PlacementResult, share: float) -> float:
    return next(point.y for point in result.coverage if point.x >= share)


def _curve(axes: Axes, points: Sequence[Point], colour: str, name: str) -> None:
    axes.plot([point.x for point in points], [point.y for point in points], color=colour, label=name)


def confusion(result: PlacementResult) -> str:
    """Listed under (rows) against first guess (columns), by class, or by pillar when there are too many classes."""
    names, pillars, counts = _confusions(result)
    size = 3.2 + 0.31 * len(names)
    with _drawing(size + 1.6, size) as figure:
        axes = figure.subplots()
        share = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
        for row, column in np.argwhere(counts).tolist():
            _cell(axes, row, column, float(counts[row, column]), float(share[row, column]))
        axes.set(aspect="equal", xlim=(-0.5, len(names) - 0.5), ylim=(len(names) - 0.5, -0.5))
        ticks = range(len(names))
        axes.set_yticks(ticks, names, fontsize=8)
        axes.set_xticks(ticks, names, rotation=50, ha="right", rotation_mode="anchor", fontsize=8)
        axes.set(xlabel="first guess", ylabel="listed under")
        axes.grid(visible=False)
        axes.tick_params(length=0)
        _blocks(axes, pillars)
    right = float(np.trace(counts) / max(counts.sum(), 1))
    return _svg(
        figure, "confusion", f"Confusion between {len(names)} classes; {right:.0%} of the papers on the diagonal"
    )


def _confusions(result: PlacementResult) -> tuple[list[str], list[str], Any]:
    pillars = [one.pillar for one in result.classes]
    counts = np.array(result.confusion)
    if len(pillars) <= MOST_CLASSES:
        return [one.name for one in result.classes], pillars, counts
    names = list(dict.fromkeys(pillars))
    member = np.array([[pillar == name for pillar in pillars] for name in names], dtype=float)
    return names, names, member @ counts @ member.T


def _cell(axes: Axes, row: int, column: int, count: float, share: float) -> None:
    """Blue on the diagonal, orange elsewhere; the stronger, the larger its share of the row."""
    from matplotlib.patches import Rectangle

    colour, ink = BLUE if row == column else ORANGE, "white" if share > 0.55 else INK
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor=colour, alpha=share**0.5, linewidth=0))
    told = f"{count:.1f}".removesuffix(".0")
    axes.text(column, row, told, ha="center", va="center", fontsize=7, color=ink)


def _blocks(axes: Axes, pillars: Sequence[str]) -> None:
    """Lines between the pillars, and their names at the right."""
    starts = [0]
    for _, members in groupby(pillars):
        starts.append(starts[-1] + len(list(members)))
    if len(starts) == len(pillars) + 1:
        return
    for start, end in pairwise(starts):
        axes.plot(
            np.array([start, end, end, start, start]) - 0.5,
            np.array([start, start, end, end, start]) - 0.5,
            color=INK,
            linewidth=1,
            clip_on=False,
        )
        axes.text(len(pillars) - 0.2, (start + end - 1) / 2, _wrapped(pillars[start]), fontsize=8, va="center")


def recall(result: ScopeResult) -> str:
    """How many papers that belong are found by reading so many, best score first; and by reading the lanes."""
    ours = next(iter(result.curves.values()))
    enough = next((point.x for point in ours if point.y >= 0.95 * result.right), result.papers)
    lanes = _lanes(result)
    most = min(float(result.papers), 1.35 * max(enough, result.budget, 2 * result.first, *(x for _, x, _ in lanes)))
    with _drawing(8.0, 4.6) as figure:
        axes = figure.subplots()
        axes.plot([0, result.right, most], [0, result.right, result.right], color=GREY, linestyle=":", label="at best")
        for (name, points), colour in zip(result.curves.items(), _SHADES, strict=False):
            _curve(axes, points, colour, name)
        for name, read, found in lanes:
            axes.scatter(read, found, s=60, color="white", edgecolors=BLUE, linewidths=2, zorder=3)
            axes.annotate(
                name,
                *((read, found), (9, -14)),
                textcoords="offset points",
                fontsize=8,
                color=BLUE,
                bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
            )
        axes.axhline(0.95 * result.right, color=GREY, linewidth=1, linestyle="--")
        axes.text(most, 0.95 * result.right, "95% ", ha="right", va="top", color=GREY, fontsize=8)
        if result.budget < most:  # else everything can be read
            axes.axvline(result.budget, color=INK, linewidth=1)
            told = f" {result.weekly} papers a week\n ({result.budget} in all)"
            axes.text(result.budget, 0.3 * result.right, told, fontsize=8)
        axes.set(
            xlim=(0, most), ylim=(0, 1.04 * result.right), xlabel=f"papers read of {result.papers}, best score first"
        )
        axes.set_ylabel("papers found that belong")
        axes.legend(loc="lower right")
    said = "; ".join(f"{name}: {read} papers, {found} of them belong" for name, read, found in lanes)
    return _svg(figure, "recall", f"Papers found against papers read; 95% are found after {enough:.0f} papers. {said}")


def _lanes(result: ScopeResult) -> list[tuple[str, int, int]]:
    """What a human reads who reads the first lane, or the first two: name, papers, papers that belong."""
    proposed, asked, *_ = result.lanes.lanes
    first, both = (proposed.papers, proposed.belong), (proposed.papers + asked.papers, proposed.belong + asked.belong)
    found = [("proposed", *first), ("proposed and asked", *both)]
    return [lane for place, lane in enumerate(found) if lane[1] > (first[0] if place else 0)]


def scope_calibration(result: ScopeResult) -> str:
    """Score of scope against the share that belongs, of the papers that are not ruled out."""
    with _drawing(5.0, 4.2) as figure:
        axes = figure.subplots()
        _calibration(axes, result.reliability, (0.28, 0.215))
        axes.set(xlabel="score: the probability that a paper belongs", ylabel="share that belongs")
    points = (f"score {one.confidence:.2f}: {one.right:.2f} of {one.papers}" for one in result.reliability)
    return _svg(figure, "calibration", f"Calibration of the scope score, {', '.join(points)}")


@contextmanager
def _drawing(width: float, height: float) -> Iterator[Figure]:
    """A figure (inches) in the style of the page."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]
        yield Figure(figsize=(width, height), layout="constrained")


def _svg(figure: Figure, name: str, alt: str) -> str:
    """The figure as an element for a page; its ids begin with the name, since a page holds several."""
    import matplotlib

    with matplotlib.rc_context(_STYLE), io.StringIO() as buffer:  # type: ignore[arg-type]
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
        text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{name}-", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1)


def _wrapped(text: str, width: int = 14) -> str:
    lines = [""]
    for word in text.split():
        lines[-1:] = [f"{lines[-1]} {word}".strip()] if len(lines[-1]) + len(word) < width else [lines[-1], word]
    return "\n".join(line for line in lines if line)
