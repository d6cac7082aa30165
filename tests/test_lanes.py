"""The lines between propose, ask and skip: they meet their targets, and say so where two targets cannot both be met."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import lanes
from bot.classify.placement import LEAST, HeldOut
from bot.lanes import ASK, NEVER, Floats, Lines
from bot.models import Lane
from bot.settings import Lanes

SHARES = st.floats(0, 1)
SCORES = st.lists(SHARES, min_size=1, max_size=60).map(np.array)
RNG = np.random.default_rng(7)


def held_out(count: int, further: float = 0.0) -> HeldOut:
    """Papers of three classes: the first guess is right, the second is right too where it is ``further`` or more."""
    second = np.linspace(0, 0.7, count)
    probability = np.column_stack([np.full(count, 0.8), second, np.full(count, 0.05)])
    truth = np.column_stack([np.ones(count, bool), second >= further if further else np.zeros(count, bool)])
    return HeldOut(
        tuple(str(one) for one in range(count)), probability, np.column_stack([truth, np.zeros(count, bool)])
    )


MANY = held_out(LEAST)


def fitted(
    targets: Lanes, listed: Floats, seen: Floats, confidence: Floats | None = None, *, weeks: float = 0.0
) -> Lines:
    confidence = np.ones(len(seen)) if confidence is None else confidence
    return lanes.fit(targets, listed, seen, confidence, MANY, weeks=weeks)


# --- the lane of a paper ---------------------------------------------------------------------------------------------


@given(SHARES, SHARES, SHARES, SHARES)
def test_below_the_first_line_a_paper_is_skipped_and_above_both_it_is_proposed(
    ask: float, propose: float, scope: float, confidence: float
) -> None:
    lane = Lines(ask, propose, NEVER).lane(scope, confidence)
    assert (lane is Lane.SKIP) == (scope < ask)
    assert (lane is Lane.PROPOSE) == (scope >= ask and scope * confidence >= propose)


@given(SHARES, SHARES, st.tuples(SHARES, SHARES), st.tuples(SHARES, SHARES))
def test_a_paper_that_is_better_in_both_is_never_in_a_worse_lane(
    ask: float, propose: float, scopes: tuple[float, float], confidences: tuple[float, float]
) -> None:
    lines, order = Lines(ask, propose, NEVER), [Lane.SKIP, Lane.ASK, Lane.PROPOSE]
    worse = order.index(lines.lane(min(scopes), min(confidences)))
    assert worse <= order.index(lines.lane(max(scopes), max(confidences)))


# --- lost ------------------------------------------------------------------------------------------------------------


@given(SCORES, SCORES, st.sampled_from([0.0, 0.02, 0.1, 0.5, 1.0]))
def test_no_more_of_the_listed_papers_are_skipped_than_may_be(listed: Floats, seen: Floats, lost: float) -> None:
    lines = fitted(Lanes(lost=lost), listed, seen)
    assert np.mean(listed < lines.ask) <= lost
    assert bool(lines.notes) == (lost * (len(listed) + 1) < 1)


def test_a_new_paper_that_belongs_is_skipped_no_more_often_than_may_be() -> None:
    rng, lost = np.random.default_rng(3), []
    for _ in range(400):
        listed, new = rng.random(60), rng.random(200)
        lost.append(np.mean(new < fitted(Lanes(lost=0.05), listed, rng.random(50)).ask))
    assert np.mean(lost) == pytest.approx(0.05, abs=0.01)


def test_with_too_few_listed_papers_to_promise_so_little_the_whole_budget_is_spent_and_that_is_said() -> None:
    listed, seen = np.linspace(0.9, 1, 30), np.linspace(0, 0.999, 200)
    lines = fitted(Lanes(weekly=30), listed, seen, weeks=2)
    assert np.sum(seen >= lines.ask) == 60
    assert lines.notes == (
        "30 listed papers are too few to promise that no more than 2% ([lanes] lost) of what belongs is skipped, so a "
        "human is asked about as many as 30 a week allow",
    )


def test_the_line_is_as_high_as_the_target_allows() -> None:
    listed = np.linspace(0.01, 1, 100)
    lines = fitted(Lanes(lost=0.1), listed, RNG.random(50))
    assert np.mean(listed <= lines.ask) == pytest.approx(0.1, abs=0.011)


def test_the_more_may_be_lost_the_fewer_are_looked_at() -> None:
    listed, seen = RNG.random(80), RNG.random(200)
    asked = [np.sum(seen >= fitted(Lanes(lost=lost), listed, seen).ask) for lost in (0, 0.02, 0.1, 0.3, 1)]
    assert asked == sorted(asked, reverse=True)


# --- weekly ----------------------------------------------------------------------------------------------------------


@given(SCORES, SCORES, st.integers(1, 12), st.floats(1, 8))
def test_no_more_papers_are_looked_at_than_the_weekly_budget_affords(
    listed: Floats, seen: Floats, weekly: int, weeks: float
) -> None:
    seen = np.minimum(seen, 0.999)
    lines = fitted(Lanes(weekly=weekly), listed, seen, weeks=weeks)
    assert np.sum(seen >= lines.ask) <= int(weekly * weeks)


def test_where_the_budget_skips_more_than_may_be_lost_it_wins_and_says_so() -> None:
    listed, seen = np.linspace(0.5, 1, 50), np.linspace(0, 0.999, 200)
    lines = fitted(Lanes(weekly=10), listed, seen, weeks=2)
    assert np.sum(seen >= lines.ask) == 20
    lost = np.mean(listed < lines.ask)
    assert lines.notes == (f"looking at 10 papers a week skips {lost:.0%} of what belongs, not 2% ([lanes] lost)",)


def test_where_the_budget_costs_no_more_than_may_be_lost_there_is_nothing_to_say() -> None:
    listed, seen = np.r_[0.1, np.full(99, 0.9)], np.linspace(0, 0.8, 100)
    lines = fitted(Lanes(weekly=10, lost=0.005), listed, seen, weeks=2)
    assert lines.notes != ()
    assert fitted(Lanes(weekly=10, lost=0.01), listed, seen, weeks=2).notes == ()


def test_a_flow_of_which_nobody_knows_how_long_it_ran_has_no_budget() -> None:
    listed, seen = np.linspace(0.5, 1, 50), np.linspace(0, 1, 200)
    assert fitted(Lanes(weekly=1), listed, seen) == fitted(Lanes(weekly=1000), listed, seen, weeks=2)


# --- right -----------------------------------------------------------------------------------------------------------


@given(SCORES, SCORES, st.data(), st.sampled_from([0.5, 0.8, 0.95]))
def test_what_is_proposed_of_the_flow_is_right_as_often_as_asked_by_its_own_probabilities(
    listed: Floats, seen: Floats, data: st.DataObject, right: float
) -> None:
    confidence = np.array(data.draw(st.lists(SHARES, min_size=len(seen), max_size=len(seen))))
    lines = fitted(Lanes(right=right), listed, seen, confidence)
    its = [lines.lane(one, sure) is Lane.PROPOSE for one, sure in zip(seen, confidence, strict=True)]
    assert np.mean((seen * confidence)[its] if any(its) else right) >= right - 1e-9
    assert lines.propose <= right


def test_where_probabilities_are_true_the_share_that_is_right_is_the_one_asked_for() -> None:
    seen, confidence = RNG.random(4000), 0.5 + RNG.random(4000) / 2
    came_true = RNG.random(4000) < seen * confidence
    lines = fitted(Lanes(right=0.8), np.full(50, 0.1), seen, confidence)
    its = np.array([lines.lane(one, sure) is Lane.PROPOSE for one, sure in zip(seen, confidence, strict=True)])
    assert came_true[its].mean() == pytest.approx(0.8, abs=0.03)


def test_the_more_must_be_right_the_fewer_are_proposed() -> None:
    seen = RNG.random(300)
    proposed = [np.sum(seen >= fitted(Lanes(right=right), seen, seen).propose) for right in (0.5, 0.7, 0.9, 1.0)]
    assert proposed == sorted(proposed, reverse=True)


def test_papers_that_are_alike_are_proposed_together_or_not_at_all() -> None:
    seen = np.array([1.0, 0.5, 0.5])
    assert fitted(Lanes(right=0.75), seen, seen).propose > 0.5
    assert fitted(Lanes(right=0.66), seen, seen).propose == 0.5


# --- further classes -------------------------------------------------------------------------------------------------


def test_a_further_class_is_proposed_from_the_line_that_fits_the_survey_s_own_papers() -> None:
    assert lanes.further(held_out(200, further=0.4)) == pytest.approx(0.4, abs=0.051)
    assert lanes.further(held_out(200, further=0.6)) == pytest.approx(0.6, abs=0.051)


def test_where_no_paper_has_two_classes_none_is_proposed_for_two() -> None:
    assert lanes.further(held_out(200)) == NEVER


# --- too little to calibrate on --------------------------------------------------------------------------------------

NONE = np.zeros(0)


@pytest.mark.parametrize(
    ("listed", "seen", "papers"),
    [(NONE, NONE, 0), (NONE, NONE, 200), (np.full(40, 0.9), NONE, 200), (np.full(9, 0.9), np.ones(40), LEAST - 1)],
    ids=["nothing", "no flow", "nobody seen", "few papers"],
)
def test_with_too_few_papers_to_calibrate_on_it_is_said_and_the_lines_are_the_written_ones(
    listed: Floats, seen: Floats, papers: int
) -> None:
    lines = lanes.fit(Lanes(right=0.9), listed, seen, np.ones(len(seen)), held_out(papers), weeks=3)
    assert (lines.ask, lines.propose) == (ASK, 0.9)
    assert lines.notes == ("too few papers to calibrate on, so more are asked about",)


def test_with_too_few_papers_to_calibrate_on_no_listed_paper_would_have_been_skipped() -> None:
    listed = np.array([0.15, 0.6, 0.9])
    lines = lanes.fit(Lanes(lost=0.5), listed, np.linspace(0, 1, 40), np.ones(40), held_out(LEAST - 1), weeks=3)
    assert (lines.ask, lines.propose) == (0.15, 0.8)


def test_with_too_few_papers_only_one_class_is_proposed() -> None:
    assert lanes.fit(Lanes(), NONE, NONE, NONE, held_out(LEAST - 1, further=0.1), weeks=0).further == NEVER


def test_with_too_few_papers_more_of_the_same_papers_are_asked_about() -> None:
    """The same flow, before and after there is enough to fit the lines to."""
    seen, confidence = RNG.random(300), np.full(300, 0.9)

    def asked(lines: Lines) -> int:
        return sum(lines.lane(one, sure) is Lane.ASK for one, sure in zip(seen, confidence, strict=True))

    few = lanes.fit(Lanes(), NONE, NONE, NONE, held_out(5), weeks=0)
    assert asked(few) > asked(fitted(Lanes(), np.linspace(0.5, 1, 50), seen, confidence))
