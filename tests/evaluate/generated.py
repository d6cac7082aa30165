"""More invented papers on bread than anybody wants to read: as many as a test needs, the same every time."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bot import texts
from bot.evaluate.seams import Corpus, Flow
from bot.models import Library, Paper, Record
from bot.ports import Reading
from bot.scope import KeywordRule
from bot.settings import Scope, Settings, TermGroup
from tests.fabricated import TAXONOMY
from tests.fake_embedder import FakeEmbedder
from tests.generated import labels, paper_id

WORDS = {
    "sourdough": "starter levain lactic wild culture sour feeding microbes",
    "bakers-yeast": "instant dosing cultivated cells dry fresh factory packet",
    "kneading": "gluten folding mixer autolyse stretching speed windowpane turns",
    "steam": "vapour injection valve crust moist lid spritz chamber",
    "stone-hearth": "brick dome firing thermal mass slab wood embers",
}
FILLER = ["loaf", "bread", "bakers", "measure", "simple", "cheap", "evening", "method", "results", "show"]
SETTINGS = Settings(
    file=Path("survey-bot.toml"),
    scope=Scope(
        groups={
            "bread": TermGroup(terms=("loaf", "bread"), required=True),
            "means": TermGroup(terms=("starter", "gluten", "vapour", "brick", "instant"), enough=2),
        }
    ),
)
RULE = KeywordRule(SETTINGS.scope)


def abstract(paper: str, its: Sequence[str]) -> str:
    """Words of its classes among words of no class."""
    rng = np.random.default_rng(int(paper.replace(".", "")))
    own = " ".join(WORDS[label] for label in its).split()
    return " ".join([*rng.choice(own, 8), *rng.choice(FILLER, 8), "loaf"])


def records(count: int) -> dict[str, Record]:
    """Listed papers with their abstracts."""
    return {
        paper: Record(id=paper, title=f"On {its[0]} {paper}", abstract=abstract(paper, its))
        for paper, its in labels(count).items()
    }


def papers(count: int) -> dict[str, Paper]:
    """The same as files of the shelf."""
    return {
        paper: Paper(id=paper, title=f"On {its[0]} {paper}", year=2025, venue="arXiv", labels=its)
        for paper, its in labels(count).items()
    }


def library(count: int) -> Library:
    """The shelf they stand on."""
    return Library(taxonomy=TAXONOMY, papers=papers(count))


def corpus(count: int, planted: Mapping[str, str] | None = None) -> Corpus:
    """``planted``: a sentence appended to the texts of some papers."""
    found = {paper: texts.record_sentences(record) for paper, record in records(count).items()}
    found |= {paper: (*found[paper], words) for paper, words in (planted or {}).items()}
    return Corpus(TAXONOMY, read({**found, **_classes()}), labels(count))


def _classes() -> dict[str, tuple[str, ...]]:
    return {label: texts.class_sentences(path) for label, path in TAXONOMY.paths.items()}


def read(found: Mapping[str, tuple[str, ...]]) -> dict[str, Reading]:
    """A vector for every sentence."""
    return {key: Reading(sentences, FakeEmbedder().encode(sentences)) for key, sentences in found.items()}


def days(count: int) -> dict[str, str]:
    """A listing: three papers of every four that are no bread of ours, and one in four that is."""
    return {paper_id(number): f"20{paper_id(number)[:2]}-{paper_id(number)[2:4]}-15" for number in range(count)}


def arriving(count: int, planted: Mapping[str, str] | None = None) -> dict[str, Record]:
    """The first three of every five papers are on our bread, one on a loaf of sugar, one on boats."""
    found = records(count)
    for number, paper in enumerate(found):
        if number % 5 > 2:
            text = "sugar loaf mountain climbing rope" if number % 5 == 3 else "boats sail by the tide"
            found[paper] = Record(id=paper, title=f"Other {paper}", abstract=text)
    for paper, words in (planted or {}).items():
        found[paper] = found[paper].model_copy(update={"abstract": f"{found[paper].abstract}. {words}"})
    return found


def flow(count: int, planted: Mapping[str, str] | None = None) -> Flow:
    """The same, as they are judged."""
    found = arriving(count, planted)
    kept = {paper: texts.record_sentences(record) for paper, record in found.items() if not RULE.ruled_out(record)}
    statement = read({"": texts.scope_sentences(TAXONOMY.root)})[""]
    return Flow(read({**kept, **_classes()}), statement, frozenset(kept))


def shuffled(of: Corpus, seed: int) -> Corpus:
    """The same papers with their classes dealt out anew: nothing can be learned."""
    order = np.random.default_rng(seed).permutation(list(of.labels))
    return replace(of, labels=dict(zip(of.labels, (of.labels[str(paper)] for paper in order), strict=True)))
