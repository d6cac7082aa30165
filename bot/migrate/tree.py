"""What becomes of classes and papers when a class is renamed, moved, merged, split or retired.

A class is named by its id, by an id that it had, or by its name. Every function raises DataError for what cannot be
done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.errors import DataError
from bot.migrate import nodes, rules
from bot.models import Library, Node, Paper, Taxonomy

Ranking = Mapping[str, Sequence[tuple[str, float]]]
"""Of papers by id: leaves with their probability, the best first. Papers that nothing is known of are missing."""
Place = Callable[[Taxonomy, Iterable[str]], Ranking]
"""Who proposes classes of a taxonomy for papers."""
SURE = 0.6
"""A proposal less probable than this is left for a human to look at."""


class Doubt(NamedTuple):
    """A paper that a human must decide on; ``ranked``: the classes that were proposed, the best first."""

    paper: str
    sentence: str
    ranked: tuple[tuple[str, float], ...] = ()


class Migration(NamedTuple):
    """A change of the taxonomy: ``before``, ``after``, in words, and what a human must look at."""

    name: str
    """Of lower-case letters, digits and hyphens: ``rename-quantization``."""
    sentence: str
    before: Library
    after: Library
    heirs: Mapping[str, str] = {}
    """Id of a class that is gone -> id of what takes its place: another class, or the group that it stood in."""
    ended: str = ""
    """Id of a class that no paper can be in any more, split or retired: labels that name it must be changed by hand."""
    doubts: tuple[Doubt, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else to look at, one sentence each."""

    @property
    def papers(self) -> dict[str, Paper]:
        """The papers whose file changes, as they will be."""
        return {key: one for key, one in self.after.papers.items() if self.before.papers[key] != one}


def rename(library: Library, label: str, name: str, new_id: str = "") -> Migration:
    """Give a class, a group or a pillar another name; with ``new_id`` another id too, and the old one is an alias."""
    taxonomy = library.taxonomy
    old, name = nodes.inner(taxonomy, label), nodes.named(name)
    update: dict[str, object] = {"name": name}
    known = ""
    if new_id and new_id != old.id:
        if new_id not in old.aliases:
            nodes.free(library, [new_id])
        aliases = dict.fromkeys((*old.aliases, old.id))
        update |= {"id": new_id, "aliases": tuple(alias for alias in aliases if alias != new_id)}
        known = f", and has the id {new_id}"
    elif name == old.name:
        raise DataError("it has that name already", where=f"class {old.id}", remedy="give another name")
    nodes.alone(nodes.parent(taxonomy, old.id).children, name, but=old.id)
    taxonomy = nodes.replaced(taxonomy, {old.id: old.model_copy(update=update)})
    taxonomy = rules.pointed(taxonomy, {old.name}, name)
    remarks = rules.speaking_of(taxonomy, old.name) if name != old.name else ()
    sentence = f"{old.name} is called {name} now{known}." if name != old.name else f"{name} has the id {new_id} now."
    return _migration(f"rename-{old.id}", sentence, library, taxonomy, remarks=remarks)


def move(library: Library, label: str, under: str) -> Migration:
    """Put a class or group below another group, pillar or the survey itself, as its last."""
    taxonomy = library.taxonomy
    node, parent = nodes.inner(taxonomy, label), nodes.find(taxonomy, under)
    where = f"class {node.id}"
    if parent.id in {below.id for below in node.walk()}:
        raise DataError(f"{parent.id} is {node.id} itself, or below it", where=where, remedy="name another place")
    if nodes.parent(taxonomy, node.id).id == parent.id:
        raise DataError(f"it stands under {parent.id} already", where=where, remedy="name another place")
    if not parent.children:
        raise DataError(f"{parent.id} is a class, and no group", where=where, remedy="name a group, or split that one")
    nodes.alone(parent.children, node.name)
    nodes.not_last(taxonomy, node)
    taxonomy = nodes.replaced(taxonomy, {node.id: None})
    fresh = nodes.find(taxonomy, parent.id)
    grown = fresh.model_copy(update={"children": (*fresh.children, node)})
    root = parent.id == taxonomy.root.id
    taxonomy = Taxonomy(root=grown) if root else nodes.replaced(taxonomy, {fresh.id: grown})
    place = "is a pillar now" if root else f"stands under {parent.name} now"
    return _migration(f"move-{node.id}", f"{node.name} {place}.", library, taxonomy)


def merge(library: Library, labels: Sequence[str], into: str) -> Migration:
    """Put all papers and rules of some classes into another; their ids become its aliases."""
    taxonomy = library.taxonomy
    target = nodes.leaf(taxonomy, into)
    gone = list({node.id: node for node in (nodes.leaf(taxonomy, label) for label in labels)}.values())
    if not gone or target.id in {node.id for node in gone}:
        was = next((f": {label} is its id, or was" for label in labels if label in target.aliases), "")
        what = f"a class cannot be merged with itself{was}"
        raise DataError(what, where=f"class {target.id}", remedy="name another one")
    for node in gone:
        nodes.not_last(taxonomy, node)
        taxonomy = nodes.replaced(taxonomy, {node.id: None})
    merged, remarks = rules.united(target, gone)
    taxonomy = nodes.replaced(taxonomy, {target.id: merged})
    for node in gone:
        taxonomy = rules.pointed(taxonomy, {node.name}, target.name)
        remarks += rules.speaking_of(taxonomy, node.name) if node.name != target.name else ()
    names = ", ".join(node.name for node in gone)
    return _migration(
        f"merge-{'-'.join(node.id for node in gone)}-into-{target.id}",
        f"{names} and {target.name} are one class now, {target.name}.",
        library,
        taxonomy,
        {node.id: target.id for node in gone},
        remarks=remarks,
    )


def split(library: Library, label: str, parts: Sequence[Node], place: Place) -> Migration:
    """Make a group of a class, with these classes below it; its papers go where ``place`` thinks they belong."""
    node = nodes.leaf(library.taxonomy, label)
    where = f"class {node.id}"
    if len(parts) < 2:
        raise DataError("a class is split into two or more", where=where, remedy="name the parts")
    if any(part.children for part in parts):
        raise DataError("a new class has classes below it", where=where, remedy="split in two steps")
    nodes.free(library, [name for part in parts for name in (part.id, *part.aliases)])
    parts = [part.model_copy(update={"name": nodes.named(part.name)}) for part in parts]
    for count, part in enumerate(parts):
        nodes.alone(parts[:count], part.name)
    group = node.model_copy(update={"children": tuple(parts)})
    taxonomy = nodes.replaced(library.taxonomy, {node.id: group})
    mine = [key for key, labels in _labels(library).items() if node.id in labels]
    ranked = _among(place(taxonomy, mine), parts) if mine else {}
    chosen, doubts = _chosen(mine, ranked, parts[0], f"Which part of {node.name}?")
    names = " and ".join((", ".join(part.name for part in parts[:-1]), parts[-1].name))
    papers = {key: _relabelled(library, key, node.id, chosen[key]) for key in mine}
    sentence = f"{node.name} is a group now, of {names}."
    return _migration(f"split-{node.id}", sentence, library, taxonomy, ended=node.id, papers=papers, doubts=doubts)


def retire(library: Library, label: str, place: Place) -> Migration:
    """Take a class out. Papers that stand in no other go where ``place`` thinks they belong best."""
    node = nodes.leaf(library.taxonomy, label)
    nodes.not_last(library.taxonomy, node)
    taxonomy = nodes.replaced(library.taxonomy, {node.id: None})
    mine = {key: labels for key, labels in _labels(library).items() if node.id in labels}
    homeless = [key for key, labels in mine.items() if len(labels) == 1]
    ranked = place(taxonomy, homeless) if homeless else {}
    missing = [key for key in homeless if not ranked.get(key)]
    if missing:
        raise DataError(
            f"nothing is known of {', '.join(missing[:3])}, and no other class has it",
            where=f"class {node.id}",
            remedy=f"give it another label first, or merge {node.id} into another class",
        )
    question = f"It stood in {node.name} alone: where now?"
    doubts = [Doubt(key, question, tuple(ranked[key][:3])) for key in homeless]
    papers = {key: _relabelled(library, key, node.id, ranked[key][0][0] if key in homeless else "") for key in mine}
    return _migration(
        f"retire-{node.id}",
        f"{node.name} is no class any more.",
        library,
        taxonomy,
        {node.id: nodes.parent(library.taxonomy, node.id).id},
        ended=node.id,
        papers=papers,
        doubts=doubts,
        remarks=rules.speaking_of(taxonomy, node.name),
    )


# --- papers ----------------------------------------------------------------------------------------------------------


def _labels(library: Library) -> dict[str, tuple[str, ...]]:
    return {key: library.taxonomy.current(paper.labels) for key, paper in library.papers.items()}


def _among(ranked: Ranking, parts: Sequence[Node]) -> Ranking:
    """The same of these classes only, their probabilities as shares of what they have together.

    Ranked among all classes, because what tells classes apart is learnt from papers, and the new ones have none yet.
    """
    found: dict[str, list[tuple[str, float]]] = {}
    for paper, ranks in ranked.items():
        own = [(label, share) for label, share in ranks if label in {part.id for part in parts}]
        total = sum(share for _, share in own)
        found[paper] = [(label, share / total) for label, share in own] if total else []
    return found


def _chosen(papers: Iterable[str], ranked: Ranking, first: Node, why: str) -> tuple[dict[str, str], list[Doubt]]:
    """The best class of each paper, and those papers of which that is not sure enough."""
    chosen, doubts = dict[str, str](), list[Doubt]()
    for paper in papers:
        best = tuple(ranked.get(paper) or ())
        chosen[paper] = best[0][0] if best else first.id
        if not best:
            doubts.append(Doubt(paper, f"{why} Nothing is known of it, so it stands in {first.name}."))
        elif best[0][1] < SURE:
            doubts.append(Doubt(paper, why, best[:3]))
    return chosen, doubts


def _relabelled(library: Library, key: str, old: str, new: str) -> Paper:
    """The paper with ``new`` (or nothing) where ``old`` stood."""
    paper = library.papers[key]
    labels = (new if label == old else label for label in library.taxonomy.current(paper.labels))
    return paper.model_copy(update={"labels": tuple(dict.fromkeys(label for label in labels if label))})


def _migration(
    name: str,
    sentence: str,
    library: Library,
    taxonomy: Taxonomy,
    heirs: Mapping[str, str] | None = None,
    *,
    ended: str = "",
    papers: Mapping[str, Paper] | None = None,
    doubts: Iterable[Doubt] = (),
    remarks: Iterable[str] = (),
) -> Migration:
    """Papers are labelled by the ids of tomorrow, and those of today where nothing becomes of them."""
    after = Library(taxonomy=taxonomy, papers={**library.papers, **(papers or {})}).under_current_ids()
    name = name[:80].rstrip("-")
    return Migration(name, sentence, library, after, heirs or {}, ended, tuple(doubts), tuple(remarks))
