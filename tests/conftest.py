"""What every test shares: network only to this machine, no real pauses, and a progress that shows nothing."""

import faulthandler
from collections.abc import Iterable, Iterator
from typing import TypeVar

import hypothesis
import pytest
from pytest_socket import socket_allow_hosts

from bot.adapters import git_remote
from bot.adapters.polite import PoliteSession
from bot.ports import Progress

hypothesis.settings.register_profile("the same every time", deadline=None, derandomize=True)
hypothesis.settings.register_profile("explore", deadline=None)
hypothesis.settings.load_profile("the same every time")  # whether a change is good is no matter of luck

T = TypeVar("T")


def quiet(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """A progress that shows nothing."""
    yield from items


@pytest.fixture
def progress() -> Progress:
    return quiet


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Iterator[None]:
    """Tidying up after a test that failed has no time-out of pytest-timeout's: a process that hangs there is ended."""
    faulthandler.dump_traceback_later(300, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(autouse=True, scope="session")
def _home_stays_clean(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "STATE"):
            patch.setenv(f"XDG_{kind}_HOME", str(tmp_path_factory.mktemp(kind.lower())))
        yield


@pytest.fixture(autouse=True, scope="session")
def _no_pause_is_real() -> Iterator[None]:
    """Between two tries nothing is waited for by those who were given no clock of the test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(PoliteSession.__init__.__kwdefaults__ or {}, "sleep", lambda seconds: None)
        patch.setattr(git_remote, "_PAUSES", (0.0,) * len(git_remote._PAUSES))
        yield


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
