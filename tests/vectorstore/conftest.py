"""What the tests of the memory share: the real model, converted once, servers on this machine, indexes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fake_embedder import FakeEmbedder
from tests.vectorstore.loopback import Loopback, serve
from tests.vectorstore.memories import Opener
from vectorstore.embedders import weights
from vectorstore.embedders.minilm import MiniLM


@pytest.fixture(scope="session")
def model_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("model-cache")


@pytest.fixture(scope="session")
def minilm(model_cache: Path) -> MiniLM:
    return MiniLM(weights.load(None, model_cache))


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with serve() as server:
        yield server


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index"


@pytest.fixture
def opened(path: Path, tmp_path: Path) -> Iterator[Opener]:
    opener = Opener(path, tmp_path / "state" / "key")
    yield opener
    opener.close()


@pytest.fixture
def embedder() -> FakeEmbedder:
    return FakeEmbedder()
