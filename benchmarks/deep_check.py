"""What ``survey-bot check --deep`` finds of errors that were put into the real list, and how long it takes.

Papers are moved to a wrong class and second labels are dropped, at random; what the list itself has wrong counts as
wrong advice here, so the shares that are right are lower bounds. *Found*: a moved paper is told, or a paper with the
very class that was dropped from it. *Mended*: what is found is put right and the list is checked again, up to five
times. Time: of the command on 1,000 papers of the listing, each under the class whose definition its words are most
like; the first time with nothing but the converted model in the cache, then again.

    .venv/bin/python -m benchmarks.deep_check --cache FOLDER
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.common import ROOT, Real, arguments, machine, measure, real_survey, survey_bot, table
from bot import texts
from bot.adapters.shelf import Shelf
from bot.advice import Advice, Known, Learned, advise
from bot.advice.placed import STRONG, placed
from bot.classify import words
from bot.classify.placement import Placement
from bot.models import Library, Paper
from bot.ports import Reading

SEEDS, ROUNDS = 10, 5
PLANTED = (0, 0), (6, 4), (30, 20)
"""Papers moved, and second labels dropped."""
FIRST = 5, 10, 20, 30, 50
MANY = 1000

Labels = Mapping[str, tuple[str, ...]]


def main() -> None:
    """Print the tables."""
    options = arguments(__doc__ or "")
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        cache = options.cache or Path(folder, "cache")
        real = real_survey(options.data.resolve(), cache)
        with threadpool_limits(1):
            survey = Survey(real, real.read(real.listed), real.rulebook()[0])
            show_found(survey)
        show_time(real, Path(folder), cache)


class Survey(NamedTuple):
    """The real survey, read."""

    real: Real
    papers: Mapping[str, Reading]
    classes: Mapping[str, Reading]

    def under(self, labels: Labels) -> Known:
        """What would be known if the papers stood under these labels."""
        library = self.real.library
        papers = {key: library.papers[key].model_copy(update={"labels": its}) for key, its in labels.items()}
        model = Placement(list(library.taxonomy.paths))
        model.fit(self.classes, self.papers, labels)
        records = {key: self.real.records[key] for key in papers}
        learned = Learned(self.papers, self.classes, model)
        return Known(Library(taxonomy=library.taxonomy, papers=papers), records, learned=learned)


class Errors(NamedTuple):
    """Labels with errors in them, and which."""

    labels: dict[str, tuple[str, ...]]
    moved: frozenset[str]
    dropped: dict[str, str]

    def found(self, one: Advice) -> bool:
        """Whether a piece of advice is about one of them."""
        (paper,) = one.papers
        return paper in self.moved or self.dropped.get(paper) in one.classes


def planted(real: Real, moved: int, dropped: int, seed: int) -> Errors:
    """Move some papers to a class that is none of theirs, and drop one label of others that have several."""
    rng = np.random.default_rng(seed)
    labels = {key: real.library.papers[key].labels for key in real.listed}
    strangers = [str(one) for one in rng.choice(list(labels), moved, replace=False)]
    several = [key for key, its in labels.items() if len(its) > 1 and key not in strangers]
    lost = {str(key): str(rng.choice(labels[key])) for key in rng.choice(several, dropped, replace=False)}
    labels |= {key: tuple(label for label in labels[key] if label != gone) for key, gone in lost.items()}
    for key in strangers:
        others = [label for label in real.library.taxonomy.paths if label not in labels[key]]
        labels[key] = (str(rng.choice(others)),)
    return Errors(labels, frozenset(strangers), lost)


# --- what is found ----------------------------------------------------------------------------------------------------


def show_found(survey: Survey) -> None:
    """Of planted errors, in the first so many pieces, and above the line."""
    rows, lines = [], []
    for moved, dropped in PLANTED:
        errors = [planted(survey.real, moved, dropped, seed) for seed in range(SEEDS if moved else 1)]
        ranked = [sorted(placed(survey.under(one.labels), 0.0), key=lambda piece: -piece.weight) for one in errors]
        if moved:
            rows += [_at(moved, dropped, first, errors, ranked) for first in FIRST]
        lines.append(_told(survey, moved, dropped, errors, ranked))
    print("\nthe strongest disagreements about classes")
    table(("planted", "first N", "found", "share right", "right class named"), rows)
    print(f"\nabove the line ({STRONG})")
    head = "planted", "told", "found", "`wrong-class` of moved", "`second-label` of dropped", "mended and checked again"
    table(head, lines)
    pieces = advise(survey.under({key: survey.real.library.papers[key].labels for key in survey.real.listed}))
    kinds = dict.fromkeys(one.kind for one in pieces)
    print("\nthe real list:", ", ".join(f"{kind} {sum(one.kind == kind for one in pieces)}" for kind in kinds))


def _at(moved: int, dropped: int, first: int, errors: Sequence[Errors], ranked: Sequence[list[Advice]]) -> list[object]:
    cut = [(one, pieces[:first]) for one, pieces in zip(errors, ranked, strict=True)]
    found = np.mean([sum(map(one.found, pieces)) for one, pieces in cut])
    told = np.mean([len(pieces) for _, pieces in cut])
    return [
        f"{moved} + {dropped}",
        first,
        f"{found:.1f} of {moved + dropped}",
        f"{found / told:.2f}",
        f"{_named(cut):.1f}",
    ]


def _named(cut: Sequence[tuple[Errors, list[Advice]]]) -> float:
    shelf = Shelf(ROOT / "taxonomy").load().under_current_ids().papers
    return float(
        np.mean([sum(one.found(piece) and piece.classes[0] in shelf[piece.papers[0]].labels for piece in pieces)
                 for one, pieces in cut])
    )  # fmt: skip


def _told(
    survey: Survey, moved: int, dropped: int, errors: Sequence[Errors], ranked: Sequence[list[Advice]]
) -> list[object]:
    above = [[piece for piece in pieces if piece.weight >= STRONG] for pieces in ranked]
    found = [[piece for piece in pieces if one.found(piece)] for one, pieces in zip(errors, above, strict=True)]
    right = {"wrong-class": [0, 0], "second-label": [0, 0]}
    for one, pieces in zip(errors, found, strict=True):
        for piece in pieces:
            wanted = "wrong-class" if piece.papers[0] in one.moved else "second-label"
            right[wanted][0] += piece.kind == wanted
            right[wanted][1] += 1
    kinds = [f"{its} of {count}" for its, count in right.values()]
    mended = f"{np.mean([_mended(survey, one) for one in errors]):.1f}" if moved else "-"
    told = np.mean([len(pieces) for pieces in above])
    return [f"{moved} + {dropped}", f"{told:.1f}", f"{np.mean([len(pieces) for pieces in found]):.1f}", *kinds, mended]


def _mended(survey: Survey, errors: Errors) -> int:
    """How many are found when what is found is put right and the list is checked again."""
    labels, right = dict(errors.labels), survey.real.library.papers
    for _ in range(ROUNDS):
        found = [one for one in placed(survey.under(labels)) if errors.found(one)]
        found = [one for one in found if labels[one.papers[0]] != right[one.papers[0]].labels]
        if not found:
            break
        labels |= {one.papers[0]: right[one.papers[0]].labels for one in found}
    return sum(labels[key] != errors.labels[key] for key in labels)


# --- how long it takes ------------------------------------------------------------------------------------------------


def show_time(real: Real, folder: Path, cache: Path) -> None:
    """Of the whole command."""
    survey = folder / "survey"
    _survey(real, survey)
    shutil.copytree(cache / "model", folder / "fresh" / "model")
    command = [survey_bot(), "check", "--deep", "--offline", "--json", "--feed", str(survey / "feed.jsonl")]
    rows = []
    for name in ("cold", "warm"):
        took = measure(command, survey, {"SURVEY_BOT_CACHE": str(folder / "fresh")})
        pieces = len(json.loads(took.out)["advice"])
        rows.append((name, f"{took.wall:.1f} s", f"{took.cpu:.1f} s", f"{took.peak:.0f} MB", pieces))
    print(f"\n`survey-bot check --deep --offline`, {MANY} papers")
    table(("", "wall", "processor", "peak memory", "pieces"), rows)


def _survey(real: Real, folder: Path) -> None:
    """Papers of the listing on a shelf, and their records in a feed."""
    taxonomy, shelf = real.library.taxonomy, Shelf(folder / "taxonomy")
    records = [real.records[key] for key in list(real.days)[:MANY]]
    said = [texts.joined(texts.record_sentences(record)) for record in records]
    rules = [texts.joined(texts.class_sentences(path)) for path in taxonomy.paths.values()]
    _, vectors = words.vectoriser([*said, *rules])
    best = (vectors[:MANY] @ vectors[MANY:].T).toarray().argmax(axis=1)
    shelf.save_taxonomy(taxonomy)
    for record, place in zip(records, best, strict=True):
        label, year = list(taxonomy.paths)[place], 2000 + int(record.id[:2])
        shelf.save_paper(Paper(id=record.id, title=record.title, year=year, venue="arXiv", labels=(label,)))
    lines = [json.dumps({"id": one.id, "title": one.title, "abstract": one.abstract}) for one in records]
    (folder / "feed.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    shutil.copy(ROOT / "survey-bot.toml", folder)


if __name__ == "__main__":
    main()
