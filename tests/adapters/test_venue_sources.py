"""What DBLP, OpenReview and Semantic Scholar say of venues, in their formats, from a local server; with faults."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.adapters.polite import PoliteSession
from bot.adapters.venue_sources import Dblp, OpenReview, SemanticScholar
from bot.changes import Published
from bot.errors import SourceError, UnreachableError
from bot.models import Paper
from tests import web_server
from tests.conftest import quiet
from tests.web_server import Reply, Request, WebServer

TITLE = "LoafNet: Bread at the Edge of the Oven"
Source = Dblp | OpenReview | SemanticScholar


class World:
    """Three services that know what a test tells them; ``spoil`` takes their replies."""

    def __init__(self) -> None:
        self.hits: list[Any] = []
        self.notes: list[Any] = []
        self.entries: dict[str, Any] = {}
        self.spoil: Callable[[Request, Reply], Reply] = lambda _, reply: reply

    def answer(self, request: Request) -> Reply:
        if request.path == "/search/publ/api":
            count = {"@total": str(len(self.hits)), "@sent": str(len(self.hits))}
            hits = {**count, "hit": self.hits} if self.hits else count  # as DBLP does
            said: Any = {"result": {"status": {"@code": "200", "text": "OK"}, "hits": hits}}
        elif request.path == "/notes/search":
            said = {"notes": self.notes, "count": len(self.notes)}
        else:
            said = [self.entries.get(key) for key in json.loads(request.body)["ids"]]
        reply = Reply(200, json.dumps(said).encode(), (("Content-Type", "application/json"),))
        return self.spoil(request, reply)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def server(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    monkeypatch.setenv("NO_PROXY", "*")
    with web_server.serve(world.answer) as server:
        yield server


def door(kind: type[Source], server: WebServer, **options: Any) -> Source:
    given = {"delay": 0.0, "tries": 2, "sleep": lambda _: None, "timeout": (5.0, 5.0), **options}
    session = PoliteSession("baker@bread.example", service=kind.name, section="[upkeep]", **given)
    return kind(server.url("/search/publ/api" if kind is Dblp else ""), session)


def paper(paper_id: str = "2511.00001", title: str = TITLE, venue: str = "arXiv") -> Paper:
    return Paper(id=paper_id, title=title, year=2025, venue=venue, labels=("bread",), url="https://bread.example/")


def hit(title: str = f"{TITLE}.", venue: Any = "BakeConf", year: Any = "2025", **more: Any) -> dict[str, Any]:
    info = {"title": title, "venue": venue, "year": year, "type": "Conference and Workshop Papers", **more}
    return {"@score": "9", "@id": "1", "info": info}


def note(venue: Any, group: str = "BakeConf.cc/2025/Conference", title: str = TITLE) -> dict[str, Any]:
    content = {"title": {"value": title}, "venue": {"value": venue}, "venueid": {"value": group}}
    return {"id": "abc", "forum": "abc", "content": content}


def entry(title: str | None = TITLE, venue: Any = "International Conference on Baking", **more: Any) -> dict[str, Any]:
    return {"paperId": "1", "title": title, "venue": venue, "year": 2024, **more}


def said(source: Source, *papers: Paper) -> dict[str, Published]:
    return dict(source.published(papers or [paper()], quiet))


# --- DBLP ------------------------------------------------------------------------------------------------------------


def test_dblp_tells_venue_and_year(server: WebServer, world: World) -> None:
    world.hits = [hit()]
    quote = f"{TITLE}. BakeConf 2025"
    expected = Published(venue="BakeConf", year=2025, quote=quote, source="DBLP")
    assert said(door(Dblp, server)) == {"2511.00001": expected}


def test_dblp_is_asked_for_words_without_operators(server: WebServer, world: World) -> None:
    said(door(Dblp, server), paper(title="Bread | Loaf$: -crust author:me"))
    assert server.asked[0].query == {"q": "bread loaf crust author me", "h": "10", "c": "0", "format": "json"}


@pytest.mark.parametrize(
    "other",
    [
        hit(venue="CoRR", type="Informal and Other Publications"),
        hit(venue="CoRR", type="Journal Articles"),
        hit(title="LoafNet: Bread at the Edge of the Table."),
        hit(title=f"{TITLE} Revisited."),
        hit(type="Editorship"),
        hit(venue=None),
        hit(venue=[]),
        hit(venue="B" * 200),
        {"info": None},
        {"info": {"title": 7, "venue": {}, "type": []}},
        "bread",
        None,
    ],
)
def test_dblp_says_nothing_by_preprints_other_titles_and_nonsense(server: WebServer, world: World, other: Any) -> None:
    world.hits = [other]
    assert said(door(Dblp, server)) == {}


def test_dblp_title_differs_in_capitals_marks_and_entities_only(server: WebServer, world: World) -> None:
    world.hits = [hit(title="Loaf &amp; Bread - at the edge.")]
    assert said(door(Dblp, server), paper(title="LOAF & Bread: at the Edge"))["2511.00001"].venue == "BakeConf"


def test_of_several_venues_the_first_that_is_no_workshop_counts(server: WebServer, world: World) -> None:
    later, workshop = hit(venue="Bread Trans.", year="2026", type="Journal Articles"), hit(venue="BakeConf Workshops")
    world.hits = [workshop, later, hit()]
    assert said(door(Dblp, server))["2511.00001"].venue == "BakeConf"


def test_one_hit_alone_and_several_venues_of_it_are_understood(server: WebServer, world: World) -> None:
    world.hits = hit(venue=["BakeConf", "Lecture Notes"])  # type: ignore[assignment]
    assert said(door(Dblp, server))["2511.00001"].venue == "BakeConf"


def test_a_title_of_two_words_tells_no_papers_apart_and_is_not_asked(server: WebServer, world: World) -> None:
    assert said(door(Dblp, server), paper(title="Bread Net")) == {}
    assert server.asked == []


def test_papers_without_a_venue_are_asked_for_first(server: WebServer, world: World) -> None:
    listed = [paper("2511.00001", "Bread that has a venue", "BakeConf"), paper("2511.00002", "Bread that has none yet")]
    said(door(Dblp, server), *listed)
    assert [request.query["q"] for request in server.asked] == ["bread that has none yet", "bread that has a venue"]


# --- OpenReview ------------------------------------------------------------------------------------------------------


def test_openreview_tells_its_own_words(server: WebServer, world: World) -> None:
    world.notes = [note("BakeConf 2025 Poster")]
    expected = Published(venue="BakeConf 2025 Poster", year=2025, quote="BakeConf 2025 Poster", source="OpenReview")
    assert said(door(OpenReview, server)) == {"2511.00001": expected}
    words = {"term": TITLE, "content": "all", "group": "all", "source": "forum", "limit": "10"}
    assert server.asked[0].query == words


def test_the_group_tells_the_year_where_the_venue_does_not(server: WebServer, world: World) -> None:
    world.notes = [note("BakeConf Oral", "BakeConf.cc/2024/Conference")]
    assert said(door(OpenReview, server))["2511.00001"].year == 2024


def test_the_older_api_says_its_values_plainly(server: WebServer, world: World) -> None:
    world.notes = [{"content": {"title": TITLE, "venue": "BakeConf 2023 Poster", "venueid": "BakeConf.cc/2023"}}]
    assert said(door(OpenReview, server))["2511.00001"].venue == "BakeConf 2023 Poster"


@pytest.mark.parametrize(
    "other",
    [
        note("Submitted to BakeConf 2025"),
        note("BakeConf 2025 Conference Submission", "BakeConf.cc/2025/Conference/Submission"),
        note("BakeConf 2025 Conference Withdrawn Submission"),
        note("BakeConf 2025 Conference Desk Rejected Submission"),
        note("Rejected by Bread Journal"),
        note("Under review for Bread Journal"),
        note("Decision pending for Bread Journal"),
        note("BakeConf 2025", "BakeConf.cc/2025/Conference/Rejected_Submission"),
        note("OpenReview Archive Direct Upload", "OpenReview.net/Archive"),
        note("CoRR 2025", "dblp.org/journals/CORR/2025"),
        note("BakeConf 2025 Poster", title="Another Bread at the Edge of Nothing"),
        note(""),
        note(7),
        {"content": []},
        None,
    ],
)
def test_openreview_says_nothing_by_what_was_not_accepted(server: WebServer, world: World, other: Any) -> None:
    world.notes = [other]
    assert said(door(OpenReview, server)) == {}


# --- Semantic Scholar ------------------------------------------------------------------------------------------------


def test_semantic_scholar_tells_the_venue_and_no_year_that_may_be_the_preprints(
    server: WebServer, world: World
) -> None:
    world.entries = {"ARXIV:2511.00001": entry()}
    venue = "International Conference on Baking"
    expected = Published(venue=venue, year=None, quote=venue, source="Semantic Scholar")
    assert said(door(SemanticScholar, server)) == {"2511.00001": expected}


def test_semantic_scholar_is_asked_once_for_five_hundred_papers(server: WebServer, world: World) -> None:
    papers = [paper(f"2511.{number:05}") for number in range(1, 702)]
    world.entries = {"ARXIV:2511.00701": entry()}
    assert said(door(SemanticScholar, server), *papers, paper("slug")).keys() == {"2511.00701"}
    assert [len(json.loads(request.body)["ids"]) for request in server.asked] == [500, 201]
    assert server.asked[0].method == "POST"
    assert server.asked[0].headers["content-type"] == "application/json"
    assert server.asked[0].query == {"fields": "title,venue,year,publicationVenue,journal,externalIds"}


@pytest.mark.parametrize(
    "more", [{"publicationVenue": {"name": "Bread Letters"}}, {"journal": {"name": "Bread Letters"}}]
)
def test_where_the_venue_is_arxiv_the_journal_may_be_none(server: WebServer, world: World, more: Any) -> None:
    world.entries = {"ARXIV:2511.00001": entry(venue="arXiv.org", **more)}
    assert said(door(SemanticScholar, server))["2511.00001"].venue == "Bread Letters"


@pytest.mark.parametrize(
    "other",
    [
        entry(venue="arXiv.org", journal={"name": "ArXiv", "volume": "abs/2511.00001"}),
        entry(venue=""),
        entry(venue=None, publicationVenue=None, journal=None),
        entry(title="A wholly different loaf"),
        entry(title=None),
        entry(venue=["BakeConf"]),
        "bread",
        7,
        None,
    ],
)
def test_semantic_scholar_says_nothing_by_preprints_other_titles_and_nonsense(
    server: WebServer, world: World, other: Any
) -> None:
    world.entries = {"ARXIV:2511.00001": other}
    assert said(door(SemanticScholar, server)) == {}


# --- faults ----------------------------------------------------------------------------------------------------------

ALL = [Dblp, OpenReview, SemanticScholar]
BAD = {
    "a web page": lambda _: Reply(200, b"<!DOCTYPE html><html>Challenge</html>"),
    "cut JSON": lambda reply: Reply(200, reply.body[:-3]),
    "nothing": lambda _: Reply(200, b""),
    "no text": lambda _: Reply(200, b"\xff\xfe\x00"),
    "another type": lambda _: Reply(200, b'"bread"'),
    "a number": lambda _: Reply(200, b"7"),
    "an object": lambda _: Reply(200, b"{}"),
    "null": lambda _: Reply(200, b"null"),
    "deep nesting": lambda _: Reply(200, b"[" * 100_000),
    "500": lambda _: Reply(500),
    "400": lambda _: Reply(400, b'{"error": "bread"}'),
    "403": lambda _: Reply(403, b'{"name": "ChallengeRequiredError"}'),
    "429": lambda _: Reply(429, b"", (("Retry-After", "1"),)),
    "gzip that is none": lambda _: Reply(200, b"bread", (("Content-Encoding", "gzip"),)),
}


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("fault", BAD)
def test_a_bad_reply_is_told_in_one_sentence_with_the_name_of_the_service(
    server: WebServer, world: World, kind: type[Source], fault: str
) -> None:
    world.spoil = lambda _, reply: BAD[fault](reply)
    with pytest.raises(SourceError) as raised:
        said(door(kind, server))
    assert kind.name in str(raised.value)
    assert "arXiv" not in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("kind", ALL)
def test_a_service_that_is_busy_once_is_asked_again(server: WebServer, world: World, kind: type[Source]) -> None:
    world.hits, world.notes, world.entries = [hit()], [note("BakeConf 2025")], {"ARXIV:2511.00001": entry()}
    world.spoil = lambda _, reply: Reply(429, b"", (("Retry-After", "0"),)) if len(server.asked) == 1 else reply
    assert said(door(kind, server)).keys() == {"2511.00001"}


def papers(count: int) -> list[Paper]:
    return [paper(f"2511.{number:05}", f"Bread number {number}") for number in range(count)]


def test_one_paper_that_cannot_be_asked_costs_no_other(server: WebServer, world: World) -> None:
    def spoil(request: Request, _: Reply) -> Reply:
        title = request.query["q"]
        found = {"result": {"hits": {"hit": [hit(title=title)]}}}
        return Reply(500) if title.endswith(" 1") else Reply(200, json.dumps(found).encode())

    world.spoil = spoil
    found: list[str] = []
    with pytest.raises(SourceError, match="1 of 4 papers could not be asked"):
        found.extend(key for key, _ in door(Dblp, server).published(papers(4), quiet))
    assert found == ["2511.00000", "2511.00002", "2511.00003"]


def test_a_service_that_fails_three_times_in_a_row_is_left_alone(server: WebServer, world: World) -> None:
    world.spoil = lambda *_: Reply(400)
    with pytest.raises(SourceError):
        said(door(Dblp, server), *papers(50))
    assert len(server.asked) == 3


def test_a_service_that_wants_an_hour_of_peace_gets_it(server: WebServer, world: World) -> None:
    world.spoil = lambda *_: Reply(429, b"", (("Retry-After", "3600"),))
    with pytest.raises(UnreachableError, match="DBLP asks to be left alone until"):
        said(door(Dblp, server), *papers(50))
    assert len(server.asked) == 1


def test_a_question_that_is_sent_elsewhere_is_not_followed(server: WebServer, world: World) -> None:
    world.spoil = lambda *_: Reply(307, b"", (("Location", server.url("/elsewhere")),))
    with pytest.raises(SourceError, match="HTTP 307"):
        said(door(SemanticScholar, server))
    assert len(server.asked) == 1


def test_hidden_characters_of_a_venue_are_removed(server: WebServer, world: World) -> None:
    world.notes = [note("Bake\u202eConf\u200b 2025")]
    assert said(door(OpenReview, server))["2511.00001"].venue == "BakeConf 2025"
