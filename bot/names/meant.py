"""Which listed papers a spoken name may mean: by name, title, links, and by what abstracts call their own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from bot import addresses, ids, titles
from bot.models import Library, Node, Paper, Record, Taxonomy, short_name
from bot.names.said import introduced

_ID = re.compile(r"(?<![\w.])(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v\d+)?(?![\w.])")
_VERSION = re.compile(r"(?<=[^\W\d])[\s._-]*[vV]?(\d+(?:\.\d+)*)$")
_DECORATION = re.compile(r"[._-]*(?:web|page|home|project|pytorch|official|code|release|github\.io)$", re.IGNORECASE)
"""What people add to the name of a method when they name a page or a repository after it."""
_HOSTS = re.compile(
    r"(?:www\.)?(?:github|gitlab|bitbucket|huggingface|youtube|youtu)\.|sites\.google\.|drive\.google\."
)
_ADDRESS = re.compile(r"(?i)https?://|(?:[\w-]+\.)+[a-z]{2,}(?:/|$)")
_DOI = re.compile(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?10\.48550/arxiv\.(?=.)")
"""What stands before the id in a DOI of arXiv's; source: https://info.arxiv.org/help/doi.html."""
_LONGEST = 300
"""Characters of a spoken name that are looked at."""
_NEAR, _NEARS = 0.6, 5
"""Likeness (0 to 1) from which a name is suggested, and how many are."""


class Meant(NamedTuple):
    """A listed paper that a spoken name may mean, and how that is known, in words."""

    id: str
    how: str


def resolve(name: str, library: Library, records: Mapping[str, Record]) -> list[str]:
    """Ids of the listed papers a spoken name may mean, best first; empty when none does.

    ``records``: abstracts by id, as far as they are known; names that only an abstract holds are found there.
    """
    return [one.id for one in meant(name, library, records)]


def meant(name: str, library: Library, records: Mapping[str, Record]) -> list[Meant]:
    """As :func:`resolve`, with how each is known. What fits best hides what fits less well."""
    name = _spoken(name)
    for how, fits in _ways(name, records):
        if found := [Meant(paper.id, how) for paper in library.papers.values() if fits(paper)]:
            return found
    return []


def nearest(name: str, library: Library, records: Mapping[str, Record]) -> list[str]:
    """The names of listed papers that are spelled most like this one, the nearest first."""
    asked = _letters(_spoken(name))
    likeness: dict[str, float] = {}
    for paper in library.papers.values():
        known = [paper.short_name, *_called(paper), *(introduced(records[paper.id]) if paper.id in records else ())]
        for one in known:
            ratio = SequenceMatcher(None, asked, _letters(one)).ratio()
            likeness[one] = max(ratio, likeness.get(one, 0.0))
    best = sorted(likeness, key=lambda one: (-likeness[one], one))
    return [one for one in best if likeness[one] >= _NEAR][:_NEARS]


def is_another(paper: Paper, record: Record | None) -> bool:
    """Whether arXiv has quite another paper under this id: neither title nor name fit."""
    if record is None or titles.alike(paper.title, record.title) >= titles.ALIKE:
        return False
    called = {titles.normal(one) for one in (short_name(record.title), *introduced(record))}
    return titles.normal(paper.short_name) not in called


def class_of(name: str, taxonomy: Taxonomy) -> Node | None:
    """The class with this id, old id or name, however it is spelled."""
    asked = _letters(_spoken(name))
    for node in taxonomy.root.walk():
        if asked and node is not taxonomy.root and asked in map(_letters, (node.id, node.name, *node.aliases)):
            return node
    return None


# --- the ways a paper may be meant, best first -----------------------------------------------------------------------

_Way = tuple[str, Callable[[Paper], bool]]


def _ways(name: str, records: Mapping[str, Record]) -> Iterator[_Way]:
    letters, (base, version) = _letters(name), _versioned(name)
    said = {found for found in _ID.findall(name) if ids.is_arxiv(found)}
    page = addresses.key(name) if _ADDRESS.match(name) else None
    yield "its id", lambda paper: paper.id in said or paper.id == name
    if page:
        yield "its link", lambda paper: page in map(addresses.key, _addresses(paper))
    if "://" in name:
        return
    if said or not letters:
        return
    yield "its name", lambda paper: name in _called(paper)
    yield "its name, spelled otherwise", lambda paper: letters in map(_letters, _called(paper))
    yield "its name and version", lambda paper: (base, version) in map(_versioned, _called(paper))
    yield "the name of its repository or page", lambda paper: letters in _linked(paper)
    yield "a name that its abstract introduces", lambda paper: letters in _of_abstract(paper, records)
    yield "its name, of whatever version", lambda paper: _is_a_version(base, version, paper)
    if len(letters) > 1:
        words = f" {_words(name)} "
        yield (
            "words of its name or title",
            lambda paper: any(words in f" {_words(text)} " for text in (paper.short or "", paper.title)),
        )


def _called(paper: Paper) -> list[str]:
    """Its names on the shelf: ``short``, what its title opens with, its title."""
    return [one for one in dict.fromkeys((paper.short, short_name(paper.title), paper.title)) if one]


def _linked(paper: Paper) -> set[str]:
    """The letters of the names of its repositories and pages."""
    return {_letters(_DECORATION.sub("", name)) for link in (*paper.code, *paper.website) for name in _parts(link.url)}


def _parts(url: str) -> Iterable[str]:
    """What a repository or a page is called: the last part of its path, or the first of its host."""
    try:
        place = urlsplit(url)
    except ValueError:  # brackets that are no address
        return ()
    path = [unquote(part) for part in place.path.split("/") if part]
    host = place.netloc.casefold()
    if re.match(r"(?:www\.)?(?:github|gitlab|bitbucket)\.", host):
        return path[1:2]  # owner/name; what follows is a folder in it
    return (*path[-1:], *(() if _HOSTS.match(host) else host.removeprefix("www.").split(".")[:1]))


def _of_abstract(paper: Paper, records: Mapping[str, Record]) -> set[str]:
    return set(map(_letters, introduced(records[paper.id]))) if paper.id in records else set()


def _is_a_version(base: str, version: str, paper: Paper) -> bool:
    """Whether it has this name, and one of the two says no version."""
    return any(base == one and (not version or not other) for one, other in map(_versioned, _called(paper)))


def _addresses(paper: Paper) -> list[str]:
    return [paper.link, *(link.url for link in (*paper.code, *paper.website))]


# --- spelling --------------------------------------------------------------------------------------------------------


def _spoken(name: str) -> str:
    """A name as it is compared; a link to arXiv becomes the id it points to."""
    plain = " ".join(unicodedata.normalize("NFKC", name[:_LONGEST]).split())
    return ids.from_url(plain) or re.sub(r"(?i)^arxiv:\s*", "", _DOI.sub("", plain))


def _letters(name: str) -> str:
    """Letters and digits alone: ``Mole VLA``, ``MoLe-VLA`` and ``molevla`` are one name."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name).casefold())


def _versioned(name: str) -> tuple[str, str]:
    """A name and its version: ``RoboTwin 2.0`` and ``RoboTwin2`` are (``robotwin``, ``2``)."""
    found = _VERSION.search(name)
    if not found:
        return _letters(name), ""
    number = re.sub(r"(?:\.0+)+$", "", found[1])
    return _letters(name[: found.start()]), number


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold()))
