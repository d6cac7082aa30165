"""Advice on what the list says: who a paper is, whether it stands there twice, and whether it reads like its class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from bot import advice, texts
from bot.advice import Advice, Known, Learned, Mention
from bot.classify.placement import Placement
from bot.models import Library, Link, Node, Paper, Record, Taxonomy
from tests import generated
from tests.fabricated import LIBRARY, TAXONOMY
from tests.generated import reading
from tests.judging import with_papers

FOG, STONES = "FogLoaf: Steam on a Budget", "Wet Stones for Bakers who Hurry"


def paper(key: str, title: str, *labels: str, **more: Any) -> Paper:
    url = None if key[0].isdigit() else f"https://bread.example/{key}"
    return Paper(
        **{
            "id": key,
            "title": title,
            "year": 2025,
            "venue": "arXiv",
            "labels": labels or ("steam",),
            "url": url,
            **more,
        }
    )


def record(key: str, title: str, abstract: str = "We bake.", **more: Any) -> Record:
    return Record(id=key, title=title, abstract=abstract, **more)


def after(*papers: Paper, records: tuple[Record, ...] = (), taxonomy: Taxonomy = TAXONOMY, **more: Any) -> Known:
    return Known(with_papers(*papers, taxonomy=taxonomy), {one.id: one for one in records}, **more)


def given(known: Known, kind: str) -> list[Advice]:
    return [one for one in advice.advise(known) if one.kind == kind]


def kinds(known: Known) -> set[str]:
    return {one.kind for one in advice.advise(known)} - {"small-class"}


# --- who a paper is --------------------------------------------------------------------------------------------------


def test_an_id_that_is_another_papers_is_told_with_both_titles() -> None:
    known = after(paper("2501.00001", FOG), records=(record("2501.00001", STONES),))
    (one,) = given(known, "another-paper")
    assert one.sentence == f"2501.00001 is “{STONES}” on arXiv, not “{FOG}”"
    assert one.papers == ("2501.00001",)


def test_where_a_search_finds_the_title_the_right_id_is_told() -> None:
    known = after(
        paper("2501.00001", FOG),
        records=(record("2501.00001", STONES),),
        titled={"2501.00001": (record("2502.00001", "Fog"), record("2502.00009", "Steam on a Budget"))},
    )
    (one,) = given(known, "another-paper")
    assert one.sentence.endswith(f"not “{FOG}”: that one is arXiv 2502.00009 “Steam on a Budget”")
    assert one.weight == 1.0


def test_nothing_else_is_said_of_a_paper_whose_abstract_is_another_ones() -> None:
    known = after(
        paper("2501.00001", FOG),
        records=(record("2501.00001", STONES, comment="This paper has been withdrawn"),),
    )
    assert kinds(known) == {"another-paper"}


@pytest.mark.parametrize("title", ["Steam on a Budget", "Steam On A Budget!", "Steam -- on a “budget”"])
def test_other_signs_make_no_other_title(title: str) -> None:
    known = after(paper("2501.00001", title), records=(record("2501.00001", "Steam on a budget"),))
    assert kinds(known) == set()


def test_a_paper_that_keeps_its_name_has_a_new_title_and_is_no_other_paper() -> None:
    known = after(
        paper("2501.00001", FOG), records=(record("2501.00001", "FogLoaf: Every Oven Is a Kettle", version=3),)
    )
    (one,) = given(known, "changed-title")
    assert one.sentence == f"2501.00001 is called “FogLoaf: Every Oven Is a Kettle” now; the list says “{FOG}”"
    assert one.evidence == ("version 3 on arXiv",)
    assert kinds(known) == {"changed-title"}


@pytest.mark.parametrize("name", ["FogLoaf", "SteamLoaf"])
def test_a_name_that_only_the_list_puts_before_the_title_is_told_last(name: str) -> None:
    listed = paper("2501.00001", f"{name}: Steam On A Budget!")
    (one,) = given(after(listed, records=(record("2501.00001", "Steam on a budget"),)), "changed-title")
    assert one.sentence == f"2501.00001 is called “Steam on a budget” on arXiv, without “{name}:”"
    assert (one.evidence, one.weight) == ((f"the name could be its `short: {name}`",), 0.1)


def test_a_paper_that_is_named_in_its_abstract_alone_is_no_other_paper() -> None:
    kettle = record("2501.00001", "Every Oven Is a Kettle", "We propose FogLoaf, a valve.")
    assert kinds(after(paper("2501.00001", FOG), records=(kettle,))) == {"changed-title"}


def test_an_id_nobody_knows_is_told_with_the_one_its_title_has() -> None:
    found = {"2501.00001": (record("2502.00009", FOG),)}
    (one,) = given(after(paper("2501.00001", FOG), unknown=frozenset({"2501.00001"}), titled=found), "unknown-id")
    assert one.sentence == (
        f"arXiv does not know the id of FogLoaf (2501.00001): its title is that of arXiv 2502.00009 “{FOG}”"
    )


def test_a_paper_without_arxiv_id_that_is_on_arxiv_is_told_with_the_name_its_file_should_have() -> None:
    (one,) = given(after(paper("fogloaf", FOG), titled={"fogloaf": (record("2502.00009", FOG),)}), "on-arxiv")
    assert one.sentence == (
        f"fogloaf may be arXiv 2502.00009 “{FOG}”; then name its file 2502.00009.yaml and take `url` out of it"
    )


def test_a_paper_whose_arxiv_id_is_listed_too_is_told_so() -> None:
    known = after(paper("fogloaf", FOG), paper("2502.00009", STONES), titled={"fogloaf": (record("2502.00009", FOG),)})
    assert given(known, "on-arxiv")[0].sentence.endswith("which is listed too")


def test_a_found_title_that_is_only_a_little_alike_is_not_told() -> None:
    assert kinds(after(paper("fogloaf", FOG), titled={"fogloaf": (record("2502.00009", "Steam on a Ship"),)})) == set()


def test_wrong_ids_are_searched_for_before_papers_without_one() -> None:
    known = after(
        paper("brick", "Brick"),
        paper("2501.00001", FOG),
        paper("2501.00002", STONES),
        paper("2501.00003", "Yeast"),
        records=(record("2501.00001", STONES), record("2501.00003", "Yeast")),
        unknown=frozenset({"2501.00002"}),
    )
    assert advice.unsure(known) == ["2501.00001", "2501.00002", "brick"]


def test_a_withdrawn_paper_is_told_with_what_its_authors_say() -> None:
    gone = record("2501.00001", FOG, comment="This paper has been withdrawn: the valve leaks")
    (one,) = given(after(paper("2501.00001", FOG), records=(gone,)), "withdrawn")
    assert one.evidence == ("arXiv: This paper has been withdrawn: the valve leaks",)


@pytest.mark.parametrize(("year", "told"), [(2025, 0), (2027, 0), (2028, 1)])
def test_a_year_more_than_two_after_the_ids_is_told(year: int, told: int) -> None:
    assert len(given(after(paper("2501.00001", FOG, year=year)), "late-year")) == told


# --- twice on the list -----------------------------------------------------------------------------------------------

LONG = "A cheap valve holds the vapour while the loaf springs and the crust stays soft until the door is opened again."


def test_two_ids_with_nearly_one_title_may_be_one_work() -> None:
    known = after(paper("2501.00001", FOG), paper("2502.00001", "Steam on a Budget", "kneading"))
    (one,) = given(known, "duplicate")
    assert one.papers == ("2501.00001", "2502.00001")
    assert one.evidence[0] == f"“{FOG}”, 2025, steam"


def test_two_ids_with_nearly_one_abstract_may_be_one_work_whatever_they_are_called() -> None:
    known = after(
        paper("2501.00001", FOG),
        paper("2502.00001", STONES),
        records=(record("2501.00001", FOG, LONG), record("2502.00001", STONES, f"{LONG} We sell it.")),
    )
    assert "of the abstracts' runs of 3 words" in given(known, "duplicate")[0].evidence[2]


def test_papers_with_a_few_words_in_common_are_two() -> None:
    known = after(
        paper("2501.00001", "Steam on a Ship at Night"),
        paper("2502.00001", "Steam on a Hill by Day"),
        records=(
            record("2501.00001", "Steam on a Ship at Night", LONG),
            record("2502.00001", "Steam on a Hill by Day", "The loaf springs, says the vapour, and we are content."),
        ),
    )
    assert kinds(known) == set()


def test_equal_titles_are_left_to_the_lint_of_form() -> None:
    assert kinds(after(paper("2501.00001", FOG), paper("2502.00001", FOG.upper()))) <= {"shared-name"}


def test_two_papers_with_one_repository_are_told() -> None:
    code = (Link(url="https://github.com/baker/valve/"),)
    known = after(
        paper("2501.00001", FOG, code=code),
        paper("2502.00001", STONES, website=(Link(url="http://github.com/Baker/Valve"),)),
    )
    assert given(known, "shared-link")[0].evidence == ("github.com/baker/valve",)


def test_the_page_of_a_group_is_no_papers_own() -> None:
    group = (Link(url="https://github.com/baker"),)
    assert kinds(after(paper("2501.00001", FOG, code=group), paper("2502.00001", STONES, code=group))) == set()


def test_two_papers_with_one_name_are_told_apart() -> None:
    (one,) = given(after(paper("2501.00001", FOG), paper("2502.00001", STONES, short="Fog-Loaf")), "shared-name")
    assert one.papers == ("2501.00001", "2502.00001")


# --- where a paper stands --------------------------------------------------------------------------------------------

COUNT = 60


def learned(
    labels: Mapping[str, tuple[str, ...]],
    without: frozenset[str] = frozenset(),
    taxonomy: Taxonomy = TAXONOMY,
    **more: Any,
) -> Known:
    """Generated papers under these labels, and what the bot learns of them."""
    records = {key: one for key, one in generated.listed(COUNT, clear=0.95).items() if key in labels}
    papers = {key: paper(key, records[key].title, *its, year=2000 + int(key[:2])) for key, its in labels.items()}
    library = Library(taxonomy=taxonomy, papers=papers)
    readings = {key: reading(*texts.record_sentences(one)) for key, one in records.items()}
    classes = {label: reading(*texts.class_sentences(path)) for label, path in taxonomy.paths.items()}
    model = Placement(list(taxonomy.paths))
    model.fit(classes, readings, labels)
    known = {key: one for key, one in records.items() if key not in without}
    return Known(library, known, learned=Learned(readings, classes, model), **more)


RIGHT = generated.labels(COUNT)
MOVED = generated.paper_id(20)
"""A paper of sourdough."""
HEARTH = {**RIGHT, MOVED: ("stone-hearth",)}


def test_a_paper_moved_to_a_wrong_class_is_told_first_of_all_and_the_right_class_with_it() -> None:
    found = [one for one in advice.advise(learned(HEARTH)) if one.kind in ("wrong-class", "second-label")]
    best = max(found, key=lambda one: one.weight)
    assert (best.kind, best.papers, best.classes) == ("wrong-class", (MOVED,), ("sourdough",))
    assert best.sentence.startswith(f"On a loaf, study {MOVED[-3:]} ({MOVED}) is in Stone Hearth (0.")


def test_the_evidence_names_the_nearest_papers_with_their_classes_and_the_rule_and_a_sentence() -> None:
    one = next(one for one in advice.advise(learned(HEARTH)) if one.papers == (MOVED,))
    nearest, rule, quote = one.evidence[:3]
    assert nearest.count("(Sourdough") >= 2
    assert rule.removeprefix("rule that fits best: ") in generated.CLASSES["sourdough"].sentences
    assert quote.removeprefix("it says: “").removesuffix("”") in generated.listed(COUNT, clear=0.95)[MOVED].abstract


def test_papers_in_their_own_class_are_left_alone() -> None:
    assert not {"wrong-class", "second-label"} & kinds(learned(RIGHT))


def test_a_paper_without_an_abstract_is_left_alone() -> None:
    assert not any(MOVED in one.papers for one in advice.advise(learned(HEARTH, without=frozenset({MOVED}))))


def test_a_survey_of_a_few_papers_gets_no_advice_on_places() -> None:
    few = dict(list(HEARTH.items())[:15])
    assert not {"wrong-class", "second-label"} & kinds(learned(few))


def test_that_the_text_agrees_with_the_list_is_told_as_what_speaks_against_it() -> None:
    known = learned(HEARTH, mentions=(Mention(MOVED, "Stone Hearth"),))
    one = next(one for one in advice.advise(known) if one.papers == (MOVED,))
    assert one.evidence[-1] == "against this: the survey's text has it in the same class as the list"


# --- classes ---------------------------------------------------------------------------------------------------------


def test_a_class_that_has_grown_large_is_told_with_two_themes_in_it() -> None:
    labels = {key: ("steam",) if "steam" in its or "stone-hearth" in its else its for key, its in RIGHT.items()}
    (one,) = given(learned(labels), "large-class")
    assert one.classes == ("steam",)
    assert [said.partition(" papers on ")[1] for said in one.evidence] == [" papers on "] * 2


def test_classes_of_like_size_are_not_large() -> None:
    assert not given(learned({key: its[:1] for key, its in RIGHT.items()}), "large-class")


def test_classes_without_a_paper_are_told_together() -> None:
    (one,) = given(after(paper("2501.00001", FOG, "steam")), "small-class")
    assert one.sentence == "no paper is in Sourdough, Baker's Yeast, Kneading, Stone Hearth"


def test_a_class_of_one_paper_is_told_when_others_have_more() -> None:
    labels = {key: its for key, its in RIGHT.items() if "steam" not in its} | {MOVED: ("steam",)}
    known = learned(labels)
    assert any(one.classes == ("steam",) and one.papers == (MOVED,) for one in given(known, "small-class"))


def test_an_empty_survey_gets_no_advice() -> None:
    assert advice.advise(after()) == []


def rulebook(**definitions: str) -> Taxonomy:
    leaves = tuple(Node(id=label, name=label.title(), definition=said) for label, said in definitions.items())
    return Taxonomy(root=Node(id="survey", name="Survey", children=leaves))


def test_two_definitions_that_say_the_same_are_told() -> None:
    taxonomy = rulebook(
        steam="Water vapour keeps the crust soft in the oven.",
        fog="Water vapour in the oven keeps crusts soft.",
        dough="Gluten is built by folding.",
    )
    known = after(paper("2501.00001", FOG, "steam"), taxonomy=taxonomy)
    (one,) = given(known, "blurred-classes")
    assert one.classes == ("steam", "fog")
    assert one.evidence[-1] == "neither names the other in `exclude`"


MIST = Node(id="mist", name="Mist", definition="Keeps a loaf damp while it bakes.", include=("wet air",))
"""Steam in other words; most of its papers' words stand in the definition of steam alone."""
BOTH = Taxonomy(root=TAXONOMY.root.model_copy(update={"children": (*TAXONOMY.root.children, MIST)}))
STEAMED = [key for key, its in RIGHT.items() if its == ("steam",)]
MISTY = {**RIGHT, **dict.fromkeys(STEAMED[::2], ("mist",))}


def test_two_definitions_that_say_the_same_in_other_words_are_told_by_their_papers() -> None:
    (one,) = given(learned(MISTY, taxonomy=BOTH), "blurred-classes")
    assert one.classes == ("steam", "mist")
    assert one.evidence[0].startswith("shown a paper of each, the bot tells which is which in ")


def test_of_two_classes_of_one_meaning_the_bot_may_take_every_paper_for_the_same() -> None:
    known = learned(MISTY, taxonomy=BOTH)
    assert known.learned
    model = known.learned.placement
    mist_last = np.where(np.array(list(known.column)) == "mist", 0.001, 1.0)
    model.held_out = model.held_out._replace(probability=model.held_out.probability * mist_last)
    (one,) = given(known, "blurred-classes")
    assert one.classes == ("steam", "mist")
    assert one.evidence[1].startswith("Mist, taken for Steam: ")


def test_classes_whose_definitions_separate_their_papers_are_not_told() -> None:
    assert not given(learned(RIGHT), "blurred-classes")


def test_of_two_classes_with_a_few_papers_each_nothing_is_said() -> None:
    few = {key: its for key, its in RIGHT.items() if key not in STEAMED} | dict.fromkeys(STEAMED[:2], ("mist",))
    assert not given(learned(few, taxonomy=BOTH), "blurred-classes")


def test_two_classes_whose_papers_are_taken_for_each_others_are_told() -> None:
    mixed = dict(RIGHT)
    for number, key in enumerate(key for key, its in RIGHT.items() if its in (("steam",), ("kneading",))):
        mixed[key] = (("steam", "kneading")[number // 2 % 2],)
    found = given(learned(mixed), "blurred-classes")
    assert [set(one.classes) for one in found] == [{"steam", "kneading"}]


# --- the survey's text -----------------------------------------------------------------------------------------------


def test_a_paper_that_the_text_places_elsewhere_is_told() -> None:
    known = after(paper("2501.00001", FOG, "steam"), mentions=(Mention("FogLoaf", "Stone Hearth"),))
    (one,) = given(known, "text-differs")
    assert one.sentence == "the text places FogLoaf (2501.00001) in Stone Hearth, the list in Steam"


def test_a_paper_that_the_text_places_as_the_list_does_is_not_told() -> None:
    known = after(paper("2501.00001", FOG, "steam", "kneading"), mentions=(Mention("FogLoaf", "Steam"),))
    assert kinds(known) == set()


def test_a_method_that_is_not_listed_is_told_once_with_all_its_classes() -> None:
    known = after(paper("2501.00001", FOG), mentions=(Mention("FogLeaf", "Steam"), Mention("FogLeaf", "Kneading")))
    (one,) = given(known, "not-listed")
    assert one.sentence.startswith("the text names FogLeaf (Steam, Kneading), and no listed paper")
    assert one.evidence == ("spelled most like it: FogLoaf",)


def test_of_two_papers_with_one_name_either_may_be_meant() -> None:
    known = after(
        paper("2501.00001", FOG, "steam"),
        paper("2501.00002", "FogLoaf: Again", "kneading"),
        mentions=(Mention("FogLoaf", "Steam"), Mention("FogLoaf", "Kneading")),
    )
    assert not given(known, "text-differs")


def test_lines_that_are_no_mention_are_passed_over_and_told() -> None:
    found, notes = advice.parse("method\tclass\nFogLoaf\tSteam\n\nOnly\nA\tB\tC\nFogLoaf\tSteam\r\n")
    assert found == [Mention("FogLoaf", "Steam")]
    assert [note.split(":")[0] for note in notes] == ["mentions.tsv, line 4", "mentions.tsv, line 5"]


def test_a_mention_of_a_class_that_holds_no_papers_is_told_as_a_note() -> None:
    known = after(paper("2501.00001", FOG), mentions=(Mention("FogLoaf", "Ovens"), Mention("FogLoaf", "Magic")))
    assert advice.unknown_classes(known) == [
        "mentions.tsv: Ovens, Magic is no class that papers are in; its lines were passed over"
    ]
    assert kinds(known) == set()


# --- together --------------------------------------------------------------------------------------------------------


def test_the_kind_with_the_weightiest_piece_comes_first_and_kinds_stay_together() -> None:
    known = after(
        paper("2501.00001", FOG, year=2029),
        paper("2501.00002", STONES, year=2029),
        paper("2501.00003", "Yeast"),
        records=(record("2501.00002", STONES), record("2501.00003", "Salt", comment="withdrawn")),
        unknown=frozenset({"2501.00001"}),
    )
    found = [one.kind for one in advice.advise(known)]
    assert found == ["another-paper", "unknown-id", "late-year", "late-year", "small-class"]


def test_what_strangers_wrote_is_cleaned() -> None:
    known = after(paper("2501.00001", FOG), records=(record("2501.00001", "Salt\u202e and \x1b[31mpepper"),))
    assert "“Salt and [31mpepper”" in given(known, "another-paper")[0].sentence


def test_every_kind_has_a_heading_and_every_weight_is_between_nothing_and_one() -> None:
    for known in (learned(HEARTH), after(*LIBRARY.papers.values())):
        for one in advice.advise(known):
            assert one.kind in advice.KINDS
            assert 0 <= one.weight <= 1
