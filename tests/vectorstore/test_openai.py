import json

import numpy as np
import pytest

from bot.errors import EmbedderError
from tests.vectorstore.loopback import Answer, Loopback
from vectorstore.embedders import openai as door
from vectorstore.embedders.openai import OpenAIEmbedder

KEY = "sk-very-secret"


def vectors(body: bytes) -> Answer:
    """The endpoint: a vector of a text's length and 1, the last text first."""
    texts = json.loads(body)["input"]
    data = [
        {"object": "embedding", "index": index, "embedding": [float(len(text)), 1.0]}
        for index, text in enumerate(texts)
    ]
    reply = {"object": "list", "data": data[::-1], "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    return 200, json.dumps(reply).encode()


@pytest.fixture
def embedder(loopback: Loopback) -> OpenAIEmbedder:
    return OpenAIEmbedder("m", base_url=loopback.url, key=KEY, key_name="MY_KEY")


def failing(status: int, message: str = "no") -> Answer:
    return status, json.dumps({"error": {"message": message, "type": "x", "code": "y"}}).encode()


def test_vectors_come_back_unit_and_in_the_order_of_the_texts(
    embedder: OpenAIEmbedder, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "TEXTS_A_REQUEST", 2)
    loopback.answers = [vectors]
    got = embedder.encode(["", "four", "seven77"])
    assert np.allclose(got, [[2**-0.5, 2**-0.5], [4 / 17**0.5, 1 / 17**0.5], [7 / 50**0.5, 1 / 50**0.5]])
    assert [json.loads(body)["input"] for body in loopback.requests] == [[" ", "four"], ["seven77"]]
    assert loopback.headers[0]["authorization"] == f"Bearer {KEY}"


def test_no_texts_ask_nothing(embedder: OpenAIEmbedder, loopback: Loopback) -> None:
    assert embedder.encode([]).shape == (0, 0)
    assert loopback.requests == []


def test_a_passing_failure_is_tried_again(embedder: OpenAIEmbedder, loopback: Loopback) -> None:
    loopback.answers = [failing(429), failing(503), vectors]
    assert embedder.encode(["a"]).shape == (1, 2)
    assert len(loopback.requests) == 3


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (failing(401, f"Incorrect API key provided: {KEY}"), "the key was refused; check MY_KEY"),
        (failing(404), "it does not know the model; check model in [embedder]"),
        (failing(400, f"bad {KEY}"), "embedding failed (Error code: 400"),
        (failing(500), "embedding failed (Error code: 500"),
        ((200, b"<html>"), "its answer is not a list of embeddings"),
        ((200, b"{}"), "its answer is not a list of embeddings"),
        ((200, b'{"data": []}'), "its answer is not a list of embeddings"),
        ((200, b'{"data": [{"index": 0, "embedding": [0.0, 0.0]}]}'), "a vector that has no direction"),
        ((200, b'{"data": [{"index": 0, "embedding": [NaN, 1.0]}]}'), "a vector that has no direction"),
        ((200, b'{"data": [{"index": 0, "embedding": []}]}'), "a vector that has no direction"),
        ((200, b'{"data": [{"index": 0, "embedding": ["x"]}]}'), "its answer is not a list of embeddings"),
    ],
)
def test_every_failure_is_one_sentence_that_never_shows_the_key(
    embedder: OpenAIEmbedder, loopback: Loopback, answer: Answer, sentence: str
) -> None:
    loopback.answers = [answer]
    with pytest.raises(EmbedderError) as caught:
        embedder.encode(["a"])
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(f"{loopback.url}, model m: ")
    assert KEY not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "TRIES_MORE", 0)
    with pytest.raises(EmbedderError, match=r"embedding failed \(Connection error"):
        OpenAIEmbedder("m", base_url="http://127.0.0.1:9/v1").encode(["a"])


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(EmbedderError, match=r"model m: this is no address \(.*\); check base_url in \[embedder\]$"):
        OpenAIEmbedder("m", base_url="http://a\0b")


def test_without_key_and_endpoint_of_ones_own_the_remedy_is_named() -> None:
    with pytest.raises(EmbedderError, match=r"^m: there is no key; set MY_KEY, or kind = 'minilm' in \[embedder\]$"):
        OpenAIEmbedder("m", key_name="MY_KEY")
