"""The live door to arXiv, against a local server that speaks its Atom and has all of its faults."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import hypothesis
import pytest
from hypothesis import strategies as st

from bot.adapters import polite
from bot.adapters.arxiv.api import CANARY, ArxivApi, ArxivSearch
from bot.adapters.polite import PoliteSession
from bot.errors import SourceError, UnreachableError
from bot.models import Record
from bot.ports import Tally
from bot.settings import Watch
from bot.slices import Slice
from tests import arxiv_server
from tests.adapters.test_polite import LATER, NEXT_RUN, Clock
from tests.arxiv_server import ArxivServer, Fault, Preprint, Reply

REPLIES = Path(__file__).parents[4] / "shared" / "arxiv" / "replies"
DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FRIDAY = Slice(since=NOON - timedelta(hours=12), until=NOON + timedelta(hours=12))

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


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server() -> Iterator[ArxivServer]:
    with arxiv_server.serve(LOAF, OLD) as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


def api(server: ArxivServer, clock: Clock, page: int = 500, **options: Any) -> ArxivApi:
    given = {"timeout": (5.0, 5.0), "random": lambda: 0.5, **options}
    session = PoliteSession("baker@bread.example", clock=clock, sleep=clock.sleep, **given)
    return ArxivApi(Watch(api=server.url), session=session, page=page)


def search(server: ArxivServer, clock: Clock, **options: Any) -> ArxivSearch:
    return ArxivSearch(Watch(api=server.url), api(server, clock, **options))


def batch(count: int) -> list[Preprint]:
    """Papers 1 to ``count``, a minute apart."""
    return [Preprint(f"2611.{n:05}", published=NOON + timedelta(minutes=n)) for n in range(1, count + 1)]


class Read(NamedTuple):
    """What came of reading a slice."""

    records: list[Record]
    tally: Tally
    error: SourceError | None

    @property
    def numbers(self) -> list[int]:
        """Of the papers of a batch."""
        return [int(record.id[-5:]) for record in self.records]


def read(door: ArxivSearch) -> Read:
    came = Read([], Tally(), None)
    try:
        came.records.extend(door.read(FRIDAY, came.tally))
    except SourceError as error:
        return came._replace(error=error)
    return came


# --- a slice ---------------------------------------------------------------------------------------------------------


def test_a_paper_comes_with_bare_id_version_and_flat_text(server: ArxivServer, clock: Clock) -> None:
    assert read(search(server, clock)).records == [
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


def test_a_slice_is_read_page_by_page_oldest_first_and_counted(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(7)[::-1]
    came = read(search(server, clock, page=3))
    assert came.numbers == [1, 2, 3, 4, 5, 6, 7]
    assert [request["start"] for request in server.asked] == ["0", "3", "6"]
    assert came.tally == Tally(asked=3, retried=0, total=7, got=7)
    assert clock.slept == [3, 3]


def test_only_papers_of_the_slice_and_the_categories_come_cross_lists_too(server: ArxivServer, clock: Clock) -> None:
    server.papers = [
        Preprint("2611.00001", published=NOON, categories=("cs.CV", "cs.RO")),
        Preprint("2611.00002", published=NOON - timedelta(days=1)),
        Preprint("2611.00003", published=NOON + timedelta(days=1)),
        Preprint("2611.00004", published=NOON, categories=("cs.CV",)),
    ]
    assert read(search(server, clock)).numbers == [1]


def test_arxiv_is_asked_for_atom(server: ArxivServer, clock: Clock) -> None:
    read(search(server, clock))
    assert server.asked[0]["accept"] == "application/atom+xml, application/xml;q=0.9, */*;q=0.1"


def test_a_withdrawn_paper_comes_like_any_other(server: ArxivServer, clock: Clock) -> None:
    server.papers = [Preprint("2611.00001", version=2, comment="Withdrawn by the author: it was cake")]
    [record] = read(search(server, clock)).records
    assert (record.version, record.comment) == (2, "Withdrawn by the author: it was cake")


@pytest.mark.parametrize("page", [1, 2, 3, 7])
def test_a_slice_that_ends_with_a_full_page_ends_nonetheless(server: ArxivServer, clock: Clock, page: int) -> None:
    server.papers = batch(6)
    came = read(search(server, clock, page=page))
    assert came.numbers == [1, 2, 3, 4, 5, 6]
    assert came.error is None


# --- faults: what is kept, what is told, what is asked ----------------------------------------------------------------


def revised(papers: list[Preprint]) -> list[Preprint]:
    """Paper 1 gets a second version."""
    return [replace(papers[0], version=2), *papers[1:]]


def announced_late(papers: list[Preprint]) -> list[Preprint]:
    """An older paper is announced, so that paper 3 stands on the second page too."""
    return [*papers, Preprint("2611.00008", published=NOON)]


def removed(papers: list[Preprint]) -> list[Preprint]:
    """Paper 2 vanishes, so that paper 4 stands on no page."""
    return [papers[0], *papers[2:]]


ALL = (1, 2, 3, 4, 5, 6, 7)


class Case(NamedTuple):
    """Seven papers are read in pages of three: what is spoiled, what came, what was told, how often arXiv was asked."""

    faults: Sequence[Fault | None] = ()
    came: Sequence[int] = ALL
    told: str = ""
    asked: int = 3
    retried: int = 0
    incomplete: str = ""
    patience: float = 5.0
    """Seconds; for a whole body too."""
    meanwhile: Callable[[list[Preprint]], list[Preprint]] | None = None
    """What becomes of the papers after the first page."""


NO_FEED = f"arXiv answered with something that is not a whole feed (5 tries){LATER}"
EMPTY = f"arXiv announced 7 papers: from number 1 on 1 should have come, and none did (5 tries){LATER}"
LATER_EMPTY = EMPTY.replace("number 1", "number 4")
WITHOUT_ID = f"arXiv sent a paper without its id (5 tries){LATER}"

TABLE = {
    "429": Case([arxiv_server.status(429)], asked=4, retried=1),
    "429, Retry-After": Case([None, arxiv_server.status(429, Retry_After="120")], asked=4, retried=1),
    "429 for ever": Case([None, *[arxiv_server.status(429)] * 5], (1, 2, 3), f"HTTP 429 (5 tries){LATER}", 6, 4),
    "503 for ever": Case([arxiv_server.status(503)] * 5, (), f"arXiv answered with HTTP 503 (5 tries){LATER}", 5, 4),
    "406": Case([arxiv_server.status(406)], asked=4, retried=1),
    "406 for ever": Case([arxiv_server.status(406)] * 5, (), f"arXiv answered with HTTP 406 (5 tries){LATER}", 5, 4),
    "400": Case([None, arxiv_server.error_feed], (1, 2, 3), "; correct [watch] in survey-bot.toml", 2),
    "slow headers": Case([arxiv_server.slow_headers(0.4)], asked=4, retried=1, patience=0.2),
    "slow headers for ever": Case(
        [arxiv_server.slow_headers(0.4)] * 5,
        (),
        f"arXiv did not answer within 0.05 s (5 tries){LATER}",
        asked=5,
        retried=4,
        patience=0.05,
    ),
    "slow body": Case([None, arxiv_server.slow_body(2.0)], asked=7, retried=1, patience=0.2),
    "reset": Case([None, arxiv_server.reset], asked=7, retried=1),
    "reset for ever": Case(
        [arxiv_server.reset] * 5, (), f"arXiv broke off in the middle of its answer (5 tries){LATER}", 5, 4
    ),
    "cut": Case([None, arxiv_server.cut], asked=7, retried=1),
    "cut for ever": Case([None, *[arxiv_server.cut] * 5], (1, 2, 3), NO_FEED, 6, 4),
    "web page": Case([None, arxiv_server.web_page], asked=7, retried=1),
    "web page for ever": Case([arxiv_server.web_page] * 5, (), NO_FEED, 5, 4),
    "garbage": Case([None, arxiv_server.garbage], asked=7, retried=1),
    "empty first page": Case([arxiv_server.empty_page], asked=9, retried=1),
    "empty first page for ever": Case([arxiv_server.empty_page] * 5, (), EMPTY, 5, 4),
    "empty later page": Case([None, arxiv_server.empty_page], asked=7, retried=1),
    "empty later page for ever": Case([None, *[arxiv_server.empty_page] * 5], (1, 2, 3), LATER_EMPTY, 6, 4),
    "short page": Case([None, arxiv_server.short_page], asked=7, retried=1),
    "shrunk total": Case([arxiv_server.shrunk(2)], asked=6, retried=3),
    "shrunk total for ever": Case(
        [arxiv_server.shrunk(2)] * 9,
        (1, 2, 3, 4, 5),
        f"arXiv announced 5 papers: from number 6 on 0 should have come, and 1 did (5 tries){LATER}",
        asked=9,
        retried=5,
    ),
    "shrunk total to the end of a page": Case([arxiv_server.shrunk(4)], asked=6, retried=3),
    "all others vanish while paging": Case(
        came=(1, 2, 3),
        told=f"arXiv announced 7 papers at first and 3 later{LATER}",
        asked=4,
        retried=2,
        meanwhile=lambda papers: papers[:3],
    ),
    "removed while paging": Case(
        came=(1, 2, 3, 5, 6, 7, 4),
        told=f"arXiv announced 7 papers at first and 6 later{LATER}",
        asked=6,
        retried=3,
        meanwhile=removed,
    ),
    "double on a page": Case([arxiv_server.doubled], (1, 2, 4, 5, 6, 7, 3), asked=6, retried=3),
    "double for ever": Case(
        [arxiv_server.doubled, None, None] * 2,
        (1, 2, 4, 5, 6, 7),
        f"arXiv announced 7 papers and sent 6{LATER}",
        6,
        3,
    ),
    "double on another page each time": Case(
        [arxiv_server.doubled, None, None, None, arxiv_server.doubled], (1, 2, 4, 5, 6, 7, 3), asked=6, retried=3
    ),
    "late paper while paging": Case(came=(*ALL, 8), asked=6, retried=3, meanwhile=announced_late),
    "new version while paging": Case(meanwhile=revised),
    "no abstract": Case(
        [None, arxiv_server.without("summary")],
        (1, 2, 3, 5, 6, 7),
        incomplete="arXiv sent 2611.00004 without its abstract",
    ),
    "no title": Case([arxiv_server.without("title")], ALL[1:], incomplete="arXiv sent 2611.00001 without its title"),
    "no date": Case(
        [arxiv_server.without("published")],
        ALL[1:],
        incomplete="arXiv sent 2611.00001 without its date of submission",
    ),
    "no id": Case([arxiv_server.missing_id], asked=9, retried=1),
    "no id for ever": Case([arxiv_server.missing_id] * 5, (), WITHOUT_ID, 5, 4),
    "UTF-16": Case([arxiv_server.encoded("utf-16")]),
    "ISO-8859-1": Case([arxiv_server.encoded("iso-8859-1")]),
    "30 MB": Case([None, arxiv_server.huge], asked=7, retried=1),
}


@pytest.mark.parametrize("case", TABLE.values(), ids=TABLE)
def test_what_comes_of_a_fault_and_that_the_next_reading_finds_every_paper(
    server: ArxivServer, clock: Clock, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.papers = batch(7)
    monkeypatch.setattr(polite, "SLOWEST", 1)

    def after(reply: Reply) -> Reply:
        server.papers = case.meanwhile(server.papers) if case.meanwhile else server.papers
        return reply

    server.faults.extend(case.faults or [after])
    came = read(search(server, clock, page=3, timeout=(5.0, case.patience)))
    assert came.numbers == list(case.came)
    assert (str(came.error) if came.error else "").endswith(case.told)
    assert bool(came.error) == bool(case.told)
    assert str(came.error or server.url).startswith(server.url)
    assert (came.tally.asked, came.tally.retried) == (case.asked, case.retried)
    assert len(server.asked) == case.asked
    assert "".join(came.tally.incomplete.values()) == case.incomplete
    assert came.tally.got == len(case.came) + len(came.tally.incomplete)
    server.faults.clear()
    again = read(search(server, clock, page=3))
    assert {record.id for record in again.records} == {paper.id for paper in server.papers}
    assert again.error is None


ANY = [
    None,
    arxiv_server.status(429),
    arxiv_server.status(400),
    arxiv_server.reset,
    arxiv_server.cut,
    arxiv_server.web_page,
    arxiv_server.encoded("utf-16"),
    arxiv_server.empty_page,
    arxiv_server.short_page,
    arxiv_server.doubled,
    arxiv_server.missing_id,
    arxiv_server.without("summary"),
    *(arxiv_server.shrunk(by) for by in (1, 2, 3, 100)),
]


@hypothesis.given(st.lists(st.sampled_from(ANY), max_size=9), st.integers(min_value=0, max_value=7), st.integers(1, 5))
@hypothesis.settings(max_examples=40, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
def test_whatever_goes_wrong_every_paper_came_or_it_is_told(faults: list[Fault | None], count: int, page: int) -> None:
    with arxiv_server.serve(*batch(count)) as server:
        server.faults.extend(faults)
        came = read(search(server, Clock(), page=page))
    whole = {*came.numbers, *(int(paper_id[-5:]) for paper_id in came.tally.incomplete)}
    assert came.error or whole == set(range(1, count + 1))
    assert came.tally.got == len(whole)


def test_what_cannot_be_true_is_asked_for_from_the_same_place_by_halves_and_once_more_later(
    server: ArxivServer, clock: Clock
) -> None:
    server.papers = batch(600)
    server.faults.extend([None, *[arxiv_server.cut] * 5])
    came = read(search(server, clock))
    assert len(came.records) == 500
    assert [(request["start"], request["max_results"]) for request in server.asked] == [
        ("0", "500"),
        ("500", "500"),
        ("500", "250"),
        ("500", "125"),
        ("500", "62"),
        ("500", "62"),
    ]
    assert clock.slept == [3, 3, 3, 3, 40]


def test_where_less_helped_the_rest_is_asked_for_in_as_small_pages(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(20)
    server.faults.extend([arxiv_server.huge, arxiv_server.huge])
    came = read(search(server, clock, page=40))
    assert came.numbers == list(range(1, 21))
    assert [request["max_results"] for request in server.asked] == ["40", "20", "10", "10", "10"]


def test_only_what_arxiv_does_with_any_question_is_told_to_be_so(server: ArxivServer, clock: Clock) -> None:
    for fault, anywhere in [
        (arxiv_server.web_page, True),
        (arxiv_server.reset, True),
        (arxiv_server.empty_page, False),
    ]:
        server.faults.extend([fault] * 5)
        assert isinstance(read(search(server, clock)).error, UnreachableError) == anywhere


def test_what_came_before_the_time_was_over_stands(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(7)
    server.faults.append(arxiv_server.status(503, Retry_After="52"))
    came = read(search(server, clock, page=3, minutes=0.9))
    assert came.numbers == [1, 2, 3]
    assert str(came.error) == f"{server.url}: the time for arXiv in a run (0.9 minutes) is over{NEXT_RUN}"


def test_letters_of_any_encoding_arrive(server: ArxivServer, clock: Clock) -> None:
    server.papers = [Preprint("2611.00001", title="Crème Brûlée", published=NOON)]
    for name in ("utf-8", "utf-16", "iso-8859-1"):
        server.faults.append(arxiv_server.encoded(name))
        assert [record.title for record in read(search(server, clock)).records] == ["Crème Brûlée"]


def test_a_feed_with_a_document_type_is_not_even_looked_into(server: ArxivServer, clock: Clock) -> None:
    def with_entity(reply: Reply) -> Reply:
        kind = b"<!DOCTYPE feed [<!ENTITY bread 'bread'>]>\n<feed "
        return reply._replace(body=reply.body.replace(b"<feed ", kind).replace(b"Loaf", b"&bread;"))

    server.faults.extend([with_entity] * 5)
    assert "is not a whole feed" in str(read(search(server, clock)).error)


@pytest.mark.parametrize(
    ("tag", "text", "told"),
    [
        ("opensearch:totalResults", "many", "arXiv did not say how many papers there are"),
        ("opensearch:totalResults", "9" * 5000, "arXiv did not say how many papers there are"),
        ("opensearch:startIndex", "3", "arXiv was asked for papers from number 1 on, and answered with others"),
        ("opensearch:startIndex", "", "arXiv was asked for papers from number 1 on, and answered with others"),
        ("id", "http://bread.example/1", "'http://bread.example/1', which is not the address of one"),
    ],
)
def test_a_feed_that_contradicts_the_question_is_told(
    server: ArxivServer, clock: Clock, tag: str, text: str, told: str
) -> None:
    server.faults.extend([replaced(tag, text)] * 5)
    came = read(search(server, clock))
    assert told in str(came.error)
    assert (came.records, came.tally.asked) == ([], 5)


def test_a_paper_that_the_package_gives_up_is_not_lost(server: ArxivServer, clock: Clock) -> None:
    server.papers = [Preprint("2611.00001", summary="dough " * 2_000_000, published=NOON), *batch(3)[1:]]
    came = read(search(server, clock, page=2))
    assert str(came.error).endswith(f"arXiv sent a feed that cannot be read whole (5 tries){LATER}")


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00+05:00"])
def test_a_day_that_is_none_spoils_its_paper_only(server: ArxivServer, clock: Clock, day: str) -> None:
    server.papers = batch(2)
    server.faults.append(replaced("published", day))
    came = read(search(server, clock))
    assert came.numbers == [2]
    assert came.tally.incomplete == {"2611.00001": "arXiv sent 2611.00001 without its date of submission"}


def replaced(tag: str, text: str) -> Fault:
    """The text of this element, of the first entry that has one."""
    inside = "<entry>.*?" if ":" not in tag else ""
    pattern = re.compile(rf"({inside}<{tag}>)[^<]*".encode(), re.DOTALL)
    return lambda reply: reply._replace(body=pattern.sub(rb"\g<1>" + text.encode(), reply.body, count=1))


def test_a_paper_that_was_incomplete_at_first_and_comes_whole_is_not_told(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(7)
    server.faults.extend([arxiv_server.without("summary"), arxiv_server.doubled])
    came = read(search(server, clock, page=3))
    assert set(came.numbers) == set(ALL)
    assert (came.tally.incomplete, came.tally.got) == ({}, 7)


# --- nothing ---------------------------------------------------------------------------------------------------------


def test_nothing_is_believed_when_a_known_paper_comes_back_once_in_a_run(server: ArxivServer, clock: Clock) -> None:
    server.papers.clear()
    door = search(server, clock)
    first, second = read(door), read(door)
    assert (first.records, first.error, first.tally.total, first.tally.asked) == ([], None, 0, 2)
    assert (second.records, second.error, second.tally.total, second.tally.asked) == ([], None, 0, 1)
    assert [request.get("id_list", "") for request in server.asked] == ["", CANARY, ""]


def test_when_not_even_the_known_paper_comes_nothing_is_not_believed(server: ArxivServer, clock: Clock) -> None:
    server.canary = False
    server.papers.clear()
    door = search(server, clock)
    what = f"arXiv has nothing at all: even the known paper {CANARY} did not come back"
    assert str(read(door).error) == f"{server.url}: {what}{LATER}"
    with pytest.raises(SourceError, match="nothing at all"):
        door.ever(Tally())
    with pytest.raises(SourceError, match="nothing at all"):
        list(api(server, clock).fetch(["2611.00009"]))


def test_another_paper_does_not_pass_for_the_known_one(server: ArxivServer, clock: Clock) -> None:
    server.papers.clear()
    server.faults.extend([None, replaced("id", "http://arxiv.org/abs/2611.00001v1")])
    assert f"even the known paper {CANARY} did not come back" in str(read(search(server, clock)).error)


def test_how_many_papers_there_are_at_all_takes_one_small_request(server: ArxivServer, clock: Clock) -> None:
    server.papers = [*batch(7), OLD]
    tally = Tally()
    assert search(server, clock).ever(tally) == {"cs.RO": 8}
    assert (tally.asked, tally.total, tally.got) == (1, 8, 0)
    assert server.asked[0]["max_results"] == "1"
    assert "submittedDate" not in server.asked[0]["search_query"]


# --- by id -----------------------------------------------------------------------------------------------------------


def test_papers_come_by_id_in_batches_without_those_nobody_knows(server: ArxivServer, clock: Clock) -> None:
    wanted = [*(f"2611.{n:05}" for n in range(1, 120)), "cs/0112017", "not-an-id", "2611.00001"]
    assert [record.id for record in api(server, clock).fetch(wanted)] == ["2611.00001", "cs/0112017"]
    assert [len(request["id_list"].split(",")) for request in server.asked] == [100, 20]


def test_a_full_batch_is_one_request(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(100)
    assert len(list(api(server, clock).fetch([paper.id for paper in server.papers]))) == 100
    assert len(server.asked) == 1


@pytest.mark.parametrize("fault", [arxiv_server.empty_page, arxiv_server.short_page, arxiv_server.shrunk(1)])
def test_a_paper_that_arxiv_has_is_never_taken_for_unknown(server: ArxivServer, clock: Clock, fault: Fault) -> None:
    server.papers = batch(3)
    server.faults.append(fault)
    wanted = [paper.id for paper in server.papers]
    assert [record.id for record in api(server, clock).fetch(wanted)] == wanted


def test_a_paper_without_abstract_is_told_after_all_others_came(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(120)
    server.faults.append(arxiv_server.without("summary"))
    came: list[Record] = []
    with pytest.raises(SourceError) as caught:
        came.extend(api(server, clock).fetch([paper.id for paper in server.papers]))
    assert len(came) == 119
    assert str(caught.value) == f"{server.url}: arXiv sent 2611.00001 without its abstract{LATER}"


def test_two_readings_at_once_do_not_mix(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(3)
    server.faults.extend([None, None, arxiv_server.without("summary")])
    shared = api(server, clock, page=2)
    tally = Tally()
    papers = ArxivSearch(Watch(api=server.url), shared).read(FRIDAY, tally)
    assert next(papers).id == "2611.00001"
    assert [record.id for record in shared.fetch(["2611.00003"])] == ["2611.00003"]
    assert [record.id for record in papers] == ["2611.00002"]
    assert (tally.asked, list(tally.incomplete)) == (2, ["2611.00003"])


@pytest.mark.skipif(not REPLIES.exists(), reason="the real replies are not beside this clone (../shared)")
@pytest.mark.parametrize(
    ("name", "count"), [("one-id", 1), ("two-ids", 1), ("old-style-id-with-version", 1), ("unknown-id", 0)]
)
def test_real_replies_are_read(server: ArxivServer, clock: Clock, name: str, count: int) -> None:
    server.faults.append(lambda reply: reply._replace(body=(REPLIES / f"{name}.xml").read_bytes()))
    assert len(list(api(server, clock).fetch(["2611.00001"]))) == count


# --- by title --------------------------------------------------------------------------------------------------------


def test_a_paper_is_found_by_its_title_whatever_signs_stand_in_it(server: ArxivServer, clock: Clock) -> None:
    server.papers = [
        Preprint("2611.00005", title='Wet-Stone: "Soft" Crusts, in $\\pi_0$ Hours'),
        Preprint("2611.00006"),
    ]
    found = api(server, clock).titled('Wet Stone "soft) crusts OR: in $\\pi_0$ hours'.replace("OR", ""))
    assert [record.id for record in found] == ["2611.00005"]


def test_of_many_papers_with_a_title_five_come_in_one_request(server: ArxivServer, clock: Clock) -> None:
    server.papers = batch(9)
    assert len(api(server, clock).titled("A Loaf of Bread")) == 5
    assert len(server.asked) == 1


def test_no_paper_with_a_title_is_believed_when_a_known_paper_comes(server: ArxivServer, clock: Clock) -> None:
    assert api(server, clock).titled("Nobody wrote this") == []
    assert [request.get("id_list", "") for request in server.asked] == ["", "1706.03762"]


def test_a_title_without_words_is_not_asked_for(server: ArxivServer, clock: Clock) -> None:
    assert api(server, clock).titled("?! _ “”") == []
    assert server.asked == []


def test_a_search_by_title_that_fails_is_no_empty_answer(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([arxiv_server.status(404)] * 9)
    with pytest.raises(SourceError):
        api(server, clock).titled("A Loaf that Rises")
