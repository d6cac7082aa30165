"""The figures, against values worked out by hand, against scikit-learn, and for what must hold of any input."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, label_ranking_average_precision_score
from sklearn.metrics import log_loss as sklearn_log_loss

from bot.evaluate import metrics

ORDER = np.array([[0, 1, 2, 3], [2, 0, 1, 3], [3, 2, 1, 0]])
PROBABILITY = np.array([[0.7, 0.2, 0.1, 0.0], [0.3, 0.2, 0.4, 0.1], [0.0, 0.2, 0.3, 0.5]])
TRUTH = np.array([[1, 0, 0, 0], [1, 0, 0, 1], [1, 0, 0, 0]], dtype=bool)


@st.composite
def readings(draw: st.DrawFn) -> tuple[Any, Any]:
    """Scores (with ties) and truth, at least one paper of each kind."""
    size = draw(st.integers(2, 40))
    scores = draw(st.lists(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.9, 1.0]), min_size=size, max_size=size))
    truth = draw(st.lists(st.booleans(), min_size=size - 2, max_size=size - 2))
    return np.array(scores), np.array([True, False, *truth])


@st.composite
def confidences(draw: st.DrawFn) -> tuple[Any, Any]:
    size = draw(st.integers(1, 60))
    floats = st.floats(0, 1, allow_nan=False)
    return (
        np.array(draw(st.lists(floats, min_size=size, max_size=size))),
        np.array(draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=float),
    )


def test_hits_and_recall_in_the_top_are_counted_by_hand() -> None:
    assert metrics.right_in_top(ORDER, PROBABILITY, TRUTH, 1).tolist() == [1, 0, 0]
    assert metrics.right_in_top(ORDER, PROBABILITY, TRUTH, 3).tolist() == [1, 1, 0]
    assert metrics.recall_in_top(ORDER, PROBABILITY, TRUTH, 3).tolist() == [1, 0.5, 0]


def test_a_class_of_probability_zero_is_not_a_guess() -> None:
    assert metrics.right_in_top(np.array([[1, 0]]), np.array([[0.0, 1.0]]), np.array([[True, False]]), 2).tolist() == [
        0
    ]


def test_log_loss_spreads_the_target_evenly_and_scales_probabilities() -> None:
    loss = metrics.log_loss(2 * PROBABILITY, TRUTH)
    assert loss[0] == pytest.approx(-np.log(0.7))
    assert loss[1] == pytest.approx(-(np.log(0.3) + np.log(0.1)) / 2)
    assert loss[2] == pytest.approx(-np.log(metrics.FLOOR))


def test_log_loss_of_single_classes_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    probability, label = rng.dirichlet(np.ones(5), size=50), rng.integers(5, size=50)
    ours = metrics.log_loss(probability, np.eye(5, dtype=bool)[label])
    assert ours.mean() == pytest.approx(sklearn_log_loss(label, probability, labels=range(5)))


def test_label_ranking_precision_is_that_of_scikit_learn_ties_included() -> None:
    rng = np.random.default_rng(2)
    scores = rng.integers(4, size=(60, 7)) / 4
    truth = rng.random((60, 7)) < 0.3
    truth[~truth.any(axis=1), 0] = True
    ours = metrics.label_ranking_precision(scores, truth)
    assert ours.mean() == pytest.approx(label_ranking_average_precision_score(truth, scores))


def test_overlap_is_the_harmonic_mean_of_precision_and_recall() -> None:
    chosen = np.array([[True, True, False], [False, True, False]])
    truth = np.array([[True, False, False], [True, False, False]])
    assert metrics.overlap(chosen, truth).tolist() == pytest.approx([2 / 3, 0])


def test_a_rare_class_counts_as_much_as_a_common_one() -> None:
    values, groups = np.array([1.0, 1, 1, 0]), np.array([0, 0, 0, 2])
    assert metrics.macro(values, groups) == 0.5
    assert metrics.macro(values, groups, np.array([1.0, 1, 1, 0])) == 1.0


def test_calibration_error_of_two_bins_is_worked_out_by_hand() -> None:
    confidence, right = np.array([0.2, 0.2, 0.9, 0.9]), np.array([0.0, 1, 1, 1])
    found = metrics.equal_mass(confidence, right, 2)
    assert (found.papers.tolist(), found.right.tolist()) == ([2, 2], [0.5, 1.0])
    assert metrics.calibration_error(found) == pytest.approx((0.3 + 0.1) / 2)
    assert metrics.calibration_error(metrics.equal_width(confidence, right)) == pytest.approx((0.3 + 0.1) / 2)


@given(confidences(), st.integers(1, 10))
def test_bins_hold_every_paper_and_equal_confidences_together(sample: tuple[Any, Any], bins: int) -> None:
    confidence, right = sample
    for found in (metrics.equal_mass(confidence, right, bins), metrics.equal_width(confidence, right, bins)):
        assert found.papers.sum() == len(confidence)
        assert len(found.papers) <= min(bins, len(np.unique(confidence)))
        assert 0 <= metrics.calibration_error(found) <= 1


@given(confidences(), st.integers(1, 10), st.randoms())
def test_calibration_error_does_not_depend_on_the_order_of_papers(
    sample: tuple[Any, Any], bins: int, random: Any
) -> None:
    confidence, right = sample
    order = random.sample(range(len(confidence)), len(confidence))
    one = metrics.calibration_error(metrics.equal_mass(confidence, right, bins))
    other = metrics.calibration_error(metrics.equal_mass(confidence[order], right[order], bins))
    assert one == pytest.approx(other)


@given(confidences(), st.integers(1, 10))
def test_counting_every_paper_twice_changes_no_calibration_error(sample: tuple[Any, Any], bins: int) -> None:
    confidence, right = sample
    once = metrics.equal_mass(confidence, right, bins)
    twice = metrics.equal_mass(confidence, right, bins, np.full(len(right), 2.0))
    assert metrics.calibration_error(once) == pytest.approx(metrics.calibration_error(twice))


def test_flawless_confidences_show_less_error_the_more_papers_there_are() -> None:
    rng = np.random.default_rng(3)
    few, many = (metrics.chance_error(rng.random(size), 5, rng, 100) for size in (50, 5000))
    assert 0.05 < few < 0.2
    assert many < 0.02


def test_coverage_starts_with_the_surest_and_ends_with_all() -> None:
    level, papers, right = metrics.coverage(np.array([0.5, 0.9, 0.5, 0.1]), np.array([1.0, 1, 0, 0]))
    assert level.tolist() == [0.9, 0.5, 0.1]
    assert papers.tolist() == [0.25, 0.75, 1.0]
    assert right.tolist() == pytest.approx([1, 2 / 3, 0.5])


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    low, high = metrics.interval_of_share(np.array([8.0, 0.0]), np.array([10.0, 10.0]))
    assert (low[0], high[0]) == pytest.approx((0.490, 0.943), abs=0.001)
    assert (low[1], high[1]) == pytest.approx((0.0, 0.278), abs=0.001)


@given(readings())
def test_average_precision_is_that_of_scikit_learn(sample: tuple[Any, Any]) -> None:
    scores, truth = sample
    assert metrics.average_precision(metrics.reading(scores, truth)) == pytest.approx(
        average_precision_score(truth, scores)
    )


@given(readings())
def test_weights_count_as_copies_of_a_paper(sample: tuple[Any, Any]) -> None:
    scores, truth = sample
    weight = np.arange(len(scores)) % 3 + 1
    weighted = metrics.reading(scores, truth, weight.astype(float))
    copied = metrics.reading(np.repeat(scores, weight), np.repeat(truth, weight))
    for metric in (metrics.average_precision, metrics.read_for, metrics.work_saved):
        assert metric(weighted) == pytest.approx(metric(copied))


def test_reading_is_counted_by_hand() -> None:
    curve = metrics.reading(np.array([0.9, 0.8, 0.7, 0.7, 0.1]), np.array([True, False, True, False, False]))
    assert (curve.read.tolist(), curve.found.tolist()) == ([0, 1, 2, 4, 5], [0, 1, 1, 2, 2])
    assert metrics.found_after(curve, 1) == 1
    assert metrics.found_after(curve, 3) == 1.5, "a tie is read in no order"
    assert metrics.recall_after(curve, 2) == 0.5
    assert metrics.read_for(curve, 0.5) == 1
    assert metrics.read_for(curve, 0.95) == 4
    assert metrics.work_saved(curve) == pytest.approx(1 - 4 / 5 - 0.05)


@given(readings(), st.floats(0.01, 1))
def test_reading_what_is_needed_finds_what_is_wanted(sample: tuple[Any, Any], recall: float) -> None:
    curve = metrics.reading(*sample)
    needed = metrics.read_for(curve, recall)
    assert 0 < needed <= len(sample[0])
    assert metrics.recall_after(curve, needed) >= recall - 1e-9


def test_where_nothing_belongs_nothing_is_defined() -> None:
    curve = metrics.reading(np.array([0.5, 0.2]), np.array([False, False]))
    for metric in (metrics.average_precision, metrics.read_for, metrics.work_saved):
        assert np.isnan(metric(curve))


def test_the_bootstrap_covers_the_mean_and_repeats_itself() -> None:
    values = np.random.default_rng(5).random(200)
    ends = [
        metrics.bootstrap(
            lambda weight: np.array([np.average(values, weights=weight), np.nan]), 200, np.random.default_rng(7), 500
        )
        for _ in range(2)
    ]
    low, high = ends[0]
    error = values.std() / np.sqrt(200)
    assert low[0] == pytest.approx(values.mean() - 1.96 * error, abs=0.5 * error)
    assert high[0] == pytest.approx(values.mean() + 1.96 * error, abs=0.5 * error)
    assert np.isnan([low[1], high[1]]).all()
    assert np.array_equal(ends[0], ends[1], equal_nan=True)
