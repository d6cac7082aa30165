"""A model behind real HTTP: what it is sent, what it says, and every way in which it can fail."""

import gzip
import json
import subprocess
import sys
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from bot.adapters.chat import limits as chat_limits
from bot.adapters.chat import model as chat_model
from bot.adapters.chat.model import LangChainModel
from bot.chat import Message, Reply, Request
from bot.errors import LanguageModelError
from bot.models import Usage
from bot.settings import Llm, Price
from tests import chat_server as chat
from tests.chat_server import ChatServer, Said, failing, reply

KEY = "sk-very-secret"
SCHEMA = {
    "type": "object",
    "properties": {"crust": {"type": "string", "enum": ["thin", "thick"]}},
    "required": ["crust"],
    "additionalProperties": False,
}
REQUEST = Request(
    "place 2501.00001",
    (Message("system", "You know bread."), Message("user", "Which crust has $\\frac{1}{2}$ {loaf}?")),
    "crust",
    SCHEMA,
)
GOOD = {"crust": "thin"}

Make = Callable[..., LangChainModel]


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with chat.serve(GOOD) as started:
        yield started
        assert started.violations == []


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def made(server: ChatServer, pauses: list[float]) -> Make:
    def make(key: str | None = KEY, **llm: Any) -> LangChainModel:
        settings = {"model": "m", "base_url": server.url, "per_minute": 100_000, "key_env": "MY_KEY", **llm}
        return LangChainModel(Llm.model_validate(settings), key, sleep=pauses.append)

    return make


def told(model: LangChainModel) -> LanguageModelError:
    with pytest.raises(LanguageModelError) as caught:
        model.ask(REQUEST)
    sentence = str(caught.value)
    assert KEY not in sentence
    assert "\n" not in sentence
    return caught.value


# --- what is sent ---


def test_the_messages_the_schema_and_the_limits_are_sent_as_the_api_wants_them(made: Make, server: ChatServer) -> None:
    assert made(temperature=0.5, max_tokens=700).ask(REQUEST).text == json.dumps(GOOD)
    assert server.requests == [
        {
            "model": "m",
            "messages": [{"role": message.role, "content": message.text} for message in REQUEST.messages],
            "stream": False,
            "max_tokens": 700,
            "temperature": 0.5,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "crust", "schema": SCHEMA, "strict": True},
            },
        }
    ]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_a_turn_of_the_model_itself_is_sent_back_as_such(made: Make, server: ChatServer) -> None:
    repair = (*REQUEST.messages, Message("assistant", "thin"), Message("user", "That is no JSON."))
    made().ask(REQUEST._replace(messages=repair))
    assert [message["role"] for message in server.requests[0]["messages"]] == ["system", "user", "assistant", "user"]


def test_a_model_that_takes_no_temperature_is_sent_none(made: Make, server: ChatServer) -> None:
    made(temperature="none").ask(REQUEST)
    assert "temperature" not in server.requests[0]


@pytest.mark.parametrize("name", ["llama3:8b", "gpt-5-mini", "o3-mini", "gpt-5-pro", "Qwen/Qwen3-8B"])
def test_any_name_of_a_model_is_asked_for_chat_completions_as_the_settings_say(
    made: Make, server: ChatServer, name: str
) -> None:
    made(model=name).ask(REQUEST)
    assert server.requests[0]["model"] == name
    assert (server.requests[0]["temperature"], server.requests[0]["max_tokens"]) == (0.0, 1500)


def test_a_key_of_an_endpoint_of_ones_own_may_be_missing_and_no_other_is_sent(
    made: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    made(key=None).ask(REQUEST)
    assert server.headers[0]["authorization"] == "Bearer none"


def test_blanks_around_a_key_are_no_part_of_it(made: Make, server: ChatServer) -> None:
    made(key=f" {KEY}\n").ask(REQUEST)
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_variables_of_langchain_and_openai_send_nothing_elsewhere(
    made: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.tracers.langchain import wait_for_all_tracers
    from langsmith.utils import get_env_var

    with chat.serve() as spy:
        for name in ("LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"):
            monkeypatch.setenv(name, "true")
        for name in ("LANGSMITH_GATEWAY", "LANGSMITH_ENDPOINT", "OPENAI_API_BASE", "OPENAI_BASE_URL", "OPENAI_PROXY"):
            monkeypatch.setenv(name, spy.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "lsv2_key")
        monkeypatch.setattr(chat_model, "OPENAI", server.url)
        forget: Any = get_env_var.cache_clear  # type: ignore[attr-defined]
        forget()
        try:
            made().ask(REQUEST)
            made(base_url="").ask(REQUEST)
            wait_for_all_tracers()
        finally:
            forget()
        assert len(server.requests) == 2
        assert spy.connections == 0


def test_a_proxy_of_the_environment_is_used(made: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", server.url.removesuffix("/v1"))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert made(base_url="http://bakery.invalid/v1").ask(REQUEST).text == json.dumps(GOOD)
    assert server.headers[0]["host"] == "bakery.invalid"


def test_a_redirection_is_not_followed(made: Make, server: ChatServer) -> None:
    with chat.serve() as elsewhere:
        server.say(failing(307, Location=f"{elsewhere.url}/chat/completions"))
        error = told(made())
        assert error.lasting
        assert "it does not know the model or the address (HTTP 307" in str(error)
        assert elsewhere.requests == []


def test_requests_of_several_threads_keep_one_pace(made: Make, server: ChatServer) -> None:
    model = made(per_minute=1200)
    model.ask(REQUEST)
    began = time.monotonic()
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda _: model.ask(REQUEST), range(4)))
    assert time.monotonic() - began >= 0.15
    assert [one.text for one in replies] == [json.dumps(GOOD)] * 4


def test_replies_of_several_threads_are_not_mixed_up(made: Make, server: ChatServer) -> None:
    server.say(lambda body: body["messages"][0]["content"])
    model = made()
    texts = [f"loaf {number}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        replies = threads.map(lambda text: model.ask(REQUEST._replace(messages=(Message("user", text),))).text, texts)
    assert list(replies) == texts


def test_looking_at_a_model_loads_nothing_heavy() -> None:
    script = (
        "import sys\nfrom bot.adapters.chat.model import LangChainModel\nfrom bot.settings import Llm\n"
        "LangChainModel(Llm(model='m'), 'k')\n"
        "print([name for name in ('openai', 'langchain', 'langchain_core', 'tenacity') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


# --- what comes back ---


def test_tokens_are_counted_and_priced(made: Make, server: ChatServer) -> None:
    server.say(reply("{}", usage=(100, 500)))
    assert made(prices={"m": Price(input=10, output=4)}).ask(REQUEST).usage == Usage(
        calls=1, input=100, output=500, cost=0.003
    )
    assert made(prices={"other": Price(input=0.5, output=4)}).ask(REQUEST).usage.cost is None


def uncounted() -> Said:
    """A reply with an account that has no count of tokens in it."""
    body = json.loads(reply("{}").body)
    return Said(200, json.dumps({**body, "usage": {"total_tokens": 7}}).encode())


@pytest.mark.parametrize(
    "said",
    [
        reply("{}", usage=None),
        uncounted(),
        reply("{}", usage=(0, 0)),
        reply("{}", usage=(-5, 20)),
        reply("{}", usage=(100, -1)),
        reply("{}", usage=(100, 1.5)),
        reply("{}", usage=(None, 20)),
    ],
)
def test_a_service_that_counts_no_tokens_is_told_once(made: Make, server: ChatServer, said: Said) -> None:
    server.say(said)
    model = made()
    assert [model.ask(REQUEST).usage for _ in range(2)] == [Usage(calls=1, cost=None)] * 2
    assert model.notes == (
        f"{server.url}, model m: it does not say how many tokens a reply took; the most they can be is reckoned with",
    )


@pytest.mark.parametrize(("limit", "most"), [(1_500, 100_000), (20_000, 200_000)])
def test_a_service_is_not_believed_more_tokens_than_there_can_be(
    made: Make, server: ChatServer, limit: int, most: int
) -> None:
    server.say(reply("{}", usage=(10**30, 10**400)))
    usage = made(max_tokens=limit).ask(REQUEST._replace(messages=(Message("user", "é" * 1_000),))).usage
    assert 2_000 < usage.input < 2_500
    assert usage.output == most


@pytest.mark.parametrize(
    ("said", "text", "finish"),
    [
        (chat.cut("{"), "{", "length"),
        (chat.refusal("I bake nothing."), "I bake nothing.", "refusal"),
        (reply("", refusal="I bake nothing."), "I bake nothing.", "refusal"),
        (reply(None, finish="content_filter"), "", "content_filter"),
        (reply(None, finish="tool_calls", tool_calls=[]), "", "tool_calls"),
        (reply("thin", finish=None), "thin", "stop"),
        (reply("thin", finish="I say\nso"), "thin", "unknown"),
        (chat.EMPTY, "", "stop"),
        (reply([{"type": "text", "text": "th"}, {"type": "text", "text": "in"}]), "thin", "stop"),
        (reply("a half \ud83e of a sign"), "a half ? of a sign", "stop"),
        (reply("thin", reasoning_content="hm", audio=None, function_call=None), "thin", "stop"),
        (Said(200, reply("thin").body, {"Content-Type": "text/plain"}), "thin", "stop"),
        (Said(200, reply("thin").body, {**chat.JSON, "Content-Encoding": "Identity"}), "thin", "stop"),
    ],
)
def test_a_reply_that_is_odd_is_a_reply(made: Make, server: ChatServer, said: Said, text: str, finish: str) -> None:
    server.say(said)
    came = made().ask(REQUEST)
    assert came == Reply(text=text, finish=finish, usage=Usage(calls=1, input=100, output=20, cost=None))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "said",
    [
        chat.NULL_CHOICES,
        chat.NO_CHOICES,
        chat.WEB_PAGE,
        chat.GARBAGE,
        Said(200, b""),
        Said(200, b"null"),
        Said(200, b"[]"),
        Said(200, b"{}"),
        Said(200, b'{"choices": [null]}'),
        Said(200, b'{"choices": [{"message": null}]}'),
        Said(200, b'{"choices": [{"message": {"role": "assistant", "content": {"a": 1}}}]}'),
        Said(200, b'{"choices": [{"message": {"role": "baker", "content": 7}}]}'),
        Said(200, b'{"choices": {"0": 1}}'),
        Said(200, b'{"error": {"message": "sk-very-secret"}}'),
        Said(200, b"[" * 100_000),
        Said(200, reply("thin").body[:-30]),
        Said(204, b""),
    ],
)
def test_what_is_no_chat_completion_is_told_and_asked_once(made: Make, server: ChatServer, said: Said) -> None:
    server.say(said)
    error = told(made())
    assert str(error) == f"{server.url}, model m: its reply is not a chat completion; check base_url in [llm]"
    assert not error.lasting
    assert error.lost == 1
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "error",
    [
        {"message": "The prompt was filtered.", "code": "content_filter", "param": "prompt"},
        {"message": "It violates the policy.", "code": "content_policy_violation"},
        {"message": "Bad 'temperature'.", "code": "400", "innererror": {"code": "content_filter"}},
        {"message": "Bad grammar.", "inner_error": {"code": "content_policy_violation"}},
    ],
)
def test_a_text_that_the_filter_of_the_service_refuses_is_a_refusal(
    made: Make, server: ChatServer, error: dict[str, Any]
) -> None:
    server.say(chat.RESET, Said(400, json.dumps({"error": error}).encode()))
    model = made()
    assert model.ask(REQUEST) == Reply(text="", finish="content_filter", usage=Usage(calls=1, cost=None), lost=1)
    assert model.notes == ()


# --- failures ---


@pytest.mark.parametrize(
    ("said", "sentence", "lasting", "requests"),
    [
        (failing(401, f"Wrong key: {KEY}"), "the key was refused; check the environment variable MY_KEY", True, 1),
        (chat.FORBIDDEN, "access was refused (You have no access to this model); check", True, 1),
        (failing(403, "Your input was flagged"), "it refused the request (HTTP 403: Your input was flagged)", False, 1),
        (chat.NO_MODEL, "it does not know the model or the address (HTTP 404: The model `m` does not exist)", True, 1),
        (failing(400, "Unknown model: m", "unknown_model"), "it does not know the model or the address", True, 1),
        (failing(405), "check model and base_url in [llm]", True, 1),
        (chat.NO_QUOTA, "the account has no quota left; look at its billing", True, 1),
        (failing(402, "Insufficient Balance"), "the account has no quota left", True, 1),
        (chat.TOO_OFTEN, "it was asked too often (Rate limit reached for requests); lower per_minute", False, 3),
        (failing(429, Retry_After="61"), "it wants to be left alone for 61 s", True, 1),
        (failing(503, Retry_After="inf"), "it wants to be left alone for inf s", True, 1),
        (chat.DOWN, "it failed 3 times (HTTP 500: The server had an error); try again later", False, 3),
        (Said(502, b"<html>Bad gateway</html>", {}), "it failed 3 times (HTTP 502: a web page)", False, 3),
        (Said(503, b"", {}), "it failed 3 times (HTTP 503: no reason given)", False, 3),
        (failing(408), "it failed 3 times (HTTP 408", False, 3),
        (failing(409), "it failed 3 times (HTTP 409", False, 3),
        (failing(400, f"a\nb {KEY} " + "c" * 999), "it refused the request (HTTP 400: a b [key] ccc", False, 1),
        (Said(400, b'{"detail": "too long"}'), "it refused the request (HTTP 400: too long); check [llm]", False, 1),
        (Said(422, b'["no"]'), "it refused the request (HTTP 422: ['no'])", False, 1),
        (chat.RESET, "it cannot be reached, or the connection broke ([Errno 104] Connection reset by peer)", False, 3),
        (chat.TORN, "it cannot be reached, or the connection broke (", False, 3),
        (chat.huge(), "its reply is larger than 1 MB; take another model in [llm]", False, 1),
        (chat.FOR_EVER, "its reply is larger than 1 MB", False, 1),
    ],
)
def test_every_failure_is_one_sentence_and_tried_again_only_where_that_can_help(
    made: Make, server: ChatServer, pauses: list[float], said: Said, sentence: str, lasting: bool, requests: int
) -> None:
    server.say(said)
    error = told(made())
    assert str(error).startswith(f"{server.url}, model m: ")
    assert sentence in str(error)
    assert len(str(error)) < 400
    assert error.lasting is lasting
    assert len(server.requests) == requests == len(pauses) + 1


@pytest.mark.parametrize(
    "said",
    [
        failing(400, "Bad words"),
        failing(400, "This model's maximum context length is 8192 tokens.", "context_length_exceeded"),
        failing(403, "Your input was flagged"),
        failing(413),
        failing(422),
        chat.huge(),
    ],
)
def test_what_is_wrong_with_one_request_says_so(made: Make, server: ChatServer, said: Said) -> None:
    server.say(said)
    assert told(made()).only_this


@pytest.mark.parametrize("said", [chat.KEY_REFUSED, chat.FORBIDDEN, chat.NO_MODEL, chat.DOWN, chat.RESET, chat.GARBAGE])
def test_what_is_wrong_with_the_service_says_so(made: Make, server: ChatServer, said: Said) -> None:
    server.say(said)
    assert not told(made()).only_this


@pytest.mark.parametrize(
    ("said", "lasting", "only_this"),
    [
        (chat.FORBIDDEN, False, True),
        (chat.NO_MODEL, False, False),
        (failing(405), False, False),
        (failing(307), False, False),
        (chat.KEY_REFUSED, True, False),
        (chat.NO_QUOTA, True, False),
    ],
)
def test_a_model_that_has_replied_is_there_and_may_be_asked(
    made: Make, server: ChatServer, said: Said, lasting: bool, only_this: bool
) -> None:
    model = made()
    model.ask(REQUEST)
    server.say(said)
    error = told(model)
    assert (error.lasting, error.only_this) == (lasting, only_this)


@pytest.mark.parametrize(
    ("said", "lost"),
    [
        (chat.RESET, 3),
        (chat.TORN, 3),
        (chat.FOR_EVER, 1),
        (chat.GARBAGE, 1),
        (chat.DOWN, 0),
        (chat.TOO_OFTEN, 0),
        (chat.KEY_REFUSED, 0),
        (Said(500, chat.huge().body), 0),
    ],
)
def test_requests_that_were_sent_and_never_answered_are_counted(
    made: Make, server: ChatServer, said: Said, lost: int
) -> None:
    server.say(said)
    assert told(made()).lost == lost


def test_requests_without_an_answer_are_counted_where_a_later_one_has_a_reply(made: Make, server: ChatServer) -> None:
    server.say(chat.TORN, chat.DOWN, GOOD)
    model = made()
    assert [model.ask(REQUEST).lost for _ in range(2)] == [1, 0]


@pytest.mark.parametrize("said", [chat.HANG, chat.DRIP, chat.DRIP_HEAD, chat.PUT_OFF])
def test_a_reply_that_does_not_come_to_an_end_is_given_up_in_time(made: Make, server: ChatServer, said: Said) -> None:
    server.say(GOOD)
    model = made(timeout=0.2)
    model.ask(REQUEST)
    server.say(said)
    began = time.monotonic()
    error = told(model)
    assert time.monotonic() - began < 0.2 * chat_limits.TRIES + 1
    assert "it did not reply within 0.2 s; raise timeout in [llm], or try again later" in str(error)
    assert not error.lasting
    assert error.lost == chat_limits.TRIES
    patience = time.monotonic() + 1
    while any(thread.name == chat_limits.THREAD for thread in threading.enumerate()):
        assert time.monotonic() < patience, "a thread still reads"


def packed(times: int, status: int = 200, name: str = "gzip") -> Said:
    """A reply of 20 MB of blanks, packed so many times."""
    body = b" " * 20_000_000
    for _ in range(times):
        body = gzip.compress(body)
    return Said(status, body, {**chat.JSON, "Content-Encoding": ", ".join([name] * times)})


@pytest.mark.parametrize("said", [packed(1), packed(2), packed(1, name="zstd"), packed(1, name="x\u00e9")])
def test_a_reply_that_is_packed_is_not_unpacked(made: Make, server: ChatServer, said: Said) -> None:
    server.say(said)
    model = made()
    tracemalloc.start()
    try:
        error = told(model)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert str(error).endswith("its reply is packed, which was not asked for; check base_url in [llm]")
    assert server.headers[0]["accept-encoding"] == "identity"
    assert error.lost == 1
    assert most < 20_000_000


def test_of_a_failure_that_is_packed_the_status_is_told(made: Make, server: ChatServer) -> None:
    server.say(packed(2, 401))
    assert "the key was refused" in str(told(made()))


@pytest.mark.parametrize(
    "key",
    [
        "".join(chr(ord(letter) + 0xFEE0) for letter in KEY),
        "\u200b".join(KEY),
        "sk-very-\nsecret",
        "sk-\u00a0very - secret",
        "SK\u2011VERY\u2011SECRET",
        " ".join(KEY),
    ],
)
@pytest.mark.parametrize("wrap", [lambda said: said, lambda said: [said], lambda said: {"loc": {"said": said}}])
def test_a_key_in_disguise_is_not_repeated(
    made: Make, server: ChatServer, key: str, wrap: Callable[[str], object]
) -> None:
    said = {"error": {"message": wrap(f"Wrong key: {key} was sent")}}
    server.say(Said(400, json.dumps(said).encode()))
    assert "Wrong key: [key] was sent" in str(told(made()))


@pytest.mark.parametrize("length", [200, 2_000, chat_limits.LONGEST])
@pytest.mark.parametrize("fill", ["x", "\u200b", " "])
def test_a_key_at_the_limit_of_what_is_shown_is_not_cut_into_a_part(
    made: Make, server: ChatServer, length: int, fill: str
) -> None:
    server.say(failing(400, "No:" + fill * (length - 11) + KEY))
    assert "sk-" not in str(told(made()))


def test_failures_that_pass_are_waited_for_longer_and_longer(
    made: Make, server: ChatServer, pauses: list[float]
) -> None:
    server.say(chat.DOWN, chat.RESET, GOOD)
    assert made().ask(REQUEST).usage.calls == 1
    assert 1 <= pauses[0] <= 2 <= pauses[1] <= 3


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"Retry-After": "7"}, 7, 7),
        ({"Retry-After": "0.5"}, 0.5, 0.5),
        ({"Retry-After": "60"}, 60, 60),
        ({"Retry-After": "30", "Retry-After-Ms": "2500"}, 2.5, 2.5),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 1, 2),
        ({"Retry-After": "Wed, 99 Oct 9999"}, 1, 2),
        ({"Retry-After": "soon"}, 1, 2),
        ({"Retry-After": "-1"}, 1, 2),
        ({"Retry-After": "nan"}, 1, 2),
        ({}, 1, 2),
    ],
)
def test_the_wait_a_service_asks_for_is_kept_where_it_asks_for_one(
    made: Make, server: ChatServer, pauses: list[float], headers: dict[str, str], least: float, most: float
) -> None:
    server.say(chat.TOO_OFTEN._replace(headers={**chat.JSON, **headers}), GOOD)
    made().ask(REQUEST)
    assert len(pauses) == 1
    assert least <= pauses[0] <= most


def test_the_wait_may_be_a_moment(made: Make, server: ChatServer, pauses: list[float]) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    server.say(chat.TOO_OFTEN._replace(headers={**chat.JSON, "Retry-After": soon}), GOOD)
    made().ask(REQUEST)
    assert len(pauses) == 1
    assert 20 <= pauses[0] <= 40


def test_a_server_that_is_not_there_is_told(made: Make) -> None:
    error = told(made(base_url="http://127.0.0.1:9/v1"))
    assert "it cannot be reached, or the connection broke ([Errno 111] Connection refused)" in str(error)


@pytest.mark.parametrize("address", ["127.0.0.1:11434/v1", "ftp://a/v1", "http://", "http://[::1", "https:///v1"])
def test_an_address_that_is_none_is_told_before_anything_is_sent(made: Make, address: str) -> None:
    error = told(made(base_url=address))
    assert str(error) == f"{address}, model m: this is no web address; check base_url in [llm]"
    assert error.lasting


def test_an_address_the_http_library_cannot_use_is_told(made: Make) -> None:
    error = told(made(base_url="http://a\0b/v1"))
    assert "it cannot be asked (" in str(error)
    assert error.lasting


def test_what_stands_before_the_host_is_not_repeated(made: Make) -> None:
    assert "baker" not in str(told(made(base_url="http://baker:bread@127.0.0.1:9/v1")))


def test_openai_without_a_key_is_not_asked(made: Make) -> None:
    error = told(made(key=" ", base_url=""))
    assert str(error) == "OpenAI, model m: there is no key; put one into the environment variable MY_KEY"
    assert error.lasting


def test_an_endpoint_of_ones_own_that_wants_a_key_says_where_to_put_it(made: Make, server: ChatServer) -> None:
    server.say(chat.KEY_REFUSED)
    assert "it wants a key; put one into the environment variable MY_KEY" in str(told(made(key=None)))


@pytest.mark.parametrize("key", ["sk-very\nsecret", "sk-véry-secret", "sk-very\0secret"])
def test_a_key_that_is_none_is_told_and_not_shown(made: Make, server: ChatServer, key: str) -> None:
    error = told(made(key=key))
    assert str(error).endswith("the key has letters no key has; check the environment variable MY_KEY")
    assert server.requests == []


def test_a_variable_that_makes_langchain_fail_is_one_sentence_too(made: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGCHAIN_TRACING", "true")
    error = told(made())
    assert "LangChain failed (Tracing using LangChainTracerV1 is no longer supported" in str(error)
    assert error.lasting


# --- what an endpoint does not take ---


@pytest.mark.parametrize(
    "said",
    [
        chat.NO_SCHEMA,
        failing(400, "This response_format type is unavailable now"),
        failing(400, "Invalid schema for response_format 'crust': 'enum' is not permitted."),
        failing(400, "Failed to initialize samplers: failed to parse grammar"),
        failing(500, "Unsupported: guided decoding"),
        Said(400, b"{\"error\": \"'response_format.type' must be 'text'\"}"),
        Said(422, b'{"detail": [{"loc": ["body", "response_format"], "msg": "Extra inputs are not permitted"}]}'),
    ],
)
def test_an_endpoint_that_takes_no_schema_is_asked_without_from_then_on(
    made: Make, server: ChatServer, said: Said
) -> None:
    server.say(lambda body: said if "response_format" in body else GOOD)
    model = made()
    assert [model.ask(REQUEST).text for _ in range(2)] == [json.dumps(GOOD)] * 2
    with_schema = ["response_format" in body for body in server.requests]
    assert with_schema == [True] * (3 if said.status == 500 else 1) + [False, False]
    assert len(model.notes) == 1
    assert "it takes no JSON schema (" in model.notes[0]


def test_an_endpoint_that_takes_no_temperature_is_asked_without_from_then_on(made: Make, server: ChatServer) -> None:
    server.say(lambda body: chat.NO_TEMPERATURE if "temperature" in body else GOOD)
    model = made()
    assert [model.ask(REQUEST).text for _ in range(2)] == [json.dumps(GOOD)] * 2
    assert ["temperature" in body for body in server.requests] == [True, False, False]
    assert model.notes == (f'{server.url}, model m: it takes no temperature; write temperature = "none" in [llm]',)


def test_the_limit_of_tokens_goes_under_the_name_the_endpoint_takes(made: Make, server: ChatServer) -> None:
    said = failing(400, "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.", None, "max_tokens")
    server.say(lambda body: said if "max_tokens" in body else GOOD)
    model = made()
    assert [model.ask(REQUEST).text for _ in range(2)] == [json.dumps(GOOD)] * 2
    assert [body.get("max_completion_tokens") for body in server.requests] == [None, 1500, 1500]
    assert model.notes == ()


def test_an_endpoint_that_takes_no_limit_at_all_ends_in_one_sentence(made: Make, server: ChatServer) -> None:
    server.say(
        lambda body: failing(
            400, f"Unknown parameter: '{'max_tokens' if 'max_tokens' in body else 'max_completion_tokens'}'"
        )
    )
    error = told(made())
    assert "it refused the request (HTTP 400: Unknown parameter: 'max_tokens')" in str(error)
    assert error.only_this
    assert len(server.requests) == 2


def test_a_refusal_that_quotes_a_paper_switches_nothing_off_for_others(made: Make, server: ChatServer) -> None:
    words = "Bad input: max_tokens of a temperature-aware grammar"
    server.say(lambda body: failing(400, words) if "paper" in body["messages"][0]["content"] else GOOD)
    model = made()
    with pytest.raises(LanguageModelError, match=f"HTTP 400: {words}") as caught:
        model.ask(REQUEST._replace(messages=(Message("user", "the paper"),)))
    assert caught.value.only_this
    server.requests.clear()
    model.ask(REQUEST)
    assert server.requests[0].keys() >= {"max_tokens", "temperature", "response_format"}
    assert model.notes == ()


def test_an_option_that_a_refusal_names_is_left_out_even_if_the_next_try_fails(made: Make, server: ChatServer) -> None:
    server.say(chat.NO_TEMPERATURE, failing(400, "Too long", param="messages"))
    model = made()
    assert "HTTP 400: Too long" in str(told(model))
    server.say(GOOD)
    model.ask(REQUEST)
    assert ["temperature" in body for body in server.requests] == [True, False, False]


def test_a_failure_of_another_kind_after_an_option_was_left_out_is_told_itself(made: Make, server: ChatServer) -> None:
    server.say(failing(400, "No grammar"), chat.NO_QUOTA)
    assert told(made()).lasting


def test_a_limit_of_tokens_that_is_too_large_is_told_under_its_name(made: Make, server: ChatServer) -> None:
    server.say(failing(400, "max_tokens is too large: 1500. This model takes at most 1024."))
    assert "max_tokens is too large: 1500" in str(told(made()))
    assert len(server.requests) == 1


def test_an_endpoint_can_refuse_everything_that_can_be_left_out(made: Make, server: ChatServer) -> None:
    def strict(body: dict[str, Any]) -> Said | dict[str, str]:
        unknown = body.keys() - {"model", "messages", "stream", "max_completion_tokens"}
        return failing(400, f"Unrecognized request argument supplied: {min(unknown)}") if unknown else GOOD

    server.say(strict)
    model = made()
    with ThreadPoolExecutor(4) as threads:
        replies = list(threads.map(lambda _: model.ask(REQUEST).text, range(8)))
    assert replies == [json.dumps(GOOD)] * 8
    assert len(model.notes) == 2
