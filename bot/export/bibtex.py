"""The survey as BibTeX, for LaTeX with BibTeX or with biblatex and biber: UTF-8, one entry a paper.

Source: https://www.ctan.org/pkg/bibtex (btxdoc: entry types, ``key``, braces that protect capitals) and
https://www.ctan.org/pkg/biblatex (``eprint``, ``ids``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from bot import ids, texts, venues
from bot.models import Paper, Record, Taxonomy
from bot.venues.names import VENUES

# BibTeX counts braces even behind a backslash, so those of a text become commands.
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        **{sign: f"\\{sign}" for sign in "&%$#_"},
    }
)
_WORD = re.compile(r"[^\W_]+")
_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~"
_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.[A-Za-z]{2}(?:-[a-z]+)?)?")
_VENUES = {venue.name: venue for venue in VENUES}
_PERIODICAL = re.compile(r"\b(?:journal|transactions|letters|magazine|annals|bulletin)\b", re.IGNORECASE)
_MEETING = re.compile(r"\b(?:conference|symposium|workshops?|proceedings|findings|meeting)\b", re.IGNORECASE)


def written(papers: Iterable[Paper], taxonomy: Taxonomy, records: Mapping[str, Record]) -> str:
    """All entries, in this order."""
    return "\n".join(_entry(paper, taxonomy, records.get(paper.id)) for paper in papers)


def key(paper_id: str) -> str:
    """What a citation names: ``arxiv-2406.09246``, ``arxiv-cs_0112017``, ``minivla``.

    Made of the id alone, so that no new title, name, venue or year changes it; two ids never have one key, for a slug
    holds neither a dot nor an underscore.
    """
    return f"arxiv-{ids.to_stem(paper_id)}" if ids.is_arxiv(paper_id) else paper_id


def alias(paper: Paper) -> str:
    """A readable second key (``openvla-2406.09246``) that biber knows too; empty where nobody has named the paper.

    It follows the name, and is never the key or alias of another paper: it ends with the id.
    """
    name = _name(paper)
    word = ids.slug(name) if name else ""
    return f"{word}-{ids.to_stem(paper.id)}" if word and ids.is_arxiv(paper.id) else ""


def _entry(paper: Paper, taxonomy: Taxonomy, record: Record | None) -> str:
    kind, place = _place(paper.venue)
    fields = {
        "title": _title(paper),
        "key": _latex(_name(paper)),
        "ids": alias(paper),
        **place,
        "year": str(paper.year),
        **dict(_on_arxiv(paper.id, record)),
        "url": quote(paper.link, safe=_IN_ADDRESS),
        "keywords": ", ".join(_keywords(paper, taxonomy)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key(paper.id)},", *lines, "}\n"])


def _place(venue: str) -> tuple[str, dict[str, str]]:
    """The entry's type, and the field that says where the paper appeared.

    A venue that the bot does not know, and whose words do not tell what it is, is not taken for proceedings.
    """
    if venues.is_preprint(venue):
        return "misc", {}
    known = _VENUES.get(venues.name(venue) or "")
    name = _latex(venue)
    if known and known.long:
        name = _latex(known.long[0] if known.journal else f"{known.long[0]} ({known.name})")
    if known.journal if known else _PERIODICAL.search(venue) and not _MEETING.search(venue):
        return "article", {"journal": name}
    if known or _MEETING.search(venue) or _VENUES.get((venue.split() or [""])[0]):
        return "inproceedings", {"booktitle": name}
    return "misc", {"howpublished": name}


def _on_arxiv(paper_id: str, record: Record | None) -> Iterator[tuple[str, str]]:
    if not ids.is_arxiv(paper_id):
        return
    yield "eprint", paper_id
    yield "archivePrefix", "arXiv"
    if record and record.categories and _CATEGORY.fullmatch(record.categories[0]):  # arXiv puts the primary one first
        yield "primaryClass", record.categories[0]


def _keywords(paper: Paper, taxonomy: Taxonomy) -> Iterator[str]:
    """The names of its classes; a comma parts them, so there is none in a name."""
    for label in paper.labels:
        if label in taxonomy.paths:
            yield " ".join(_latex(taxonomy.leaf(label).name).replace(",", " ").split())


def _name(paper: Paper) -> str:
    """What people call it, or nothing when they have only the title."""
    return paper.short_name if paper.short_name != paper.title else ""


def _title(paper: Paper) -> str:
    """The title; where a style writes titles in small letters, names and abbreviations stay as they are."""
    title = texts.clean(paper.title)[0] or paper.id
    name, colon, rest = title.partition(":")
    if colon and name.strip() == texts.clean(_name(paper))[0]:
        return f"{{{_latex(name)}}}:{_protected(rest)}"
    return _protected(title)


def _protected(text: str) -> str:
    return "".join(_parts(text, [match.span() for match in _WORD.finditer(text)]))


def _parts(text: str, words: Sequence[tuple[int, int]]) -> Iterator[str]:
    done = 0
    for start, end in words:
        word = text[start:end]
        yield _latex(text[done:start], strip=False)
        yield f"{{{word}}}" if any(letter.isupper() for letter in word[1:]) else word
        done = end
    yield _latex(text[done:], strip=False)


def _latex(text: str, *, strip: bool = True) -> str:
    """Text as LaTeX shows it: nothing in it is a command, and braces are balanced."""
    return (texts.clean(text)[0] if strip else text).translate(_LATEX)
