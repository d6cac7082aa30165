"""Leave-one-out accuracy of the placement on this repository's survey, beside the vote of neighbours.

Each listed paper with an abstract is placed by a model that never saw it: vocabulary, regressions and neighbours are
made without it. A guess is right when it is any of the paper's classes.

    .venv/bin/python -m benchmarks.placement
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import numpy as np

from benchmarks.common import ROOT, abstracts, arguments, machine
from bot import texts
from bot.adapters.shelf import Shelf
from bot.classify.placement import Placement
from bot.models import Ranked
from bot.ports import Vector
from bot.settings import load
from vectorstore import embedders
from vectorstore.text import pool, windows


def main() -> None:
    """Print the figures."""
    data = arguments(__doc__ or "").data
    library = Shelf(ROOT / "taxonomy").load()
    taxonomy = library.taxonomy
    entries = {label: texts.class_text(path) for label, path in taxonomy.paths.items()}
    for record in abstracts(data):
        if record["id"] in library.papers:
            entries[record["id"]] = f"{record['title']}. {' '.join(record['abstract'].split())}"
    papers = [paper_id for paper_id in library.papers if paper_id in entries]
    labels = {paper_id: library.papers[paper_id].labels for paper_id in papers}
    vectors = _vectors(entries)
    leaves = list(taxonomy.paths)
    ours, vote = {}, {}
    for held in papers:
        rest = {paper_id: labels[paper_id] for paper_id in papers if paper_id != held}
        placement = Placement(leaves)
        placement.fit(entries, rest, vectors)
        ours[held] = placement.rank(entries[held], vectors[held])
        near = sorted(rest, key=lambda other: -float(vectors[other] @ vectors[held]))[:5]
        votes = Counter(label for other in near for label in rest[other])
        vote[held] = [label for label, _ in votes.most_common()]
    print(f"{machine()}\n{len(papers)} papers, {len(leaves)} classes, leave-one-out")
    _report("placement", {held: [ranked.label for ranked in found] for held, found in ours.items()}, labels, taxonomy)
    _report("vote of 5 neighbours", vote, labels, taxonomy)
    _lanes(ours, labels)


def _vectors(entries: dict[str, str]) -> dict[str, Vector]:
    with tempfile.TemporaryDirectory() as cache:
        embedder = embedders.load(load(ROOT / "survey-bot.toml").embedder, Path(cache))
        found = {}
        for key, text in entries.items():
            parts = windows(text, embedder.max_chars)
            found[key] = pool(embedder.encode(parts), [len(part) for part in parts])
        return found


def _report(name, ranked, labels, taxonomy) -> None:  # type: ignore[no-untyped-def]
    first = np.array([bool(found) and found[0] in labels[held] for held, found in ranked.items()])
    top3 = np.array([bool(set(found[:3]) & set(labels[held])) for held, found in ranked.items()])
    pillar = np.array(
        [
            bool(found) and taxonomy.pillar(found[0]).id in {taxonomy.pillar(label).id for label in labels[held]}
            for held, found in ranked.items()
        ]
    )
    macro = [first[[label in labels[held] for held in ranked]].mean() for label in taxonomy.paths]
    print(
        f"{name}: top-1 {first.mean():.2f}, a right class in top 3 {top3.mean():.2f}, "
        f"pillar {pillar.mean():.2f}, macro top-1 {np.mean(macro):.2f}"
    )


def _lanes(ranked: dict[str, tuple[Ranked, ...]], labels: dict[str, tuple[str, ...]]) -> None:
    for line in (0.3, 0.4, 0.5, 0.6, 0.8):
        sure = [found[0].label in labels[held] for held, found in ranked.items() if found[0].probability >= line]
        print(f"   confidence from {line}: {len(sure)} papers, {np.mean(sure):.2f} right")
    print(f"   mean confidence {np.mean([found[0].probability for found in ranked.values()]):.2f}")


if __name__ == "__main__":
    main()
