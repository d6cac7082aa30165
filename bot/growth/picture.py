"""The growth of the survey to look at: pillars as lines, classes as a heat map. The same growth gives the same bytes.

Every line and every cell carries its number. matplotlib is imported where it is used.
"""

from __future__ import annotations

import html
import io
import re
import warnings
from typing import TYPE_CHECKING, Literal

from bot.growth import Growth, curves, heat, total
from bot.growth.ink import GREY, STYLE, WIDTH
from bot.markdown import shortened
from bot.models import Taxonomy
from bot.phrases import count

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Kind = Literal["svg", "png"]


def picture(found: Growth, taxonomy: Taxonomy, kind: Kind) -> bytes:
    """The bytes of a file: 9 inches wide, higher with every class."""
    import matplotlib

    with matplotlib.rc_context(STYLE), warnings.catch_warnings():  # type: ignore[arg-type]
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)  # it shows as a box
        return _bytes(_figure(found, taxonomy), kind, told(found, taxonomy))


def told(found: Growth, taxonomy: Taxonomy) -> str:
    """What the picture shows, for those who do not see it."""
    sums = (f"{pillar.name} {total(found.submitted.pillars[pillar.id])}" for pillar in taxonomy.root.children)
    return f"Growth of {taxonomy.root.name}: {count(found.papers, 'paper')}; by pillar: {', '.join(sums)}"


def _figure(found: Growth, taxonomy: Taxonomy) -> Figure:
    from matplotlib.figure import Figure

    rows = heat.rows(found.submitted, taxonomy) if found.papers else []
    map_height = 0.19 * len(rows) + 0.9 if rows else 0.0
    figure = Figure(figsize=(WIDTH, 3.4 + map_height), layout="constrained", dpi=144)
    figure.suptitle(shortened(taxonomy.root.name, 90), fontsize=12, fontweight="bold", x=0.01, ha="left")
    if not rows:
        axes = figure.subplots()
        axes.text(0.5, 0.5, "no paper is listed yet", ha="center", va="center", color=GREY)
        axes.axis("off")
        return figure
    upper, lower = figure.subfigures(2, 1, height_ratios=(3.0, map_height), squeeze=False)[:, 0]
    curves.draw(upper.subplots(), found, taxonomy)
    heat.draw(lower.subplots(), rows, found.submitted)
    return figure


def _bytes(figure: Figure, kind: Kind, alt: str) -> bytes:
    """Without date or version, so that nothing changes but what is drawn."""
    with io.BytesIO() as buffer:
        if kind == "png":
            figure.savefig(buffer, format=kind, metadata={"Software": None})
            return buffer.getvalue()
        figure.savefig(buffer, format=kind, metadata={"Date": None, "Creator": None})
        text = buffer.getvalue().decode()
    text = re.sub(r"\s*<metadata>.*?</metadata>|<!-- Created with .*?-->\s*", "", text, flags=re.DOTALL)
    return text.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt)}" ', 1).encode("utf-8", "replace")
