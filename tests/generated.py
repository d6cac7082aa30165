"""More invented papers on bread than anybody wants to read, and readings of them: the same every time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import numpy as np

from bot import texts
from bot.models import Record
from bot.ports import Past, Reading
from bot.scope import KeywordRule
from bot.settings import Scope, TermGroup
from tests.fabricated import PAPERS, RECORDS, TAXONOMY
from tests.fake_embedder import DIMENSIONS, FakeEmbedder

WORDS = {
    "sourdough": ["starter", "levain", "lactic", "wild", "culture", "sour", "feeding", "microbes"],
    "bakers-yeast": ["instant", "dosing", "cultivated", "cells", "dry", "fresh", "factory", "packet"],
    "kneading": ["gluten", "folding", "mixer", "autolyse", "stretching", "speed", "windowpane", "turns"],
    "steam": ["vapour", "injection", "valve", "crust", "moist", "lid", "spritz", "chamber"],
    "stone-hearth": ["brick", "dome", "firing", "thermal", "mass", "slab", "wood", "embers"],
}
FILLER = [
    "bakers",
    "measure",
    "simple",
    "evening",
    "method",
    "results",
    "show",
    "study",
    "quality",
    "compare",
    "night",
    "kitchen",
]
ELSEWHERE = [
    "sugar",
    "mountain",
    "climbing",
    "rope",
    "boats",
    "sail",
    "tide",
    "violin",
    "strings",
    "contracts",
    "galaxies",
    "motor",
]
RULE = KeywordRule(
    Scope(
        groups={
            "bread": TermGroup(terms=("loaf", "bread"), required=True),
            "means": TermGroup(terms=("starter", "gluten", "vapour", "brick", "instant", "crust"), enough=2),
        }
    )
)
_EMBEDDER = FakeEmbedder()


def reading(*sentences: str) -> Reading:
    """As the memory gives it."""
    vectors = _EMBEDDER.encode(sentences) if sentences else np.zeros((0, DIMENSIONS), dtype=np.float32)
    return Reading(sentences, vectors)


def read(records: Mapping[str, Record]) -> dict[str, Reading]:
    """Readings of papers by id."""
    return {paper: reading(*texts.record_sentences(record)) for paper, record in records.items()}


CLASSES = {label: reading(*texts.class_sentences(path)) for label, path in TAXONOMY.paths.items()}
STATEMENT = reading(*texts.scope_sentences(TAXONOMY.root))
FABRICATED = {paper.id: reading(*texts.paper_sentences(paper, RECORDS.get(paper.id))) for paper in PAPERS.values()}
"""The seven papers of ``tests.fabricated``."""


def paper_id(number: int) -> str:
    """The ``number``-th paper; ten of them a month, from January 2024 on."""
    month = number // 10
    return f"{24 + month // 12:02}{month % 12 + 1:02}.{10000 + number}"


def labels(count: int) -> dict[str, tuple[str, ...]]:
    """Classes in turn; every fifth paper is in two."""
    names = list(WORDS)
    return {
        paper_id(number): (names[number % 5], names[(number + 1) % 5])[: 2 if number % 5 == 4 else 1]
        for number in range(count)
    }


def record(paper: str, its: Sequence[str], *, clear: float = 0.7) -> Record:
    """A paper of these classes: so large a ``clear`` share of its telling words is theirs, the rest of any class."""
    rng = np.random.default_rng(int(paper.replace(".", "")))
    own, others = [word for label in its for word in WORDS[label]], [word for its in WORDS.values() for word in its]
    telling = [str(rng.choice(own if rng.random() < clear else others)) for _ in range(8)]
    filler = rng.choice(FILLER, 8).tolist()
    return Record(
        id=paper,
        title=f"On a loaf, study {paper[-3:]}",
        abstract=f"The loaf: {' '.join(filler)}. We use {' '.join(telling)}.",
        published=date(2000 + int(paper[:2]), int(paper[2:4]), 1) + timedelta(days=int(paper[-1]) * 3),
    )


def listed(count: int, *, clear: float = 0.7) -> dict[str, Record]:
    """Listed papers of classes in turn."""
    return {paper: record(paper, its, clear=clear) for paper, its in labels(count).items()}


def elsewhere(paper: str) -> Record:
    """A paper about something else that holds the word loaf."""
    rng = np.random.default_rng(int(paper.replace(".", "")))
    abstract = f"The loaf: {' '.join(rng.choice(FILLER, 8))}. We use {' '.join(rng.choice(ELSEWHERE, 8))}."
    return Record(id=paper, title=f"A loaf of sugar, study {paper[-3:]}", abstract=abstract)


def flow(count: int, *, belonging: int = 4, start: int = 0) -> dict[str, Record]:
    """Unlisted papers of the same months: every ``belonging``-th is about our bread (nobody listed it), no other is."""
    names = list(WORDS)
    ids = [paper_id(number)[:5] + f"{50000 + number}" for number in range(start, start + count)]
    return {
        paper: record(paper, [names[number % 5]]) if number % belonging == 0 else elsewhere(paper)
        for number, paper in enumerate(ids)
    }


def past(papers: int = 40, seen: int = 80, refused: Iterable[str] = (), weeks: float = 0.0) -> Past:
    """What a judge learns from in a survey of so many listed papers, after so many others came by."""
    return Past(read(listed(papers)), CLASSES, STATEMENT, read(flow(seen)), frozenset(refused), weeks)
