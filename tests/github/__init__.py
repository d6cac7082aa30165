"""A GitHub for tests, on this machine: the REST API held to GitHub's own description, and a real git repository."""

from tests.github.model import (
    Actor,
    AfterWrite,
    Call,
    Issue,
    NotFound,
    PrimaryLimit,
    Refusal,
    Reset,
    SecondaryLimit,
    Slow,
    Status,
    TooMany,
    Workflow,
)
from tests.github.server import GithubServer

__all__ = [
    "Actor",
    "AfterWrite",
    "Call",
    "GithubServer",
    "Issue",
    "NotFound",
    "PrimaryLimit",
    "Refusal",
    "Reset",
    "SecondaryLimit",
    "Slow",
    "Status",
    "TooMany",
    "Workflow",
]
