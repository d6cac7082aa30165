"""The manners of every request to arXiv, against a local server; the clock of a test goes on only while it sleeps."""

import socketserver
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.adapters import polite
from bot.adapters.polite import PoliteSession, Spoiled
from bot.errors import SourceError, UnreachableError
from bot.ports import Tally
from tests import arxiv_server
from tests.arxiv_server import ArxivServer, Fault, Reply
from tests.serving import LocalServer, serving

LATER = "; try again later, or check the network and [watch] in survey-bot.toml"
NEXT_RUN = "; run it again to go on from here"


class Clock:
    """Sleeping makes it go on, and nothing else does."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArxivServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with arxiv_server.serve() as server:
        yield server


@pytest.fixture
def clock() -> Clock:
    return Clock()


def session(clock: Clock, **options: Any) -> PoliteSession:
    given = {"timeout": (5.0, 5.0), "random": lambda: 0.5, **options}
    return PoliteSession("baker@bread.example", clock=clock, sleep=clock.sleep, **given)


def asked(door: PoliteSession, url: str) -> tuple[Tally, SourceError | Spoiled | None]:
    """What one request takes, and how it failed."""
    tally = Tally()
    try:
        door.get(url, "text/bread", tally)
    except (SourceError, Spoiled) as error:
        return tally, error
    return tally, None


def test_arxiv_is_told_who_asks_and_for_what(server: ArxivServer, clock: Clock) -> None:
    assert b"<feed" in session(clock).get(server.url, "text/bread", Tally())
    assert server.asked[0]["accept"] == "text/bread"
    assert server.asked[0]["user-agent"].startswith("survey-bot/")
    assert server.asked[0]["user-agent"].endswith(" (baker@bread.example)")


# --- one pace --------------------------------------------------------------------------------------------------------


def test_a_request_starts_three_seconds_after_the_last_one_ended_whichever_object_asks(
    server: ArxivServer, clock: Clock
) -> None:
    def slow(reply: Reply) -> Reply:
        clock.now += 7
        return reply

    server.faults.extend([slow, slow])
    first, second = session(clock), session(clock)
    first.get(server.url, "*/*", Tally())
    second.get(server.url, "*/*", Tally())
    clock.now += 1
    first.get(server.url, "*/*", Tally())
    assert clock.slept == [3.0, 2.0]


def test_a_failed_request_counts_for_the_pace(server: ArxivServer, clock: Clock) -> None:
    server.faults.append(arxiv_server.status(400))
    door = session(clock)
    assert asked(door, server.url)[1]
    assert asked(door, server.url)[1] is None
    assert clock.slept == [3.0]


def test_threads_ask_one_after_the_other(server: ArxivServer) -> None:
    inside, most = [], []

    def watched(reply: Reply) -> Reply:
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.02)
        inside.pop()
        return reply

    server.faults.extend([watched] * 4)
    doors = [PoliteSession("", delay=0) for _ in range(4)]
    threads = [threading.Thread(target=one.get, args=(server.url, "*/*", Tally())) for one in doors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1, 1, 1, 1]


# --- trying again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [403, 406, 429, 503, 408, 500, 502, 504])
def test_what_may_pass_is_waited_for_longer_and_longer_and_then_told(
    server: ArxivServer, clock: Clock, code: int
) -> None:
    server.faults.extend([arxiv_server.status(code)] * 5)
    tally, error = asked(session(clock), server.url)
    assert isinstance(error, UnreachableError)
    assert str(error) == f"{server.url}: arXiv answered with HTTP {code} (5 tries){LATER}"
    assert not error.lasting
    assert clock.slept == [5, 10, 20, 40]
    assert (tally.asked, tally.retried) == (5, 4)


def test_every_wait_before_another_try_is_told_with_why_and_how_long(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([arxiv_server.status(503), arxiv_server.status(429, Retry_After="120")])
    told = list[str]()
    session(clock, tell=told.append).get(server.url, "text/bread", Tally())
    assert told == [
        "arXiv answered with HTTP 503; trying again in 5 s",
        "arXiv answered with HTTP 429; trying again in 120 s",
    ]


def test_a_server_that_does_not_answer_is_told_at_each_try(server: ArxivServer, clock: Clock) -> None:
    server.always = server.hang
    told = list[str]()
    asked(session(clock, tell=told.append, timeout=(0.2, 0.2), tries=3), server.url)
    server.released.set()
    assert told == [f"arXiv did not answer within 0.2 s; trying again in {seconds} s" for seconds in (5, 10)]


def test_who_waits_because_another_was_asked_to_is_told(server: ArxivServer, clock: Clock) -> None:
    server.faults.append(arxiv_server.status(429, Retry_After="60"))
    told = list[str]()
    asked(session(clock, tries=1), server.url)
    session(clock, tell=told.append).get(server.url, "text/bread", Tally())
    assert told == ["arXiv asks to be left alone; going on in 60 s"]


def test_one_bad_moment_costs_one_more_request(server: ArxivServer, clock: Clock) -> None:
    server.faults.append(arxiv_server.status(429))
    tally, error = asked(session(clock), server.url)
    assert error is None
    assert (tally.asked, tally.retried) == (2, 1)


@pytest.mark.parametrize(("share", "first"), [(0.0, 3.75), (1.0, 6.25)])
def test_waits_are_spread_so_that_not_all_come_back_at_once(
    server: ArxivServer, clock: Clock, share: float, first: float
) -> None:
    server.faults.append(arxiv_server.status(503))
    asked(session(clock, random=lambda: share), server.url)
    assert clock.slept == [first]


def test_a_request_that_is_wrong_is_told_at_once_in_arxivs_words(server: ArxivServer, clock: Clock) -> None:
    tally, error = asked(session(clock), f"{server.url}?id_list=abc")
    assert type(error) is SourceError
    assert str(error) == (
        f"{server.url}: arXiv answered with HTTP 400 (incorrect id format for abc); correct [watch] in survey-bot.toml"
    )
    assert (tally.asked, clock.slept) == (1, [])


def test_a_reply_that_does_not_begin_is_waited_for_again(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([server.hang] * 2)
    tally, error = asked(session(clock, tries=2, timeout=(5.0, 0.1)), server.url)
    assert str(error) == f"{server.url}: arXiv did not answer within 0.1 s (2 tries){LATER}"
    assert tally.asked == 2


def test_a_server_that_is_not_there_is_told_in_one_sentence_without_a_password(clock: Clock) -> None:
    _, error = asked(session(clock), "http://baker:secret@127.0.0.1:9/api?q=1")
    assert isinstance(error, UnreachableError)
    what = "arXiv could not be reached, or the connection broke (5 tries)"
    assert str(error) == f"http://127.0.0.1:9/api: {what}{LATER}"
    assert clock.slept == [5, 10, 20, 40]


@pytest.mark.parametrize("url", ["arxiv", "http://", "http://[bread", "ftp://127.0.0.1/", "http://bread..example/"])
def test_an_address_that_is_none_is_told_at_once(clock: Clock, url: str) -> None:
    _, error = asked(session(clock), url)
    assert str(error) == f"{url}: this is not a web address that can be asked; correct [watch] in survey-bot.toml"
    assert clock.slept == []


# --- being asked to wait ---------------------------------------------------------------------------------------------


def test_retry_after_in_seconds_is_the_least_wait(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([arxiv_server.status(429, Retry_After="120"), arxiv_server.status(503, Retry_After="2")])
    assert asked(session(clock), server.url)[1] is None
    assert clock.slept == [120, 10]


def test_retry_after_may_be_a_date(server: ArxivServer, clock: Clock) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    server.faults.append(arxiv_server.status(429, Retry_After=until))
    assert asked(session(clock), server.url)[1] is None
    assert 290 < sum(clock.slept) <= 300


@pytest.mark.parametrize("value", ["soon", "-5", "1e3", "nan", "Thu, 01 Jan 1970 00:00:00 GMT", ""])
def test_a_retry_after_that_cannot_be_meant_is_passed_over(server: ArxivServer, clock: Clock, value: str) -> None:
    server.faults.append(arxiv_server.status(429, Retry_After=value))
    assert asked(session(clock), server.url)[1] is None
    assert clock.slept == [5]


def test_whoever_wants_to_be_left_alone_for_longer_than_a_run_is_left_alone_at_once(
    server: ArxivServer, clock: Clock
) -> None:
    server.faults.append(arxiv_server.status(429, Retry_After="3600"))
    door = session(clock)
    before = datetime.now(UTC)
    _, error = asked(door, server.url)
    told = [before + timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)]
    assert str(error) in [f"{server.url}: arXiv asks to be left alone until {at:%H:%M} UTC{NEXT_RUN}" for at in told]
    assert isinstance(error, UnreachableError)
    assert error.lasting
    _, again = asked(door, server.url)
    assert "asks to be left alone until" in str(again)
    assert (len(server.asked), clock.slept) == (1, [])


def test_another_host_may_still_be_asked(server: ArxivServer, clock: Clock) -> None:
    server.faults.append(arxiv_server.status(429, Retry_After="3600"))
    door = session(clock)
    assert asked(door, server.url)[1]
    assert asked(door, server.url.replace("127.0.0.1", "localhost"))[1] is None


def test_what_is_asked_for_until_another_day_is_told_with_the_day(server: ArxivServer, clock: Clock) -> None:
    server.faults.append(arxiv_server.status(503, Retry_After="99999999999999999999"))
    _, error = asked(session(clock), server.url)
    assert f"until {datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}" in str(error)


# --- the time of a run -----------------------------------------------------------------------------------------------


def test_when_the_time_is_over_nothing_is_asked_for_any_more(server: ArxivServer, clock: Clock) -> None:
    door = session(clock)
    assert asked(door, server.url)[1] is None
    clock.now += 20 * 60
    tally, error = asked(door, server.url)
    assert str(error) == f"{server.url}: the time for arXiv in a run (20 minutes) is over{NEXT_RUN}"
    assert isinstance(error, UnreachableError)
    assert error.lasting
    assert (tally.asked, len(server.asked)) == (0, 1)


def test_a_wait_that_would_end_after_the_time_is_not_begun(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([arxiv_server.status(503)] * 5)
    _, error = asked(session(clock, minutes=0.5), server.url)
    what = "arXiv answered with HTTP 503, and the time for arXiv in a run (0.5 minutes) is over"
    assert str(error) == f"{server.url}: {what}{NEXT_RUN}"
    assert clock.slept == [5, 10]


def test_the_time_starts_with_the_first_request(server: ArxivServer, clock: Clock) -> None:
    door = session(clock)
    clock.now += 24 * 3600
    assert asked(door, server.url)[1] is None


def test_resting_is_waiting_as_before_another_try_within_the_time(clock: Clock) -> None:
    door = session(clock, minutes=1)
    door.rest(4, "http://bread.example/", "it was cut")
    assert clock.slept == [40]
    with pytest.raises(UnreachableError, match="it was cut, and the time for arXiv"):
        door.rest(4, "http://bread.example/", "it was cut")


# --- replies that cannot be true -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (arxiv_server.huge, "arXiv sent more than 20 MB at once"),
        (arxiv_server.reset, "arXiv broke off in the middle of its answer"),
    ],
    ids=["huge", "reset"],
)
def test_a_spoiled_reply_is_given_to_the_caller_at_once(
    server: ArxivServer, clock: Clock, fault: Fault, told: str
) -> None:
    server.faults.append(fault)
    tally, error = asked(session(clock), server.url)
    assert isinstance(error, Spoiled)
    assert str(error) == told
    assert (tally.asked, clock.slept) == (1, [])


def test_a_body_that_trickles_for_too_long_is_spoiled(
    server: ArxivServer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polite, "SLOWEST", 1)
    server.faults.append(arxiv_server.slow_body(2.0))
    _, error = asked(session(clock, timeout=(5.0, 0.2)), server.url)
    assert isinstance(error, Spoiled)
    assert str(error) == "arXiv was still sending after 0.2 s"


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbread", "arXiv broke off in the middle of its answer"),
        (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nbread",
            "arXiv broke off in the middle of its answer",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nbread", "arXiv broke off in the middle of its answer"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 9\r\n\r\nbread", "the connection broke (2 tries)"),
        (b"bread", "the connection broke (2 tries)"),
        (b"", "the connection broke (2 tries)"),
    ],
)
def test_what_breaks_off_or_is_no_reply_is_told_without_the_insides_of_libraries(
    clock: Clock, raw: bytes, told: str
) -> None:
    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(10_000)
            self.request.sendall(raw)

    server = LocalServer(("127.0.0.1", 0), Handler)
    with serving(server):
        _, error = asked(session(clock, tries=2), f"{server.here}/")
    assert told in str(error)


def test_asking_for_less_counts_as_asking_again(server: ArxivServer, clock: Clock) -> None:
    tally = Tally()
    session(clock).get(server.url, "*/*", tally, smaller=True)
    assert (tally.asked, tally.retried) == (1, 1)


# --- another place ---------------------------------------------------------------------------------------------------


def test_arxiv_may_send_us_on_at_the_usual_pace(server: ArxivServer, clock: Clock) -> None:
    server.faults.append(arxiv_server.status(301, Location=f"{server.url}?id_list=1706.03762"))
    tally = Tally()
    assert b"1706.03762" in session(clock).get(server.url, "*/*", tally)
    assert (tally.asked, tally.retried, clock.slept) == (2, 0, [3.0])


def test_being_sent_on_for_ever_ends(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([arxiv_server.status(302, Location=server.url)] * 9)
    tally, error = asked(session(clock), server.url)
    assert str(error) == f"{server.url}: arXiv answered with HTTP 302; correct [watch] in survey-bot.toml"
    assert tally.asked == 4


@pytest.mark.parametrize("there", ["", "/elsewhere", "http://[bread", "file:///etc/hostname"])
def test_a_place_that_is_no_whole_web_address_is_not_followed(server: ArxivServer, clock: Clock, there: str) -> None:
    server.faults.append(arxiv_server.status(301, Location=there))
    tally, error = asked(session(clock), server.url)
    assert "HTTP 301" in str(error)
    assert tally.asked == 1


# --- other services --------------------------------------------------------------------------------------------------


def test_another_service_is_called_by_its_name_and_its_settings(server: ArxivServer, clock: Clock) -> None:
    server.faults.extend([arxiv_server.status(500)] * 2)
    _, error = asked(session(clock, tries=2, service="DBLP", section="[upkeep]"), server.url)
    assert str(error).endswith(
        "DBLP answered with HTTP 500 (2 tries); try again later, or check the network and [upkeep] in survey-bot.toml"
    )
