"""What a migration makes of classes and papers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from bot import yaml_format
from bot.errors import DataError
from bot.migrate import Migration, merge, move, rename, retire, split
from bot.migrate.nodes import parent
from bot.models import Library, Node, Taxonomy
from tests.fabricated import LIBRARY, PAPERS
from tests.migrate.survey import TAMED, WILD, first, unknown, unsure


def test_a_new_name_changes_no_id_and_no_paper() -> None:
    done = rename(LIBRARY, "sourdough", "Wild Fermentation")
    assert done.after.taxonomy.leaf("sourdough").name == "Wild Fermentation"
    assert done.papers == {}


def test_a_new_id_leaves_the_old_one_as_an_alias_and_relabels_the_papers() -> None:
    done = rename(LIBRARY, "steam", "Vapour", "vapour")
    assert done.after.taxonomy.current(["steam"]) == ("vapour",)
    assert {key: paper.labels for key, paper in done.papers.items()} == {
        "2503.00005": ("vapour",),
        "2503.00006": ("vapour", "stone-hearth"),
    }


def test_a_class_may_take_an_id_back_that_it_had() -> None:
    there = rename(LIBRARY, "steam", "Vapour", "vapour").after
    back = rename(there, "vapour", "Steam", "steam").after
    assert (back.taxonomy.leaf("steam").aliases, back.papers) == (("vapour",), LIBRARY.papers)


def test_a_rule_that_points_to_a_class_follows_its_new_name() -> None:
    rules = ("water in the chamber: Steam", "boiling: Steam.", "anything of steam")
    done = rename(with_rules("kneading", exclude=rules), "steam", "Vapour")
    assert done.after.taxonomy.leaf("kneading").exclude == (
        "water in the chamber: Vapour",
        "boiling: Vapour.",
        "anything of steam",
    )


def test_a_rule_that_only_speaks_of_the_old_name_is_told() -> None:
    done = rename(with_rules("kneading", include=("with Steam or without",)), "steam", "Vapour")
    assert done.remarks == ("A rule of Kneading still speaks of Steam: with Steam or without",)


def test_a_class_is_named_by_its_id_by_one_it_had_or_by_its_name() -> None:
    assert {rename(LIBRARY, label, "X").name for label in ("stone-hearth", "hearth", "Stone  hearth")} == {
        "rename-stone-hearth"
    }


def test_a_moved_class_is_the_last_of_its_new_group_and_keeps_id_and_papers() -> None:
    done = move(LIBRARY, "steam", "leavening")
    assert [node.id for node in done.after.taxonomy.paths["steam"]] == ["dough", "leavening", "steam"]
    assert done.papers == {}


def test_a_pillar_can_be_moved_and_a_class_become_one() -> None:
    assert parent(move(LIBRARY, "ovens", "dough").after.taxonomy, "ovens").id == "dough"
    done = move(LIBRARY, "steam", "bread")
    assert (done.sentence, done.after.taxonomy.root.children[-1].id) == ("Steam is a pillar now.", "steam")


def test_merged_classes_across_pillars_give_papers_rules_and_ids_to_one() -> None:
    done = merge(LIBRARY, ["stone-hearth", "sourdough"], "steam")
    target = done.after.taxonomy.leaf("steam")
    assert set(target.aliases) == {"stone-hearth", "hearth", "sourdough"}
    assert "baking stones, brick domes or wood firing" in target.include
    assert target.exclude == ("yeast from a factory",)
    assert done.after.papers["2503.00006"].labels == ("steam",)
    assert done.after.papers["2502.00004"].labels == ("kneading", "steam")


def test_rules_that_told_merged_classes_apart_are_dropped_and_quoted() -> None:
    library = with_rules("sourdough", exclude=("dry cells: Baker's Yeast", "no dough at all"))
    done = merge(library, ["bakers-yeast"], "sourdough")
    assert done.after.taxonomy.leaf("sourdough").exclude == ("no dough at all",)
    assert any("dry cells: Baker's Yeast" in remark for remark in done.remarks)


def test_a_split_class_is_a_group_of_the_same_id_and_its_papers_go_where_they_are_placed() -> None:
    done = split(LIBRARY, "sourdough", [WILD, TAMED], first)
    assert [node.id for node in done.after.taxonomy.paths["wild"]] == ["dough", "leavening", "sourdough", "wild"]
    assert {paper.labels for paper in done.papers.values()} == {("wild",), ("kneading", "wild")}
    assert (done.doubts, done.ended) == ((), "sourdough")


def test_only_the_new_classes_count_in_a_split_however_likely_others_are() -> None:
    ranks = [("kneading", 0.9), ("tamed", 0.04), ("wild", 0.01), ("steam", 0.01)]
    done = split(LIBRARY, "sourdough", [WILD, TAMED], lambda taxonomy, papers: dict.fromkeys(papers, ranks))
    assert done.after.papers["2501.00001"].labels == ("tamed",)
    assert done.doubts == ()


def test_papers_of_a_split_class_that_nobody_can_place_surely_are_left_to_a_human() -> None:
    weak = split(LIBRARY, "sourdough", [WILD, TAMED], unsure).doubts
    none = split(LIBRARY, "sourdough", [WILD, TAMED], unknown).doubts
    assert [doubt.ranked for doubt in weak] == [(("wild", 0.5), ("tamed", 0.5))] * 3
    assert {doubt.sentence for doubt in none} == {
        "Which part of Sourdough? Nothing is known of it, so it stands in Wild Starters."
    }


def test_a_retired_class_is_gone_and_only_papers_without_another_are_asked_about() -> None:
    done = retire(LIBRARY, "steam", first)
    assert "steam" not in done.after.taxonomy.paths
    assert done.after.papers["2503.00006"].labels == ("stone-hearth",)
    assert [(doubt.paper, doubt.ranked[0][0]) for doubt in done.doubts] == [("2503.00005", "sourdough")]


def test_a_class_of_no_paper_is_retired_without_asking_anybody() -> None:
    papers = {key: paper for key, paper in PAPERS.items() if "steam" not in paper.labels}
    assert retire(Library(taxonomy=LIBRARY.taxonomy, papers=papers), "steam", unknown).doubts == ()


@pytest.mark.parametrize(
    "done",
    [
        rename(LIBRARY, "ovens", "Heat: #1 [of] *all*", "heat"),
        move(LIBRARY, "leavening", "ovens"),
        merge(LIBRARY, ["steam"], "sourdough"),
        split(LIBRARY, "steam", [WILD, TAMED], unknown),
        retire(LIBRARY, "kneading", first),
    ],
    ids=lambda done: done.name,
)
def test_what_a_migration_leaves_is_read_again_as_it_was_written(done: Migration) -> None:
    text = yaml_format.dump_taxonomy(done.after.taxonomy)
    assert yaml_format.read_taxonomy(text, "taxonomy.yaml").get() == done.after.taxonomy
    for key, paper in done.papers.items():
        assert yaml_format.read_paper(yaml_format.dump_paper(paper), key, key).get() == paper


A, B = Node(id="a", name="A"), Node(id="b", name="B")
WRONG: list[tuple[Callable[[], Migration], str]] = [
    (lambda: rename(LIBRARY, "bakers", "X"), "taxonomy: there is no class 'bakers'; did you mean one of bakers-yeast?"),
    (lambda: rename(LIBRARY, "bread", "X"), "taxonomy: bread is the survey itself; name a class, a group or a pillar"),
    (lambda: rename(LIBRARY, "steam", "Steam"), "class steam: it has that name already; give another name"),
    (lambda: rename(LIBRARY, "steam", " \n"), "' \\n': the name is empty, or holds what cannot be printed;"),
    (lambda: rename(LIBRARY, "steam", "a\x00b"), "'a\\x00b': the name is empty, or holds what cannot be printed;"),
    (lambda: rename(LIBRARY, "steam", "stone hearth"), "the name 'stone hearth': stone-hearth beside it has that name"),
    (lambda: rename(LIBRARY, "steam", "X", "X Y"), "new class 'X Y': this is no id; use lower-case words joined by"),
    (lambda: rename(LIBRARY, "steam", "X", "hearth"), "new class 'hearth': that id is, or was, the id of Stone Hearth"),
    (lambda: rename(LIBRARY, "steam", "X", "brickdome"), "new class 'brickdome': that id is the id of a paper; choose"),
    (lambda: move(LIBRARY, "dough", "leavening"), "class dough: leavening is dough itself, or below it; name another"),
    (lambda: move(LIBRARY, "steam", "ovens"), "class steam: it stands under ovens already; name another place"),
    (lambda: move(LIBRARY, "steam", "kneading"), "class steam: kneading is a class, and no group; name a group, or"),
    (lambda: move(LIBRARY, "bread", "ovens"), "taxonomy: bread is the survey itself; name a class, a group or a"),
    (lambda: rename(LIBRARY, "xyz", "X"), "taxonomy: there is no class 'xyz'; give the id or the name of one that"),
    (lambda: merge(LIBRARY, ["steam"], "steam"), "class steam: a class cannot be merged with itself; name another"),
    (
        lambda: merge(LIBRARY, ["hearth"], "stone-hearth"),
        "class stone-hearth: a class cannot be merged with itself: hearth is its id, or was; name another",
    ),
    (
        lambda: merge(LIBRARY, ["leavening"], "steam"),
        "taxonomy: leavening is a group; name a class with papers (below:",
    ),
    (
        lambda: merge(LIBRARY, ["steam", "hearth"], "kneading"),
        "class stone-hearth: nothing else stands under ovens, so",
    ),
    (lambda: split(LIBRARY, "steam", [A], first), "class steam: a class is split into two or more; name the parts"),
    (lambda: split(LIBRARY, "steam", [A, A], first), "new class 'a': that id is, or was, the id of another new class"),
    (lambda: split(LIBRARY, "steam", [A, Node(id="b", name="a")], first), "the name 'a': a beside it has that name;"),
    (lambda: split(LIBRARY, "steam", [A, Node(id="steam", name="S")], first), "new class 'steam': that id is, or was,"),
    (
        lambda: split(LIBRARY, "steam", [A, Node(id="c", name="C", children=(B,))], first),
        "class steam: a new class has",
    ),
    (lambda: retire(LIBRARY, "steam", unknown), "class steam: nothing is known of 2503.00005, and no other class has"),
    (lambda: retire(LIBRARY, "ovens", first), "taxonomy: ovens is a group; name a class with papers (below: steam,"),
]


@pytest.mark.parametrize(("wrong", "sentence"), WRONG, ids=[sentence[:40] for _, sentence in WRONG])
def test_what_cannot_be_done_is_said_in_one_sentence(wrong: Callable[[], Migration], sentence: str) -> None:
    with pytest.raises(DataError) as caught:
        wrong()
    assert str(caught.value).startswith(sentence)
    assert caught.value.remedy


def test_a_name_that_two_classes_have_must_be_told_apart_by_id() -> None:
    library = rename(LIBRARY, "kneading", "Steam").after
    with pytest.raises(DataError, match=r"2 classes have the name 'steaM'; say which: kneading, steam"):
        rename(library, "steaM", "X")


def with_rules(label: str, **rules: tuple[str, ...]) -> Library:
    """The library with rules of one class replaced."""

    def changed(node: Node) -> Node:
        update: dict[str, object] = {"children": tuple(map(changed, node.children))}
        return node.model_copy(update={**update, **(rules if node.id == label else {})})

    return Library(taxonomy=Taxonomy(root=changed(LIBRARY.taxonomy.root)), papers=LIBRARY.papers)
