"""The cache of abstracts: real SQLite files, healthy, damaged, or not writable."""

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from bot.adapters.archive import FILE, RecordArchive
from bot.errors import SourceError
from bot.models import Record
from bot.ports import Progress
from tests.fabricated import RECORDS, candidate

KNOWN = list(RECORDS)


class Arxiv:
    """Answers from the invented records and remembers what it was asked."""

    def __init__(self, breaks_after: int | None = None) -> None:
        self.asked: list[str] = []
        self.breaks_after = breaks_after

    def __call__(self, paper_ids: Sequence[str]) -> Iterator[Record]:
        self.asked += paper_ids
        for count, paper_id in enumerate(paper_ids):
            if count == self.breaks_after:
                raise SourceError("arXiv is asleep")
            if paper_id in RECORDS:
                yield RECORDS[paper_id]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_was_fetched_once_is_never_fetched_again(tmp_path: Path, progress: Progress) -> None:
    first, second = Arxiv(), Arxiv()
    assert RecordArchive(tmp_path / "new" / "folder", first).find(KNOWN, progress)[:2] == (RECORDS, None)
    assert RecordArchive(tmp_path / "new" / "folder", second).find(KNOWN, progress)[:2] == (RECORDS, None)
    assert (first.asked, second.asked) == (KNOWN, [])


def test_without_network_the_answer_says_how_many_are_missing(tmp_path: Path, progress: Progress) -> None:
    archive = RecordArchive(tmp_path, None)
    archive.keep([RECORDS["2501.00001"]])
    found = archive.find(["2501.00001", "2501.00002", "2502.00003"], progress)
    assert list(found.records) == ["2501.00001"]
    assert found.problem == "2 of 3 abstracts are missing: offline"


def test_a_network_failure_is_told_and_what_came_before_it_is_kept(tmp_path: Path, progress: Progress) -> None:
    found = RecordArchive(tmp_path, Arxiv(breaks_after=2)).find(KNOWN, progress)
    assert list(found.records) == KNOWN[:2]
    assert found.problem == "4 of 6 abstracts are missing: arXiv is asleep"
    assert list(RecordArchive(tmp_path).find(KNOWN, progress).records) == KNOWN[:2]


def test_an_id_nobody_knows_is_asked_for_once_a_run_and_told_each_time(tmp_path: Path, progress: Progress) -> None:
    arxiv = Arxiv()
    archive = RecordArchive(tmp_path, arxiv)
    for _ in range(2):
        assert archive.find(["2509.99999"], progress).problem == (
            "1 of 1 abstracts is missing: arXiv does not know 2509.99999"
        )
    assert archive.find(["2509.99999"], progress).unknown == {"2509.99999"}
    assert RecordArchive(tmp_path).find(["2509.99999"], progress).unknown == frozenset()  # nobody was asked
    assert arxiv.asked == ["2509.99999"]
    RecordArchive(tmp_path, arxiv).find(["2509.99999"], progress)
    assert arxiv.asked == ["2509.99999"] * 2


def test_papers_that_are_not_on_arxiv_are_neither_asked_for_nor_missed(tmp_path: Path, progress: Progress) -> None:
    arxiv = Arxiv()
    assert RecordArchive(tmp_path, arxiv).find(["brickdome"], progress)[:2] == ({}, None)
    assert arxiv.asked == []


def test_a_feed_seeds_the_archive_also_when_it_breaks_off(tmp_path: Path, progress: Progress) -> None:
    with pytest.raises(SourceError, match="asleep"):
        RecordArchive(tmp_path).keep(Arxiv(breaks_after=3)(KNOWN))
    assert list(RecordArchive(tmp_path).find(KNOWN, progress).records) == KNOWN[:3]


def test_an_older_version_never_replaces_a_newer_one(tmp_path: Path, progress: Progress) -> None:
    archive = RecordArchive(tmp_path)
    versions = [candidate("2611.00001", f"Version {n}", "…").model_copy(update={"version": n}) for n in (1, 3, 2, None)]
    for record in versions:
        archive.keep([record])
    assert archive.find(["2611.00001"], progress).records["2611.00001"].title == "Version 3"


def test_a_version_no_database_can_hold_is_kept_all_the_same(tmp_path: Path, progress: Progress) -> None:
    record = candidate("2611.00001", "A Loaf", "…").model_copy(update={"version": 10**30})
    RecordArchive(tmp_path).keep([record])
    assert RecordArchive(tmp_path).find(["2611.00001"], progress).records == {"2611.00001": record}


def test_many_records_are_kept_and_found(tmp_path: Path, progress: Progress) -> None:
    records = {f"2611.{n:05}": candidate(f"2611.{n:05}", "A Loaf", "We bake.") for n in range(1234)}
    RecordArchive(tmp_path).keep(records.values())
    assert RecordArchive(tmp_path).find(list(records), progress)[:2] == (records, None)


def test_looking_into_an_empty_archive_leaves_no_trace(tmp_path: Path, progress: Progress) -> None:
    RecordArchive(tmp_path / "cache").find(KNOWN, progress)
    assert files(tmp_path) == []


def scribble(file: Path) -> None:
    file.write_bytes(b"This was never a database. " * 1000)


def tear(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))


@pytest.mark.parametrize("damage", [scribble, tear])
def test_a_damaged_file_is_moved_aside_with_a_note_and_started_afresh(
    tmp_path: Path, progress: Progress, damage: Callable[[Path], None]
) -> None:
    RecordArchive(tmp_path).keep(candidate(f"2611.{n:05}", "A Loaf", "We bake.") for n in range(500))
    damage(tmp_path / FILE)
    archive = RecordArchive(tmp_path, Arxiv())
    assert archive.find(KNOWN, progress)[:2] == (RECORDS, None)
    assert len(archive.notes) == 1
    assert "was damaged and is started afresh" in archive.notes[0]
    assert files(tmp_path) == ["records-1.damaged", FILE]
    assert RecordArchive(tmp_path).find(KNOWN, progress)[:2] == (RECORDS, None)


def test_a_folder_that_cannot_be_made_costs_the_cache_but_not_the_run(tmp_path: Path, progress: Progress) -> None:
    (tmp_path / "file").write_text("in the way")
    arxiv = Arxiv()
    archive = RecordArchive(tmp_path / "file" / "records", arxiv)
    for _ in range(2):
        assert archive.find(KNOWN, progress)[:2] == (RECORDS, None)
    assert arxiv.asked == KNOWN
    assert len(archive.notes) == 1
    assert "cannot be used" in archive.notes[0]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_is_read_and_what_is_new_stays_in_memory(tmp_path: Path, progress: Progress) -> None:
    RecordArchive(tmp_path).keep([RECORDS[KNOWN[0]]])
    (tmp_path / FILE).chmod(0o400)
    tmp_path.chmod(0o500)
    arxiv = Arxiv()
    archive = RecordArchive(tmp_path, arxiv)
    for _ in range(2):
        assert archive.find(KNOWN, progress)[:2] == (RECORDS, None)
    assert arxiv.asked == KNOWN[1:]
    assert len(archive.notes) == 1
    tmp_path.chmod(0o700)


def test_records_of_another_release_are_fetched_again(tmp_path: Path, progress: Progress) -> None:
    RecordArchive(tmp_path).keep(RECORDS.values())
    with closing(sqlite3.connect(tmp_path / FILE)) as store, store:
        store.execute("UPDATE records SET json = '{\"other\": 1}' WHERE id = ?", [KNOWN[0]])
    arxiv = Arxiv()
    assert RecordArchive(tmp_path, arxiv).find(KNOWN, progress).records == RECORDS
    assert arxiv.asked == KNOWN[:1]


def _keep_many(folder: Path, month: int) -> None:
    RecordArchive(folder).keep(candidate(f"{month}.{n:05}", "A Loaf", "We bake.") for n in range(300))


def test_two_runs_at_once_lose_nothing(tmp_path: Path, progress: Progress) -> None:
    context = multiprocessing.get_context("spawn")
    runs = [context.Process(target=_keep_many, args=(tmp_path, month)) for month in (2609, 2610)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    wanted = [f"{month}.{n:05}" for month in (2609, 2610) for n in range(300)]
    assert RecordArchive(tmp_path).find(wanted, progress).problem is None


def test_a_run_killed_in_the_middle_of_a_write_leaves_a_file_that_works(tmp_path: Path, progress: Progress) -> None:
    context = multiprocessing.get_context("spawn")
    run = context.Process(target=_keep_many, args=(tmp_path, 2609))
    run.start()
    while run.is_alive() and not (tmp_path / FILE).exists():
        run.join(0.001)
    run.kill()
    run.join()
    archive = RecordArchive(tmp_path)
    archive.keep(RECORDS.values())
    assert archive.find(KNOWN, progress)[:2] == (RECORDS, None)
    assert archive.notes == []
