"""The shape that a list already has, as settings: the columns of its tables, or a template of its bullets. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from bot import addresses, ids, readme, table
from bot.errors import SettingsError
from bot.readme import Entry, Readme, when
from bot.render.shape import PLAIN, shape
from bot.render.template import LINKS
from bot.settings import Render

URL = re.compile(r"https?://[^\s<>\"|)\]]+")
"""An address as it stands in Markdown."""
_WRAPPED = re.compile(r"[\[(`*_]*\0short\0[\])`*_]*(?:(?<=\*)[:.,]|:)?[ \t]*")
_LINK = (
    r"(?:\n[ \t]*(?:[-*+][ \t]+(?:[\w ]+:[ \t]*)?)?|(?<![ \t,;|/·&])[ \t,;|/·&]*)"
    r"[\[(]*(?:\*\*)?\[(?P<words>(?:[^\[\]]|!\[[^\]]*\]\([^)]*\))*)\]\(<?\0%s\0>?\)(?:\*\*)?(?:\]|\)(?!\]))?"
)
_LINKED = {field: re.compile(_LINK % field) for field in LINKS}
_DATE = re.compile(
    r"(?<!\w)(?:[A-Za-z]{3,9}\.?[ ,'-]+|\d{1,2}[-/. ]){0,2}\0year\0"
    r"(?:[-/., ]{1,2}(?:\d{1,2}|[A-Za-z]{3,9}\.?)(?!\w)){0,2}"
)
"""What may be a date around its year."""
_SIGN = re.compile(r"\s*(?:(?:[-*+]|\d+[.)])\s+)?")
_OWN = "\0own\0"
"""The address of a picture that is one paper's own, such as the count of its stars: no other paper may show it."""
_FIELD = re.compile("\0\\w+\0")
_TRIED = 2000
"""Bullets that are looked at."""


class _Skeleton(NamedTuple):
    """A bullet with fields for words: ``base`` without its optional parts, those with the place they stand at there."""

    base: str
    parts: tuple[tuple[str, int, str], ...]


def guess(markdown: str) -> Render:
    """Settings by which ``render`` writes a list as it already looks, as near as they can come.

    Where tables and bullets mix, what most papers stand in.
    """
    found = readme.read(markdown)
    entries = [one for section in found.root.walk() for one in section.entries if not one.reason and one.end]
    named = any(entry.short for entry in entries)
    rows = Counter[tuple[str, ...]]()
    for section in found.root.walk():
        for one in section.tables:
            rows[one.headers] += len(one.rows) or 1
            reader = readme.Rows(one)
            named |= any(entry.short for row in one.rows if (entry := reader.read(row)))
    tries: list[Render] = []
    if entries and len(entries) >= rows.total():
        tries = [Render(bullet=text) for text in (_bullet(found, entries, named), PLAIN) if text]
    elif rows:
        headers = rows.most_common(1)[0][0]
        known = table.columns_of(headers)
        names = tuple(name for name, column in zip(headers, known, strict=True) if column)
        tries = [Render(columns=names)]
    return next((one for one in tries if _works(one)), Render())


def _works(options: Render) -> bool:
    try:
        shape(options, "")
    except SettingsError:
        return False
    return True


def _bullet(found: Readme, entries: list[Entry], named: bool) -> str:
    """The template that most bullets look like, empty where none can be told."""
    skeletons = [one for entry in entries[:_TRIED] if (one := _skeleton(found, entry))]
    bases = Counter(one.base for one in skeletons)
    if not bases:
        return ""
    base = max(bases, key=lambda text: (bases[text], -_own(text)))
    if bases[base] == 1 and _own(base):
        return ""  # each says something of its own, such as authors
    written = base
    for place, text in reversed(_parts(base, skeletons, named)):
        written = f"{written[:place]}\1{text}\2{written[place:]}"
    text = re.sub(r"\0(\w+)\0", r"{\1}", written.replace("{", "{{").replace("}", "}}"))
    return text.replace("\1", "{?").replace("\2", "}") + _between(found, entries)


def _own(base: str) -> int:
    """How many letters stand in it that are neither a field nor the words of a link."""
    return len(re.findall(r"[^\W\d_]", re.sub("\0\\w+\0", "", re.sub(r"\[[^\[\]]*\]\(\0", "(\0", base))))


def _parts(base: str, skeletons: list[_Skeleton], named: bool) -> list[tuple[int, str]]:
    """The optional parts with their places, as most bullets have them; those of other bullets stand at the end."""
    own, any_ = Counter[tuple[str, int, str]](), Counter[tuple[str, str]]()
    order: dict[str, int] = {}
    for one in skeletons:
        any_.update((field, text) for field, _, text in one.parts)
        for rank, (field, _, _) in enumerate(one.parts):
            order[field] = max(order.get(field, 0), rank)
        if one.base == base:
            own.update(one.parts)
    chosen: dict[str, tuple[int, str]] = {}
    for (field, place, text), _ in own.most_common():
        chosen.setdefault(field, (place, text))
    last = max([place for field, (place, _) in chosen.items() if field in LINKS], default=len(base))
    for (field, text), _ in any_.most_common():
        if field in LINKS:
            chosen.setdefault(field, (last, text))
    if named:
        chosen.setdefault("short", (_SIGN.match(base + " ").end(), "**\0short\0** "))  # type: ignore[union-attr]
    return [
        one
        for _, one in sorted((((place, order.get(name, 9)), (place, text)) for name, (place, text) in chosen.items()))
    ]


def _between(found: Readme, entries: list[Entry]) -> str:
    """A line end where empty lines stand between most bullets."""
    gaps = [
        not found.lines[one.end].strip()
        for one, after in pairwise(entries)
        if one.end < after.line and not "".join(found.lines[one.end : after.line - 1]).strip()
    ]
    return "\n" if sum(gaps) > len(gaps) / 2 else ""


def _skeleton(found: Readme, entry: Entry) -> _Skeleton | None:
    """A bullet with what is known of the paper in it as fields; None where its title cannot be told in it."""
    text = "".join(line.rstrip("\r\n") + "\n" for line in found.lines[entry.line - 1 : entry.end]).rstrip()
    text = _fields(re.sub(r"^\d+(?=[.)])", "1", text), entry)
    if not {"\0title\0", "\0link\0"} <= set(_FIELD.findall(text)):
        return None
    parts: list[tuple[str, int, str]] = []
    while True:
        match = next((match for match in _optional(text) if match[1]), None)
        if match is None:
            break
        field, (start, end), part = match
        text = text[:start] + text[end:]
        parts = [(name, place - (end - start) * (place >= end), other) for name, place, other in parts]
        if field not in {name for name, _, _ in parts}:
            parts.append((field, start, part))
    return None if _OWN in text else _Skeleton(text, tuple(parts))


def _fields(text: str, entry: Entry) -> str:
    """A bullet in which what is known of its paper is named; of a date only the year is known."""
    text = URL.sub(lambda match: _address(match[0], entry), text)
    if number := ids.from_url(entry.link):
        text = text.replace(number, "\0id\0")  # a badge may say it
    title = next((form for form in (entry.title, table.escape(entry.title)) if form in text), None)
    text = text.replace(title, "\0title\0", 1) if title else text
    for field in ("short", *entry.stated):
        value = str(getattr(entry, field) or "")
        if value:
            text = re.sub(rf"(?<![\w\0]){re.escape(value)}(?![\w\0])", f"\0{field}\0", text, count=1)
    year = str(entry.year)
    return _DATE.sub(lambda date: "\0year\0" if when.is_date(date[0].replace("\0year\0", year)) else date[0], text)


def _address(url: str, entry: Entry) -> str:
    if addresses.same(url, entry.link):
        return "\0link\0"
    for field in LINKS:
        if url in {link.url for link in getattr(entry, field)}:
            return f"\0{field}\0"
    own = (link.url.split("/", 3)[3:] for field in LINKS for link in getattr(entry, field))
    return _OWN if any(path[0] and f"/{path[0].rstrip('/')}" in url for path in own if path) else url


def _optional(text: str) -> Iterator[tuple[str, tuple[int, int], str]]:
    """The optional parts in a text, with their places: the name first, then links from the left."""
    name = _WRAPPED.search(text)
    if name:
        yield "short", name.span(), name[0]
    links = [(found.start(), field, found) for field in LINKS if (found := _LINKED[field].search(text))]
    for _, field, found in sorted(links, key=lambda one: one[0]):
        words, whole = found["words"], found[0]
        label = words if "![" in words else re.sub(r"\s*\(.*\)$", "", words) + "\0label\0"
        label = f"{field.title()}\0label\0" if _OWN in words else label
        start = found.start("words") - found.start()
        yield field, found.span(), whole[:start] + label + whole[start + len(words) :]
