"""Whether links still lead anywhere, asked of a local web server."""

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.link_cache import FILE
from bot.adapters.link_checker import LinkChecker
from bot.adapters.link_requests import is_public
from bot.ports import LinkAnswer
from tests import web_server
from tests.conftest import quiet
from tests.web_server import Reply, Request, WebServer

FINE = LinkAnswer("fine")
Pages = dict[str, Reply | Callable[[Request], Reply]]


def lookup(host: str, port: int, **_: Any) -> list[Any]:
    """Every host is this machine, but for those that are not."""
    if host.startswith("nowhere"):
        raise socket.gaierror(socket.EAI_NONAME, "no such host")
    if host.startswith("lost"):
        raise socket.gaierror(socket.EAI_AGAIN, "try again")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def to(there: str, status: int = 301) -> Reply:
    return Reply(status, b"", (("Location", there),))


@pytest.fixture
def pages() -> Pages:
    """What the server has; everything else is 404."""
    return {"/loaf": Reply(), "/crumb": Reply()}


@pytest.fixture
def server(pages: Pages) -> Iterator[WebServer]:
    def answer(request: Request) -> Reply:
        page = pages.get(request.path, Reply(404, b"no"))
        return page if isinstance(page, Reply) else page(request)

    with web_server.serve(answer) as server:
        yield server


def checker(folder: Path, **options: Any) -> LinkChecker:
    given = {"pace": 0.0, "public": lambda address: True, "resolve": lookup, "timeout": 5.0, **options}
    return LinkChecker("baker@bread.example", folder, **given)


def one(folder: Path, url: str, **options: Any) -> LinkAnswer:
    [(asked, answer)] = checker(folder, **options).check([url], quiet)
    assert asked == url
    return answer


def methods(server: WebServer, path: str) -> list[str]:
    return [request.method for request in server.asked if request.path == path]


# --- verdicts --------------------------------------------------------------------------------------------------------


def test_a_page_that_is_there_is_fine(server: WebServer, tmp_path: Path) -> None:
    assert one(tmp_path, server.url("/loaf")) == FINE


def test_the_bot_says_who_it_is(server: WebServer, tmp_path: Path) -> None:
    one(tmp_path, server.url("/loaf"))
    assert all(request.headers["user-agent"].startswith("survey-bot/") for request in server.asked)
    assert all(request.headers["user-agent"].endswith(" (baker@bread.example)") for request in server.asked)


@pytest.mark.parametrize("status", [404, 410])
def test_what_says_twice_that_it_is_not_there_is_gone(
    server: WebServer, pages: Pages, tmp_path: Path, status: int
) -> None:
    pages["/old"] = Reply(status)
    assert one(tmp_path, server.url("/old")) == LinkAnswer("gone", why=f"it answers HTTP {status}")
    assert methods(server, "/old") == ["HEAD", "GET"]


def test_a_404_to_head_alone_is_no_404(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/loaf"] = lambda request: Reply(404 if request.method == "HEAD" else 206)
    assert one(tmp_path, server.url("/loaf")) == FINE


def test_where_head_is_refused_one_byte_is_asked_for(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/loaf"] = lambda request: Reply(405 if request.method == "HEAD" else 206)
    assert one(tmp_path, server.url("/loaf")) == FINE
    assert server.asked[-1].headers["range"] == "bytes=0-0"


def test_where_head_is_refused_a_404_must_be_said_by_two_gets(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/old"] = lambda request: Reply(405 if request.method == "HEAD" else 404)
    assert one(tmp_path, server.url("/old")).state == "gone"
    assert methods(server, "/old") == ["HEAD", "GET", "GET"]


def test_a_repository_that_is_not_there_may_be_private(pages: Pages, server: WebServer, tmp_path: Path) -> None:
    answer = one(tmp_path, server.url("/baker/loaf", "github.com"))
    assert answer == LinkAnswer("gone", why="it answers HTTP 404: removed, renamed or made private")


def test_a_host_that_nobody_knows_is_gone(tmp_path: Path) -> None:
    assert one(tmp_path, "https://nowhere.bread/") == LinkAnswer("gone", why="there is no host nowhere.bread")


def test_without_a_network_no_host_is_known_and_none_is_gone(tmp_path: Path) -> None:
    def nothing(host: str, port: int, **_: Any) -> list[Any]:
        raise socket.gaierror(socket.EAI_NONAME, "no such host")

    answer = one(tmp_path, "https://nowhere.bread/", resolve=nothing)
    assert answer == LinkAnswer("unknown", why="the host nowhere.bread could not be looked up")


def test_a_host_that_cannot_be_looked_up_now_is_unknown(tmp_path: Path) -> None:
    assert one(tmp_path, "https://lost.bread/").state == "unknown"


@pytest.mark.parametrize("status", [400, 401, 403, 418, 429, 451, 500, 502, 503])
def test_whatever_else_goes_wrong_says_nothing_of_the_page(
    server: WebServer, pages: Pages, tmp_path: Path, status: int
) -> None:
    pages["/loaf"] = Reply(status)
    assert one(tmp_path, server.url("/loaf")) == LinkAnswer("unknown", why=f"it answers HTTP {status}")


def test_a_page_that_takes_too_long_is_unknown(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    asleep = threading.Event()

    def slow(_: Request) -> Reply:
        asleep.wait(5)
        return Reply()

    pages["/loaf"] = slow
    answer = one(tmp_path, server.url("/loaf"), timeout=0.2)
    asleep.set()
    assert answer == LinkAnswer("unknown", why="it did not answer within 0.2 s")


def test_a_robots_txt_that_trickles_in_is_cut(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/robots.txt"] = Reply(200, b"#" * 200, drip=0.05)
    answer = one(tmp_path, server.url("/loaf"), whole=0.3)
    assert answer == LinkAnswer("unknown", why="it did not answer within 0.3 s")


def test_what_does_not_speak_http_is_unknown(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def babble() -> None:
            with contextlib.suppress(OSError):  # the second may never be fetched
                for _ in range(2):
                    talk, _address = listening.accept()
                    talk.sendall(b"\x00\x01 bread\r\n\r\n")
                    talk.close()

        threading.Thread(target=babble, daemon=True).start()
        answer = one(tmp_path, f"http://127.0.0.1:{port}/loaf")
    assert answer == LinkAnswer("unknown", why="it could not be reached, or did not answer as the web does")


def test_a_server_without_a_good_certificate_is_unknown(server: WebServer, tmp_path: Path) -> None:
    answer = one(tmp_path, server.url("/loaf").replace("http:", "https:"))
    assert answer == LinkAnswer("unknown", why="its certificate was not accepted")


@pytest.mark.parametrize("url", ["ftp://bread.example/", "javascript:1", "http://", "http://[::1", "http://a..b/", "x"])
def test_what_is_no_web_address_is_unknown(tmp_path: Path, url: str) -> None:
    assert one(tmp_path, url).state == "unknown"


def test_an_address_with_a_password_is_not_asked(server: WebServer, tmp_path: Path) -> None:
    assert one(tmp_path, server.url("/loaf").replace("//", "//me:secret@")).state == "unknown"
    assert server.asked == []


# --- floods ----------------------------------------------------------------------------------------------------------

ODD = LinkAnswer("unknown", why="it could not be reached, or did not answer as the web does")


def flooded(folder: Path, flood: Callable[[socket.socket], None], **options: Any) -> LinkAnswer:
    """What is said of a page whose server allows all and then, asked for the page, does this to who asks."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                talk, _address = listening.accept()
                with talk:
                    talk.recv(9_000)
                    talk.sendall(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")
                while True:
                    talk, _address = listening.accept()
                    with talk, contextlib.suppress(OSError):  # nobody reads to the end
                        talk.settimeout(0.5)
                        talk.recv(9_000)
                        flood(talk)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        answer = one(folder, f"http://127.0.0.1:{listening.getsockname()[1]}/loaf", **options)
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    assert not thread.is_alive()
    return answer


def test_a_flood_of_headers_is_not_read(tmp_path: Path) -> None:
    headers = b"".join(b"X-Crumb-%d: crumb\r\n" % number for number in range(50_000))
    assert flooded(tmp_path, lambda talk: talk.sendall(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n")) == ODD


def test_a_header_of_ten_megabytes_is_not_read(tmp_path: Path) -> None:
    head = b"HTTP/1.1 301 Gone\r\nLocation: /" + b"a" * 10_000_000 + b"\r\n\r\n"
    assert flooded(tmp_path, lambda talk: talk.sendall(head)) == ODD


def test_a_server_that_says_for_ever_that_it_goes_on_is_cut(tmp_path: Path) -> None:
    def go_on(talk: socket.socket) -> None:
        while True:
            talk.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000)

    answer = flooded(tmp_path, go_on, whole=0.3)
    assert answer == LinkAnswer("unknown", why="it did not answer within 0.3 s")


def test_a_body_of_ten_megabytes_is_not_read(tmp_path: Path) -> None:
    sent = list[int]()

    def pour(talk: socket.socket) -> None:
        talk.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n")
        for _ in range(50):
            talk.sendall(b"b" * 1_000_000)
            sent.append(1)

    assert flooded(tmp_path, pour) == FINE
    assert len(sent) < 40  # what the network itself holds


def test_of_a_robots_txt_of_ten_megabytes_the_beginning_holds(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/robots.txt"] = Reply(200, b"User-agent: *\nDisallow: /loaf\n" + b"# crumb\n" * 1_250_000)
    assert one(tmp_path, server.url("/loaf")).why == "its robots.txt does not want bots there, so it was not asked"


# --- redirects -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 308])
def test_what_leads_elsewhere_for_good_has_moved(server: WebServer, pages: Pages, tmp_path: Path, status: int) -> None:
    pages["/old"] = to("/loaf", status)
    assert one(tmp_path, server.url("/old")) == LinkAnswer("moved", now=server.url("/loaf"))


@pytest.mark.parametrize("status", [302, 303, 307])
def test_what_leads_elsewhere_for_now_is_fine(server: WebServer, pages: Pages, tmp_path: Path, status: int) -> None:
    pages["/old"] = to("/loaf", status)
    assert one(tmp_path, server.url("/old")) == FINE


def test_one_step_for_now_and_it_has_not_moved(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages |= {"/old": to("/older"), "/older": to("/loaf", 302)}
    assert one(tmp_path, server.url("/old")) == FINE


def test_what_leads_to_nothing_is_gone(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/old"] = to("/nothing")
    why = f"it leads to {server.url('/nothing')}, which answers HTTP 404"
    assert one(tmp_path, server.url("/old")) == LinkAnswer("gone", why=why)


def test_what_leads_to_a_busy_page_is_unknown(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages |= {"/old": to("/busy"), "/busy": Reply(503)}
    assert one(tmp_path, server.url("/old")).state == "unknown"


@pytest.mark.parametrize("there", ["/", "/login?next=old", "/sign_in", "//accounts.bread.example:{port}/loaf"])
def test_the_start_page_and_the_door_are_not_where_a_page_has_moved_to(
    server: WebServer, pages: Pages, tmp_path: Path, there: str
) -> None:
    pages |= {"/": Reply(), "/login": Reply(), "/sign_in": Reply()}
    pages["/old"] = to(there.format(port=server.server_port))
    assert one(tmp_path, server.url("/old")).state == "unknown"


def test_another_spelling_of_the_same_address_is_no_move(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages |= {"/oven": to("/oven/"), "/oven/": Reply()}
    assert one(tmp_path, server.url("/oven")) == FINE


def test_five_moves_are_followed_and_no_more(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages |= {f"/{n}": to(f"/{n + 1}") for n in range(6)} | {"/6": Reply()}
    assert one(tmp_path, server.url("/1")) == LinkAnswer("moved", now=server.url("/6"))
    assert one(tmp_path, server.url("/0")) == LinkAnswer("unknown", why="it leads on more than 5 times")


NOWHERE = ["", "/old", "http://[", "ftp://bread.example/", "//me:secret@127.0.0.1/loaf", "file:///etc/passwd"]
NOWHERE += [
    "javascript:1",
    "data:text/html,bread",
    "gopher://127.0.0.1:25/x",
    "http://127.0.0.1:99999/",
    "/" + "a" * 9_000,
]


@pytest.mark.parametrize("there", NOWHERE)
def test_a_redirect_that_cannot_be_followed_is_unknown(
    server: WebServer, pages: Pages, tmp_path: Path, there: str
) -> None:
    pages["/old"] = to(there)
    assert one(tmp_path, server.url("/old")).state == "unknown"
    assert [request.path for request in server.asked] == ["/robots.txt", "/old"]


def test_two_that_lead_to_each_other_are_left_after_a_few_steps(
    server: WebServer, pages: Pages, tmp_path: Path
) -> None:
    pages |= {"/old": to("/older"), "/older": to("/old")}
    assert one(tmp_path, server.url("/old")) == LinkAnswer("unknown", why="it leads on more than 5 times")
    assert len(server.asked) == 7


def test_an_address_that_no_list_could_hold_is_no_new_one(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages |= {"/old": to("/a|b"), "/a%7Cb": Reply(), "/a|b": Reply()}
    assert one(tmp_path, server.url("/old")).state == "unknown"


# --- private networks ------------------------------------------------------------------------------------------------


def test_this_machine_is_not_asked(server: WebServer, tmp_path: Path) -> None:
    answer = one(tmp_path, server.url("/loaf"), public=is_public)
    assert answer == LinkAnswer("unknown", why="the host 127.0.0.1 is inside a private network, so it is not asked")
    assert server.asked == []


def test_a_name_that_stands_for_this_machine_is_not_asked(server: WebServer, tmp_path: Path) -> None:
    assert one(tmp_path, server.url("/loaf", "bread.example"), public=is_public).state == "unknown"
    assert server.asked == []


INSIDE = [
    "http://169.254.169.254/latest/meta-data/",
    "http://127.0.0.2:{port}/loaf",
    "http://2130706434:{port}/loaf",
    "http://0x7f000002:{port}/loaf",
    "http://0177.2:{port}/loaf",
    "http://[::1]:{port}/loaf",
    "http://[::ffff:127.0.0.2]:{port}/loaf",
    "http://[::127.0.0.2]:{port}/loaf",
    "http://10.0.0.1/loaf",
    "http://[fd00::1]/loaf",
    "//metadata.bread.example:{port}/loaf",
]
"""Places inside a network, in the disguises that a redirect may wear."""


def this_is_the_internet(address: str) -> bool:
    """The server of a test stands for the internet, and nothing else on this machine does."""
    return address == "127.0.0.1" or is_public(address)


def by_hand(host: str, port: int, **options: Any) -> list[Any]:
    """Names are this machine or its cloud's; numbers are what they are."""
    if host.startswith("bread") or host == "crumb.example":
        return lookup(host, port)
    if host.startswith("metadata"):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", port))]
    return list(socket.getaddrinfo(host, port, **options))


def outside(folder: Path, url: str) -> LinkAnswer:
    return one(folder, url, public=this_is_the_internet, resolve=by_hand)


@pytest.mark.parametrize("there", INSIDE)
def test_a_redirect_into_a_private_network_is_not_followed(
    server: WebServer, pages: Pages, tmp_path: Path, there: str
) -> None:
    pages["/old"] = to(there.format(port=server.server_port))
    answer = outside(tmp_path, server.url("/old", "bread.example"))
    assert answer.state == "unknown"
    assert answer.why.endswith(" is inside a private network, so it is not asked")
    assert [request.path for request in server.asked] == ["/robots.txt", "/old"]


def test_a_redirect_into_a_private_network_behind_a_good_one_is_not_followed(
    server: WebServer, pages: Pages, tmp_path: Path
) -> None:
    pages |= {"/old": to(server.url("/older", "crumb.example")), "/older": to("http://169.254.169.254/")}
    answer = outside(tmp_path, server.url("/old", "bread.example"))
    assert answer.why == "the host 169.254.169.254 is inside a private network, so it is not asked"


def test_a_robots_txt_that_leads_into_a_private_network_is_not_followed(
    server: WebServer, pages: Pages, tmp_path: Path
) -> None:
    pages["/robots.txt"] = to("http://169.254.169.254/")
    answer = outside(tmp_path, server.url("/loaf", "bread.example"))
    assert answer.why == "the host 169.254.169.254 is inside a private network, so it is not asked"
    assert methods(server, "/loaf") == []


def test_a_robots_txt_that_leads_to_a_host_that_is_not_there_does_not_make_the_page_dead(
    server: WebServer, pages: Pages, tmp_path: Path
) -> None:
    pages["/robots.txt"] = to("http://nowhere.bread/robots.txt")
    answer = one(tmp_path, server.url("/loaf"))
    assert answer == LinkAnswer("unknown", why="its robots.txt leads elsewhere, and there is no host nowhere.bread")


def test_a_name_that_becomes_a_private_address_between_two_requests_is_not_asked(
    server: WebServer, tmp_path: Path
) -> None:
    found = iter(["127.0.0.1"])

    def turning(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(found, "10.0.0.1"), port))]

    url = server.url("/loaf", "bread.example")
    assert one(tmp_path, url, public=this_is_the_internet, resolve=turning).state == "unknown"
    assert [request.path for request in server.asked] == ["/robots.txt"]


def test_a_name_with_one_private_address_among_others_is_not_asked(server: WebServer, tmp_path: Path) -> None:
    def both(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.1", "10.0.0.1")]

    url = server.url("/loaf", "bread.example")
    assert one(tmp_path, url, public=this_is_the_internet, resolve=both).state == "unknown"
    assert server.asked == []


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "192.168.1.1",
    "172.16.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.1",
    "224.0.0.1",
]
PRIVATE += [
    "::7f00:1",
    "64:ff9b:1::7f00:1",
    "fec0::1",
    "::1",
    "fe80::1%eth0",
    "fc00::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::7f00:1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_known_in_every_disguise(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["140.82.112.3", "2606:50c0:8000::153", "::ffff:140.82.112.3"])
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(address)


# --- manners ---------------------------------------------------------------------------------------------------------


def test_what_robots_txt_forbids_is_not_asked(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/robots.txt"] = Reply(200, b"User-agent: *\nDisallow: /loaf\n")
    urls = [server.url("/loaf"), server.url("/crumb")]
    answers = dict(checker(tmp_path).check(urls, quiet))
    assert answers[urls[0]].why == "its robots.txt does not want bots there, so it was not asked"
    assert answers[urls[1]] == FINE
    assert methods(server, "/loaf") == []


def test_robots_txt_is_read_once_per_host(server: WebServer, tmp_path: Path) -> None:
    list(checker(tmp_path).check([server.url("/loaf"), server.url("/crumb")], quiet))
    assert methods(server, "/robots.txt") == ["GET"]


def test_a_robots_txt_that_cannot_be_read_forbids_everything(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/robots.txt"] = Reply(500)
    assert one(tmp_path, server.url("/loaf")).why == "it answers HTTP 500 when asked for its robots.txt"
    assert methods(server, "/loaf") == []


def test_a_host_is_asked_once_in_the_pace_whichever_link_is_asked(server: WebServer, tmp_path: Path) -> None:
    urls = [server.url("/loaf"), server.url("/crumb"), server.url("/loaf", "localhost")]
    list(checker(tmp_path, pace=0.5).check(urls, quiet))
    times = sorted(request.at for request in server.asked if request.headers["host"].startswith("127"))
    assert all(later - earlier > 0.25 for earlier, later in pairwise(times))  # a busy machine is late, unevenly


def test_a_host_that_is_busy_is_left_alone_for_as_long_as_it_asks(
    server: WebServer, pages: Pages, tmp_path: Path
) -> None:
    pages["/busy"] = Reply(429, b"", (("Retry-After", "600"),))
    urls = [server.url("/busy"), server.url("/loaf")]
    answers = dict(checker(tmp_path, minutes=1).check(urls, quiet))
    assert answers[urls[1]] == LinkAnswer("unknown", why="the time for links in a run (1 minutes) is over")
    assert methods(server, "/loaf") == []


def test_when_the_time_is_over_every_link_still_gets_an_answer(server: WebServer, tmp_path: Path) -> None:
    urls = [server.url(f"/{n}") for n in range(50)]
    answers = dict(checker(tmp_path, minutes=0.3 / 60, pace=0.1).check(urls, quiet))
    assert answers.keys() == set(urls)
    assert len(server.asked) < 10


def test_who_stops_listening_does_not_wait_for_the_rest(server: WebServer, tmp_path: Path) -> None:
    answers = checker(tmp_path, pace=0.2).check([server.url(f"/{n}") for n in range(100)], quiet)
    next(answers)
    answers.close()  # type: ignore[attr-defined]
    assert len(server.asked) < 10


def test_an_address_is_asked_once_however_often_it_is_listed(server: WebServer, tmp_path: Path) -> None:
    assert len(list(checker(tmp_path).check([server.url("/loaf")] * 3, quiet))) == 1
    assert methods(server, "/loaf") == ["HEAD"]


# --- memory ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_remembered_for_a_week(server: WebServer, tmp_path: Path) -> None:
    first = one(tmp_path, server.url("/loaf"), clock=lambda: 0.0)
    asked = len(server.asked)
    assert one(tmp_path, server.url("/loaf"), clock=lambda: 6.9 * 86_400) == first
    assert len(server.asked) == asked
    one(tmp_path, server.url("/loaf"), clock=lambda: 7.1 * 86_400)
    assert len(server.asked) > asked


def test_what_is_unknown_is_asked_again(server: WebServer, pages: Pages, tmp_path: Path) -> None:
    pages["/loaf"] = Reply(503)
    one(tmp_path, server.url("/loaf"))
    pages["/loaf"] = Reply()
    assert one(tmp_path, server.url("/loaf")) == FINE


def test_a_damaged_memory_is_started_afresh(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"bread" * 1000)
    door = checker(tmp_path)
    assert list(door.check([server.url("/loaf")], quiet)) == [(server.url("/loaf"), FINE)]
    aside = (tmp_path / FILE).with_suffix(".damaged")
    told = f"{tmp_path / FILE}: the cache of links was damaged and is started afresh; the old is {aside}"
    assert door.notes == [told]
    one(tmp_path, server.url("/loaf"))
    assert sqlite3.connect(tmp_path / FILE).execute("SELECT count(*) FROM answers").fetchone() == (1,)


def test_without_a_place_for_the_memory_links_are_asked_all_the_same(server: WebServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("bread")
    door = checker(tmp_path / "file")
    assert list(door.check([server.url("/loaf")], quiet)) == [(server.url("/loaf"), FINE)]
    assert len(door.notes) == 1
