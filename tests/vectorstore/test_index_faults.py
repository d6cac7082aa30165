"""What goes wrong with an index: kills, damage, strangers, full and read-only disks."""

import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from bot.errors import EmbedderError, SettingsError, VectorStoreError
from bot.ports import Entry, Progress
from tests.fake_embedder import FakeEmbedder
from tests.vectorstore.memories import ENTRIES, Opener, asides, environment, holds, run
from vectorstore.store import Row, Store

KILLED = """
    import os, sys
    from pathlib import Path
    from tests.conftest import quiet
    from tests.fake_embedder import FakeEmbedder
    from tests.vectorstore.memories import ENTRIES
    from vectorstore import index

    def killed(store, rows):
        put(store, dict(list(rows.items())[:6]))
        os._exit(9)

    put, index.Store.put = index.Store.put, killed
    index.ChromaMemory(FakeEmbedder(), Path(sys.argv[1]), "", "bread", key_file=Path(sys.argv[2])).update(
        ENTRIES, "sha", quiet
    )
"""


def test_after_a_kill_in_the_middle_the_next_update_completes_the_index(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    assert run(KILLED, path, opened.key_file) == 9
    memory = opened(embedder)
    assert memory.update(ENTRIES, "sha", progress) == []
    assert holds(memory, ENTRIES)


def test_an_unfinished_update_leaves_no_taxonomy_in_the_fingerprint(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def put(*_: object) -> None:
        raise KilledError

    memory = opened(embedder)
    memory.update(ENTRIES[1:], "before", progress)
    monkeypatch.setattr(Store, "put", put)
    with pytest.raises(KilledError):
        memory.update(ENTRIES, "after", progress)
    assert "taxonomy" not in memory.fingerprint


def test_a_model_that_fails_leaves_the_index_as_it_was(
    opened: Opener, embedder: FakeEmbedder, progress: Progress
) -> None:
    class Fails(FakeEmbedder):
        def encode(self, texts: object) -> object:  # type: ignore[override]
            raise EmbedderError("the model is tired")

    tired = opened(Fails())
    with pytest.raises(EmbedderError):
        tired.update(ENTRIES, "sha", progress)
    with pytest.raises(VectorStoreError, match="update it first"):
        tired.nearest(embedder.encode(["bread"]), 3)
    assert tired.fingerprint == {}
    opened(embedder).update(ENTRIES[1:], "before", progress)
    memory = opened(Fails())
    with pytest.raises(EmbedderError):
        memory.update(ENTRIES, "after", progress)
    good = opened(embedder)
    assert good.update(ENTRIES[1:], "before", progress) == []
    assert holds(good, ENTRIES[1:])


def damaged(name: str) -> str:
    """Code that damages the index folder of its first argument."""
    return {
        "garbage": "(root / 'chroma.sqlite3').write_bytes(b'garbage' * 9999)",
        "truncated": "os.truncate(root / 'chroma.sqlite3', 30000)",
        "a broken page": "f = open(root / 'chroma.sqlite3', 'r+b'); f.seek(20000); f.write(os.urandom(100000))",
        "a folder": "(root / 'chroma.sqlite3').unlink(); (root / 'chroma.sqlite3').mkdir()",
    }[name]


@pytest.mark.parametrize("damage", ["garbage", "truncated", "a broken page", "a folder"])
def test_a_corrupt_index_is_moved_aside_and_built_anew_with_a_note(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path, damage: str
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    opened.close()
    assert run(f"import os, sys, pathlib; root = pathlib.Path(sys.argv[1]); {damaged(damage)}", path) == 0
    memory = opened(embedder)
    notes = memory.update(ENTRIES, "sha", progress)
    (aside,) = asides(path)
    assert notes == [f"{path}: this index could not be read, so it was moved to {aside.name} and built anew"]
    assert holds(memory, ENTRIES)
    assert opened(embedder).update(ENTRIES, "sha", progress) == []


def test_broken_neighbour_files_are_found_by_the_update_and_not_by_the_reader(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    many = [Entry(f"paper-{number}", "paper", (f"Loaf {number}.",)) for number in range(1200)]
    opened(embedder).update(many, "sha", progress)
    opened.close()
    files = [file for file in path.rglob("*.bin") if file.stat().st_size]
    assert files, "Chroma writes its neighbour files from 1,000 rows on"
    for file in files:
        file.write_bytes(b"x" * file.stat().st_size)
    memory = opened(embedder)
    notes = memory.update(many, "sha", progress)
    assert len(notes) == len(asides(path)) == 1
    assert len(memory.nearest(embedder.encode(["Loaf"]), 5)[0]) == 5


def test_an_index_from_another_machine_is_never_opened(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    opened.close()
    opened.key_file.write_bytes(b"the secret of another machine")
    memory = opened(embedder)
    notes = memory.update(ENTRIES, "sha", progress)
    (aside,) = asides(path)
    assert notes == [f"{path}: this index was not made here, so it was moved to {aside.name} and built anew"]
    assert holds(memory, ENTRIES)


def test_a_copied_index_is_never_opened(opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    opened.close()
    copy = path.parent / "copy"
    shutil.copytree(path, copy)
    opened.path = copy
    assert "was not made here" in opened(embedder).update(ENTRIES, "sha", progress)[0]
    opened.close()
    (copy / "survey-bot-index").unlink()
    assert "was not made here" in opened(embedder).update(ENTRIES, "sha", progress)[0]


def test_a_folder_with_other_things_is_left_alone(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    path.mkdir(parents=True)
    (path / "thesis.tex").write_text("years of work")
    (path / "chroma.sqlite3").write_text("")
    with pytest.raises(SettingsError, match=r"holds other things than an index \(thesis\.tex\); set path in \[index\]"):
        opened(embedder).update(ENTRIES, "sha", progress)
    assert (path / "thesis.tex").read_text() == "years of work"


def test_the_root_of_the_disk_is_refused(opened: Opener, embedder: FakeEmbedder, progress: Progress) -> None:
    opened.path = Path("/")
    with pytest.raises(SettingsError, match=r"^/: this cannot be an index; set path in \[index\]"):
        opened(embedder).update(ENTRIES, "sha", progress)


def test_an_empty_folder_is_taken(opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path) -> None:
    path.mkdir(parents=True)
    assert opened(embedder).update(ENTRIES, "sha", progress) == []


def test_without_a_writable_folder_the_index_is_kept_in_memory_with_a_note(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    path.parent.parent.mkdir(parents=True, exist_ok=True)
    path.parent.write_text("a file where a folder should be")
    opened.vectors = path.parent.with_name("vectors")
    memory = opened(embedder)
    (note,) = memory.update(ENTRIES, "sha", progress)
    assert note.startswith(f"{path}: cannot be used (")
    assert note.endswith("), so this run keeps its index in memory")
    assert memory.where == "memory"
    assert holds(memory, ENTRIES)
    assert memory.update(ENTRIES, "sha", progress) == []


@pytest.mark.skipif(not shutil.which("unshare") or os.geteuid() != 0, reason="needs a mount of its own")
def test_a_read_only_index_and_cache_are_left_where_they_are(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    opened.close()
    before = sorted(path.parent.iterdir())
    code = """
        from pathlib import Path; import sys
        from tests.conftest import quiet
        from tests.fake_embedder import FakeEmbedder
        from tests.vectorstore.memories import ENTRIES
        from vectorstore.index import ChromaMemory
        index, key, vectors = map(Path, sys.argv[1:])
        memory = ChromaMemory(FakeEmbedder(), index, "", "bread", vectors=vectors, key_file=key)
        first, *rest = memory.update(ENTRIES[:3], "sha", quiet)
        assert first.endswith("this run keeps its index in memory"), first
        assert not rest, rest  # what is cached can be read
        assert len(memory.readings("paper")) == 3
        (note,) = memory.update([entry._replace(sentences=("Crumb.",)) for entry in ENTRIES[:3]], "sha", quiet)
        assert "cannot be used (attempt to write a readonly database); texts are embedded again in every" in note, note
    """
    mount = f"mount --bind {path.parent} {path.parent} && mount -o remount,bind,ro {path.parent}"
    inner = [sys.executable, "-c", textwrap.dedent(code), str(path), str(opened.key_file), str(opened.vectors)]
    command = ["unshare", "-m", "sh", "-c", f'{mount} || exit 77; exec "$@"', "sh", *inner]
    result = subprocess.run(command, env=environment(), check=False, capture_output=True, text=True)
    if result.returncode == 77 or "unshare" in result.stderr:
        pytest.skip("mounts are not allowed here")
    assert result.returncode == 0, result.stderr
    assert sorted(path.parent.iterdir()) == before


def test_a_folder_another_process_uses_is_left_to_it(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path, tmp_path: Path
) -> None:
    code = """
        import sys, pathlib
        from vectorstore import folder
        folder.claim(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
        print("held", flush=True)
        sys.stdin.read()
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(path), str(opened.key_file)]
    with subprocess.Popen(command, env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        notes = opened(embedder).update(ENTRIES, "sha", progress)
        assert holder.stdin
        holder.stdin.close()
    assert notes == [f"{path}: another survey-bot is using it, so this run keeps its index in memory"]
    assert asides(path) == []
    opened.close()
    assert opened(embedder).update(ENTRIES, "sha", progress) == []


def test_a_full_disk_does_not_move_a_good_index_aside(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(embedder).update(ENTRIES[:3], "sha", progress)
    real = Store.put

    def put(store: Store, rows: dict[str, Row]) -> None:
        if store.where != "memory":
            raise VectorStoreError("Chroma failed (error: (code: 13) database or disk is full)", where=store.where)
        real(store, rows)

    monkeypatch.setattr(Store, "put", put)
    memory = opened(embedder)
    (note,) = memory.update(ENTRIES, "sha", progress)
    assert "disk is full" in note
    assert note.endswith("so this run keeps its index in memory")
    assert asides(path) == []
    assert holds(memory, ENTRIES)


def test_a_failing_index_in_memory_leaves_the_one_on_disk_alone(
    opened: Opener, embedder: FakeEmbedder, progress: Progress, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(embedder).update(ENTRIES, "sha", progress)
    memory = opened(embedder)
    key = opened.key_file.read_bytes()
    opened.key_file.unlink()
    opened.key_file.mkdir()
    (note,) = memory.update(ENTRIES, "sha", progress)
    assert str(opened.key_file) in note
    opened.key_file.rmdir()
    opened.key_file.write_bytes(key)

    def metadata(*_: object) -> None:
        raise VectorStoreError("Chroma failed (out of memory)", where="memory")

    with monkeypatch.context() as patch:
        patch.setattr(Store, "metadata", metadata)
        with pytest.raises(VectorStoreError, match="out of memory"):
            memory.update(ENTRIES, "sha", progress)
    assert asides(path) == []
    embedder.texts.clear()
    assert opened(embedder).update(ENTRIES, "sha", progress) == []
    assert embedder.texts == []
