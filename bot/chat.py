"""One exchange with a language model: what is asked, and what came back. Immutable, without I/O."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from bot.models import Model, Usage


class Message(NamedTuple):
    """One turn. Source: https://platform.openai.com/docs/api-reference/chat/create"""

    role: Literal["system", "user", "assistant"]
    text: str


class Request(NamedTuple):
    """What is asked. ``schema``: the JSON schema of the reply, named ``schema_name``; strict mode can take it."""

    about: str
    """For people: ``place 2508.02190``."""
    messages: tuple[Message, ...]
    schema_name: str
    schema: Mapping[str, Any]

    def key(self, model: str) -> str:
        """Names the reply that ``model`` gives to this, wherever it is asked: 32 hexadecimal digits."""
        content = [model, self.messages, self.schema_name, self.schema]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:32]


class Reply(Model):
    """What came back. ``finish``: ``stop``, ``length`` (cut off), ``refusal``, or what else the service says."""

    text: str
    finish: str = "stop"
    usage: Usage = Usage()
    """Without a token where the service does not count them."""
    lost: int = 0
    """Requests before it that were sent and never answered; the service may charge for them."""
