"""The bot's pull requests on GitHub, as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from github.PullRequest import PullRequest
from github.Repository import Repository

from bot import ids
from bot.adapters.github.api import PAGE, GitHubApi, RefusalError
from bot.adapters.own_work import paper_of
from bot.block import read_labels
from bot.fates import Pull, PullState

_OVERLAP = timedelta(minutes=10)
"""Pull requests that changed so much earlier are read again, because two clocks never agree."""


class Pulls:
    """Those of this very repository from a branch of the bot; ``later`` is the label that postpones.

    Lists of GitHub say all that is needed here; asking one of their items for anything else would be another call.
    """

    def __init__(self, api: GitHubApi, later: str) -> None:
        self._api, self._later = api, later.lower()
        self._known: dict[str, list[PullRequest]] = {}
        self._are_all = False

    def read(self, since: datetime | None) -> dict[str, Pull]:
        """All, or at least those that changed since, by paper. Raises ForgeError."""
        oldest = since.astimezone(UTC) - _OVERLAP if since else None
        listed = self._api.ask("the pull requests cannot be read", lambda repo: self._listed(repo, oldest))
        self._known = {}
        for pull in listed:
            if (paper_id := _paper(pull)) and (self._are_all or not _is_older(pull, oldest)):
                self._known.setdefault(paper_id, []).append(pull)
        for paper_id, pulls in list(self._known.items()):
            closed = self.state(counting(pulls)) in (PullState.CLOSED, PullState.POSTPONED)
            if closed and not self._are_all:  # it may be older than another of its branch, which did not change
                self._known[paper_id] = self.of(paper_id) or pulls
        return {paper_id: self.told(paper_id, counting(pulls)) for paper_id, pulls in sorted(self._known.items())}

    def _listed(self, repo: Repository, oldest: datetime | None) -> list[PullRequest]:
        """Page after page, the latest changes first, until one ends with what did not change since."""
        found: list[PullRequest] = []
        self._are_all = False
        for pull in repo.get_pulls(state="all", sort="updated", direction="desc"):
            found.append(pull)
            if len(found) % PAGE == 0 and _is_older(pull, oldest):
                return found
        self._are_all = True
        return found

    def known(self, paper_id: str) -> list[PullRequest]:
        """What this run knows of the paper; GitHub is asked when it cannot know. Raises ForgeError."""
        known = self._known.get(paper_id, [])
        return known if known or self._are_all else self.of(paper_id)

    def of(self, paper_id: str) -> list[PullRequest]:
        """All pull requests of the paper, as they are now. Raises ForgeError."""

        def asked(repo: Repository) -> list[PullRequest]:
            owner = self._api.place.owner
            return list(repo.get_pulls(state="all", head=f"{owner}:{ids.branch(paper_id)}"))

        found = self._api.ask(f"the pull requests of {paper_id} cannot be read", asked)
        self._known[paper_id] = [pull for pull in found if _paper(pull) == paper_id]
        return self._known[paper_id]

    def add(self, paper_id: str, pull: PullRequest) -> None:
        """This one was made."""
        known = self._known.setdefault(paper_id, [])
        if all(pull.number != other.number for other in known):
            known.append(pull)

    def paper_of(self, number: int) -> str | None:
        """The paper of the pull request with this number, if it is the bot's. Raises ForgeError."""
        for paper_id, pulls in self._known.items():
            if any(pull.number == number for pull in pulls):
                return paper_id
        if self._are_all:
            return None
        try:
            return _paper(self._api.ask("a pull request cannot be read", lambda repo: repo.get_pull(number).complete()))
        except RefusalError as error:
            if error.status not in (301, 404, 410):
                raise
            return None

    def state(self, pull: PullRequest) -> PullState:
        """What became of it."""
        if pull.state == "open":
            return PullState.OPEN
        if pull.merged_at:
            return PullState.MERGED
        later = self._later in {label.name.lower() for label in pull.labels}
        return PullState.POSTPONED if later else PullState.CLOSED

    def told(self, paper_id: str, pull: PullRequest) -> Pull:
        """As the rest of the bot knows it."""
        return Pull(id=paper_id, state=self.state(pull), where=pull.html_url, proposed=read_labels(pull.body or ""))


def counting(pulls: Sequence[PullRequest]) -> PullRequest:
    """Of several for one paper the open one, else a merged one, else the latest; there is at least one."""
    return max(pulls, key=lambda pull: (pull.state == "open", pull.merged_at is not None, pull.number))


def _is_older(pull: PullRequest, moment: datetime | None) -> bool:
    return moment is not None and pull.updated_at is not None and pull.updated_at < moment


def _paper(pull: PullRequest) -> str | None:
    own = pull.head.repo is not None and pull.head.repo.id == pull.base.repo.id  # a fork may have such a branch
    return paper_of(pull.head.ref) if own else None
