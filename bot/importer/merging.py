"""A README read again over a shelf that people have worked on since. Pure.

One plain rule: the shelf is the truth, for the README was written from it or is older. What a file says stays; what it
lacks is taken from the README; every difference is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from bot import addresses, ids, table
from bot.importer.collect import shown
from bot.importer.found import Import
from bot.importer.trees import FEW, extended, without
from bot.models import Library, Paper, Taxonomy
from bot.titles import ALIKE, alike, normal

_FIELDS = ("title", "short", "year", "venue", "website", "code", "link", "note")


def merge(old: Library, found: Import, file: str = "README.md") -> Import:
    """What to write when a README is read over a shelf: new classes and papers, and what the shelf's files lack.

    ``papers`` of the result are those of the README, under the ids they have on the shelf.
    """
    merged = extended(old.taxonomy, found.taxonomy)
    taken = {name for node in merged.taxonomy.root.walk() for name in (node.id, *node.aliases)}
    known = _ids(old.papers, found.papers, taken)
    papers: dict[str, Paper] = {}
    told = list[str]()
    for key, new in found.papers.items():
        mine = known[key]
        labels = tuple(dict.fromkeys(merged.leaves.get(label, label) for label in new.labels))
        url = None if ids.is_arxiv(mine) else new.link
        listed = new.model_copy(update={"id": mine, "url": url, "labels": labels})
        before = old.papers.get(mine)
        papers[mine] = _both(before, listed, found.guessed.get(key, ())) if before else listed
        told += _differences(before, listed, found.guessed.get(key, ())) if before else ()
    told += _gone([paper for key, paper in old.papers.items() if key not in papers])
    placed = {label for paper in papers.values() for label in paper.labels}
    taxonomy = without(merged.taxonomy, merged.others - placed)
    told = [*merged.notes, *_new(old.taxonomy, taxonomy), *told]
    guessed = {known[key]: fields for key, fields in found.guessed.items()}
    problems = (*found.problems, *(f"{file}: {note}" for note in told))
    return found._replace(taxonomy=taxonomy, papers=papers, problems=problems, guessed=guessed)


def _ids(old: Mapping[str, Paper], new: Mapping[str, Paper], taken: Collection[str]) -> dict[str, str]:
    """The id every paper has on the shelf: of the file with its address, its id or its title; else one nobody has."""
    by_link = {addresses.key(paper.link): key for key, paper in old.items()}
    by_title = {normal(paper.title): key for key, paper in old.items()}
    found: dict[str, str] = {}
    for key, paper in new.items():
        mine = by_link.get(addresses.key(paper.link)) or (key if key in old and _is_one(old[key], paper) else None)
        if mine and mine not in found.values():
            found[key] = mine
    met = set(found.values())
    for key, paper in new.items():
        mine = found.get(key) or by_title.get(normal(paper.title))
        if key not in found and (not mine or mine in met):
            slugs = (key, ids.slug(paper.title), *(f"{key}-{number}" for number in range(2, len(new) + len(old) + 3)))
            mine = next(slug for slug in slugs if slug and slug not in {*old, *met, *taken})
        found[key] = str(mine)
        met.add(found[key])
    return found


def _is_one(one: Paper, other: Paper) -> bool:
    """Whether two papers of one id are one: a slug may be that of two."""
    return ids.is_arxiv(one.id) or alike(one.title, other.title) >= ALIKE


def _both(mine: Paper, new: Paper, guessed: Collection[str]) -> Paper:
    """The file as it is, with what it lacks."""
    update: dict[str, Any] = {}
    for name in _FIELDS:
        if not getattr(mine, name) and getattr(new, name) and name not in guessed:
            update[name] = getattr(new, name)
    if table.opens_with(mine.title, update.get("short", "\0")):
        del update["short"]
    return mine.model_copy(update=update)


def _differences(mine: Paper, new: Paper, guessed: Collection[str]) -> Iterator[str]:
    values = ((name, getattr(mine, name), getattr(new, name)) for name in _FIELDS if name not in guessed)
    parts = [f"{name} {shown(new)} (its file: {shown(old)})" for name, old, new in values if old and new and old != new]
    if parts:
        yield f"{mine.title!r} differs here: {'; '.join(parts)}; what its file says was kept"
    if set(mine.labels) != set(new.labels):
        here, there = ", ".join(new.labels), ", ".join(mine.labels)
        yield f"{mine.title!r} stands under {here} here; its file's {there} was kept"


def _new(old: Taxonomy, taxonomy: Taxonomy) -> Iterator[str]:
    before = {node.id for node in old.root.walk()}
    if new := [node.id for node in taxonomy.root.walk() if node.id not in before]:
        yield f"new classes, which have no rules yet: {', '.join(new)}"


def _gone(papers: list[Paper]) -> Iterator[str]:
    if len(papers) > FEW:
        some = ", ".join(paper.id for paper in papers[:FEW])
        yield f"{len(papers)} papers of the shelf are not here; their files were kept: {some}, …"
        return
    for paper in papers:
        yield f"{paper.title!r} is not here; its file was kept"
