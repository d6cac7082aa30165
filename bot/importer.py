"""A survey's README as data: its tree of classes, its papers, and a sentence on all that was not plain. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from bot import ids, readme, table
from bot.errors import DataError
from bot.models import Library, Node, Paper, Taxonomy, short_name

ALIKE = 0.6
"""Share of common words from which two titles under one link are two wordings of one title."""


class Import(NamedTuple):
    """What a README holds. ``problems`` are sentences of the form ``README.md:237: …``; nothing is lost without one."""

    taxonomy: Taxonomy
    papers: dict[str, Paper]
    problems: tuple[str, ...]


def read_readme(markdown: str, file: str = "README.md", survey_id: str = "") -> Import:
    """Read a survey's README; ``survey_id`` names the root of the tree (default: the slug of its title).

    A paper in several tables becomes one paper with several labels, in the order of the tree. Where its rows disagree
    the first one wins and the difference is a problem. Raises DataError when there is no table of papers at all.
    """
    found = readme.read(markdown)
    if not found.root.children:
        raise DataError(
            "no heading here has a table of papers under it",
            where=file,
            remedy="give a README with such tables; of a bullet list make one",
        )
    collector = _Collector()
    for section in found.root.walk():
        for one in section.tables:
            collector.take(one, section)
    taxonomy = Taxonomy(root=_node(found.root).model_copy(update={"id": survey_id or found.root.id}))
    order = {leaf.id: place for place, leaf in enumerate(taxonomy.leaves)}
    papers = {
        key: _paper(key, fields, order)
        for key, fields in sorted(collector.papers.items(), key=lambda item: ids.sort_key(item[0]))
    }
    notes = sorted([*found.notes, *collector.notes], key=lambda note: note[0])
    return Import(taxonomy, papers, tuple(f"{file}:{line}: {text}" for line, text in notes))


def merge(old: Library, found: Import, file: str = "README.md") -> Import:
    """What to write when a README is read again over a shelf that people have worked on since.

    The shelf keeps what people decided there: ids, rules, classes, labels, ``short``, ``note`` and ``added``; the
    README gives names, order, titles, years, venues and links. Every disagreement is a problem.
    """
    notes: list[str] = []
    taxonomy = merge_rulebook(old.taxonomy, found.taxonomy)
    kept = [node.id for node in old.taxonomy.root.walk() if node.id not in {new.id for new in taxonomy.root.walk()}]
    if kept:
        notes.append(f"{file}: it has no heading for {', '.join(kept)}; the old tree of classes was kept whole")
        taxonomy = old.taxonomy
    links = {paper.link: key for key, paper in old.papers.items()}
    papers = {}
    for key, paper in found.papers.items():
        mine = links.get(paper.link, key)
        before = old.papers.get(mine)
        labels = tuple(label for label in taxonomy.current(paper.labels) if label in taxonomy.paths)
        update: dict[str, Any] = {"id": mine, "labels": labels or paper.labels}
        if before:
            update |= {"labels": before.labels, "short": before.short, "note": before.note, "added": before.added}
            if set(before.labels) != set(labels):
                notes.append(
                    f"{file}: {paper.title!r} stands under {', '.join(labels)} here; "
                    f"its file's {', '.join(before.labels)} was kept"
                )
        papers[mine] = paper.model_copy(update=update)
    notes += [
        f"{file}: {old.papers[key].title!r} is not here; its file was kept" for key in old.papers if key not in papers
    ]
    return Import(taxonomy, papers, (*found.problems, *notes))


def merge_rulebook(old: Taxonomy, new: Taxonomy) -> Taxonomy:
    """The tree of ``new`` with the rulebook of ``old``: ids, rules and aliases of the classes both have."""
    known = {name: node for node in old.root.walk() for name in (node.id, *node.aliases)}
    rules = {"id", "definition", "include", "exclude", "aliases"}

    def merged(node: Node, same: Node | None) -> Node:
        kept = {name: getattr(same, name) for name in rules} if same else {}
        children = tuple(merged(child, known.get(child.id)) for child in node.children)
        return node.model_copy(update={**kept, "children": children})

    return Taxonomy(root=merged(new.root, old.root))


def _node(section: readme.Section) -> Node:
    return Node(id=section.id, name=section.name, children=tuple(_node(child) for child in section.children))


def _paper(paper_id: str, fields: Mapping[str, Any], order: Mapping[str, int]) -> Paper:
    own = {name: value for name, value in fields.items() if name != "link"}
    own["labels"] = tuple(sorted(fields["labels"], key=lambda label: order[label]))
    return Paper(id=paper_id, url=None if ids.is_arxiv(paper_id) else fields["link"], **own)


class _UnreadableError(Exception):
    """This row is no paper, and why."""


class _Collector:
    """Gathers papers row by row: fields, the line each came from, and notes."""

    def __init__(self) -> None:
        self.papers: dict[str, dict[str, Any]] = {}
        self.lines: dict[str, int] = {}
        self.notes: list[tuple[int, str]] = []

    def take(self, one: readme.Table, section: readme.Section) -> None:
        """Take in every row of one table."""
        columns = table.columns_of(one.headers)
        for header, column in zip(one.headers, columns, strict=True):
            if column is None:
                self.notes.append((one.start + 1, f"the column {header!r} is not known and was not imported"))
        for row in one.rows:
            try:
                if section.children:
                    raise _UnreadableError(f"{section.name!r} has classes below it, so papers cannot stand in it")
                if row.width > len(columns):
                    raise _UnreadableError(f"it has {row.width} cells under {len(columns)} headers")
                self._row(row, columns, section.id)
            except _UnreadableError as reason:
                self.notes.append((row.line, f"this row was left out because {reason}: {row.text}"))

    def _row(self, row: readme.Row, columns: Sequence[table.Column | None], label: str) -> None:
        cells = {column.field: cell for column, cell in zip(columns, row.cells, strict=False) if column}
        fields = self._fields(cells, row, {column.field: column for column in columns if column})
        paper_id = self._identify(fields)
        if paper_id not in self.papers:
            self.papers[paper_id] = {**fields, "labels": [label]}
            self.lines[paper_id] = row.line
            return
        self._compare(paper_id, fields, row)
        labels = self.papers[paper_id]["labels"]
        if label in labels:
            self.notes.append((row.line, f"{fields['title']!r} stands in this table twice"))
        else:
            labels.append(label)

    def _fields(self, cells: Mapping[str, str], row: readme.Row, columns: Mapping[str, table.Column]) -> dict[str, Any]:
        title, link = self._title(cells.get("paper", ""), row)
        fields: dict[str, Any] = {"title": title, "link": link, "year": self._year(cells, link, row)}
        fields["venue"] = self._venue(cells, link, row)
        for name, column in columns.items():
            if not column.icon:
                continue
            cell = table.read_links(cells.get(name, ""), column)
            if cell.rest:
                self.notes.append((row.line, f"in {name}, {cell.rest!r} is no link and was not imported"))
            for url in cell.mended:
                self.notes.append((row.line, f"in {name}, a link is not closed; it was read as {url}"))
            fields[name] = cell.links
        return fields

    def _title(self, cell: str, row: readme.Row) -> tuple[str, str]:
        pieces = table.pieces(cell)
        links = [piece for piece in pieces if piece.url and piece.text]
        if not links:
            raise _UnreadableError("its paper has no link with a title, such as [title](https://…)")
        rest = " ".join(piece.text for piece in pieces if piece is not links[0] and piece.text)
        if rest:
            self.notes.append((row.line, f"beside the paper's link, {rest!r} was not imported"))
        url = str(links[0].url)
        if not re.match(r"https?://", url):
            raise _UnreadableError(f"its link {url!r} is no web address")
        paper_id = ids.from_url(url)
        return links[0].text, ids.abs_url(paper_id) if paper_id else url

    def _year(self, cells: Mapping[str, str], link: str, row: readme.Row) -> int:
        cell = table.plain(cells.get("year", ""))
        number = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", cell)
        paper_id = ids.from_url(link)
        if number:
            if cell != number[0]:
                self.notes.append((row.line, f"the year {cell!r} was read as {number[0]}"))
            return int(number[0])
        year = ids.year(paper_id) if paper_id else None
        if year is None:
            raise _UnreadableError("it has no year")
        self.notes.append((row.line, f"the year is missing; {year} was taken from the link"))
        return year

    def _venue(self, cells: Mapping[str, str], link: str, row: readme.Row) -> str:
        cell = cells.get("venue", "")
        venue = "" if table.is_empty(cell) else table.plain(cell)
        if venue:
            return venue
        if ids.from_url(link) is None:
            raise _UnreadableError("it has no venue")
        self.notes.append((row.line, "the venue is missing; it was read as arXiv"))
        return "arXiv"

    def _identify(self, fields: Mapping[str, Any]) -> str:
        """The id of a row: from its arXiv link, or that of a row with its link or title, or a slug of its name."""
        title, link = fields["title"], fields["link"]
        paper_id = ids.from_url(link)
        if paper_id is None:
            paper_id = next((key for key, one in self.papers.items() if one["link"] == link), None)
        if paper_id in self.papers and likeness(self.papers[paper_id]["title"], title) < ALIKE:
            other = self.papers[paper_id]["title"]
            raise _UnreadableError(
                f"its link is that of {other!r} in line {self.lines[paper_id]}; correct one of the two"
            )
        if paper_id is None or paper_id not in self.papers:
            same = [key for key, one in self.papers.items() if normal(one["title"]) == normal(title)]
            paper_id = same[0] if same else paper_id
        if paper_id is None:
            slugs = (ids.slug(short_name(title)), ids.slug(title))
            paper_id = next((slug for slug in slugs if slug and slug not in self.papers), None)
        if paper_id is None:
            raise _UnreadableError("its title gives no id, and it is not on arXiv")
        return paper_id

    def _compare(self, paper_id: str, fields: Mapping[str, Any], row: readme.Row) -> None:
        first = self.papers[paper_id]
        for name, value in fields.items():
            if first.get(name) != value:
                self.notes.append(
                    (
                        row.line,
                        f"{name} of {first['title']!r} is {_shown(value)} here and {_shown(first.get(name))} "
                        f"in line {self.lines[paper_id]}; the first was kept",
                    )
                )


def normal(title: str) -> str:
    """A title as lower-case words, to compare with others."""
    return " ".join(re.findall(r"\w+", title.lower()))


def likeness(one: str, other: str) -> float:
    """Share of the words of two titles that both have."""
    a, b = set(normal(one).split()), set(normal(other).split())
    return len(a & b) / max(1, len(a | b))


def _shown(value: object) -> str:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " / ".join(f"{link.label or ''} {link.url}".strip() for link in value) or "none"
    return str(value if value is not None else "none")
