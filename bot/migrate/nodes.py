"""Classes of a taxonomy: found by what people call them, replaced, and checked before anything is built of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bot import ids
from bot.errors import DataError
from bot.models import Library, Node, Taxonomy


def find(taxonomy: Taxonomy, label: str) -> Node:
    """The class, group or pillar with this id, or that had it, or with this name. Raises DataError."""
    nodes = list(taxonomy.root.walk())
    found = [node for node in nodes if label in (node.id, *node.aliases)]
    found = found or [node for node in nodes if node.name.casefold() == " ".join(label.split()).casefold()]
    found = found or [node for node in nodes if label and ids.slug(node.name) == label]
    if len(found) == 1:
        return found[0]
    if found:
        known = ", ".join(node.id for node in found)
        raise DataError(f"{len(found)} classes have the name {label!r}", where="taxonomy", remedy=f"say which: {known}")
    near = sorted(nodes[1:], key=lambda node: -_likeness(node.id, ids.slug(label)))[:3]
    names = ", ".join(node.id for node in near if _likeness(node.id, ids.slug(label)))
    remedy = f"did you mean one of {names}?" if names else "give the id or the name of one that stands there"
    raise DataError(f"there is no class {label!r}", where="taxonomy", remedy=remedy)


def inner(taxonomy: Taxonomy, label: str) -> Node:
    """As :func:`find`, but never the survey itself. Raises DataError."""
    node = find(taxonomy, label)
    if node.id == taxonomy.root.id:
        raise DataError(f"{node.id} is the survey itself", where="taxonomy", remedy="name a class, a group or a pillar")
    return node


def leaf(taxonomy: Taxonomy, label: str) -> Node:
    """As :func:`find`, but only what holds papers. Raises DataError."""
    node = find(taxonomy, label)
    if node.id not in taxonomy.paths:
        below = ", ".join(child.id for child in node.children)
        raise DataError(f"{node.id} is a group", where="taxonomy", remedy=f"name a class with papers (below: {below})")
    return node


def parent(taxonomy: Taxonomy, label: str) -> Node:
    """What a class stands directly under; ``label`` is an id of today, and not the survey's."""
    return next(node for node in taxonomy.root.walk() if any(child.id == label for child in node.children))


def not_last(taxonomy: Taxonomy, node: Node) -> None:
    """Raises DataError when nothing would be left where this class is taken from."""
    above = parent(taxonomy, node.id)
    if len(above.children) == 1:
        raise DataError(
            f"nothing else stands under {above.id}, so nothing would be left there",
            where=f"class {node.id}",
            remedy=f"put another class under {above.id} first",
        )


def free(library: Library, new_ids: Iterable[str]) -> None:
    """Raises DataError for what can be no id of a new class."""
    taken = {name: node.name for node in library.taxonomy.root.walk() for name in (node.id, *node.aliases)}
    for one in new_ids:
        where = f"new class {one!r}"
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one):
            raise DataError("this is no id", where=where, remedy="use lower-case words joined by hyphens")
        if one in taken:
            raise DataError(f"that id is, or was, the id of {taken[one]}", where=where, remedy="choose another")
        if one in library.papers:
            raise DataError("that id is the id of a paper", where=where, remedy="choose another")
        taken[one] = "another new class"


def named(name: str) -> str:
    """A name on one line. Raises DataError when there is nothing to read."""
    clean = " ".join(name.split())
    if not clean or not clean.isprintable():
        raise DataError("the name is empty, or holds what cannot be printed", where=repr(name), remedy="write a name")
    return clean


def alone(siblings: Iterable[Node], name: str, but: str = "") -> None:
    """Raises DataError when one of these, but that with the id ``but``, has the name already."""
    for node in siblings:
        if node.id != but and node.name.casefold() == name.casefold():
            raise DataError(
                f"{node.id} beside it has that name", where=f"the name {name!r}", remedy="choose another, or merge them"
            )


def replaced(taxonomy: Taxonomy, changes: Mapping[str, Node | None]) -> Taxonomy:
    """The tree with these nodes replaced, by id (None: taken out); never the survey itself."""

    def below(node: Node) -> Node:
        kept = (changes.get(child.id, child) for child in node.children)
        children = tuple(child if child.id in changes else below(child) for child in kept if child)
        return node if children == node.children else node.model_copy(update={"children": children})

    return Taxonomy(root=below(taxonomy.root))


def _likeness(one: str, other: str) -> float:
    a, b = set(one.split("-")), set(other.split("-"))
    return len(a & b) / max(1, len(a | b))
