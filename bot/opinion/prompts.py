"""Prompt files: front matter, then what is said as the system and what as the user, with ``$variables``. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from string import Template
from typing import Annotated, NamedTuple

import yaml
from pydantic import Field, ValidationError

from bot.chat import Message
from bot.errors import DataError
from bot.models import Model, NonEmpty, PromptId

FILE = re.compile(r"(?P<name>[a-z]+)-(?P<version>[1-9][0-9]*)\.md")
"""What a prompt's file is called."""
_SHAPE = re.compile(r"---\n(?P<head>.*?)\n---\n# System\n(?P<system>.*?)\n# User\n(?P<user>.*)", re.DOTALL)


class _Head(Model):
    name: Annotated[str, Field(pattern=r"^[a-z]+$")]
    version: Annotated[int, Field(ge=1)]
    purpose: NonEmpty
    variables: tuple[str, ...]


class Prompt(NamedTuple):
    """One version of a prompt. Values are never read for variables, so nothing in them can break it."""

    id: PromptId
    purpose: str
    variables: tuple[str, ...]
    system: str
    user: str

    def messages(self, values: Mapping[str, str]) -> tuple[Message, Message]:
        """What is said, with every variable replaced by its value."""
        system, user = Template(self.system).substitute(values), Template(self.user).substitute(values)
        return Message("system", system), Message("user", user)


def parse(text: str, where: str) -> Prompt:
    """Read a prompt file; ``where`` names it in errors. Raises DataError."""
    text = text.replace("\r\n", "\n")
    shape = _SHAPE.fullmatch(text)
    if shape is None:
        remedy = "begin with front matter between two lines of `---`, then `# System` and `# User`"
        raise DataError("this is not a prompt", where=where, remedy=remedy)
    head = _head(shape["head"], where)
    system, user = shape["system"].strip(), shape["user"].strip()
    if not (Template(system).is_valid() and Template(user).is_valid()):
        raise DataError("a dollar sign begins no variable", where=where, remedy="write $$ for a dollar sign")
    used = {*Template(system).get_identifiers(), *Template(user).get_identifiers()}
    if odd := used.symmetric_difference(head.variables):
        remedy = "list under `variables` exactly what stands as $name in the text"
        raise DataError(f"declared and used variables differ: {', '.join(sorted(odd))}", where=where, remedy=remedy)
    number = PromptId(name=head.name, version=head.version, sha256=hashlib.sha256(text.encode()).hexdigest())
    return Prompt(number, head.purpose, head.variables, system, user)


def latest(files: Mapping[str, str]) -> dict[str, Prompt]:
    """Name -> its highest version, of files (name -> text); files that are not called like prompts are passed over.

    Raises DataError.
    """
    found: dict[str, Prompt] = {}
    for file, text in files.items():
        if (called := FILE.fullmatch(file)) is None:
            continue
        prompt = parse(text, f"prompts/{file}")
        if (called["name"], int(called["version"])) != (prompt.id.name, prompt.id.version):
            remedy = f"call it {prompt.id.name}-{prompt.id.version}.md"
            raise DataError("its name is not what it says inside", where=f"prompts/{file}", remedy=remedy)
        if prompt.id.name not in found or found[prompt.id.name].id.version < prompt.id.version:
            found[prompt.id.name] = prompt
    return found


def _head(text: str, where: str) -> _Head:
    remedy = "give name, version, purpose and variables"
    try:
        return _Head.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, ValidationError):
        raise DataError("its front matter cannot be read", where=where, remedy=remedy) from None
