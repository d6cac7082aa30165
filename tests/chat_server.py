"""A local server that speaks OpenAI's chat completions, says what a test tells it, and holds requests to the API.

What is asked is checked with the types of the ``openai`` package, and what strict mode takes of a JSON schema with the
rules of https://platform.openai.com/docs/guides/structured-outputs; a breach is in ``violations`` and answered with
HTTP 400, as the real one would. ::

    with serve({"verdict": "in"}, refusal(), HANG) as server:
        LangChainModel(Llm(model="m", base_url=server.url), key="k").ask(request)
        assert server.violations == []

An answer is a text or a JSON object (a good reply that says it), a ``Said`` (see the helpers below), or a function
that makes one of these from the JSON of the request. They are given in turn, the last one for ever.
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler
from typing import Any, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from tests.serving import LocalServer, serving

JSON = {"Content-Type": "application/json"}
PATH = "/v1/chat/completions"
USAGE = (100, 20)
"""Tokens of the prompt and of the reply, where a test says nothing else."""


class Said(NamedTuple):
    """One answer over HTTP; ``way`` is how its body is sent."""

    status: int
    body: bytes
    headers: Mapping[str, str] = JSON
    way: Literal["whole", "hang", "reset", "torn", "drip", "drip the head", "put off", "for ever"] = "whole"


Answer: TypeAlias = "str | dict[str, Any] | Said"
Script: TypeAlias = "Answer | Callable[[dict[str, Any]], Answer]"

# --- what a service may say ------------------------------------------------------------------------------------------


def reply(
    text: object, *, finish: str | None = "stop", usage: tuple[Any, Any] | None = USAGE, **message: object
) -> Said:
    """A chat completion; ``text`` is its content (a str, None, or a list of parts), ``message`` its further keys."""
    content = {"role": "assistant", "content": text, "refusal": None, **message}
    whole: dict[str, object] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "m-2026-01-01",
        "choices": [{"index": 0, "message": content, "logprobs": None, "finish_reason": finish}],
    }
    if usage:
        counts = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
        whole["usage"] = {**counts, "total_tokens": sum(count or 0 for count in usage)}
    return Said(200, json.dumps(whole).encode())


def failing(
    status: int, message: str = "no", code: str | None = None, param: str | None = None, **headers: str
) -> Said:
    """An error as OpenAI words it; ``headers`` with ``_`` for ``-``: ``failing(429, Retry_After="2")``."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said(status, json.dumps({"error": error}).encode(), {**JSON, **more})


def refusal(sentence: str = "I cannot help with that.") -> Said:
    """The model refuses: content null, a sentence under ``refusal``."""
    return reply(None, refusal=sentence)


def cut(text: str = '{"verdict": "i') -> Said:
    """The model ran into its limit of tokens."""
    return reply(text, finish="length")


def huge(size: int = 10_000_000) -> Said:
    """A good reply of this many characters."""
    return reply("x" * size)


KEY_REFUSED = failing(401, "Incorrect API key provided.", "invalid_api_key")
FORBIDDEN = failing(403, "You have no access to this model.")
NO_MODEL = failing(404, "The model `m` does not exist.", "model_not_found", "model")
NO_QUOTA = failing(429, "You exceeded your current quota, please check your plan.", "insufficient_quota")
TOO_OFTEN = failing(429, "Rate limit reached for requests.", "rate_limit_exceeded")
DOWN = failing(500, "The server had an error.")
NO_SCHEMA = failing(
    400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported.", None, "response_format"
)
NO_TEMPERATURE = failing(
    400, "Unsupported value: 'temperature' does not support 0.0 with this model.", "unsupported_value", "temperature"
)
EMPTY = reply("")
NULL_CHOICES = Said(200, b'{"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": null}')
NO_CHOICES = Said(200, b'{"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": []}')
WEB_PAGE = Said(200, b"<!DOCTYPE html><html><body>Down</body></html>", {"Content-Type": "text/html"})
GARBAGE = Said(200, b"\x00\xff nothing")
HANG = Said(200, b"", way="hang")
RESET = Said(200, b"", way="reset")
TORN = reply("{}")._replace(way="torn")
"""The connection breaks in the midst of the body."""
DRIP = Said(200, b"", way="drip")
"""A blank of the body every few milliseconds, for ever."""
DRIP_HEAD = Said(200, b"", way="drip the head")
"""The same before the end of the headers."""
PUT_OFF = Said(100, b"", way="put off")
"""HTTP 100, "go on", for ever."""
FOR_EVER = Said(200, b"", way="for ever")
"""A body without an end, as fast as it goes."""


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass
class ChatServer:
    """What it was asked, in order of arrival, and what it will say."""

    url: str = ""
    """The ``base_url``."""
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    """Names in lower case."""
    violations: list[str] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    """Requests that were open at the same time."""
    released: threading.Event = field(default_factory=threading.Event)
    """Set when the test is over."""
    _answers: list[Script] = field(default_factory=list)
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def say(self, *answers: Script) -> None:
        """From now on, in turn, the last one for ever."""
        with self._lock:
            self._answers = list(answers)

    @property
    def prompts(self) -> list[str]:
        """What users said in each request."""
        return [
            "\n".join(message["content"] for message in body["messages"] if message["role"] == "user")
            for body in self.requests
        ]

    def _answer(self, path: str, body: dict[str, Any], headers: dict[str, str]) -> Said:
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
            breaches = _breaches(path, body, headers)
            self.violations += breaches
        if breaches:
            return failing(400, "; ".join(breaches))
        said = answer(body) if callable(answer) else answer
        return said if isinstance(said, Said) else reply(said if isinstance(said, str) else json.dumps(said))

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._lock:
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        chat = self.server.chat
        with chat._counted():
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            said = chat._answer(self.path, json.loads(content), headers)
            with suppress(OSError):  # a client that hung up is what some tests are about
                self._send(said)

    def _send(self, said: Said) -> None:
        if said.way == "reset":
            self._reset()
        elif said.way == "hang":
            self._flow(b"", 30)
        elif said.way == "drip the head":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            self._flow(b"x", 0.005)
        elif said.way == "put off":
            self._flow(b"HTTP/1.1 100 Continue\r\n\r\n", 0.005)
        elif said.way in ("whole", "torn"):
            self._head(said, len(said.body))
            self.wfile.write(said.body if said.way == "whole" else said.body[:50])
            self.close_connection |= said.way == "torn"
        else:
            self._head(said, 10**12)
            self._flow(*((b" ", 0.005) if said.way == "drip" else (b" " * 65536, 0.0)))

    def _head(self, said: Said, length: int) -> None:
        self.send_response(said.status)
        for name, value in (*said.headers.items(), ("Content-Length", str(length))):
            self.send_header(name, value)
        self.end_headers()

    def _flow(self, piece: bytes, pause: float) -> None:
        """Until the client hangs up or the test is over."""
        while not self.server.chat.released.wait(pause):
            self.wfile.write(piece)
        self._reset()

    def _reset(self) -> None:
        """Close so that the other side sees the connection break."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        socket.close(self.connection.detach())

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


class _Server(LocalServer):
    def __init__(self, chat: ChatServer) -> None:
        self.chat = chat
        super().__init__(("127.0.0.1", 0), _Handler)

    def verify_request(self, *_: object) -> bool:
        self.chat.connections += 1
        return True


@contextmanager
def serve(*answers: Script) -> Iterator[ChatServer]:
    """The server on a free port of this machine, for as long as the ``with`` lasts."""
    chat = ChatServer()
    chat.say(*(answers or ("{}",)))
    server = _Server(chat)
    chat.url = f"{server.here}/v1"
    with serving(server):
        try:
            yield chat
        finally:
            chat.released.set()


# --- what the API takes ----------------------------------------------------------------------------------------------

_KEYWORDS = re.compile(
    r"type|properties|required|additionalProperties|enum|const|anyOf|items|\$defs|\$ref|title|description|pattern|format"
    r"|minItems|maxItems|multipleOf|minimum|maximum|exclusiveMinimum|exclusiveMaximum"
)
"""Those of strict mode. Lengths of strings are not among them: some services refuse them, all do without."""


@cache
def _shape() -> tuple[TypeAdapter[Any], frozenset[str]]:
    from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming as Body

    return TypeAdapter(Body), frozenset(Body.__annotations__)


def _breaches(path: str, body: dict[str, Any], headers: Mapping[str, str]) -> list[str]:
    """What is wrong with a request, one sentence each."""
    shape, known = _shape()
    found = [f"there is no such key: {key}" for key in sorted(body.keys() - known)]
    if urlsplit(path).path != PATH:  # a proxy is asked with the whole address
        found.append(f"there is no such path: {path}")
    if not headers.get("authorization", "").startswith("Bearer "):
        found.append("there is no key")
    if {"max_tokens", "max_completion_tokens"} <= body.keys():
        found.append("max_tokens and max_completion_tokens exclude each other")
    if not 0 <= (body.get("temperature") or 0) <= 2:
        found.append("temperature is not from 0 to 2")
    try:
        messages = list(shape.validate_python(body)["messages"])  # checked as they are taken
        if not messages:
            found.append("there are no messages")
    except ValidationError as error:
        found += [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:3]]
    wanted = body.get("response_format") or {}
    return found + (_schema_breaches(wanted.get("json_schema") or {}) if wanted.get("type") == "json_schema" else [])


def _schema_breaches(wanted: dict[str, Any]) -> list[str]:
    schema = wanted.get("schema")
    found = [] if re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", str(wanted.get("name"))) else ["the schema has no proper name"]
    if not wanted.get("strict"):
        return found
    if not isinstance(schema, dict) or schema.get("type") != "object":
        return [*found, "the schema is no object"]
    nodes = list(_nodes(schema))
    for place, node in nodes:
        found += [f"{place}: strict mode takes no {key}" for key in node if not _KEYWORDS.fullmatch(key)]
        is_closed = node.get("additionalProperties") is False
        is_whole = set(node.get("required", ())) == set(node.get("properties", ()))
        if node.get("type") == "object" and not (is_closed and is_whole):
            found.append(f"{place}: strict mode wants all keys required and no others")
        if "enum" in node and (not node["enum"] or len(set(map(str, node["enum"]))) != len(node["enum"])):
            found.append(f"{place}: an enum has different values, and some")
    if sum(len(node.get("enum", ())) for _, node in nodes) > 1000 or len(nodes) > 5000:
        found.append("the schema is too large")
    return found


def _nodes(node: dict[str, Any], place: str = "schema") -> Iterator[tuple[str, dict[str, Any]]]:
    """A schema and all below it, each with where it stands."""
    yield place, node
    below = {**node.get("properties", {}), **node.get("$defs", {}), **dict(enumerate(node.get("anyOf", ())))}
    if "items" in node:
        below["items"] = node["items"]
    for name, child in below.items():
        yield from _nodes(child, f"{place}.{name}")
