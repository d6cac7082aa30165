"""The structure of a README is what its readers see."""

import pytest

from bot import readme
from tests.bread_readme import LEVELS, TRAPS


def tree(section: readme.Section) -> dict[str, object]:
    return {child.id: tree(child) for child in section.children}


BREAD: dict[str, object] = {"better-dough": {"leavening": {"sourdough": {}, "baker-s-yeast": {}}, "kneading": {}}}


def test_the_table_of_contents_tells_what_nests_where_the_levels_of_the_headings_are_wrong() -> None:
    assert tree(readme.read(TRAPS).root) == {**BREAD, "ovens": {"steam": {}, "stone-hearth": {}, "forgotten-class": {}}}


def test_without_a_table_of_contents_the_levels_tell() -> None:
    assert tree(readme.read(LEVELS).root) == {**BREAD, "ovens": {"steam": {}, "stone-hearth": {}}}


def test_without_a_table_of_contents_a_heading_around_everything_is_no_class() -> None:
    wrapped = LEVELS.replace("\n#", "\n##").replace("\n### Better", "\n## All Bread\n### Better")
    assert tree(readme.read(wrapped).root) == tree(readme.read(LEVELS).root)


def test_a_list_of_links_that_lead_to_no_class_is_no_table_of_contents() -> None:
    assert tree(readme.read("- [Home](#home)\n- [Steam](#nowhere)\n\n" + LEVELS).root) == tree(readme.read(LEVELS).root)


def test_a_group_of_the_contents_without_a_heading_is_a_class_all_the_same() -> None:
    contents = "- [Heat](#no-heading)\n  - [Steam](#steam)\n  - [Stone Hearth](#stone-hearth)\n"
    root = readme.read(contents + LEVELS).root
    assert tree(root)["heat"] == {"steam": {}, "stone-hearth": {}}


def test_two_headings_of_one_name_get_ids_of_their_own() -> None:
    both = LEVELS.replace("### Stone Hearth", "### Kneading")
    ids = [section.id for section in readme.read(both).root.walk()]
    assert "kneading" in ids
    assert "ovens-kneading" in ids


def test_the_id_in_the_markers_stands_when_the_heading_was_renamed() -> None:
    marked = LEVELS.replace("### Kneading\n", "### Folding\n<!-- survey-bot:begin kneading -->\n")
    marked = marked.replace("\n## Ovens", "<!-- survey-bot:end kneading -->\n## Ovens")
    section = next(one for one in readme.read(marked).root.walk() if one.name == "Folding")
    assert section.id == "kneading"


def test_the_id_in_a_marker_is_no_other_headings() -> None:
    marked = LEVELS.replace("### Kneading\n", "### Folding\n<!-- survey-bot:begin ovens -->\n")
    root = readme.read(marked.replace("\n## Ovens", "<!-- survey-bot:end ovens -->\n## Ovens")).root
    assert {section.name: section.id for section in root.walk() if section.name in ("Folding", "Ovens")} == {
        "Folding": "ovens",
        "Ovens": "a-survey-on-efficient-bread-ovens",
    }


def test_the_one_heading_around_everything_names_the_class_of_its_own_papers() -> None:
    row = "- [Crust: Hot](https://arxiv.org/abs/2501.00077)\n"
    root = readme.read(f"# Bread\n\n## Doughs\n\n{row}\n### Steam\n\n{row}").root
    assert tree(root) == {"doughs": {}, "steam": {}}


def test_a_heading_without_letters_gets_an_id() -> None:
    assert [one.id for one in readme.read(LEVELS.replace("## Ovens", "## 烤箱")).root.children] == [
        "better-dough",
        "class-1",
    ]


@pytest.mark.parametrize(
    ("text", "name", "anchor"),
    [
        ("🚀Efficient Bread", "Efficient Bread", "efficient-bread"),
        ("News 🔥", "News", "news"),
        ("⚙️ Baker's Yeast & Co.", "Baker's Yeast & Co.", "bakers-yeast--co"),
        ("Internet-Scale and X", "Internet-Scale and X", "internet-scale-and-x"),
    ],
)
def test_names_lose_their_emoji_and_anchors_are_those_of_github(text: str, name: str, anchor: str) -> None:
    assert readme.clean(text) == name
    assert readme.anchor(text) == anchor


def test_lines_joined_again_are_the_file_with_any_line_ends() -> None:
    text = "# a\r\nb\rc\n\u2028d\x85e\n\nf"
    assert "".join(readme.read(text).lines) == text


def test_markers_in_code_are_an_example_and_no_markers() -> None:
    text = "```\n<!-- survey-bot:begin a -->\n```\n\n    <!-- survey-bot:end a -->\n\n<!-- survey-bot:begin b -->\n"
    assert [marker.leaf for marker in readme.read(text).markers] == ["b"]
