"""Which repository on GitHub is meant, and who asks."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """``repository``: owner/name. ``api`` and ``server``: the addresses of REST, and of git and the pages.

    Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
    """

    repository: str
    token: str
    api: str
    server: str

    def __repr__(self) -> str:
        return f"Place({self.home})"  # without the token: a traceback prints what it is given

    @property
    def owner(self) -> str:
        """The person or organisation that has it."""
        return self.repository.partition("/")[0]

    @property
    def home(self) -> str:
        """The address of the repository's page."""
        return f"{self.server.rstrip('/')}/{self.repository}"

    @property
    def git(self) -> str:
        """The address of the git repository."""
        return f"{self.home}.git"
