"""Papers from a file: JSON lines or Atom, gzipped or not, whole or broken."""

import gzip
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters import feed_file
from bot.adapters.feed_file import FileSource
from bot.errors import SourceError
from bot.models import Record
from bot.ports import Source
from tests.arxiv_server import ArxivServer, Preprint

FULL = {
    "id": "2611.00001",
    "submitter": "A. Baker",
    "title": "A Loaf\n  that Rises",
    "abstract": "  We bake \tbread.\nIt rises\u00a0well.\n",
    "categories": "cs.RO cs.LG",
    "comments": "4 pages",
    "journal-ref": "J. Crust 1",
    "doi": None,
    "versions": [
        {"version": "v1", "created": "Fri, 20 Nov 2026 19:18:42 GMT"},
        {"version": "v2", "created": "Sun, 22 Nov 2026 01:00:00 GMT"},
    ],
    "update_date": "2026-11-23",
}
RECORD = Record(
    id="2611.00001",
    version=2,
    title="A Loaf that Rises",
    abstract="We bake bread. It rises well.",
    categories=("cs.RO", "cs.LG"),
    published=date(2026, 11, 20),
    updated=date(2026, 11, 23),
    comment="4 pages",
    journal_ref="J. Crust 1",
)


def small(paper_id: str, **more: Any) -> dict[str, Any]:
    return {"id": paper_id, "title": "A Loaf", "abstract": "We bake bread.", **more}


def lines(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


def atom(*papers: Preprint) -> bytes:
    return ArxivServer(list(papers)).answer({"search_query": "", "max_results": "100000"}).body


def read(path: Path, **window: Any) -> tuple[list[Record], list[str], str]:
    """What came, what was told on the way, and how it ended."""
    records: list[Record] = []
    problems: list[str] = []
    try:
        for record in FileSource(path, **window).records(problems.append):
            records.append(record)  # noqa: PERF402 (what is there when it breaks is the point)
    except SourceError as error:
        return records, problems, str(error)
    return records, problems, ""


def ids(records: list[Record]) -> list[str]:
    return [record.id for record in records]


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    return tmp_path / "feed"


# --- what is read ----------------------------------------------------------------------------------------------------


def test_a_line_of_the_snapshot_becomes_a_record_that_equals_the_checked_one(feed: Path) -> None:
    feed.write_bytes(lines(FULL))
    records, problems, end = read(feed)
    assert (records, problems, end) == ([RECORD], [], "")
    assert records[0].model_dump() == Record.model_validate(records[0].model_dump()).model_dump()
    assert hash(records[0]) == hash(RECORD)


def test_only_id_title_and_abstract_are_needed(feed: Path) -> None:
    feed.write_bytes(lines(small("2611.00002"), small("2611.00003", versions=[{}], update_date="", categories=None)))
    blank = Record(id="2611.00002", title="A Loaf", abstract="We bake bread.")
    assert read(feed)[0] == [blank, blank.model_copy(update={"id": "2611.00003"})]


@pytest.mark.parametrize(
    ("written", "bare", "version"),
    [
        ("2611.00001v3", "2611.00001", 3),
        ("0704.0001", "0704.0001", None),
        ("cs/0112017", "cs/0112017", None),
        ("hep-th/9901001v2", "hep-th/9901001", 2),
        ("math.AG/0601001", "math.AG/0601001", None),
        ("http://arxiv.org/abs/cs/0112017v1", "cs/0112017", 1),
    ],
)
def test_ids_of_both_styles_come_bare(feed: Path, written: str, bare: str, version: int | None) -> None:
    feed.write_bytes(lines(small(written)))
    assert [(record.id, record.version) for record in read(feed)[0]] == [(bare, version)]


def test_what_is_no_category_is_left_out(feed: Path) -> None:
    feed.write_bytes(lines(small("2611.00001", categories="cs.RO x\x1b[31m q-bio.NC hep-th `a` acc-phys a|b")))
    assert read(feed)[0][0].categories == ("cs.RO", "q-bio.NC", "hep-th", "acc-phys")


def test_an_atom_feed_gives_what_the_api_would_have_given(feed: Path) -> None:
    moment = datetime(2026, 11, 20, 23, 59, tzinfo=UTC)
    feed.write_bytes(
        atom(
            Preprint("2611.00001", "Salt &\n Bread", " We <bake>. ", ("cs.RO", "cs.AI"), moment, None, 2, "4 p", "J 1"),
            Preprint("cs/0112017"),
        )
    )
    records, problems, end = read(feed)
    assert records[0] == Record(
        id="2611.00001",
        version=2,
        title="Salt & Bread",
        abstract="We <bake>.",
        categories=("cs.RO", "cs.AI"),
        published=moment.date(),
        updated=moment.date(),
        comment="4 p",
        journal_ref="J 1",
    )
    assert (ids(records[1:]), problems, end) == (["cs/0112017"], [], "")


def test_an_atom_feed_without_entries_is_nothing_new(feed: Path) -> None:
    feed.write_bytes(atom())
    assert read(feed) == ([], [], "")


@pytest.mark.parametrize("content", [lines(FULL), atom(Preprint("2611.00001"))], ids=["json", "atom"])
def test_gzip_is_told_by_content_and_several_members_are_one_feed(feed: Path, content: bytes) -> None:
    half = len(content) // 2
    feed.write_bytes(gzip.compress(content[:half]) + gzip.compress(content[half:]) + bytes(512))
    assert ids(read(feed)[0]) == ["2611.00001"]


def test_a_byte_order_mark_blank_lines_and_a_missing_last_line_end_do_no_harm(feed: Path) -> None:
    feed.write_bytes(b"\xef\xbb\xbf" + lines(small("2611.00001")) + b"\r\n\n" + lines(small("2611.00002")).rstrip())
    assert read(feed)[1:] == ([], "")
    assert ids(read(feed)[0]) == ["2611.00001", "2611.00002"]


def test_a_window_counts_the_day_of_the_last_update_and_keeps_what_has_no_day(feed: Path) -> None:
    days = {"2611.00001": "2026-11-19", "2611.00002": "2026-11-20", "2611.00003": "2026-11-22"}
    feed.write_bytes(lines(*(small(name, update_date=day) for name, day in days.items()), small("2611.00004")))
    inside = read(feed, since=date(2026, 11, 20), until=date(2026, 11, 21))[0]
    assert ids(inside) == ["2611.00002", "2611.00004"]


OF_CATEGORIES = {
    "2611.00001": "cs.LG cs.RO",
    "2611.00002": "cs.LG",
    "2611.00003": "",
    "2611.00004": "x\x1b[31m",
    "2611.00005": "hep-th math.RO cs.ROO",
    "2611.00006": "eess.SY",
}


@pytest.mark.parametrize(
    ("categories", "taken"),
    [
        ((), "123456"),
        (("cs.RO",), "134"),
        (("cs.ro", "eess.SY"), "1346"),
        (("cs.*",), "12345"),
        (("cs",), "34"),
        (("c.*", "(", "cs.R.?"), "34"),
    ],
)
def test_of_records_with_categories_only_those_of_a_wanted_one_are_taken_and_the_others_counted(
    feed: Path, categories: tuple[str, ...], taken: str
) -> None:
    feed.write_bytes(lines(*(small(name, categories=value) for name, value in OF_CATEGORIES.items())))
    source = FileSource(feed, categories=categories)
    assert (source.elsewhere, source.notes) == (0, [])
    records = list(source.records(print))
    assert "".join(paper[-1] for paper in ids(records)) == taken
    assert source.elsewhere == len(OF_CATEGORIES) - len(taken)
    assert list(source.records(print)) == records
    assert source.elsewhere == len(OF_CATEGORIES) - len(taken)


def test_a_record_that_tells_no_categories_is_taken_whatever_stands_in_their_place(feed: Path) -> None:
    feed.write_bytes(
        lines(small("2611.00001"), small("2611.00002", categories=None), small("2611.00003", categories=4))
    )
    assert len(list(FileSource(feed, categories=("cs.RO",)).records(print))) == 3


def test_nothing_is_told_of_a_record_that_is_passed_over_and_nothing_else_of_it_counts(feed: Path) -> None:
    broken = {"id": 4, "title": None, "categories": "cs.LG", "update_date": "2026-11-20"}
    old = small("2611.00002", categories="cs.LG", update_date="2020-01-01")
    feed.write_bytes(lines(small("2611.00001", categories="cs.RO"), broken, old))
    problems = list[str]()
    source = FileSource(feed, since=date(2026, 1, 1), categories=("cs.RO",))
    assert (ids(list(source.records(problems.append))), problems) == (["2611.00001"], [])
    assert source.elsewhere == 1  # the old one is outside the window, whatever it is about


def test_a_file_of_other_categories_only_is_nothing_new_and_says_why(feed: Path) -> None:
    feed.write_bytes(lines(*(small(f"2611.{number:05}", categories="hep-th") for number in range(1, 1_201))))
    source: Source = FileSource(feed, categories=("cs.RO",))
    assert list(source.records(print)) == []
    assert source.notes == [f"{feed}: 1,200 records of other categories are passed over"]


def test_the_categories_of_an_atom_feed_are_looked_at_too(feed: Path) -> None:
    both = (Preprint("2611.00001", categories=("cs.LG", "cs.RO")), Preprint("2611.00002", categories=("cs.LG",)))
    feed.write_bytes(atom(*both))
    assert ids(list(FileSource(feed, categories=("cs.RO",)).records(print))) == ["2611.00001"]


@given(st.text(st.characters(codec="utf-8") | st.sampled_from(" \n\t\r\x1c\x85\u00a0\u2028")))
def test_text_is_put_on_one_line_as_the_record_itself_would(text: str) -> None:
    assert feed_file._flat(text) == " ".join(text.split())


# --- single records that are bad -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("bad", "told"),
    [
        (b"{broken\n", "this is not a JSON object"),
        (b"[1, 2]\n", "this is not a JSON object"),
        (b"<html>\n", "this is not a JSON object"),
        (b'{"id": "\xff"}\n', "this is not a JSON object"),
        (b"[" * 100_000 + b"\n", "this is not a JSON object"),
        (lines({"title": "A", "abstract": "B"}), "there is no id"),
        (lines(small("2611.00009") | {"id": 2611.00009}), "the id 2611.00009 is not a text"),
        (lines(small("2699.00009")), "'2699.00009' is not an arXiv id"),
        (lines(small("x" * 9999)), f"'{'x' * 198}…"),
        (lines({"id": "2611.00009", "title": "A"}), "2611.00009: there is no abstract"),
        (lines(small("2611.00009", abstract=" \n ")), "2611.00009: there is no abstract"),
        (lines(small("2611.00009", title=["A"])), "2611.00009: there is no title"),
        (b'{"id": "2611.00009", "title": "A", "abstract": "\\ud800"}\n', "this is not a JSON object"),
        (lines(small("2611.00009", title="A" * 2001)), "2611.00009: a title of 2001 characters is none"),
    ],
)
def test_a_bad_line_is_told_by_file_and_line_and_the_rest_is_read(feed: Path, bad: bytes, told: str) -> None:
    feed.write_bytes(lines(small("2611.00001")) + bad + lines(small("2611.00002")))
    records, problems, end = read(feed)
    assert ids(records) == ["2611.00001", "2611.00002"]
    assert problems == [f"{feed}:2: {told}; the record is passed over"]
    assert end == ""


def test_a_bad_entry_of_an_atom_feed_is_told_by_its_line(feed: Path) -> None:
    feed.write_bytes(atom(Preprint("2611.00001"), Preprint("2611.00002", summary=" "), Preprint("2611.00003")))
    records, problems, end = read(feed)
    line = 1 + next(n for n, text in enumerate(feed.read_text().splitlines()) if "2611.00002v1" in text)
    assert ids(records) == ["2611.00001", "2611.00003"]
    assert problems == [f"{feed}:{line - 1}: 2611.00002: there is no abstract; the record is passed over"]
    assert end == ""


# --- files that are no feed, or only a part of one -------------------------------------------------------------------


def test_a_cut_line_ends_the_feed_by_file_and_line_after_the_whole_ones(feed: Path) -> None:
    feed.write_bytes(lines(small("2611.00001"), small("2611.00002"))[:-10])
    records, problems, end = read(feed)
    assert ids(records) == ["2611.00001"]
    assert problems == []
    assert end == (
        f"{feed}:2: the file breaks off in the middle of a record; fetch the file again; what stands before it was read"
    )


def test_a_cut_gzip_gives_what_was_whole_and_then_fails_by_file_and_line(feed: Path) -> None:
    many = [small(f"2611.{n:05}", comments=str(n * 2654435761)) for n in range(2000)]
    packed = gzip.compress(lines(*many))
    feed.write_bytes(packed[: len(packed) // 2])
    records, problems, end = read(feed)
    assert 500 < len(records) < 1500
    assert ids(records) == [value["id"] for value in many[: len(records)]]
    assert problems == []
    assert end.startswith(f"{feed}:{len(records) + 1}: the gzip data is cut short; fetch the file again")


def test_damaged_gzip_data_is_told(feed: Path) -> None:
    packed = bytearray(gzip.compress(lines(*(small(f"2611.{n:05}") for n in range(2000)))))
    packed[-6] ^= 0xFF
    feed.write_bytes(packed)
    assert "the gzip data is damaged" in read(feed)[2]


def test_a_cut_atom_feed_gives_its_whole_entries_and_then_fails_by_file_and_line(feed: Path) -> None:
    whole = atom(Preprint("2611.00001"), Preprint("2611.00002"))
    feed.write_bytes(whole[: whole.index(b"2611.00002v1")])
    records, _, end = read(feed)
    last = len(feed.read_bytes().splitlines())
    assert ids(records) == ["2611.00001"]
    assert end.startswith(f"{feed}:{last}: the XML breaks off (")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<!DOCTYPE html><html></html>", "is a web page or declares a document type, which a feed never does"),
        (b"<html><body>Down", "is no Atom feed (its first element is 'html')"),
        (b"<rss/>", "is no Atom feed (its first element is 'rss')"),
        (b"<<<", "is no XML (not well-formed (invalid token))"),
        (b"", "is empty"),
        (gzip.compress(b"", mtime=0), "is empty"),
        (b"[{}]", "is neither JSON lines nor Atom"),
        (b"id,title\n", "is neither JSON lines nor Atom"),
        (b"{\n}\n", "holds no paper (none of its 2 records could be read)"),
    ],
)
def test_what_is_no_feed_fails_and_is_never_nothing_new(feed: Path, content: bytes, told: str) -> None:
    feed.write_bytes(content)
    records, _, end = read(feed)
    assert records == []
    assert end.startswith(str(feed))
    assert end.endswith(f": {told}; give JSON lines of arXiv's metadata or an arXiv Atom feed")


def test_entities_are_never_expanded(feed: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE feed [<!ENTITY a "&b;&b;"><!ENTITY b "bread">]>'
    feed.write_bytes(bomb + atom(Preprint("2611.00001", summary="X")).split(b"\n", 1)[1].replace(b"X", b"&a;"))
    assert "declares a document type" in read(feed)[2]


def test_a_line_without_end_is_given_up(feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_file, "LONGEST", 1 << 20)
    feed.write_bytes(lines(small("2611.00001")) + b"{" * (3 << 20))
    records, _, end = read(feed)
    assert ids(records) == ["2611.00001"]
    assert f"{feed}:2: has a line of more than 1 MB" in end


def test_lines_are_whole_however_the_blocks_cut_them(feed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed.write_bytes(b"\n".join([lines(small("2611.00001"), small("2611.00002", comments="x" * 99)), lines(FULL)]))
    whole = read(feed)
    for size in range(1, 40):
        monkeypatch.setattr(feed_file, "BLOCK", size)
        assert read(feed) == whole


def test_a_missing_file_and_a_folder_are_told_in_one_sentence(tmp_path: Path) -> None:
    assert read(tmp_path / "no")[2] == (
        f"{tmp_path / 'no'}: cannot be read (No such file or directory); give a file that can"
    )
    assert "cannot be read (Is a directory)" in read(tmp_path)[2]


# --- size ------------------------------------------------------------------------------------------------------------


def many_lines(count: int) -> Iterator[bytes]:
    return (lines(small(f"2611.{n % 100_000:05}", comments="x" * 500)) for n in range(count))


@pytest.mark.parametrize("kind", ["json", "gzip", "atom"])
def test_a_long_feed_takes_no_more_memory_than_its_blocks(feed: Path, kind: str) -> None:
    content = b"".join(many_lines(20_000))
    if kind == "atom":
        content = atom(*(Preprint(f"2611.{n:05}", summary="x" * 500) for n in range(10_000)))
    feed.write_bytes(gzip.compress(content, 1) if kind == "gzip" else content)
    assert len(content) > 10_000_000
    tracemalloc.start()
    count = sum(1 for _ in FileSource(feed).records(print))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == (10_000 if kind == "atom" else 20_000)
    assert peak < 4_000_000
