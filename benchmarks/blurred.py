"""Does `check --deep` see two classes whose definitions say the same in other words?

A class of the real survey is cut in half at random, and the second half gets its definition in other words.

    python -m benchmarks.blurred --data ../shared [--cache FOLDER]
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.common import Real, arguments, machine, quiet, real_survey, table
from bot import texts
from bot.advice import Known, Learned
from bot.advice.classes import blurred
from bot.classify.placement import Placement
from bot.models import Library, Node, Taxonomy
from bot.ports import Reading

SEEDS = 5
HALVES = {
    "token-optimization": Node(
        id="shorter-sequences",
        name="Shorter Sequences",
        definition="Shortens what the transformer has to read. Image patches that carry little for the task are "
        "discarded, fused or remembered from the frame before, while the depth of the network is left alone.",
        include=(
            "dropping or fusing image patches that matter little",
            "remembering features of a still background across frames",
            "cutting the length of inputs and outputs without training",
        ),
    ),
    "quantization": Node(
        id="low-precision",
        name="Low Precision",
        definition="Represents parameters and intermediate values at reduced numerical precision, so that the policy "
        "needs less storage and runs faster on small boards.",
        include=("reduced precision arithmetic, with or without further training", "one-bit and few-bit parameters"),
    ),
    "layer-pruning": Node(
        id="shallower-networks",
        name="Shallower Networks",
        definition="Runs less of the backbone. Blocks that contribute little are cut out or bypassed, always or "
        "depending on how hard the scene is.",
        include=("cutting out blocks or neurons", "leaving the network early", "bypassing blocks by a learned gate"),
    ),
}
"""Class -> the same in other words."""


def main() -> None:
    """Print what is told of the halves, and of the survey as it is."""
    options = arguments(__doc__ or "")
    print(machine())
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        real = real_survey(options.data.resolve(), options.cache or Path(folder, "cache"))
        papers = real.read(real.listed)
        labels = {key: real.library.papers[key].labels for key in real.listed}
        print("as it is:", _told(real, papers, real.library.taxonomy, labels) or "nothing")
        rows = []
        for label, half in HALVES.items():
            taxonomy = _beside(real.library.taxonomy, label, half)
            told = [_told(real, papers, taxonomy, _halved(labels, label, half.id, seed)) for seed in range(SEEDS)]
            right = sum((label, half.id) in pairs for pairs in told)
            rows.append([label, f"{right} of {SEEDS}", sum(len(pairs) for pairs in told) - right])
    table(("class cut in half", "told", "other pairs told"), rows)


def _beside(taxonomy: Taxonomy, label: str, half: Node) -> Taxonomy:
    def grown(node: Node) -> Node:
        children = (grown(child) for child in node.children)
        more = ((child, half) if child.id == label else (child,) for child in children)
        return node.model_copy(update={"children": tuple(one for some in more for one in some)})

    return Taxonomy(root=grown(taxonomy.root))


def _halved(labels: Mapping[str, Sequence[str]], label: str, half: str, seed: int) -> dict[str, tuple[str, ...]]:
    its = [key for key, own in labels.items() if label in own]
    moved = set(np.random.default_rng(seed).choice(its, len(its) // 2, replace=False).tolist())
    return {key: tuple(half if one == label and key in moved else one for one in own) for key, own in labels.items()}


def _told(
    real: Real, papers: Mapping[str, Reading], taxonomy: Taxonomy, labels: Mapping[str, Sequence[str]]
) -> list[tuple[str, ...]]:
    """The pairs of classes that are told not to be kept apart."""
    rulebook = [texts.class_sentences(path) for path in taxonomy.paths.values()]
    classes = dict(zip(taxonomy.paths, real.memory.read(rulebook, quiet, "reading"), strict=True))
    model = Placement(list(taxonomy.paths))
    model.fit(classes, papers, labels)
    listed = {key: real.library.papers[key].model_copy(update={"labels": own}) for key, own in labels.items()}
    records = {key: real.records[key] for key in listed}
    known = Known(Library(taxonomy=taxonomy, papers=listed), records, learned=Learned(papers, classes, model))
    return [piece.classes for piece in blurred(known)]


if __name__ == "__main__":
    main()
