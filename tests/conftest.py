"""What every test shares: network only to this machine, and a progress that shows nothing."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import hypothesis
import pytest
from pytest_socket import socket_allow_hosts

from bot.ports import Progress

hypothesis.settings.register_profile("slow machines", deadline=None)
hypothesis.settings.load_profile("slow machines")

T = TypeVar("T")


def quiet(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """A progress that shows nothing."""
    yield from items


@pytest.fixture
def progress() -> Progress:
    return quiet


@pytest.fixture(autouse=True, scope="session")
def _home_stays_clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))
        yield


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
