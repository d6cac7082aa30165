"""What each listed paper gets from the others, and the probabilities that are calibrated on it."""

from collections.abc import Sequence

import numpy as np
import pytest

from bot.classify.placement import LEAST
from tests import generated
from tests.classify.placements import NEW, calibrated, fitted, of_generated, rules_only, with_papers
from tests.generated import CLASSES, reading

# --- held out --------------------------------------------------------------------------------------------------------


def test_what_the_words_say_of_a_held_out_paper_is_what_a_fit_without_it_says() -> None:
    """The closed form of leave-one-out against fitting anew, with the same vectors."""
    from scipy import sparse
    from sklearn.linear_model import Ridge

    from bot.classify.placement import _PENALTY, _ridge  # the arithmetic has no public name

    rng = np.random.default_rng(3)
    vectors = sparse.csr_matrix(rng.random((9, 14)) * (rng.random((9, 14)) < 0.4))
    target, weight = rng.random((9, 3)), np.r_[np.ones(6), np.full(3, 3.0)]
    by_words, constant, apart = _ridge(vectors, target, weight)
    rows = np.hstack([vectors.toarray(), np.ones((9, 1))])  # the constant is a feature like any other

    def anew(use: Sequence[int]) -> Ridge:
        return Ridge(alpha=_PENALTY, fit_intercept=False, solver="cholesky").fit(
            rows[use], target[use], sample_weight=weight[use]
        )

    assert vectors @ by_words + constant == pytest.approx(anew(range(9)).predict(rows), abs=1e-8)
    for held in range(9):
        without = anew([row for row in range(9) if row != held])
        assert apart[held] == pytest.approx(without.predict(rows[held : held + 1])[0], abs=1e-8)


def test_every_paper_with_a_class_is_held_out_once_with_its_classes_as_the_truth() -> None:
    held_out, labels = calibrated().held_out, generated.labels(40)
    assert held_out.papers == tuple(labels)
    assert held_out.probability.shape == held_out.truth.shape == (40, len(CLASSES))
    for paper, truth in zip(held_out.papers, held_out.truth, strict=True):
        assert {label for label, its in zip(CLASSES, truth, strict=True) if its} == set(labels[paper])


def test_held_out_papers_are_placed_about_as_well_as_new_ones_and_never_by_their_own_labels() -> None:
    """Labels dealt out anew cannot be learned: held out, they are found no better than by chance."""
    labels = generated.labels(100)
    order = np.random.default_rng(5).permutation(list(labels))
    dealt = {paper: labels[str(other)] for paper, other in zip(labels, order, strict=True)}
    chance = 0.24  # 1.2 classes of 5 a paper
    assert fitted(generated.read(generated.listed(100)), dealt).held_out.right.mean() < chance + 0.12


def test_a_paper_listed_under_two_ids_is_one_paper_and_makes_the_bot_no_surer() -> None:
    papers = generated.read(generated.listed(40, clear=0.4))
    labels = generated.labels(40)
    twice = {**papers, **{f"{paper}9": text for paper, text in papers.items()}}
    doubled = fitted(twice, {**labels, **{f"{paper}9": its for paper, its in labels.items()}})
    assert doubled.held_out.papers == tuple(papers)
    assert np.array_equal(doubled.held_out.probability, fitted(papers, labels).held_out.probability)


def test_twins_with_different_labels_are_one_paper_of_both_classes() -> None:
    twins = {"2501.00001": reading("A wet stone"), "2501.00002": reading("A wet stone")}
    held_out = fitted(twins, {"2501.00001": ("steam",), "2501.00002": ("stone-hearth",)}).held_out
    assert held_out.papers == ("2501.00001",)
    assert [label for label, its in zip(CLASSES, held_out.truth[0], strict=True) if its] == ["steam", "stone-hearth"]


# --- calibration -----------------------------------------------------------------------------------------------------


def test_below_so_many_papers_nothing_is_calibrated_and_what_classes_get_adds_up_to_the_same_for_every_paper() -> None:
    papers = list(generated.read(NEW).values())
    for few in (rules_only(), with_papers(), of_generated(LEAST - 1)):
        assert np.ptp(few.probabilities(papers).sum(axis=1)) < 1e-4
    assert np.ptp(of_generated(LEAST).probabilities(papers).sum(axis=1)) > 0.01


@pytest.mark.parametrize("count", [0, 5, 40, 100])
def test_no_first_guess_is_surer_than_so_many_papers_can_make_one(count: int) -> None:
    """Of n trials that all went well the next one does with n + 1 of n + 2 (Laplace)."""
    found = of_generated(count).probabilities(list(generated.read(NEW).values()))
    assert found.max() <= 1 - 1 / (max(LEAST, count) + 2)


def test_calibration_never_puts_a_class_before_a_better_one() -> None:
    for placement in (calibrated(), of_generated(40, clear=0.3), of_generated(100, clear=0.2)):
        papers = list(generated.read(NEW).values())
        scores = placement.features(papers) @ list(placement.weights.values())
        found = placement.probabilities(papers)
        for score, probability in zip(scores, found, strict=True):
            assert (np.diff(probability[np.argsort(-score, kind="stable")]) <= 1e-12).all()


def test_a_first_guess_is_right_about_as_often_as_it_is_said_to_be() -> None:
    placement = of_generated(100, clear=0.4)
    held_out = placement.held_out
    assert held_out.confidence.mean() == pytest.approx(held_out.right.mean(), abs=0.05)
    its = list(generated.labels(600).items())[100:]
    new = generated.read({paper: generated.record(paper, labels, clear=0.4) for paper, labels in its})
    found = placement.probabilities(list(new.values()))
    right = [list(CLASSES)[best] in labels for best, (_, labels) in zip(found.argmax(axis=1), its, strict=True)]
    assert found.max(axis=1).mean() == pytest.approx(np.mean(right), abs=0.1)
