"""Rules of classes that speak of other classes: they follow a new name, and what is left to read again is told.

A rule points to a class when it ends with its name behind a colon: ``removing tokens: Token Optimization``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from bot.migrate.nodes import replaced
from bot.models import Node, Taxonomy


def points_to(rule: str, names: Collection[str]) -> bool:
    """Whether it ends with one of these names behind a colon."""
    return rule.rpartition(": ")[2].rstrip(".") in names and ": " in rule


def pointed(taxonomy: Taxonomy, old: Collection[str], new: str) -> Taxonomy:
    """The tree with every rule that points to one of the old names pointing to the new one."""

    def told(rules: Iterable[str]) -> tuple[str, ...]:
        return tuple(_swapped(rule, new) if points_to(rule, old) else rule for rule in rules)

    for node in list(taxonomy.root.walk()):
        update = {"include": told(node.include), "exclude": told(node.exclude)}
        if (update["include"], update["exclude"]) == (node.include, node.exclude):
            continue
        if node.id == taxonomy.root.id:
            taxonomy = Taxonomy(root=taxonomy.root.model_copy(update=update))
        else:
            fresh = next(one for one in taxonomy.root.walk() if one.id == node.id)
            taxonomy = replaced(taxonomy, {node.id: fresh.model_copy(update=update)})
    return taxonomy


def speaking_of(taxonomy: Taxonomy, name: str) -> Iterator[str]:
    """A sentence on every rule that holds this name, so that somebody reads it again."""
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for node in taxonomy.root.walk():
        for rule in (node.definition, *node.include, *node.exclude):
            if word.search(rule):
                yield f"A rule of {node.name} still speaks of {name}: {rule}"


def united(target: Node, gone: Collection[Node]) -> tuple[Node, list[str]]:
    """The target with the rules and ids of classes that are merged into it, and what somebody must look at.

    Rules that told these classes from each other are dropped, and quoted.
    """
    names = {target.name, *(node.name for node in gone)}
    added = [rule for node in gone for rule in (node.definition, *node.include) if rule]
    kept = [rule for node in (target, *gone) for rule in node.exclude if not points_to(rule, names)]
    dropped = [rule for node in (target, *gone) for rule in node.exclude if points_to(rule, names)]
    merged = target.model_copy(
        update={
            "include": tuple(dict.fromkeys([*target.include, *added])),
            "exclude": tuple(dict.fromkeys(kept)),
            "aliases": (*target.aliases, *(name for node in gone for name in (node.id, *node.aliases))),
        }
    )
    remarks = [f"The rules of several classes stand under {target.name} now: make one text of them."] if added else []
    return merged, remarks + [f"A rule that told merged classes apart was dropped: {rule}" for rule in dropped]


def _swapped(rule: str, new: str) -> str:
    return f"{rule.rpartition(': ')[0]}: {new}{'.' if rule.endswith('.') else ''}"
