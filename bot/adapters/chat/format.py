"""What live requests and batches have in common: the body of a chat completion, its price, and the reply made of it.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import json
import re
from typing import Any

from bot.chat import Reply, Request
from bot.models import Usage
from bot.settings import Llm

OPENAI = "https://api.openai.com/v1"
MOST = 2_000_000
"""Tokens of one prompt: no model takes as many."""
MOST_WRITTEN = 100_000
"""Tokens of one reply, or ten times its limit where that is more: models that think may pass the limit."""


def options(request: Request, llm: Llm) -> dict[str, Any]:
    """The keys of a request's body beside ``model`` and ``messages``."""
    is_openai = re.match(r"https?://([\w-]+\.)*openai\.com(/|:|$)", llm.base_url or OPENAI)
    schema = {"name": request.schema_name, "schema": dict(request.schema), "strict": True}
    return {
        "max_completion_tokens" if is_openai else "max_tokens": llm.max_tokens,
        **({} if llm.temperature is None else {"temperature": llm.temperature}),
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def size(request: Request) -> int:
    """Bytes of what is asked; a token is a byte at least."""
    asked = json.dumps([request.messages, request.schema], ensure_ascii=False)
    return len(asked.encode("utf-8", "replace"))


def usage(llm: Llm, prompt: object, reply: object, longest: int = MOST) -> Usage:
    """What one call took, by what a service says of its tokens; without a token where it says no two counts.

    No service is believed more than ``longest`` tokens of the prompt, and MOST_WRITTEN of the reply.
    """
    price = llm.prices.get(llm.model)
    read, wrote = _counts(prompt, reply)
    read, wrote = min(read, longest), min(wrote, max(10 * llm.max_tokens, MOST_WRITTEN))
    cost = None if price is None else (read * price.input + wrote * price.output) / 1e6
    return Usage(calls=1, input=read, output=wrote, cost=cost)


def _counts(*said: object) -> tuple[int, ...]:
    """The counts of tokens, or zeros where one of them is none."""
    counts = [one for one in said if isinstance(one, int) and not isinstance(one, bool) and one >= 0]
    return tuple(counts) if len(counts) == len(said) else (0,) * len(said)


def made(text: str, refusal: object, finish: object, took: Usage, lost: int = 0) -> Reply:
    """A reply; a service that says nothing of how it ended means that it is whole."""
    end = "refusal" if refusal else str(finish or "stop")
    said = text or str(refusal or "")
    return Reply(
        text=said.encode("utf-8", "replace").decode(),
        finish=end if re.fullmatch(r"[a-z_]{1,40}", end) else "unknown",
        usage=took,
        lost=lost,
    )
