"""What live requests and batches have in common: the body of a chat completion, its price, and the reply made of it.

Source: https://platform.openai.com/docs/api-reference/chat/create
"""

from __future__ import annotations

import re
from typing import Any

from bot.chat import Reply, Request
from bot.models import Usage
from bot.settings import Llm

OPENAI = "https://api.openai.com/v1"
MOST = 2_000_000
"""Tokens of one prompt or reply: no model takes as many."""


def options(request: Request, llm: Llm) -> dict[str, Any]:
    """The keys of a request's body beside ``model`` and ``messages``."""
    is_openai = re.match(r"https?://([\w-]+\.)*openai\.com(/|:|$)", llm.base_url or OPENAI)
    schema = {"name": request.schema_name, "schema": dict(request.schema), "strict": True}
    return {
        "max_completion_tokens" if is_openai else "max_tokens": llm.max_tokens,
        **({} if llm.temperature is None else {"temperature": llm.temperature}),
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


def usage(llm: Llm, prompt: object, reply: object) -> Usage:
    """What one call took; counts of tokens that are no counts are 0, and no service is believed more than ``MOST``."""
    read, wrote = (min(count, MOST) if isinstance(count, int) and count >= 0 else 0 for count in (prompt, reply))
    price = llm.prices.get(llm.model)
    cost = None if price is None else (read * price.input + wrote * price.output) / 1e6
    return Usage(calls=1, input=read, output=wrote, cost=cost)


def made(text: str, refusal: object, finish: object, took: Usage) -> Reply:
    """A reply; a service that says nothing of how it ended means that it is whole."""
    end = "refusal" if refusal else str(finish or "stop")
    said = text or str(refusal or "")
    return Reply(
        text=said.encode("utf-8", "replace").decode(),
        finish=end if re.fullmatch(r"[a-z_]{1,40}", end) else "unknown",
        usage=took,
    )
