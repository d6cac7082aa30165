"""The nouns: strict, immutable, and the look-ups of the taxonomy."""

import pytest
from pydantic import ValidationError

from bot.models import Library, Link, Node, Paper, Record, Taxonomy, short_name
from tests.fabricated import PAPERS, TAXONOMY


@pytest.mark.parametrize(
    "url", ["", "bread.example", "ftp://bread.example", "javascript:alert(1)", "https://", "https://a b", 'https://a"b',
            "https://a|b", "https://a>b", "data:text/html,https://a", "https://a\nb"],
)  # fmt: skip
def test_what_is_no_web_address_is_no_link(url: str) -> None:
    with pytest.raises(ValidationError):
        Link(url=url)


def test_a_paper_needs_a_class_and_knows_no_other_keys() -> None:
    good = {"id": "2501.00001", "title": "T", "year": 2025, "venue": "arXiv", "labels": ["steam"]}
    assert Paper.model_validate(good).labels == ("steam",)
    for bad in ({**good, "labels": []}, {**good, "title": " "}, {**good, "stars": 12}):
        with pytest.raises(ValidationError):
            Paper.model_validate(bad)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("WildStart: Keeping a Starter Alive", "WildStart"),
        ("A Better Dome: On Bricks", "A Better Dome"),
        ("How We Learned to Bake: A Story", "How We Learned to Bake: A Story"),
        (": no head", ": no head"),
        ("No colon", "No colon"),
    ],
)
def test_people_call_a_paper_what_stands_before_the_colon_when_it_looks_like_a_name(title: str, expected: str) -> None:
    assert short_name(title) == expected


def test_a_paper_links_to_arxiv_unless_it_is_elsewhere() -> None:
    assert PAPERS["2501.00001"].link == "https://arxiv.org/abs/2501.00001"
    assert PAPERS["brickdome"].link == "https://bread.example/brickdome"


def test_leaves_and_trails_follow_the_order_of_the_file() -> None:
    assert [leaf.id for leaf in TAXONOMY.leaves] == ["sourdough", "bakers-yeast", "kneading", "steam", "stone-hearth"]
    assert TAXONOMY.trail("sourdough") == "Better Dough › Leavening › Sourdough"
    assert TAXONOMY.pillar("kneading").id == "dough"
    with pytest.raises(KeyError):
        TAXONOMY.leaf("dough")


def test_a_survey_without_classes_has_no_leaves() -> None:
    assert Taxonomy(root=Node(id="empty", name="Empty")).leaves == []


def test_an_id_is_given_once_and_an_old_id_is_never_given_again() -> None:
    twin = Node(id="a", name="A", children=(Node(id="b", name="B"), Node(id="c", name="C", aliases=("b",))))
    with pytest.raises(ValidationError, match="'b' is used twice"):
        Taxonomy(root=twin)


def test_labels_of_renamed_classes_are_read_under_the_ids_of_today_each_once() -> None:
    assert TAXONOMY.current(["hearth", "steam", "stone-hearth", "nowhere"]) == ("stone-hearth", "steam", "nowhere")
    old = Paper(id="2501.00009", title="T", year=2025, venue="arXiv", labels=("hearth",))
    library = Library(taxonomy=TAXONOMY, papers={old.id: old}).under_current_ids()
    assert library.papers[old.id].labels == ("stone-hearth",)


def test_a_record_has_a_title_and_an_abstract_on_one_line() -> None:
    record = Record(id="2501.00001", title=" Two\n lines ", abstract="a\t b\r\nc")
    assert (record.title, record.abstract) == ("Two lines", "a b c")
    for bad in ({"title": "\n"}, {"abstract": " "}):
        with pytest.raises(ValidationError):
            Record.model_validate({"id": "2501.00001", "title": "T", "abstract": "A", **bad})


def test_nothing_is_changed_after_it_was_made() -> None:
    with pytest.raises(ValidationError):
        PAPERS["brickdome"].year = 2000  # type: ignore[misc]
