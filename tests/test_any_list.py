"""Import of anybody's list: every row and bullet is a paper or is told, in the shapes people write lists in."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cli import cli
from bot.errors import DataError
from bot.importer import Import, Unread, page, read_readme
from bot.models import Link, Paper

LISTS = Path(__file__).parent / "lists"
HEAD = "# Bread\n\n## Doughs\n\n"
ARXIV = "https://arxiv.org/abs/2501.00001"


def of(name: str) -> Import:
    return read_readme((LISTS / f"{name}.md").read_text(encoding="utf-8"), "L.md")


def only(entry: str) -> Paper:
    """The one paper of a list with one entry."""
    (paper,) = read_readme(HEAD + entry + "\n").papers.values()
    return paper


def facts(found: Import) -> dict[str, tuple[str | None, int, str, tuple[str, ...]]]:
    return {key: (paper.short, paper.year, paper.venue, paper.labels) for key, paper in found.papers.items()}


def test_bullets_with_a_bold_name_and_a_quoted_title() -> None:
    found = of("bold_names")
    assert facts(found) == {
        "2402.00003": ("DryDose", 2024, "CoRL", ("ovens",)),
        "2501.00001": ("WildStart", 2025, "ICLR", ("wild",)),
        "2512.00002": (None, 2025, "arXiv", ("wild",)),
    }
    assert found.papers["2402.00003"].title == "How Little Yeast Is Enough"
    assert found.papers["2402.00003"].code == (Link(url="https://git.example/dry"),)
    assert found.taxonomy.trail("wild") == "Doughs › Wild"
    assert [one.line for one in found.unread] == [14]


def test_tables_of_badges_dates_and_names_in_any_columns() -> None:
    found = of("badge_tables")
    assert facts(found) == {
        "2401.00003": (None, 2024, "arXiv", ("glance",)),
        "2503.00001": (None, 2025, "arXiv", ("other-papers",)),
        "2504.00002": ("VapourLoaf", 2025, "CVPR", ("ovens",)),
        "wet-stones-soft-crusts": (None, 2024, "ICML", ("ovens",)),
    }
    assert found.papers["2401.00003"].title == "BrickDome"
    assert found.papers["2401.00003"].website == (Link(url="https://brick.example"),)
    assert found.papers["2503.00001"].code == (Link(url="https://github.com/example/wild"),)
    assert [one.text for one in found.unread] == ["| Nowhere | nothing | - | - |"]
    assert "L.md:19: the column 'Key idea' is not known and was not imported" in found.problems


def test_paragraphs_that_begin_in_bold() -> None:
    found = of("bold_paragraphs")
    assert facts(found) == {
        "2206.00001": (None, 2022, "ICML", ("doughs",)),
        "2305.00002": (None, 2023, "CVPR", ("doughs",)),
        "2404.00004": (None, 2024, "arXiv", ("ovens",)),
    }
    assert [one.line for one in found.unread] == [22]  # its title stands elsewhere


def test_bullets_below_bullets_are_notes_papers_or_classes() -> None:
    found = of("sub_bullets")
    assert facts(found) == {
        "2105.00001": (None, 2022, "ICRA", ("by-hand",)),
        "2105.00002": ("Gentle Slap", 2023, "IROS", ("by-hand",)),
        "2410.00005": (None, 2024, "arXiv", ("other-kneading",)),
        "folding-schedules-without-a-mixer": (None, 2024, "ICLR", ("iclr-2024",)),
        "mixers": (None, 2023, "THRI", ("by-machine",)),
    }
    assert found.papers["folding-schedules-without-a-mixer"].code == (Link(url="https://github.com/example/fold"),)
    assert {one.line: one.section for one in found.unread} == {
        17: "By hand",
        20: "By machine",
        22: "Kneading",
        23: "Kneading",
    }


def test_numbered_entries_of_several_paragraphs_with_html_headings_and_a_fold() -> None:
    found = of("numbered")
    assert facts(found) == {
        "2212.00001": (None, 2023, "ACL Findings", ("doughs",)),
        "2402.00002": (None, 2024, "Preprint", ("doughs",)),
        "2404.00004": (None, 2024, "ECCV", ("ovens",)),
        "2406.00005": (None, 2024, "ICML", ("doughs",)),
        "2503.00003": (None, 2025, "arXiv", ("ovens",)),
    }
    assert found.papers["2212.00001"].website == (Link(url="https://blog.example/wild", label="Blog"),)
    assert found.unread == ()


def test_tables_in_html_and_plain_bullets() -> None:
    found = of("html_table")
    assert facts(found) == {
        "2401.00003": (None, 2024, "ICLR", ("other-ovens",)),
        "2501.00001": (None, 2025, "ICLR", ("doughs",)),
        "2502.00002": ("DryDose", 2025, "CoRL", ("doughs",)),
        "2503.00005": (None, 2025, "ICML", ("domes",)),
        "a-better-hearth": (None, 2024, "CVPR", ("domes",)),
    }
    assert {one.line: one.reason for one in found.unread} == {
        14: "this entry was left out because it has no link",
        21: "this looks like a row but stands in no table",
    }


@pytest.mark.parametrize("name", [file.stem for file in sorted(LISTS.glob("*.md"))])
def test_every_link_to_arxiv_is_a_paper_or_stands_in_a_line_that_is_told(name: str) -> None:
    text = (LISTS / f"{name}.md").read_text(encoding="utf-8")
    found = of(name)
    told = " ".join([*found.problems, *(one.text for one in found.unread)])
    for number in re.findall(r"\d{4}\.\d{5}", text):
        assert number in found.papers or number in told


@pytest.mark.parametrize(
    "url",
    [
        "https://arxiv.org/pdf/2501.00001v3.pdf",
        "http://www.arxiv.org/html/2501.00001",
        "https://alphaxiv.org/abs/2501.00001",
        "https://huggingface.co/papers/2501.00001",
        "https://doi.org/10.48550/arXiv.2501.00001",
        "https://ar5iv.labs.arxiv.org/html/2501.00001",
    ],
)
def test_a_link_to_arxiv_anywhere_in_an_entry_gives_its_id(url: str) -> None:
    paper = only(f"- **[Crust](https://crust.example)** *ICLR 2025* [[pdf]({url})] [[code](https://github.com/a/b)]")
    assert (paper.id, paper.website, paper.venue) == ("2501.00001", (Link(url="https://crust.example"),), "ICLR")


@pytest.mark.parametrize(
    ("entry", "year", "venue"),
    [
        (f"- [2024/03] [Crust]({ARXIV}) - a remark", 2024, "arXiv"),
        (f"- [Crust]({ARXIV}), NeurIPS'23 Spotlight", 2023, "NeurIPS"),
        (f"- [Crust]({ARXIV}) (*Robotics and Autonomous Systems 2013*)", 2013, "Robotics and Autonomous Systems"),
        (f"- [Crust]({ARXIV}) `Mar 2024`", 2024, "arXiv"),
        (f"- [Crust]({ARXIV}), NeurIPS Workshop 2022 | [code](https://github.com/a/b)", 2022, "NeurIPS Workshop"),
        (f"- [Crust]({ARXIV})", 2025, "arXiv"),
        ("- [Crust](https://openreview.net/forum?id=x) 2024", 2024, "OpenReview"),
        ("- [Crust](https://aclanthology.org/2024.acl-1/) (2024)", 2024, "ACL Anthology"),
    ],
)
def test_year_and_venue_are_the_stated_ones_else_those_of_the_link(entry: str, year: int, venue: str) -> None:
    paper = only(entry)
    assert (paper.title, paper.year, paper.venue) == ("Crust", year, venue)


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (f"- [A [Nested] Crust: [x]]({ARXIV})", "A [Nested] Crust: [x]"),
        (f"- 🔥🔥 **עברית: كتاب Crust** [[paper]({ARXIV})]", "עברית: كتاب Crust"),
        (f"- [Crust\u200b of \u202eZero Width]({ARXIV})", "Crust of Zero Width"),
        (f"- [Crust\x07 of\x9b Bells]({ARXIV})", "Crust of Bells"),
        (f"-\t**Crust with Tabs**\t[[paper]({ARXIV})]", "Crust with Tabs"),
        (f"- [Crust by Reference][1]\n\n[1]: {ARXIV}", "Crust by Reference"),
        (f"- [Crust with a Footnote]({ARXIV})[^1]\n\n[^1]: Aside.", "Crust with a Footnote"),
        (f"- [Crust]({ARXIV})\r\n".replace("\n", "\r\n"), "Crust"),
        (
            f"- Doughs\n\n  | Title | Year |\n  |---|---|\n  | [Crust in a Bullet]({ARXIV}) | 2025 |",
            "Crust in a Bullet",
        ),
        (f"- [Unclosed Crust]({ARXIV}", "Unclosed Crust"),
        (f"| Title | Year\n|---|---|\n| [Crust without a Pipe]({ARXIV}) | 2025", "Crust without a Pipe"),
        (f"<table><tr><td><a href='{ARXIV}'>Unclosed Crust</a><td>ICLR 2025\n\n## Next", "Unclosed Crust"),
    ],
)
def test_odd_input_is_read(entry: str, title: str) -> None:
    assert only(entry).title == title


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("- [paper](https://arxiv.org/abs/2501.00009", "no title can be told from its labels"),
        ("- Crust without a Link", "it has no link"),
        ("- [Half a Link (https://arxiv.org/abs/2501.00009) 2024", "no title can be told from its labels"),
        ("- [Tool](https://github.com/a/b)", "it has no year"),
        ("- [Tool](https://github.com/a/b) 2024", "it has no venue"),
        (f"- All that was said of crusts before [One]({ARXIV}) was baked", "its link stands within a sentence"),
        ("- " + "a" * 30_000, "this line has 30002 characters"),
    ],
)
def test_what_is_no_paper_is_kept_word_for_word_with_its_reason(line: str, reason: str) -> None:
    good = "- [Good: A Paper](https://arxiv.org/abs/2501.00002)\n"
    found = read_readme(HEAD + good + line + "\n", "L.md")
    assert list(found.papers) == ["2501.00002"]
    (unread,) = found.unread
    assert (unread.line, unread.text, unread.section) == (6, line, "Doughs")
    assert reason in unread.reason
    assert any(problem.startswith(f"L.md:6: {unread.reason}: ") for problem in found.problems)


FOUR = "| Year | Venue | Paper | Website |\n|---|---|---|---|\n"


def test_a_row_that_lost_a_pipe_makes_no_paper_of_another_column() -> None:
    row = f"| 2025 | arXiv [Crust: Hot and Dry]({ARXIV}) | - |"
    found = read_readme(f"{HEAD}{FOUR}{row}\n")
    assert (found.papers, [one.text for one in found.unread]) == ({}, [row])


def test_a_row_with_fewer_cells_than_headers_is_told() -> None:
    found = read_readme(f"{HEAD}{FOUR}| 2025 | ICLR | [Crust]({ARXIV}) [Site](https://a.example) |\n", "L.md")
    assert found.problems == ("L.md:7: it has 3 cells under 4 headers; see that each stands where it belongs",)


def test_a_year_that_is_none_is_told_and_kept() -> None:
    found = read_readme(f"{HEAD}{FOUR}| 20x5 | ICLR | [Crust]({ARXIV}) | - |\n", "L.md")
    assert found.problems == ("L.md:7: the year is missing ('20x5' is none); 2025 was taken from the link",)
    assert [(one.what, one.text) for one in found.kept] == [("said with the year", "20x5")]


def test_a_link_of_another_paper_keeps_the_entry_unread() -> None:
    found = read_readme(f"{HEAD}- [Crust: Hot and Dry]({ARXIV})\n- [A Wholly Different Loaf]({ARXIV})\n")
    assert [one.text for one in found.unread] == [f"- [A Wholly Different Loaf]({ARXIV})"]
    assert "its link is that of 'Crust: Hot and Dry' in line 5" in found.unread[0].reason


def test_an_entry_that_has_only_the_name_and_one_with_the_title_are_one_paper() -> None:
    table = f"| Model | Paper | Link |\n|---|---|---|\n| DryDose | | [pdf]({ARXIV}) |\n\n"
    found = read_readme(f"{HEAD}{table}## Ovens\n- [DryDose: How Little Yeast]({ARXIV})\n")
    (paper,) = found.papers.values()
    assert (paper.title, paper.labels) == ("DryDose: How Little Yeast", ("doughs", "ovens"))


def test_lists_in_chinese_are_read() -> None:
    table = "| 论文 | 会议/期刊 | 年份 | 代码 |\n|---|---|---|---|\n"
    row = "| [烤箱：高效面包模型](https://arxiv.org/abs/2501.00001) | ICRA | 2025 | [代码](https://git.example/a) |\n"
    bullets = (
        "1. **Crumb: Low-bit Loaves**（2025年3月，CoRL）[[论文](https://arxiv.org/abs/2503.00002)] "
        "[[主页](https://crumb.example)]\n"
        "1. **Crust** - [论文](https://arxiv.org/abs/2503.00003)\n"
        "1. 《面包数据集》 [[论文]](https://arxiv.org/abs/2506.00004)\n"
        "1. 面包数据集与烤箱 [[论文]](https://arxiv.org/abs/2506.00005)\n"
    )
    found = read_readme(f"# 面包\n\n## 模型\n\n### 烤箱\n\n{table}{row}\n### 数据\n\n{bullets}", "L.md")
    told = {key: (paper.title, paper.year, paper.venue) for key, paper in found.papers.items()}
    assert told == {
        "2501.00001": ("烤箱：高效面包模型", 2025, "ICRA"),
        "2503.00002": ("Crumb: Low-bit Loaves", 2025, "CoRL"),
        "2503.00003": ("Crust", 2025, "arXiv"),
        "2506.00004": ("面包数据集", 2025, "arXiv"),
        "2506.00005": ("面包数据集与烤箱", 2025, "arXiv"),
    }
    assert found.papers["2501.00001"].code == (Link(url="https://git.example/a"),)
    assert found.papers["2503.00002"].website == (Link(url="https://crumb.example"),)
    assert found.unread == ()


@pytest.mark.parametrize("box", ["[ ]", "[x]", "[X]"])
def test_the_box_of_a_task_is_no_name(box: str) -> None:
    paper = only(f"- {box} `IROS'24` **Steaming Loaves with Less Water**, [[Paper]]({ARXIV})")
    assert (paper.title, paper.short, paper.venue) == ("Steaming Loaves with Less Water", None, "IROS")


def test_news_contents_and_contributing_are_no_list() -> None:
    news = f"## News\n- We released [Crust]({ARXIV})\n\n## How to contribute\n- Open [an issue](https://x.example)\n\n"
    found = read_readme(
        f"# Bread\n- [Doughs](#doughs)\n\n{news}## Doughs\n- [Loaf](https://arxiv.org/abs/2501.00002)\n"
    )
    assert list(found.papers) == ["2501.00002"]
    assert found.unread == ()


def test_an_entry_without_a_link_is_told_where_no_paper_stands_beside_it_too() -> None:
    found = read_readme(f"{GOOD}\n## Rye\n\n- **Rye**: A Loaf, ICLR 2025\n\n## Fast\n\n- This page loads fast\n")
    assert [one.line for one in found.unread] == [9]


def test_bare_addresses_are_told() -> None:
    found = read_readme(f"{GOOD}\nhttps://arxiv.org/abs/2501.00002\n\n<https://arxiv.org/abs/2501.00003>\n")
    assert [one.line for one in found.unread] == [7, 9]


@pytest.mark.parametrize("year", ["2025", "2025 (2 papers)", "2025 (12)", "2025年", "Mar 2025 papers"])
def test_a_year_below_a_class_is_no_class(year: str) -> None:
    loaf, salt = (f"- [{word}](https://arxiv.org/abs/2401.0000{len(word)})" for word in ("Loaf", "Salts"))
    found = read_readme(f"# Bread\n\n## Doughs\n### {year}\n- [Crust]({ARXIV})\n### 2024\n{loaf}\n## Salt\n{salt}\n")
    assert {paper.labels for paper in found.papers.values()} == {("doughs",), ("salt",)}


@pytest.mark.parametrize("title", ["Paper 1984: Of Bread", "BakeEval-2024 Task 5", "Crusts of 2020", "Code as Crusts"])
def test_a_title_that_names_a_year_or_a_label_is_a_title(title: str) -> None:
    assert only(f"- [{title}]({ARXIV})").title == title


LINES = st.sampled_from(
    [
        *("# A", "## B", "", "> ### Q", "<h2>", "</h2>", "<!--", "-->", "```", "1. x", "| a [", "\u202e(", "- [a](#b)"),
        "- [T one](https://arxiv.org/abs/2501.00001)",
        '  - **N**: "A quoted title" [[p](https://arxiv.org/abs/2501.00002)]',
        *("| Title | Year |", "|---|---|", "| [R](https://arxiv.org/abs/2501.00003) | 2025 |"),
        *("<table><tr><td>", "</td></tr></table>", "<details><summary>S</summary>", "</details>"),
        "**Bold** [[Paper](https://arxiv.org/abs/2501.00004)]",
        *("[1]: https://x.example", "- [R][1]", "  continued, ICLR 2024"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(LINES, st.text(max_size=12)), max_size=14))
def test_no_text_ends_in_anything_but_papers_or_one_sentence(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        found = read_readme(text)
    except DataError:
        return
    assert all(label in found.taxonomy.paths for paper in found.papers.values() for label in paper.labels)
    assert all(1 <= one.line <= len(text.splitlines()) + 1 for one in found.unread)


def test_three_thousand_entries_take_seconds() -> None:
    links = (f"[Paper {n}: Of Bread](https://arxiv.org/abs/2501.{10000 + n})" for n in range(3000))
    entries = "".join(f"- **{link}** *ICLR 2025*\n" for link in links)
    start = time.perf_counter()
    assert len(read_readme(HEAD + entries).papers) == 3000
    assert time.perf_counter() - start < 60


@pytest.mark.parametrize(
    "hostile",
    [
        ("<summary>" * 2000 + "\n") * 8,
        ("<h1>" * 2000 + "\n") * 8,
        f"- Paper: {' ' * 15_000}x [A Loaf]({ARXIV}), ICLR 2025\n",
        "- Bread without a link\n" * 8000,
    ],
)
def test_a_list_that_was_made_to_be_slow_takes_seconds(hostile: str) -> None:
    start = time.perf_counter()
    found = read_readme(f"{HEAD}- [A Good Loaf](https://arxiv.org/abs/2501.00009), ICLR 2025\n\n{hostile}")
    assert "2501.00009" in found.papers
    assert time.perf_counter() - start < 15


@pytest.mark.parametrize(
    "entry",
    [
        f"- (*CVPR 2025*) A Good Loaf: Bread for All [[Paper]({ARXIV})]",
        f"- *NeurIPS 2024*, A Good Loaf: Bread for All [[Paper]({ARXIV})]",
    ],
)
def test_a_venue_in_italics_before_a_title_is_not_the_title(entry: str) -> None:
    assert only(entry).title.startswith("A Good Loaf: Bread for All")


def test_where_only_a_venue_is_left_for_a_title_the_entry_is_told_and_no_paper_is_made_of_it() -> None:
    found = read_readme(
        f"{HEAD}- [A Fine Crust](https://arxiv.org/abs/2501.00009), ICLR 2025\n- [A Good Loaf] ({ARXIV}) CVPR 2025\n"
    )
    assert list(found.papers) == ["2501.00009"]
    assert [one.line for one in found.unread] == [6]


def test_an_emoji_by_name_is_no_name_of_a_paper_and_a_ratio_is_no_emoji() -> None:
    paper = only(f"- :fire: [A Good Loaf at 3:1:2]({ARXIV}), CVPR 2025")
    assert (paper.short, paper.title) == (None, "A Good Loaf at 3:1:2")


def lines_told(found: Import) -> list[int]:
    return [one.line for one in found.unread]


FIRST = "- [A Fine Crust](https://arxiv.org/abs/2501.00009), ICLR 2025\n"


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        (f'<p><a href="{ARXIV}">A Good Loaf</a>, CoRL 2024</p>', 7),
        (f'<a href="{ARXIV}"><b>A Good Loaf</b></a> (CoRL 2024)<br>', 7),
        (f'<ul>\n<li>\n<a href="{ARXIV}">A Good Loaf</a>\n</li>\n</ul>', 9),
        (f"A Good Loaf without Bullet. [paper]({ARXIV}) CoRL 2024", 7),
        (f"Baker et al. (2024). [A Good Loaf]({ARXIV}). CoRL.", 7),
        (f"### [A Good Loaf]({ARXIV})\n\nBy bakers.", 7),
        (f"<!-- to do\n- [A Good Loaf]({ARXIV}), CoRL 2024", 8),
        (f"```\n- [A Good Loaf]({ARXIV}), CoRL 2024", 8),
    ],
)
def test_a_line_that_leads_to_a_paper_is_read_or_told_whatever_its_shape(shape: str, line: int) -> None:
    found = read_readme(f"{HEAD}{FIRST}\n{shape}\n")
    assert "2501.00001" in found.papers or line in lines_told(found)


@pytest.mark.parametrize(
    "shape",
    [
        f"<!-- [An Old Loaf]({ARXIV}) -->",
        f"```\n[An Old Loaf]({ARXIV})\n```",
        f"## Citation\n\nOur [paper]({ARXIV}) is on arXiv.",
    ],
)
def test_what_is_closed_and_no_part_of_the_list_is_not_told(shape: str) -> None:
    assert lines_told(read_readme(f"{HEAD}{FIRST}\n{shape}\n")) == []


def test_two_papers_of_one_title_are_two_where_their_ids_are() -> None:
    rows = f"- [A Good Loaf]({ARXIV}), ICLR 2025\n- [A Good Loaf](https://arxiv.org/abs/2501.00002), ICRA 2025\n"
    assert list(read_readme(HEAD + rows).papers) == ["2501.00001", "2501.00002"]


def test_what_two_places_say_differently_of_one_paper_is_kept_word_for_word() -> None:
    rows = f"- [A Good Loaf]({ARXIV}), ICLR 2025\n\n## Ovens\n\n- [A Good Loaf]({ARXIV}), ICRA 2024\n"
    found = read_readme(HEAD + rows)
    assert {(one.line, one.what, one.text) for one in found.kept} == {
        (9, "another venue", "ICRA"),
        (9, "another year", "2024"),
    }


@pytest.mark.parametrize(
    "entry",
    [
        f"* A good loaf of other data (ICLR 2022) [[paper]({ARXIV})]",
        f"* A good loaf of other data (ICLR, 2022) [paper]({ARXIV})",
        f"* A good loaf of other data, ICLR 2022 — [pdf]({ARXIV})",
        f"* A good loaf of other data. ICLR 2022. [pdf]({ARXIV})",
    ],
)
def test_venue_and_year_behind_a_plain_title_are_not_the_title(entry: str) -> None:
    paper = only(entry)
    assert (paper.title, paper.venue, paper.year) == ("A good loaf of other data", "ICLR", 2022)


def test_a_name_with_a_number_is_no_venue_and_a_known_venue_in_bold_is() -> None:
    named = only(f"- **CARLA 2019**: [A Good Loaf]({ARXIV}), CoRL 2024")
    assert (named.short, named.venue, named.year) == ("CARLA 2019", "CoRL", 2024)
    assert only(f"- **CVPR 2019** [A Good Loaf]({ARXIV})").venue == "CVPR"


@pytest.mark.parametrize(
    "row",
    [
        f"| 2024 | [A Good Loaf]({ARXIV}) | [page three](https://c.example) | - |",
        f"| 2024 | CoRL [A Good Loaf]({ARXIV}) | [c](https://c.example) | - |",
        f"| CoRL | 2024 | [A Good Loaf]({ARXIV}) | - | - |",
    ],
)
def test_a_row_whose_cells_stand_in_wrong_columns_is_told_and_not_read(row: str) -> None:
    head = "| Year | Venue | Paper | Website | Code |\n|-|-|-|-|-|"
    right = "| 2025 | RSS | [A Fine Crust](https://arxiv.org/abs/2501.00009) | - | - |"
    found = read_readme(f"{HEAD}{head}\n{right}\n{row}\n")
    assert (list(found.papers), lines_told(found)) == (["2501.00009"], [8])


def test_what_only_says_that_a_section_folds_is_no_part_of_its_name() -> None:
    names = ("Editing (click to expand)", "View Synthesis", "Click to see the full list")
    folds = "".join(
        f"<details><summary>{name}</summary>\n\n- [A Good Loaf {n}]({ARXIV[:-1]}{n}), RSS 2025\n\n</details>\n\n"
        for n, name in enumerate(names, 2)
    )
    found = read_readme(HEAD + folds)
    assert [leaf.name for leaf in found.taxonomy.leaves] == ["Doughs", "Editing", "View Synthesis"]


def test_an_address_with_characters_that_nobody_sees_is_read_without_them() -> None:
    assert only(f"- [A Good Loaf]({ARXIV}\u200b), CoRL 2024").id == "2501.00001"


@pytest.mark.parametrize("said", ["<!-- check this -->", '<img src="img/b.png">', "![teaser](img/a.png)", "[^1]"])
def test_what_stands_in_an_entry_and_is_no_word_is_kept_too(said: str) -> None:
    assert said in [one.text for one in read_readme(f"{HEAD}- [A Good Loaf]({ARXIV}), CoRL 2024 {said}\n").kept]


def test_an_entry_whose_links_are_html_is_read() -> None:
    assert only(f'- <a href="{ARXIV}">A Good Loaf</a> CoRL 2024').venue == "CoRL"


def test_two_addresses_of_one_page_are_one_paper() -> None:
    found = read_readme(
        f"{HEAD}- [A good loaf of bread](https://openreview.net/forum?id=abc) ICLR 2025\n"
        "\n## Ovens\n\n- [A good loaf of bread, again](https://openreview.net/pdf?id=abc) ICLR 2025\n"
    )
    assert [paper.labels for paper in found.papers.values()] == [("doughs", "ovens")]


def test_a_paper_that_is_met_elsewhere_first_gets_its_arxiv_id_all_the_same() -> None:
    found = read_readme(
        f"{HEAD}- [A Good Loaf](https://openreview.net/forum?id=abc) ICLR 2025\n"
        f"\n## Ovens\n\n- [A Good Loaf]({ARXIV}) ICLR 2025\n"
    )
    (paper,) = found.papers.values()
    assert (paper.id, paper.url, paper.labels) == ("2501.00001", None, ("doughs", "ovens"))
    assert any(
        "its address https://openreview.net/forum?id=abc in line 5 was not imported" in one for one in found.problems
    )


def test_the_venue_in_the_words_of_a_rows_link_is_read_beside_a_column_of_years() -> None:
    row = "| A Good Loaf | 2024 | [CVPR 2024](https://openaccess.thecvf.com/loaf.html) |"
    paper = only(f"| Title | Year | Paper |\n|-|-|-|\n{row}")
    assert (paper.venue, paper.year) == ("CVPR", 2024)


def test_code_in_backticks_on_a_line_of_its_own_opens_no_fence() -> None:
    row = f"<tr><td><a href='{ARXIV}'>A Good Loaf</a></td><td>CVPR 2024</td></tr>"
    table = f"<table><tr><th>Title</th><th>Venue</th></tr>{row}</table>"
    assert only(f"```pip install bread```\n\n{table}").title == "A Good Loaf"


def test_a_year_of_two_digits_is_of_its_own_century() -> None:
    paper = only("- [A Good Loaf](https://bread.example/loaf.pdf), ICML'99")
    assert (paper.venue, paper.year) == ("ICML", 1999)


@pytest.mark.parametrize("reference", ["[A Good Loaf]", "[A Good Loaf][]", "[A Good Loaf][a good loaf]"])
def test_every_kind_of_link_by_reference_is_a_link(reference: str) -> None:
    assert only(f"- {reference}, ICLR 2025\n\n[a good loaf]: {ARXIV}").title == "A Good Loaf"


def test_brackets_that_pair_belong_to_a_bare_address() -> None:
    row = f"| [A Good Loaf]({ARXIV}) | RSS | 2025 | https://en.example/Oven_(bread) |"
    assert only(f"| Title | Venue | Year | Website |\n|-|-|-|-|\n{row}").website == (
        Link(url="https://en.example/Oven_(bread)"),
    )


def test_the_page_of_what_was_not_read_cannot_be_broken_by_its_text() -> None:
    text = page([Unread(7, "```\n# Loud <b> @me", "no | reason <i>", "Se*ction")], "L.md")
    assert "````text\n```\n# Loud <b> @me\n````" in text
    assert "&lt;i&gt;" in text
    assert page([], "L.md") == ""


def run(*arguments: str) -> str:
    """What the command says, which must end well."""
    told = CliRunner().invoke(cli, [*arguments], catch_exceptions=False)
    assert told.exit_code == 0, told.output
    return told.output


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


GOOD, BAD = f"{HEAD}- [Crust]({ARXIV})\n", "- Loaf without a link\n"


def test_import_writes_the_page_says_so_last_and_removes_it_when_all_is_read(folder: Path) -> None:
    kept = folder / "taxonomy" / "unread" / "list.md"
    Path("LIST.md").write_text(GOOD + BAD, encoding="utf-8")
    told = run("import", "LIST.md").splitlines()
    assert told[-1] == f"1 line could not be read: kept word for word in {kept}"
    assert "Line 6: this entry was left out because it has no link." in kept.read_text(encoding="utf-8")
    assert "- Loaf without a link" in kept.read_text(encoding="utf-8")
    run("check")
    Path("LIST.md").write_text(GOOD, encoding="utf-8")
    run("import", "LIST.md")
    assert not kept.parent.exists()


def test_what_a_list_says_moves_nothing_in_the_terminal(folder: Path) -> None:
    Path("LIST.md").write_text(f"{GOOD}- \x1b[2JLoaf \u202e::error::without\n", encoding="utf-8")
    told = run("import", "LIST.md")
    assert not {"\x1b", "\u202e"} & set(told)
    assert "::error" not in told
    assert "\x1b[2JLoaf \u202e::error::" in Path("taxonomy/unread/list.md").read_text(encoding="utf-8")


def test_one_thing_is_counted_as_one(folder: Path) -> None:
    Path("LIST.md").write_text(GOOD, encoding="utf-8")
    assert "1 pillar, 1 class, 1 paper, 1 placement, 2 warnings -> " in run("import", "LIST.md")


def test_every_list_has_a_page_of_its_own(folder: Path) -> None:
    pages = folder / "taxonomy" / "unread"
    for name in ("A.md", "sub/A.md", "sub_a.md"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(f"{GOOD}- {name} without a link\n", encoding="utf-8")
        run("import", name)
    assert {file.name for file in pages.iterdir()} == {"a.md", "sub-a.md", "sub-a-2.md"}
    before = {file: file.read_text(encoding="utf-8") for file in pages.iterdir()}
    Path("A.md").write_text(GOOD, encoding="utf-8")
    run("import", "A.md")
    run("import", "sub_a.md")
    del before[pages / "a.md"]
    assert {file: file.read_text(encoding="utf-8") for file in pages.iterdir()} == before


@pytest.mark.parametrize("there", [b"\xff", None], ids=["not text", "a folder"])
def test_a_page_goes_beside_what_is_no_page_of_ours(folder: Path, there: bytes | None) -> None:
    taken = folder / "taxonomy" / "unread" / "list.md"
    (taken if there is None else taken.parent).mkdir(parents=True)
    if there:
        taken.write_bytes(there)
    Path("LIST.md").write_text(GOOD + BAD, encoding="utf-8")
    assert run("import", "LIST.md").endswith("list-2.md\n")
    assert BAD in (taken.parent / "list-2.md").read_text(encoding="utf-8")


def test_first_settings_name_the_readme_where_it_is_below_them(folder: Path) -> None:
    Path("docs").mkdir()
    Path("docs/LIST.md").write_text(GOOD, encoding="utf-8")
    run("import", "docs/LIST.md")
    assert 'readme = "docs/LIST.md"' in Path("survey-bot.toml").read_text(encoding="utf-8")


def test_a_readme_outside_the_folder_of_the_settings_is_told(folder: Path) -> None:
    Path("LIST.md").write_text(GOOD, encoding="utf-8")
    Path("own").mkdir()
    told = run("--config", "own/survey-bot.toml", "import", "LIST.md")
    assert "../LIST.md is outside its folder, so its key readme names LIST.md" in told
    assert 'readme = "LIST.md"' in Path("own/survey-bot.toml").read_text(encoding="utf-8")
    assert Path("own/taxonomy/taxonomy.yaml").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "no heading here has a table of papers under it"),
        (b"\x00\x01\xff\xfe\x80", "cannot be read: it is not UTF-8"),
        (b"\x00\x01\x02", "no heading here has a table of papers under it"),
        (b"https://arxiv.org/abs/2501.00001\n", "LIST.md:1: there is no paper here, this entry was left out because"),
        (b"# A\n\n- x https://x.example\n- y https://y.example\n", "(and 1 more line could not be read)"),
    ],
)
def test_a_file_without_papers_ends_in_one_sentence_and_writes_nothing(
    folder: Path, content: bytes, sentence: str
) -> None:
    Path("LIST.md").write_bytes(content)
    told = CliRunner().invoke(cli, ["import", "LIST.md"])
    assert told.exit_code == 2
    assert sentence in told.output
    assert [file.name for file in folder.iterdir()] == ["LIST.md"]


def kept(found: Import) -> list[tuple[int, str, str]]:
    return [(one.line, one.what, one.text) for one in found.kept]


@pytest.mark.parametrize(
    ("entry", "what", "text"),
    [
        (f"- [Crust: Hot]({ARXIV}) Ann Other and Bob Baker", "text beside the title", "Ann Other and Bob Baker"),
        (f"- [2024/03] [Crust: Hot]({ARXIV})", "a date", "2024/03"),
        (f"- [Crust: Hot]({ARXIV}), CVPR 2025 (Oral)", "text beside the title", "Oral"),
        (f"- [Crust: Hot]({ARXIV}) [slides](crust.pdf)", "more than could be read", None),
        (f"- [Crust: Hot]({ARXIV})\n  - a remark below it", "text beside the title", "a remark below it"),
    ],
)
def test_words_of_an_entry_that_no_field_holds_are_kept(entry: str, what: str, text: str | None) -> None:
    found = read_readme(HEAD + entry + "\n")
    assert list(found.papers) == ["2501.00001"]
    assert (5, what, text or entry) in kept(found)


def test_words_of_a_row_that_no_field_holds_are_kept() -> None:
    head = "| Date | Title & Authors | Venue | Key idea | Code |\n|---|---|---|---|---|\n"
    row = f"| 2025-03 | [Crust: Hot]({ARXIV})<br>Ann Other | CoRL 2025 Oral | a `dome` | soon |\n"
    assert set(kept(read_readme(HEAD + head + row))) == {
        (7, "column Key idea", "a `dome`"),
        (7, "a date", "2025-03"),
        (7, "text beside the title", "Ann Other"),
        (7, "column code", "soon"),
    }


def test_links_in_a_column_of_notes_are_links() -> None:
    head, link = "| Year | Title | Note |\n|---|---|---|\n", "[Website](https://c.example)"
    (paper,) = read_readme(f"{HEAD}{head}| 2025 | [Crust: Hot]({ARXIV}) | Fine. {link} |\n").papers.values()
    assert (paper.note, paper.website) == ("Fine.", (Link(url="https://c.example"),))


def test_a_paper_that_a_note_speaks_of_is_not_the_paper_of_the_row() -> None:
    head, note = "| Year | Title | Note |\n|---|---|---|\n", "after [Salt](https://arxiv.org/abs/2401.00009)"
    row = f"| 2025 | [Crust: Hot](https://crust.example) | {note} |"
    found = read_readme(f"{HEAD}{head}{row}\n")
    assert found.papers["crust"].link == "https://crust.example"
    assert kept(found) == [(7, "more than could be read", row)]


def test_a_table_of_other_things_is_kept_whole() -> None:
    found = read_readme(f"{GOOD}\n| Sign | Meaning |\n|---|---|\n| hot | read first |\n")
    assert (7, "left alone", "Sign | Meaning\n| hot | read first |") in kept(found)


def test_papers_under_news_are_kept_and_told_once() -> None:
    other = "- 2025.03: [Loaf](https://arxiv.org/abs/2501.00002) is out\n"
    found = read_readme(f"{GOOD}\n## Latest News\n\n{other}{other}")
    assert list(found.papers) == ["2501.00001"]
    assert [(one.line, one.text) for one in found.kept] == [(9, other.rstrip()), (10, other.rstrip())]
    sentence = "what stands under 'Latest News' is no list of papers and was left alone (so are 2 entries)"
    assert [problem for problem in found.problems if "News" in problem] == [f"README.md:9: {sentence}"]


@pytest.mark.parametrize("name", ["Contact-Rich Baking", "Tool Usage", "Fake News", "How Bread Updates"])
def test_a_class_may_have_the_name_of_a_part_that_is_no_list_among_other_words(name: str) -> None:
    found = read_readme(f"# Bread\n\n## {name}\n- [Crust]({ARXIV})\n")
    assert list(found.papers) == ["2501.00001"]


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("[A [Nested] Crust: [x](URL)", "A [Nested] Crust: [x"),
        ("[A [Nested] Crust: [x](URL", "A [Nested] Crust: [x"),
        ("[A [Nested] Crust](URL", "A [Nested] Crust"),
        ("[A [Nested Crust](URL)", "A [Nested Crust"),
        ("[A Nested] Crust](URL)", "A Nested] Crust"),
        ("[A [Nested] Crust: x](URL [code](https://github.com/a/b)", "A [Nested] Crust: x"),
    ],
)
@pytest.mark.parametrize("shape", ["- {}", "| Year | Paper | Code |\n|---|---|---|\n| 2025 | {} | - |"])
def test_broken_links_and_brackets_give_the_title_their_writer_meant_and_are_told(
    shape: str, words: str, title: str
) -> None:
    found = read_readme(HEAD + shape.format(words.replace("URL", ARXIV)) + "\n")
    (paper,) = found.papers.values()
    assert (paper.id, paper.title) == ("2501.00001", title)
    line = 5 + shape.count("\n")
    told = [text for text in found.problems if "do not pair" in text or "is not closed" in text]
    assert told
    assert all(text.startswith(f"README.md:{line}: ") for text in told)


@pytest.mark.parametrize(
    "entry",
    [
        f"- Crust of Bread [[paper]({ARXIV})]",
        f"- [ICLR 2025] [Crust of Bread]({ARXIV})",
        f'- [Crust of Bread]({ARXIV} "a title")',
        f"- [![badge](https://img.example/a.svg)]({ARXIV}) Crust of Bread",
    ],
)
def test_brackets_that_pair_are_left_as_they_are(entry: str) -> None:
    found = read_readme(HEAD + entry + "\n")
    assert [paper.title for paper in found.papers.values()] == ["Crust of Bread"]
    assert not [text for text in found.problems if "do not pair" in text or "is not closed" in text]


def test_a_mark_of_byte_order_hides_no_heading() -> None:
    assert read_readme("\ufeff" + GOOD).taxonomy.root.name == "Bread"


ROWS = [
    f"| {2020 + n % 6} | arXiv | [Crust{n}: Bread Number{n}](https://arxiv.org/abs/2501.{10000 + n}) | - | "
    f"[💻](https://github.com/a/b{n}) |"
    for n in range(6)
]
BULLETS = [
    f"- **Loaf{n}**: [Loaf{n}: Bread Number{n}](https://arxiv.org/abs/2502.{10000 + n}), Ann Other{n}. *ICLR 202{n}*"
    for n in range(6)
]


def mutilated(draw: st.DrawFn, line: str) -> str:
    """A line with a few characters taken out or put in."""
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(line)))
        more = draw(
            st.sampled_from(["", "", "[", "]", "(", ")", "|", "`", "*", "\t", "🔥", "\u202e", "שלום", "<b>", "\\"])
        )
        line = line[:at] + more + line[at + (not more) :]
    return line


@st.composite
def broken_lists(draw: st.DrawFn) -> str:
    head = [
        "# Bread",
        "",
        "## Doughs",
        "",
        "| Year | Venue | Paper | Website | Code |",
        "|---|---|---|---|---|",
        GOOD_ROW,
    ]
    rows = [mutilated(draw, row) for row in draw(st.lists(st.sampled_from(ROWS), unique=True))]
    bullets = [mutilated(draw, row) for row in draw(st.lists(st.sampled_from(BULLETS), unique=True))]
    return draw(st.sampled_from(["\n", "\r\n"])).join([*head, *rows, "", "## Loaves", "", GOOD_BULLET, *bullets, ""])


GOOD_ROW = "| 2025 | arXiv | [Salt: A Row](https://arxiv.org/abs/2503.00001) | - | - |"
GOOD_BULLET = "- [Water: A Bullet](https://arxiv.org/abs/2503.00002)"


@settings(max_examples=200, deadline=None)
@given(broken_lists())
def test_every_word_of_a_mutilated_list_is_in_a_paper_or_is_kept(text: str) -> None:
    found = read_readme(text)
    unread, words = ([*found.unread], [*found.kept])
    papers = " ".join(f"{paper.model_dump_json()} {paper.link}" for paper in found.papers.values())
    told = " ".join([papers, *(one.text for one in unread), *(one.text for one in words), *found.problems])
    for word in re.findall(r"(?:Crust|Loaf|Number|Other|250[12]\.1000|a/b)\d", text):
        assert word in told, word


def test_signs_that_html_writes_as_entities_are_signs_of_the_title() -> None:
    cell = '<a href="https://arxiv.org/abs/2501.00001">Oven: A &lt;Hot&gt; Topic &amp;lt; R&amp;D</a>'
    found = read_readme(f"# L\n\n## A\n\n<table><tr><th>Year<th>Paper<tr><td>2025<td>{cell}</table>\n")
    assert found.papers["2501.00001"].title == "Oven: A <Hot> Topic &lt; R&D"
