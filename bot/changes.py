"""What upkeep would change of listed papers, and why; and several changes as one pull request. Immutable, no I/O."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, model_validator

from bot import addresses, ids
from bot.models import WEB_ADDRESS, Model, NonEmpty

Key: TypeAlias = Literal["venue", "year", "title", "website", "code", "file"]
"""What of a paper changes: a key of its file, or the file itself (a withdrawn paper leaves the list)."""

LINKS = ("website", "code")
"""Those keys of which a paper may have several values."""
REMOVED = "removed"
"""The new value of ``file``."""
LONGEST = {"title": 400, "venue": 80, "website": 300, "code": 300}
"""Characters of a new value."""


class Published(Model):
    """Where a paper appeared, as a source says it."""

    venue: NonEmpty
    """By the name people use: ``CoRL``, ``RA-L``, ``CoRL Workshop``."""
    year: int | None = None
    quote: NonEmpty
    """What says so, verbatim."""
    source: NonEmpty
    """Who says so: ``arXiv comment``, ``arXiv journal reference``, ``DBLP`` …"""


def _valid(paper: str) -> str:
    if not ids.is_valid(paper):
        raise ValueError(f"{paper!r} is no paper's id")
    return paper


class Change(Model):
    """One value of one listed paper that is no longer true, and what says so."""

    paper: Annotated[str, AfterValidator(_valid)]
    key: Key
    old: str
    """As it stands; empty for a link that is new."""
    new: NonEmpty
    quote: Annotated[str, Field(min_length=1, max_length=400)]
    """What says so, verbatim."""
    source: Annotated[str, Field(min_length=1, max_length=80)]

    @model_validator(mode="after")
    def _is_possible(self) -> Change:
        """The file would be one that can be read."""
        if self.key == "file" and self.new != REMOVED:
            raise ValueError("a file can only be removed")
        if self.key == "year" and not re.fullmatch(r"[12]\d{3}", self.new, re.ASCII):
            raise ValueError(f"{self.new!r} is no year")
        if self.key in LINKS and not re.fullmatch(WEB_ADDRESS, self.new):
            raise ValueError(f"{self.new!r} is no web address")
        if len(self.new) > LONGEST.get(self.key, 400) or not self.new.isprintable():
            raise ValueError(f"the new {self.key} is too long, or not one line")
        return self

    @property
    def same(self) -> tuple[str, str, str]:
        """What makes it the change that was refused before, whatever speaks for it today, however a link is written."""
        return self.paper, self.key, addresses.key(self.new) if self.key in LINKS else self.new


class Outcome(StrEnum):
    """What became of a proposed change."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class Decision(Model):
    """One proposed change and what became of it: one line of the ledger. The last line of a change counts."""

    change: Change
    outcome: Outcome
    branch: str
    """Of the pull request it is, or was, part of."""
    at: AwareDatetime


class Commit(Model):
    """One commit of a grouped pull request: a reviewer can drop it and keep the others."""

    model_config = ConfigDict(str_strip_whitespace=False)  # a file's last line end is part of it

    message: NonEmpty
    files: Annotated[dict[str, str | None], Field(min_length=1)]
    """Path from the repository's root, with forward slashes -> the whole text; None: the file goes."""


class Changeset(Model):
    """A pull request of several commits, in their order, each on top of the one before."""

    branch: str
    """See :func:`branch`."""
    title: NonEmpty
    body: str
    """Markdown."""
    commits: Annotated[tuple[Commit, ...], Field(min_length=1)]
    memo: dict[str, Any] = Field(default_factory=dict)
    """Kept in the pull request, out of sight, and given back by whoever reads it; JSON."""
    whole: bool = False
    """Its commits belong together: none can be dropped."""


class Stage(StrEnum):
    """How a grouped pull request stands."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"
    """Without a merge; on a forge that forgets, the branch is gone."""


class GroupPull(Model):
    """A grouped pull request of the bot as the forge has it."""

    branch: str
    stage: Stage
    where: str
    """The address, or the file, where people read it."""
    touched: bool = False
    """People have worked on it: its commits or its words are not the bot's alone, and the bot leaves it as it is."""
    memo: dict[str, Any] = Field(default_factory=dict)
    """That of the changeset; empty when it cannot be read any more, and when the bot closed it."""
    rewritten: bool = False
    """A person put other words in place of its own, so that they do not tell any more what was asked."""


def branch(kind: str, name: str) -> str:
    """The branch of a grouped pull request: ``survey-bot/refresh.2026-11-23``; no paper's branch has such a dot.

    ``kind`` and ``name`` are of lower-case letters, digits and hyphens.
    """
    return f"{ids.BRANCHES}{kind}.{name}"


def fresh_branch(kind: str, day: date, taken: Collection[str]) -> str:
    """The branch of a new grouped pull request: today's, and where there was one today already, a numbered one."""
    names = (branch(kind, f"{day:%Y-%m-%d}{f'-{n}' if n > 1 else ''}") for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
