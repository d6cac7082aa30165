"""The live door to arXiv, against a local server that speaks its Atom."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from bot.adapters.arxiv_api import ArxivApi, ArxivSource
from bot.errors import SourceError
from bot.models import Record
from bot.settings import Watch
from tests import arxiv_server
from tests.arxiv_server import ArxivServer, Preprint

REPLIES = Path(__file__).parents[3] / "shared" / "arxiv" / "replies"
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

LOAF = Preprint(
    "2611.00001",
    title="A  Loaf\n that Rises",
    summary="  Bread & butter,\n spread <thin>. ",
    categories=("cs.RO", "cs.LG"),
    published=NOON,
    updated=NOON + timedelta(days=1),
    version=3,
    comment="4 pages",
    journal_ref="J. Crust 1",
)
OLD = Preprint("cs/0112017", published=datetime(2001, 12, 9, tzinfo=UTC))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArxivServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with arxiv_server.serve(LOAF, OLD) as server:
        yield server


def api(server: ArxivServer, **options: Any) -> ArxivApi:
    watch = Watch(api=server.url, contact="baker@bread.example")
    return ArxivApi(watch, **{"delay": 0, "retries": 1, "timeout": (1.0, 0.3), **options})


def listen(server: ArxivServer, problems: list[str] | None = None, **options: Any) -> list[Record]:
    source = ArxivSource(Watch(api=server.url), DAY, DAY, api(server, **options))
    return list(source.records((problems if problems is not None else []).append))


def test_a_paper_comes_with_bare_id_version_and_flat_text(server: ArxivServer) -> None:
    assert listen(server) == [
        Record(
            id="2611.00001",
            version=3,
            title="A Loaf that Rises",
            abstract="Bread & butter, spread <thin>.",
            categories=("cs.RO", "cs.LG"),
            published=DAY,
            updated=date(2026, 11, 21),
            comment="4 pages",
            journal_ref="J. Crust 1",
        )
    ]


def test_a_window_is_read_page_by_page_oldest_first(server: ArxivServer) -> None:
    server.papers = [Preprint(f"2611.{n:05}", published=NOON - timedelta(minutes=n)) for n in range(1, 8)]
    assert [record.id for record in listen(server, page=3)] == [f"2611.{n:05}" for n in range(7, 0, -1)]
    assert [request["start"] for request in server.asked] == ["0", "3", "6"]


def test_papers_outside_window_and_categories_do_not_come(server: ArxivServer) -> None:
    server.papers += [
        Preprint("2611.00002", published=NOON - timedelta(days=1)),
        Preprint("2611.00003", categories=("cs.CV",)),
    ]
    assert [record.id for record in listen(server)] == ["2611.00001"]


def test_nothing_new_is_no_failure(server: ArxivServer) -> None:
    server.papers.clear()
    assert listen(server) == []


def test_arxiv_is_told_who_asks(server: ArxivServer) -> None:
    listen(server)
    assert server.asked[0]["user-agent"].startswith("survey-bot/")
    assert "baker@bread.example" in server.asked[0]["user-agent"]


def test_requests_keep_their_distance_also_when_they_fail_and_across_uses(server: ArxivServer) -> None:
    server.faults.extend([arxiv_server.status(503), None])
    shared = api(server, delay=0.1)
    started = time.monotonic()
    list(shared.search("cat:cs.RO", print))
    list(shared.fetch(["2611.00001"]))
    assert len(server.asked) == 3
    assert time.monotonic() - started >= 0.2


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (arxiv_server.web_page, "something that is not a whole feed"),
        (arxiv_server.garbage, "something that is not a whole feed"),
        (arxiv_server.cut, "something that is not a whole feed"),
        (arxiv_server.empty_page, "announced 1 papers and sent none of them"),
        (arxiv_server.status(503), "HTTP 503"),
        (arxiv_server.status(429), "HTTP 429"),
    ],
    ids=["web page", "garbage", "cut", "empty page", "503", "429"],
)
def test_a_reply_that_is_no_feed_is_tried_again_and_then_fails_but_is_never_nothing_new(
    server: ArxivServer, fault: arxiv_server.Fault, told: str
) -> None:
    server.faults.append(fault)
    assert len(listen(server)) == 1
    server.faults.extend([fault, fault])
    with pytest.raises(SourceError, match=told) as caught:
        listen(server)
    assert str(caught.value).startswith(server.url)
    assert "\n" not in str(caught.value)


def test_a_server_that_hangs_is_given_up(server: ArxivServer) -> None:
    server.faults.extend([server.hang, server.hang])
    with pytest.raises(SourceError, match=r"did not answer within 0\.3 s"):
        listen(server)


def test_a_server_that_is_not_there_is_told_in_one_sentence(server: ArxivServer) -> None:
    source = ArxivApi(Watch(api="http://127.0.0.1:9/api/query"), delay=0, retries=0)
    with pytest.raises(SourceError) as caught:
        list(source.fetch(["2611.00001"]))
    assert str(caught.value) == (
        "http://127.0.0.1:9/api/query: arXiv could not be reached, or the connection broke; "
        "try again later, or check the network and [watch] in survey-bot.toml"
    )


def test_an_address_that_is_none_is_told_at_once() -> None:
    with pytest.raises(SourceError, match="not a web address"):
        list(ArxivApi(Watch(api="arxiv"), delay=60).fetch(["2611.00001"]))


def test_what_came_before_a_failure_stands(server: ArxivServer) -> None:
    server.papers = [Preprint(f"2611.0000{n}", published=NOON) for n in range(1, 5)]
    server.faults.extend([None, arxiv_server.cut, arxiv_server.cut])
    came = api(server, page=2).search("cat:cs.RO", print)
    assert [next(came).id, next(came).id] == ["2611.00001", "2611.00002"]
    with pytest.raises(SourceError):
        next(came)


def test_a_refusal_is_told_in_arxivs_words_and_not_tried_again(server: ArxivServer) -> None:
    server.faults.append(lambda _: server.answer({"id_list": "abc"}))
    with pytest.raises(SourceError, match=r"HTTP 400 \(incorrect id format for abc\)"):
        listen(server)
    server.faults.append(lambda _: server.answer({"id_list": "abc"})._replace(status=200))
    with pytest.raises(SourceError, match=r"refused the request \(incorrect id format for abc\)"):
        listen(server)
    assert len(server.asked) == 2


@pytest.mark.parametrize("tag", ["summary", "title", "published"])
def test_a_paper_that_lacks_something_is_told_and_the_others_come(server: ArxivServer, tag: str) -> None:
    server.papers = [Preprint("2611.00001"), Preprint("2611.00002")]
    spoil = arxiv_server.without(tag)
    server.faults.extend([spoil, None])
    problems: list[str] = []
    assert [record.id for record in listen(server, problems)][-1] == "2611.00002"
    assert len(problems) == 1
    assert problems[0].startswith("arXiv: http://arxiv.org/abs/2611.00001v1: there is no ")


def test_papers_come_by_id_in_batches_without_those_nobody_knows(server: ArxivServer) -> None:
    wanted = [*(f"2611.{n:05}" for n in range(1, 120)), "cs/0112017", "not-an-id"]
    assert [record.id for record in api(server).fetch(wanted)] == ["2611.00001", "cs/0112017"]
    assert [len(request["id_list"].split(",")) for request in server.asked] == [100, 20]


def test_problems_of_two_readings_at_once_do_not_mix(server: ArxivServer) -> None:
    server.papers = [Preprint(f"2611.0000{n}") for n in range(1, 4)]
    server.faults.extend([None, None, arxiv_server.without("summary")])
    shared, problems = api(server, page=2), list[str]()
    search = shared.search("cat:cs.RO", problems.append)
    next(search)
    list(shared.fetch(["2611.00003"]))
    list(search)
    assert len(problems) == 1


# --- the local server is held to the real one ------------------------------------------------------------------------


def outline(document: bytes, of: Callable[[ElementTree.Element], bool]) -> list[tuple[str, tuple[str, ...]]]:
    """Tags and attribute names in order, repeats once."""
    root = ElementTree.fromstring(document)  # noqa: S314 (our own, or a file beside the clone)
    found = [(child.tag, tuple(child.attrib)) for part in root.iter() if of(part) for child in part]
    return list(dict.fromkeys(found))


ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.mark.skipif(not REPLIES.exists(), reason="the real replies are not beside this clone (../shared)")
@pytest.mark.parametrize(
    ("real", "parameters"),
    [
        ("one-id.xml", {"id_list": "2611.00001", "max_results": "100"}),
        ("unknown-id.xml", {"id_list": "2611.99999", "max_results": "100"}),
        ("bad-id-400.xml", {"id_list": "abc"}),
        ("old-style-id-with-version.xml", {"id_list": "cs/0112017v1", "max_results": "100"}),
        ("query-page-start-10.xml", {"search_query": "all:bread", "start": "0"}),
    ],
)
def test_the_local_server_lays_out_its_replies_as_arxiv_does(real: str, parameters: dict[str, str]) -> None:
    reply = arxiv_server.ArxivServer([Preprint("2611.00001", comment="4 pages"), OLD]).answer(parameters).body
    known = (REPLIES / real).read_bytes()
    assert reply.splitlines()[:2] == known.splitlines()[:2]
    optional = {f"{{http://arxiv.org/schemas/atom}}{name}" for name in ("comment", "journal_ref", "doi")}

    def shape(document: bytes, part: str) -> list[tuple[str, tuple[str, ...]]]:
        pairs = outline(document, lambda element: element.tag == ATOM + part)
        return [(tag, names) for tag, names in pairs if tag not in optional and names != ("rel", "href", "title")]

    assert shape(reply, "feed") == shape(known, "feed")
    assert shape(reply, "entry") == shape(known, "entry")
    assert shape(reply, "author") == shape(known, "author")


@pytest.mark.skipif(not REPLIES.exists(), reason="the real replies are not beside this clone (../shared)")
def test_real_replies_are_read(server: ArxivServer) -> None:
    counts = {"one-id": 1, "two-ids": 1, "old-style-id-with-version": 1, "unknown-id": 0}
    for name, count in counts.items():
        server.faults.append(lambda reply, name=name: reply._replace(body=(REPLIES / f"{name}.xml").read_bytes()))  # type: ignore[misc]
        assert len(list(api(server).fetch(["2611.00001"]))) == count
