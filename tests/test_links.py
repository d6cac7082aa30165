"""Which links authors announce as their own: clauses in the styles they use, about bread."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import links
from bot.models import Record

REPO, PAGE = "https://github.com/baker/loaf", "https://loaf.github.io/"
CODE, SITE = ("code", REPO), ("website", PAGE)

OWN = [
    (f"Code is available at {REPO}.", CODE),
    (f"Our code is available at: {REPO} .", CODE),
    (f"Code: {REPO}", CODE),
    (f"The source code will be released at {REPO}", CODE),
    (f"LoafNet is open-sourced at {REPO}, with weights.", CODE),
    (f"Our code and models ({REPO}) are public.", CODE),
    (f"We present LoafNet ({REPO}), an oven.", CODE),
    (f"We release everything at <{REPO}>!", CODE),
    (f"8 pages, {REPO}", CODE),
    (f"8 pages, 3 figures. {REPO}", CODE),
    (f"The GitHub repository is \\url{{{REPO}}}.", CODE),
    (f"Code at \\href{{{REPO}}}{{this repository}}.", CODE),
    (f"Code is \\href{{{REPO}}}{{\\texttt{{here}}}}", CODE),
    (f"[Code]({REPO}) is there.", CODE),
    ("Code: https: //github.com/baker/loaf.", CODE),
    ("Code: https:// github.com/baker/loaf.", CODE),
    ("Code: HTTPS://GitHub.com/baker/loaf", CODE),
    ("Code is available at github.com/baker/loaf.", CODE),
    ("Code is available at www.github.com/baker/loaf.", ("code", "https://www.github.com/baker/loaf")),
    ("Code: https://github.com/baker/loaf.git", CODE),
    ("Code: https://github.com/baker/loaf\\_net", ("code", f"{REPO}_net")),
    ("Code: https://github.com/baker/loaf.js", ("code", f"{REPO}.js")),
    (f"Code: {REPO}/tree/main/oven", ("code", f"{REPO}/tree/main/oven")),
    (f"Code is available at {REPO}.The oven is hot.", CODE),
    (f"It outperforms all baselines.Code is available at {REPO}.", CODE),
    (f"Codes are available in “{REPO}”。", CODE),
    (f"Project page: {REPO}", CODE),
    ("Code: https://gitlab.com/baker/loaf", ("code", "https://gitlab.com/baker/loaf")),
    ("Code: https://gitlab.bakery.example.org/baker/loaf", ("code", "https://gitlab.bakery.example.org/baker/loaf")),
    ("Software: https://codeberg.org/baker/loaf", ("code", "https://codeberg.org/baker/loaf")),
    ("Weights: https://huggingface.co/bakery/loaf-7b", ("code", "https://huggingface.co/bakery/loaf-7b")),
    (f"Our code, built upon BreadVLA, is available at {REPO}", CODE),
    (f"Our tool to aid adoption is at {REPO}", CODE),
    (f"Code to reproduce our results with the public oven is available at {REPO}", CODE),
    (f"Project page: {PAGE}", SITE),
    (f"Project Page:{PAGE}.", SITE),
    (f"Videos and code at {PAGE}.", SITE),
    (f"More results can be found on our website: {PAGE}", SITE),
    (f"Website: \\textcolor{{blue}}{{\\url{{{PAGE}}}}}", SITE),
    (f"Visit \\href{{{PAGE}}}{{project website}} for loaves.", SITE),
    ("We provide demonstrations at loaf.github.io.", ("website", "https://loaf.github.io")),
    ("Details: loaf.github.io/crumb", ("website", "https://loaf.github.io/crumb")),
    ("Homepage: http://loaf.github.io", ("website", "http://loaf.github.io")),
    ("Code: https://loaf.github.io/.The oven is hot.", SITE),
    ("Videos: https://sites.google.com/view/loaf", ("website", "https://sites.google.com/view/loaf")),
    ("Project page at https://lab.bakery.edu/~baker/loaf", ("website", "https://lab.bakery.edu/~baker/loaf")),
    ("Project website: https://bakery.ai/loaf?lang=en", ("website", "https://bakery.ai/loaf?lang=en")),
    ("Webpage: https://loaf.bread/", ("website", "https://loaf.bread/")),
    ("Our code is available at https://bakery.ai/research/loaf.", ("website", "https://bakery.ai/research/loaf")),
]
NOT_OWN = [
    "We use https://github.com/other/oven to bake.",
    "We bake with the simulator OvenSim, using its code available at https://github.com/other/oven.",
    "Our method is based on https://github.com/other/oven.",
    "Built on top of https://github.com/other/oven, it is fast.",
    "The code is adapted from https://github.com/other/oven",
    "Loaves were integrated into the official repository (https://github.com/other/oven).",
    "We compare to https://github.com/other/oven and win.",
    "It is evaluated on CrumbBench (https://crumb.github.io).",
    "Existing tools, such as https://github.com/other/oven, are slow.",
    "Code will be released.",
    "Code will be released on GitHub.",
    "Code: https://github.com/baker",
    "Code: https://github.com/",
    "Code: https://github.com/topics/bread",
    "Code: this https URL",
    "Code at https://anonymous.4open.science/r/loaf-1234",
    "Code at https://github.com/anonymous-baker/loaf",
    "Project page: https://anonymous-loaf.github.io",
    "Video: https://youtu.be/abc123",
    "Video: https://www.youtube.com/watch?v=abc123",
    "Published at https://doi.org/10.1000/182.",
    "See also https://arxiv.org/abs/2501.00001.",
    "Journal page: https://ieeexplore.ieee.org/document/1",
    "Reviewed at https://openreview.net/forum?id=abc",
    "The appendix is at https://loaf.github.io/appendix.pdf",
    "A picture: https://github.com/baker/loaf/blob/main/loaf.png",
    "See the issue https://github.com/baker/loaf/issues/3 for details.",
    "Data: https://drive.google.com/file/d/1",
    "Our dataset is at https://huggingface.co/datasets/bakery/crumbs",
    "The loaf is at https://huggingface.co/bakery/loaf-7b",
    "Project page: https://bit.ly/3loaf",
    "Write to baker@loaf.github.io for code.",
    "We found https://crumbs.example.org interesting.",
    "Code: https://",
    "Code: http://[::1",
    "The ratio is 3.5/4.2, i.e. e.g./etc.",
]


def record(abstract: str, comment: str | None = None) -> Record:
    return Record(id="2511.00001", title="Loaf", abstract=abstract, comment=comment)


def kinds(abstract: str, comment: str | None = None) -> list[tuple[str, str]]:
    return [(one.kind, one.url) for one in links.announced(record(abstract, comment))]


@pytest.mark.parametrize(("clause", "link"), OWN)
def test_what_authors_announce_as_their_own_is_found(clause: str, link: tuple[str, str]) -> None:
    assert kinds(f"We bake bread with care. {clause}") == [link]


@pytest.mark.parametrize("clause", NOT_OWN)
def test_what_is_not_the_papers_own_code_or_page_is_none(clause: str) -> None:
    assert kinds(f"We bake bread with care. {clause}") == []


def test_a_comment_is_read_too() -> None:
    assert kinds("Bread.", f"Accepted at BakeConf 2025, code: {REPO}") == [CODE]


def test_two_links_of_one_sentence_are_both_found() -> None:
    assert kinds(f"Code and videos are available at {REPO} and {PAGE}.") == [CODE, SITE]


def test_each_link_has_the_words_before_it_and_not_those_of_the_link_before() -> None:
    assert kinds(f"It uses https://github.com/other/oven, and our code is at {REPO}.") == [CODE]


def test_a_link_named_twice_is_given_once() -> None:
    assert kinds(f"Code: {REPO}/", f"Code: {REPO}.git") == [("code", f"{REPO}/")]


def test_the_quote_is_the_sentence_verbatim() -> None:
    found = links.announced(record(f"We bake. Our code\n  is available at {REPO}. It is warm."))
    assert found[0].quote == f"Our code is available at {REPO}."


def test_the_quote_of_a_long_sentence_is_short_and_ends_with_the_link() -> None:
    found = links.announced(record("We " + "bake and " * 60 + f"release code at {REPO}, and bake."))
    assert found[0].quote.endswith(f"release code at {REPO}")
    assert len(found[0].quote) <= links.LONGEST_QUOTE


def test_invisible_characters_hide_no_link() -> None:
    assert kinds("Code: https://git\u200bhub.com/baker/loaf") == [CODE]


def test_an_endless_address_is_no_link() -> None:
    assert kinds(f"Code: {REPO}/tree/{'a' * 400}") == []


@given(st.text(alphabet="abc.:/ \\{}()[]#%&?=~_-@htpsgiuom,;'\"<>é\n", max_size=300))
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    for one in links.announced(record(f"x {text} https://github.com/a/b{text}")):
        assert one.url.startswith(("https://", "http://"))
        assert len(one.quote) <= links.LONGEST_QUOTE


@pytest.mark.timeout(10)
@pytest.mark.parametrize(
    "piece", ["a.", "https://", "github.com/", "a-", "\\_", "https://a.b/(", "We use code. ", "a.io/"]
)
def test_long_repetitions_take_no_long_time_and_hide_no_link(piece: str) -> None:
    assert kinds(f"Code: {REPO} {piece * 20_000}") == [CODE]
