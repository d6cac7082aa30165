"""Bullets as entries and classes: one of words above papers is a class, one below a paper is its note."""

from __future__ import annotations

import re

from bot import table
from bot.readme import entry, links
from bot.readme.parts import Entry, Item, Section, clean

_NO_LIST = re.compile(
    r"contents?|toc|news|updates?|changelog|contribut\w*|citations?|cit(?:e|ing)|bibtex|licen[cs]e|acknowledg\w*"
    r"|contacts?|star|stars|stargazers|history|maintainers?|todo|faq|disclaimer|install\w*|started|usage|use|roadmap",
    re.IGNORECASE,
)
_ASIDE_WORDS = (
    "table of the and or to for in on with how us me you your our my we this it is s what new latest recent recently"
    " log project repo repository list lists paper papers survey work guide guidelines guideline info information"
    " getting get please quick if want a an"
)
_BESIDE = frozenset(_ASIDE_WORDS.split())
"""Words that may stand beside such a word; with any other, ``Contact-Rich Manipulation``, a heading is a class."""
_ATTRIBUTE = re.compile(r"\s*[*_`]*[A-Z][\w /&-]{1,24}[*_`]*\s*:\s")
_LONGEST_CLASS = 12
"""Words a bullet has at most that names a class."""


def place(item: Item, section: Section) -> bool:
    """Put what a top bullet tells of into its section, as an entry or as a class with entries.

    False when it tells of a paper and was left alone, because its heading is none of a list (``News``).
    """
    if _leads_inside(item):
        return True
    if is_aside(section.name):
        return not any(_is_paper(below, section.name) for below in item.walk())
    if item.loose:
        found = entry.read(item, section.name)
        if not found.reason or _is_bold(item) or "[[" in item.text or item.text.lstrip(" <").startswith("http"):
            section.entries.append(found)
        return True
    _place(item, section)
    return True


def is_aside(name: str) -> bool:
    """Whether a heading is that of news, contents and the like."""
    words = [word.lower() for word in re.findall(r"[^\W\d_]+", name)]
    told = [word for word in words if _NO_LIST.fullmatch(word)]
    return bool(told) and all(word in told or word in _BESIDE for word in words)


def _place(item: Item, section: Section) -> None:
    own = entry.read(item, section.name, [child for child in item.children if not _holds(child, section.name)])
    if own.reason and any(_holds(child, section.name) for child in item.children):
        _group(item, section)
        return
    if own.reason and item.children:
        own = entry.read(item, section.name)
    section.entries.append(own)
    for child in item.children:
        if own.reason or _holds(child, section.name):
            _place(child, section)
        else:
            own.verbatim += "".join(f"\n{below.verbatim}" for below in child.walk())


def _group(item: Item, section: Section) -> None:
    """A bullet above papers: a class where it is a few words without a link, else told as an entry of its own."""
    name = clean(table.plain(item.text)).rstrip(" :").strip("*")
    below = section
    if entry.read(item).reason == entry.NO_LINK and 0 < len(name.split()) <= _LONGEST_CLASS:
        below = Section(name, item.line, section.level + 1, "")
        section.children.append(below)
    else:
        section.entries.append(entry.read(item, section.name))
    for child in item.children:
        _place(child, below)


def _is_paper(item: Item, heading: str) -> bool:
    """Whether a bullet below another is a paper of its own, not a note on that one."""
    if item.paper is None:
        item.paper = "http" in item.text and _tells(item, heading)
    return item.paper


def _tells(item: Item, heading: str) -> bool:
    if _ATTRIBUTE.match(item.text) and not item.text.lstrip().startswith("**"):
        return False
    found: Entry = entry.read(item, heading)
    return not found.reason and (links.is_paper(found.link) or bool(re.search(r"\b(?:19|20)\d\d\b", item.text)))


def _holds(item: Item, heading: str) -> bool:
    return any(_is_paper(below, heading) for below in item.walk())


def _leads_inside(item: Item) -> bool:
    """Whether all links of a bullet lead to headings: it belongs to a table of contents."""
    urls = [span.url for below in item.walk() for span in table.spans(below.text) if span.kind == "link"]
    return bool(urls) and all(str(url).startswith("#") for url in urls)


def _is_bold(item: Item) -> bool:
    return bool(re.match(r"[^\w\[(]*\*\*", item.text))
