"""How the pictures of growth look. Shades and signs differ, not only hues."""

from __future__ import annotations

COLUMNS = 12
"""Ticks and columns, about."""
WIDTH = 9.0
"""Inches; as many as a README shows without shrinking it."""
NAME = 44
"""Characters of a name, at most."""
INK, GREY, RULE = "#22262c", "#6b717b", "#c9ced6"
SHADES = ("#0072b2", "#d55e00", "#009e73", "#aa4499", "#8c6d00", "#5e3c99")
"""Of Okabe and Ito, as far as they stand out from white: told apart by those who see fewer hues."""
SIGNS = "os^Dv*"
STYLE = {
    "svg.hashsalt": "survey-bot",
    "svg.fonttype": "path",  # looks the same on every machine
    "text.parse_math": False,  # a dollar sign in a name is one
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "figure.facecolor": "white",
    "savefig.facecolor": "white",
    "axes.edgecolor": RULE,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "grid.color": "#e8eaee",
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}
