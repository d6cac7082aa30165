"""The cache of vectors: real SQLite files, healthy, damaged, full, or not writable."""

import multiprocessing
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.vectorstore.memories import run
from vectorstore import cache
from vectorstore.cache import Matrix, VectorCache, key

KEYS = [key((f"Loaf {number}.",)) for number in range(400)]
WANTED = dict.fromkeys(KEYS, 2)


def matrices(keys: list[bytes] = KEYS) -> dict[bytes, Matrix]:
    """Two vectors a text, of numbers that its key gives."""
    return {one: (np.frombuffer(one * 3, np.uint8)[:96].reshape(2, 48) / 256).astype(np.float16) for one in keys}


def equal(found: dict[bytes, Matrix], expected: dict[bytes, Matrix]) -> bool:
    return found.keys() == expected.keys() and all(np.array_equal(found[one], expected[one]) for one in found)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new" / "vectors.sqlite"


@pytest.fixture
def notes() -> Iterator[list[str]]:
    """What the caches of a test tell: nothing, unless the test takes it out."""
    told: list[str] = []
    yield told
    assert told == []


def test_what_was_kept_is_found_in_another_run(file: Path, notes: list[str]) -> None:
    VectorCache(file, notes.append).keep(matrices())
    found = VectorCache(file, notes.append).find({**WANTED, key(("Crumb.",)): 1})
    assert equal(found, matrices())
    assert {matrix.dtype for matrix in found.values()} == {np.dtype(np.float16)}


def test_looking_into_an_empty_cache_leaves_no_trace(file: Path, notes: list[str]) -> None:
    assert VectorCache(file, notes.append).find(WANTED) == {}
    assert not file.parent.exists()


def test_without_a_file_nothing_is_kept(notes: list[str]) -> None:
    nowhere = VectorCache(None, notes.append)
    nowhere.keep(matrices())
    assert nowhere.find(WANTED) == {}


def test_what_was_added_first_is_forgotten_first(file: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "KEPT", 100)
    for start in range(0, 400, 50):
        VectorCache(file, notes.append).keep(matrices(KEYS[start : start + 50]))
    VectorCache(file, notes.append).keep(matrices(KEYS[300:310]))  # again: the latest now
    assert set(VectorCache(file, notes.append).find(WANTED)) == set(KEYS[300:400])
    VectorCache(file, notes.append).keep(matrices(KEYS[:80]))
    assert set(VectorCache(file, notes.append).find(WANTED)) >= {*KEYS[:80], *KEYS[300:310]}
    assert len(VectorCache(file, notes.append).find(WANTED)) <= 100


def scribble(file: Path) -> None:
    file.write_bytes(b"This was never a database. " * 1000)


def tear(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


def garble(file: Path) -> None:
    """SQLite quotes the layout in its message, in no encoding."""
    file.write_bytes(file.read_bytes().replace(b"(added INTEGER", b"(\xa0dded INTEGE(", 1))


def misfit(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"vectors BLOB", b"victors BLOB", 1))


@pytest.mark.parametrize("damage", [scribble, tear, truncate, garble, misfit])
def test_a_damaged_file_is_moved_aside_with_a_note_and_started_afresh(
    file: Path, notes: list[str], damage: Callable[[Path], None]
) -> None:
    VectorCache(file, notes.append).keep(matrices())
    damage(file)
    one = VectorCache(file, notes.append)
    found = one.find(WANTED)
    assert equal(found, matrices(list(found)))  # what is found is right
    one.keep(matrices())
    assert equal(one.find(WANTED), matrices())
    aside = file.with_suffix(".damaged")
    assert [notes.pop()] == [f"{file}: the cache of vectors was damaged and is started afresh; the old is {aside}"]
    assert sorted(file.parent.iterdir()) == [aside, file]


def test_a_value_that_was_damaged_counts_as_missing(file: Path, notes: list[str]) -> None:
    VectorCache(file, notes.append).keep(matrices())
    with closing(sqlite3.connect(file)) as store, store:
        damage = {0: b"", 1: b"x" * 192, 2: matrices()[KEYS[2]].tobytes()[:-2], 3: "text", 4: 7, 5: b"x" * 10**6}
        store.executemany("UPDATE texts SET vectors = ? WHERE key = ?", [(damage[n], KEYS[n]) for n in damage])
        store.execute("UPDATE texts SET checksum = 'none' WHERE key = ?", [KEYS[6]])
        store.execute("UPDATE texts SET checksum = CAST(x'ff' AS TEXT) WHERE key = ?", [KEYS[7]])
    one = VectorCache(file, notes.append)
    assert set(one.find(WANTED)) == set(KEYS[8:])
    one.keep(matrices(KEYS[:8]))
    assert equal(one.find(WANTED), matrices())


def test_a_text_with_another_number_of_sentences_is_not_taken(file: Path, notes: list[str]) -> None:
    VectorCache(file, notes.append).keep(matrices())
    assert VectorCache(file, notes.append).find({KEYS[0]: 5, KEYS[1]: 0}) == {}


def test_a_folder_that_cannot_be_made_is_told_once(tmp_path: Path, notes: list[str]) -> None:
    (tmp_path / "in the way").write_text("")
    one = VectorCache(tmp_path / "in the way" / "vectors.sqlite", notes.append)
    for _ in range(3):
        one.keep(matrices())
        assert one.find(WANTED) == {}
    assert notes.pop().endswith("texts are embedded again in every run")


def test_a_folder_in_the_place_of_the_file_is_told_once(file: Path, notes: list[str]) -> None:
    file.mkdir(parents=True)
    one = VectorCache(file, notes.append)
    for _ in range(3):
        assert one.find(WANTED) == {}
        one.keep(matrices())
    assert notes.pop() == (
        f"{file}: the cache of vectors cannot be used (unable to open database file); "
        "texts are embedded again in every run"
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_is_read_and_told_once(file: Path, notes: list[str]) -> None:
    VectorCache(file, notes.append).keep(matrices())
    file.chmod(0o400)
    file.parent.chmod(0o500)
    one = VectorCache(file, notes.append)
    for _ in range(2):
        assert equal(one.find(WANTED), matrices())
        one.keep(matrices([key(("Crumb.",))]))
    assert "readonly" in notes.pop()
    file.parent.chmod(0o700)


FULL = """
    import resource, signal, sys
    from pathlib import Path
    from tests.vectorstore.test_cache import KEYS, WANTED, equal, matrices
    from vectorstore.cache import VectorCache
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
    notes = []
    one = VectorCache(Path(sys.argv[1]), notes.append)
    for start in range(0, 400, 50):
        one.keep(matrices(KEYS[start : start + 50]))
    assert len(notes) == 1 and "cannot be used" in notes[0], notes
    found = one.find(WANTED)
    assert 50 <= len(found) < 400 and equal(found, matrices(list(found))), len(found)
"""


def test_a_full_disk_is_told_once_and_what_was_kept_before_stands(file: Path, notes: list[str]) -> None:
    pytest.importorskip("resource")
    assert run(FULL, file) == 0
    one = VectorCache(file, notes.append)
    assert 50 <= len(one.find(WANTED)) < 400
    one.keep(matrices())
    assert equal(one.find(WANTED), matrices())


def test_a_file_that_another_run_holds_is_told_once(
    file: Path, notes: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "SECONDS_TO_WAIT", 0.01)
    one = VectorCache(file, notes.append)
    one.keep(matrices(KEYS[:9]))
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert one.find(WANTED) == {}
        one.keep(matrices())
    assert "database is locked" in notes.pop()
    assert set(one.find(WANTED)) == set(KEYS[:9])


def _keep_many(file: Path, start: int, told: "multiprocessing.Queue[str]") -> None:
    one = VectorCache(file, told.put)
    for number in range(start, 400, 2):
        one.keep(matrices([KEYS[number]]))


def test_two_runs_at_once_lose_nothing(file: Path, notes: list[str]) -> None:
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    runs = [context.Process(target=_keep_many, args=(file, start, told)) for start in (0, 1)]
    for one in runs:
        one.start()
    for one in runs:
        one.join()
    assert told.empty()
    assert equal(VectorCache(file, notes.append).find(WANTED), matrices())


def test_a_run_killed_in_the_middle_of_a_write_leaves_a_file_that_works(file: Path, notes: list[str]) -> None:
    context = multiprocessing.get_context("spawn")
    one = context.Process(target=_keep_many, args=(file, 0, context.Queue()))
    one.start()
    while one.is_alive() and not file.exists():
        one.join(0.001)
    one.kill()
    one.join()
    after = VectorCache(file, notes.append)
    found = after.find(WANTED)
    assert equal(found, matrices(list(found)))
    after.keep(matrices())
    assert equal(after.find(WANTED), matrices())
