"""What every test shares: network only to this machine, and a progress that shows nothing."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import pytest
from pytest_socket import disable_socket, socket_allow_hosts

from bot.ports import Progress

T = TypeVar("T")


def quiet(items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
    """A progress that shows nothing."""
    yield from items


@pytest.fixture
def progress() -> Progress:
    return quiet


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    disable_socket(allow_unix_socket=True)
    socket_allow_hosts(["127.0.0.1", "localhost", "::1"], allow_unix_socket=True)
