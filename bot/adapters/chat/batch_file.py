"""The files of OpenAI's batch API, which others speak too: one JSON object a line.

Source: https://platform.openai.com/docs/guides/batch and https://platform.openai.com/docs/api-reference/batch
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, Field, ValidationError

from bot import texts
from bot.adapters.chat import format as chat_format
from bot.chat import Reply, Request
from bot.settings import Llm

LONGEST_LINE = 1_000_000
"""Characters; a reply of 1,500 tokens has some 10,000."""

_KEY = re.compile(r"[\w.-]*-([0-9a-f]{32})")
_ABOUT = 31
"""Characters; with the key 64, more than which some services refuse."""


class _Part(BaseModel):
    text: str = ""


class _Message(BaseModel):
    content: str | list[_Part] | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Counts(BaseModel):
    prompt_tokens: object = None
    completion_tokens: object = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: _Counts | None = None


class _Response(BaseModel):
    status_code: int
    body: object = None


class _Error(BaseModel):
    code: str | int | None = None
    message: str | None = None


class _Line(BaseModel):
    """A line that came back, as far as it is read here."""

    custom_id: str
    response: _Response | None = None
    error: _Error | None = None


class _FaultError(Exception):
    """Why a line is of no use: the end of a sentence that begins with its number."""


def request_line(request: Request, llm: Llm) -> str:
    """The line that asks this of ``llm.model``; its reply is kept under that name.

    ASCII, so that nothing takes a character of a text for a line's end.
    """
    about = re.sub(r"[^A-Za-z0-9_.]+", "-", request.about)[:_ABOUT]
    messages = [{"role": message.role, "content": message.text} for message in request.messages]
    body = {"model": llm.model, "messages": messages, **chat_format.options(request, llm)}
    line = {
        "custom_id": f"{about}-{request.key(llm.model)}",
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": body,
    }
    return json.dumps(line)


def read_replies(lines: Iterable[str], llm: Llm) -> Iterator[tuple[str, Reply] | str]:
    """Of each line that came back the request's key and the reply, or one sentence on why it is passed over.

    Which requests there were is not known here: a caller looks the keys up. Of two replies to one request the first
    counts. ``llm`` has the prices, which are not those of a batch.
    """
    seen: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip("\ufeff \t\r\n"):
            continue
        try:
            key, reply = _read(line.lstrip("\ufeff"), llm)
            if key in seen:
                raise _FaultError(f"replies to the same request as line {seen[key]}")
        except _FaultError as fault:
            yield f"line {number} {fault}; it is passed over"
        else:
            seen[key] = number
            yield key, reply


def _read(line: str, llm: Llm) -> tuple[str, Reply]:
    if len(line) > LONGEST_LINE:
        raise _FaultError(f"is longer than {LONGEST_LINE / 1e6:g} MB")
    try:
        said = _Line.model_validate_json(line.encode("utf-8", "replace"))
    except ValidationError:
        raise _FaultError("is not a line of a batch's output") from None
    match = _KEY.fullmatch(said.custom_id)
    if not match:
        raise _FaultError(f"replies to {_short(said.custom_id)!r}, which was not exported here")
    error = said.error or _Error()
    if error.code or error.message or not said.response:
        raise _FaultError(f"holds no reply ({_short(error.code or error.message or 'no reason given')})")
    if said.response.status_code != 200:
        raise _FaultError(f"holds no reply (HTTP {said.response.status_code})")
    try:
        return match[1], _reply(_Completion.model_validate(said.response.body), llm)
    except ValidationError:
        raise _FaultError("holds a reply that is not a chat completion") from None


def _reply(completion: _Completion, llm: Llm) -> Reply:
    choice, counts = completion.choices[0], completion.usage or _Counts()
    content = choice.message.content or ""
    text = content if isinstance(content, str) else "".join(part.text for part in content)
    took = chat_format.usage(llm, counts.prompt_tokens, counts.completion_tokens)
    return chat_format.made(text, choice.message.refusal, choice.finish_reason, took)


def _short(said: str | int) -> str:
    return texts.clean(str(said))[0][:80]
