"""Untrusted text in Markdown: shown as written, and without any effect."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot import markdown

HOSTILE = [
    "a | b || c",
    "`code` ``more`` `",
    "<script>alert(1)</script>",
    "<!-- hidden",
    "end --> of",
    "<details open><summary>x</summary>",
    "@all and @org/team, me@bread.example",
    "fixes #12, org/repo#3, GH-4",
    "see https://evil.example and www.evil.example.",
    "[click](javascript:alert(1)) ![pic](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "<https://evil.example>",
    "**bold** __bold__ *it* _it_ ~~gone~~",
    "# heading",
    "#",
    "> quote",
    "- item",
    "+ item",
    "* item",
    "1. one",
    "1986) one",
    "===",
    "---",
    "\\ back \\| \\` slash \\",
    "&lt;b&gt; &amp; &copy; &#x41; &",
    "costs $5 or $\\unicode{x202e}$ and $$x$$",
    ":tada: :+1: 10:30",
    "    indented",
    "two\nlines\r\nthree\u2028four",
    "x" * 5000,
    "עברית and عربي",
    "[^1] [x] [ ]",
    "!",
    "::set-output name=x::y",
]
texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from([*"`|<>[]()!*_~\\#@&-+=.:;/$1 a\n", "--", "://", "www.", "javascript:"])).map("".join),
    st.text(max_size=40),
)
visible = texts.filter(lambda text: text.split())


def parse(text: str) -> list[Token]:
    """All tokens of a text as GitHub's dialect has it, in one flat list."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    return [inner for token in tokens for inner in (token, *(token.children or ()))]


def shown(tokens: list[Token]) -> str:
    """What a reader sees."""
    text = "".join(token.content for token in tokens if token.type in ("text", "text_special", "code_inline"))
    return text.replace("\u200b", "")


def as_written(text: str) -> str:
    return " ".join(text.split()).replace("\u200b", "")


def effects(tokens: list[Token]) -> set[str]:
    """The kinds of tokens that are more than plain text; the documented dress of a dollar sign is none."""
    plain = {"inline", "text", "text_special", "paragraph_open", "paragraph_close"}
    dollar = ("<span>", "</span>")
    return {token.type for token in tokens if token.type not in plain and token.content not in dollar}


@settings(max_examples=50, deadline=None)
@given(visible)
def test_any_text_escaped_is_one_plain_paragraph_that_shows_as_written(text: str) -> None:
    shows_as_written(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_every_known_trick_is_one_plain_paragraph_that_shows_as_written(text: str) -> None:
    shows_as_written(text)


def shows_as_written(text: str) -> None:
    tokens = parse(markdown.escape(text))
    assert effects(tokens) == set()
    assert shown(tokens) == as_written(text).replace("\0", "\ufffd")


@settings(max_examples=50, deadline=None)
@given(texts)
def test_escaped_text_holds_nothing_that_github_makes_a_mention_a_reference_a_link_or_a_formula_of(text: str) -> None:
    escaped = re.sub("&#8203;", "\u200b", markdown.escape(text)).replace("<span>$</span>", " ")
    assert not re.search(r"[@#]\w|://|www\.|gh-\d|:[\w+-]+:|\$|<|-->", escaped, re.IGNORECASE)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.lists(texts, min_size=3, max_size=3), min_size=1, max_size=3))
def test_every_row_of_a_table_has_as_many_cells_as_its_header(rows: list[list[str]]) -> None:
    cells = [[markdown.escape(text) for text in row] for row in rows]
    tokens = parse(markdown.table(["a", "b", "c"], cells))
    assert effects(tokens) <= {f"{part}_{end}" for part in ("table", "thead", "tbody", "tr", "th", "td")
                               for end in ("open", "close")}  # fmt: skip
    assert [token.type for token in tokens].count("td_open") == 3 * len(rows)
    inline = [shown(token.children or []) for token in tokens if token.type == "inline"][3:]
    assert inline == [as_written(text).replace("\0", "\ufffd") for row in rows for text in row]


@settings(max_examples=50, deadline=None)
@given(visible)
def test_a_link_leads_where_it_was_meant_to_whatever_its_text(text: str) -> None:
    tokens = parse(f"**{markdown.link(text, 'https://bread.example/a')}** · after")
    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert links == ["https://bread.example/a"]
    assert effects(tokens) == {"strong_open", "strong_close", "link_open", "link_close"}


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://a.example/x(1)", "https://a.example/x%281%29"),
        ("https://a.example/?a=1&copy;=2", "https://a.example/?a=1&copy;=2"),
        ("https://a.example/a b\nc", "https://a.example/a%20b%0Ac"),
        ("https://a.example/`|$\\<>", "https://a.example/%60%7C%24%5C%3C%3E"),
        ("https://a.example/_x_*y*#top", "https://a.example/_x_*y*#top"),
        ("https://a.example/%20", "https://a.example/%20"),
        ('https://a.example/" onclick="x', "https://a.example/%22%20onclick=%22x"),
    ],
)
def test_no_address_ends_its_link_early(url: str, href: str) -> None:
    tokens = parse(f"| {markdown.link('here', url)} | `code` |\n| --- | --- |")
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == [href]
    assert [token.type for token in tokens].count("th_open") == 2


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "", "vbscript:x"])
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    assert effects(parse(markdown.link("here", url))) == set()


def test_a_commit_message_closes_no_issue_and_calls_nobody() -> None:
    title = markdown.plain("Fixes #12, closes GH-3\nfor @all")
    assert not re.search(r"#\d|@\w|GH-|\n", title)
    assert title.replace("\u200b", "") == "Fixes #12, closes GH-3 for @all"


@settings(max_examples=50, deadline=None)
@given(st.text(), st.integers(1, 50))
def test_shortened_text_is_never_longer_and_says_that_it_was_cut(text: str, length: int) -> None:
    short = markdown.shortened(text, length)
    assert len(short) <= length
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
