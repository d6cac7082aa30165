"""From what rows and bullets say to papers: who is who, where two disagree, and what is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from bot import addresses, ids, readme, table
from bot.importer.unread import Kept, Unread
from bot.models import Paper, short_name
from bot.titles import ALIKE, likeness, normal


class _UnreadableError(Exception):
    """This entry is no paper of its own, and why."""


class Collector:
    """Gathers papers entry by entry: fields, the line each came from, what is told, and what no file holds.

    ``taken``: ids of classes, which no paper gets. ``guessed``: the fields of papers that no entry states.
    """

    def __init__(self, taken: Collection[str] = ()) -> None:
        self.papers: dict[str, dict[str, Any]] = {}
        self.lines: dict[str, int] = {}
        self.notes: list[tuple[int, str]] = []
        self.unread: list[Unread] = []
        self.kept: list[Kept] = []
        self.guessed: dict[str, set[str]] = {}
        self._taken = frozenset(taken)
        self._by_link: dict[str, str] = {}
        self._by_title: dict[str, str] = {}

    def take(self, section: readme.Section) -> None:
        """Take in all that stands directly in a section."""
        for one in section.tables:
            rows = readme.Rows(one)
            for header, column in zip(one.headers, rows.columns, strict=True):
                if column is None:
                    self.notes.append((one.start + 1, f"the column {header!r} is not known and was not imported"))
            self._entries([entry for row in one.rows if (entry := rows.read(row))], section, "row")
        self._entries([entry for entry in section.entries if not entry.reason], section, "entry")

    def lose(self, lost: Iterable[readme.Lost]) -> None:
        """Keep what could not be read."""
        for one in lost:
            self._lose(Unread(one.line, one.text, one.reason, one.section))

    def _lose(self, unread: Unread) -> None:
        self.unread.append(unread)
        self.notes.append(
            (unread.line, unread.sentence if len(unread.text) > 400 else f"{unread.reason}: {_line(unread)}")
        )

    def _entries(self, entries: list[readme.Entry], section: readme.Section, kind: str) -> None:
        common: dict[str, list[int]] = {}
        for entry in entries:
            try:
                if entry.reason:
                    raise _UnreadableError(entry.reason)
                self._take(entry, section)
                self.kept += [Kept(entry.line, one.what, one.text, section.name) for one in readme.unsaid(entry)]
            except _UnreadableError as error:
                reason = f"this {kind} was left out because {error}"
                self._lose(Unread(entry.line, entry.verbatim, reason, section.name))
                continue
            for text in entry.common:
                common.setdefault(text, []).append(entry.line)
        for text, lines in common.items():
            times = f" (so in {len(lines)} entries of {section.name!r})" if len(lines) > 1 else ""
            self.notes.append((lines[0], text + times))

    def _take(self, entry: readme.Entry, section: readme.Section) -> None:
        fields: dict[str, Any] = {
            "title": entry.title,
            "link": entry.link,
            "year": entry.year,
            "venue": entry.venue,
            "website": entry.website,
            "code": entry.code,
            "short": entry.short or None,
            "note": entry.note or None,
        }
        paper_id = self._identify(entry)
        if (found := ids.from_url(entry.link)) and not ids.is_arxiv(paper_id):
            self._rename(paper_id, found, entry)
            paper_id = found
        self.notes += [(entry.line, note) for note in entry.notes]
        self._by_link.setdefault(addresses.key(entry.link), paper_id)
        self._by_title.setdefault(normal(entry.title), paper_id)
        if paper_id not in self.papers:
            self.papers[paper_id] = {**fields, "labels": [section.id]}
            self.lines[paper_id] = entry.line
            self.guessed[paper_id] = set(entry.guessed)
            return
        self._fill(paper_id, fields)
        stated = {name: fields[name] for name in fields if name not in entry.guessed}
        for name, value in self._compare(paper_id, stated, entry.line):
            self.kept.append(Kept(entry.line, f"another {name}", value, section.name))
        labels = self.papers[paper_id]["labels"]
        if section.id in labels:
            where = "this table" if entry.row else "this list"
            self.notes.append((entry.line, f"{entry.title!r} stands in {where} twice"))
        else:
            labels.append(section.id)

    def _rename(self, old: str, new: str, entry: readme.Entry) -> None:
        """A paper that was met elsewhere first is known by its arXiv id from here on, and its address is there."""
        self.papers[new] = self.papers.pop(old)
        self.lines[new] = self.lines.pop(old)
        self.guessed[new] = self.guessed.pop(old)
        for known in (self._by_link, self._by_title):
            known.update({key: new for key, paper_id in known.items() if paper_id == old})
        where = f"its address {self.papers[new]['link']} in line {self.lines[new]} was not imported"
        self.notes.append((entry.line, f"{entry.title!r} is on arXiv; {where}"))
        self.papers[new]["link"] = entry.link

    def _identify(self, entry: readme.Entry) -> str:
        """The id of an entry: from its arXiv link, or that of one with its link or title, or a slug of its name."""
        title, link = entry.title, entry.link
        paper_id = ids.from_url(link) or self._by_link.get(addresses.key(link))
        if paper_id in self.papers and not self._is_same(self.papers[paper_id], entry):
            other = self.papers[paper_id]["title"]
            raise _UnreadableError(
                f"its link is that of {other!r} in line {self.lines[paper_id]}; correct one of the two"
            )
        if paper_id is None or paper_id not in self.papers:
            same = self._by_title.get(normal(title))
            two = paper_id and same and ids.is_arxiv(paper_id) and ids.is_arxiv(same)
            paper_id = same if same and not two else paper_id
        if paper_id is None:
            slugs = (ids.slug(entry.short), ids.slug(short_name(title)), ids.slug(title))
            paper_id = next((slug for slug in slugs if slug and slug not in {*self.papers, *self._taken}), None)
        if paper_id is None:
            raise _UnreadableError("its title gives no id, and it is not on arXiv")
        return paper_id

    def _is_same(self, paper: Mapping[str, Any], entry: readme.Entry) -> bool:
        """Whether two entries with one link are one paper: by their titles, or one has only the name."""
        one, other = normal(str(paper["title"])), normal(entry.title)
        return likeness(one, other) >= ALIKE or _is_name(one, other) or _is_name(other, one)

    def _fill(self, paper_id: str, fields: dict[str, Any]) -> None:
        """Where one entry has only the name and the other the title, the paper has both."""
        first = self.papers[paper_id]
        known, new = str(first["title"]), str(fields["title"])
        if _is_name(normal(known), normal(new)):
            first["short"] = first["short"] or (None if table.opens_with(new, known) else known)
            first["title"] = new
        elif _is_name(normal(new), normal(known)):
            fields["short"] = fields["short"] or (None if table.opens_with(known, new) else new)
            fields["title"] = known

    def _compare(self, paper_id: str, fields: Mapping[str, Any], line: int) -> Iterator[tuple[str, str]]:
        """Take what was missing or guessed; tell and give what differs."""
        first, guessed = self.papers[paper_id], self.guessed[paper_id]
        for name, value in fields.items():
            mine = first[name]
            if not mine or name in guessed:
                first[name] = value
                guessed.discard(name)
            elif mine != value and (value or name not in ("short", "note")):
                if value:
                    yield name, shown(value)
                self.notes.append(
                    (
                        line,
                        f"{name} of {first['title']!r} is {shown(value)} here and {shown(mine)} "
                        f"in line {self.lines[paper_id]}; the first was kept",
                    )
                )


def paper(paper_id: str, fields: Mapping[str, Any], order: Mapping[str, int]) -> Paper:
    """The gathered fields as a paper, its labels in the order of the tree."""
    own = {name: value for name, value in fields.items() if name != "link"}
    own["labels"] = tuple(sorted(fields["labels"], key=lambda label: order[label]))
    return Paper(id=paper_id, url=None if ids.is_arxiv(paper_id) else fields["link"], **own)


def shown(value: object) -> str:
    """A field's value as a sentence shows it; links as their labels and addresses."""
    if isinstance(value, Iterable) and not isinstance(value, str):
        return " / ".join(f"{link.label or ''} {link.url}".strip() for link in value) or "none"
    return str(value if value is not None else "none")


def _is_name(one: str, title: str) -> bool:
    """Whether a few words are no title but the name that stands in the title."""
    return one != title and 0 < len(one.split()) <= 3 and f" {one} " in f" {title} "


def _line(unread: Unread) -> str:
    return " ".join(unread.text.split()) if "\n" in unread.text else unread.text
