"""The survey's own text against its list: methods it places elsewhere, and methods that are not listed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot import names
from bot.advice.piece import Advice, Known, Mention

FILE = "mentions.tsv"
"""Beside ``taxonomy.yaml``, optional: below a line of heads a method, a tab and a class in every line."""
_NEAR = 3


def parse(text: str) -> tuple[list[Mention], list[str]]:
    """The lines of the file, and one sentence on each that cannot be read."""
    found, notes = [], []
    for number, line in enumerate(text.splitlines()[1:], 2):
        name, _, label = (part.strip() for part in line.partition("\t"))
        if name and label and "\t" not in label:
            found.append(Mention(name, label))
        elif line.strip():
            notes.append(f"{FILE}, line {number}: a line is a method, a tab and a class; it was passed over")
    return list(dict.fromkeys(found)), notes


def unknown_classes(known: Known) -> list[str]:
    """One sentence on the mentions whose class is none of this survey's leaves."""
    leaves = known.library.taxonomy.paths
    nodes = {one.label: names.class_of(one.label, known.library.taxonomy) for one in known.mentions}
    wrong = [label for label, node in nodes.items() if node is None or node.id not in leaves]
    return [f"{FILE}: {', '.join(wrong)} is no class that papers are in; its lines were passed over"] if wrong else []


def mentioned(known: Known) -> Iterator[Advice]:
    """What the text says of a method, and the list does not."""
    for name, (labels, meant) in known.text.items():
        if not meant:
            yield _not_listed(known, name, labels)
            continue
        listed = {label for key in meant for label in known.library.papers[key].labels}
        if missing := [label for label in labels if label not in listed]:
            yield _differs(known, name, meant, missing)


def _not_listed(known: Known, name: str, labels: Sequence[str]) -> Advice:
    near = names.nearest(name, known.library, known.records)[:_NEAR]
    evidence = (f"spelled most like it: {', '.join(near)}",) if near else ()
    sentence = (
        f"the text names {name} ({known.classes(labels)}), and no listed paper is known by that name: "
        f"add it, or write `short: {name}` into its file"
    )
    return Advice("not-listed", sentence, evidence, (), tuple(labels), 0.5)


def _differs(known: Known, name: str, meant: Sequence[str], missing: Sequence[str]) -> Advice:
    key = meant[0]
    listed = known.library.papers[key].labels
    called = known.named(key) if known.library.papers[key].short_name == name else f"{name}, {known.named(key)},"
    evidence, chance = [], 0.0
    if known.learned and key in known.row:
        probability = known.learned.placement.held_out.probability[known.row[key]]
        told = (f"{known.classes([label])} {probability[known.column[label]]:.2f}" for label in (*missing, *listed))
        read = "title and abstract" if key in known.records else "title alone"
        evidence.append(f"by its {read}: {', '.join(told)}")
        chance = max(float(probability[known.column[label]]) for label in missing)
    evidence += [f"the name may also mean {', '.join(map(known.named, meant[1:]))}"] if meant[1:] else []
    sentence = f"the text places {called} in {known.classes(missing)}, the list in {known.classes(listed)}"
    return Advice("text-differs", sentence, tuple(evidence), (key,), tuple(missing), 0.5 + 0.4 * chance)
