"""One piece of advice, and what is known when advice is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from bot import names
from bot.classify.placement import Placement
from bot.models import Library, Paper, Record
from bot.ports import Reading
from bot.titles import alike

KINDS = {
    "another-paper": "The id is that of another paper",
    "withdrawn": "Withdrawn by its authors",
    "unknown-id": "arXiv does not know the id",
    "duplicate": "One paper under two ids?",
    "on-arxiv": "Listed without its arXiv id",
    "wrong-class": "Wrong class?",
    "second-label": "A second label missing?",
    "text-differs": "The survey's text places it elsewhere",
    "not-listed": "Named in the survey's text, not on the list",
    "blurred-classes": "Two classes that their definitions do not keep apart",
    "late-year": "Year far after the id's",
    "shared-link": "Two papers with one link",
    "changed-title": "arXiv has another title now",
    "shared-name": "Two papers with one name",
    "large-class": "Grown large",
    "small-class": "Stayed small",
}
"""Kind -> its heading."""
CLOSE = 0.8
"""Likeness from which two titles are taken for one, whatever the id."""


class Advice(NamedTuple):
    """Something a maintainer may want to look at; never an error."""

    kind: str
    """One of :data:`KINDS`."""
    sentence: str
    evidence: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    """Ids of the listed papers it is about."""
    classes: tuple[str, ...] = ()
    """Ids of the leaves it is about."""
    weight: float = 0.0
    """How much it deserves a look, 0 to 1: for classes of papers the chance that the list is wrong, as the bot sees
    it; for the rest a grade of its kind."""


class Mention(NamedTuple):
    """Where the survey's own text places a method: the name and the class as they stand in the file."""

    name: str
    label: str


class Learned(NamedTuple):
    """What the bot has learned from the list: readings by paper and by leaf, and the placement fitted on them."""

    papers: Mapping[str, Reading]
    classes: Mapping[str, Reading]
    placement: Placement


@dataclass(frozen=True)
class Known:
    """What advice is drawn from. Papers stand under today's ids of their classes, records are cleaned."""

    library: Library
    records: Mapping[str, Record] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()
    """Ids arXiv was asked for and does not know."""
    titled: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)
    """Listed paper -> papers that were found elsewhere under its title, by arXiv's search or in a feed."""
    mentions: tuple[Mention, ...] = ()
    learned: Learned | None = None
    """None: there was nothing to learn from, or no way to."""

    def named(self, paper_id: str) -> str:
        """A listed paper as people know it: ``RoboMamba (2406.04339)``."""
        return f"{self.library.papers[paper_id].short_name} ({paper_id})"

    def classes(self, labels: Sequence[str]) -> str:
        """The names of leaves."""
        leaves = self.library.taxonomy.paths
        return ", ".join(leaves[label][-1].name if label in leaves else label for label in labels)

    def elsewhere(self, paper: Paper) -> Record | None:
        """The paper with this title and another id that is most like it, if one is like enough."""
        others = [one for one in self.titled.get(paper.id, ()) if one.id != paper.id]
        best = max(others, key=lambda one: alike(paper.title, one.title), default=None)
        return best if best and alike(paper.title, best.title) >= CLOSE else None

    @cached_property
    def text(self) -> dict[str, tuple[list[str], list[str]]]:
        """Method -> the leaves the survey's text places it in, and the listed papers that its name may mean."""
        leaves, placed = self.library.taxonomy.paths, dict[str, list[str]]()
        for mention in self.mentions:
            node = names.class_of(mention.label, self.library.taxonomy)
            if node is not None and node.id in leaves:
                placed.setdefault(mention.name, []).append(node.id)
        return {name: (its, names.resolve(name, self.library, self.records)) for name, its in placed.items()}

    @cached_property
    def placed_by_text(self) -> dict[str, set[str]]:
        """Listed paper -> the leaves the survey's text places it in; only where its name means one paper."""
        found: dict[str, set[str]] = {}
        for labels, meant in self.text.values():
            if len(meant) == 1:
                found.setdefault(meant[0], set()).update(labels)
        return found

    @cached_property
    def column(self) -> dict[str, int]:
        """Leaf -> its column in what was learned."""
        return {label: place for place, label in enumerate(self.library.taxonomy.paths)}

    @cached_property
    def row(self) -> dict[str, int]:
        """Paper -> its row among the held-out; of papers listed twice only the first has one."""
        papers = self.learned.placement.held_out.papers if self.learned else ()
        return {paper: place for place, paper in enumerate(papers)}
