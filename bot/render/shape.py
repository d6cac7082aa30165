"""How the papers of one class are written: as a table, or as bullets by a template. Pure.

What is written must read back as the same papers: ``shape`` tries that on invented ones before anything is written, and
each bullet is read again; one whose words the template would spoil (a quotation mark in a quoted title) is written in
the plain form below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot import readme, table
from bot.errors import SettingsError
from bot.models import Link, Paper
from bot.render.template import LABEL, LINKS, Template, TemplateError, gentle, strict
from bot.settings import Render
from bot.table import COLUMNS, HEADERS, Column

_HEAD = "# Survey\n\n## Class\n\n"
PLAIN = (
    "- {?**{short}** }[{title}]({link}), *{venue} {year}*{? [[Website{label}]({website})]}{? [[Code{label}]({code})]}"
)
"""A bullet that hardly any words can spoil."""
_PLAIN = Template(PLAIN)
_PLAINER = {
    "year": "set year and venue apart, such as *{venue} {year}*",
    "venue": "set year and venue apart, such as *{venue} {year}*",
    "short": "put it before the title, such as {?**{short}** }",
    "website": "call it by a plain word, such as [Website{label}]({website})",
    "code": "call it by a plain word, such as [Code{label}]({code})",
}
"""What helps when a field cannot be read again."""
_MARK = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])\s+")
_PROBES = (
    Paper(
        id="2503.00011",
        title="Wet Stones and Soft Crusts",
        short="StoneNet",
        year=2025,
        venue="ICLR",
        website=(Link(url="https://stones.example/a"),),
        code=(Link(url="https://github.com/example/stones"), Link(url="https://github.com/example/b", label="Fire")),
        labels=("class",),
    ),
    Paper(id="2404.00012", title="VapourLoaf: Steam in Home Ovens", year=2024, venue="arXiv", labels=("class",)),
    Paper(
        id="a-better-hearth",
        title="A Better Hearth for Everybody",
        url="https://hearth.example/dome.pdf",
        year=2023,
        venue="CVPR",
        code=(Link(url="https://github.com/example/dome"),),
        labels=("class",),
    ),
)


class Shape(NamedTuple):
    """The columns of its tables with their headers, or the template of its bullets."""

    headers: tuple[str, ...] = HEADERS
    columns: tuple[Column, ...] = COLUMNS
    template: Template | None = None

    @property
    def holds(self) -> frozenset[str]:
        """The fields of a paper that can be told from what is written."""
        if self.template:
            return self.template.fields
        fields = {column.field for column in self.columns} | {LABEL}
        more = {"paper": ("title", "link", "short"), "name": ("short",), "links": LINKS, "venue": ("year",)}
        return frozenset(fields.union(*(more.get(field, ()) for field in fields)))

    @property
    def header(self) -> list[str]:
        """The two lines that a table opens with; none above bullets."""
        return [] if self.template else table.header(self.headers)

    def lines(self, papers: Sequence[Paper]) -> list[str]:
        """The papers of one class, in this order; no lines hold a line end."""
        if self.template is None:
            return [*self.header, *(table.row(paper, self.columns) for paper in papers)]
        return "\n".join(self._bullet(self.template, paper) for paper in papers).rstrip("\n").splitlines()

    def one(self, paper: Paper) -> str:
        """One paper on one line: a row, or a bullet without its sign."""
        if self.template is None:
            return table.row(paper, self.columns)
        return " ".join(_MARK.sub("", self._bullet(self.template, paper), count=1).split())

    def _bullet(self, template: Template, paper: Paper) -> str:
        """The first way to write it that reads back whole, else the one that reads back best, else the plainest."""
        best, most, text = "", -1, ""
        for form, escape in ((template, gentle), (template, strict), (_PLAIN, strict)):
            text = form.fill(paper, escape)
            if form is _PLAIN and (template.text.endswith("\n") or not _MARK.match(template.text)):
                text += "\n"  # else what follows would be part of this bullet
            score = _score(text, paper, form.fields)
            if score == len(_wanted(paper, form.fields)):
                return text
            if score > most:
                best, most = text, score
        return best or text


DEFAULT = Shape()


def shape(options: Render, where: str) -> Shape:
    """The shape that settings ask for; ``where`` is their file. Raises SettingsError naming the key."""
    found = _of_bullet(options.bullet, where) if options.bullet else _of_columns(options.columns, where)
    key = f"{where}, key render.{'bullet' if options.bullet else 'columns'}"
    form = found.template
    lines = [form.fill(paper, gentle) for paper in _PROBES] if form else found.lines(_PROBES)
    entries = _read("\n".join(lines))
    for paper in _PROBES if "year" in found.holds else _PROBES[:-1]:  # of a paper that is not on arXiv nobody knows it
        entry = next((one for one in entries if one.title == paper.title and one.link == paper.link), None)
        if entry is None or entry.reason:
            why = next((f" ({one.reason})" for one in entries if one.reason), "")
            raise SettingsError(
                f"a paper written so would not be read again as that paper{why}",
                where=key,
                remedy="give the title with its link, such as [{title}]({link}), and year or venue; see docs/render.md",
            )
        lost = next((name for name, value in _wanted(paper, found.holds).items() if _told(entry, name) != value), None)
        if lost:
            raise SettingsError(
                f"{{{lost}}} of a paper written so would not be read again",
                where=key,
                remedy=_PLAINER.get(lost, f"write {{{lost}}} plainer; see docs/render.md"),
            )
    return found


def _of_bullet(text: str, where: str) -> Shape:
    try:
        return Shape(template=Template(text.replace("\r\n", "\n")))
    except TemplateError as error:
        raise SettingsError(str(error), where=f"{where}, key render.bullet", remedy="see docs/render.md") from None


def _of_columns(headers: Sequence[str], where: str) -> Shape:
    headers = tuple(" ".join(name.split()) for name in headers)
    columns = table.columns_of(headers)
    for name, column in zip(headers, columns, strict=True):
        if column is None:
            twice = table.columns_of([name]) != [None]
            raise SettingsError(
                f"{name!r} is the second column of its kind" if twice else f"no column of papers is known as {name!r}",
                where=f"{where}, key render.columns",
                remedy="remove one of the two" if twice else "see docs/render.md for the headers",
            )
    known = tuple(column for column in columns if column)
    if "paper" not in {column.field for column in known}:
        raise SettingsError(
            "no column holds the titles", where=f"{where}, key render.columns", remedy='add one such as "Paper"'
        )
    return Shape(headers, known)


def _read(text: str) -> list[readme.Entry]:
    """What is read again of the papers of one class."""
    entries: list[readme.Entry] = []
    for section in readme.read(f"{_HEAD}{text}\n").root.walk():
        entries += section.entries
        for one in section.tables:
            rows = readme.Rows(one)
            entries += [entry for row in one.rows if (entry := rows.read(row))]
    return entries


def _score(text: str, paper: Paper, fields: Iterable[str]) -> int:
    """How many of its fields come back; no more than -1 where it is another paper or none."""
    entries = _read(text)
    wanted = _wanted(paper, fields)
    if len(entries) != 1 or entries[0].reason or entries[0].link != paper.link:
        return -1
    return sum(_told(entries[0], name) == value for name, value in wanted.items())


def _wanted(paper: Paper, fields: Iterable[str]) -> dict[str, object]:
    """The fields that must come back, by name."""
    short = paper.short if paper.short and not table.opens_with(paper.title, paper.short) else ""
    wanted: dict[str, object] = {"title": paper.title, "link": paper.link}
    fields = set(fields)
    for name in fields.intersection(("year", "venue", *LINKS)):
        wanted[name] = getattr(paper, name)
    if "short" in fields:
        wanted["short"] = short
    for name in fields.intersection(LINKS) if LABEL not in fields else ():
        wanted[name] = tuple(Link(url=one.url) for one in getattr(paper, name))
    return wanted


def _told(entry: readme.Entry, name: str) -> object:
    return getattr(entry, name)
