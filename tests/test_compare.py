"""Two lists side by side: who is who, what is missing, how classes map and how sure that is."""

from __future__ import annotations

import pytest

from bot import compare, importer
from bot.compare import Comparison, Guess, Row, interval
from bot.importer import Import
from bot.models import Library, Link, Node, Paper, Taxonomy
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY
from tests.judging import with_papers

START, LACTIC, FOLDING, STEAM, WET = "2501.00001", "2501.00002", "2502.00004", "2503.00005", "2503.00006"


def row(paper_id: str, title: str) -> str:
    return f"- [{title}](https://arxiv.org/abs/{paper_id}) · `2025-01`"


def listed(*ids: str) -> str:
    return "\n".join(row(key, PAPERS[key].title) for key in ids)


def other(**classes: str) -> Import:
    """Another list: a heading for each class, and bullets."""
    parts = [f"## {name}\n\n{bullets}\n" for name, bullets in classes.items()]
    return importer.read_readme("# Awesome Loaves\n\n" + "\n".join(parts), "other.md")


def compared(library: Library = LIBRARY, **classes: str) -> Comparison:
    return compare.compare(library, other(**classes))


# --- who is who -------------------------------------------------------------------------------------------------------


def test_a_paper_with_our_id_is_shared_and_one_without_is_missing() -> None:
    found = compared(Yeasts=listed(START, LACTIC), Heat=row("2604.00009", "EmberLoaf: Heat from Below"))
    assert dict(found.shared) == {START: START, LACTIC: LACTIC}
    assert [paper.id for paper in found.missing] == ["2604.00009"]
    assert set(found.only_here) == set(PAPERS) - {START, LACTIC}


@pytest.mark.parametrize(
    "title",
    ["WILDSTART: keeping a starter alive at sea", "WildStart", "Keeping a Starter Alive at Sea (WildStart)", "WS"],
)
def test_the_same_link_is_the_same_paper_however_short_its_title_is(title: str) -> None:
    assert compared(Yeasts=row(START, title)).shared == {START: START}


def test_a_paper_under_another_link_is_known_by_its_title() -> None:
    title = PAPERS[START].title
    found = compared(Yeasts=f"- [{title} (WS)](https://proceedings.example/7) 2025\n{row('2605.00001', 'Other Bread')}")
    assert (list(found.shared.values()), [paper.id for paper in found.missing]) == ([START], ["2605.00001"])


def test_a_paper_under_another_address_of_its_page_is_known() -> None:
    page = PAPERS[WET].model_copy(update={"website": (Link(url="https://doi.org/10.1145/12.34"),)})
    bullet = f"- [{page.title}](https://dl.acm.example/doi/pdf/10.1145/12.34) 2025"
    assert list(compared(with_papers(page), Heat=bullet).shared.values()) == [WET]


def test_a_paper_is_known_by_its_project_page_unless_two_of_ours_share_that() -> None:
    page = (Link(url="https://git.example/brick"),)
    one = PAPERS[WET].model_copy(update={"website": page})
    two = PAPERS[STEAM].model_copy(update={"website": page})
    bullet = "- [Wet Stones and Soft Crusts](https://git.example/brick) 2025"
    assert list(compared(with_papers(one), Heat=bullet).shared.values()) == [WET]
    assert not compared(with_papers(one, two), Heat=bullet).shared


def test_one_link_under_unlike_titles_is_a_clash_and_neither_shared_nor_missing() -> None:
    found = compared(Yeasts=row(START, "A Long Story of Rye in Cold Countries"))
    assert ([clash.ours for clash in found.clashes], found.shared, found.missing) == ([START], {}, ())


@pytest.mark.parametrize("title", [PAPERS[STEAM].title, "VapourLoaf"])
def test_a_wrong_link_is_told_with_the_paper_that_is_meant(title: str) -> None:
    found = compared(Heat=row(START, title))
    assert [(clash.ours, clash.meant) for clash in found.clashes] == [(START, STEAM)]
    assert found.shared == {START: STEAM}


def test_a_paper_under_two_ids_there_counts_once_in_the_crosswalk() -> None:
    twice = f"- [{PAPERS[START].title} (WS)](https://a.example/1) 2025\n{row(START, 'WildStart')}"
    found = compared(Yeasts=twice)
    assert set(found.shared.values()) == {START}
    assert found.crosswalk[0].shared == 1


def test_our_own_list_compared_with_itself_lacks_nothing() -> None:
    found = compare.compare(LIBRARY, Import(TAXONOMY, dict(PAPERS), ()))
    assert dict(found.shared) == {key: key for key in PAPERS}
    assert (found.missing, found.only_here, found.clashes) == ((), (), ())


# --- the crosswalk ----------------------------------------------------------------------------------------------------


def test_the_crosswalk_counts_a_paper_in_each_of_its_classes_on_both_sides() -> None:
    found = compared(Yeasts=listed(START, LACTIC, FOLDING), Machines=listed(FOLDING), Nothing=row("2604.00009", "Rye"))
    assert found.crosswalk == (
        Row("yeasts", 3, 3, (("sourdough", 3), ("kneading", 1))),
        Row("machines", 1, 1, (("kneading", 1), ("sourdough", 1))),
        Row("nothing", 0, 1, ()),
    )


def test_labels_under_an_old_id_of_a_class_count_for_the_class() -> None:
    old = PAPERS["brickdome"].model_copy(update={"labels": ("hearth",)})
    found = compared(with_papers(old), Heat="- [BrickDome: A Better Hearth](https://bread.example/brickdome) 2024")
    assert found.crosswalk[0].ours == (("stone-hearth", 1),)


def test_a_guess_trusts_four_of_five_more_than_one_of_one() -> None:
    found = Comparison({}, (Row("a", 1, 1, (("steam", 1),)), Row("b", 5, 9, (("kneading", 4),))), (), (), ())
    paper = Paper(id="2604.00009", title="Rye", year=2026, venue="arXiv", labels=("a", "b"))
    assert found.guess(paper) == Guess("kneading", 4, 5)


def test_a_class_without_shared_papers_gives_no_guess() -> None:
    found = compared(Yeasts=listed(START), Nothing=row("2604.00009", "Rye"))
    assert found.guess(found.missing[0]) is None


@pytest.mark.parametrize(
    ("right", "of", "expected"), [(0, 0, (0, 1)), (1, 1, (0.2065, 1)), (5, 10, (0.2366, 0.7634)), (0, 4, (0, 0.4899))]
)
def test_the_interval_is_wilsons(right: int, of: int, expected: tuple[float, float]) -> None:
    assert interval(right, of) == pytest.approx(expected, abs=1e-4)


def test_held_out_a_paper_does_not_speak_for_itself() -> None:
    lists = other(Yeasts=listed(START, LACTIC), Heat=listed(STEAM))
    measured = compare.held_out(compare.compare(LIBRARY, lists), LIBRARY, lists)
    assert (measured.right, measured.asked) == (2, 2)  # the only shared paper of Heat cannot be asked about


def test_held_out_is_the_same_as_making_the_crosswalk_again_without_each_paper() -> None:
    lists = other(One=listed(START, FOLDING, STEAM), Two=listed(LACTIC, WET, FOLDING, "2502.00003"))
    found = compare.compare(LIBRARY, lists)
    right = asked = 0
    for key in found.shared:
        papers = {name: paper for name, paper in lists.papers.items() if name != key}
        guess = compare.compare(LIBRARY, lists._replace(papers=papers)).guess(lists.papers[key])
        asked += guess is not None
        right += guess is not None and guess.label in PAPERS[key].labels
    measured = compare.held_out(found, LIBRARY, lists)
    assert (measured.right, measured.asked) == (right, asked)


def test_each_of_3000_rows_finds_its_paper() -> None:
    classes = tuple(Node(id=f"c{number}", name=f"C{number}") for number in range(60))
    papers = {
        key: Paper(id=key, title=f"Loaf number {number} of many", year=2025, venue="arXiv", labels=(f"c{number % 60}",))
        for number in range(3000)
        for key in [f"2501.{number:05}"]
    }
    lists = Import(Taxonomy(root=Node(id="all", name="All", children=classes)), papers, ())
    library = Library(taxonomy=lists.taxonomy, papers=papers)
    found = compare.compare(library, lists)
    assert compare.held_out(found, library, lists)[:2] == (3000, 3000)
