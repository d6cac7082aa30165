import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from bot.errors import VectorStoreError
from bot.ports import Progress
from bot.vectors import pooled
from tests.fake_embedder import FakeEmbedder
from tests.vectorstore.memories import ENTRIES, holds, sentences
from vectorstore.index import ChromaMemory
from vectorstore.store import shown


class Server:
    """A real Chroma server in a process of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        chroma = shutil.which("chroma", path=str(Path(sys.executable).parent)) or "chroma"
        command = [chroma, "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self.wait()

    def wait(self) -> None:
        for _ in range(300):
            try:
                with urlopen(f"{self.url}/api/v2/heartbeat", timeout=1):  # noqa: S310 - our own address
                    return
            except OSError:
                assert self.process.poll() is None, "chroma run has ended"
                time.sleep(0.1)
        raise AssertionError("chroma run does not answer")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    started = Server(tmp_path_factory.mktemp("chroma-server"))
    yield started
    started.stop()


def test_a_server_keeps_the_index_for_every_run(server: Server, progress: Progress, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    vectors = tmp_path / "vectors"
    first = ChromaMemory(embedder, tmp_path / "unused", server.url, "bread", vectors=vectors)
    assert first.update(ENTRIES, "sha", progress) == []
    assert first.where == server.url
    embedder.texts.clear()
    second = ChromaMemory(embedder, None, f"{server.url}/", "bread", vectors=vectors)
    assert second.update(ENTRIES, "sha", progress) == []
    assert embedder.texts == []
    assert holds(second, ENTRIES)
    near = second.nearest(pooled(second.readings("paper")[ENTRIES[0].key])[None, :], 3)[0]
    assert near[0].id == ENTRIES[0].key
    assert near[0].similarity == pytest.approx(1, abs=1e-5)
    assert list(tmp_path.iterdir()) == [vectors]


def test_a_changed_library_is_followed_on_a_server(server: Server, progress: Progress, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    memory = ChromaMemory(embedder, None, server.url, "changing bread", vectors=tmp_path)
    memory.update(ENTRIES[:6], "one", progress)
    embedder.texts.clear()
    memory.update(ENTRIES[2:8], "two", progress)
    assert embedder.texts == sentences(ENTRIES[6:8])
    assert holds(memory, ENTRIES[2:8])
    assert memory.fingerprint["taxonomy"] == "two"


def test_a_server_that_is_not_there_is_told_in_one_sentence(progress: Progress) -> None:
    memory = ChromaMemory(FakeEmbedder(), None, "http://me:secret@127.0.0.1:9", "bread")
    with pytest.raises(VectorStoreError) as caught:
        memory.update(ENTRIES, "sha", progress)
    assert str(caught.value) == (
        "http://127.0.0.1:9: no Chroma server answers (ConnectionError); start it, or remove url from [index]"
    )


@pytest.mark.parametrize("url", ["not a url", "http://127.0.0.1:notaport", "ftp://127.0.0.1", "http://[::1"])
def test_an_address_that_is_none_is_told_in_one_sentence(url: str, progress: Progress) -> None:
    with pytest.raises(VectorStoreError, match=r"; start it, or remove url from \[index\]$"):
        ChromaMemory(FakeEmbedder(), None, url, "bread").update(ENTRIES, "sha", progress)


def test_a_server_that_dies_in_the_middle_is_told_in_one_sentence(tmp_path: Path, progress: Progress) -> None:
    server = Server(tmp_path)
    memory = ChromaMemory(FakeEmbedder(), None, server.url, "bread")
    memory.update(ENTRIES, "sha", progress)
    server.stop()
    with pytest.raises(VectorStoreError, match=rf"^{server.url}: Chroma failed \(.*\); "):
        memory.nearest(memory.readings("paper")[ENTRIES[0].key].vectors, 1)
    with pytest.raises(VectorStoreError) as caught:
        memory.update(ENTRIES, "sha", progress)
    assert "\n" not in str(caught.value)


def test_name_and_password_of_an_address_are_not_shown() -> None:
    assert shown("https://me:secret@chroma.example:8000/x") == "https://chroma.example:8000/x"
