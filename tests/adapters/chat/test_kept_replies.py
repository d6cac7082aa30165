"""Replies are paid once, kept whole, and never stand in the way."""

import multiprocessing
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.adapters.chat.kept_replies import KeptReplies
from bot.chat import Message, Reply, Request
from bot.errors import LanguageModelError
from bot.models import Usage

THIN = '{"crust": "thin"}'
TOOK = Usage(calls=1, input=100, output=20, cost=0.25)


def request(number: int = 1) -> Request:
    return Request(f"place {number}", (Message("user", f"loaf {number}"),), "crust", {"type": "object"})


class Baker:
    """A model that counts what it is asked."""

    name, notes = "m", ()

    def __init__(self, reply: Reply = Reply(text=THIN, usage=TOOK, lost=2)) -> None:  # noqa: B008 - immutable
        self.reply = reply
        self.asked: list[str] = []

    def ask(self, request: Request) -> Reply:
        self.asked.append(request.about)
        return self.reply


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "replies"


def test_the_same_is_asked_and_paid_once_even_by_a_later_run(folder: Path) -> None:
    baker = Baker()
    first = KeptReplies(folder, "m", baker)
    assert first.ask(request()) == baker.reply
    assert first.kept == Usage()
    later = KeptReplies(folder, "m", baker)
    assert later.ask(request()) == Reply(text=THIN)
    assert later.ask(request()).usage == Usage()
    assert later.kept == TOOK + TOOK
    assert baker.asked == ["place 1"]
    assert later.name == "m"


def test_what_nobody_has_a_price_for_stays_without_one(folder: Path) -> None:
    baker = Baker(Reply(text=THIN, usage=Usage(calls=1, input=1, output=1, cost=None)))
    replies = KeptReplies(folder, "m", baker)
    replies.ask(request())
    replies.ask(request())
    assert replies.kept.cost is None


def test_another_model_another_prompt_and_another_schema_are_other_questions(folder: Path) -> None:
    baker = Baker()
    KeptReplies(folder, "m", baker).ask(request())
    KeptReplies(folder, "n", baker).ask(request())
    KeptReplies(folder, "m", baker).ask(request(2))
    KeptReplies(folder, "m", baker).ask(request()._replace(schema={"type": "string"}))
    assert len(baker.asked) == 4


@pytest.mark.parametrize(
    "reply",
    [Reply(text="{", finish="length"), Reply(text="{", finish="refusal"), Reply(text="", finish="stop")],
)
def test_replies_of_no_use_are_given_on_and_not_kept(folder: Path, reply: Reply) -> None:
    baker = Baker(reply)
    replies = KeptReplies(folder, "m", baker)
    assert [replies.ask(request()), replies.ask(request())] == [reply, reply]
    assert len(baker.asked) == 2
    assert not replies.keep(request().key("m"), reply)
    assert replies.missing(request())


def test_what_a_gateway_says_in_the_place_of_the_model_is_not_kept(folder: Path) -> None:
    baker = Baker(Reply(text="We are overloaded."))
    replies = KeptReplies(folder, "m", baker)
    assert replies.ask(request()) == baker.reply
    assert replies.missing(request())
    baker.reply = Reply(text=THIN)
    assert [replies.ask(request()).text for _ in range(2)] == [THIN] * 2
    assert len(baker.asked) == 2


def test_a_reply_that_is_brought_is_kept_whatever_it_says_but_never_in_the_place_of_another(folder: Path) -> None:
    replies, key = KeptReplies(folder, "m", None), request().key("m")
    assert not replies.holds(key)
    assert replies.keep(key, Reply(text="thin"))
    assert replies.holds(key)
    assert not replies.keep(key, Reply(text=THIN))
    assert replies.ask(request()) == Reply(text="thin")


def test_brought_replies_are_replies_and_without_a_model_the_others_are_missing(folder: Path) -> None:
    replies = KeptReplies(folder, "m", None)
    assert replies.missing(request())
    assert replies.keep(request().key("m"), Baker().reply)
    assert not replies.missing(request())
    assert replies.ask(request()) == Reply(text=THIN)
    with pytest.raises(LanguageModelError) as caught:
        replies.ask(request(2))
    assert str(caught.value) == (
        "place 2, model m: there is no kept reply; ask the model itself, or bring replies with `survey-bot llm import`"
    )
    assert not caught.value.lasting


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"text": "thi',
        b"\xff\xfe",
        b"null",
        b'{"text": "thin", "sauce": 1}',
        b'{"text": 7}',
        b"[" * 100_000,
    ],
)
def test_a_damaged_reply_counts_as_missing_and_is_replaced(folder: Path, content: bytes) -> None:
    baker = Baker()
    KeptReplies(folder, "m", baker).ask(request())
    (file,) = folder.rglob("*.json")
    file.write_bytes(content)
    replies = KeptReplies(folder, "m", baker)
    assert replies.missing(request())
    replies.ask(request())
    assert not replies.missing(request())
    assert replies.notes == ()


def test_a_folder_that_cannot_be_written_is_told_once_and_done_without(folder: Path) -> None:
    folder.write_text("a file")
    baker = Baker()
    replies = KeptReplies(folder, "m", baker)
    assert [replies.ask(request(number)).text for number in range(3)] == [THIN] * 3
    assert replies.notes == (
        f"{folder}: replies cannot be kept (Not a directory); they are asked for again in every run",
    )


def test_a_full_disk_is_told_once_and_leaves_nothing_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    replies = KeptReplies(folder, "m", Baker())
    assert [replies.ask(request(number)).text for number in range(2)] == [THIN] * 2
    assert len(replies.notes) == 1
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_reply_that_is_a_folder_is_told_and_asked_for(folder: Path) -> None:
    baker = Baker()
    replies = KeptReplies(folder, "m", baker)
    key = request().key("m")
    (folder / key[:2] / f"{key}.json").mkdir(parents=True)
    assert replies.ask(request()).text == THIN
    assert "kept replies cannot be read (Is a directory)" in replies.notes[0]


def test_what_was_taken_adds_up_over_threads(folder: Path) -> None:
    baker = Baker()
    replies = KeptReplies(folder, "m", baker)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: replies.ask(request(number % 10)), range(100)))
        assert set(baker.asked) == {f"place {number}" for number in range(10)}
        list(threads.map(lambda number: replies.ask(request(number % 10)), range(100)))
    assert replies.kept.calls == 200 - len(baker.asked)


def _write_for_ever(folder: Path) -> None:
    replies = KeptReplies(folder, "m", None)
    while True:
        for number in range(5):
            replies.keep(request(number).key("m"), Reply(text="x" * 100_000, usage=TOOK))


def test_a_reply_is_whole_while_others_write_it_and_after_they_are_killed(folder: Path) -> None:
    start = multiprocessing.get_context("spawn")
    writers = [start.Process(target=_write_for_ever, args=(folder,), daemon=True) for _ in range(2)]
    for writer in writers:
        writer.start()
    replies = KeptReplies(folder, "m", None)
    patience = time.monotonic() + 60
    while any(replies.missing(request(number)) for number in range(5)):
        assert time.monotonic() < patience
    seen = [replies.ask(request(number % 5)).text for number in range(500)]
    for writer in writers:
        assert writer.pid
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
    seen += [replies.ask(request(number)).text for number in range(5)]
    assert set(seen) == {"x" * 100_000}
    assert replies.notes == ()
