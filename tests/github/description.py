"""GitHub's official API description, as the generated client of ``githubkit_schemas`` states it, used as a judge.

Every operation of the description is a method of that client. It is called once, with place holders, on a stub that
writes down what it would have sent: the verb, the path, and the models of the body, the reply and the errors.
"""

from __future__ import annotations

import datetime
import hashlib
import importlib
import inspect
import re
import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch

import orjson
from githubkit_schemas.v2026_03_10.models import BasicError, ValidationError
from pydantic import BaseModel, TypeAdapter
from pydantic import ValidationError as Invalid

API_VERSION = "2026-03-10"
_NUMBERS = ("issue_number", "pull_number", "comment_id")
_MANY = ("ref", "path", "branch", "name", "tree_sha")  # may hold a slash
_NAMES = {"Literal": typing.Literal, "Union": typing.Union, "_dt": datetime}
_NO_QUERY = ("headers", "stream", "data")


class Shared(dict[str, Any]):
    """A part that many items of a reply have in common, one and the same object in all of them."""


_SOUND: set[tuple[int, bytes]] = set()


class Operation(NamedTuple):
    """One operation of the description.

    ``body`` is None where it takes none, ``reply`` where it gives none, ``item`` where that is not a list.
    """

    area: str
    name: str
    method: str
    path: str
    pattern: re.Pattern[str]
    body: TypeAdapter[Any] | None
    reply: TypeAdapter[Any] | None
    item: TypeAdapter[Any] | None
    errors: dict[int, TypeAdapter[Any]]
    query: dict[str, TypeAdapter[Any]]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    def against_request(self, query: dict[str, str], body: bytes) -> list[str]:
        """What is wrong with a request, one sentence each; a name the description does not have is wrong too."""
        found = [f"{self}: there is no query parameter {name!r}" for name in query if name not in self.query]
        for name, value in query.items():
            if name in self.query:
                found += self._faults(f"the query parameter {name!r}", self.query[name].validate_python, value)
        if self.body is None:
            return [*found, f"{self}: it takes no body"] if body not in (b"", b"{}", b"null") else found
        return found + self._json_faults("the body", self.body, body or b"null", None)

    def against_reply(self, status: int, body: Any, text: bytes) -> list[str]:
        """What is wrong with a reply; ``text`` is the JSON of ``body``."""
        what = f"the reply {status}"
        if status >= 400:
            usual = _adapter(ValidationError if status == 422 else BasicError)
            return self._json_faults(what, self.errors.get(status, usual), text, body)
        if self.reply is None or status == 204:
            return [] if not text else [f"{self}: it gives no reply"]
        if self.item is None:
            return self._json_faults(what, self.reply, text, body)
        if not isinstance(body, list):
            return [f"{self}: {what} is not a list"]
        return [fault for item in body for fault in self._item_faults(what, self.item, item)]

    def _item_faults(self, what: str, adapter: TypeAdapter[Any], item: Any) -> list[str]:
        """Judged once: lists hold the same items again and again, and in each of them the same repository."""
        shared: list[bytes] = []
        own = orjson.dumps(item, lambda one: shared.append(orjson.dumps(one)), orjson.OPT_PASSTHROUGH_SUBCLASS)
        keys = {(id(adapter), hashlib.blake2b(part, digest_size=16).digest()) for part in (own, *shared)}
        if keys <= _SOUND:
            return []
        if not (found := self._json_faults(what, adapter, orjson.dumps(item), item)):
            _SOUND.update(keys)
        return found

    def _json_faults(self, what: str, adapter: TypeAdapter[Any], text: bytes, plain: Any) -> list[str]:
        valid: list[Any] = []
        found = self._faults(what, lambda told: valid.append(adapter.validate_json(told, strict=True)), text)
        if found:
            return found
        unknown = sorted(set(_unknown(valid[0], orjson.loads(text) if plain is None else plain, "", set())))
        return [f"{self}: {what} has names that are not described: {', '.join(unknown)}"] if unknown else []

    def _faults(self, what: str, check: Callable[[Any], Any], value: bytes | str) -> list[str]:
        try:
            check(value)
        except Invalid as error:
            places = {".".join(map(str, one["loc"])) + ": " + one["msg"] for one in error.errors()[:6]}
            return [f"{self}: {what} is not as described: {'; '.join(sorted(places))}"]
        return []


@cache
def operation(area: str, name: str) -> Operation:
    """The operation ``area/name``, for instance ``pulls/create``. Raises AttributeError when there is none."""
    module = importlib.import_module(f"githubkit_schemas.v2026_03_10.rest.{area}")
    client = next(value for key, value in vars(module).items() if key.lower() == f"{area}client")
    asks, stub = inspect.signature(getattr(client, name)).parameters, _Stub()
    places = {key: f"{{{key}}}" for key, one in asks.items() if one.kind == one.POSITIONAL_OR_KEYWORD and key != "self"}
    data: dict[str, Any] = {"data": {}} if "data" in asks else {}
    bodies: list[Any] = []
    with patch.object(module, "type_validate_python", lambda model, _: bodies.append(model), create=True):
        getattr(client(stub), name)(**places, **data)
    method, path, told = stub.sent
    reply = told.get("response_model")
    return Operation(
        area,
        name,
        method,
        path,
        re.compile(re.sub(r"\{(\w+)\}", _place, path)),
        _adapter(bodies[0]) if bodies else None,
        _adapter(reply) if reply is not None else None,
        _adapter(typing.get_args(reply)[0]) if typing.get_origin(reply) is list else None,
        {int(status): _adapter(model) for status, model in (told.get("error_models") or {}).items()},
        {
            key: _adapter(_type(one.annotation))
            for key, one in asks.items()
            if one.kind == one.KEYWORD_ONLY and key not in _NO_QUERY
        },
    )


class _Stub:
    """Stands where the client expects its HTTP core."""

    class config:  # noqa: N801
        rest_api_validate_body = True

    sent: tuple[str, str, dict[str, Any]]

    def request(self, method: str, url: str, **told: Any) -> None:
        self.sent = (method, url, told)


def _place(match: re.Match[str]) -> str:
    name = match[1]
    return f"(?P<{name}>{r'[0-9]+' if name in _NUMBERS else '.+' if name in _MANY else '[^/]+'})"


def _type(annotation: str) -> Any:
    inner = annotation.removeprefix("Missing[").removesuffix("]") if annotation.startswith("Missing[") else annotation
    return eval(inner, dict(_NAMES))  # noqa: S307 -- the annotations of a pinned package


_ADAPTERS: dict[str, TypeAdapter[Any]] = {}


def _adapter(model: Any) -> TypeAdapter[Any]:
    if repr(model) not in _ADAPTERS:
        _ADAPTERS[repr(model)] = TypeAdapter(model)
    return _ADAPTERS[repr(model)]


def _unknown(valid: Any, plain: Any, where: str, seen: set[tuple[int, type]]) -> Iterator[str]:
    """The names of a JSON value that its model left out. What is in it a hundred times is looked at once."""
    if isinstance(plain, dict):
        model: type[BaseModel] = type(valid)
        if (id(plain), model) in seen or not isinstance(valid, BaseModel):
            return
        seen.add((id(plain), model))
        fields = _fields(model)
        for name, value in plain.items():
            if name in fields:
                if isinstance(value, dict | list):
                    yield from _unknown(getattr(valid, fields[name]), value, f"{where}.{name}", seen)
            elif model.model_config.get("extra") != "allow":
                yield f"{where}.{name}".lstrip(".")
    elif isinstance(plain, list) and isinstance(valid, list):
        for one, other in zip(valid, plain, strict=True):
            yield from _unknown(one, other, f"{where}[]", seen)


@cache
def _fields(model: type[BaseModel]) -> dict[str, str]:
    return {field.alias or name: name for name, field in model.model_fields.items()}
