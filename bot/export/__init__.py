"""The survey for other programs: BibTeX, CSV, JSON. Pure: a library in, text out; the same library, the same text."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot import ids
from bot.models import Library, Paper, Record


class Format(StrEnum):
    """What the survey can be written as."""

    BIBTEX = "bibtex"
    CSV = "csv"
    JSON = "json"


def export(library: Library, form: Format, records: Mapping[str, Record] | None = None) -> str:
    """The whole survey as text. ``records``: what is known of papers on arXiv, by id; only BibTeX takes from them.

    Lines end with LF, in CSV with CR LF (RFC 4180). What no file can hold (half a character) is a question mark.
    """
    from bot.export import bibtex, sheet, whole

    papers = ordered(library)
    if form is Format.BIBTEX:
        text = bibtex.written(papers, library.taxonomy, records or {})
    elif form is Format.CSV:
        text = sheet.written(papers, library.taxonomy)
    else:
        text = whole.written(papers, library.taxonomy)
    return text.encode("utf-8", "replace").decode()


def ordered(library: Library) -> list[Paper]:
    """Every paper once: where its first class stands in the taxonomy, then by time of submission."""
    place = {label: number for number, label in enumerate(library.taxonomy.paths)}

    def key(paper: Paper) -> tuple[int, tuple[int, str]]:
        return min(place.get(label, len(place)) for label in paper.labels), ids.sort_key(paper.id)

    return sorted(library.papers.values(), key=key)
