"""Whether an id is that of the paper beside it: titles, ids nobody knows, withdrawn papers, years."""

from __future__ import annotations

from collections.abc import Iterator

from bot import ids, names, watch
from bot.advice.piece import Advice, Known
from bot.models import Record
from bot.titles import alike, normal, tail

SAME = 0.9
"""Likeness from which on a title has not changed enough to speak of it."""
LATE = 2
"""A paper appears within so many years of its first version, with few exceptions."""


def unsure(known: Known) -> list[str]:
    """Listed papers whose right id a search by title may tell: those with a wrong id first, then those without one."""
    papers = known.library.papers
    wrong = [key for key in papers if key in known.unknown or names.is_another(papers[key], known.records.get(key))]
    return [*wrong, *(key for key in papers if not ids.is_arxiv(key))]


def another_paper(known: Known) -> Iterator[Advice]:
    """The title under an id is that of another paper."""
    for key, record in known.records.items():
        paper = known.library.papers[key]
        if not names.is_another(paper, record):
            continue
        right = known.elsewhere(paper)
        what = f"{key} is {_quoted(record.title)} on arXiv, not {_quoted(paper.title)}"
        if right:
            what += f": that one is {_place(known, right)}"
        share = alike(paper.title, record.title)
        evidence = f"the titles have {share:.0%} of their words in common"
        if not right:
            evidence += "; it may also be one paper with quite another title now"
        yield Advice("another-paper", what, (evidence,), (key,), weight=1.0 if right else 0.95 - 0.3 * share)


def changed_title(known: Known) -> Iterator[Advice]:
    """It is the paper, under another title, or one to which the list has added a name."""
    for key, record in known.records.items():
        paper = known.library.papers[key]
        share = alike(paper.title, record.title)
        version = (f"version {record.version} on arXiv",) if record.version else ()
        if share < SAME and not names.is_another(paper, record):
            sentence = f"{key} is called {_quoted(record.title)} now; the list says {_quoted(paper.title)}"
            yield Advice("changed-title", sentence, version, (key,), weight=0.4 - 0.2 * share)
        elif normal(tail(paper.title)) == normal(record.title) != normal(paper.title):
            name = paper.title.partition(":")[0]
            sentence = f"{key} is called {_quoted(record.title)} on arXiv, without “{name}:”"
            yield Advice("changed-title", sentence, (f"the name could be its `short: {name}`",), (key,), weight=0.1)


def unknown_id(known: Known) -> Iterator[Advice]:
    """An id that arXiv was asked for and does not know."""
    for key in sorted(known.unknown & known.library.papers.keys(), key=ids.sort_key):
        right = known.elsewhere(known.library.papers[key])
        hint = f"its title is that of {_place(known, right)}" if right else "correct it"
        yield Advice("unknown-id", f"arXiv does not know the id of {known.named(key)}: {hint}", (), (key,), weight=0.9)


def on_arxiv(known: Known) -> Iterator[Advice]:
    """A paper with an id of our own whose title is found on arXiv."""
    for key, paper in known.library.papers.items():
        if ids.is_arxiv(key) or not (right := known.elsewhere(paper)):
            continue
        share = alike(paper.title, right.title)
        what = f"{key} may be {_place(known, right)}"
        if right.id not in known.library.papers:
            what += f"; then name its file {ids.file_name(right.id)} and take `url` out of it"
        yield Advice("on-arxiv", what, (f"listed as {_quoted(paper.title)}",), (key,), weight=0.7 * share)


def withdrawn(known: Known) -> Iterator[Advice]:
    """Its authors have taken it back."""
    for key, record in known.records.items():
        if watch.withdrawn(record):
            said = (f"arXiv: {record.comment}",) if record.comment else ()
            yield Advice("withdrawn", f"{known.named(key)} was withdrawn by its authors", said, (key,), weight=0.95)


def late_year(known: Known) -> Iterator[Advice]:
    """A year long after the id's. One before it is an error, which the check of form tells."""
    for key, paper in known.library.papers.items():
        first = ids.year(key)
        if first and paper.year > first + LATE:
            sentence = f"{known.named(key)} came to arXiv in {first}, and the list says {paper.year}"
            yield Advice("late-year", sentence, (f"venue: {paper.venue}",), (key,), weight=0.35)


def _place(known: Known, record: Record) -> str:
    too = ", which is listed too" if record.id in known.library.papers else ""
    return f"arXiv {record.id} {_quoted(record.title)}{too}"


def _quoted(title: str) -> str:
    return f"“{title}”"
