"""The preview of a change: the rows as the README will have them, and nothing a stranger writes does more."""

import pytest
from hypothesis import example, given, settings

from bot import table
from bot.models import Library, Node, Paper, Taxonomy
from bot.preview import NOTHING, preview
from bot.render import begin, end, render
from tests.fabricated import LIBRARY, PAPERS, TAXONOMY
from tests.test_markdown import HOSTILE, parse, visible

NEW = Paper(id="2601.00001", title="FogLoaf: Steam", year=2026, venue="arXiv", labels=("steam", "kneading"))
WET = PAPERS["2503.00006"]
HEAD = "| | Year | Venue | Paper | Website | Code |\n|---|------|-------|-------|---------|------|"


def library(*papers: Paper, without: str = "", taxonomy: Taxonomy = TAXONOMY) -> Library:
    """The fabricated one with these papers added or replaced, and one left out."""
    every = {**PAPERS, **{paper.id: paper for paper in papers}}
    return Library(taxonomy=taxonomy, papers={key: paper for key, paper in every.items() if key != without})


def test_a_new_paper_is_shown_with_its_row_under_each_of_its_classes() -> None:
    row = "| **added** | 2026 | arXiv | [FogLoaf: Steam](https://arxiv.org/abs/2601.00001) | - | - |"
    assert preview(LIBRARY, library(NEW)) == (
        f"### Better Dough › Kneading\n\n{HEAD}\n{row}\n\n### Ovens › Steam\n\n{HEAD}\n{row}\n"
    )


def test_the_row_is_the_one_that_the_readme_will_have() -> None:
    marked = "\n\n".join(f"{begin(leaf.id)}\n{end(leaf.id)}" for leaf in TAXONOMY.leaves)
    odd = NEW.model_copy(update={"title": "A | B <b> *c* `d` [e](f) @g", "venue": "N|o"})
    rows = [line for line in render(marked, library(odd)).splitlines() if odd.link in line]
    shown = [line for line in preview(LIBRARY, library(odd)).splitlines() if odd.link in line]
    assert [f"| **added** {row}" for row in rows] == shown
    assert len(rows) == 2


def test_a_removed_paper_is_shown_where_it_stood() -> None:
    told = preview(LIBRARY, library(without=WET.id))
    assert [line for line in told.splitlines() if line.startswith("###")] == [
        "### Ovens › Steam",
        "### Ovens › Stone Hearth",
    ]
    assert told.count(f"| **removed** {table.row(WET)}") == 2


def test_a_changed_row_is_shown_as_it_was_and_as_it_is_now() -> None:
    now = WET.model_copy(update={"venue": "Bread 2026"})
    told = preview(LIBRARY, library(now))
    assert told.count(f"| **was** {table.row(WET)}\n| **now** {table.row(now)}\n") == 2


def test_a_paper_that_changes_its_class_leaves_one_table_and_enters_another() -> None:
    told = preview(LIBRARY, library(WET.model_copy(update={"labels": ("steam", "kneading")})))
    assert told.split("### ")[1:] == [
        f"Better Dough › Kneading\n\n{HEAD}\n| **added** {table.row(WET)}\n\n",
        f"Ovens › Stone Hearth\n\n{HEAD}\n| **removed** {table.row(WET)}\n",
    ]


def test_where_nothing_changes_that_is_said() -> None:
    assert preview(LIBRARY, LIBRARY) == f"{NOTHING}\n"


def test_a_change_that_the_tables_do_not_show_is_told_by_its_id() -> None:
    told = preview(LIBRARY, library(WET.model_copy(update={"note": "in our own words"})))
    assert told == f"{NOTHING}\n\nChanged besides:\n\n- 2503\\.00006: nothing of it that the tables show\n"


def test_a_paper_of_no_class_is_told_with_the_label_that_is_none() -> None:
    told = preview(LIBRARY, library(NEW.model_copy(update={"labels": ("toast",)})))
    assert told == f"{NOTHING}\n\nChanged besides:\n\n- 2601\\.00001: there is no class toast\n"


def test_without_a_shelf_before_every_paper_is_new() -> None:
    told = preview(None, LIBRARY)
    assert told.count("**added**") == sum(len(paper.labels) for paper in PAPERS.values())


def test_a_class_that_was_renamed_changes_no_row() -> None:
    old = WET.model_copy(update={"labels": ("steam", "hearth")})
    assert NOTHING in preview(library(old), LIBRARY)


def test_the_rows_of_a_class_that_is_gone_are_shown_under_its_old_trail() -> None:
    ovens = TAXONOMY.root.children[1]
    fewer = ovens.model_copy(update={"children": ovens.children[:1]})
    root = TAXONOMY.root.model_copy(update={"children": (TAXONOMY.root.children[0], fewer)})
    told = preview(LIBRARY, library(taxonomy=Taxonomy(root=root)))
    assert f"### Ovens › Stone Hearth\n\n{HEAD}\n| **removed** {table.row(WET)}\n| **removed** " in told


# --- what strangers write ---------------------------------------------------------------------------------------------


def tokens(markdown: str) -> list[str]:
    return [token.type for token in parse(markdown) if token.type not in ("text", "text_special")]


@settings(max_examples=60, deadline=None)
@given(title=visible, venue=visible)
@example("</details><script>", "--> <!-- survey-bot:begin steam -->")
def test_no_title_and_no_venue_gets_out_of_its_cell(title: str, venue: str) -> None:
    plain = preview(LIBRARY, library(NEW))
    told = preview(LIBRARY, library(NEW.model_copy(update={"title": title.strip(), "venue": venue.strip()})))
    assert tokens(told) == tokens(plain)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://a.example/\n\n# Heading",
        "https://a.example/>|<img src=x>",
        "x)\u2028<b>",
        "`",
        *HOSTILE,
    ],
)
def test_no_address_gets_out_of_its_cell(url: str) -> None:
    told = preview(LIBRARY, library(NEW.model_copy(update={"id": "fogloaf", "url": url})))
    assert len(told.splitlines()) == 11
    found = parse(told)
    assert {token.type for token in found} & {"html_block", "html_inline", "image", "fence", "code_inline"} == set()
    assert [token.type for token in found].count("heading_open") == 2
    assert [token.type for token in found].count("td_open") == 12
    links = [str(token.attrs["href"]) for token in found if token.type == "link_open"]
    assert not [link for link in links if link.lower().startswith(("javascript", "data", "vbscript"))]


@settings(max_examples=40, deadline=None)
@given(visible)
def test_no_name_of_a_class_and_no_label_does_anything(name: str) -> None:
    leaf = Node(id="odd", name=name.strip(), include=("x",))
    after = Library(taxonomy=Taxonomy(root=Node(id="s", name="S", children=(leaf,))),
                    papers={NEW.id: NEW.model_copy(update={"labels": ("odd", name)})})  # fmt: skip
    kinds = tokens(preview(None, after))
    assert kinds.count("heading_open") == 1
    assert kinds.count("link_open") == 1
    lost = preview(None, Library(taxonomy=after.taxonomy, papers={NEW.id: NEW.model_copy(update={"labels": (name,)})}))
    assert set(tokens(lost)) <= {"paragraph_open", "inline", "paragraph_close", "bullet_list_open", "list_item_open",
                                 "list_item_close", "bullet_list_close", "html_inline"}  # fmt: skip
    assert "<span>$</span>" in lost or "html_inline" not in tokens(lost)


def test_a_flood_of_rows_and_of_classes_stays_below_what_github_takes() -> None:
    leaves = tuple(Node(id=f"leaf-{number}", name="x" * 5_000, include=("x",)) for number in range(3_000))
    many = {
        f"2601.{number:05}": NEW.model_copy(
            update={"id": f"2601.{number:05}", "title": "面" * 1_000, "labels": (f"leaf-{number}", "leaf-0")}
        )
        for number in range(3_000)
    }
    told = preview(None, Library(taxonomy=Taxonomy(root=Node(id="s", name="S", children=leaves)), papers=many))
    assert len(told.encode()) < 1_000_000
    assert "rows more" in told
    assert "no room here for the rows of further classes" in told
