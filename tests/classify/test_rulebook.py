"""The real rulebook states classes; it must not tell which papers are in them."""

import re
from pathlib import Path

from bot.adapters.shelf import Shelf

ROOT = Path(__file__).parents[2]
ORDINARY = {"fast"}
"""Names of papers that are words of the language: the rulebook may say them in small letters."""


def test_no_listed_paper_s_short_name_occurs_in_the_rulebook() -> None:
    rulebook = (ROOT / "taxonomy" / "taxonomy.yaml").read_text(encoding="utf-8")
    names = {paper.short_name for paper in Shelf(ROOT / "taxonomy").load().papers.values()}
    assert len(names) > 100
    found = {
        name
        for name in names
        if re.search(
            rf"(?<!\w){re.escape(name)}(?!\w)", rulebook, re.NOFLAG if name.casefold() in ORDINARY else re.IGNORECASE
        )
    }
    assert found == set()
