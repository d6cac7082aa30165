"""Who is held out: everybody once, nobody together with itself, and never the future."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate import folds
from bot.evaluate.folds import Fold
from tests.evaluate.generated import days, paper_id

RNG = np.random.default_rng(0)


def _alone(count: int) -> dict[str, str]:
    return {paper_id(number): paper_id(number) for number in range(count)}


def test_small_surveys_leave_one_out_and_large_ones_are_cut_in_parts() -> None:
    small = folds.cross_validation(_alone(folds.LEAVE_ONE_OUT_UP_TO), RNG)
    large = folds.cross_validation(_alone(folds.LEAVE_ONE_OUT_UP_TO + 1), RNG)
    quick = folds.cross_validation(_alone(30), RNG, quick=True)
    assert [len(found) for found in (small, large, quick)] == [folds.LEAVE_ONE_OUT_UP_TO, folds.PARTS, folds.PARTS]


@given(st.integers(1, 30), st.booleans(), st.integers(1, 7))
def test_every_paper_is_held_out_once_and_never_known_to_its_judge(count: int, quick: bool, doubles: int) -> None:
    groups = {paper_id(number): str(number // doubles) for number in range(count)}
    found = folds.cross_validation(groups, np.random.default_rng(0), quick=quick)
    assert sorted(paper for fold in found for paper in fold.held) == sorted(groups)
    for fold in found:
        assert not {groups[paper] for paper in fold.held} & {groups[paper] for paper in fold.train}
        assert len(fold.held) + len(fold.train) == count


def test_the_same_title_in_other_letters_is_the_same_paper() -> None:
    groups = folds.same_paper({"2501.00001": "Sour: Dough!", "2502.00001": "sour dough", "2503.00001": "Yeast"})
    assert groups["2501.00001"] == groups["2502.00001"] != groups["2503.00001"]


@given(st.integers(0, 80), st.integers(1, 30))
def test_over_time_nobody_is_judged_by_papers_of_the_same_month_or_later(count: int, history: int) -> None:
    found = folds.over_time(_alone(count), history)
    for fold in found:
        assert len(fold.train) >= history
        assert max(map(str, map(folds.month, fold.train))) < min(map(str, map(folds.month, fold.held)))
    first = -(-history // 10) * 10  # ten papers a month
    assert sorted(paper for fold in found for paper in fold.held) == [paper_id(n) for n in range(first, count)]


def test_a_long_past_is_refitted_a_bounded_number_of_times() -> None:
    found = folds.over_time(_alone(600))
    assert len(found) == folds.REFITS
    assert sum(len(fold.held) for fold in found) == 600 - folds.HISTORY


def test_a_quick_look_at_a_large_survey_costs_few_fits_and_judges_all_the_same() -> None:
    cut, over = folds.cross_validation(_alone(600), RNG, quick=True), folds.over_time(_alone(600), quick=True)
    assert [len(cut), len(over)] == [folds.QUICK] * 2
    assert [sum(len(fold.held) for fold in found) for found in (cut, over)] == [600, 600 - folds.HISTORY]
    assert len(folds.over_time(_alone(100), quick=True)) == 8


def test_papers_of_no_known_month_are_not_judged_over_time() -> None:
    assert folds.over_time({**_alone(30), "brickdome": "brickdome"})[-1] == Fold(
        tuple(map(paper_id, range(20))), tuple(map(paper_id, range(20, 30)))
    )


@pytest.mark.parametrize(("paper", "month"), [("2506.00001", "2025-06"), ("cs/0112017", "2001-12"), ("dome", None)])
def test_the_month_of_an_id(paper: str, month: str | None) -> None:
    assert folds.month(paper) == month


def test_a_month_of_the_listing_knows_only_what_came_before_it() -> None:
    listed = [paper_id(number) for number in range(0, 40, 2)] + ["brickdome"]
    found = folds.by_month(days(40), listed, at_least=10)
    assert [month.name for month in found] == ["2024-03", "2024-04"]
    for month in found:
        before = [paper for paper, day in days(40).items() if day[:7] < month.name]
        assert set(month.listed) == set(before) & set(listed)
        assert set(month.unlabelled) == set(before) - set(listed)
        assert [paper for paper, day in days(40).items() if day[:7] == month.name] == list(month.arriving)


def test_a_month_knows_how_many_weeks_of_papers_came_before_it() -> None:
    listing = {f"24{month:02}.{day:02}{place:03}": f"2024-{month:02}-{day:02}"
               for month in (1, 2, 3) for day in range(1, 29) for place in range(3)}  # fmt: skip
    found = folds.by_month(listing, [paper for paper in listing if paper.endswith("000")])
    assert [month.weeks for month in found] == pytest.approx([4, 8], abs=0.3)


def test_a_paper_announced_a_month_after_its_id_is_not_known_before_it_was_announced() -> None:
    listing = {**days(20), "2402.19999": "2024-03-01"}
    (month,) = folds.by_month(listing, [*map(paper_id, range(10)), "2402.19999"], at_least=10)[-1:]
    assert month.name == "2024-03"
    assert "2402.19999" not in month.listed
    assert month.arriving == ("2402.19999",)


def test_weeks_are_those_of_the_calendar() -> None:
    assert folds.calendar_weeks(["2025-06-01", "2025-06-02", "2025-06-03", "2025-06-09"]) == 3
