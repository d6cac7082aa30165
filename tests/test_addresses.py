"""When two web addresses are one page."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import addresses

REPO, PAGE = "https://github.com/baker/loaf", "https://loaf.github.io/"
SAME = [
    (REPO, "http://github.com/baker/loaf"),
    (REPO, "https://www.github.com/baker/loaf"),
    (REPO, f"{REPO}/"),
    (REPO, f"{REPO}.git"),
    (REPO, f"{REPO}.git/"),
    (REPO, "https://GitHub.com/Baker/Loaf"),
    (REPO, f"{REPO}#readme"),
    (REPO, f"{REPO}?tab=readme-ov-file#install"),
    (REPO, f"{REPO}/tree/main"),
    (REPO, "github.com/baker/loaf"),
    (REPO, f" {REPO} "),
    (f"{REPO}/tree/main/Oven", "https://github.com/Baker/loaf/tree/main/Oven"),
    ("https://gitlab.bread.org/a/b", "https://gitlab.bread.org/A/B/-/tree/main"),
    ("https://huggingface.co/a/b", "https://hf.co/a/b"),
    (PAGE, "https://LOAF.github.io"),
    (PAGE, "http://loaf.github.io:80/index.html"),
    (PAGE, "https://loaf.github.io./"),
    ("https://a.org/x%20y", "https://a.org/x y"),
    ("https://a.org//x//y", "https://a.org/x/y/"),
    ("https://a.org:443/x/index.html", "https://a.org/x"),
    ("https://me:secret@a.org/x", "https://a.org/x"),
    ("https://a.org/x?utm_source=bread&utm_medium=crumb", "https://a.org/x"),
    ("https://a.org/x?p=1&fbclid=abc", "https://a.org/x?p=1"),
    ("https://a.org/x?b=2&a=1", "https://a.org/x?a=1&b=2"),
    ("https://a.org/x?p=a%20b", "https://a.org/x?p=a+b"),
    ("https://a.org/x.pdf", "https://a.org/x"),
    ("https://arxiv.org/abs/2501.00001", "https://www.arxiv.org/pdf/2501.00001v2.pdf"),
    ("https://arxiv.org/html/2501.00001v1", "http://export.arxiv.org/abs/2501.00001"),
    ("https://arxiv.org/abs/2501.00001", "https://doi.org/10.48550/arXiv.2501.00001"),
    ("https://arxiv.org/abs/2501.00001", "arxiv.org/abs/2501.00001#top"),
    ("https://doi.org/10.1145/12.34", "https://dl.acm.org/doi/abs/10.1145/12.34?download=1"),
    ("https://doi.org/10.1145/12.34", "http://dx.doi.org/10.1145%2F12.34"),
    ("https://doi.org/10.1002/Rob.12", "https://bread.example/doi/10.1002/rob.12/full"),
    ("https://link.example/chapter/10.1007/978-3_1", "https://link.example/content/pdf/10.1007/978-3_1.pdf"),
    ("https://openreview.net/forum?id=AbC", "https://openreview.net/pdf?id=AbC&noteId=x"),
]
DIFFERENT = [
    (REPO, f"{REPO}2"),
    (REPO, f"{REPO}/tree/main/oven"),
    (REPO, f"{REPO}/issues/3"),
    (f"{REPO}/tree/main/oven", f"{REPO}/tree/main/Oven"),
    ("https://a.org/X", "https://a.org/x"),
    ("https://a.org/?p=1", "https://a.org/?p=2"),
    ("https://a.org/#/loaf", "https://a.org/#/crumb"),
    ("https://a.org:8080/x", "https://a.org/x"),
    ("https://a.org/x/index", "https://a.org/x"),
    ("https://sites.google.com/view/loaf", "https://sites.google.com/view/Loaf"),
    ("https://openreview.net/forum?id=AbC", "https://openreview.net/forum?id=abc"),
    ("https://openreview.net/forum", "https://openreview.net/forum?id=abc"),
    ("https://doi.org/10.1145/12.34", "https://doi.org/10.1145/12.345"),
    ("https://huggingface.co/a/b", "https://huggingface.co/datasets/a/b"),
    ("http://[::1", "http://[::2"),
    ("", "https://a.org"),
    ("https://", "https://a.org"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_to_write_the_address_of_a_page_are_the_same(one: str, other: str) -> None:
    assert addresses.same(one, other)
    assert addresses.same(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_page_is_another(one: str, other: str) -> None:
    assert not addresses.same(one, other)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.GitHub.com/Baker/Loaf/", "github.com/baker/loaf"),
        ("https://arxiv.org/pdf/2501.00001v2", "arxiv:2501.00001"),
        ("https://doi.org/10.1000/182", "doi:10.1000/182"),
        ("https://openreview.net/pdf?id=AbC", "openreview.net?id=AbC"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_a_page_has_one_key(url: str, key: str) -> None:
    assert addresses.key(url) == key


@given(st.text(alphabet="abc.:/ \\{}()[]#%&?=~_-@htpsgiuom10,;'\"é\n\0\ud800", max_size=80))
def test_no_address_is_too_odd_to_be_compared(text: str) -> None:
    for url in (text, f"https://{text}", f"https://github.com/{text}", f"https://doi.org/10.1000/{text}"):
        assert addresses.same(url, url)
        assert addresses.same(url, f"{url}")
        assert isinstance(addresses.key(url), str)


@pytest.mark.timeout(10)
@pytest.mark.parametrize("piece", ["/", ".git", "a/", "10.1000/", "?a=1", "&a=1", "#/", "%2F", "/pdf"])
def test_a_very_long_address_takes_no_long_time_and_is_itself(piece: str) -> None:
    url = f"https://bread.example/x{piece * 5_000}y"
    assert addresses.same(url, url.replace("https://", "http://www."))
    assert not addresses.same(url, "https://bread.example/x")
