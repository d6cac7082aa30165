"""A survey's README or an awesome list as data: its tree of classes, its papers, a sentence on all that was not plain.

Pure.
"""

from __future__ import annotations

from bot import ids, readme
from bot.errors import DataError
from bot.importer.collect import Collector, paper
from bot.importer.found import Import
from bot.importer.merging import merge
from bot.importer.trees import merge_rulebook
from bot.importer.unread import FOLDER, Kept, Unread, is_of, page, page_names
from bot.models import Node, Taxonomy
from bot.phrases import count

__all__ = [
    "FOLDER",
    "Import",
    "Kept",
    "Unread",
    "is_of",
    "merge",
    "merge_rulebook",
    "page",
    "page_names",
    "read_readme",
]


def read_readme(markdown: str, file: str = "README.md", survey_id: str = "") -> Import:
    """Read a survey's README or an awesome list; ``survey_id`` names the root of the tree (default: its title's slug).

    Rows of tables (Markdown or HTML, any columns), bullets and bold paragraphs are papers. A paper in several places
    becomes one paper with several labels, in the order of the tree; where they disagree the first one wins and the
    difference is a problem. Papers directly under a heading that has classes below it are in a class of their own,
    ``Other …``. Raises DataError when there is no paper and no table of papers at all.
    """
    found = readme.read(markdown)
    if not found.root.children:
        raise _nothing(found, file)
    collector = Collector({section.id for section in found.root.walk()})
    for section in found.root.walk():
        collector.take(section)
    collector.lose(found.lost)
    collector.kept += [Kept(one.line, "left alone", one.text, one.section) for one in found.aside]
    root = _node(found.root)
    taxonomy = Taxonomy(root=root.model_copy(update={"id": survey_id or root.id}))
    order = {leaf.id: place for place, leaf in enumerate(taxonomy.leaves)}
    papers = {
        key: paper(key, fields, order)
        for key, fields in sorted(collector.papers.items(), key=lambda item: ids.sort_key(item[0]))
    }
    notes = sorted([*found.notes, *collector.notes], key=lambda note: note[0])
    return Import(
        taxonomy,
        papers,
        tuple(f"{file}:{line}: {text}" for line, text in notes),
        tuple(sorted(collector.unread)),
        tuple(sorted(collector.kept)),
        {key: frozenset(fields) for key, fields in collector.guessed.items() if fields},
    )


def _nothing(found: readme.Readme, file: str) -> DataError:
    remedy = "give a README with such tables, or with bullets that have a [title](link)"
    if not found.lost:
        return DataError("no heading here has a table of papers under it", where=file, remedy=remedy)
    first, more = found.lost[0], len(found.lost) - 1
    others = f" (and {count(more, 'more line')} could not be read)" if more else ""
    return DataError(f"there is no paper here, {first.reason}{others}", where=f"{file}:{first.line}", remedy=remedy)


def _node(section: readme.Section) -> Node:
    return Node(id=section.id, name=section.name, children=tuple(_node(child) for child in section.children))
