"""No leakage: what stands in a held-out paper, or in papers still to come, changes nothing in the model that judges it.

Each test compares predictions for fixed papers between two worlds that differ in one held-out paper alone: a word that
stands nowhere else, and the words of another class, are planted in it. Were the paper part of the vocabulary, the
document frequencies, the vectors or the calibration, some number of the other papers would move.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from bot.evaluate import baselines, folds, ours
from bot.evaluate.seams import Corpus, Predict
from bot.models import Ranked
from tests.evaluate.generated import RULE, WORDS, corpus, days, flow, paper_id, records

PLANTED = f"xylophonic {' '.join(WORDS.values())} " * 3
HELD, PROBES = paper_id(17), [paper_id(3), paper_id(31)]


def _placements() -> Mapping[str, Callable[[Corpus], Predict]]:
    found: dict[str, Callable[[Corpus], Predict]] = {"ours": ours.placement}
    for name in baselines.placements(corpus(1)):
        found[name] = lambda of, name=name: baselines.placements(of)[name]  # type: ignore[misc]
    return found


@pytest.mark.parametrize("name", _placements())
def test_a_word_planted_in_the_held_out_paper_does_not_change_the_model(name: str) -> None:
    make = _placements()[name]

    def judged(planted: dict[str, str]) -> dict[str, tuple[Ranked, ...]]:
        train = [paper for paper in records(40) if paper not in {HELD, *PROBES}]
        found = make(corpus(40, planted))(train, [HELD, *PROBES])
        return {probe: found[probe] for probe in PROBES}

    assert judged({HELD: PLANTED}) == judged({})


def test_the_plant_is_strong_enough_to_change_a_model_that_sees_it() -> None:
    def judged(planted: dict[str, str]) -> Mapping[str, tuple[Ranked, ...]]:
        return ours.placement(corpus(40, planted))([paper for paper in records(40) if paper not in PROBES], PROBES)

    assert judged({HELD: PLANTED}) != judged({})


def test_the_labels_of_the_held_out_paper_are_not_looked_up() -> None:
    whole = corpus(40)
    without = Corpus(
        whole.taxonomy,
        whole.texts,
        whole.vectors,
        {paper: its for paper, its in whole.labels.items() if paper != HELD},
    )
    train = [paper for paper in whole.labels if paper != HELD]
    for name, make in _placements().items():
        assert make(without)(train, [HELD]) == make(whole)(train, [HELD]), name


def test_folds_never_train_on_what_they_hold_out() -> None:
    groups = {paper: paper for paper in records(60)}
    for fold in [*folds.cross_validation(groups, np.random.default_rng(0)), *folds.over_time(groups)]:
        assert not set(fold.train) & set(fold.held)


SCORERS = ("ours", *baselines.scopes(flow(1), RULE))


@pytest.mark.parametrize("name", SCORERS)
def test_papers_of_a_month_and_of_later_months_do_not_change_how_the_month_is_scored(name: str) -> None:
    listed = [paper for number, paper in enumerate(records(100)) if number % 5 == 0]
    month, later = folds.by_month(days(100), listed)[0], paper_id(95)
    held = next(paper for paper in month.arriving if paper not in listed)
    others = [paper for paper in month.arriving if paper != held]

    def scored(planted: dict[str, str]) -> dict[str, float]:
        world = flow(100, planted)
        score = {"ours": ours.scope(world, RULE), **baselines.scopes(world, RULE)}[name]
        found = score(month.listed, month.unlabelled, month.arriving)
        return {paper: found[paper] for paper in others if paper in found}

    plain = scored({})
    assert plain
    assert scored({held: f"loaf {PLANTED}", later: f"loaf {PLANTED}"}) == plain


def test_what_was_listed_earlier_does_change_how_a_month_is_scored() -> None:
    listed = [paper for number, paper in enumerate(records(60)) if number % 5 == 0]
    month = folds.by_month(days(60), listed)[0]
    plain, other = (
        ours.scope(world, RULE)(month.listed, month.unlabelled, month.arriving)
        for world in (flow(60), flow(60, {month.listed[0]: PLANTED}))
    )
    assert plain != other
