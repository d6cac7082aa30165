"""The canonical YAML of the data: nothing is mangled, nothing drifts, every mistake is one sentence."""

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import ids
from bot.errors import DataError
from bot.models import Link, Node, Paper, Taxonomy
from bot.yaml_format import dump_paper, dump_taxonomy, read_paper, read_taxonomy, taxonomy_sha
from tests.fabricated import PAPERS, TAXONOMY

DATA = Path(__file__).parents[1] / "taxonomy"
MINIMAL = "title: T\nyear: 2025\nvenue: V\nlabels:\n- steam\n"

ODD = ("a: b", "#", " # ", "'", '"', "@x", "- ", "&a", "*a", "null", "yes", "NO", "~", "2508.02190", "1e3", "{", "]")
ODDER = ("🤖", "\u200fעברית", "  ", "\t", "\n", "\n\n", "|", ">", "%", "!t", "`", "x" * 130, "word " * 40, "\\", "---")

odd = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.lists(st.sampled_from(ODD + ODDER), max_size=6).map("".join),
)
filled = odd.filter(lambda text: Node(id="a", name="x" + text).name != "x").map(lambda text: f"{text}.")
url = st.text(
    st.characters(exclude_categories=["Cs", "Zs", "Cc"], exclude_characters='<>"|'), min_size=1, max_size=20
).map(lambda text: "https://x.example/" + "".join(text.split()))
link = st.builds(Link, url=url, label=st.none() | filled)
paper = st.builds(
    Paper,
    id=st.just("2501.00001"),
    title=filled,
    short=st.none() | filled,
    year=st.integers(1991, 2100),
    venue=filled,
    website=st.lists(link, max_size=2).map(tuple),
    code=st.lists(link, max_size=3).map(tuple),
    labels=st.lists(filled, min_size=1, max_size=3).map(tuple),
    note=st.none() | filled,
    added=st.none() | st.dates(),
)


@st.composite
def taxonomies(draw: st.DrawFn) -> Taxonomy:
    texts = st.lists(filled, max_size=2).map(tuple)

    def node(name: str, children: tuple[Node, ...] = ()) -> Node:
        return Node(
            id=name,
            name=draw(filled),
            definition=draw(odd),
            include=draw(texts),
            exclude=draw(texts),
            children=children,
        )

    return Taxonomy(root=node("root", (node("a", (node("b"), node("c"))), node("d"))))


@settings(max_examples=120, deadline=None)
@given(paper)
def test_any_paper_survives_dump_and_read_and_has_one_form(one: Paper) -> None:
    text = dump_paper(one)
    assert read_paper(text, one.id, "f").get() == one
    assert dump_paper(read_paper(text.encode(), one.id, "f").get()) == text


@settings(max_examples=60, deadline=None)
@given(taxonomies())
def test_any_taxonomy_survives_dump_and_read_and_has_one_form(one: Taxonomy) -> None:
    text = dump_taxonomy(one)
    assert read_taxonomy(text, "f").get() == one
    assert dump_taxonomy(read_taxonomy(text, "f").get()) == text


@settings(max_examples=40, deadline=None)
@given(paper)
def test_ordinary_yaml_readers_see_the_same_texts(one: Paper) -> None:
    assert yaml.safe_load(dump_paper(one))["title"] == one.title


@pytest.mark.parametrize("file", sorted((DATA / "papers").glob("*.yaml")), ids=lambda file: file.stem)
def test_load_then_save_of_a_real_paper_changes_no_byte(file: Path) -> None:
    content = file.read_bytes()
    assert dump_paper(read_paper(content, ids.from_stem(file.stem), file.name).get()).encode() == content


def test_load_then_save_of_the_real_taxonomy_changes_no_byte() -> None:
    content = (DATA / "taxonomy.yaml").read_bytes()
    assert dump_taxonomy(read_taxonomy(content, "taxonomy.yaml").get()).encode() == content


def test_fields_have_one_order_and_empty_ones_are_left_out() -> None:
    assert dump_paper(PAPERS["brickdome"]) == (
        "title: 'BrickDome: A Better Hearth'\n"
        "year: 2024\n"
        "venue: Blog\n"
        "url: https://bread.example/brickdome\n"
        "website:\n"
        "- https://bread.example/brickdome\n"
        "code:\n"
        "- url: https://git.example/dome\n"
        "  label: Dome\n"
        "- url: https://git.example/fire\n"
        "  label: Fire\n"
        "labels:\n"
        "- stone-hearth\n"
    )


def test_bare_numbers_booleans_and_dates_stay_the_text_they_are() -> None:
    text = (
        "title: 2508.02190\nshort: NO\nyear: 2025\nvenue: 1e3\nlabels: [on, 010]\nnote: 2026-01-01\nadded: 2026-11-20\n"
    )
    read = read_paper(text, "2501.00001", "f").get()
    assert (read.title, read.short, read.venue, read.labels) == ("2508.02190", "NO", "1e3", ("on", "010"))
    assert (read.year, read.note, read.added) == (2025, "2026-01-01", date(2026, 11, 20))


def test_a_key_without_a_value_is_as_good_as_none() -> None:
    assert read_paper(MINIMAL + "note:\nwebsite:\nadded: ''\n", "2501.00001", "f").get().note is None


def test_long_rules_are_folded_near_column_100() -> None:
    long = Taxonomy(root=Node(id="r", name="R", definition="kneading dough slowly " * 30, include=("salt " * 40,)))
    lines = dump_taxonomy(long).splitlines()
    assert "definition: >-" in lines
    assert 85 < max(map(len, lines)) <= 104


def test_the_sha_follows_every_word_of_the_rulebook_and_nothing_else() -> None:
    again = read_taxonomy(dump_taxonomy(TAXONOMY), "f").get()
    assert taxonomy_sha(again) == taxonomy_sha(TAXONOMY)
    assert taxonomy_sha(Taxonomy(root=TAXONOMY.root.model_copy(update={"definition": "x"}))) != taxonomy_sha(TAXONOMY)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "f.yaml: this is not a mapping of keys to values; begin with `title:`"),
        ("- x\n", "f.yaml: this is not a mapping of keys to values; begin with `title:`"),
        (MINIMAL + "title: U\n", "f.yaml:6, key title: the key stands here twice; keep one of the two"),
        (MINIMAL + "note: &a x\n", "f.yaml:6: anchors and aliases are not used here; write the value out"),
        (MINIMAL + "note: *a\n", "f.yaml:6: anchors and aliases are not used here; write the value out"),
        (MINIMAL + "note: " + "[" * 100_000, "f.yaml:6: this is nested too deeply; flatten it"),
        (MINIMAL + "? [a]\n: b\n", "f.yaml:6: a key must be one word; quote it"),
        (MINIMAL + "id: x\n", "f.yaml:6, key id: the id does not stand inside; remove it: the file's name is the id"),
        (MINIMAL.replace("title: T\n", ""), "f.yaml:1, key title: this is missing; add `title:` and its value"),
        (MINIMAL.replace("2025", "MMXXV"), "f.yaml:2, key year: this should be a whole number; correct the value"),
        (MINIMAL.replace("\n- steam", " steam"), "f.yaml:4, key labels: this should be a list; correct the value"),
        (b"title: \xff\n", "f.yaml: this is not UTF-8 text; save it as UTF-8"),
        (
            MINIMAL + "code:\n- ftp://x\n",
            "f.yaml:7, key code.0.url: 'ftp://x' is no web address; write one that opens with https://",
        ),
        (
            MINIMAL + "stars: 3\n",
            "f.yaml:6, key stars: there is no such key; the keys are title, short, year, venue, url, website, code, "
            "labels, note, added",
        ),
    ],
)
def test_every_mistake_is_one_sentence_with_file_line_key_and_remedy(text: str | bytes, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_paper(text, "2501.00001", "f.yaml").get()
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "text", ["title: [", "title: a: b", "\ttitle: x", "title: \x00", "title: a\n---\nb: c", "\ud800"]
)
def test_broken_yaml_is_one_line_and_never_a_traceback(text: str) -> None:
    (error,) = read_paper(text, "2501.00001", "f.yaml").errors
    assert str(error).startswith("f.yaml")
    assert "\n" not in str(error)


def test_every_mistake_of_a_file_is_found_at_once() -> None:
    errors = read_paper("title: T\nyear: x\nfoo: 1\n", "2501.00001", "f.yaml").errors
    assert len(errors) == 4


def test_an_id_used_twice_in_the_taxonomy_is_refused() -> None:
    text = "id: r\nname: R\nchildren:\n- id: a\n  name: A\n- id: a\n  name: B\n"
    (error,) = read_taxonomy(text, "t.yaml").errors
    assert str(error) == "t.yaml:1: the id 'a' is used twice; correct the value"


def test_a_wrong_key_deep_in_the_taxonomy_is_named_with_its_line() -> None:
    text = "id: r\nname: R\nchildren:\n- id: a\n  name: A\n  includes: [x]\n"
    (error,) = read_taxonomy(text, "t.yaml").errors
    assert str(error).startswith("t.yaml:6, key children.0.includes: there is no such key")
