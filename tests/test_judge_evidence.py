"""What a judgement shows a reviewer: precedents, unusual words, and how often it was right."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot import texts
from bot.classify import words
from bot.judge import NEARBY, OF_THE_CLASS, PRECEDENTS, TRACK
from bot.lanes import Lines
from bot.models import Judgement, Lane, Paper
from bot.ports import Neighbour
from tests import generated
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY, candidate
from tests.generated import reading
from tests.judging import (
    BOTH,
    LARGE_JUDGE,
    LARGE_PAST,
    STEAM,
    asked,
    fitted,
    judged,
    past_of,
    relabelled,
    with_papers,
)

# --- the precedents --------------------------------------------------------------------------------------------------


def chosen(order: Sequence[str], lines: Lines | None = None) -> Judgement:
    """Listed papers ``<label><number>``, the nearest first, for a paper on steam whose runner-up is kneading."""
    common = {"year": 2025, "venue": "Blog", "url": "https://a.example"}
    papers = [Paper(id=key, title=f"On {key}", labels=(key.rstrip("123456789"),), **common) for key in sorted(order)]
    judge = fitted(with_papers(*papers), past=past_of(with_papers()))
    judge.lines = lines or Lines(0.0, 0.0, 1.01)
    near = [Neighbour(key, 1 - place / 100) for place, key in enumerate(order)]
    return judge.judge(STEAM, reading(*texts.record_sentences(STEAM)), near, ())


def test_three_of_the_class_one_of_the_runner_up_and_the_nearest_other_are_shown_the_nearest_first() -> None:
    rival = chosen(()).placement[1].label
    other = chosen(()).placement[2].label
    order = [f"{other}1", f"{other}2", "steam1", "steam2", "steam3", "steam4", f"{other}3", f"{rival}1", f"{rival}2"]
    found = chosen(order).precedents
    assert [one.id for one in found] == [f"{other}1", "steam1", "steam2", "steam3", f"{rival}1"]
    assert [one.id for one in found if one.of_runner_up] == [f"{rival}1"]


def test_where_the_class_has_few_papers_the_nearest_others_take_their_place() -> None:
    rival = chosen(()).placement[1].label
    found = chosen([f"{rival}1", f"{rival}2", f"{rival}3", f"{rival}4", f"{rival}5", "steam1"]).precedents
    assert [one.id for one in found] == [f"{rival}1", f"{rival}2", f"{rival}3", f"{rival}4", "steam1"]
    assert [one.of_runner_up for one in found] == [True, False, False, False, False]


def test_a_paper_that_is_in_both_classes_is_shown_for_the_class() -> None:
    rival = chosen(()).placement[1].label
    both = PAPERS["2503.00005"].model_copy(update={"labels": ("steam", rival)})
    found = judged(STEAM, with_papers(both)).precedents
    assert [(one.id, one.of_runner_up) for one in found] == [(both.id, False)]


@given(st.permutations([f"{label}{number}" for label in TAXONOMY.paths for number in range(1, 4)]), st.integers(0, 15))
@hypothesis_settings(max_examples=20)
def test_never_more_than_five_none_twice_and_always_the_nearest_of_the_class(order: list[str], count: int) -> None:
    near = order[:count]
    found = [one.id for one in chosen(near).precedents]
    assert len(found) == len(set(found)) == min(PRECEDENTS, count)
    assert found == [key for key in near if key in found]
    of_the_class = [key for key in near if key.startswith("steam")]
    assert set(of_the_class[:OF_THE_CLASS]) <= set(found)


def test_a_neighbour_that_is_not_listed_any_more_is_no_precedent() -> None:
    judge = fitted(with_papers())
    found = judge.judge(STEAM, reading("steam"), [Neighbour("2501.99999", 0.9)], ())
    assert found.precedents == ()


def test_precedents_are_looked_for_under_today_s_ids_of_their_classes() -> None:
    old, new = with_papers(*relabelled(("hearth",))), with_papers(*relabelled(("stone-hearth",)))
    assert judged(BOTH, old) == judged(BOTH, new)


# --- what else a reviewer is told ------------------------------------------------------------------------------------


def test_unusual_words_leave_out_the_method_s_name_and_all_that_anything_listed_says() -> None:
    abstract = "FogLoaf uses plasma. FogLoaf is plasma for a loaf; steam, steam, starters for starters. FogLoaf!"
    found = judged(candidate("2611.00001", "FogLoaf: Steam on a Budget", abstract)).unusual
    assert found == ("plasma", "Budget")
    known = {stem for one in past_of(LIBRARY).papers.values() for stem in words.stems(texts.joined(one.sentences))}
    assert not known & {stem for word in found for stem in words.stems(word)}


def test_a_word_of_the_statement_of_scope_is_not_unusual() -> None:
    assert judged(candidate("2611.00001", "Flour", "Flour, flour. Ducks, ducks.")).unusual == ("Ducks",)


def test_the_track_tells_how_often_it_was_right_when_it_was_about_as_sure() -> None:
    for record in (*list(generated.flow(20, start=500).values()), STEAM):
        found = asked(LARGE_JUDGE, record, LARGE_PAST.papers)
        held_out = LARGE_JUDGE.placement.held_out
        like = [
            bool(right)
            for right, sure in zip(held_out.right, held_out.confidence, strict=True)
            if abs(sure - found.confidence) <= NEARBY
        ]
        assert found.track == ((sum(like), len(like)) if len(like) >= TRACK else None)


def test_without_any_listed_paper_there_is_no_track_and_no_precedent() -> None:
    found = judged(STEAM, with_papers())
    assert found.lane is Lane.PROPOSE
    assert found.labels[0] == "steam"
    assert (found.track, found.precedents) == (None, ())
