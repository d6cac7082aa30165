"""The drift radar: does it find a class that the taxonomy lacks, and is it silent where none is missing?

Each class of the survey with six papers or more is taken out in turn: its rulebook goes, and its papers are unlisted.
They are mixed with about 60 other doubtful papers: those that an annotator calls in scope and nobody listed, and the
listed papers that placement is least sure of when each is held out. A class is found when a cluster holds four of its
papers or more, and they are half of it or more. Then the same without taking anything out: every cluster is a false
alarm, though a missing class cannot be told from one. The numbers of ``bot/drift.py`` were chosen on these figures.

    .venv/bin/python -m benchmarks.drift --cache FOLDER
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.common import JUDGED, Real, arguments, machine, real_survey, table
from bot import drift, texts
from bot.classify.placement import Placement
from bot.clusters import Cluster
from bot.evaluate import inputs

LEAST, FOUND, HALF = 6, 4, 0.5
OTHERS, DRAWS = 60, 10


class Survey:
    """The survey as the radar sees it, with classes taken out of it."""

    def __init__(self, real: Real, data: Path) -> None:
        verdicts = inputs.verdicts((data / "scope" / JUDGED).read_text(encoding="utf-8"), JUDGED)
        self.papers = {paper: real.library.papers[paper].labels for paper in real.listed}
        self.unlisted = [
            paper
            for paper, both in verdicts.items()
            if "in" in both and paper not in self.papers and paper in real.days
        ]
        self.titles = {paper: real.records[paper].title for paper in [*self.papers, *self.unlisted]}
        self.said = {paper: texts.record_sentences(real.records[paper]) for paper in self.titles}
        self.rules = {label: texts.class_sentences(path) for label, path in real.library.taxonomy.paths.items()}
        self.readings, (self.classes, _) = real.read(list(self.titles)), real.rulebook()

    def of(self, label: str) -> list[str]:
        """The papers of a class."""
        return [paper for paper, labels in self.papers.items() if label in labels]

    def sure(self, without: Sequence[str] = (), out: str = "") -> tuple[dict[str, float], list[float]]:
        """The confidence in every listed paper, held out; and in those ``without``, where the class ``out`` is gone."""
        left = {paper: labels for paper, labels in self.papers.items() if paper not in without}
        placement = Placement([label for label in self.rules if label != out])
        placement.fit(self.classes, {paper: self.readings[paper] for paper in left}, left)
        held_out = placement.held_out
        own = placement.probabilities([self.readings[paper] for paper in without])
        confidence = [float(value) for value in held_out.confidence]
        return dict(zip(held_out.papers, confidence, strict=True)), own.max(axis=1, initial=0.0).tolist()

    def radar(self, doubtful: Sequence[str], without: Sequence[str] = (), out: str = "") -> list[Cluster]:
        """What is found among these papers."""
        left = {paper: labels for paper, labels in self.papers.items() if paper not in without}
        return drift.clustered(
            {paper: self.said[paper] for paper in doubtful},
            {paper: self.said[paper] for paper in left},
            {label: said for label, said in self.rules.items() if label != out},
            left,
        )


def main() -> None:
    """Print the tables."""
    options = arguments(__doc__ or "")
    print(machine())
    data = options.data.resolve()
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        survey = Survey(real_survey(data, options.cache or Path(folder)), data)
        one_out(survey)
        none_out(survey)


def one_out(survey: Survey) -> None:
    """Each large class in turn."""
    rows, seconds, shares, others = list[list[object]](), 0.0, list[float](), 0
    by_weak = 0
    for label in survey.rules:
        own = survey.of(label)
        if len(own) < LEAST:
            continue
        sure, own_sure = survey.sure(own, label)
        filler = sorted(sure, key=lambda paper: sure[paper])[: OTHERS - len(survey.unlisted)]
        began = time.perf_counter()
        found = survey.radar([*own, *survey.unlisted, *filler], own, label)
        seconds += time.perf_counter() - began
        right = [(len(set(one.papers) & set(own)), one) for one in found if _holds(one, own)]
        others += len(found) - len(right)
        many, best = max(right, key=lambda pair: pair[0], default=(0, None))
        shares += [many / len(best.papers)] if best else []
        weak = [paper for paper, value in zip(own, own_sure, strict=True) if value < drift.LOW]
        by_weak += any(_holds(one, own) for one in survey.radar([*weak, *survey.unlisted, *filler], own, label))
        cells = [f"{many} of {len(best.papers)}", ", ".join(best.terms), best.near[0]] if best else ["–", "", ""]
        rows.append([label, len(own), len(weak), *cells, len(found) - len(right)])
    print("\n### One class taken out\n")
    table(["class", "papers", f"below {drift.LOW}", "found", "terms", "nearest class", "other clusters"], rows)
    mean = f"{np.mean(shares):.2f}" if shares else "–"
    print(
        f"\nfound: {len(shares)} of {len(rows)}, purity {mean}; {others} other clusters in {len(rows)} runs; ", end=""
    )
    print(f"{seconds / len(rows):.2f} s a run")
    print(f"found where only its papers below {drift.LOW} are doubtful: {by_weak} of {len(rows)}")


def _holds(cluster: Cluster, own: Sequence[str]) -> bool:
    """Whether it is mostly that class."""
    many = len(set(cluster.papers) & set(own))
    return many >= FOUND and many >= HALF * len(cluster.papers)


def none_out(survey: Survey) -> None:
    """False alarms."""
    sure, _ = survey.sure()
    filler = sorted(sure, key=lambda paper: sure[paper])[: OTHERS - len(survey.unlisted)]
    random, drawn = np.random.default_rng(0), list[int]()
    for _ in range(DRAWS):
        some = random.choice(list(survey.papers), len(filler), replace=False).tolist()
        drawn.append(len(survey.radar([*survey.unlisted, *some])))
    print("\n### Nothing taken out\n")
    print(f"the unlisted and the least sure listed papers: {len(survey.radar([*survey.unlisted, *filler]))} clusters")
    print(f"the unlisted and listed papers drawn at random: {np.mean(drawn):.1f} clusters (mean of {DRAWS} draws)")
    print(f"the unlisted alone ({len(survey.unlisted)}): {len(survey.radar(survey.unlisted))} clusters")


if __name__ == "__main__":
    main()
