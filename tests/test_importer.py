"""Import: every row is a paper's placement or is told verbatim."""

from pathlib import Path

import pytest

from bot.errors import DataError
from bot.importer import Import, merge, merge_rulebook, read_readme
from bot.models import Library, Link, Node, Taxonomy
from tests.bread_readme import LEVELS, TRAPS
from tests.fabricated import PAPERS, TAXONOMY

SURVEY = Path(__file__).parents[2] / "shared" / "survey"


def real(name: str) -> str:
    if not (SURVEY / name).exists():
        pytest.skip(f"the survey's own {name} is not beside this repository")
    return (SURVEY / name).read_text(encoding="utf-8")


def test_a_paper_in_several_tables_is_one_paper_with_its_labels_in_the_order_of_the_tree() -> None:
    papers = read_readme(LEVELS).papers
    assert papers["2501.00001"].labels == ("sourdough", "baker-s-yeast")
    assert read_readme(TRAPS).papers["2502.00004"].labels == ("sourdough", "kneading")


def test_nothing_is_said_about_a_plain_readme() -> None:
    assert read_readme(LEVELS).problems == ()


def test_links_with_labels_versions_and_pdf_addresses_are_read() -> None:
    papers = read_readme(TRAPS).papers
    assert papers["2502.00004"].code == (
        Link(url="https://git.example/dome", label="Dome"),
        Link(url="https://git.example/fire", label="Fire"),
    )
    assert papers["2502.00003"].website == (Link(url="https://dry.example"),)
    assert papers["2503.00005"].website == (Link(url="https://a.example"), Link(url="https://b.example", label="Film"))


def test_papers_that_are_not_on_arxiv_get_a_slug_of_their_name_and_of_their_title_when_that_is_taken() -> None:
    papers = read_readme(TRAPS).papers
    assert papers["steambox"].url == "https://bread.example/steambox"
    assert papers["steambox-another-box"].url == "https://bread.example/other"


def test_every_flaw_is_told_with_its_line_and_no_row_is_lost() -> None:
    rye = "| 2025 | arXiv | [A Different Thing: Rye at Home](https://arxiv.org/abs/2501.00001) | - | - |"
    assert read_readme(TRAPS, "R.md").problems == (
        "R.md:5: this table has no column of papers and was left alone: Symbol | Meaning",
        "R.md:38: the column 'Stars' is not known and was not imported",
        "R.md:45: year of 'Folding Schedules without a Mixer' is 2024 here and 2025 in line 35; the first was kept",
        "R.md:46: this row was left out because its link is that of 'WildStart: Keeping a Starter Alive at Sea' in "
        f"line 34; correct one of the two: {rye}",
        "R.md:47: this row was left out because it has 6 cells under 5 headers: "
        "| 2025 | arXiv | [Mixers: A or B | C](https://arxiv.org/abs/2501.00009) | - | - |",
        "R.md:48: in code, a link is not closed; it was read as https://git.example/crumb",
        "R.md:49: this row was left out because its paper has no link with a title, such as [title](https://…): ) |",
        "R.md:50: in website, 'soon' is no link and was not imported",
        "R.md:52: this looks like a row but stands in no table: "
        "| 2025 | arXiv | [Cut Off: By an Empty Line](https://arxiv.org/abs/2501.00012) | - | - |",
        "R.md:59: the year is missing; 2025 was taken from the link",
        "R.md:59: the venue is missing; it was read as arXiv",
        "R.md:60: the year '2025-06' was read as 2025",
        "R.md:61: this row was left out because its paper has no link with a title, such as [title](https://…): "
        "2025 | Blog | No Link At All | - | -",
        "R.md:68: 'Forgotten Class' is not in the table of contents; it was placed under 'Ovens'",
    )


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("| 2025 | Blog | [🌐](https://a.example) | - | - |", None),
        ("| 2025 | - | [Crust](https://a.example) | - | - |", "it has no venue"),
        ("| soon | Blog | [Crust](https://a.example) | - | - |", "it has no year"),
        ("| 2025 | Blog | [Crust](crust.pdf) | - | - |", "its link 'crust.pdf' is no web address"),
        ("| 2025 | Blog | [烤](https://a.example) | - | - |", "its title gives no id, and it is not on arXiv"),
    ],
)
def test_a_row_that_is_no_paper_is_told_verbatim(row: str, problem: str | None) -> None:
    found = read_readme(LEVELS + row + "\n", "R.md").problems
    assert found if problem is None else found == (f"R.md:29: this row was left out because {problem}: {row}",)


def test_one_paper_under_two_addresses_is_one_paper_and_told() -> None:
    again = "| 2025 | arXiv | [DryDose: How Little Instant Yeast is Enough](https://a.example/dry) | - | - |\n"
    found = read_readme(LEVELS + again)
    assert found.papers["2502.00003"].labels == ("baker-s-yeast", "stone-hearth")
    assert any("title of 'DryDose" in problem for problem in found.problems)
    assert any("a.example/dry" in problem for problem in found.problems)


def test_a_row_that_stands_twice_in_a_table_is_told() -> None:
    row = "| 2025 | Blog | [Crust: Hot](https://a.example) | - | - |\n"
    found = read_readme(LEVELS + row + row)
    assert found.papers["crust"].labels == ("stone-hearth",)
    assert found.problems == ("README.md:30: 'Crust: Hot' stands in this table twice",)


def test_papers_directly_in_a_group_are_told_verbatim() -> None:
    row = "| 2025 | Blog | [Crust: Hot](https://a.example) | - | - |"
    table = f"## Ovens\n| Year | Venue | Paper | Website | Code |\n|---|---|---|---|---|\n{row}\n"
    found = read_readme(LEVELS.replace("## Ovens\n", table))
    assert "crust" not in found.papers
    assert any("'Ovens' has classes below it" in problem and row in problem for problem in found.problems)


def test_a_readme_without_tables_is_refused() -> None:
    with pytest.raises(DataError, match=r"^R\.md: no heading here has a table of papers under it; give a README"):
        read_readme("# Bread\n\n| a | b |\n|---|---|\n", "R.md")


def test_importing_again_keeps_the_rulebook_and_the_ids_of_renamed_classes() -> None:
    new = Taxonomy(
        root=Node(
            id="bread-again",
            name="Bread, Second Edition",
            children=(Node(id="hearth", name="Hearth"), Node(id="steam", name="Steam"), Node(id="crust", name="Crust")),
        )
    )
    merged = merge_rulebook(TAXONOMY, new)
    assert merged.root.id == "bread"
    assert merged.root.name == "Bread, Second Edition"
    assert merged.root.definition == TAXONOMY.root.definition
    assert [leaf.id for leaf in merged.leaves] == ["stone-hearth", "steam", "crust"]
    assert merged.leaf("stone-hearth").name == "Hearth"
    assert merged.leaf("stone-hearth").include == TAXONOMY.leaf("stone-hearth").include
    assert merged.leaf("steam").definition == TAXONOMY.leaf("steam").definition
    assert merged.leaf("crust").definition == ""


def test_importing_again_keeps_what_people_decided_and_tells_every_difference() -> None:
    mine = {"note": "Feeds by the tide.", "short": "WS", "labels": ("steam",)}
    old = Library(
        taxonomy=TAXONOMY,
        papers={
            **PAPERS,
            "2501.00001": PAPERS["2501.00001"].model_copy(update=mine),
            "our-dome": PAPERS["brickdome"].model_copy(update={"id": "our-dome"}),
        },
    )
    del old.papers["brickdome"]
    again = {key: paper.model_copy(update={"year": 2026}) for key, paper in PAPERS.items() if key != "2501.00002"}
    merged = merge(old, Import(TAXONOMY, again, ()), "R.md")
    first = merged.papers["2501.00001"]
    assert (first.note, first.short, first.year, first.labels) == ("Feeds by the tide.", "WS", 2026, ("steam",))
    assert "our-dome" in merged.papers  # the same page under the name people gave its file
    assert "brickdome" not in merged.papers
    assert merged.problems == (
        "R.md: 'WildStart: Keeping a Starter Alive at Sea' stands under sourdough here; its file's steam was kept",
        "R.md: 'Lactic Bacteria for Patient Bakers' is not here; its file was kept",
    )


def test_a_class_the_readme_lost_is_kept_with_its_rules_and_told() -> None:
    dough, ovens = TAXONOMY.root.children
    fewer = Taxonomy(root=TAXONOMY.root.model_copy(update={"children": (dough,)}))
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), Import(fewer, PAPERS, ()), "R.md")
    assert merged.taxonomy == TAXONOMY
    assert merged.problems == (
        "R.md: it has no heading for ovens, steam, stone-hearth; the old tree of classes was kept whole",
    )
    assert ovens in merged.taxonomy.root.children


def test_the_surveys_readme_gives_3_pillars_19_leaves_108_papers_151_placements_and_no_problem() -> None:
    found = read_readme(real("README-2026-06-23.md"))
    assert [pillar.name for pillar in found.taxonomy.root.children] == [
        "Efficient Model Design",
        "Efficient Training",
        "Efficient Data Collection",
    ]
    counts = (len(found.taxonomy.leaves), len(found.papers), sum(len(paper.labels) for paper in found.papers.values()))
    assert counts == (19, 108, 151)
    assert sum(len(paper.labels) > 1 for paper in found.papers.values()) == 34
    assert found.problems == ()


def test_the_older_readme_loses_nothing_its_broken_rows_are_read_or_told() -> None:
    found = read_readme(real("README-2025-11-13.md"))
    assert found.papers["2501.09747"].code[0].url == "https://github.com/Physical-Intelligence/openpi"
    assert found.papers["2503.05833"].code[0].url == "https://github.com/Refined-Policy-Distillation/RPD"
    lines = {int(problem.split(":")[1]) for problem in found.problems}
    assert {81, 99, 214} <= lines  # the link of another paper
    assert {200, 201} <= lines  # the link that is not closed, and its remainder
    assert "2406.04339" in found.papers
    assert found.papers["2406.04339"].title.startswith("RoboMamba")
