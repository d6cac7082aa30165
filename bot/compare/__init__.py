"""Another list of the same field against this survey: what both have, how their classes map, what is missing. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from bot import addresses
from bot.evaluate.metrics import interval_of_share
from bot.importer import Import
from bot.models import Library, Paper
from bot.titles import ALIKE, likeness, normal

_NAME = 3
"""A title of no more words may be the name alone: many lists give no more."""
_TAIL = re.compile(r"\s*\([^()]*\)\s*$")
"""``(CLP)``: the name behind a title."""


class Row(NamedTuple):
    """Where the shared papers of one of their classes stand here."""

    theirs: str
    """Id of their class."""
    shared: int
    there: int
    """All papers of their class."""
    ours: tuple[tuple[str, int], ...]
    """Ids of our classes with how many of these papers stand there, the most first; a paper may stand in several."""

    def without(self, labels: Iterable[str]) -> Row:
        """As if a shared paper, which stands here in these classes, were not there."""
        gone = set(labels)
        return self._replace(shared=self.shared - 1, ours=_most({key: n - (key in gone) for key, n in self.ours}))


class Guess(NamedTuple):
    """Our class for a paper of theirs by the crosswalk alone: ``right`` of ``of`` shared papers stand there."""

    label: str
    right: int
    of: int

    @property
    def sure(self) -> tuple[float, float]:
        """95% interval of the share."""
        return interval(self.right, self.of)


class Clash(NamedTuple):
    """A link that both lists give to papers with unlike titles: one of the two is wrong, or the paper was renamed."""

    theirs: Paper
    ours: str
    """Id of the paper that has the link here."""
    meant: str
    """Id of the paper that has their title here; empty when there is none."""


class Comparison(NamedTuple):
    """Two lists side by side. Each of their papers is in one of ``shared``, ``missing`` and ``clashes``.

    A clash whose paper is known here by its title is shared too.
    """

    shared: Mapping[str, str]
    """Id of a paper there -> its id here."""
    crosswalk: tuple[Row, ...]
    """One row for each of their classes, in their order."""
    missing: tuple[Paper, ...]
    """What they have and this survey lacks, in their order."""
    only_here: tuple[str, ...]
    """Ids of what this survey has and they lack."""
    clashes: tuple[Clash, ...]

    def guess(self, paper: Paper) -> Guess | None:
        """Our class for a paper of theirs by the crosswalk alone: the surest of what its classes there say."""
        return _guess(row for row in self.crosswalk if row.theirs in paper.labels)


class HeldOut(NamedTuple):
    """How often the crosswalk names a right class for shared papers that it was not made of."""

    right: int
    asked: int
    usual: int
    """How often the class that most of the other shared papers have is right for the same papers."""


def compare(library: Library, other: Import) -> Comparison:
    """What two lists have in common and what not; papers are known by id, address (a DOI too) or title."""
    mine = library.under_current_ids().papers
    known = _Known(mine)
    shared, clashes = dict[str, str](), list[Clash]()
    for key, paper in other.papers.items():
        found = known.find(key, paper)
        if found:
            shared[key] = found
        if key in mine and found != key:
            clashes.append(Clash(paper, key, found))
    here, clashing = set(shared.values()), {clash.theirs.id for clash in clashes}
    return Comparison(
        shared=shared,
        crosswalk=_crosswalk(other, mine, shared),
        missing=tuple(paper for key, paper in other.papers.items() if key not in shared and key not in clashing),
        only_here=tuple(key for key in mine if key not in here),
        clashes=tuple(clashes),
    )


def held_out(found: Comparison, library: Library, other: Import) -> HeldOut:
    """Ask the crosswalk for each shared paper as if it had not been there when it was made."""
    mine = library.under_current_ids().papers
    rows = {row.theirs: row for row in found.crosswalk}
    usual = Counter(label for key in set(found.shared.values()) for label in mine[key].labels)
    right = asked = simple = 0
    for theirs, ours in found.shared.items():
        own = mine[ours].labels
        guess = _guess(rows[label].without(own) for label in other.papers[theirs].labels)
        if guess:
            asked += 1
            right += guess.label in own
            rest = _most({label: many - (label in own) for label, many in usual.items()})
            simple += bool(rest) and rest[0][0] in own
    return HeldOut(right, asked, simple)


class _Known:
    """The papers of this survey by all that tells one from another."""

    def __init__(self, mine: Mapping[str, Paper]) -> None:
        self._mine = mine
        places = [
            (addresses.key(url), key)
            for key, paper in mine.items()
            for url in dict.fromkeys([paper.link, *(link.url for link in paper.website)])
        ]
        many = Counter(place for place, _ in set(places))
        self._by_place = {place: key for place, key in places if many[place] == 1}
        self._by_title = {title: key for key, paper in mine.items() for title in _titles(paper)}
        self._by_name = {normal(paper.short_name): key for key, paper in mine.items()}

    def find(self, key: str, paper: Paper) -> str:
        """Which of them a paper of another list is; empty when it is none."""
        by_title = next((self._by_title[title] for title in _titles(paper) if title in self._by_title), "")
        for mine in (key, self._by_place.get(addresses.key(paper.link), "")):
            if mine in self._mine and (by_title == mine or (not by_title and self._fits(mine, paper))):
                return mine
        name = self._by_name.get(normal(paper.title), "")
        return by_title or (name if key in self._mine else "")

    def _fits(self, key: str, paper: Paper) -> bool:
        """Whether a paper with the link of ours has its title too, or a name that no other of ours has."""
        ours = self._mine[key]
        if likeness(ours.title, paper.title) >= ALIKE or normal(ours.short_name) in _titles(paper):
            return True
        short = min(len(normal(one.title).split()) for one in (ours, paper)) <= _NAME
        return short and self._by_name.get(normal(paper.title), key) == key


def interval(right: int, of: int) -> tuple[float, float]:
    """95% interval of a share of few papers; of none it is everything."""
    if not of:
        return 0.0, 1.0
    low, high = interval_of_share(np.array([float(right)]), np.array([float(of)]))
    return float(low[0]), float(high[0])


def _titles(paper: Paper) -> tuple[str, ...]:
    """A title's words, and those without the name in parentheses behind it; never nothing."""
    both = dict.fromkeys([normal(paper.title), normal(_TAIL.sub("", paper.title))])
    return tuple(title for title in both if title)


def _crosswalk(other: Import, mine: Mapping[str, Paper], shared: Mapping[str, str]) -> tuple[Row, ...]:
    inside: dict[str, set[str]] = {label: set() for label in other.taxonomy.paths}
    there = Counter(label for paper in other.papers.values() for label in paper.labels)
    for theirs, ours in shared.items():
        for label in other.papers[theirs].labels:
            inside[label].add(ours)
    return tuple(
        Row(label, len(keys), there[label], _most(Counter(ours for key in keys for ours in mine[key].labels)))
        for label, keys in inside.items()
    )


def _most(counts: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((key, n) for key, n in counts.items() if n > 0), key=lambda item: (-item[1], item[0])))


def _guess(rows: Iterable[Row]) -> Guess | None:
    guesses = [Guess(*row.ours[0], row.shared) for row in rows if row.ours]
    return max(guesses, key=lambda guess: (guess.sure[0], guess.right), default=None)
