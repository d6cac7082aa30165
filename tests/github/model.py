"""What the tests' GitHub remembers, who asks it, and the ways it can fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

AREAS = frozenset({"contents", "issues", "pull_requests", "actions"})


@dataclass(frozen=True)
class Actor:
    """Whoever owns a token. ``permission`` is none (it sees nothing), read, write or admin.

    ``writes`` names the areas that a token with permission write may write, as ``permissions:`` of a workflow does.
    """

    login: str
    permission: str = "write"
    type: str = "Bot"
    can_create_pulls: bool = True
    writes: frozenset[str] = AREAS

    def may_write(self, area: str) -> bool:
        return self.permission in ("write", "admin") and area in self.writes


@dataclass
class Label:
    id: int
    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass
class Comment:
    id: int
    number: int
    body: str
    user: str
    created_at: datetime
    updated_at: datetime
    reactions: list[tuple[int, str, str]] = field(default_factory=list)
    """Id, login and content."""


@dataclass
class Pull:
    """What a pull request has beyond an issue. ``head_sha`` follows the branch while it is open, then it is frozen."""

    id: int
    head: str
    base: str
    head_sha: str
    base_sha: str
    draft: bool = False
    merged_at: datetime | None = None
    merged_by: str | None = None
    merge_commit: str | None = None
    """For tests: since this version of the API, GitHub does not tell it."""
    reviewers: list[str] = field(default_factory=list)
    fork: str | None = None
    """Whose fork its branch is in; None for a branch of the repository itself."""

    @property
    def ref(self) -> str:
        return branch_ref(self.head, self.fork)

    @property
    def key(self) -> tuple[str, str, str | None]:
        """What only one open pull request may have."""
        return self.head, self.base, self.fork


def branch_ref(branch: str, fork: str | None = None) -> str:
    """Where the bare repository keeps a branch: those of forks lie there too, out of sight of clients."""
    return f"refs/forks/{fork}/{branch}" if fork else f"refs/heads/{branch}"


@dataclass
class Issue:
    """An issue, or with ``pull`` a pull request: they share their numbers."""

    id: int
    number: int
    title: str
    body: str | None
    user: str
    created_at: datetime
    updated_at: datetime
    state: str = "open"
    state_reason: str | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    labels: list[Label] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    pull: Pull | None = None

    @property
    def merged(self) -> bool:
        return self.pull is not None and self.pull.merged_at is not None


@dataclass
class Workflow:
    """``state`` is active, disabled_inactivity or disabled_manually."""

    id: int
    path: str
    state: str = "active"


class Call(NamedTuple):
    """One call of the REST API: its path without base and query."""

    method: str
    path: str
    status: int


class Ask(NamedTuple):
    """A request that was let in; ``place`` holds the names of its path."""

    actor: Actor
    place: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    url: str


class Reply(NamedTuple):
    status: int
    body: Any = None
    headers: Mapping[str, str] = {}


_NO_STATUS = (405, 409, 422)  # by their description


class Refusal(Exception):  # noqa: N818 -- GitHub's answer, not a bug of ours
    """An error as GitHub tells it; ``errors`` are the details of a 422."""

    def __init__(self, status: int, message: str, *errors: Mapping[str, Any], **more: Any) -> None:
        super().__init__(status, message)
        self.status, self.headers = status, dict(more.pop("headers", {}))
        self.body: dict[str, Any] = {
            "message": message,
            **({"errors": list(errors)} if errors else {}),
            **more,
            "documentation_url": "https://docs.github.com/rest",
            **({} if status in _NO_STATUS else {"status": str(status)}),
        }

    @property
    def reply(self) -> Reply:
        return Reply(self.status, self.body, self.headers)


def invalid(resource: str, code: str, field: str | None = None, message: str | None = None) -> Refusal:
    """422 with one detail."""
    told = {"resource": resource, "field": field, "code": code, "message": message}
    return Refusal(422, "Validation Failed", {key: value for key, value in told.items() if value is not None})


# --- faults: what a test puts in the way of one request -----------------------------------------------------------


class Fault:
    """Without a fault of its own, it lets the request through."""

    def before(self, now: datetime, actor: Actor | None) -> Reply | None:
        """The reply instead of doing anything."""
        return None

    def after(self, reply: Reply) -> Reply | None:
        """The reply once it is done; None hangs up."""
        return reply


@dataclass(frozen=True)
class Status(Fault):
    """This status, and nothing was done."""

    code: int

    def before(self, now: datetime, actor: Actor | None) -> Reply:
        return _failed(self.code)


@dataclass(frozen=True)
class AfterWrite(Fault):
    """It was done, and this status says otherwise."""

    code: int

    def after(self, reply: Reply) -> Reply:
        return _failed(self.code)


@dataclass(frozen=True)
class Reset(Fault):
    """It was done, and the connection breaks before the reply."""

    def after(self, reply: Reply) -> None:
        return None


@dataclass(frozen=True)
class PrimaryLimit(Fault):
    """The hourly allowance is used up for so many seconds."""

    reset_in_seconds: float

    def before(self, now: datetime, actor: Actor | None) -> Reply:
        who = "installation ID 1" if actor and actor.type == "Bot" else "user ID 1"
        headers = {
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(now.timestamp() + self.reset_in_seconds)),
        }
        return Refusal(403, f"API rate limit exceeded for {who}.", headers=headers).reply


_TOO_FAST = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


@dataclass(frozen=True)
class SecondaryLimit(Fault):
    """GitHub finds that it is asked too fast; without ``retry_after`` it does not say for how long."""

    retry_after: int | None

    def before(self, now: datetime, actor: Actor | None) -> Reply:
        return Refusal(403, _TOO_FAST, headers=_retry(self.retry_after)).reply


@dataclass(frozen=True)
class TooMany(Fault):
    """The same as 429."""

    retry_after: int | None = None

    def before(self, now: datetime, actor: Actor | None) -> Reply:
        return Refusal(429, _TOO_FAST, headers=_retry(self.retry_after)).reply


@dataclass(frozen=True)
class NotFound(Fault):
    """As for a token that may not know."""

    def before(self, now: datetime, actor: Actor | None) -> Reply:
        return Refusal(404, "Not Found").reply


@dataclass(frozen=True)
class Slow(Fault):
    """The answer takes so many seconds."""

    seconds: float


def _failed(code: int) -> Reply:
    return Refusal(code, "Server Error").reply


def _retry(seconds: int | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}
