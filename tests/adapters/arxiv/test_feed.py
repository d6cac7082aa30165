"""arXiv's feed of announcements: read over real HTTP, in the layout its own specification shows."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.adapters.arxiv.feed import ACCEPT, MOST, ArxivFeed
from bot.adapters.polite import PoliteSession
from bot.errors import SourceError, UnreachableError
from bot.models import Record
from bot.ports import Announced, Tally
from bot.settings import Watch
from tests import arxiv_server
from tests.arxiv_server import ArxivServer, Fault, Mailing, Preprint, Reply

THURSDAY = datetime(2026, 11, 19, 6, tzinfo=UTC)
EVENING = datetime(2026, 11, 19, 1, tzinfo=UTC)
"""When what is in Thursday's feed was announced: Wednesday, 20:00 in New York."""

LOAF = Preprint("2611.00001", title="A  Loaf\n that Rises", summary="Bread & butter,\n spread <thin>.")
RYE = Preprint("cs/0112017", title="Rye", summary="Older bread.", categories=("cs.LG", "cs.RO"), version=3)

ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>http://rss.arxiv.org/atom/cs.RO</id>
  <title>cs.RO updates on arXiv.org</title>
  <updated>2026-11-19T05:00:11.470592+00:00</updated>
  <link href="http://rss.arxiv.org/atom/cs.RO" rel="self" type="application/atom+xml"/>
  <subtitle>cs.RO updates on the arXiv.org e-print archive.</subtitle>
  <entry>
    <id>oai:arXiv.org:2611.00001v1</id>
    <title>A Loaf that Rises</title>
    <updated>2026-11-19T05:00:11.470703+00:00</updated>
    <link href="https://arxiv.org/abs/2611.00001" rel="alternate" type="text/html"/>
    <summary>arXiv:2611.00001v1 Announce Type: new
Abstract: Bread &amp; butter, spread &lt;thin&gt;.</summary>
    <category term="cs.RO"/>
    <published>2026-11-19T00:00:00-05:00</published>
    <arxiv:announce_type>new</arxiv:announce_type>
    <dc:creator>A. Baker, B. Miller</dc:creator>
  </entry>
  <entry>
    <id>oai:arXiv.org:cs/0112017v3</id>
    <title>Rye</title>
    <updated>2026-11-19T05:00:11.471009+00:00</updated>
    <link href="https://arxiv.org/abs/cs/0112017" rel="alternate" type="text/html"/>
    <summary>arXiv:cs/0112017v3 Announce Type: replace-cross
Abstract: Older bread.</summary>
    <category term="cs.LG"/>
    <category term="cs.RO"/>
    <published>2026-11-19T00:00:00-05:00</published>
    <arxiv:announce_type>replace-cross</arxiv:announce_type>
    <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
    <arxiv:journal_reference>J. Crust 1</arxiv:journal_reference>
    <dc:creator>A. Baker</dc:creator>
  </entry>
</feed>
"""

RSS = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:atom="http://www.w3.org/2005/Atom" version="2.0">
  <channel>
    <title>cs.RO updates on arXiv.org</title>
    <link>http://rss.arxiv.org/rss/cs.RO</link>
    <description>cs.RO updates on the arXiv.org e-print archive.</description>
    <atom:link href="http://rss.arxiv.org/rss/cs.RO" rel="self" type="application/rss+xml"/>
    <docs>http://www.rssboard.org/rss-specification</docs>
    <language>en-us</language>
    <lastBuildDate>Thu, 19 Nov 2026 05:00:11 +0000</lastBuildDate>
    <managingEditor>rss-help@arxiv.org</managingEditor>
    <pubDate>Thu, 19 Nov 2026 00:00:00 -0500</pubDate>
    <skipDays>
      <day>Saturday</day>
      <day>Sunday</day>
    </skipDays>
    <item>
      <title>A Loaf that Rises</title>
      <link>https://arxiv.org/abs/2611.00001</link>
      <description>arXiv:2611.00001v1 Announce Type: new
Abstract: Bread &amp; butter, spread &lt;thin&gt;.</description>
      <guid isPermaLink="false">oai:arXiv.org:2611.00001v1</guid>
      <category>cs.RO</category>
      <pubDate>Thu, 19 Nov 2026 00:00:00 -0500</pubDate>
      <arxiv:announce_type>new</arxiv:announce_type>
      <dc:creator>A. Baker, B. Miller</dc:creator>
    </item>
    <item>
      <title>Rye</title>
      <link>https://arxiv.org/abs/cs/0112017</link>
      <description>arXiv:cs/0112017v3 Announce Type: replace-cross
Abstract: Older bread.</description>
      <guid isPermaLink="false">oai:arXiv.org:cs/0112017v3</guid>
      <category>cs.LG</category>
      <category>cs.RO</category>
      <pubDate>Thu, 19 Nov 2026 00:00:00 -0500</pubDate>
      <arxiv:announce_type>replace-cross</arxiv:announce_type>
      <dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>
      <arxiv:journal_reference>J. Crust 1</arxiv:journal_reference>
      <dc:creator>A. Baker</dc:creator>
    </item>
  </channel>
</rss>
"""
"""Source of both layouts: https://info.arxiv.org/help/rss_specifications.html and the code behind the feed,
https://github.com/arXiv/arxiv-feed; the texts are invented."""

BOTH = pytest.mark.parametrize("document", [ATOM, RSS], ids=["atom", "rss"])

EXPECTED = [
    Announced(
        Record(
            id="2611.00001",
            version=1,
            title="A Loaf that Rises",
            abstract="Bread & butter, spread <thin>.",
            categories=("cs.RO",),
        ),
        "new",
    ),
    Announced(
        Record(id="cs/0112017", version=3, title="Rye", abstract="Older bread.", categories=("cs.LG", "cs.RO")),
        "replace-cross",
    ),
]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ArxivServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with arxiv_server.serve() as server:
        server.now = lambda: THURSDAY
        server.mailings = [Mailing(EVENING, [("new", LOAF), ("replace-cross", RYE)])]
        yield server


def sent(document: str) -> Fault:
    """The server sends this instead."""
    return lambda reply: Reply(200, document.encode(), reply.headers)


def read(server: ArxivServer, tally: Tally | None = None, at: datetime = THURSDAY, **options: Any) -> list[Announced]:
    watch = Watch(**{"feed": server.feed_url, "categories": ("cs.RO",), **options})
    session = PoliteSession("baker@bread.example", delay=0, timeout=(1.0, 0.3), tries=2, sleep=lambda _: None)
    return list(ArxivFeed(watch, session, now=lambda: at).read(tally if tally is not None else Tally()))


@BOTH
def test_an_announcement_is_a_paper_with_bare_id_version_plain_abstract_and_kind(
    server: ArxivServer, document: str
) -> None:
    server.feed_faults.append(sent(document))
    tally = Tally()
    assert read(server, tally) == EXPECTED
    assert tally == Tally(asked=1, got=2)


@pytest.mark.parametrize("kind", ["atom", "rss"])
def test_what_was_mailed_last_comes_in_either_format(server: ArxivServer, kind: str) -> None:
    address = server.feed_url.removesuffix("atom") + kind + "/"
    server.mailings.append(Mailing(EVENING + timedelta(days=1), [("cross", LOAF)]))
    assert read(server, feed=address) == EXPECTED
    friday = THURSDAY + timedelta(days=1)
    server.now = lambda: friday
    assert read(server, at=friday, feed=address) == [EXPECTED[0]._replace(kind="cross")]


def test_all_categories_are_asked_for_at_once_politely(server: ArxivServer) -> None:
    read(server, categories=("cs.RO", "q-bio.NC", "odd/one?"))
    (asked,) = server.asked
    assert asked["path"] == "/atom/cs.RO+q-bio.NC+odd%2Fone%3F"
    assert asked["accept"] == ACCEPT
    assert "baker@bread.example" in asked["user-agent"]


def test_a_weekend_has_no_announcements_and_that_is_no_failure(server: ArxivServer) -> None:
    saturday = THURSDAY + timedelta(days=2)
    server.now = lambda: saturday
    tally = Tally()
    assert read(server, tally, at=saturday) == []
    assert tally == Tally(asked=1)


SPOILED = [
    (arxiv_server.web_page, "arXiv answered with something that is not a whole feed"),
    (arxiv_server.garbage, "arXiv answered with something that is not a whole feed"),
    (arxiv_server.cut, "arXiv answered with something that is not a whole feed"),
    (arxiv_server.reset, "arXiv broke off in the middle of its answer"),
    (sent(""), "arXiv answered with something that is not a whole feed"),
    (sent("<rss version='2.0'/>"), "arXiv answered with something that is not a whole feed"),
    (sent("<!DOCTYPE feed [<!ENTITY a 'b'>]>" + ATOM.partition("\n")[2]), "something that is not a whole feed"),
]


@pytest.mark.parametrize(
    ("fault", "told"), SPOILED, ids=["web page", "garbage", "cut", "reset", "nothing", "no channel", "doctype"]
)
def test_what_is_no_whole_feed_is_asked_for_again_and_then_fails_but_is_never_nothing_new(
    server: ArxivServer, fault: Fault, told: str
) -> None:
    server.feed_faults.extend([fault, fault])
    tally = Tally()
    assert read(server, tally) == EXPECTED
    assert (tally.asked, tally.retried) == (3, 2)
    server.feed_faults.extend([fault, fault, fault])
    with pytest.raises(UnreachableError, match=told) as caught:
        read(server)
    assert str(caught.value).startswith(f"{server.feed_url}/cs.RO: ")
    assert "(3 tries)" in str(caught.value)


def test_before_every_further_try_there_is_a_longer_pause(server: ArxivServer) -> None:
    pauses: list[float] = []
    session = PoliteSession("", delay=0, sleep=pauses.append, random=lambda: 0.5)
    server.feed_faults.extend([arxiv_server.web_page] * 2)
    assert list(ArxivFeed(Watch(feed=server.feed_url), session, now=lambda: THURSDAY).read(Tally())) == EXPECTED
    assert pauses == [5.0, 10.0]


def test_a_server_that_stays_busy_is_told_with_all_that_was_asked_of_it(server: ArxivServer) -> None:
    server.feed_faults.extend([arxiv_server.status(503)] * 2)
    tally = Tally()
    with pytest.raises(UnreachableError, match=r"HTTP 503 \(2 tries\)"):
        read(server, tally)
    assert (tally.asked, tally.retried, tally.got) == (2, 1, 0)


def test_what_arxiv_refuses_is_not_asked_again(server: ArxivServer) -> None:
    server.feed_faults.append(arxiv_server.status(400))
    tally = Tally()
    with pytest.raises(SourceError, match=r"HTTP 400.*correct \[watch\] in survey-bot\.toml"):
        read(server, tally)
    assert tally.asked == 1


@BOTH
def test_a_feed_that_tells_an_error_is_one_although_it_came_well(server: ArxivServer, document: str) -> None:
    head, _, rest = document.partition("<entry>" if document is ATOM else "<item>")
    tail = rest.rpartition("</entry>" if document is ATOM else "</item>")[2]
    told = head.replace("cs.RO updates on the arXiv.org e-print archive.", "Bad archive 'cs.BREAD'.")
    told = told.replace("cs.RO updates on arXiv.org", "Feed error for query: http://rss.arxiv.org/cs.BREAD")
    server.feed_faults.append(sent(told + tail))
    with pytest.raises(SourceError) as caught:
        read(server)
    assert str(caught.value) == (
        f"{server.feed_url}/cs.RO: arXiv refused the request (Bad archive 'cs.BREAD'.); "
        "correct [watch] in survey-bot.toml"
    )


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_a_feed_in_another_encoding_is_read(server: ArxivServer, encoding: str) -> None:
    document = ATOM.replace("UTF-8", encoding).replace("Older bread", "Älteres Brot")
    server.feed_faults.append(lambda reply: reply._replace(body=document.encode(encoding)))
    assert [one.record.abstract for one in read(server)][1] == "Älteres Brot."


@BOTH
@pytest.mark.parametrize(
    ("text", "missing"),
    [("Rye", "title"), ("\nAbstract: Older bread.", "abstract"), (" Older bread.", "abstract")],
)
def test_a_paper_without_title_or_abstract_is_noted_and_the_others_come(
    server: ArxivServer, document: str, text: str, missing: str
) -> None:
    server.feed_faults.append(sent(document.replace(text, "")))
    tally = Tally()
    assert read(server, tally) == EXPECTED[:1]
    assert tally.incomplete == {"cs/0112017": f"arXiv announced cs/0112017 without its {missing}"}
    assert tally.got == 2


@BOTH
def test_a_paper_without_an_id_fails_the_feed_after_all_others_came(server: ArxivServer, document: str) -> None:
    server.feed_faults.append(sent(document.replace("oai:arXiv.org:2611.00001v1", "oai:arXiv.org:loaf")))
    tally = Tally()
    coming = ArxivFeed(Watch(feed=server.feed_url), PoliteSession("", delay=0), now=lambda: THURSDAY).read(tally)
    assert next(coming) == EXPECTED[1]
    with pytest.raises(SourceError, match="of 2 announcements 1 came without the id of a paper; try again later"):
        next(coming)
    assert tally.got == 1


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("<arxiv:announce_type>cross</arxiv:announce_type>", "cross"),
        ("", "replace-cross"),  # as the text says
        ("<arxiv:announce_type>baked</arxiv:announce_type>", "new"),  # never to be passed over
    ],
)
def test_the_kind_is_what_the_feed_says_and_otherwise_new(server: ArxivServer, said: str, kind: str) -> None:
    document = ATOM.replace("<arxiv:announce_type>replace-cross</arxiv:announce_type>", said)
    server.feed_faults.append(sent(document))
    assert read(server)[1].kind == kind


def test_a_full_feed_may_be_cut(server: ArxivServer) -> None:
    head, rest = ATOM.split("  <entry>\n", 1)
    entry = "  <entry>\n" + rest.split("  <entry>\n", maxsplit=1)[0]
    for count, noted in ((MOST - 1, []), (MOST, [f"arXiv's feed holds {MOST} papers, as many as it ever does"])):
        entries = "".join(entry.replace("2611.00001", f"2611.{n:05}") for n in range(1, count + 1))
        server.feed_faults.append(sent(f"{head}{entries}</feed>"))
        tally = Tally()
        assert len(read(server, tally)) == tally.got == count
        assert [note.partition(":")[0] for note in tally.notes] == noted


def test_where_one_feed_has_no_room_for_all_categories_each_is_asked_for(server: ArxivServer) -> None:
    head, rest = ATOM.split("  <entry>\n", 1)
    entry = "  <entry>\n" + rest.split("  <entry>\n", maxsplit=1)[0]
    full = "".join(entry.replace("2611.00001", f"2611.{n:05}") for n in range(1, MOST + 1))
    server.feed_faults.extend([sent(f"{head}{full}</feed>"), sent(ATOM), sent(RSS)])
    tally = Tally()
    assert read(server, tally, categories=("cs.RO", "cs.LG")) == [*EXPECTED, *EXPECTED]
    assert [asked["path"] for asked in server.asked] == ["/atom/cs.RO+cs.LG", "/atom/cs.RO", "/atom/cs.LG"]
    assert (tally.asked, tally.got, tally.notes) == (3, 2, [])


@BOTH
def test_a_feed_that_is_no_longer_written_is_noted(server: ArxivServer, document: str) -> None:
    written = datetime(2026, 11, 19, 5, tzinfo=UTC)
    for at, notes in (
        (written + timedelta(days=4), []),
        (
            written + timedelta(days=4, minutes=1),
            ["arXiv's feed is of 2026-11-19: arXiv has stopped writing it, or there were holidays"],
        ),
    ):
        server.feed_faults.append(sent(document))
        tally = Tally()
        assert read(server, tally, at=at) == EXPECTED
        assert tally.notes == notes


@pytest.mark.parametrize("day", ["Thu, 19 Nov 2026 05:00:00 -0000", "2026-11-19T05:00:00"])
def test_a_day_without_a_time_zone_is_one_of_utc(server: ArxivServer, day: str) -> None:
    server.feed_faults.append(sent(RSS.replace("Thu, 19 Nov 2026 00:00:00 -0500", day, 1)))
    tally = Tally()
    assert read(server, tally) == EXPECTED
    assert tally.notes == []


@pytest.mark.parametrize("day", ["", "today", "Thu, 99 Nov 2026 00:00:00 -0500"])
def test_a_feed_without_a_day_is_noted(server: ArxivServer, day: str) -> None:
    server.feed_faults.append(sent(RSS.replace("Thu, 19 Nov 2026 00:00:00 -0500", day, 1)))
    tally = Tally()
    assert read(server, tally) == EXPECTED
    assert tally.notes == ["arXiv's feed does not say of which day it is"]
