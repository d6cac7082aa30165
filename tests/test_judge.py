"""One judgement: scope, placement, and the lane they lead to."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot import settings as settings_file
from bot import texts
from bot.errors import DataError
from bot.judge import RIVAL, TOLD, EmbeddedJudge
from bot.lanes import Lines
from bot.models import Lane, Node, Taxonomy
from bot.settings import Lanes, Render
from bot.starter import starter
from tests import generated
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY, candidate
from tests.generated import FABRICATED, reading
from tests.judging import (
    BOTH,
    LARGE,
    LARGE_JUDGE,
    LARGE_PAST,
    STEAM,
    asked,
    fitted,
    judged,
    past_of,
    relabelled,
    settings,
    with_papers,
)

# --- the lane --------------------------------------------------------------------------------------------------------


def test_a_paper_that_belongs_is_proposed_with_everything_a_reviewer_needs() -> None:
    found = judged(STEAM)
    assert found.lane is Lane.PROPOSE
    assert (found.labels[0], found.placement[0].label) == ("steam", "steam")
    assert found.rationale.quote in STEAM.abstract
    assert found.rationale.rules[0] in texts.rules(TAXONOMY.leaf("steam"))
    assert {"Steam", "vapour"} & set(found.rationale.words)
    assert found.precedents[0].id in ("2503.00005", "2503.00006")
    assert found.flags == ("a flag",)
    assert found.reason == f"scope {found.scope.score:.2f}, Steam {found.confidence:.2f}"


def test_a_paper_below_the_survey_s_line_is_skipped_with_score_line_and_what_it_lacks() -> None:
    found = judged(candidate("2611.00002", "Loaf", "A loaf of nothing."))
    assert found.lane is Lane.SKIP
    assert found.reason == "out of scope: 0.00, the survey's line is 0.40; holds no term of means"


def test_a_paper_that_lacks_no_group_is_skipped_without_a_word_on_groups() -> None:
    found = judged(STEAM, lines=Lines(1.1, 0.8, 1.0))
    assert found.reason == "out of scope: 1.00, the survey's line is 1.10"


def test_a_second_class_that_is_hardly_possible_is_not_told() -> None:
    found = judged(STEAM, lines=Lines(0.1, 1.0, 1.0))
    assert found.placement[1].probability < RIVAL
    assert " or " not in found.reason


def test_between_the_two_lines_a_human_is_asked_and_told_both_classes_and_the_line() -> None:
    found = judged(BOTH, lines=Lines(0.1, 1.0, 1.0))
    assert found.lane is Lane.ASK
    assert found.placement[1].probability > RIVAL
    names = " or ".join(f"{TAXONOMY.leaf(one.label).name} {one.probability:.2f}" for one in found.placement[:2])
    together = found.scope.score * found.confidence
    assert found.reason == f"scope 1.00, {names}: together {together:.2f}, proposed from 1.00"


def test_the_lane_changes_nothing_else() -> None:
    found = [judged(STEAM, lines=Lines(ask, propose, 1.0)) for ask, propose in ((1.1, 1.0), (0.0, 1.0), (0.0, 0.0))]
    assert [one.lane for one in found] == [Lane.SKIP, Lane.ASK, Lane.PROPOSE]
    rest = {"lane", "reason", "lines"}
    assert found[0].model_dump(exclude=rest) == found[1].model_dump(exclude=rest) == found[2].model_dump(exclude=rest)


def test_the_lines_between_the_lanes_are_told() -> None:
    found = judged(STEAM, lines=Lines(0.1, 0.7, 0.3))
    assert {line.name: line.value for line in found.lines} == {"ask": 0.1, "propose": 0.7, "further": 0.3}


def test_with_enough_papers_the_lines_are_fitted_to_the_targets() -> None:
    judge = EmbeddedJudge(LARGE, settings())
    assert judge.fit(LARGE_PAST) == (
        "40 listed papers are too few to promise that no more than 2% ([lanes] lost) of what belongs is skipped",
    )
    lanes = [asked(judge, record, LARGE_PAST.papers).lane for record in generated.flow(40, start=1000).values()]
    belonging, others = lanes[::4], [lane for place, lane in enumerate(lanes) if place % 4]
    assert belonging.count(Lane.SKIP) == 0
    assert others.count(Lane.SKIP) >= 0.9 * len(others)
    assert Lane.PROPOSE not in others


@pytest.mark.parametrize(("papers", "seen"), [(0, 0), (0, 80), (40, 0), (40, 29)])
def test_with_too_few_papers_to_calibrate_on_the_operator_is_told(papers: int, seen: int) -> None:
    library = with_papers(*list(LARGE.papers.values())[:papers])
    notes = EmbeddedJudge(library, settings()).fit(past_of(library, generated.flow(seen)))
    assert notes == ("too few papers to calibrate on, so more are asked about",)


def test_a_weekly_budget_that_costs_papers_is_told() -> None:
    judge = EmbeddedJudge(LARGE, settings(Lanes(weekly=1)))
    (note,) = judge.fit(replace(LARGE_PAST, weeks=5.0))
    assert note.startswith("looking at 1 papers a week skips ")


# --- the classes -----------------------------------------------------------------------------------------------------


def test_further_classes_are_those_that_are_probable_enough_and_the_first_always() -> None:
    for further in (0.0, 0.05, 1.01):
        found = judged(BOTH, lines=Lines(0.0, 0.0, further))
        enough = [ranked.label for ranked in found.placement if ranked.probability >= further]
        assert list(found.labels) == (enough or [found.placement[0].label])


def test_every_proposed_class_has_a_rule_of_its_own_rulebook() -> None:
    found = judged(BOTH, lines=Lines(0.0, 0.0, 0.0))
    assert set(found.labels) == set(TAXONOMY.paths)
    for label, rule in zip(found.labels, found.rationale.rules, strict=True):
        assert rule in texts.rules(TAXONOMY.leaf(label))


def test_all_classes_are_ranked_the_most_probable_first_and_the_first_few_part_by_part() -> None:
    found = judged(STEAM)
    shares = [ranked.probability for ranked in found.placement]
    assert shares == sorted(shares, reverse=True)
    assert {ranked.label for ranked in found.placement} == set(TAXONOMY.paths)
    assert [bool(ranked.parts) for ranked in found.placement] == [True] * TOLD + [False] * (len(shares) - TOLD)
    scores = [sum(part.value for part in ranked.parts) for ranked in found.placement[:TOLD]]
    assert scores == sorted(scores, reverse=True)


def keeping_out_steam(node: Node) -> Node:
    children = tuple(map(keeping_out_steam, node.children))
    return node.model_copy(update={"children": children, "exclude": (f"{node.id}: vapour, which is Steam",)})


def test_the_best_class_that_is_not_proposed_says_why_it_is_not_and_none_does_where_all_are() -> None:
    library = with_papers(*PAPERS.values(), taxonomy=Taxonomy(root=keeping_out_steam(TAXONOMY.root)))
    one, all_of_them = judged(STEAM, library), judged(STEAM, library, Lines(0.0, 0.0, 0.0))
    assert one.labels == ("steam",)
    assert one.rationale.why_not == f"not for {one.placement[1].label}: vapour, which is Steam"
    assert all_of_them.rationale.why_not == ""


# --- surveys and papers at the edge ----------------------------------------------------------------------------------


def test_one_class_gets_all_and_has_no_runner_up() -> None:
    taxonomy = Taxonomy(root=Node(id="survey", name="Survey", children=(TAXONOMY.leaf("steam"),)))
    for papers in ([], relabelled(("steam",)), relabelled(("steam",))[:1]):
        found = judged(STEAM, with_papers(*papers, taxonomy=taxonomy))
        assert found.labels == ("steam",)
        assert found.rationale.why_not == ""
        assert found.reason == "scope 1.00, Steam 1.00"


def test_a_taxonomy_without_classes_is_one_sentence() -> None:
    with pytest.raises(DataError, match="there is no class; add one below"):
        judged(STEAM, with_papers(taxonomy=Taxonomy(root=Node(id="survey", name="Survey"))))


def test_all_papers_in_one_class_leave_the_others_reachable() -> None:
    on_dough = [paper for paper in relabelled(("kneading",)) if paper.id < "2503"]
    assert judged(STEAM, with_papers(*on_dough)).labels[0] == "steam"


@pytest.mark.parametrize("labels", [("dough",), ("bread",), ("no-such-class",), ("ovens", "steam")])
def test_a_listed_label_that_is_no_leaf_teaches_nothing_and_stops_nothing(labels: tuple[str, ...]) -> None:
    stray = PAPERS["2503.00005"].model_copy(update={"labels": labels})
    found = judged(STEAM, with_papers(*PAPERS.values(), stray))
    assert set(found.labels) <= set(TAXONOMY.paths)


def test_a_paper_in_the_memory_that_is_not_on_the_shelf_teaches_no_class_and_stops_nothing() -> None:
    past = replace(past_of(LIBRARY), papers={**past_of(LIBRARY).papers, "2501.99999": reading("Steam")})
    assert asked(fitted(past=past), STEAM, past.papers).labels[0] == "steam"


@pytest.mark.parametrize(
    "abstract",
    [
        "crust steam starter " * 7000,
        "Crust. Steam! Starter? " * 7000,
        "loaf steam gluten 1 2 3",
        "loaf steam yeast 酸面团的研究。面包。",
        "Loaf.Steam.Yeast",
        "loaf steam stone $$$ \\\\",
    ],
    ids=["20,000 words", "20,000 sentences", "digits", "Chinese", "no spaces", "signs"],
)
def test_strange_abstracts_are_judged_like_any_other(abstract: str) -> None:
    found = judged(candidate("2611.00003", "T", abstract))
    assert found.lane is not Lane.SKIP
    assert found.rationale.quote in " ".join(abstract.split())


def test_an_abstract_without_a_word_is_judged_by_its_title() -> None:
    record, flags = texts.clean_record(candidate("2611.00003", "Steam for a Yeast Loaf", "\u200b"))
    assert flags
    assert judged(record).labels[0] == "steam"


@pytest.mark.parametrize("large", [False, True], ids=["seven papers", "calibrated"])
@hypothesis_settings(max_examples=40)
@given(
    title=st.text(min_size=1).filter(str.strip),
    abstract=st.text(min_size=1).filter(str.strip)
    | st.lists(st.sampled_from(["a starter", "酸面团。", "1 2 3", "the", "Steam.", "\u202e", "X: Y"]), min_size=1).map(
        " ".join
    ),
)
def test_whatever_is_asked_a_judgement_comes_out_and_quotes_what_is_there(
    large: bool, title: str, abstract: str
) -> None:
    record, _ = texts.clean_record(candidate("2611.00003", title, abstract))
    judge, papers = (LARGE_JUDGE, LARGE_PAST.papers) if large else (SMALL_JUDGE, FABRICATED)
    found = asked(judge, record, papers)
    assert found == asked(judge, record, papers)
    assert found.rationale.quote in (record.abstract or record.title)
    said = f"{record.title} {record.abstract}"
    assert all(word in said for word in (*found.rationale.words, *found.unusual))
    assert "\n" not in found.reason


SMALL_JUDGE = fitted()


def test_a_paper_that_came_by_is_judged_by_a_scope_model_that_did_not_learn_from_it() -> None:
    for place, key in enumerate(sorted(LARGE_PAST.seen)[:10]):
        found = asked(LARGE_JUDGE, generated.flow(80)[key], LARGE_PAST.papers)
        assert found.scope.score == pytest.approx(LARGE_JUDGE.scope.seen[place])


def test_the_cheap_stage_needs_no_fitting() -> None:
    judge = EmbeddedJudge(LIBRARY, settings())
    assert judge.ruled_out(STEAM) is None
    assert judge.ruled_out(candidate("2611.00004", "T", "On violins.")) == "holds no term of the group 'bread'"


def test_the_settings_that_an_import_starts_with_judge_from_the_first_run_on(tmp_path: Path) -> None:
    file = tmp_path / settings_file.FILE
    names = [leaf.name for leaf in TAXONOMY.leaves]
    file.write_text(starter("README.md", names, Render()), encoding="utf-8")
    judge = fitted(given=settings_file.load(file))
    found = asked(judge, candidate("2611.00005", "Steam", "Sourdough, kneading and steam."), {})
    assert found.scope.terms == ("steam", "sourdough", "kneading")
    assert found.lane is not Lane.SKIP
    assert asked(judge, candidate("2611.00006", "Violins", "On strings."), {}).lane is Lane.SKIP
