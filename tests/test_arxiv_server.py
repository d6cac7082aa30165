"""The local arXiv is held to the real one: its layout to real replies, its answers to what arXiv documents."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import requests

from tests import arxiv_server
from tests.arxiv_server import CANARY, ArxivServer, Fault, Mailing, Preprint

REPLIES = Path(__file__).parents[2] / "shared" / "arxiv" / "replies"
ATOM, OPENSEARCH = "{http://www.w3.org/2005/Atom}", "{http://a9.com/-/spec/opensearch/1.1/}"
ARXIV, DC = "{http://arxiv.org/schemas/atom}", "{http://purl.org/dc/elements/1.1/}"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
"""A Friday."""

RYE = Preprint("2611.00001", "Rye that Rises", "A sour-dough starter.", ("cs.RO", "cs.LG"), NOON, authors=("A. Corn",))
BUN = Preprint("2611.00002", "A Bun", "Steam and a starter.", ("cs.CV",), NOON + timedelta(minutes=1), comment="4 pp.")
OLD = Preprint("cs/0112017", published=datetime(2001, 12, 9, tzinfo=UTC), updated=NOON, version=3, journal_ref="Crust")


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    with arxiv_server.serve(RYE, BUN, OLD) as server:
        yield server


def get(url: str, **parameters: str | int) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(url, params=parameters, timeout=5)


def read(reply: requests.Response) -> ElementTree.Element:
    return ElementTree.fromstring(reply.content)  # noqa: S314 (from this machine)


def names(reply: requests.Response) -> list[str]:
    """The papers of a reply, with their versions."""
    return [name.removeprefix("http://arxiv.org/abs/") for name in texts(reply, f"{ATOM}entry/{ATOM}id")]


def texts(reply: requests.Response, path: str) -> list[str]:
    return [element.text or "" for element in read(reply).iterfind(path)]


def total(reply: requests.Response) -> int:
    return int(texts(reply, f"{OPENSEARCH}totalResults")[0])


# --- the layout ------------------------------------------------------------------------------------------------------


def outline(document: bytes, of: Callable[[ElementTree.Element], bool]) -> list[tuple[str, tuple[str, ...]]]:
    """Tags and attribute names in order, repeats once."""
    root = ElementTree.fromstring(document)  # noqa: S314 (our own, or a file beside the clone)
    found = [(child.tag, tuple(child.attrib)) for part in root.iter() if of(part) for child in part]
    return list(dict.fromkeys(found))


@pytest.mark.skipif(not REPLIES.exists(), reason="the real replies are not beside this clone (../shared)")
@pytest.mark.parametrize(
    ("real", "parameters"),
    [
        ("one-id.xml", {"id_list": "2611.00001", "max_results": 100}),
        ("two-ids.xml", {"id_list": "2611.00001,2611.99999", "max_results": 100}),
        ("unknown-id.xml", {"id_list": "2611.99999", "max_results": 100}),
        ("bad-id-400.xml", {"id_list": "abc"}),
        ("old-style-id-with-version.xml", {"id_list": "cs/0112017v1", "max_results": 100}),
        ("query-page-start-10.xml", {"search_query": "all:starter", "start": 0}),
    ],
)
def test_replies_are_laid_out_as_arxiv_does(server: ArxivServer, real: str, parameters: dict[str, str | int]) -> None:
    known = (REPLIES / real).read_bytes()
    reply = get(server.url, **parameters).content
    assert reply.splitlines()[:2] == known.splitlines()[:2]
    optional = {f"{ARXIV}{name}" for name in ("comment", "journal_ref", "doi")}

    def shape(document: bytes, part: str) -> list[tuple[str, tuple[str, ...]]]:
        pairs = outline(document, lambda element: element.tag == ATOM + part)
        return [(tag, names) for tag, names in pairs if tag not in optional and names != ("rel", "href", "title")]

    assert shape(reply, "feed") == shape(known, "feed")
    assert shape(reply, "entry") == shape(known, "entry")
    assert shape(reply, "author") == shape(known, "author")


@pytest.mark.parametrize(
    ("form", "part", "expected"),
    [
        ("atom", "atom:feed", "atom:id atom:title atom:updated atom:link atom:subtitle atom:entry"),
        (
            "atom",
            "atom:entry",
            "atom:id atom:title atom:updated atom:link atom:summary atom:category atom:published atom:rights "
            "arxiv:announce_type dc:creator",
        ),
        (
            "rss",
            "channel",
            "title link description atom:link docs language lastBuildDate managingEditor pubDate skipDays item",
        ),
        ("rss", "item", "title link description guid category pubDate arxiv:announce_type dc:rights dc:creator"),
    ],
    ids=["Atom", "Atom entry", "RSS", "RSS item"],
)
def test_announcements_are_laid_out_as_arxiv_specifies(
    server: ArxivServer, form: str, part: str, expected: str
) -> None:
    def name(element: ElementTree.Element) -> str:
        return element.tag.replace(ATOM, "atom:").replace(ARXIV, "arxiv:").replace(DC, "dc:")

    server.mailings = [Mailing(NOON, [("new", RYE)])]
    root = read(get(server.feed_url.replace("atom", form) + "/cs.RO"))
    (found,) = (element for element in root.iter() if name(element) == part)
    assert list(dict.fromkeys(map(name, found))) == expected.split()


# --- the API ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("all:starter", [RYE, BUN]),
        ("starter", [RYE, BUN]),
        ("ti:starter", []),
        ("ti:rises", [RYE]),
        ("ti:ris", []),
        ("ti:ris*", [RYE]),
        ('abs:"sour dough starter"', [RYE]),
        ('abs:"starter sour dough"', []),
        ("abs:sour-dough", [RYE]),
        ("au:corn_a", [RYE]),
        ("cat:cs.LG", [RYE]),
        ("cat:cs", []),
        ("cat:cs.*", [RYE, BUN, OLD]),
        ("id:2611.00002", [BUN]),
        ("co:pp", [BUN]),
        ("all:starter AND cat:cs.CV", [BUN]),
        ("all:starter ANDNOT cat:cs.CV", [RYE]),
        ("jr:crust OR co:pp AND cat:cs.LG", [OLD]),
        ("(jr:crust OR co:pp) AND cat:cs.CV", [BUN]),
        ("( (cat:cs.CV OR cat:cs.LG) AND (abs:steam) )", [BUN]),
        ("submittedDate:[202611201200 TO 202611201200]", [RYE]),
        ("submittedDate:[202611201159 TO 202611201201] AND cat:cs.CV", [BUN]),
        ("submittedDate:[202611201202 TO 202611201159]", []),
        ("lastUpdatedDate:[202611201200 TO 202611201200]", [RYE, OLD]),
    ],
)
def test_a_search_finds_what_its_query_says(server: ArxivServer, query: str, found: list[Preprint]) -> None:
    reply = get(server.url, search_query=query)
    assert (reply.status_code, names(reply)) == (200, [f"{paper.id}v{paper.version}" for paper in found])
    assert total(reply) == len(found)


@pytest.mark.parametrize(
    "query",
    [
        "(cat:cs.RO",
        "cat:cs.RO)",
        "AND cat:cs.RO",
        "cat:cs.RO AND",
        "all:rye all:bun",
        'ti:"rye',
        "()",
        "ti:-",
        "where:here",
        "submittedDate:today",
        "submittedDate:[20261120 TO]",
        "submittedDate:[202611209900 TO 202611209900]",
    ],
)
def test_a_query_that_is_none_is_refused(server: ArxivServer, query: str) -> None:
    reply = get(server.url, search_query=query)
    assert reply.status_code == 400
    assert texts(reply, f"{ATOM}entry/{ATOM}title") == ["Error"]
    assert texts(reply, f"{ATOM}entry/{ATOM}summary")[0].startswith("search_query ")


def test_minutes_are_those_of_utc_and_a_minute_is_whole(server: ArxivServer) -> None:
    server.papers = [Preprint("2611.00003", published=datetime.fromisoformat("2026-11-20T01:00:59.9+02:00"))]
    assert total(get(server.url, search_query="submittedDate:[202611192300 TO 202611192300]")) == 1


def test_pages_follow_one_another_and_tell_the_same_total(server: ArxivServer) -> None:
    server.papers = [Preprint(f"2611.{n:05}") for n in range(25)]
    pages = [get(server.url, search_query="all:bread", start=start) for start in (0, 10, 20, 30)]
    assert [len(names(page)) for page in pages] == [10, 10, 5, 0]
    assert [total(page) for page in pages] == [25] * 4
    assert len({name for page in pages for name in names(page)}) == 25
    assert names(get(server.url, search_query="all:bread", max_results=0)) == []


@pytest.mark.parametrize(
    ("by", "order", "expected"),
    [
        ("submittedDate", "ascending", ["cs/0112017v3", "2611.00001v1", "2611.00002v1"]),
        ("submittedDate", "descending", ["2611.00002v1", "2611.00001v1", "cs/0112017v3"]),
        ("lastUpdatedDate", "ascending", ["2611.00001v1", "cs/0112017v3", "2611.00002v1"]),
        ("relevance", "ascending", ["2611.00001v1", "2611.00002v1", "cs/0112017v3"]),
    ],
)
def test_papers_come_in_the_order_asked_for(server: ArxivServer, by: str, order: str, expected: list[str]) -> None:
    assert names(get(server.url, search_query="cat:cs.*", sortBy=by, sortOrder=order)) == expected


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("start", "x", "start must be an integer"),
        ("start", "-1", "start must be non-negative"),
        ("max_results", "x", "max_results must be an integer"),
        ("max_results", "-1", "max_results must be non-negative"),
        ("max_results", "2001", "max_results must not be greater than 2000"),
        ("sortBy", "taste", "sortBy must be in: relevance, lastUpdatedDate, submittedDate"),
        ("sortOrder", "up", "sortOrder must be in: ascending, descending"),
        ("id_list", "2611.00001,abc", "incorrect id format for abc"),
    ],
)
def test_a_parameter_that_is_none_is_refused(server: ArxivServer, name: str, value: str, told: str) -> None:
    reply = get(server.url, **{"search_query": "all:bread", name: value})
    assert (reply.status_code, texts(reply, f"{ATOM}entry/{ATOM}summary")) == (400, [told])


def test_a_paper_comes_by_id_in_the_version_asked_for(server: ArxivServer) -> None:
    asked = get(server.url, id_list="cs/0112017,cs/0112017v1,cs/0112017v3,cs/0112017v4,2611.00009")
    assert names(asked) == ["cs/0112017v3", "cs/0112017v1", "cs/0112017v3"]
    assert texts(asked, f"{ATOM}entry/{ATOM}updated")[:2] == ["2026-11-20T12:00:00Z", "2001-12-09T00:00:00Z"]


def test_a_query_beside_ids_chooses_among_them(server: ArxivServer) -> None:
    assert names(get(server.url, id_list="2611.00001,2611.00002", search_query="cat:cs.CV")) == ["2611.00002v1"]


def test_one_paper_is_always_known_and_never_found(server: ArxivServer) -> None:
    assert names(get(server.url, id_list=CANARY.id)) == [f"{CANARY.id}v7"]
    assert total(get(server.url, search_query="cat:cs.CL")) == 0
    server.canary = False
    assert total(get(server.url, id_list=CANARY.id)) == 0


def test_a_paper_is_nowhere_before_it_is_announced(server: ArxivServer) -> None:
    late = Preprint("2611.00003", announced=NOON)
    server.papers, server.mailings = [late], [Mailing(NOON - timedelta(hours=1), [("new", late)])]
    ways: list[Callable[[], requests.Response]] = [
        lambda: get(server.url, search_query="all:bread"),
        lambda: get(server.url, id_list=late.id),
        lambda: get(f"{server.feed_url}/cs.RO"),
    ]
    server.now = lambda: NOON - timedelta(seconds=1)
    assert [len(names(way())) for way in ways] == [0, 0, 0]
    server.now = lambda: NOON
    assert [len(names(way())) for way in ways] == [1, 1, 1]


def test_every_request_is_remembered(server: ArxivServer) -> None:
    with requests.Session() as session:
        session.trust_env = False
        session.headers.update({"User-Agent": "a bot", "Accept": "text/bread"})
        session.get(server.url, params={"id_list": "2611.00001"}, timeout=5)
        session.get(f"{server.feed_url}/cs.RO+cs.AI", timeout=5)
    told = {"user-agent": "a bot", "accept": "text/bread"}
    assert server.asked == [
        {"id_list": "2611.00001", **told, "path": "/api/query"},
        {**told, "path": "/atom/cs.RO+cs.AI"},
    ]


# --- the announcements -----------------------------------------------------------------------------------------------


def told(reply: requests.Response) -> list[str]:
    return [text.partition(" \nAbstract: ")[0] for text in texts(reply, f"{ATOM}entry/{ATOM}summary")]


def test_the_last_mailing_is_told_until_the_next_one(server: ArxivServer) -> None:
    wednesday, thursday = NOON - timedelta(days=2), NOON - timedelta(days=1)
    server.mailings = [Mailing(wednesday, [("new", RYE), ("cross", BUN)]), Mailing(thursday, [("replace", OLD)])]
    server.now = lambda: thursday - timedelta(seconds=1)
    assert told(get(f"{server.feed_url}/cs")) == [
        "arXiv:2611.00001v1 Announce Type: new",
        "arXiv:2611.00002v1 Announce Type: cross",
    ]
    server.now = lambda: thursday
    assert told(get(f"{server.feed_url}/cs")) == ["arXiv:cs/0112017v3 Announce Type: replace"]


def test_announcements_are_those_of_the_categories_asked_for(server: ArxivServer) -> None:
    server.mailings = [Mailing(NOON, [("new", RYE), ("new", BUN)])]
    counts = {"cs.RO": 1, "cs.RO+cs.CV": 2, "cs.RO%2Bcs.CV": 2, "cs": 2, "math": 0}
    assert {asked: len(names(get(f"{server.feed_url}/{asked}"))) for asked in counts} == counts


@pytest.mark.parametrize(
    ("now", "count"),
    [
        ("2026-11-20T23:59:00-05:00", 1),
        ("2026-11-21T00:00:00-05:00", 0),
        ("2026-11-22T23:59:00-05:00", 0),
        ("2026-11-23T00:00:00-05:00", 1),
    ],
    ids=["Friday", "Saturday", "Sunday", "Monday"],
)
def test_nothing_is_told_on_a_weekend_in_new_york(server: ArxivServer, now: str, count: int) -> None:
    server.mailings, server.now = [Mailing(NOON, [("new", RYE)])], lambda: datetime.fromisoformat(now)
    assert len(names(get(f"{server.feed_url}/cs.RO"))) == count


def test_an_evenings_mailing_is_dated_the_next_day_in_new_york(server: ArxivServer) -> None:
    server.mailings = [Mailing(datetime.fromisoformat("2026-11-19T20:00:00-05:00"), [("new", RYE)])]
    atom, rss = (get(server.feed_url.replace("atom", form) + "/cs.RO") for form in ("atom", "rss"))
    assert texts(atom, f"{ATOM}entry/{ATOM}published") == ["2026-11-20T00:00:00-05:00"]
    assert texts(rss, "channel/pubDate") == ["Fri, 20 Nov 2026 00:00:00 -0500"]


def test_no_more_than_two_thousand_are_told(server: ArxivServer) -> None:
    server.mailings = [Mailing(NOON, [("new", RYE)] * 2001)]
    assert len(names(get(f"{server.feed_url}/cs.RO"))) == 2000


# --- the faults ------------------------------------------------------------------------------------------------------


def search(server: ArxivServer) -> requests.Response:
    return get(server.url, search_query="cat:cs.*")


@pytest.mark.parametrize(
    ("fault", "left", "announced"),
    [
        (arxiv_server.empty_page, [], 3),
        (arxiv_server.short_page, ["2611.00001v1", "2611.00002v1"], 3),
        (arxiv_server.doubled, ["2611.00001v1", "2611.00002v1", "2611.00001v1"], 3),
        (arxiv_server.shrunk(2), ["2611.00001v1", "2611.00002v1", "cs/0112017v3"], 1),
        (arxiv_server.missing_id, ["2611.00002v1", "cs/0112017v3"], 3),
        (arxiv_server.huge, ["2611.00001v1", "2611.00002v1", "cs/0112017v3"], 3),
        (arxiv_server.encoded("utf-16"), ["2611.00001v1", "2611.00002v1", "cs/0112017v3"], 3),
        (arxiv_server.encoded("iso-8859-1"), ["2611.00001v1", "2611.00002v1", "cs/0112017v3"], 3),
    ],
    ids=["empty", "short", "doubled", "shrunk", "no id", "huge", "utf-16", "latin-1"],
)
def test_a_spoilt_page_is_still_a_feed_and_only_one_is_spoilt(
    server: ArxivServer, fault: Fault, left: list[str], announced: int
) -> None:
    whole = search(server).content
    server.faults.append(fault)
    spoilt = search(server)
    assert (names(spoilt), total(spoilt)) == (left, announced)
    assert spoilt.content != whole
    assert search(server).content == whole


def test_a_huge_page_has_30_mb(server: ArxivServer) -> None:
    server.faults.append(arxiv_server.huge)
    assert 30_000_000 < len(search(server).content) < 31_000_000


def test_letters_survive_another_encoding(server: ArxivServer) -> None:
    server.papers = [Preprint("2611.00003", "Crème brûlée, 蒸し")]
    for name in ("utf-16", "iso-8859-1"):
        server.faults.append(arxiv_server.encoded(name))
        assert texts(search(server), f"{ATOM}entry/{ATOM}title") == ["Crème brûlée, 蒸し"]


@pytest.mark.parametrize("fault", [arxiv_server.cut, arxiv_server.garbage, arxiv_server.web_page])
def test_what_is_no_document_cannot_be_read(server: ArxivServer, fault: Fault) -> None:
    server.faults.append(fault)
    reply = search(server)
    assert reply.status_code == 200
    with pytest.raises((ElementTree.ParseError, IndexError)):
        total(reply)


@pytest.mark.parametrize("tag", ["title", "summary", "published", "updated", "category", "link"])
def test_only_the_first_paper_lacks_an_element(server: ArxivServer, tag: str) -> None:
    server.papers = [BUN, BUN]
    server.faults.append(arxiv_server.without(tag))
    first, second = ([child.tag for child in entry] for entry in read(search(server)).iterfind(f"{ATOM}entry"))
    assert second.count(ATOM + tag) - first.count(ATOM + tag) == 1
    assert len(second) - len(first) == 1


def test_a_status_comes_with_its_headers(server: ArxivServer) -> None:
    server.faults.append(arxiv_server.status(429, Retry_After="2"))
    reply = search(server)
    assert (reply.status_code, reply.headers["Retry-After"]) == (429, "2")


def test_an_error_feed_tells_why(server: ArxivServer) -> None:
    server.faults.append(arxiv_server.error_feed)
    assert search(server).content == get(server.url, id_list="abc").content


def test_slow_headers_are_waited_for_and_the_reply_is_whole(server: ArxivServer) -> None:
    server.faults.extend([None, arxiv_server.slow_headers(0.2)])
    whole, slow = search(server), search(server)
    assert slow.elapsed >= timedelta(seconds=0.2)
    assert slow.content == whole.content


def test_a_slow_body_trickles_in_behind_its_headers_and_is_whole(server: ArxivServer) -> None:
    server.faults.extend([None, arxiv_server.slow_body(0.25)])
    started = time.monotonic()
    whole, slow = search(server), search(server)
    assert time.monotonic() - started - slow.elapsed.total_seconds() >= 0.2
    assert slow.content == whole.content


def test_a_connection_is_reset_in_the_middle_of_the_body(server: ArxivServer) -> None:
    size = len(search(server).content)
    server.faults.append(arxiv_server.reset)
    with requests.Session() as session:
        session.trust_env = False
        reply = session.get(server.url, params={"search_query": "cat:cs.*"}, timeout=5, stream=True)
        assert reply.headers["Content-Length"] == str(size)
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match="reset by peer"):
            _ = reply.content


def test_faults_stand_in_two_queues_and_none_lets_one_request_through(server: ArxivServer) -> None:
    server.faults.extend([arxiv_server.status(503), None, arxiv_server.status(429)])
    server.feed_faults.append(arxiv_server.status(406))
    assert [search(server).status_code for _ in range(4)] == [503, 200, 429, 200]
    assert [get(f"{server.feed_url}/cs.RO").status_code for _ in range(2)] == [406, 200]


def test_a_fault_for_ever_spoils_what_the_queues_leave(server: ArxivServer) -> None:
    server.always, server.faults = arxiv_server.status(503), type(server.faults)([None])
    assert [search(server).status_code for _ in range(3)] == [200, 503, 503]
    assert get(f"{server.feed_url}/cs.RO").status_code == 503
    server.always, server.api_always = None, arxiv_server.status(503)
    assert (search(server).status_code, get(f"{server.feed_url}/cs.RO").status_code) == (503, 200)


def test_an_address_that_is_none_is_not_found(server: ArxivServer) -> None:
    assert get(server.url + "s").status_code == 404
