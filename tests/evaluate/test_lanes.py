"""The lanes over time: every paper goes one way, and the targets are held against what came of them."""

import pytest

from bot.evaluate import folds, ours, scope
from bot.evaluate.folds import Month
from bot.evaluate.lanes import LANES, against_targets, lane_rows, lanes
from bot.evaluate.report import LanesResult, ScopeResult
from bot.evaluate.seams import Scored, Scores
from bot.lanes import Lines
from bot.models import Lane
from bot.settings import Lanes
from tests.conftest import quiet
from tests.evaluate.generated import SETTINGS, days, flow, labels, library, records

TARGETS = Lanes(right=0.8, lost=0.02, weekly=3)
MONTHS = [Month("2024-01", (), (), tuple("abcdef"), 0), Month("2024-02", (), (), tuple("ghij"), 4)]
SCORES = [
    Scores(
        {
            "a": Scored(0.9, Lane.PROPOSE, "steam"),
            "b": Scored(0.8, Lane.PROPOSE, "steam"),
            "c": Scored(0.8, Lane.PROPOSE, "kneading"),
            "d": Scored(0.3, Lane.ASK, "steam"),
            "e": Scored(0.1, Lane.SKIP, "steam"),
        },
        Lines(0.2, 0.7, 0.5, ("too few",)),
    ),
    Scores({"g": Scored(0.9, Lane.PROPOSE, "steam"), "h": Scored(0.3, Lane.SKIP, "steam")}, Lines(0.4, 0.7, 0.5)),
]
LISTED = {"a": ("steam",), "b": ("sourdough",), "e": ("steam", "kneading"), "x": ("steam",)}


def _found(months: list[Month] = MONTHS, scores: list[Scores] = SCORES) -> LanesResult:
    return lanes(months, scores, ["a", "b", "c", "d", "e", "j"], LISTED, TARGETS, 2)


def test_each_lane_counts_its_papers_and_what_of_them_belongs_and_is_placed_right() -> None:
    found = [(one.lane, one.papers, one.belong, one.listed, one.placed) for one in _found().lanes]
    assert found == [
        (Lane.PROPOSE, 4, 3, 2, 1),  # g does not belong; c belongs and is not listed; b is listed elsewhere
        (Lane.ASK, 1, 1, 0, 0),
        (Lane.SKIP, 2, 1, 1, 1),
        (None, 3, 1, 0, 0),  # f, i and j: the cheap stage
    ]


def test_targets_are_held_against_shares_of_what_was_counted() -> None:
    found = _found()
    assert (found.right, found.lost, found.weekly) == (0.375, pytest.approx(2 / 6, abs=1e-6), 2.5)
    assert against_targets(found) == (
        "target: 80% of proposals right; found 38%: 3 of 4 belong, and of the 2 that are listed 1 have a right first "
        "class",
        "target: at most 2% of what belongs skipped; found 33%: of 6, 1 were skipped and 1 ruled out by words alone",
        "target: at most 3 papers a week to look at; found 2.5: 2.0 proposed and 0.5 asked",
    )
    assert found.notes == ("2024-01: too few",)


def test_where_nothing_was_proposed_nothing_is_said_of_its_share() -> None:
    found = _found(MONTHS, [Scores({}), Scores({})])
    assert (found.right, found.lost, found.weekly) == (None, 1.0, 0.0)
    assert "found –: 0 of 0 belong" in against_targets(found)[0]


def test_a_note_that_is_made_twice_is_told_once_with_its_months() -> None:
    twice = [SCORES[0], Scores({}, Lines(0.4, 0.7, 0.5, ("too few",)))]
    assert _found(MONTHS, twice).notes == ("2024-01, 2024-02: too few",)


def test_the_table_of_lanes_has_a_row_for_each_and_ends_with_the_cheap_stage() -> None:
    rows = lane_rows(_found())
    assert {len(row) for row in rows} == {len(LANES)}
    assert [row[0] for row in rows] == ["propose", "ask", "skip", "ruled out by words alone"]
    assert rows[0] == ("propose", "4", "2.0", "3", "2", "1")


@pytest.fixture(scope="module")
def result() -> ScopeResult:
    listed = {paper: its for number, (paper, its) in enumerate(labels(150).items()) if number % 5 == 0}
    asked = scope.Asked({paper: paper for paper in records(150)}, listed, {}, 10, Lanes(), 0, 20)
    months = folds.by_month(days(150), list(listed))
    world = flow(150)
    return scope.evaluate(asked, months, world, {ours.NAME: ours.scope(world, library(150), SETTINGS)}, quiet)


def test_months_lanes_and_ranking_count_the_same_papers(result: ScopeResult) -> None:
    proposed, asked, skipped, out = result.lanes.lanes
    assert sum(one.papers for one in result.lanes.lanes) == result.papers
    assert sum(one.belong for one in result.lanes.lanes) == result.right
    assert proposed.papers + asked.papers + skipped.papers == result.candidates
    assert proposed.papers == sum(month.proposed for month in result.months)
    assert asked.papers == sum(month.asked for month in result.months)
    assert skipped.belong + out.belong == sum(month.missed for month in result.months)
    assert proposed.papers == sum(one.lane is Lane.PROPOSE for one in result.ranking)
    assert proposed.papers > 0


def test_the_bins_of_the_scope_score_hold_the_papers_that_were_not_ruled_out(result: ScopeResult) -> None:
    assert sum(one.papers for one in result.reliability) == result.candidates
    assert sum(one.papers * one.right for one in result.reliability) == pytest.approx(result.right, abs=1e-3)
    gap = result.methods[0].values["ece"].value
    assert gap is not None
    assert 0 <= gap <= 1


def test_a_listing_of_which_everything_is_ruled_out_has_no_calibration() -> None:
    world = flow(150)
    none = type(world)(world.readings, world.statement, frozenset())
    listed = {paper: its for number, (paper, its) in enumerate(labels(150).items()) if number % 5 == 0}
    asked = scope.Asked({paper: paper for paper in records(150)}, listed, {}, 10, Lanes(), 0, 5)
    months = folds.by_month(days(150), list(listed))
    found = scope.evaluate(asked, months, none, {ours.NAME: ours.scope(none, library(150), SETTINGS)}, quiet)
    assert found.reliability == ()
    assert found.methods[0].values["ece"].value is None
    assert found.lanes.lost == 1
