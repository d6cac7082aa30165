"""Import: every row is a paper's placement or is told verbatim."""

from collections.abc import Iterable
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
        ("| 2025 | - | [Crust](https://github.com/a/crust) | - | - |", "it has no venue"),
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


def test_papers_directly_in_a_group_are_in_a_class_of_its_own() -> None:
    row = "| 2025 | Blog | [Crust: Hot](https://a.example) | - | - |"
    table = f"## Ovens\n| Year | Venue | Paper | Website | Code |\n|---|---|---|---|---|\n{row}\n"
    found = read_readme(LEVELS.replace("## Ovens\n", table))
    assert found.papers["crust"].labels == ("other-ovens",)
    assert found.taxonomy.trail("other-ovens") == "Ovens › Other Ovens"
    assert found.problems == ()


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
    again = {key: paper for key, paper in PAPERS.items() if key != "2501.00002"}
    merged = merge(old, Import(TAXONOMY, again, ()), "R.md")
    first = merged.papers["2501.00001"]
    assert (first.note, first.short, first.labels) == ("Feeds by the tide.", "WS", ("steam",))
    assert "our-dome" in merged.papers  # the same page under the name people gave its file
    assert "brickdome" not in merged.papers
    assert merged.problems == (
        "R.md: 'WildStart: Keeping a Starter Alive at Sea' stands under sourdough here; its file's steam was kept",
        "R.md: 'Lactic Bacteria for Patient Bakers' is not here; its file was kept",
    )


def again(key: str, update: dict[str, object], guessed: Iterable[str] = ()) -> Import:
    """A README that says something else of one paper, merged into the shelf."""
    told = {**PAPERS, key: PAPERS[key].model_copy(update=update)}
    found = Import(TAXONOMY, told, (), guessed={key: frozenset(guessed)})
    return merge(Library(taxonomy=TAXONOMY, papers=PAPERS), found, "R.md")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("venue", "Blog"),
        ("year", 1999),
        ("title", "WildStart: An Older Title of It"),
        ("website", (Link(url="https://older.example"),)),
    ],
)
def test_what_a_file_says_stays_and_what_the_readme_says_instead_is_told(field: str, value: object) -> None:
    key = "2501.00001"
    before = PAPERS[key].model_copy(update={"website": (Link(url="https://ours.example"),)})
    found = Import(TAXONOMY, {**PAPERS, key: before.model_copy(update={field: value})}, ())
    merged = merge(Library(taxonomy=TAXONOMY, papers={**PAPERS, key: before}), found, "R.md")
    assert merged.papers[key] == before
    (told,) = merged.problems
    assert told.startswith(f"R.md: {before.title!r} differs here: {field} ")
    assert told.endswith("; what its file says was kept")
    assert str(getattr(value, "url", value[0].url if isinstance(value, tuple) else value)) in told


def test_what_a_file_lacks_is_taken_from_the_readme() -> None:
    links = (Link(url="https://new.example", label="Film"),)
    merged = again("2501.00001", {"website": links, "code": links, "note": "By the tide.", "short": "Wilder"})
    bare = {**PAPERS["2501.00001"].model_dump(exclude={"website", "code", "note", "short"})}
    assert not {name for name in ("website", "code", "note") if getattr(PAPERS["2501.00001"], name)}
    paper = merged.papers["2501.00001"]
    assert (paper.website, paper.code, paper.note) == (links, links, "By the tide.")
    assert paper.model_dump(exclude={"website", "code", "note", "short"}) == bare


def test_a_venue_that_nobody_stated_is_no_difference() -> None:
    merged = again("2501.00001", {"venue": "arXiv somewhere"}, ["venue"])
    assert merged.papers["2501.00001"] == PAPERS["2501.00001"]
    assert merged.problems == ()


def test_of_two_rows_the_one_that_states_a_venue_is_believed() -> None:
    bullets = (
        "- [Crust: Hot and Dry](https://arxiv.org/abs/2501.00009)",
        "- [Crust: Hot and Dry](https://arxiv.org/abs/2501.00009), ICLR 2026",
    )
    for first, second in (bullets, bullets[::-1]):
        found = read_readme(f"# Bread\n\n## A\n\n{first}\n\n## B\n\n{second}\n")
        paper = found.papers["2501.00009"]
        assert (paper.venue, paper.year) == ("ICLR", 2026)
        assert not [problem for problem in found.problems if "was kept" in problem]


def test_a_paper_of_another_list_with_the_slug_of_one_of_ours_gets_an_id_of_its_own() -> None:
    ours = PAPERS["brickdome"]
    other = ours.model_copy(update={"title": "A Wholly Different Oven", "url": "https://other.example/dome"})
    found = Import(TAXONOMY, {"brickdome": other}, ())
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), found, "R.md")
    (paper,) = merged.papers.values()
    assert (paper.id, paper.url) == ("a-wholly-different-oven", "https://other.example/dome")


def test_the_link_of_the_list_is_told_where_a_paper_has_another_id_here() -> None:
    theirs = PAPERS["brickdome"].model_copy(update={"id": "2501.00077", "url": None})
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), Import(TAXONOMY, {"2501.00077": theirs}, ()), "R.md")
    assert "link https://arxiv.org/abs/2501.00077 (its file: " in merged.problems[0]
    assert merged.papers == {"brickdome": PAPERS["brickdome"]}


def test_of_many_classes_that_a_list_lacks_only_some_are_named() -> None:
    one = "# L\n\n## Crumbs\n\n- [Crumb: A Thing](https://a.example) ICLR 2025\n"
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), read_readme(one, "L.md"), "L.md")
    (told,) = [text for text in merged.problems if "no heading" in text]
    assert told.startswith(f"L.md: it has no heading for {len(list(TAXONOMY.root.walk())) - 1} classes: ")
    assert told.endswith(", …; the old tree of classes was kept whole")


def test_no_paper_gets_the_id_of_a_class() -> None:
    found = read_readme("# Bread\n\n## Crust\n\n- [Crust: A Thing](https://a.example) ICLR 2025\n")
    assert list(found.papers) == ["crust-a-thing"]


def test_another_list_adds_its_classes_and_changes_none_of_ours() -> None:
    loaf = "- [Loaf: Hot](https://arxiv.org/abs/2501.00077)\n"
    other = read_readme(f"# Loaves\n\n## Ovens\n\n{loaf}\n## Rye\n\n{loaf}\n## Steam\n\n{loaf}", "L.md")
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), other, "L.md")
    assert merged.papers["2501.00077"].labels == ("other-ovens", "rye", "steam")
    assert [leaf.id for leaf in merged.taxonomy.leaves if leaf.id in TAXONOMY.paths] == list(TAXONOMY.paths)
    assert merged.taxonomy.trail("other-ovens") == "Ovens › Other Ovens"
    assert any("new classes, which have no rules yet: other-ovens, rye" in text for text in merged.problems)


def test_a_page_from_before_a_split_grows_no_class() -> None:
    (one, *_), title = PAPERS.values(), "Ovens"
    page = f"# Loaves\n\n## {title}\n\n- [{one.title}]({one.link}) {one.venue} {one.year}\n"
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), read_readme(page, "L.md"), "L.md")
    assert merged.taxonomy == TAXONOMY
    assert merged.papers == {one.id: one}


def test_classes_below_one_that_has_papers_here_go_into_it() -> None:
    loaf = "- [Loaf: Hot](https://arxiv.org/abs/2501.00077)\n"
    other = read_readme(f"# L\n\n## Steam\n\n### Wet Steam\n\n{loaf}\n## Rye\n\n{loaf}", "L.md")
    merged = merge(Library(taxonomy=TAXONOMY, papers=PAPERS), other, "L.md")
    assert merged.papers["2501.00077"].labels == ("steam", "rye")
    assert any("'Wet Steam' stands below" in text for text in merged.problems)


def test_a_page_from_before_a_merge_of_classes_has_both_of_its_headings_in_one() -> None:
    dough, ovens = TAXONOMY.root.children
    steam = TAXONOMY.leaf("steam").model_copy(update={"aliases": ("stone-hearth", "vapour")})
    one = Taxonomy(
        root=TAXONOMY.root.model_copy(update={"children": (dough, ovens.model_copy(update={"children": (steam,)}))})
    )
    papers = {key: paper.model_copy(update={"labels": ("steam",)}) for key, paper in PAPERS.items()}
    before = Import(TAXONOMY, PAPERS, ())
    merged = merge(Library(taxonomy=one, papers=papers), before, "R.md")
    assert merged.taxonomy == one
    ids = [node.id for node in merge_rulebook(one, TAXONOMY).root.walk()]
    assert ids.count("steam") == 1


def test_a_group_that_was_renamed_keeps_its_id_and_is_told() -> None:
    dough, ovens = TAXONOMY.root.children
    hot = ovens.model_copy(update={"name": "Ovens by Heat"})
    old = Taxonomy(root=TAXONOMY.root.model_copy(update={"children": (dough, hot)}))
    merged = merge(Library(taxonomy=old, papers=PAPERS), Import(TAXONOMY, PAPERS, ()), "R.md")
    assert merged.taxonomy == old
    assert merged.problems == ("R.md: 'ovens' is called 'Ovens' here; its name 'Ovens by Heat' was kept",)
    other = ovens.model_copy(update={"id": "heat", "name": "Ovens by Heat"})
    new = Taxonomy(root=TAXONOMY.root.model_copy(update={"children": (dough, other)}))
    assert merge_rulebook(old, new).root.children[1].id == "ovens"


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
