"""The one way the data people review is written as YAML, and the strict way it is read. Pure: text <-> models.

Canonical: reading a file and writing it again changes no byte. Every scalar is read as the text that stands there, so
a bare ``2508.02190``, ``NO`` or ``2026-01-01`` stays what it is until a model gives it a type.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from bot.errors import DataError
from bot.models import Link, Node, Paper, Taxonomy
from bot.models.facts import Fact, Sheet

_PAPER = ("title", "short", "year", "venue", "url", "website", "code", "labels", "note", "added")
_NODE = ("id", "name", "definition", "include", "exclude", "aliases", "children")
_FACTS = ("facts", *Fact.model_fields)
_WRAP = 92  # PyYAML breaks after the word that crosses the line, so rulebook lines end near column 100
_DEEPEST = 100
_PLAINLY = {
    "tuple_type": "this should be a list",
    "string_type": "this should be text",
    "string_too_short": "this is empty",
    "too_short": "this list is empty",
    "model_type": "this should be a mapping of keys to values",
    "int_parsing": "this should be a whole number",
    "float_parsing": "this should be a number",
    "finite_number": "this should be a number",
    "bool_parsing": "this should be true or false",
}
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

T = TypeVar("T", bound=BaseModel)
Path = tuple[str | int, ...]


class Reading(NamedTuple, Generic[T]):
    """A model, or None and every reason why the text is none."""

    value: T | None
    errors: tuple[DataError, ...]

    def get(self) -> T:
        """The model. Raises the first DataError."""
        if self.value is None:
            raise self.errors[0]
        return self.value


def read_paper(text: str | bytes, paper_id: str, where: str) -> Reading[Paper]:
    """Read ``papers/<id>.yaml``; ``where`` names the file in errors."""

    def build(data: dict[str, Any]) -> Paper:
        for kind in ("website", "code"):
            if isinstance(data.get(kind), list):
                data[kind] = [{"url": link} if isinstance(link, str) else link for link in data[kind]]
        return Paper.model_validate({**data, "id": paper_id})

    return _read(text, where, build, _PAPER)


def read_taxonomy(text: str | bytes, where: str) -> Reading[Taxonomy]:
    """Read ``taxonomy.yaml``; ``where`` names the file in errors."""
    return _read(text, where, lambda data: Taxonomy(root=Node.model_validate(data)), _NODE)


def read_facts(text: str | bytes, where: str) -> Reading[Sheet]:
    """Read ``facts/<id>.yaml``; ``where`` names the file in errors."""
    return _read(text, where, Sheet.model_validate, _FACTS)


def dump_facts(sheet: Sheet) -> str:
    """The facts of a paper as their file holds them: one quote a line, empty fields left out."""
    facts = [fact.model_dump(mode="json", exclude_none=True) for fact in sheet.facts]
    kept = [{key: _number(value) for key, value in one.items() if value != ""} for one in facts]
    return _dump({"facts": kept}, width=2**31)


def dump_paper(paper: Paper) -> str:
    """A paper as its file holds it: without the id, empty fields left out."""
    data: dict[str, Any] = {name: getattr(paper, name) for name in _PAPER}
    data |= {"website": _links(paper.website), "code": _links(paper.code), "labels": list(paper.labels)}
    return _dump({key: value for key, value in data.items() if value}, width=2**31)


def dump_taxonomy(taxonomy: Taxonomy) -> str:
    """The tree of classes as ``taxonomy.yaml`` holds it, long texts folded so that a diff shows what changed."""
    return _dump(_node(taxonomy.root), width=_WRAP)


def taxonomy_sha(taxonomy: Taxonomy) -> str:
    """sha256 of the taxonomy's canonical text, in hexadecimal: changes whenever any rule, name or place changes."""
    return hashlib.sha256(dump_taxonomy(taxonomy).encode()).hexdigest()


# --- reading ---------------------------------------------------------------------------------------------------------


def _read(text: str | bytes, where: str, build: Callable[[dict[str, Any]], T], fields: tuple[str, ...]) -> Reading[T]:
    lines: dict[Path, int] = {}
    try:
        text = text.decode() if isinstance(text, bytes) else text
        _refuse_tricks(text, where)
        root = yaml.compose(text, Loader=_LOADER)
        data = _plain(root, (), lines, where) if root else None
        if not isinstance(data, dict):
            raise DataError("this is not a mapping of keys to values", where=where, remedy=f"begin with `{fields[0]}:`")
        if "id" in data and "id" not in fields:
            at = _at(where, ("id",), lines[("id",)])
            raise DataError("the id does not stand inside", where=at, remedy="remove it: the file's name is the id")
        return Reading(build(data), ())
    except DataError as error:
        return Reading(None, (error,))
    except yaml.YAMLError as error:
        return Reading(None, (_broken(error, where),))
    except UnicodeError:
        return Reading(None, (DataError("this is not UTF-8 text", where=where, remedy="save it as UTF-8"),))
    except ValidationError as error:
        return Reading(None, tuple(_invalid(one, lines, where, fields) for one in error.errors()))


def _refuse_tricks(text: str, where: str) -> None:
    """Raise DataError for what a person never writes here and what could exhaust the machine."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        at = f"{where}:{_line(event)}"
        if getattr(event, "anchor", None):
            raise DataError("anchors and aliases are not used here", where=at, remedy="write the value out")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise DataError("this is nested too deeply", where=at, remedy="flatten it")


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int], where: str) -> Any:
    """A YAML node as text, lists and dicts, noting the line of every path; keys without a value are left out."""
    lines[path] = _line(node)
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child, (*path, place), lines, where) for place, child in enumerate(node.value)]
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise DataError("a key must be one word", where=_at(where, path, _line(key_node)), remedy="quote it")
        key, line = key_node.value, _line(key_node)
        if key in found:
            raise DataError(
                "the key stands here twice", where=_at(where, (*path, key), line), remedy="keep one of the two"
            )
        found[key] = _plain(value_node, (*path, key), lines, where)
        lines[(*path, key)] = line
    return {key: value for key, value in found.items() if value != ""}


def _line(part: Any) -> int:
    return int(part.start_mark.line) + 1


def _broken(error: yaml.YAMLError, where: str) -> DataError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or " ".join(str(error).split())
    at = f"{where}:{mark.line + 1}" if mark else where
    return DataError(f"this is not YAML ({problem})", where=at, remedy="quote or indent what stands there")


def _invalid(error: Any, lines: dict[Path, int], where: str, fields: tuple[str, ...]) -> DataError:
    path: Path = tuple(part for part in error["loc"] if part != "root")
    line = next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), 1)
    at = _at(where, path, line)
    if error["type"] == "missing":
        return DataError("this is missing", where=at, remedy=f"add `{path[-1]}:` and its value")
    if error["type"] == "extra_forbidden":
        return DataError("there is no such key", where=at, remedy=f"the keys are {', '.join(fields)}")
    if "pattern" in error.get("ctx", {}) and path[:1] in (("website",), ("code",)):
        return DataError(f"{error['input']!r} is no web address", where=at, remedy="write one that opens with https://")
    what = _PLAINLY.get(error["type"]) or error["msg"].removeprefix("Value error, ")
    return DataError(what, where=at, remedy="correct the value")


def _at(where: str, path: Path, line: int) -> str:
    key = ".".join(str(part) for part in path)
    return f"{where}:{line}" + (f", key {key}" if key else "")


# --- writing ---------------------------------------------------------------------------------------------------------


class _Dumper(yaml.SafeDumper):
    """Never writes anchors, whatever objects are shared."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Folded(str):
    """Prose that is written as a ``>-`` block."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    # Of the four styles only double quotes keep every kind of line break.
    style = ">" if isinstance(text, _Folded) else '"' if len(text.splitlines()) > 1 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=style)


_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Folded, _text)


def _dump(data: dict[str, Any], width: float) -> str:
    return str(
        yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, default_flow_style=False, width=width)
    )


def _number(value: object) -> object:
    """A number as people write it: ``7``, not ``7.0``."""
    return int(value) if isinstance(value, float) and value.is_integer() and value < 1e15 else value


def _links(links: tuple[Link, ...]) -> list[str | dict[str, str]]:
    return [{"url": link.url, "label": link.label} if link.label else link.url for link in links]


def _prose(text: str) -> str:
    # Runs of spaces do not survive folding, so only ordinary prose is folded; anything else is quoted on one line.
    return _Folded(text) if len(text) > 72 and text == " ".join(text.split()) else text


def _node(node: Node) -> dict[str, Any]:
    data = {
        "id": node.id,
        "name": node.name,
        "definition": _prose(node.definition),
        "include": [_prose(rule) for rule in node.include],
        "exclude": [_prose(rule) for rule in node.exclude],
        "aliases": list(node.aliases),
        "children": [_node(child) for child in node.children],
    }
    return {key: value for key, value in data.items() if value}
