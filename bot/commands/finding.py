"""Find a listed paper by what people call it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot import ids, names, texts
from bot.commands import console
from bot.commands.wiring import Wiring
from bot.markdown import shortened
from bot.models import Library, Link, Node, Paper, Record
from bot.phrases import count
from bot.ports import Found

_SHOWN = 10
"""Papers that are told one by one, where a word may mean many."""
_ASKED = 80
"""Characters of what was asked for that are told back."""
_AUTHORS = "et al"


def find(wiring: Wiring, asked: str, feeds: Sequence[Path] = ()) -> dict[str, Any]:
    """What a spoken name means, as ``lines`` for people and as JSON; without ``found`` and ``class``: nothing.

    The files are enough for names, titles, links, ids and classes. Abstracts are looked at only when nothing is found
    there: those in ``feeds`` and in the cache first; arXiv is asked for what is missing, and ``failed`` says how it
    failed, if it did. Raises SurveyBotError.
    """
    library = wiring.shelf.load()
    node = names.class_of(asked, library.taxonomy)
    records: Mapping[str, Record] = {}
    known = Found({}, None)
    found = [] if node else names.meant(asked, library, records)
    if not node and not found and _is_name(asked):
        known = _abstracts(wiring, library, feeds)
        records = {key: texts.clean_record(record)[0] for key, record in known.records.items()}
        found = names.meant(asked, library, records)
    near = [] if node or found else names.nearest(asked, library, records)
    papers = _of_class(node, library) if node else [library.papers[one.id] for one in found]
    lines = _class(node, papers) if node else _papers(papers, found, library)
    return {
        "asked": asked,
        "class": node.id if node else None,
        "found": [_facts(paper, library) for paper in papers],
        "how": found[0].how if found else None,
        "near": near,
        "failed": _missed(known.problem) if known.failed else None,
        "lines": list(lines) if node or found else _nothing(asked, near, None if known.failed else known.problem),
    }


def _is_name(asked: str) -> bool:
    """Whether an abstract may hold it: no id, no link and no authors."""
    try:
        ids.parse(asked)
    except ValueError:
        return any(map(str.isalnum, asked)) and "://" not in asked and _AUTHORS not in asked.casefold()
    return False


def _abstracts(wiring: Wiring, library: Library, feeds: Sequence[Path]) -> Found:
    """What is known of listed papers, and why the rest could not be had."""
    progress = console.ConsoleProgress()
    wiring.keep(feeds, library.papers, progress)
    return wiring.archive.find(list(library.papers), progress)


def _of_class(node: Node, library: Library) -> list[Paper]:
    below = {one.id for one in node.walk()}
    return [paper for paper in library.papers.values() if below.intersection(paper.labels)]


def _facts(paper: Paper, library: Library) -> dict[str, Any]:
    return {
        "id": paper.id,
        "name": paper.short_name,
        "title": paper.title,
        "year": paper.year,
        "venue": paper.venue,
        "classes": [{"id": label, "trail": library.taxonomy.trail(label)} for label in paper.labels],
        "link": paper.link,
        "code": [link.url for link in paper.code],
        "website": [link.url for link in paper.website],
    }


# --- in lines --------------------------------------------------------------------------------------------------------


def _papers(papers: Sequence[Paper], found: Sequence[names.Meant], library: Library) -> Iterator[str]:
    if len(papers) > 1:
        yield f"{len(papers)} listed papers, by {found[0].how}:"
    for paper in papers[:_SHOWN]:
        yield _line(f"{paper.short_name}: {paper.title}" if paper.short else paper.title)
        yield _line(f"  {paper.id} · {paper.year} · {paper.venue} · {paper.link}")
        yield from (_line(f"  {library.taxonomy.trail(label)}") for label in paper.labels)
        yield from _links("code", paper.code)
        yield from _links("page", paper.website)
    if len(papers) > _SHOWN:
        yield f"… and {len(papers) - _SHOWN:,} more; say more of the name or of the title"
    if len(papers) == 1 and found[0].how != "its name":
        yield f"  known by {found[0].how}"


def _links(kind: str, links: Sequence[Link]) -> Iterator[str]:
    for link in links:
        yield _line(f"  {kind}: {link.url}" + (f" ({link.label})" if link.label else ""))


def _class(node: Node, papers: Sequence[Paper]) -> Iterator[str]:
    yield _line(f"{node.name}, a class of this survey: {count(len(papers), 'listed paper')}")
    for paper in papers:
        yield _line(f"  {paper.id} · {paper.short_name} · {paper.year} · {paper.venue}")


def _nothing(asked: str, near: Sequence[str], problem: str | None) -> list[str]:
    lines = [_line(f"no listed paper is called {shortened(asked, _ASKED)!r}")]
    if _AUTHORS in asked.casefold():
        lines.append("papers are not known by their authors here; give a name, a part of the title, or an id")
    if ids.is_arxiv(asked.strip()):
        lines.append(f"what is known of it: survey-bot explain {asked.strip()}")
    if near:
        lines.append(_line(f"spelled most like it: {', '.join(near)}"))
    if problem:
        lines.append(_missed(problem))
    return lines


def _missed(problem: str | None) -> str:
    return f"names that only an abstract holds may be missed: {problem}"


def _line(text: str) -> str:
    """What strangers may have written, with its indent, fit for a terminal."""
    return " " * (len(text) - len(text.lstrip(" "))) + texts.clean(text)[0]
