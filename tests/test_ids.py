"""Ids: bare everywhere, of both styles, and slugs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import ids

MONTHS = st.integers(1, 12).map("{:02}".format)
NEW = st.builds("{:02}{}.{:05}".format, st.integers(15, 40), MONTHS, st.integers(1, 99_999))
OLD = st.builds(
    "{}/{:02}{}{:03}".format,
    st.sampled_from(["cs", "math.GT", "hep-th", "cond-mat", "cs.RO"]),
    st.sampled_from([*range(92, 100), *range(7)]),
    MONTHS,
    st.integers(1, 999),
)
ARXIV = NEW | OLD
SLUG = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True)


@settings(deadline=None)
@given(ARXIV, st.integers(1, 40))
def test_a_version_is_split_off_and_never_part_of_an_id(paper_id: str, version: int) -> None:
    assert ids.parse(f"{paper_id}v{version}") == (paper_id, version)
    assert ids.parse(paper_id) == (paper_id, None)
    assert ids.is_arxiv(paper_id)
    assert not ids.is_valid(f"{paper_id}v{version}")


@settings(deadline=None)
@given(ARXIV)
def test_every_way_to_write_a_paper_down_gives_the_same_bare_id(paper_id: str) -> None:
    link = f"arxiv.org/{{}}/{paper_id}"
    ways = [f"arXiv:{paper_id}v2", f" {paper_id}\n", f"https://www.{link.format('pdf')}v3.pdf", ids.abs_url(paper_id)]
    ways += [f"http://export.{link.format('abs')}?context=cs", f"https://{link.format('html')}#S1"]
    assert {ids.parse(way)[0] for way in ways} == {paper_id}
    assert {ids.from_url(way) for way in ways[2:]} == {paper_id}


@pytest.mark.parametrize(
    "text",
    ["", "2513.00001", "2500.00001", "2501.001", "2501.000001", "2501.00001v0", "2501.00001v", "٢٥٠١.٠٠٠٠١", "cs/01120",
     "2501.00001 2501.00002", "https://arxiv.org/list/cs.RO/new", "https://arxiv.example/abs/2501.00001", "minivla"],
)  # fmt: skip
def test_what_is_no_arxiv_id_is_refused_and_named(text: str) -> None:
    with pytest.raises(ValueError, match="is not an arXiv id"):
        ids.parse(text)
    assert not ids.is_arxiv(text)
    assert ids.from_url(text) is None


@settings(deadline=None)
@given(ARXIV | SLUG)
def test_an_id_as_a_file_name_is_one_name_and_comes_back(paper_id: str) -> None:
    assert ids.is_valid(paper_id)
    assert "/" not in ids.to_stem(paper_id)
    assert ids.from_stem(ids.to_stem(paper_id)) == paper_id
    assert ids.branch(paper_id) == ids.BRANCHES + ids.to_stem(paper_id)


@settings(deadline=None)
@given(st.text())
def test_no_text_is_an_id_that_leaves_its_folder_or_hides_its_file(text: str) -> None:
    if ids.is_valid(text):
        stem = ids.to_stem(text)
        assert not stem.startswith((".", "-"))
        assert ".." not in stem
        assert stem == stem.strip()


@settings(deadline=None)
@given(st.text())
def test_a_slug_is_empty_or_a_valid_id_that_is_not_on_arxiv(text: str) -> None:
    slug = ids.slug(text)
    assert slug == "" or (ids.is_valid(slug) and not ids.is_arxiv(slug))
    assert ids.slug(slug) == slug


def test_papers_are_ordered_by_submission_and_those_outside_arxiv_come_last() -> None:
    ordered = ["hep-th/9912001", "cs/0112017", "0704.0001", "1412.9999", "1501.00001", "2511.00002", "amber", "zeta"]
    assert sorted(set(ordered), key=ids.sort_key) == ordered


def test_the_year_of_an_id_is_told_across_the_century() -> None:
    asked = ["hep-th/9912001", "cs/0001001", "0704.0001", "2601.00001", "minivla"]
    assert [ids.year(paper_id) for paper_id in asked] == [1999, 2000, 2007, 2026, None]
