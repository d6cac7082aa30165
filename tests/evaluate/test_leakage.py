"""No leakage: what stands in a held-out paper, or in papers still to come, changes nothing in the model that judges it.

Each test compares predictions for fixed papers between two worlds that differ in one held-out paper alone: a word that
stands nowhere else, and the words of another class, are planted in it. Were the paper part of the vocabulary, the
document frequencies, the vectors, the weights, the calibration or the lines between the lanes, some number of the other
papers would move.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from bot.evaluate import baselines, folds, ours
from bot.evaluate.folds import Month
from bot.evaluate.seams import Corpus, Flow, Guess, Predict, Score, Scores
from tests.evaluate.generated import RULE, SETTINGS, WORDS, corpus, days, flow, library, paper_id, records

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

    def judged(planted: dict[str, str]) -> dict[str, Guess]:
        train = [paper for paper in records(40) if paper not in {HELD, *PROBES}]
        found = make(corpus(40, planted))(train, [HELD, *PROBES])
        return {probe: found[probe] for probe in PROBES}

    assert judged({HELD: PLANTED}) == judged({})


def test_the_plant_is_strong_enough_to_change_a_model_that_sees_it() -> None:
    def judged(planted: dict[str, str]) -> Mapping[str, Guess]:
        return ours.placement(corpus(40, planted))([paper for paper in records(40) if paper not in PROBES], PROBES)

    assert judged({HELD: PLANTED}) != judged({})


def test_the_labels_of_the_held_out_paper_are_not_looked_up() -> None:
    whole = corpus(40)
    without = Corpus(
        whole.taxonomy,
        whole.readings,
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
COUNT = 150
LISTED = [paper for number, paper in enumerate(records(COUNT)) if number % 5 == 0]
MONTHS = folds.by_month(days(COUNT), LISTED, at_least=10)
AFTER_A_YEAR = next(month for month in MONTHS if month.name == "2025-01")


def _scorer(name: str, world: Flow) -> Score:
    return {"ours": ours.scope(world, library(COUNT), SETTINGS), **baselines.scopes(world, RULE)}[name]


def _scored(name: str, month: Month, planted: dict[str, str]) -> Scores:
    """Without the planted papers of the month itself."""
    found = _scorer(name, flow(COUNT, planted))(month)
    others = {paper: its for paper, its in found.papers.items() if paper not in _plants(month)}
    return Scores(others, found.lines)


def _plants(month: Month) -> dict[str, str]:
    """An unlisted and a listed paper of the month, and one of a later month."""
    unlisted = next(paper for paper in month.arriving if paper not in LISTED)
    listed = next(paper for paper in month.arriving if paper in LISTED)
    return dict.fromkeys((unlisted, listed, paper_id(COUNT - 5)), f"loaf {PLANTED}")


@pytest.mark.parametrize("name", SCORERS)
@pytest.mark.parametrize("month", [MONTHS[0], AFTER_A_YEAR], ids=lambda month: str(month.name))
def test_papers_of_a_month_and_of_later_months_change_neither_scores_nor_classes_nor_lines(
    name: str, month: Month
) -> None:
    plain = _scored(name, month, {})
    assert plain.papers
    assert _scored(name, month, _plants(month)) == plain


def test_the_months_tried_are_one_with_too_few_papers_and_one_with_everything_fitted() -> None:
    lines = [_scored("ours", month, {}).lines for month in (MONTHS[0], AFTER_A_YEAR)]
    assert ["too few papers to calibrate on" in "".join(line.notes) for line in lines if line] == [True, False]


@pytest.mark.parametrize("kind", ["listed", "unlabelled"])
def test_what_was_known_earlier_does_change_how_a_month_is_scored(kind: str) -> None:
    known: str = getattr(AFTER_A_YEAR, kind)[0]
    changed = _scored("ours", AFTER_A_YEAR, {known: f"loaf {PLANTED}"})
    assert changed.papers != _scored("ours", AFTER_A_YEAR, {}).papers


def test_the_labels_of_papers_that_arrive_or_are_yet_to_come_are_not_looked_up() -> None:
    world, whole = flow(COUNT), library(COUNT)
    known = {paper: whole.papers[paper] for paper in AFTER_A_YEAR.listed}
    without = whole.model_copy(update={"papers": known})
    assert ours.scope(world, without, SETTINGS)(AFTER_A_YEAR) == ours.scope(world, whole, SETTINGS)(AFTER_A_YEAR)


def test_no_paper_that_arrives_is_among_those_seen_before() -> None:
    for month in MONTHS:
        assert not set(month.arriving) & {*month.unlabelled, *month.listed}
