"""The survey as CSV: one line a paper, for spreadsheets and scripts.

Source: https://www.rfc-editor.org/rfc/rfc4180, and https://owasp.org/www-community/attacks/CSV_Injection for cells that
a spreadsheet would take for a formula.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

from bot import texts
from bot.models import Link, Paper, Taxonomy

COLUMNS = (
    "id",
    "short",
    "title",
    "year",
    "venue",
    "url",
    "website",
    "code",
    "labels",
    "classes",
    "pillars",
    "note",
    "added",
)
_JOINS = "; "
_FORMULA = ("=", "+", "-", "@")


class _Lines(list[str]):
    """What a writer of the standard library takes for a file."""

    write = list.append


def written(papers: Iterable[Paper], taxonomy: Taxonomy) -> str:
    """The header, then the papers in this order. Several values of a cell are joined by ``; ``."""
    lines = _Lines()
    writer = csv.writer(lines)
    writer.writerow(COLUMNS)
    writer.writerows(map(_cell, _row(paper, taxonomy)) for paper in papers)
    return "".join(lines)


def _row(paper: Paper, taxonomy: Taxonomy) -> Iterator[str]:
    """The cells, in the order of ``COLUMNS``."""
    paths = [taxonomy.paths[label] for label in paper.labels if label in taxonomy.paths]
    yield paper.id
    yield paper.short_name if paper.short_name != paper.title else ""
    yield paper.title
    yield str(paper.year)
    yield paper.venue
    yield paper.link
    yield _joined(map(_link, paper.website))
    yield _joined(map(_link, paper.code))
    yield _joined(paper.labels)
    yield _joined(path[-1].name for path in paths)
    yield _joined(path[0].name for path in paths)
    yield paper.note or ""
    yield "" if paper.added is None else paper.added.isoformat()


def _link(link: Link) -> str:
    return f"{link.url} ({link.label})" if link.label else link.url


def _joined(values: Iterable[str]) -> str:
    return _JOINS.join(dict.fromkeys(values))


def _cell(text: str) -> str:
    clean = texts.clean(text)[0]
    return f"'{clean}" if clean.startswith(_FORMULA) else clean
