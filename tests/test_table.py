"""Cells: what a README writes is read, and what we write reads as what was meant."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot import importer, table, texts
from bot.models import Link, Paper

WEBSITE, CODE = table.COLUMNS[3:]
NASTY = (
    "|",
    "[",
    "]",
    "](",
    "`",
    "``",
    "<b>",
    "<!-- x -->",
    "@me",
    "*",
    "_",
    "__",
    "\\",
    "\\|",
    "&amp;",
    "~~",
    "![",
    ")",
)
ORDINARY = (" ", "a", "Bread", "🤖", "é", "#1", "$x_0$", "https://a.example", "www.a.example", "- ", "1. ", ":-)")

titles = (
    st.one_of(
        st.lists(st.sampled_from(NASTY + ORDINARY), min_size=1, max_size=8).map("".join),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30),
    )
    .map(lambda text: " ".join(text.split()))
    .filter(lambda text: bool(text) and not texts.clean(text)[1])  # what cannot be seen is taken out at import
)
urls = st.lists(
    st.sampled_from(["a", "/", "(", ")", "?x=1&copy=2", "&amp;", "_", "*", "\\", "%20", "é", "~", "#f", "[", "]", "`"]),
    max_size=6,
).map(lambda parts: "https://x.example/" + "".join(parts))


def cells_of(lines: list[str]) -> list[str]:
    tokens = MarkdownIt("commonmark").enable("table").parse("\n".join(lines))
    return [token.content for token in tokens if token.type == "inline"]


@settings(max_examples=300, deadline=None)
@given(titles, titles, urls)
@example("A|B", "x|y", "https://x.example/a|b")
@example("\\", "-", "https://x.example/")
def test_any_title_venue_and_address_come_back_out_of_the_table_as_they_went_in(
    title: str, venue: str, url: str
) -> None:
    paper = Paper(id="x", title=title, year=2025, venue=venue, url=url, labels=("a",))
    cells = cells_of([*table.header(), table.row(paper)])[5:]
    assert len(cells) == 5
    assert table.pieces(cells[2]) == [table.Piece(" ".join(title.split()), url)]
    assert table.plain(cells[1]) == " ".join(venue.split())
    assert not table.is_empty(cells[1])


@settings(max_examples=200, deadline=None)
@given(titles, titles, urls)
@example("Think Twice, Act Once", "FlashVLA", "https://x.example/")
@example("T", "a|b **c** [d](e)", "https://x.example/")
def test_a_name_people_say_comes_back_out_of_the_table_as_it_went_in(title: str, short: str, url: str) -> None:
    title, short = f"0 {title}", f"{short}."  # no label such as Code, no heading such as Name:
    paper = Paper(id="2501.00001", title=title, short=short, year=2025, venue="V", labels=("a",))
    found = importer.read_readme("\n".join(["# S", "## A", "", *table.header(), table.row(paper)]))
    assert found.papers == {"2501.00001": paper}
    assert found.problems == ()


@pytest.mark.parametrize(
    ("title", "short", "written"),
    [
        ("Think Twice, Act Once", "FlashVLA", "**FlashVLA** [Think Twice, Act Once]"),
        ("Fast-in-Slow: Two Systems", "FAST", "**FAST** [Fast-in-Slow: Two Systems]"),
        ("OpenVLA: An Open Model", "OpenVLA", "[OpenVLA: An Open Model]"),
        ("openvla", "OpenVLA", "[openvla]"),
        ("Think Twice", None, "[Think Twice]"),
    ],
)
def test_only_a_name_the_title_does_not_open_with_is_written(title: str, short: str | None, written: str) -> None:
    paper = Paper(id="2501.00001", title=title, short=short, year=2025, venue="V", labels=("a",))
    assert f"| {written}(https://arxiv.org/abs/2501.00001) |" in table.row(paper)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.none() | titles, urls), max_size=3))
def test_any_links_come_back_out_of_the_table_as_they_went_in(parts: list[tuple[str | None, str]]) -> None:
    links = tuple(Link(url=url, label=label) for label, url in parts)
    paper = Paper(id="2501.00001", title="T", year=2025, venue="V", code=links, labels=("a",))
    (cell,) = cells_of([*table.header(), table.row(paper)])[9:]
    assert table.read_links(cell, CODE) == table.Cell(links, "", ())


def test_a_row_is_written_the_way_the_survey_writes_it() -> None:
    paper = Paper(
        id="2501.00001",
        title="Flour & Water: $\\pi_0$ (a B_C study)",
        year=2025,
        venue="arXiv",
        website=(Link(url="https://a.example"),),
        code=(Link(url="https://b.example", label="Pret"), Link(url="https://c.example", label="FT")),
        labels=("a",),
    )
    assert table.row(paper) == (
        "| 2025 | arXiv | [Flour & Water: $\\pi_0$ (a B_C study)](https://arxiv.org/abs/2501.00001) "
        "| [🌐](https://a.example) | [💻 Pret](https://b.example) / [💻 FT](https://c.example) |"
    )
    assert table.header() == ["| Year | Venue | Paper | Website | Code |", "|------|-------|-------|---------|------|"]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, with (brackets) & more", "plain, with (brackets) & more"),
        ("snake_case a*b", "snake_case a*b"),
        ("[x]", "\\[x\\]"),
        ("<b>", "\\<b\\>"),
        ("@me", "\\@me"),
        ("`code`", "\\`code\\`"),
        ("*loud*", "\\*loud\\*"),
        ("&amp;", "\\&amp;"),
    ],
)
def test_only_what_would_read_as_markup_is_escaped(text: str, written: str) -> None:
    assert table.escape(text) == written


@pytest.mark.parametrize("cell", ["", "-", " - ", "–", "—", "N/A"])
def test_every_way_to_say_none_is_no_link(cell: str) -> None:
    assert table.read_links(cell, CODE) == table.Cell((), "", ())


@pytest.mark.parametrize(
    ("cell", "links"),
    [
        ("[💻](https://a.example)", [("https://a.example", None)]),
        ("[Code](https://a.example)", [("https://a.example", None)]),
        ("[🤗 Model](https://a.example)", [("https://a.example", "🤗 Model")]),
        (
            "[💻 A](https://a.example)<br>[💻 B](https://b.example)",
            [("https://a.example", "A"), ("https://b.example", "B")],
        ),
        ("[A](https://a.example) [B](https://b.example)", [("https://a.example", "A"), ("https://b.example", "B")]),
        (
            "https://a.example, <https://b.example>",
            [("https://a.example", None), ("https://b.example", None)],
        ),
        ("[![stars](https://img.example/s)](https://a.example)", [("https://a.example", None)]),
        ("[x](https://a.example/b(c)?d=e&f)", [("https://a.example/b(c)?d=e&f", "x")]),
    ],
)
def test_links_are_read_however_they_are_separated_and_dressed(cell: str, links: list[tuple[str, str | None]]) -> None:
    read = table.read_links(cell, CODE)
    assert [(link.url, link.label) for link in read.links] == links
    assert (read.rest, read.mended) == ("", ())


def test_a_link_that_is_not_closed_is_read_and_told() -> None:
    assert table.read_links("[🌐](https://a.example/b", WEBSITE) == table.Cell(
        (Link(url="https://a.example/b"),), "", ("https://a.example/b",)
    )


@pytest.mark.parametrize("cell", ["coming soon", "[x](docs/a.md)", "![picture](https://a.example/p.png)"])
def test_what_is_no_link_is_handed_back_and_not_lost(cell: str) -> None:
    read = table.read_links(cell, WEBSITE)
    assert read.links == ()
    assert read.rest


def test_columns_are_known_by_many_names_in_any_order() -> None:
    found = table.columns_of(["⭐ Stars", "Title", "GitHub", "**Project Page**", "Year", "Paper"])
    assert [column.field if column else None for column in found] == [None, "paper", "code", "website", "year", "links"]
