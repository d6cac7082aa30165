"""What a migration makes of a page: headings, contents, tables and addresses follow, and nothing else changes."""

from __future__ import annotations

import difflib
from pathlib import Path

import pytest

from bot import migrate, readme, render
from bot.errors import DataError
from bot.importer import merge_rulebook, read_readme
from bot.migrate import Migration, merge, move, rename, retire, split
from bot.migrate.headings import headings
from bot.models import Library, Node, Paper, Taxonomy
from bot.render import begin, end
from tests.bread_readme import LEVELS
from tests.fabricated import LIBRARY
from tests.migrate.survey import TAMED, WILD, after, first, names, page, tree, unsure

ROOT = Path(__file__).parents[2]
ALL = [
    rename(LIBRARY, "steam", "Vapour & Fog", "vapour"),
    rename(LIBRARY, "leavening", "What *Rises*"),
    move(LIBRARY, "steam", "leavening"),
    move(LIBRARY, "leavening", "bread"),
    move(move(LIBRARY, "steam", "bread").after, "ovens", "dough"),
    merge(LIBRARY, ["steam"], "sourdough"),
    merge(LIBRARY, ["sourdough"], "stone-hearth"),
    split(LIBRARY, "steam", [WILD, TAMED], first),
    retire(LIBRARY, "kneading", first),
]


def changed(before: str, text: str) -> list[str]:
    """The lines that differ, with - or + before them; rows of tables left out."""
    lines = difflib.unified_diff(before.splitlines(), text.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[1:].strip() and not line[1:].startswith(("-", "+", "|", "@", " @"))]


@pytest.mark.parametrize("done", ALL, ids=lambda done: done.name)
@pytest.mark.parametrize("contents", [True, False])
def test_readers_see_the_new_tree_and_its_papers(done: Migration, contents: bool) -> None:
    text, _ = migrate.rewritten(page(done.before, contents=contents), done)
    found = read_readme(text)
    assert tree(text) == names(done.after.taxonomy)
    labels = {key: set(done.after.taxonomy.current(paper.labels)) for key, paper in found.papers.items()}
    assert labels == {key: set(paper.labels) for key, paper in done.after.papers.items()}


@pytest.mark.parametrize("done", ALL, ids=lambda done: done.name)
def test_no_words_of_the_maintainer_are_lost(done: Migration) -> None:
    text, _ = migrate.rewritten(page(done.before), done)
    for node in LIBRARY.taxonomy.root.walk():
        assert node is LIBRARY.taxonomy.root or text.count(f"Words on {node.id}.\n") == 1


@pytest.mark.parametrize("done", ALL, ids=lambda done: done.name)
def test_every_old_address_still_leads_to_the_class_or_its_heir(done: Migration) -> None:
    before = page(done.before)
    text, _ = migrate.rewritten(before, done)
    old, new = headings(before, before.splitlines()), headings(text, text.splitlines())
    known = {one.anchor for one in new} | {part.split('"')[0] for part in text.split('<a id="')[1:]}
    assert {one.anchor for one in old} <= known


@pytest.mark.parametrize("done", ALL, ids=lambda done: done.name)
def test_lines_end_as_they_did(done: Migration) -> None:
    text, _ = migrate.rewritten(page(done.before).replace("\n", "\r\n"), done)
    assert text.replace("\r\n", "").count("\n") == 0
    assert text.replace("\r\n", "\n") == migrate.rewritten(page(done.before), done)[0]


@pytest.mark.parametrize("done", ALL, ids=lambda done: done.name)
def test_a_page_after_a_migration_is_rendered(done: Migration) -> None:
    text, _ = migrate.rewritten(page(done.before), done)
    assert render.render(text, done.after) == text


def test_a_new_name_changes_its_heading_its_line_of_the_contents_and_nothing_else() -> None:
    before = page()
    assert changed(before, after(before, rename(LIBRARY, "steam", "Vapour"))) == [
        "-  - [Steam](#steam)",
        "+  - [Vapour](#vapour)",
        "-### Steam",
        '+<a id="steam"></a>',
        "+### Vapour",
    ]


def test_a_moved_section_keeps_every_line_but_the_level_of_its_headings() -> None:
    before = page()
    text = after(before, move(LIBRARY, "leavening", "ovens"))
    assert sorted(before.splitlines()) == sorted(text.splitlines())  # it goes from one second level to another
    deeper = after(before, move(LIBRARY, "steam", "leavening"))
    assert "\n#### Steam\n\nWords on steam.\n" in deeper
    assert "    - [Steam](#steam)\n  - [Kneading]" in deeper


def test_rows_of_a_split_and_of_a_merged_table_keep_their_order() -> None:
    lines = page().splitlines(keepends=True)
    rows = [number for number, line in enumerate(lines) if "2501.0000" in line]
    lines[rows[0]], lines[rows[1]] = lines[rows[1]], lines[rows[0]]
    divided = after("".join(lines), split(LIBRARY, "sourdough", [WILD, TAMED], first))
    assert divided.index("2501.00002") < divided.index("2501.00001")
    text, _ = migrate.rewritten("".join(lines), merge(LIBRARY, ["sourdough"], "stone-hearth"))
    assert text.index("brickdome") < text.index("2501.00002") < text.index("2501.00001")


def test_an_emoji_before_a_name_stays_in_heading_and_contents() -> None:
    before = page().replace("### Steam", "### 🚀 Steam").replace("[Steam](#steam)", "[🚀Steam](#-steam)")
    text = after(before, rename(LIBRARY, "steam", "Vapour"))
    assert '<a id="-steam"></a>\n### 🚀 Vapour\n' in text
    assert "  - [🚀Vapour](#-vapour)\n" in text


def test_a_heading_that_says_something_else_is_written_anew() -> None:
    before = page().replace("### Steam", "### All on Water #")
    text, _ = migrate.rewritten(before, rename(LIBRARY, "steam", "Vapour"))
    assert '<a id="all-on-water"></a>\n### Vapour\n' in text


def test_headings_that_are_underlined_or_html_follow_too() -> None:
    for heading, new in (("Steam\n---", "Vapour\n---"), ('<h3 id="s">Steam</h3>', '<h3 id="s">Vapour</h3>')):
        text = after(page().replace("### Steam", heading), rename(LIBRARY, "steam", "Vapour"))
        assert f"{new}\n\nWords on steam." in text
    text, _ = migrate.rewritten(page().replace("### Steam", "Steam\n---"), move(LIBRARY, "steam", "leavening"))
    assert "\n#### Steam\n\nWords on steam." in text


def test_there_and_back_is_the_page_as_it_was() -> None:
    there = rename(LIBRARY, "steam", "Vapour")
    back = rename(there.after, "steam", "Steam")
    text = after(after(page(), there), back)
    assert text.replace('<a id="vapour"></a>\n', "") == page()


def test_a_name_like_that_of_another_heading_is_told_where_it_takes_its_address() -> None:
    text, remarks = migrate.rewritten(page(), rename(LIBRARY, "sourdough", "Citation"))
    assert remarks == ("On the page, links to #citation lead elsewhere now: look who uses them.",)
    assert "    - [Citation](#citation)\n" in text


def test_the_second_of_two_classes_of_one_name_is_the_one_that_is_renamed() -> None:
    library = rename(LIBRARY, "kneading", "Steam").after
    before = page(library)
    before = "[Steam](#steam-1)".join(before.rsplit("[Steam](#steam)", 1))
    text = after(before, rename(library, "steam", "Vapour"))
    assert "### Steam\n\nWords on kneading." in text
    assert '<a id="steam-1"></a>\n### Vapour\n\nWords on steam.' in text


def test_wrong_levels_are_no_matter_where_the_contents_say_what_nests() -> None:
    before = page().replace("## Ovens", "#### Ovens").replace("### Steam", "##### Steam")
    assert tree(before) == names(LIBRARY.taxonomy)
    done = move(LIBRARY, "kneading", "ovens")
    assert tree(after(before, done)) == names(done.after.taxonomy)
    done = move(LIBRARY, "leavening", "ovens")
    assert tree(after(before, done)) == names(done.after.taxonomy)


def test_a_heading_that_is_no_class_goes_with_the_section_it_is_part_of() -> None:
    before = page().replace("Words on steam.", "Words on steam.\n\n#### Remarks\n\nMore words.")
    text = after(before, move(LIBRARY, "steam", "leavening"))
    assert "#### Steam\n\nWords on steam.\n\n##### Remarks\n\nMore words." in text
    assert "\n### Vapour\n\nWords on steam.\n\n#### Remarks\n" in after(before, rename(LIBRARY, "steam", "Vapour"))


def test_a_heading_below_the_sixth_level_stays_there_and_is_told() -> None:
    before = page().replace("### Stone", "###### Remarks\n\n### Stone")
    text, remarks = migrate.rewritten(before, move(LIBRARY, "steam", "leavening"))
    assert "\n###### Remarks\n" in text
    assert remarks == ("On the page, look at the headings under Steam: no heading has more than six levels.",)


def test_code_that_looks_like_headings_and_contents_is_left_alone() -> None:
    code = "```\n### Steam\n- [Steam](#steam)\n```\n"
    text = after(page() + code, rename(LIBRARY, "steam", "Vapour"))
    assert text.endswith(code)


def test_a_line_of_news_that_links_to_a_class_that_goes_stays() -> None:
    news = "- 2026: new papers in [Steam](#steam)\n"
    text, _ = migrate.rewritten(page().replace("## Contents", f"{news}\n## Contents"), retire(LIBRARY, "steam", first))
    assert news in text


def test_a_page_that_ends_without_a_line_end_is_no_matter() -> None:
    before = page().split("## Citation")[0].rstrip("\n")
    done = move(LIBRARY, "steam", "leavening")
    assert tree(after(before, done)) == names(done.after.taxonomy)
    done = move(LIBRARY, "kneading", "ovens")
    assert tree(after(before, done)) == names(done.after.taxonomy)


def test_a_section_that_folds_is_left_to_a_human() -> None:
    before = page().replace("### Steam\n", "<details>\n\n### Steam\n").replace("### Stone", "</details>\n\n### Stone")
    _, remarks = migrate.rewritten(before, move(LIBRARY, "steam", "leavening"))
    assert remarks == ("On the page, move the section of Steam to the end of that of Leavening.",)


def test_text_of_a_class_that_goes_stands_with_its_heir_and_is_told() -> None:
    text, remarks = migrate.rewritten(page(), merge(LIBRARY, ["steam"], "stone-hearth"))
    assert text.index("### Stone Hearth") < text.index("Words on steam.") < text.index("## Citation")
    assert remarks == ("On the page, look at the text that stood under Steam: it is at the end of Stone Hearth now.",)


def test_a_row_that_no_file_has_stops_the_change_of_a_page_without_markers() -> None:
    found = read_readme(LEVELS)
    library = Library(taxonomy=found.taxonomy, papers={key: one for key, one in found.papers.items() if key[3] != "2"})
    with pytest.raises(DataError, match="would be lost"):
        migrate.rewritten(LEVELS, rename(library, "steam", "Vapour"))


def test_headings_are_counted_as_github_does() -> None:
    text = "# A\n## A\n```\n# A\n```\nA\n---\n<h3>A b</h3>\n\n## 🚀 A!\n"
    assert [one.anchor for one in headings(text, text.splitlines())] == ["a", "a-1", "a-2", "a-b", "-a"]
    html = "<h3>A b</h3>\n\n<h2 id='x'>A</h2>\n"
    assert [one.anchor for one in headings(html, html.splitlines())] == ["a-b", "x"]


REAL = [ROOT / "SURVEY.md", ROOT.parent / "shared" / "survey" / "README-2026-06-23.md"]


@pytest.mark.parametrize("file", REAL, ids=lambda file: file.name)
def test_the_real_pages_keep_every_line_that_is_not_concerned(file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file.name} is not beside this clone (../shared)")
    markdown = file.read_bytes().decode()
    found = read_readme(markdown)
    library = Library(taxonomy=merge_rulebook(found.taxonomy, found.taxonomy), papers=found.papers)
    rendered = render.render(markdown, library)
    parts = [Node(id="fewer", name="Fewer Bits"), Node(id="other-bits", name="Other Bits")]
    root = library.taxonomy.root.id
    for done in (
        rename(library, "quantization", "Low-Bit Inference"),
        move(library, "efficient-post-training", "efficient-data-collection"),
        move(library, "data-augmentation", root),
        merge(library, ["layer-pruning"], "rl-based-method"),
        split(library, "quantization", parts, first),
        retire(library, "layer-pruning", first),
    ):
        text = after(markdown, done)
        assert tree(text) == names(done.after.taxonomy)
        kept = set(rendered.splitlines()) - set(text.splitlines())
        gone = [line for line in kept if "survey-bot:" not in line and not line.startswith("|")]
        assert all("](#" in line or line.startswith("#") for line in gone), gone
        assert len(gone) <= 6
        assert readme.read(text).lost == readme.read(rendered).lost


def heading(name: str, label: str, line: str) -> tuple[str, tuple[str, ...]]:
    """The heading of the class after a rename, on a page whose heading is this line; and what is left to do."""
    class_ = Node(id=label, name=name)
    library = Library(
        taxonomy=Taxonomy(root=Node(id="bread", name="Bread", children=(class_, Node(id="rest", name="Rest")))),
        papers={},
    )
    text = f"# Bread\n\n{line}\n{begin(label)}\n{end(label)}\n\n## Rest\n{begin('rest')}\n{end('rest')}\n"
    text, remarks = migrate.rewritten(text, rename(library, label, "Artificial Dough", "artificial-dough"))
    assert begin("artificial-dough") in text
    return next(one for one in text.splitlines() if one.startswith("##")), remarks


def test_a_name_is_changed_where_it_stands_as_words_and_not_in_an_address() -> None:
    line, _ = heading("RL", "rl", "## RL ([RL survey](https://x.example/RL/list))")
    assert line == "## Artificial Dough ([RL survey](https://x.example/RL/list))"
    assert heading("AI", "ai", "## FAIR and AI")[0] == "## FAIR and Artificial Dough"


@pytest.mark.parametrize("label", ["survey", "bot", "begin", "end", "s"])
def test_an_id_that_the_marker_itself_holds_is_changed_in_its_own_place(label: str) -> None:
    assert heading("Loaves", label, "## Loaves") == ("## Artificial Dough", ())


def test_the_words_of_a_migration_have_room_on_github_however_many_papers_move() -> None:
    leaves = (Node(id="a", name="A"), Node(id="b", name="B"))
    papers = {
        f"2501.{n:05}": Paper(id=f"2501.{n:05}", title=f"{'Long ' * 40}{n}", year=2025, venue="arXiv", labels=("a",))
        for n in range(900)
    }
    library = Library(taxonomy=Taxonomy(root=Node(id="bread", name="Bread", children=leaves)), papers=papers)
    made = migrate.changeset(retire(library, "a", unsure), "taxonomy/taxonomy.yaml", "taxonomy/papers", None)
    assert len(made.body) < 60_000
    assert made.body.count("more") >= 2
    assert len(made.commits[0].files) == 901
