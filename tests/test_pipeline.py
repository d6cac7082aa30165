"""A run from end to end: real repository, ledger and index; only sources and vectors are made up."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest

from bot.adapters.archive import RecordArchive
from bot.adapters.dry_run_forge import DryRunForge
from bot.adapters.ledger_file import LedgerFile
from bot.adapters.local.forge import LocalForge
from bot.adapters.shelf import Shelf
from bot.check import check
from bot.errors import EmbedderError, ForgeError, LedgerError, SourceError
from bot.fates import Fate, Pull, RunReport, State
from bot.judge import EmbeddedJudge
from bot.models import Judgement, Library, Opinion, Proposal, Record
from bot.opinion.advisor import Advisor
from bot.pipeline import Parts, run
from bot.ports import Forge, Judge, Ledger, Memory, Neighbour, Past, Progress, Reading, Source
from bot.settings import Lanes, Scope, Settings, TermGroup
from tests.fabricated import LIBRARY, RECORDS, candidate
from tests.fake_embedder import FakeEmbedder
from tests.repositories import git, new_repository
from vectorstore.index import ChromaMemory

STEAM = candidate(
    "2611.90001", "SteamBox: Steam Injection", "Steam injection keeps the crust soft. Water vapour is held by a lid."
)
YEAST = candidate(
    "2611.90002", "TinyDose", "We dose instant yeast: few cultivated yeast cells raise the loaf with less flour."
)
DOUBTFUL = candidate("2611.90003", "A Loaf", "On bread and other things of the table.")
BOATS = candidate("2611.90004", "Boats", "We plan the path of a boat under tides.")
ALL = (STEAM, YEAST, DOUBTFUL, BOATS)


class ListSource:
    """Gives these records, then breaks off if told to."""

    name, notes = "a list", ()

    def __init__(self, *records: Record, broken: bool = False, problems: Iterable[str] = ()) -> None:
        self.given, self.broken, self.problems = records, broken, problems

    def records(self, on_problem: Callable[[str], None]) -> Iterator[Record]:
        for problem in self.problems:
            on_problem(problem)
        yield from self.given
        if self.broken:
            raise SourceError("the line is dead", where="a list", remedy="try again later")


class House:
    """A survey of bread on disk, and runs of the bot over it."""

    def __init__(self, folder: Path, progress: Progress) -> None:
        self.folder, self.progress = folder, progress
        self.repository = new_repository(folder / "survey")
        self.shelf = Shelf(self.repository / "taxonomy")
        self.shelf.save_taxonomy(LIBRARY.taxonomy)
        for paper in LIBRARY.papers.values():
            self.shelf.save_paper(paper)
        git(self.repository, "add", ".")
        git(self.repository, "commit", "--quiet", "-m", "The survey")
        self.ledger: Ledger = LedgerFile(folder / "ledger.jsonl")
        self.forge: Forge = LocalForge(self.repository, "main")
        self.archive = RecordArchive(folder / "records")
        self.archive.keep(RECORDS.values())
        self.memories: list[Memory] = []
        self.advisor: Advisor | None = None
        self.days = 0

    def memory(self) -> Memory:
        made = ChromaMemory(FakeEmbedder(), None, "", "bread", key_file=self.folder / "key")
        self.memories.append(made)
        return made

    def run(
        self,
        *sources: Source,
        memory: Callable[[], Memory] | None = None,
        judge: Callable[[Library, Settings], Judge] = EmbeddedJudge,
        on_judged: Callable[[Fate], None] = lambda fate: None,
        asked_for: tuple[str, ...] = (),
    ) -> RunReport:
        self.days += 1
        library = self.shelf.load()
        settings = Settings(
            file=self.repository / "survey-bot.toml",
            scope=Scope(
                groups={
                    "bread": TermGroup(terms=("bread", "loaf*", "crust", "dough"), required=True),
                    "means": TermGroup(terms=("steam", "yeast", "starter"), enough=1),
                    "subject": TermGroup(terms=("crust", "yeast", "table"), enough=1),
                },
            ),
            lanes=Lanes(right=0.5),
        )
        parts = Parts(
            sources=sources,
            archive=self.archive,
            memory=memory or self.memory,
            judge=judge(library, settings),
            advisor=self.advisor,
            forge=self.forge,
            ledger=self.ledger,
            progress=self.progress,
            papers_folder="taxonomy/papers",
            on_judged=on_judged,
        )
        moment = datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=self.days)
        return run(
            library,
            parts,
            run=f"run-{self.days}",
            now=lambda: moment,
            asked_for=dict.fromkeys(asked_for, "a human asked for it"),
        )

    def states(self) -> dict[str, State]:
        return {paper_id: fate.state for paper_id, fate in LedgerFile(self.folder / "ledger.jsonl").fates().items()}

    def branches(self) -> list[str]:
        return git(self.repository, "for-each-ref", "--format=%(refname:short)", "refs/heads/survey-bot").split()


@pytest.fixture
def house(tmp_path: Path, progress: Progress) -> House:
    return House(tmp_path, progress)


def adds_up(report: RunReport) -> bool:
    before = report.listed + report.known + report.early
    judged = report.skipped + report.asked + report.proposed + report.held + report.failed
    return before + judged == report.seen


def test_every_seen_paper_gets_one_fate_and_those_that_belong_a_pull_request(house: House) -> None:
    report = house.run(ListSource(*ALL, RECORDS["2503.00005"]))
    assert house.states() == {
        STEAM.id: State.PROPOSED,
        YEAST.id: State.PROPOSED,
        DOUBTFUL.id: State.ASKED,
        BOATS.id: State.SKIPPED,
    }
    assert house.branches() == [f"survey-bot/{STEAM.id}", f"survey-bot/{YEAST.id}"]
    assert (report.listed, report.early, report.asked, report.proposed) == (1, 1, 1, 2)
    assert adds_up(report)
    assert report.failures == ()


def test_a_paper_lands_in_the_class_whose_words_it_speaks(house: House) -> None:
    house.run(ListSource(STEAM, YEAST))
    fates = house.ledger.fates()
    assert (fates[STEAM.id].labels, fates[YEAST.id].labels) == (("steam",), ("bakers-yeast",))


def test_a_proposal_adds_exactly_one_file_that_loads_as_the_paper(house: House) -> None:
    house.run(ListSource(STEAM))
    changed = git(house.repository, "diff", "--name-status", "main...survey-bot/2611.90001")
    assert changed == "A\ttaxonomy/papers/2611.90001.yaml"
    git(house.repository, "merge", "--quiet", "survey-bot/2611.90001")
    assert house.shelf.load().papers[STEAM.id].title == STEAM.title


def test_a_merged_proposal_passes_the_check_as_it_stands_on_disk(house: House) -> None:
    house.run(ListSource(STEAM))
    git(house.repository, "merge", "--quiet", "survey-bot/2611.90001")
    assert check(house.shelf.read_files(), 2026) == []


def test_running_twice_opens_nothing_twice_and_does_not_even_open_the_memory(house: House) -> None:
    house.run(ListSource(*ALL))
    again = house.run(ListSource(*ALL))
    assert (again.known, again.seen) == (4, 4)
    assert len(house.memories) == 1
    assert len(house.branches()) == 2


def test_a_revision_of_a_listed_or_a_known_paper_is_no_new_paper(house: House) -> None:
    house.run(ListSource(STEAM))
    revised = [record.model_copy(update={"version": 7}) for record in (STEAM, RECORDS["2501.00001"])]
    report = house.run(ListSource(*revised))
    assert (report.known, report.listed, report.seen) == (1, 1, 2)


def test_a_paper_of_two_sources_is_judged_once(house: House) -> None:
    report = house.run(ListSource(STEAM), ListSource(STEAM))
    assert (report.seen, report.proposed) == (1, 1)


def test_a_merged_a_corrected_and_a_closed_proposal_are_learned_and_respected(house: House) -> None:
    third = candidate("2611.90005", "VapourLid", "A lid and steam injection keep the crust soft with water vapour.")
    house.run(ListSource(STEAM, YEAST, third))
    git(house.repository, "merge", "--quiet", "--no-edit", f"survey-bot/{STEAM.id}")
    git(house.repository, "switch", "--quiet", f"survey-bot/{YEAST.id}")
    file = house.repository / "taxonomy" / "papers" / f"{YEAST.id}.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("bakers-yeast", "sourdough"), encoding="utf-8")
    git(house.repository, "commit", "--quiet", "-am", "It is about a starter")
    git(house.repository, "switch", "--quiet", "main")
    git(house.repository, "merge", "--quiet", "--no-edit", f"survey-bot/{YEAST.id}")
    git(house.repository, "branch", "--quiet", "-D", f"survey-bot/{third.id}")
    report = house.run(ListSource(STEAM, YEAST, third))
    assert (report.listed, report.known, report.proposed) == (2, 1, 0)
    assert [(fate.id, fate.state) for fate in report.learned] == [
        (STEAM.id, State.ACCEPTED),
        (YEAST.id, State.CORRECTED),
        (third.id, State.REJECTED),
    ]
    assert house.states() == {STEAM.id: State.ACCEPTED, YEAST.id: State.CORRECTED, third.id: State.REJECTED}


def test_a_branch_a_human_committed_to_is_left_alone(house: House) -> None:
    house.run(ListSource(STEAM))
    git(house.repository, "switch", "--quiet", f"survey-bot/{STEAM.id}")
    (house.repository / "remark.txt").write_text("mine", encoding="utf-8")
    git(house.repository, "add", ".")
    git(house.repository, "commit", "--quiet", "-m", "A remark")
    before = git(house.repository, "rev-parse", f"survey-bot/{STEAM.id}")
    (house.folder / "ledger.jsonl").unlink()  # even when the bot forgets that it was here
    house.run(ListSource(STEAM))
    assert git(house.repository, "rev-parse", f"survey-bot/{STEAM.id}") == before


def test_losing_the_ledger_costs_work_but_opens_nothing_twice(house: House) -> None:
    house.run(ListSource(*ALL))
    (house.folder / "ledger.jsonl").unlink()
    report = house.run(ListSource(*ALL))
    assert (report.proposed, report.known) == (0, 2)
    assert len(house.branches()) == 2


def test_a_dry_run_leaves_no_trace(house: House) -> None:
    shown: list[Proposal] = []
    house.forge = DryRunForge(shown.append)
    report = house.run(ListSource(*ALL))
    assert [proposal.paper.id for proposal in shown] == [STEAM.id, YEAST.id]
    assert (report.dry, report.proposed) == (True, 2)
    assert (house.states(), house.branches()) == ({}, [])


def test_what_a_source_gave_before_it_broke_is_judged_and_the_failure_told(house: House) -> None:
    report = house.run(ListSource(STEAM, broken=True), ListSource(YEAST))
    assert report.proposed == 2
    assert [str(failure.message) for failure in report.failures] == ["a list: the line is dead; try again later"]


def test_unreadable_records_are_counted_and_the_first_ten_told(house: House) -> None:
    report = house.run(ListSource(STEAM, problems=[f"line {number} is odd" for number in range(25)]))
    assert (report.unreadable, report.proposed) == (25, 1)
    assert [note for note in report.notes if "is odd" in note] == [f"line {number} is odd" for number in range(10)]


def test_without_a_model_every_candidate_is_due_again_and_found_by_the_next_run_alone(house: House) -> None:
    def no_memory() -> Memory:
        raise EmbedderError("no model here", remedy="install one")

    report = house.run(ListSource(*ALL), memory=no_memory)
    assert (report.failed, report.early) == (3, 1)
    assert adds_up(report)
    assert house.states()[STEAM.id] is State.SEEN
    later = house.run(ListSource())  # the source does not name them any more
    assert (later.proposed, later.asked) == (2, 1)


def test_a_forge_that_refuses_one_paper_opens_the_others_and_that_one_later(house: House) -> None:
    class Refusing(LocalForge):
        def open(self, proposal: Proposal) -> Pull:
            if proposal.paper.id == STEAM.id:
                raise ForgeError("not today", where="the forge")
            return super().open(proposal)

    honest, house.forge = house.forge, Refusing(house.repository, "main")
    report = house.run(ListSource(STEAM, YEAST))
    assert (report.proposed, report.failed) == (1, 1)
    assert house.ledger.fates()[STEAM.id].reason == "due again: the forge: not today"
    house.forge = honest
    assert house.run(ListSource()).proposed == 1


def test_a_full_disk_under_the_ledger_stops_no_run_and_doubles_nothing(house: House) -> None:
    class Full(LedgerFile):
        def record(self, fates: Iterable[Fate]) -> None:
            raise LedgerError(f"cannot be written ({errno.ENOSPC})", where="ledger.jsonl", remedy="make room")

    honest, house.ledger = house.ledger, Full(house.folder / "ledger.jsonl")
    report = house.run(ListSource(*ALL))
    assert report.proposed == 2
    assert [failure.what for failure in report.failures] == ["ledger"]
    house.ledger = honest
    assert house.run(ListSource(*ALL)).proposed == 0
    assert house.states()[STEAM.id] is State.PROPOSED


def test_missing_abstracts_of_listed_papers_are_told_to_the_reviewer(house: House, tmp_path: Path) -> None:
    house.archive = RecordArchive(tmp_path / "empty")
    report = house.run(ListSource(STEAM))
    assert any("6 of 6 abstracts are missing: offline" in note for note in report.notes)
    body = (house.repository / ".survey-bot" / "pulls" / f"{STEAM.id}.md").read_text(encoding="utf-8")
    assert "6 of 6 abstracts are missing" in body


def test_a_paper_that_a_human_asks_for_is_proposed_whatever_the_bot_thought(house: House) -> None:
    first = house.run(ListSource(*ALL))
    assert [fate.id for fate in first.waiting] == [DOUBTFUL.id]
    report = house.run(ListSource(DOUBTFUL), ListSource(BOATS), asked_for=(DOUBTFUL.id, BOATS.id))
    assert (report.proposed, report.waiting) == (2, ())
    assert house.ledger.fates()[BOATS.id].reason.startswith("a human asked for it; out of scope")


def test_the_papers_that_wait_are_told_the_likeliest_first(house: House) -> None:
    both = candidate("2611.90000", "Crumbs", "Bread with crust.")
    waiting = house.run(
        ListSource(both, DOUBTFUL, candidate("2611.90005", "More", "Loaf with crust and steam."))
    ).waiting
    chances = [(fate.scope or 0) * (fate.confidence or 0) for fate in waiting]
    assert len(chances) > 1
    assert chances == sorted(chances, reverse=True)


def test_a_fault_of_ours_over_one_paper_costs_that_paper_one_run_and_the_others_nothing(house: House) -> None:
    class Faulty(EmbeddedJudge):
        def judge(
            self,
            record: Record,
            reading: Reading,
            near: Sequence[Neighbour],
            flags: Sequence[str],
            opinion: Opinion | None = None,
        ) -> Judgement:
            if record.id == STEAM.id:
                raise ZeroDivisionError("oops")
            return super().judge(record, reading, near, flags, opinion)

    report = house.run(ListSource(*ALL), judge=Faulty)
    assert (report.proposed, report.asked, report.failed) == (1, 1, 1)
    assert report.failures[0].message == "this is a bug: ZeroDivisionError('oops'); report it"
    assert house.run(ListSource()).proposed == 1


def test_a_fault_of_ours_while_learning_leaves_every_paper_due_and_ends_no_run(house: House) -> None:
    class Faulty(EmbeddedJudge):
        def fit(self, past: Past) -> tuple[str, ...]:
            raise ZeroDivisionError("oops")

    report = house.run(ListSource(*ALL), judge=Faulty)
    assert (report.early, report.failed) == (1, 3)
    assert report.failures[0].message == "this is a bug: ZeroDivisionError('oops'); report it"
    assert house.run(ListSource()).proposed == 2


class Watching(EmbeddedJudge):
    """Remembers what it was told to learn from."""

    pasts: ClassVar[list[Past]] = []

    def fit(self, past: Past) -> tuple[str, ...]:
        self.pasts.append(past)
        return super().fit(past)


def test_a_run_learns_from_what_earlier_runs_saw_and_from_what_people_refused(house: House) -> None:
    house.run(ListSource(*ALL))
    git(house.repository, "branch", "-D", f"survey-bot/{STEAM.id}")
    house.run(ListSource())
    house.run(ListSource(candidate("2611.90005", "More", "Loaf with crust and steam.")), judge=Watching)
    assert set(Watching.pasts[-1].seen) == {STEAM.id, YEAST.id, DOUBTFUL.id, "2611.90005"}
    assert set(Watching.pasts[-1].refused) == {STEAM.id}


def test_papers_of_earlier_runs_that_cannot_be_had_are_told(house: House) -> None:
    house.run(ListSource(*ALL))
    house.archive = RecordArchive(house.folder / "another")
    house.archive.keep(RECORDS.values())
    report = house.run(ListSource(candidate("2611.90005", "More", "Loaf with crust and steam.")))
    assert any("3 of 3 abstracts are missing" in note and "learned from fewer papers" in note for note in report.notes)


def test_a_flag_on_a_text_survives_a_failed_attempt(house: House) -> None:
    hidden = STEAM.model_copy(update={"title": "Steam\u202eBox: Steam Injection"})

    def no_memory() -> Memory:
        raise EmbedderError("no model here")

    house.run(ListSource(hidden), memory=no_memory)
    assert house.run(ListSource()).asked == 1
    house.run(ListSource(), asked_for=(STEAM.id,))
    body = (house.repository / ".survey-bot" / "pulls" / f"{STEAM.id}.md").read_text(encoding="utf-8")
    assert "direction-changing characters were removed" in body


def test_a_terminal_that_cannot_be_written_changes_no_fate(house: House) -> None:
    def full(fate: Fate) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        house.run(ListSource(STEAM), on_judged=full)
    assert house.states() == {STEAM.id: State.PROPOSED}
    assert house.run(ListSource(STEAM)).known == 1
