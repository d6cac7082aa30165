"""How often people agree with the bot: every proposal counts once, and nothing is said that is not known."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.fates import Fate, State
from bot.stats import (
    Agreement,
    Opinions,
    Tally,
    agreement,
    grids,
    lines,
    quarter,
    sentences,
)
from tests.fabricated import TAXONOMY

AT = datetime(2026, 11, 20, tzinfo=UTC)
PROPOSALS = (State.ACCEPTED, State.CORRECTED, State.REJECTED, State.POSTPONED, State.PROPOSED)


def fate(number: int, state: State, **more: Any) -> Fate:
    facts = {"id": f"2611.{number:05}", "state": state, "reason": "because", "at": AT, "run": "r1", "scope": 0.9}
    return Fate.model_validate({**facts, **more})


def proposal(number: int, state: State, proposed: str = "steam", made: str = "", **more: Any) -> Fate:
    """``made``: what people made of its classes."""
    return fate(number, state, proposed=(proposed,), labels=(made or proposed,), **more)


FATES = [
    proposal(1, State.ACCEPTED, confidence=0.9),
    proposal(2, State.ACCEPTED, confidence=0.7),
    proposal(3, State.CORRECTED, made="kneading", confidence=0.8),
    proposal(4, State.REJECTED, "kneading", confidence=0.6),
    proposal(5, State.POSTPONED, "kneading"),
    proposal(6, State.PROPOSED, "sourdough"),
    fate(7, State.ASKED, labels=("steam",)),
    fate(8, State.ACCEPTED, labels=("steam",)),
    fate(9, State.SKIPPED),
    fate(10, State.SEEN),
]


def test_what_became_of_proposals_is_counted_overall_and_by_the_class_proposed_first() -> None:
    found = agreement(FATES)
    assert found.overall == Tally(accepted=2, corrected=1, rejected=1, postponed=1, open=1, right=2, confidence=0.8)
    assert found.classes == {
        "kneading": Tally(rejected=1, postponed=1),
        "sourdough": Tally(open=1),
        "steam": Tally(accepted=2, corrected=1, right=2, confidence=0.8),
    }
    assert (found.waiting, found.by_hand) == (1, 1)


def test_a_correction_that_keeps_the_first_class_leaves_it_right() -> None:
    more = fate(1, State.CORRECTED, proposed=("steam", "kneading"), labels=("sourdough", "steam"))
    assert agreement([more]).overall == Tally(corrected=1, right=1)


def test_the_confidence_is_that_of_listed_papers_alone_so_that_it_can_stand_beside_the_right_ones() -> None:
    known = [proposal(1, State.ACCEPTED, confidence=0.9), proposal(2, State.REJECTED, confidence=0.1)]
    assert agreement(known).overall.confidence == 0.9


def test_without_a_known_confidence_none_is_told() -> None:
    assert agreement([proposal(1, State.ACCEPTED)]).overall.confidence is None


def test_a_class_that_was_renamed_counts_under_its_name_of_today() -> None:
    old = fate(1, State.ACCEPTED, proposed=("hearth",), labels=("stone-hearth",))
    new = proposal(2, State.ACCEPTED, "stone-hearth")
    assert agreement([old, new], TAXONOMY.current).classes == {"stone-hearth": Tally(accepted=2, right=2)}


@pytest.mark.parametrize(
    ("month", "name"),
    [(1, "2026-Q1"), (3, "2026-Q1"), (4, "2026-Q2"), (6, "2026-Q2"), (7, "2026-Q3"), (10, "2026-Q4"), (12, "2026-Q4")],
)
def test_a_quarter_has_three_months(month: int, name: str) -> None:
    assert quarter(AT.replace(month=month)) == name


def test_quarters_are_those_of_the_decision_the_oldest_first() -> None:
    days = [AT, AT.replace(year=2025, month=2), AT.replace(month=7)]
    found = agreement([proposal(number, State.ACCEPTED, at=day) for number, day in enumerate(days)])
    assert {name: tally.accepted for name, tally in found.quarters.items()} == {
        "2025-Q1": 1,
        "2026-Q3": 1,
        "2026-Q4": 1,
    }
    assert list(found.quarters) == sorted(found.quarters)


def total(tallies: list[Tally]) -> dict[str, int]:
    names = ("accepted", "corrected", "rejected", "postponed", "open", "right", "listed", "decided")
    return {name: sum(getattr(tally, name) for tally in tallies) for name in names}


@given(
    st.lists(
        st.builds(
            fate,
            number=st.integers(1, 99),
            state=st.sampled_from(list(State)),
            proposed=st.lists(st.sampled_from(["steam", "kneading", "gone"]), max_size=2, unique=True),
            labels=st.lists(st.sampled_from(["steam", "kneading", "gone"]), max_size=2, unique=True),
            at=st.datetimes(timezones=st.just(UTC)),
            confidence=st.none() | st.floats(0, 1),
            opinion=st.sampled_from(["", "steam", "gone", "-none", "-out"]),
        ),
        unique_by=lambda one: one.id,
    )
)
def test_the_classes_and_the_quarters_add_up_to_all_proposals(fates: list[Fate]) -> None:
    found = agreement(fates, TAXONOMY.current)
    assert total(list(found.classes.values())) == total(list(found.quarters.values())) == total([found.overall])
    counted = found.overall.decided + found.overall.postponed + found.overall.open
    assert counted == sum(bool(one.proposed) and one.state in PROPOSALS for one in fates)
    assert found.overall.right <= found.overall.listed
    assert found.opinions.right + found.opinions.missed <= found.opinions.listed
    assert found.opinions.out <= found.opinions.rejected
    assert lines(found, TAXONOMY)


def test_it_reads_back_from_its_json() -> None:
    found = agreement(FATES)
    assert Agreement.model_validate_json(found.model_dump_json()) == found


# --- what is told -----------------------------------------------------------------------------------------------------


def test_the_sentences_say_how_often_people_agreed_and_how_sure_the_bot_was() -> None:
    assert sentences(agreement(FATES)) == [
        "of 4 decided proposals: 2 accepted as proposed (50%), 1 corrected, 1 rejected",
        "the first class was right for 2 of 3 listed papers; mean confidence 0.80",
        "1 paper that the bot judged and did not propose: listed by hand",
    ]


@pytest.mark.parametrize("fates", [[], [fate(1, State.ASKED)], [proposal(1, State.PROPOSED)]])
def test_before_anything_is_decided_no_share_is_told(fates: list[Fate]) -> None:
    assert sentences(agreement(fates)) == []
    assert lines(agreement(fates), TAXONOMY)[0] == "no proposal has been decided yet"


def test_the_tables_stand_in_the_order_of_the_taxonomy_with_what_is_no_class_any_more_last() -> None:
    fates = [proposal(1, State.ACCEPTED), proposal(2, State.REJECTED, "gone"), proposal(3, State.ACCEPTED, "sourdough")]
    by_class, by_quarter = grids(agreement(fates), TAXONOMY)
    assert [row[0] for row in by_class.rows] == ["Sourdough", "Steam", "gone (no class)", "all"]
    assert [row[0] for row in by_quarter.rows] == ["2026-Q4", "all"]
    assert by_class.rows[1] == ("Steam", "1", "1", "0", "0", "0", "0", "1.00", "–")
    assert by_class.rows[2] == ("gone (no class)", "1", "0", "0", "1", "0", "0", "–", "–")
    assert {len(row) for grid in (by_class, by_quarter) for row in grid.rows} == {len(by_class.header)}


def test_the_latest_quarter_stands_first() -> None:
    fates = [proposal(1, State.ACCEPTED, at=AT.replace(year=2025)), proposal(2, State.ACCEPTED)]
    assert [row[0] for row in grids(agreement(fates), TAXONOMY)[1].rows] == ["2026-Q4", "2025-Q4", "all"]


def test_where_nothing_was_proposed_there_is_no_table() -> None:
    assert grids(agreement([fate(1, State.ASKED)]), TAXONOMY) == ()


def test_the_columns_of_a_terminal_stand_below_each_other() -> None:
    told = lines(agreement(FATES), TAXONOMY)
    table = told[told.index("") + 1 :]
    table = table[: table.index("")]
    assert {len(line) for line in table} == {len(table[0])}
    assert table[0].startswith("by class ")


# --- the language model -----------------------------------------------------------------------------------------------

ADVISED = [
    proposal(1, State.ACCEPTED, opinion="steam"),
    proposal(2, State.CORRECTED, made="kneading", opinion="kneading"),
    proposal(3, State.CORRECTED, made="kneading", opinion="steam"),
    fate(4, State.ACCEPTED, labels=("sourdough", "stone-hearth"), opinion="hearth"),
    fate(5, State.ACCEPTED, labels=("steam",), opinion="-out"),
    fate(6, State.ACCEPTED, labels=("steam",), opinion="-none"),
    fate(7, State.REJECTED, labels=("steam",), opinion="-out"),
    fate(8, State.REJECTED, labels=("steam",), opinion="steam"),
    fate(9, State.REJECTED, labels=("steam",)),
    fate(10, State.ACCEPTED, labels=("steam",)),
    fate(11, State.ASKED, labels=("steam",), opinion="steam"),
    fate(12, State.SKIPPED, opinion="-out"),
]


def test_what_a_language_model_said_is_held_against_what_people_decided_of_papers_proposed_or_not() -> None:
    found = agreement(ADVISED, TAXONOMY.current).opinions
    assert found == Opinions(listed=6, right=3, missed=1, rejected=2, out=1)
    assert agreement(FATES).opinions == Opinions()


def test_how_often_people_agree_with_the_language_model_is_told_once_they_decided() -> None:
    assert sentences(agreement(ADVISED, TAXONOMY.current))[-2:] == [
        "the class that the language model put first was right for 3 of 6 listed papers, and it called 1 of them "
        "out of scope",
        "the language model called 1 of 2 rejected papers out of scope",
    ]
    assert sentences(agreement([fate(1, State.ACCEPTED, labels=("steam",), opinion="steam")]))[-1] == (
        "the class that the language model put first was right for 1 of 1 listed paper"
    )
    assert not [line for line in sentences(agreement(FATES)) if "language model" in line]
