"""What goes to a batch is what a live request says, and of what comes back only replies are taken."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.chat.batch_file import read_replies, request_line
from bot.adapters.chat.model import LangChainModel
from bot.chat import Message, Reply, Request
from bot.models import Usage
from bot.settings import Llm, Price
from tests import chat_server as chat

SCHEMA = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
REQUEST = Request("place 2501.00001", (Message("system", "s"), Message("user", "a\u2028b\x85c\nd")), "crust", SCHEMA)
LLM = Llm(model="m", base_url="http://127.0.0.1:9/v1", per_minute=100_000, prices={"m": Price(input=1, output=2)})
KEY = REQUEST.key("m")


def line(custom_id: str = f"place-2501.00001-{KEY}", said: chat.Said | None = None, **other: object) -> str:
    """A line of a batch's output."""
    answer = said or chat.reply("thin")
    response = {"status_code": answer.status, "request_id": "req_1", "body": json.loads(answer.body)}
    return json.dumps({"id": "batch_req_1", "custom_id": custom_id, "response": response, "error": None, **other})


def read(*lines: str) -> list[tuple[str, Reply] | str]:
    return list(read_replies(lines, LLM))


def replies(*lines: str) -> list[tuple[str, Reply]]:
    return [one for one in read(*lines) if not isinstance(one, str)]


GOOD = (KEY, Reply(text="thin", usage=Usage(calls=1, input=100, output=20, cost=0.00014)))


def test_a_line_says_what_a_live_request_says() -> None:
    with chat.serve() as server:
        llm = LLM.model_copy(update={"base_url": server.url})
        LangChainModel(llm, None).ask(REQUEST)
        made = json.loads(request_line(REQUEST, llm))
        assert {**made["body"], "stream": False} == server.requests[0]
        assert server.violations == []
    assert {name: made[name] for name in ("custom_id", "method", "url")} == {
        "custom_id": f"place-2501.00001-{KEY}",
        "method": "POST",
        "url": "/v1/chat/completions",
    }


def test_openai_itself_is_told_the_limit_under_its_new_name() -> None:
    bodies = [
        json.loads(request_line(REQUEST, Llm(model="m", base_url=base_url)))["body"]
        for base_url in (
            "",
            "https://eu.api.openai.com/v1",
            "http://127.0.0.1:11434/v1",
            "https://openai.com.evil.org/v1",
        )
    ]
    assert ["max_completion_tokens" in body for body in bodies] == [True, True, False, False]
    assert ["max_tokens" in body for body in bodies] == [False, False, True, True]


def test_a_line_is_one_line_however_lines_are_split() -> None:
    assert len(request_line(REQUEST, LLM).splitlines()) == 1


@pytest.mark.parametrize(
    "about", ["scope 2501.00001", "place cs/0112017", "place " + "a-very-long-slug-" * 20, "", "ö"]
)
def test_an_id_is_short_plain_and_leads_back_to_the_request(about: str) -> None:
    custom_id = json.loads(request_line(REQUEST._replace(about=about), LLM))["custom_id"]
    assert len(custom_id) <= 64
    assert custom_id.isascii()
    assert read(line(custom_id)) == [GOOD]


def test_replies_come_with_their_key_and_what_they_took() -> None:
    assert read("\ufeff" + line() + "\r\n", "", "  \n") == [GOOD]


@pytest.mark.parametrize(
    ("said", "text", "finish"),
    [
        (chat.cut("{"), "{", "length"),
        (chat.refusal("no"), "no", "refusal"),
        (chat.reply([{"type": "text", "text": "th"}, {"type": "text", "text": "in"}]), "thin", "stop"),
        (chat.reply("thin", finish=None), "thin", "stop"),
    ],
)
def test_a_reply_that_is_odd_is_a_reply(said: chat.Said, text: str, finish: str) -> None:
    assert read(line(said=said)) == [(KEY, GOOD[1].model_copy(update={"text": text, "finish": finish}))]


@pytest.mark.parametrize("counts", [None, (-5, 20), (100, 1.5), (True, 20), (None, 20)])
def test_a_reply_without_two_counts_took_nothing_that_is_known(counts: Any) -> None:
    ((_, reply),) = replies(line(said=chat.reply("thin", usage=counts)))
    assert reply.usage == Usage(calls=1, cost=0.0)


def test_a_service_is_not_believed_whatever_it_counts() -> None:
    ((_, reply),) = replies(line(said=chat.reply("thin", usage=(10**30, 10**400))))
    assert reply.usage == Usage(calls=1, input=2_000_000, output=100_000, cost=2.2)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        ("{", "line 1 is not a line of a batch's output; it is passed over"),
        ("null", "line 1 is not a line of a batch's output; it is passed over"),
        ('{"custom_id": 7}', "line 1 is not a line of a batch's output; it is passed over"),
        ("[" * 100_000, "line 1 is not a line of a batch's output; it is passed over"),
        ('{"custom_id": "\ud800"}', "line 1 replies to '?', which was not exported here; it is passed over"),
        ("x" * 10_000_000, "line 1 is longer than 1 MB; it is passed over"),
        (line("request-1"), "line 1 replies to 'request-1', which was not exported here; it is passed over"),
        (line(f"place-../../{KEY}"), "which was not exported here"),
        (line(f"place-{KEY.upper()}"), "which was not exported here"),
        (line(f"place-{KEY}\n"), "which was not exported here"),
        (line("a\u202e@b" * 99), "which was not exported here; it is passed over"),
        (line(said=chat.TOO_OFTEN), "line 1 holds no reply (HTTP 429); it is passed over"),
        (line(response=None), "line 1 holds no reply (no reason given); it is passed over"),
        (
            line(response=None, error={"code": "batch_expired", "message": "Not in time."}),
            "line 1 holds no reply (batch_expired); it is passed over",
        ),
        (line(error={"code": 500, "message": None}), "line 1 holds no reply (500); it is passed over"),
        (line(said=chat.NULL_CHOICES), "line 1 holds a reply that is not a chat completion; it is passed over"),
        (line(said=chat.NO_CHOICES), "line 1 holds a reply that is not a chat completion; it is passed over"),
        (line(said=chat.Said(200, b"null")), "line 1 holds a reply that is not a chat completion; it is passed over"),
    ],
)
def test_a_line_of_no_use_is_told_in_one_sentence_and_the_others_are_read(bad: str, sentence: str) -> None:
    told, good = read(bad, line())
    assert isinstance(told, str)
    assert sentence in told
    assert len(told) < 200
    assert told.isprintable()
    assert good == GOOD


def test_of_two_replies_to_one_request_the_first_counts() -> None:
    assert read(line(), line(said=chat.reply("thick"))) == [
        GOOD,
        "line 2 replies to the same request as line 1; it is passed over",
    ]


def test_a_line_of_no_use_does_not_stand_in_the_way_of_a_later_reply_to_the_same() -> None:
    assert read(line(said=chat.DOWN), line())[1] == GOOD


def test_lines_are_read_one_by_one() -> None:
    def lines() -> Iterator[str]:
        yield line()
        raise AssertionError("the second line was read too early")

    assert next(iter(read_replies(lines(), LLM))) == GOOD


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"custom_id": st.just(f"place-{KEY}") | JSON},
        optional={
            "response": st.fixed_dictionaries({"status_code": st.just(200), "body": JSON}) | JSON,
            "error": JSON,
        },
    )
)
def test_whatever_stands_in_a_line_nothing_is_raised(anything: dict[str, Any]) -> None:
    (came,) = read(json.dumps(anything))
    assert isinstance(came, (str, tuple))
