"""The data people review: papers, classes, and both together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import Field, model_validator

from bot import ids
from bot.models.base import WEB_ADDRESS, Model, NonEmpty


class Link(Model):
    """A web address with an optional label (``Pret``) that tells several links of one kind apart."""

    url: Annotated[str, Field(pattern=rf"^{WEB_ADDRESS}$")]
    label: str | None = None


class Paper(Model):
    """A listed paper: one file ``taxonomy/papers/<id>.yaml``; ``id`` is the file's name and never stands inside."""

    id: str
    title: NonEmpty
    short: str | None = None
    """The name people say (``OpenVLA``), where the title does not open with it."""
    year: int
    venue: NonEmpty
    website: tuple[Link, ...] = ()
    code: tuple[Link, ...] = ()
    url: str | None = None
    """Where the paper is, only when it is not on arXiv."""
    labels: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of the leaves it is in."""
    note: str | None = None
    """One line in the maintainers' own words."""
    added: date | None = None

    @model_validator(mode="after")
    def _is_somewhere(self) -> Paper:
        if self.url is None and not ids.is_arxiv(self.id):
            raise ValueError(f"url is missing, and {self.id!r} is not an arXiv id")
        return self

    @property
    def link(self) -> str:
        """Where the paper is."""
        return self.url or ids.abs_url(self.id)

    @property
    def short_name(self) -> str:
        """What people call it: ``short``, or what the title says before its colon, or the title."""
        return self.short or short_name(self.title)


def short_name(title: str) -> str:
    """What stands before a title's colon when it looks like a name (up to three words), else the whole title."""
    head, colon, _ = title.partition(":")
    return head.strip() if colon and 0 < len(head.split()) <= 3 else title


class Node(Model):
    """A class of the taxonomy.

    The root is the survey itself (its definition is the statement of scope), its children are the pillars, leaves are
    the subclasses that papers are placed in. ``definition`` and ``include`` are matched against papers; ``exclude`` is
    for people and language models, because it carries the words of the sibling classes.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    name: NonEmpty
    definition: str = ""
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """Ids this class had before; old labels keep working."""
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """This node and all below it, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()


class Taxonomy(Model):
    """The tree of classes, with the look-ups everything needs."""

    root: Node

    @model_validator(mode="after")
    def _ids_are_unique(self) -> Taxonomy:
        seen: set[str] = set()
        for node in self.root.walk():
            for name in (node.id, *node.aliases):
                if name in seen:
                    raise ValueError(f"the id {name!r} is used twice")
                seen.add(name)
        return self

    @cached_property
    def paths(self) -> dict[str, tuple[Node, ...]]:
        """Leaf id -> the nodes from its pillar down to the leaf, in the order of the file."""

        def below(node: Node, trail: tuple[Node, ...]) -> Iterator[tuple[str, tuple[Node, ...]]]:
            if not node.children:
                yield node.id, trail
            for child in node.children:
                yield from below(child, (*trail, child))

        return dict(below(self.root, ())) if self.root.children else {}

    @property
    def leaves(self) -> list[Node]:
        """The subclasses, in the order of the file."""
        return [path[-1] for path in self.paths.values()]

    @cached_property
    def renamed(self) -> dict[str, str]:
        """Id a class had before -> its id of today."""
        return {alias: node.id for node in self.root.walk() for alias in node.aliases}

    def current(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Labels under the ids of today, each once; what no class was ever called stays as it is."""
        return tuple(dict.fromkeys(self.renamed.get(label, label) for label in labels))

    def leaf(self, label: str) -> Node:
        """The subclass with this id. Raises KeyError."""
        return self.paths[label][-1]

    def pillar(self, label: str) -> Node:
        """The pillar above this leaf. Raises KeyError."""
        return self.paths[label][0]

    def trail(self, label: str) -> str:
        """A leaf as people read it: ``Efficient Model Design › Model Compression › Quantization``."""
        return " › ".join(node.name for node in self.paths[label])


class Library(Model):
    """What stands on the shelf: the taxonomy and every listed paper, by id."""

    taxonomy: Taxonomy
    papers: dict[str, Paper]

    def under_current_ids(self) -> Library:
        """The same with every paper labelled by today's ids of its classes."""
        papers = {
            key: paper.model_copy(update={"labels": self.taxonomy.current(paper.labels)})
            for key, paper in self.papers.items()
        }
        return self.model_copy(update={"papers": papers})
