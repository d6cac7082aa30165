"""The small language of a bullet: Markdown with ``{fields}`` of one paper, and ``{? parts}`` that may be missing. Pure.

A part is left out where a field in it has nothing to say; one with ``{website}`` or ``{code}`` is written once for each
of the links. ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from bot import table
from bot.models import Link, Paper

ALWAYS = ("title", "link", "id", "year", "venue")
MAYBE = ("short", "note")
LINKS = ("website", "code")
LABEL = "label"
_ADDRESSES = ("link", *LINKS)
_TOKEN = re.compile(r"\{\{|\}\}|\{\?|\{(?P<field>[^{}?]*)\}|[{}]|[^{}]+")
_FIRST = re.compile(r"(?:^|\n)[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?$")
"""What stands before a field that is the first of its line."""
_BLOCK = re.compile(r"(?:\d{1,9}(?=[.)])|)(?=[!-/:-@\[-`{-~])")
_MARKUP = re.compile(r"([\\`*_\[\]>~@&!|])")


class TemplateError(Exception):
    """This is no template, and why: a sentence that goes on after its key."""


class _Bit(NamedTuple):
    """Text as it is, or a field; ``code``: it stands in code, where no character can be escaped."""

    text: str
    field: str = ""
    first: bool = False
    code: bool = False


class _Part(NamedTuple):
    bits: tuple[_Bit, ...]
    optional: bool

    @property
    def fields(self) -> set[str]:
        return {bit.field for bit in self.bits} - {""}


Escape = Callable[[str], str]


class Template:
    """A bullet: ``fill`` writes one paper by it."""

    def __init__(self, text: str) -> None:
        """Raises TemplateError."""
        self.text = text
        self._parts = _parts(text)
        self.fields = frozenset().union(*(part.fields for part in self._parts))
        for part in self._parts:
            _check(part)

    def fill(self, paper: Paper, escape: Escape) -> str:
        """One paper as the template has it."""
        values = _values(paper)
        written = []
        for part in self._parts:
            several = next((field for field in LINKS if field in part.fields), None)
            links: Sequence[Link | None] = getattr(paper, several) if several else [None]
            if any(field in MAYBE and not values[field] for field in part.fields):
                continue
            for one in links:
                more = {several: one.url, LABEL: f" ({one.label})" if one.label else ""} if several and one else {}
                written.append("".join(_written(bit, {**values, **more}, escape) for bit in part.bits))
        return "".join(written)


def gentle(text: str) -> str:
    """Text that is left as it is where that is safe by itself."""
    return table.escape(text).replace("\\<", "&lt;").replace("<", "&lt;")


def strict(text: str) -> str:
    """Text of which every sign that could be mark-up is escaped."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split())).replace("<", "&lt;")


def _values(paper: Paper) -> dict[str, str]:
    short = paper.short if paper.short and not table.opens_with(paper.title, paper.short) else ""
    return {
        "title": paper.title,
        "link": paper.link,
        "id": paper.id,
        "year": str(paper.year),
        "venue": paper.venue,
        "short": short,
        "note": paper.note or "",
    }


def _written(bit: _Bit, values: Mapping[str, str], escape: Escape) -> str:
    if not bit.field:
        return bit.text
    value = " ".join(values[bit.field].split())
    if bit.field in _ADDRESSES:
        return table.link("", value).removeprefix("[](").removesuffix(")")
    if bit.code:
        return value.replace("`", "'")
    escaped = (" " if value and bit.field == LABEL else "") + escape(value)
    if not bit.first or not value or escaped[0] in "\\&":
        return escaped
    return _BLOCK.sub(lambda match: match[0] + "\\", escaped, count=1) if _BLOCK.match(escaped) else escaped


def _parts(text: str) -> tuple[_Part, ...]:
    parts: list[_Part] = []
    bits: list[_Bit] = []
    before, inside = "", False
    for token in _TOKEN.finditer(text):
        word, field = token[0], token["field"]
        if word == "{?" or (word == "}" and inside):
            if word == "{?" and inside:
                raise TemplateError("an optional part stands within another; close the first with }")
            parts.append(_Part(tuple(bits), inside))
            bits, inside = [], not inside
        elif field is not None:
            if field not in (*ALWAYS, *MAYBE, *LINKS, LABEL):
                known = ", ".join((*ALWAYS, *MAYBE, *LINKS, LABEL))
                raise TemplateError(f"there is no field {{{field}}}; there are {known}")
            code = before.count("`") % 2 == 1
            bits.append(_Bit("", field, bool(_FIRST.search(before)), code))
            before += "x"
        elif word in "{}":
            raise TemplateError(f"a {word} stands alone; write {word * 2} for a brace")
        else:
            word = word[0] if word in ("{{", "}}") else word
            bits.append(_Bit(word))
            before += word
    if inside:
        raise TemplateError("an optional part is not closed; it ends with }")
    return tuple(part for part in (*parts, _Part(tuple(bits), optional=False)) if part.bits)


def _check(part: _Part) -> None:
    if not part.optional:
        wrong = sorted(part.fields.intersection((*MAYBE, *LINKS, LABEL)))
        if wrong:
            raise TemplateError(f"a paper may have no {wrong[0]}; write {{? … {{{wrong[0]}}} … }}")
    elif not part.fields:
        raise TemplateError("an optional part has no field, so nothing says when to write it")
    elif len(part.fields.intersection(LINKS)) > 1:
        raise TemplateError("an optional part has both {website} and {code}; give each its own")
    elif LABEL in part.fields and not part.fields.intersection(LINKS):
        raise TemplateError("{label} is that of a link; it stands beside {website} or {code}")
