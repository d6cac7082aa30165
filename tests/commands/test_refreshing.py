"""A refresh from end to end: a local arXiv, the real archive and ledger, a real git repository, and what people do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot import yaml_format
from bot.adapters.archive import RecordArchive
from bot.adapters.arxiv.api import ArxivApi
from bot.adapters.ledger_file import LedgerFile
from bot.adapters.local.changesets import LocalChangesets
from bot.adapters.polite import PoliteSession
from bot.adapters.shelf import Shelf
from bot.changes import Outcome, Published, Stage
from bot.commands.refreshing import lines
from bot.errors import SourceError
from bot.models import Library, Paper
from bot.pipeline import asking, refreshing
from bot.pipeline.refreshing import Desk, RefreshReport, Sighting, Sources
from bot.ports import LinkAnswer
from bot.settings import Watch
from tests import arxiv_server
from tests.arxiv_server import ArxivServer, Preprint
from tests.conftest import quiet
from tests.fabricated import LIBRARY, PAPERS
from tests.repositories import git, new_repository

FOLDER = "taxonomy/papers"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
START, DRY, STEAM = "2501.00001", "2502.00003", "2503.00005"
TODAY = "survey-bot/refresh.2026-11-23"


class World:
    """A repository with the bread survey, an arXiv that knows its papers, and refreshes."""

    def __init__(self, folder: Path, server: ArxivServer) -> None:
        self.repository, self.server, self.now = new_repository(folder / "survey"), server, NOW
        self.shelf = Shelf(self.repository / "taxonomy")
        self.shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in PAPERS.values():
            self.shelf.save_paper(paper)
        git(self.repository, "add", ".")
        git(self.repository, "commit", "--quiet", "-m", "The list")
        self.ledger = LedgerFile(folder / "ledger" / "ledger.jsonl")
        self.cache = folder / "cache"

    def refresh(self, **more: object) -> RefreshReport:
        """One refresh of today."""
        return self.ask(self.look(**more))

    def look(self, **more: object) -> Sighting:
        settings = Watch(api=self.server.url)
        api = ArxivApi(settings, session=PoliteSession("", delay=0.0))
        sources = Sources(RecordArchive(self.cache, api.fetch), quiet, **more)  # type: ignore[arg-type]
        return refreshing.look(self.shelf.load(), sources, lambda: self.now)

    def ask(self, sighting: Sighting) -> RefreshReport:
        desk = Desk(LocalChangesets(self.repository, "main"), self.ledger, FOLDER)
        return refreshing.ask(self.shelf.load(), desk, sighting, lambda: self.now)

    def says(self, paper_id: str, **facts: object) -> None:
        """What arXiv says of a paper from now on."""
        place = next(place for place, one in enumerate(self.server.papers) if one.id == paper_id)
        self.server.papers[place] = replace(self.server.papers[place], **facts)  # type: ignore[arg-type]

    def paper(self, paper_id: str, commit: str = "main") -> Paper:
        text = git(self.repository, "show", f"{commit}:{FOLDER}/{paper_id}.yaml") + "\n"
        return yaml_format.read_paper(text, paper_id, paper_id).get()

    def merge(self, branch: str = TODAY) -> None:
        git(self.repository, "merge", "--quiet", "--no-ff", "-m", "Merge", branch)

    def outcomes(self) -> dict[tuple[str, str], Outcome]:
        return {(one.change.paper, one.change.key): one.outcome for one in self.ledger.decisions()}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("NO_PROXY", "*")
    papers = [
        Preprint(key, title=paper.title, summary="We bake.", published=datetime(2025, 1, 2, tzinfo=UTC))
        for key, paper in PAPERS.items()
        if key[0].isdigit()
    ]
    with arxiv_server.serve(*papers) as server:
        yield World(tmp_path, server)


def test_where_arxiv_says_what_the_list_says_nothing_is_asked(world: World) -> None:
    report = world.refresh()
    assert (report.pull, report.changes, report.sighting.doubts) == (None, (), ())
    assert report.sighting.papers == 6


def test_a_venue_comes_as_one_commit_of_one_file_with_the_evidence_quoted(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026. 8 pages.")
    report = world.refresh()
    assert report.pull
    assert report.pull.branch == TODAY
    assert [(one.key, one.old, one.new) for one in report.changes] == [
        ("venue", "arXiv", "IROS"),
        ("year", "2025", "2026"),
    ]
    assert (world.paper(STEAM, TODAY).venue, world.paper(STEAM, TODAY).year) == ("IROS", 2026)
    assert git(world.repository, "diff", "--name-only", f"main...{TODAY}") == f"{FOLDER}/{STEAM}.yaml"
    page = (
        (world.repository / report.pull.where).read_text()
        if not Path(report.pull.where).is_absolute()
        else Path(report.pull.where).read_text()
    )
    assert "Accepted to IROS 2026" in page


def test_each_paper_is_a_commit_so_that_one_can_be_dropped_and_what_was_dropped_does_not_return(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.says(DRY, comment="Accepted at CoRL 2025")
    world.refresh()
    assert len(git(world.repository, "rev-list", f"main..{TODAY}").split()) == 2
    dropped = git(world.repository, "log", "--format=%H", "-1", TODAY, "--", f"{FOLDER}/{STEAM}.yaml")
    git(world.repository, "switch", "--quiet", TODAY)
    git(world.repository, "revert", "--no-edit", dropped)
    git(world.repository, "switch", "--quiet", "main")
    world.merge()
    report = world.refresh()
    assert world.paper(DRY).venue == "CoRL"
    assert world.outcomes() == {
        (DRY, "venue"): Outcome.ACCEPTED,
        (STEAM, "venue"): Outcome.REFUSED,
        (STEAM, "year"): Outcome.REFUSED,
    }
    assert (report.pull, report.refused) == (None, 2)


def test_a_closed_pull_request_refuses_all_of_it_for_good(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.refresh()
    git(world.repository, "branch", "-D", TODAY)
    report = world.refresh()
    assert (report.pull, report.refused) == (None, 2)
    assert set(world.outcomes().values()) == {Outcome.REFUSED}


def test_another_venue_than_the_refused_one_is_asked_anew(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.refresh()
    git(world.repository, "branch", "-D", TODAY)
    world.says(STEAM, comment="Accepted to CoRL 2026")
    report = world.refresh()
    assert [(one.key, one.new) for one in report.changes] == [("venue", "CoRL")]
    assert report.pull
    assert report.pull.branch == f"{TODAY}-2"


def test_an_open_pull_request_is_brought_up_to_date_and_no_second_one_is_opened(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.refresh()
    world.says(DRY, comment="Accepted at CoRL 2025")
    world.now = NOW.replace(day=30)
    report = world.refresh()
    assert report.pull
    assert report.pull.branch == TODAY
    assert {one.paper for one in report.changes} == {STEAM, DRY}
    assert len(git(world.repository, "for-each-ref", "refs/heads/survey-bot/").splitlines()) == 1


def test_a_branch_that_people_have_worked_on_is_left_as_it_is(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.refresh()
    git(world.repository, "switch", "--quiet", TODAY)
    git(world.repository, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    git(world.repository, "switch", "--quiet", "main")
    mine = git(world.repository, "rev-parse", TODAY)
    world.says(DRY, comment="Accepted at CoRL 2025")
    report = world.refresh()
    assert report.pull
    assert report.pull.touched
    assert git(world.repository, "rev-parse", TODAY) == mine
    assert "people have worked on it" in " ".join(report.notes)


def test_what_a_person_changed_meanwhile_is_not_overwritten(world: World) -> None:
    world.says(STEAM, title="VapourLoaf: Steam Injection in Ovens at Home", comment="Accepted to IROS 2026")
    sighting = world.look()
    world.shelf.save_paper(PAPERS[STEAM].model_copy(update={"venue": "ICRA"}))
    git(world.repository, "commit", "--quiet", "-a", "-m", "By hand")
    report = world.ask(sighting)
    assert [one.key for one in report.changes] == ["title"]  # the year is that of the other venue
    assert world.paper(STEAM, TODAY).venue == "ICRA"
    assert "people have changed it meanwhile" in " ".join(report.notes)


def test_of_two_files_that_a_person_changed_meanwhile_both_stand_and_what_still_fits_is_asked(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.says(DRY, title="DryDose: Yeast, Weighed Twice", comment="Accepted at CoRL 2025")
    world.refresh()
    sighting = world.look()
    world.shelf.save_paper(PAPERS[STEAM].model_copy(update={"venue": "ICRA", "year": 2026}))
    world.shelf.save_paper(PAPERS[DRY].model_copy(update={"venue": "ICRA"}))
    git(world.repository, "commit", "--quiet", "-a", "-m", "By hand")
    report = world.ask(sighting)
    assert [(one.paper, one.key) for one in report.changes] == [(DRY, "title")]
    assert (world.paper(STEAM, TODAY).venue, world.paper(DRY, TODAY).venue) == ("ICRA", "ICRA")
    told = [note for note in report.notes if "people have changed it meanwhile" in note]
    assert [note.partition(":")[0] for note in told] == [DRY, STEAM]


def test_a_new_version_under_an_id_that_vanished_is_not_taken_for_the_paper(world: World) -> None:
    world.look()
    world.server.papers = [one for one in world.server.papers if one.id != DRY]
    world.server.papers.append(Preprint("2611.00009", title=PAPERS[DRY].title, comment="Accepted at CoRL 2025"))
    report = world.refresh()
    assert (report.pull, report.changes) == (None, ())
    assert dict(report.sighting.doubts).keys() == {DRY}


def test_a_branch_that_a_person_renamed_refuses_nothing(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.refresh()
    git(world.repository, "branch", "-m", TODAY, "mine")
    report = world.refresh()
    assert (report.answer.outcome, report.refused, report.settled) == (asking.Outcome.LEFT, 0, ())
    world.merge("mine")
    world.refresh()
    assert set(world.outcomes().values()) == {Outcome.ACCEPTED}


def test_a_paper_removed_meanwhile_is_not_brought_back(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    sighting = world.look()
    git(world.repository, "rm", "--quiet", f"{FOLDER}/{STEAM}.yaml")
    git(world.repository, "commit", "--quiet", "-m", "Gone")
    assert world.ask(sighting).pull is None


def test_a_withdrawn_paper_leaves_the_list_by_its_own_commit(world: World) -> None:
    world.says(STEAM, comment="This paper has been withdrawn by the authors")
    report = world.refresh()
    assert [(one.key, one.new) for one in report.changes] == [("file", "removed")]
    world.merge()
    assert not (world.repository / FOLDER / f"{STEAM}.yaml").exists()
    world.refresh()
    assert world.outcomes() == {(STEAM, "file"): Outcome.ACCEPTED}


def test_an_id_that_is_another_paper_on_arxiv_is_doubted_and_nothing_of_it_is_taken_over(world: World) -> None:
    world.says(STEAM, title="A Theory of Roundabouts in Cities", comment="Accepted to IROS 2026")
    report = world.refresh()
    assert report.pull is None
    ((paper, sentence),) = report.sighting.doubts
    assert paper == STEAM
    assert "correct the id" in sentence


def test_capitals_and_punctuation_of_a_title_are_the_maintainers_own(world: World) -> None:
    world.says(STEAM, title="VAPOURLOAF - Steam injection in home ovens")
    assert world.refresh().pull is None


def test_an_id_that_vanished_is_told_and_stops_nothing(world: World) -> None:
    world.look()  # so that the paper is in the cache
    world.server.papers = [one for one in world.server.papers if one.id != DRY]
    world.says(STEAM, comment="Accepted to IROS 2026")
    report = world.refresh()
    assert (DRY, "arXiv does not know this id any more") in report.sighting.doubts
    assert {one.paper for one in report.changes} == {STEAM}
    assert not report.sighting.failures


def test_an_arxiv_that_is_down_is_a_failure_and_never_nothing_new(world: World) -> None:
    world.refresh()
    world.server.always = arxiv_server.status(404)
    report = world.refresh()
    assert report.sighting.failures
    assert report.pull is None


def test_nonsense_in_a_comment_changes_nothing(world: World) -> None:
    world.says(
        STEAM,
        comment="\u202e\u200bAccepted!!! | ** to ]( \x07 ROBOTS 20255 \u0645\u0631\u062d\u0628\u0627 🎉🎉",
        title=PAPERS[STEAM].title,
    )
    assert world.refresh().pull is None


def test_a_workshop_is_not_the_conference(world: World) -> None:
    world.says(STEAM, comment="Accepted to the Workshop on Crusts at CoRL 2025")
    assert [one.new for one in world.refresh().changes] == ["CoRL Workshop"]


def test_a_link_is_proposed_where_there_was_none(world: World) -> None:
    world.says(STEAM, summary="We bake. Our code is available at https://github.com/baker/vapourloaf.")
    report = world.refresh()
    assert [(one.key, one.new) for one in report.changes] == [("code", "https://github.com/baker/vapourloaf")]


def test_what_was_refused_is_remembered_though_a_person_replaced_the_words(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    (page,) = (world.repository / ".survey-bot" / "changes").glob("*.md")
    page.write_text("mine\n", encoding="utf-8")
    git(world.repository, "branch", "-D", TODAY)
    report = world.refresh()
    assert ({one.outcome for one in report.settled}, report.changes) == ({Outcome.REFUSED}, ())


def test_a_link_that_was_refused_does_not_come_again_in_another_spelling(world: World) -> None:
    world.says(STEAM, summary="We bake. Our code is available at https://github.com/baker/vapourloaf.")
    world.refresh()
    git(world.repository, "branch", "-D", TODAY)
    world.says(STEAM, summary="We bake. Our code is available at http://www.github.com/Baker/VapourLoaf.git .")
    report = world.refresh()
    assert (report.changes, report.refused) == ((), 1)
    world.says(STEAM, summary="We bake. Our code is available at https://github.com/baker/another.")
    assert [one.new for one in world.refresh().changes] == ["https://github.com/baker/another"]


def test_links_are_asked_only_on_request_and_a_moved_one_is_replaced(world: World) -> None:
    class Web:
        notes = ("links-1.sqlite: it is damaged",)

        def check(self, urls: list[str], progress: object) -> Iterator[tuple[str, LinkAnswer]]:
            for url in urls:
                moved = url == "https://git.example/fire"
                yield url, LinkAnswer("moved", "https://git.example/flame") if moved else LinkAnswer("gone", why="404")

    world.says("2501.00001")
    assert not world.refresh().changes
    report = world.refresh(links=Web())
    assert [(one.paper, one.old, one.new) for one in report.changes] == [
        ("brickdome", "https://git.example/fire", "https://git.example/flame")
    ]
    assert any("is dead" in sentence for _, sentence in report.sighting.doubts)
    assert "note: links-1.sqlite: it is damaged" in lines(report, world.shelf.load())


def test_others_are_asked_for_venues_in_order_and_a_broken_one_costs_only_itself(world: World) -> None:
    class Says:
        name = "DBLP"

        def published(self, papers: object, progress: object) -> Iterator[tuple[str, Published]]:
            yield STEAM, Published(venue="Conference on Robot Learning", year=2025, quote="CoRL 2025", source="DBLP")

    class Broken:
        name = "OpenReview"

        def published(self, papers: object, progress: object) -> Iterator[tuple[str, Published]]:
            raise SourceError("it is down", where="OpenReview")
            yield

    report = world.refresh(opinions=(Broken(), Says()))
    assert [(one.new, one.source) for one in report.changes] == [("CoRL", "DBLP")]
    assert report.sighting.failures == ("OpenReview: it is down",)


def test_what_is_handed_over_is_checked_before_anything_is_asked(world: World) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    told = world.look().model_dump()
    told["changes"][0]["new"] = "IROS\nlabels: [steam]"
    with pytest.raises(ValueError, match="one line"):
        Sighting.model_validate(told)


def test_one_that_people_made_needless_by_hand_is_closed_and_counts_as_accepted(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    world.shelf.save_paper(PAPERS[STEAM].model_copy(update={"venue": "CoRL"}))
    git(world.repository, "commit", "--quiet", "-a", "-m", "By hand")
    assert world.refresh().pull is None
    found = LocalChangesets(world.repository, "main").all("refresh")
    assert Stage.OPEN not in {one.stage for one in found}
    world.refresh()
    assert world.outcomes() == {(STEAM, "venue"): Outcome.ACCEPTED}


def test_a_refresh_of_many_papers_asks_arxiv_once_for_every_hundred(world: World) -> None:
    library: Library = world.shelf.load()
    for number in range(144):
        world.shelf.save_paper(PAPERS[STEAM].model_copy(update={"id": f"2504.{number:05}", "title": f"Loaf {number}"}))
    assert len(world.shelf.load().papers) == len(library.papers) + 144
    world.server.papers += [Preprint(f"2504.{number:05}", title=f"Loaf {number}") for number in range(144)]
    assert world.look().papers == 150
    assert len(world.server.asked) == 2


def test_what_has_no_room_in_one_pull_request_waits_for_the_next(world: World) -> None:
    for number in range(60):
        world.shelf.save_paper(PAPERS[STEAM].model_copy(update={"id": f"2504.{number:05}", "title": f"Loaf {number}"}))
    git(world.repository, "add", ".")
    git(world.repository, "commit", "--quiet", "-m", "More")
    comment = f"Accepted to CoRL 2025. {'8 pages, many figures of crusts. ' * 9}"
    world.server.papers += [
        Preprint(f"2504.{number:05}", title=f"Loaf {number}", comment=comment) for number in range(60)
    ]
    report = world.refresh()
    assert len({one.paper for one in report.changes}) + report.waiting == 60
    assert report.waiting >= 10
    world.merge()
    world.now = NOW.replace(day=30)
    assert len(world.refresh().changes) == report.waiting


def test_an_arxiv_that_is_down_takes_nothing_out_of_an_open_pull_request(world: World, tmp_path: Path) -> None:
    world.says(STEAM, comment="Accepted to IROS 2026")
    world.refresh()
    before = git(world.repository, "rev-parse", TODAY)
    world.server.always, world.cache = arxiv_server.status(404), tmp_path / "lost"
    report = world.refresh()
    assert report.sighting.papers == 0
    assert git(world.repository, "rev-parse", TODAY) == before
    assert world.outcomes() == {(STEAM, "venue"): Outcome.PROPOSED, (STEAM, "year"): Outcome.PROPOSED}
    assert next(lines(report, world.shelf.load())).startswith("arXiv was not read to the end")


def test_a_link_that_was_found_on_request_stays_when_links_are_not_asked_or_do_not_answer_the_next_time(
    world: World,
) -> None:
    class Web:
        notes = ()

        def __init__(self, answer: LinkAnswer) -> None:
            self.answer = answer

        def check(self, urls: list[str], progress: object) -> Iterator[tuple[str, LinkAnswer]]:
            yield "https://git.example/fire", self.answer

    world.refresh(links=Web(LinkAnswer("moved", "https://git.example/flame")))
    assert [one.new for one in world.refresh().changes] == ["https://git.example/flame"]
    silent = Web(LinkAnswer("unknown", why="the time for links in a run is over"))
    assert [one.new for one in world.refresh(links=silent).changes] == ["https://git.example/flame"]
    assert not world.refresh(links=Web(LinkAnswer("fine"))).changes


def test_what_was_merged_is_not_taken_for_refused_while_its_file_cannot_be_read(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    git(world.repository, "merge", "-q", TODAY)
    file = world.repository / f"taxonomy/papers/{STEAM}.yaml"
    fine = file.read_text(encoding="utf-8")
    file.write_text("title: [", encoding="utf-8")
    git(world.repository, "commit", "-qam", "A slip")
    file.write_text(fine, encoding="utf-8")  # the work tree is right, and the base branch is not
    assert world.refresh().settled == ()
    git(world.repository, "commit", "-qam", "Mended")
    assert {one.outcome for one in world.refresh().settled} == {Outcome.ACCEPTED}


def test_what_the_bot_closes_because_arxiv_says_it_no_more_is_not_refused(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    world.says(STEAM, comment=None)
    assert "so it was closed" in " ".join(world.refresh().notes)
    assert world.refresh().settled == ()
    world.says(STEAM, comment="Accepted to CoRL 2025")
    assert [one.new for one in world.refresh().changes] == ["CoRL"]


def test_one_that_people_closed_and_opened_again_is_left_open(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    tip = git(world.repository, "rev-parse", TODAY)
    git(world.repository, "branch", "-D", TODAY)
    assert world.refresh().refused == 1
    git(world.repository, "branch", TODAY, tip)
    for _ in range(2):
        assert [one.new for one in world.refresh().changes] == ["CoRL"]
    assert git(world.repository, "rev-parse", TODAY) == tip


def test_what_people_undo_after_they_merged_it_does_not_come_again(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    world.merge()
    world.refresh()
    world.shelf.save_paper(PAPERS[STEAM])
    git(world.repository, "add", ".")
    git(world.repository, "commit", "--quiet", "-m", "Undone")
    for _ in range(2):
        assert (report := world.refresh()).pull is None
        assert report.refused == 1


def test_a_year_falls_with_the_refused_venue_whose_words_it_is_from(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    git(world.repository, "branch", "-D", TODAY)
    world.says(STEAM, comment="Accepted to CoRL 2026")
    assert world.refresh().pull is None


def test_a_pull_request_that_was_left_alone_is_not_told_as_if_it_held_the_changes(world: World) -> None:
    world.says(STEAM, comment="Accepted to CoRL 2025")
    world.refresh()
    git(world.repository, "switch", "--quiet", TODAY)
    git(world.repository, "commit", "--quiet", "--allow-empty", "-m", "Mine")
    git(world.repository, "switch", "--quiet", "main")
    world.says(DRY, comment="Accepted at CoRL 2025")
    report = world.refresh()
    assert report.changes == ()
    assert "2 papers that would change wait" in " ".join(report.notes)


def test_a_name_that_people_put_before_a_title_is_theirs(world: World) -> None:
    world.says(STEAM, title="Steam Injection in Home Ovens")
    assert world.refresh().pull is None


def test_the_name_people_say_stays_where_the_new_title_has_none(world: World) -> None:
    world.says(STEAM, title="Steam Injection in Small Home Ovens")
    world.refresh()
    paper = world.paper(STEAM, TODAY)
    assert (paper.title, paper.short_name) == ("Steam Injection in Small Home Ovens", "VapourLoaf")


def test_a_paper_of_one_name_with_quite_another_title_is_the_same_paper(world: World) -> None:
    world.says(STEAM, title="VapourLoaf: A Theory of Crusts")
    assert [(one.key, one.new) for one in world.refresh().changes] == [("title", "VapourLoaf: A Theory of Crusts")]


def test_what_no_change_can_mend_stands_in_the_pull_request_too(world: World) -> None:
    world.says(STEAM, title="@all <b>Roundabouts</b> | in Cities")
    world.says(DRY, comment="Accepted at CoRL 2025")
    report = world.refresh()
    assert report.pull
    page = Path(report.pull.where).read_text(encoding="utf-8")
    assert "@&#8203;all &lt;b&gt;Roundabouts&lt;/b&gt; \\| in Cities" in page.partition("Look at these too")[2]


def forged(**facts: str) -> Sighting:
    told = {"paper": STEAM, "key": "venue", "old": "arXiv", "new": "CoRL", "quote": "CoRL", "source": "arXiv comment"}
    return Sighting.model_validate({"started": NOW, "papers": 1, "changes": [told | facts]})


def test_a_forged_plan_reaches_no_file_but_those_of_listed_papers(world: World) -> None:
    with pytest.raises(ValidationError, match="is no paper's id"):
        forged(paper="../../README")
    for paper in ("taxonomy", "2509.99999"):
        report = world.ask(forged(paper=paper))
        assert report.pull is None
        assert "left out: 1 change" in " ".join(report.notes)


def test_a_forged_plan_puts_no_words_of_its_own_into_a_commit(world: World) -> None:
    world.ask(forged(source="arXiv\n\nFixes #12 [skip ci]", quote="\x1b[2J@all"))
    message = git(world.repository, "log", "-1", "--format=%B", TODAY)
    assert "\x1b" not in message
    assert not {"#12", "[skip ci]", "@all"} & {word for line in message.splitlines() for word in line.split()}
    assert "[skip" not in message
