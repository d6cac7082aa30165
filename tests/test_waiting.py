"""Who waits is told for what: no long silence, where an arXiv on this machine does not answer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.adapters.archive import RecordArchive
from bot.adapters.arxiv.api import ArxivApi
from bot.adapters.polite import PoliteSession
from bot.commands.console import ConsoleProgress
from bot.settings import Watch
from tests import arxiv_server

Capture = pytest.CaptureFixture[str]
WAITING = "fetching abstracts: waiting for the first of 1\n"


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience ends early."""
    monkeypatch.setattr("bot.commands.console._SILENCE", 0.1)
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.mark.usefixtures("soon")
def test_that_arxiv_does_not_answer_is_told_while_it_is_waited_for(tmp_path: Path, capsys: Capture) -> None:
    with arxiv_server.serve() as server:
        server.always = server.hang
        session = PoliteSession("", delay=0, timeout=(0.6, 0.6), tries=1, sleep=lambda seconds: None)
        api = ArxivApi(Watch(categories=("cs.RO",), api=server.url), session=session)
        found = RecordArchive(tmp_path, api.fetch).find(["2501.00001"], ConsoleProgress())
        server.released.set()
    assert "did not answer within 0.6 s" in found.failed
    assert capsys.readouterr() == ("", WAITING)


@pytest.mark.usefixtures("soon")
def test_work_that_begins_at_once_says_nothing_of_waiting(capsys: Capture) -> None:
    assert list(ConsoleProgress()(iter([1, 2]), "reading", 2)) == [1, 2]
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("soon")
def test_a_wait_that_fails_leaves_no_line_behind_it(capsys: Capture) -> None:
    def broken() -> Iterator[int]:
        raise OSError
        yield 1

    with pytest.raises(OSError):  # noqa: PT011 - any
        list(ConsoleProgress()(broken(), "reading", 2))
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer) and not one.finished.is_set()]
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("soon")
def test_a_terminal_shows_a_bar_and_no_line(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    slow = threading.Event()

    def late() -> Iterator[int]:
        slow.wait(0.3)
        yield 1

    assert list(ConsoleProgress()(late(), "reading", 1)) == [1]
    assert "waiting" not in capsys.readouterr().err
