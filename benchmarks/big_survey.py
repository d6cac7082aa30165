"""A survey of 5,000 papers and 300 classes that nobody wrote: how long do fitting and judging take, how much memory?

Words come from a Zipf vocabulary, mixed with words of the class; sentence vectors are random, drawn towards a vector of
the class, so that nothing needs to be embedded. 300 classes with 7 rules each, and 1,000 papers of the flow that are
not listed. Aim: less than a minute and 2 GB, all steps together, on two cores.

    .venv/bin/python -m benchmarks.big_survey
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common import Steps, machine, quiet
from bot import texts
from bot.judge import EmbeddedJudge
from bot.models import Library, Node, Paper, Record, Taxonomy
from bot.ports import Entry, Past, Reading, Vectors
from bot.settings import Scope, Settings, TermGroup
from bot.vectors import pooled
from vectorstore.index import ChromaMemory

PILLARS, RULES, SENTENCES, WORDS = 10, 7, 9, 22
VOCABULARY, OF_A_CLASS, DIMENSIONS = 30_000, 40, 384
TOPIC = "robustica"
"""A word of the subject: all listed papers hold it, and some others."""


class Synthetic:
    """Draws texts, and is their embedder: it knows the vector of every sentence it drew."""

    id, max_chars = "synthetic", 100_000

    def __init__(self, classes: int, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        syllables = [first + vowel for first in "bcdfghjklmnprtvz" for vowel in "aeiou"]
        words = {"".join(self._rng.choice(syllables, size=self._rng.integers(2, 6))) for _ in range(2 * VOCABULARY)}
        self._words = np.array(sorted(words))[self._rng.permutation(len(words))[:VOCABULARY]]
        share = 1 / np.arange(3, len(self._words) + 3)  # Zipf
        self._cumulative = np.cumsum(share) / share.sum()
        self._own = self._rng.integers(200, len(self._words), size=(classes, OF_A_CLASS))
        self._subject = self._rng.normal(size=DIMENSIONS)
        self._direction = self._rng.normal(size=(classes, DIMENSIONS))
        self._known: dict[str, Any] = {}

    @property
    def settings(self) -> Settings:
        """Terms of the subject, and of common words."""
        terms = {"subject": TermGroup(terms=(TOPIC,)), "words": TermGroup(terms=tuple(self._words[:30]), enough=8)}
        return Settings(file=Path("survey-bot.toml"), scope=Scope(groups=terms))

    def text(self, sentences: int, of: int | None, *, topic: bool = True) -> tuple[str, ...]:
        """So many sentences of a paper of the class ``of`` (None: of no class)."""
        found = []
        for _ in range(sentences):
            said = self._words[np.searchsorted(self._cumulative, self._rng.random(WORDS))]
            vector = self._rng.normal(size=DIMENSIONS) + (0.7 * self._subject if topic else 0.0)
            if of is not None:
                own = self._rng.random(WORDS) < 0.03
                said[own] = self._words[self._rng.choice(self._own[of], size=own.sum())]
                vector += 0.15 * self._direction[of]
            sentence = f"We {' '.join(said)} {TOPIC if topic else ''}".strip().capitalize() + "."
            self._known[sentence] = (vector / np.linalg.norm(vector)).astype(np.float32)
            found.append(sentence)
        return tuple(found)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Of sentences it drew."""
        return np.array([self._known[sentence] for sentence in texts], dtype=np.float32)


def survey(made: Synthetic, papers: int, classes: int) -> tuple[Library, list[Entry]]:
    """A survey, and what the memory holds of it."""
    size = classes // PILLARS
    rules = {f"c{leaf}": made.text(RULES, leaf) for leaf in range(classes)}
    leaves = [Node(id=label, name=f"Class {label}", definition=its[0], include=its[1:]) for label, its in rules.items()]
    pillars = [
        Node(id=f"p{at}", name=f"Pillar {at}", children=tuple(leaves[at * size : (at + 1) * size]))
        for at in range(PILLARS)
    ]
    taxonomy = Taxonomy(root=Node(id="survey", name="Survey", definition=f"{TOPIC}.", children=tuple(pillars)))
    entries, listed = [], {}
    for number in range(papers):
        paper = f"{2301 + 100 * (number % 24 // 12) + number % 12}.{number:05d}"
        sentences = made.text(SENTENCES, number % classes)
        labels = tuple(dict.fromkeys((f"c{number % classes}", *([f"c{number % 7}"] if number % 5 == 0 else []))))
        listed[paper] = Paper(id=paper, title=sentences[0], year=2025, venue="arXiv", labels=labels)
        entries.append(Entry(paper, "paper", sentences, labels))
    for label, path in taxonomy.paths.items():
        sentences = texts.class_sentences(path)
        made._known[sentences[0]] = made._known[sentences[1]]  # the names
        entries.append(Entry(label, "class", sentences))
    return Library(taxonomy=taxonomy, papers=listed), entries


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, default in (("papers", 5000), ("classes", 300), ("flow", 1000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        _run(asked.papers, asked.classes, asked.flow, Path(folder))


def _run(papers: int, classes: int, count: int, folder: Path) -> None:
    steps, made = Steps(), Synthetic(classes, seed=0)
    library, entries = survey(made, papers, classes)
    flow = [made.text(SENTENCES, at % classes if at % 10 == 0 else None, topic=at % 5 == 0) for at in range(count)]
    memory = ChromaMemory(made, folder / "index", "", "big", vectors=folder / "vectors", key_file=folder / "key")
    with steps.step(f"index {papers} papers and {classes} classes"):
        memory.update(entries, "", quiet)
    with steps.step("the same again: nothing changed"):
        memory.update(entries, "", quiet)
    statement, *readings = memory.read([made.text(2, None), *flow], quiet, "reading")
    seen = {f"2412.{number:05d}": reading for number, reading in enumerate(readings)}
    past = Past(memory.readings("paper"), memory.readings("class"), statement, seen, weeks=13)
    judge = EmbeddedJudge(library, made.settings)
    with steps.step("fit the judge"):
        notes = judge.fit(past)
    with steps.step(f"nearest {judge.neighbours} of {count} papers"):
        near = memory.nearest(np.array([pooled(reading) for reading in readings]), judge.neighbours)
    with steps.step(f"judge {count} papers"):
        judged = [_judged(judge, *one) for one in zip(seen, readings, near, strict=True)]
    memory.close()
    steps.show()
    _sense(judge, judged, classes, notes)


def _judged(judge: EmbeddedJudge, paper: str, reading: Reading, near: Any) -> Any:
    title, *abstract = reading.sentences
    return judge.judge(Record(id=paper, title=title, abstract=" ".join(abstract)), reading, near, ())


def _sense(judge: EmbeddedJudge, judged: Sequence[Any], classes: int, notes: Sequence[str]) -> None:
    """That it learned something: the figures would mean nothing otherwise."""
    right = np.mean([one.labels[0] == f"c{10 * at % classes}" for at, one in enumerate(judged[::10])])
    held = judge.placement.held_out.right.mean()
    print(f"right class: {held:.2f} of the listed papers (each by the others), {right:.2f} of the new; notes: {notes}")


if __name__ == "__main__":
    main()
