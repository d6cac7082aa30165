"""From predictors to results: what is right is counted as right, chance looks like chance, and twice is the same."""

from collections.abc import Sequence

import numpy as np
import pytest

from bot.evaluate import baselines, folds, ours, placement, scope
from bot.evaluate.inputs import Verdict
from bot.evaluate.report import PLACEMENT, SCOPE, PlacementResult, ScopeResult, rows
from bot.evaluate.seams import Corpus, Guess, Predict
from bot.models import Ranked
from bot.settings import Lanes
from tests.conftest import quiet
from tests.evaluate.generated import RULE, SETTINGS, corpus, days, flow, labels, library, paper_id, records, shuffled


def _placed(of: Corpus, predictors: dict[str, Predict] | None = None, seed: int = 0) -> PlacementResult:
    asked = placement.Asked(of, {paper: paper for paper in of.labels}, seed, 50)
    split = folds.cross_validation({paper: paper for paper in of.labels}, np.random.default_rng(0))
    predictors = predictors or {ours.NAME: ours.placement(of), **baselines.placements(of)}
    return placement.evaluate(asked, split, predictors, placement.HELD_OUT, quiet)


def _values(result: PlacementResult | ScopeResult, method: int = 0) -> dict[str, float | None]:
    return {key: value.value for key, value in result.methods[method].values.items()}


def test_a_predictor_that_knows_is_perfect_and_one_that_errs_is_not() -> None:
    of = corpus(25)

    def certain(*labels: str) -> Guess:
        return Guess(tuple(Ranked(label=label, probability=1.0) for label in labels), labels)

    def knowing(train: Sequence[str], held: Sequence[str]) -> dict[str, Guess]:
        return {paper: certain(*of.labels[paper]) for paper in held}

    def erring(train: Sequence[str], held: Sequence[str]) -> dict[str, Guess]:
        return {paper: certain(next(leaf for leaf in of.leaves if leaf not in of.labels[paper])) for paper in held}

    found = _placed(of, {"knowing": knowing, "erring": erring})
    good, bad = _values(found), _values(found, 1)
    hits = ("top_1", "top_3", "recall_3", "pillar", "ranking", "overlap", "macro_top_1", "macro_recall_3")
    assert [good[key] for key in hits] == [1.0] * len(hits)
    assert bad["top_1"] == bad["macro_top_1"] == bad["recall_3"] == 0
    assert bad["ece"] == 1
    counts = np.array(found.confusion)
    assert counts.trace() == counts.sum() == 25
    assert all(one.right for one in found.judged)


def test_the_bot_beats_its_baselines_where_there_is_something_to_learn() -> None:
    found = _placed(corpus(60))
    tops = [method.values["top_1"].value or 0 for method in found.methods]
    assert tops[0] > 0.8
    assert tops[0] >= max(tops[1:3])


def test_with_classes_dealt_at_random_no_predictor_is_better_than_chance() -> None:
    found = _placed(shuffled(corpus(100), 3))
    for method in found.methods:
        low = method.values["top_1"].low
        assert low is not None
        assert low < 0.35, method.name  # one class in five, a fifth of the papers in two


def test_every_value_lies_in_its_interval_and_every_measure_is_there() -> None:
    found = _placed(corpus(40))
    for method in found.methods:
        assert set(method.values) == set(PLACEMENT)
        for key in ("top_1", "top_3", "pillar", "ranking", "macro_top_1"):
            value = method.values[key]
            assert value.value is not None
            assert value.low is not None
            assert value.high is not None
            assert value.low <= value.value <= value.high


def test_counts_of_the_pictures_add_up_to_the_papers() -> None:
    found = _placed(corpus(45))
    assert sum(one.papers for one in found.reliability) == 45 == found.papers == found.fits
    assert np.array(found.confusion).sum() == pytest.approx(45)
    assert sum(one.papers for one in found.classes) == 54  # every fifth paper is in two classes
    assert found.coverage[-1].x == 1
    assert found.coverage[-1].y == found.methods[0].values["top_1"].value


def test_the_same_seed_gives_the_same_bytes_and_another_seed_only_other_intervals() -> None:
    one, again, other = _placed(corpus(20)), _placed(corpus(20)), _placed(corpus(20), seed=1)
    assert one.model_dump_json() == again.model_dump_json() != other.model_dump_json()
    assert one.judged == other.judged
    assert _values(one) == _values(other)


def test_rows_put_the_baselines_beside_the_bot() -> None:
    found = rows(_placed(corpus(25)).methods, PLACEMENT)
    assert [len(row) for row in found] == [5] * len(PLACEMENT)
    assert found[0][0] == "top-1"
    assert "–" in found[0][1]
    assert "ECE ↓" in {row[0] for row in found}


def _read(verdicts: dict[str, Verdict] | None = None, listed: int = 5) -> ScopeResult:
    world = flow(60)
    known = [paper for number, paper in enumerate(records(60)) if number % listed == 0]
    months = folds.by_month(days(60), known)
    titles = {paper: paper for paper in records(60)}
    asked = scope.Asked(titles, {paper: labels(60)[paper] for paper in known}, verdicts or {}, 20, Lanes(), 0, 50)
    scorers = {ours.NAME: ours.scope(world, library(60), SETTINGS), **baselines.scopes(world, RULE)}
    return scope.evaluate(asked, months, world, scorers, quiet)


def test_only_listed_papers_and_those_both_annotators_call_in_belong() -> None:
    verdicts = {
        paper_id(56): Verdict("in", "in"),
        paper_id(57): Verdict("in", "adjacent"),
        paper_id(55): Verdict("out", "out"),
    }
    belongs = {one.id for one in _read(verdicts).ranking if one.belongs}
    assert paper_id(56) in belongs
    assert paper_id(57) not in belongs
    assert paper_id(55) in belongs, "it is listed"


def test_papers_that_are_ruled_out_come_last_and_lost_ones_are_counted() -> None:
    found = _read({paper_id(59): Verdict("in", "in")})  # on boats
    assert found.lost == 1
    assert found.ranking[-1].id == paper_id(59)
    assert found.ranking[-1].score == 0
    assert found.candidates == found.papers * 4 // 5


def test_reading_results_add_up() -> None:
    found = _read()
    assert set(found.methods[0].values) == set(SCOPE)
    assert found.papers == sum(month.papers for month in found.months)
    assert found.right == sum(month.right for month in found.months) == sum(one.belongs for one in found.ranking)
    for points in found.curves.values():
        assert (points[0].x, points[0].y) == (0, 0)
        assert points[-1].y == found.right
    assert found.budget == 20 * Lanes().weekly
    assert _values(found)["average_precision"] is not None


def test_curves_keep_their_corners() -> None:
    points = [(point.x, point.y) for point in _read().curves[ours.NAME]]
    assert points == sorted(points)
    assert len(set(points)) == len(points)
