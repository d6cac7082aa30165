"""Two trees of classes as one: which class of a README is which of the shelf, and what the shelf lacks. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from bot.models import Node, Taxonomy
from bot.titles import normal

FEW = 5
"""So many classes or papers are named one by one."""


class Merged(NamedTuple):
    """A tree, the leaf in it for every leaf of the other one, and a sentence on every difference.

    ``others``: the leaves it has only for papers that stand directly under a group there.
    """

    taxonomy: Taxonomy
    leaves: dict[str, str]
    notes: tuple[str, ...]
    others: frozenset[str] = frozenset()


def same(old: Taxonomy, new: Taxonomy) -> dict[str, Node]:
    """Id of a class of ``new`` -> that class in ``old``: by its id, by an id it had, else by a name only they have."""
    theirs, ours = list(new.root.walk())[1:], list(old.root.walk())[1:]
    known = {name: node for node in ours for name in (*node.aliases, node.id)}
    found = {node.id: known[node.id] for node in theirs if node.id in known}
    taken = {node.id for node in found.values()}
    left = [node for node in theirs if node.id not in found]
    free = _by_name(node for node in ours if node.id not in taken)
    found |= {node.id: free[name] for name, node in _by_name(left).items() if name in free}
    return {new.root.id: old.root, **found}


def merge_rulebook(old: Taxonomy, new: Taxonomy) -> Taxonomy:
    """The tree of ``new`` with the rulebook of ``old``: ids, rules and aliases of the classes both have.

    Of two classes of ``new`` that are one in ``old``, the first stays, with the classes below the other beside it.
    """
    pairs = same(old, new)
    taken = {old.root.id, *old.root.aliases}
    rules = ("id", "definition", "include", "exclude", "aliases")

    def ruled(node: Node) -> Node:
        mate = pairs.get(node.id)
        update = {name: getattr(mate, name) for name in rules} if mate else {"id": _fresh(node.id, taken)}
        taken.update((update["id"], *(mate.aliases if mate else ())))
        return node.model_copy(update={**update, "children": tuple(below(node))})

    def below(node: Node) -> list[Node]:
        children: list[Node] = []
        for child in node.children:
            mate = pairs.get(child.id)
            children += below(child) if mate and mate.id in taken else [ruled(child)]
        return children

    return Taxonomy(root=ruled(new.root))


def extended(old: Taxonomy, new: Taxonomy) -> Merged:
    """The tree of ``old`` as it is, with the classes of ``new`` that it lacks."""
    graft = _Graft(old, new)
    for child in new.root.children:
        graft.take(child, old.root)
    return Merged(Taxonomy(root=graft.grown(old.root)), graft.leaves, tuple(graft.notes(new)), frozenset(graft.others))


def without(taxonomy: Taxonomy, leaves: Collection[str]) -> Taxonomy:
    """The tree but for these leaves."""

    def kept(node: Node) -> Node:
        children = tuple(kept(child) for child in node.children if child.id not in leaves)
        return node.model_copy(update={"children": children})

    return Taxonomy(root=kept(taxonomy.root)) if leaves else taxonomy


class _Graft:
    """What grows where on the old tree."""

    def __init__(self, old: Taxonomy, new: Taxonomy) -> None:
        self.leaves: dict[str, str] = {}
        self.others: set[str] = set()
        self._old = old
        self._pairs = same(old, new)
        self._taken = {name for node in old.root.walk() for name in (node.id, *node.aliases)}
        self._more: dict[str, list[Node]] = {}
        self._moved: list[str] = []

    def take(self, node: Node, home: Node) -> None:
        """Find a place for a class of the new tree whose parent is this one in the old tree."""
        mate = self._pairs.get(node.id)
        if mate and not node.children:
            self.leaves[node.id] = mate.id if _is_leaf(mate) else self._other(mate)
        elif mate:
            for child in node.children:
                self.take(child, mate)
        elif _is_leaf(home) and home is not self._old.root:
            self._into(node, home)
        elif shoot := self._shoot(node):
            self._more.setdefault(home.id, []).append(shoot)

    def grown(self, node: Node) -> Node:
        """A class of the old tree with what grew below it."""
        children = (*map(self.grown, node.children), *self._more.get(node.id, ()))
        return node.model_copy(update={"children": children})

    def notes(self, new: Taxonomy) -> Iterable[str]:
        """What differs, sentence by sentence."""
        met = {node.id for node in self._pairs.values()}
        lost = [node.id for node in self._old.root.walk() if node.id not in met]
        if lost:
            some = ", ".join(lost[:FEW]) + (", …" if len(lost) > FEW else "")
            many = f"{len(lost)} classes: " if len(lost) > FEW else ""
            yield f"it has no heading for {many}{some}; the old tree of classes was kept whole"
        for node in new.root.walk():
            mate = self._pairs.get(node.id)
            if mate and normal(mate.name) != normal(node.name) and mate is not self._old.root:
                yield f"{mate.id!r} is called {node.name!r} here; its name {mate.name!r} was kept"
        yield from self._moved

    def _shoot(self, node: Node) -> Node | None:
        """A class the old tree lacks, with those below it that it lacks too; None when nothing is left of it."""
        if not node.children:
            self.leaves[node.id] = self._id(node.id)
            return Node(id=self.leaves[node.id], name=node.name)
        children = []
        for child in node.children:
            if child.id in self._pairs:
                self.take(child, self._pairs[child.id])
            elif shoot := self._shoot(child):
                children.append(shoot)
        return Node(id=self._id(node.id), name=node.name, children=tuple(children)) if children else None

    def _into(self, node: Node, home: Node) -> None:
        """The old class has papers itself, so it takes in those of the new classes below it."""
        if not node.children:
            self.leaves[node.id] = home.id
            self._moved.append(f"{node.name!r} stands below {home.name!r} here; its papers are in {home.id}")
        for child in node.children:
            self.take(child, home)

    def _other(self, group: Node) -> str:
        """The class for papers that stand directly under a group."""
        more = self._more.setdefault(group.id, [])
        name = f"Other {group.name}"
        there = next((node for node in (*group.children, *more) if _is_leaf(node) and node.name == name), None)
        if there is None:
            there = Node(id=self._id(f"other-{group.id}"), name=name)
            more.append(there)
            self.others.add(there.id)
        return there.id

    def _id(self, wanted: str) -> str:
        found = _fresh(wanted, self._taken)
        self._taken.add(found)
        return found


def _is_leaf(node: Node) -> bool:
    return not node.children


def _fresh(wanted: str, taken: set[str]) -> str:
    """An id that nobody has."""
    choices = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(choice for choice in choices if choice not in taken)


def _by_name(nodes: Iterable[Node]) -> dict[str, Node]:
    """Name -> the one class that has it."""
    named: Sequence[tuple[str, Node]] = [(normal(node.name), node) for node in nodes]
    times = Counter(name for name, _ in named)
    return {name: node for name, node in named if times[name] == 1 and name}
