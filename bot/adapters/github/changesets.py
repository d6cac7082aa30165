"""Grouped pull requests on GitHub: branches of several commits are pushed with git, everything else goes over REST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from github.PullRequest import PullRequest

from bot import changes
from bot.adapters.changeset_commits import (
    Known,
    chain,
    check,
    check_branch,
    digest,
    kind_of,
    seen,
    understood,
    words,
)
from bot.adapters.changeset_files import files_at
from bot.adapters.git_remote import Copy
from bot.adapters.github.api import GitHubApi
from bot.adapters.github.manners import Manners
from bot.adapters.github.place import Place
from bot.adapters.own_work import check_path
from bot.changes import Changeset, GroupPull, Stage
from bot.errors import ForgeError
from bot.markdown import escape
from bot.settings import Forge as Options

_LONGEST = 65_536
"""Characters of a pull request's text: GitHub answers 422, "body is too long", to one more."""
_LONGEST_TITLE = 256


class GitHubChangesets:
    """Implements :class:`bot.ports.Changesets` with the settings of ``[forge]``.

    Nothing is asked before the first method is called. Every method raises ForgeError.
    """

    dry = False

    def __init__(self, place: Place, options: Options, *, pace: float | None = None) -> None:
        self.name = f"github {place.repository}"
        self._options = options
        self._api = GitHubApi(place, pace)
        self._manners = Manners(self._api, options)

    @property
    def notes(self) -> Sequence[str]:
        """What was odd so far, one sentence each."""
        return self._api.notes

    def all(self, kind: str) -> list[GroupPull]:
        """Those of this kind that were ever asked, the latest first; one branch may have had several.

        GitHub finds pull requests by the whole name of a branch only, so all of them are listed, 100 a request.
        """
        check_branch(changes.branch(kind, "any"))
        listed = self._api.ask(
            "the pull requests cannot be read",
            lambda repo: list(repo.get_pulls(state="all", sort="created", direction="desc")),
        )
        found = {pull.number: pull for pull in listed if kind_of(pull.head.ref) == kind and _is_own(pull)}
        return [self._group(pull) for _, pull in sorted(found.items(), reverse=True)]

    def read(self, path: str) -> str | None:
        """A file as it stood on the base branch when that was first asked for. Raises DataError too."""
        check_path(path)
        return self._copy.read(path)

    def files(self, folder: str) -> dict[str, str]:
        """The files of a folder as they stood on the base branch when that was first asked for; two requests at most.

        Raises DataError too.
        """
        return files_at(self._copy.git, self._copy.start, folder, self._copy.remote.fetch_blobs)

    def ask(self, changeset: Changeset) -> GroupPull | None:
        """Open it, see :class:`bot.ports.Changesets`.

        What a run that was interrupted at any moment left behind, the next call finishes.
        """
        check(changeset)
        pulls = self._of(changeset.branch)
        opened = _opened(pulls)
        if opened:
            return self._refreshed(opened, changeset)
        commits = chain(self._copy.git, self._copy.start, changeset.commits)
        if not commits:
            return None
        body = self._body(changeset, commits)
        if not self._copy.remote.push(commits[-1], changeset.branch, self._free(changeset.branch, pulls)):
            return self._overtaken(changeset.branch, 0)
        pull = self._api.make(
            "the pull request cannot be opened",
            lambda repo: repo.create_pull(
                self._options.base, changeset.branch, title=changeset.title, body=body, draft=self._options.draft
            ),
            lambda: _opened(self._of(changeset.branch)),
        )
        if pull.body != body:  # another run was quicker: its words and what is on the branch must be of one mind
            return self._refreshed(pull, changeset)
        self._manners.dress(pull)
        return self._group(pull)

    def close(self, branch: str, sentence: str) -> None:
        """Close an open one that only the bot has touched, and say why (Markdown); else do nothing.

        Its memo goes with it: people refused nothing.
        """
        check_branch(branch)
        for pull in self._of(branch):
            if pull.state == "open" and not self._group(pull).touched:
                self._end(pull, sentence)

    def _end(self, pull: PullRequest, sentence: str) -> None:
        """Take its memo out of its words, and close it; one that stays open in spite of that is asked anew."""
        what = f"{pull.html_url} cannot be closed"
        body = words(pull.title, seen(pull.body or ""), replace(_known(pull), digest="", memo={}))
        self._api.ask(what, lambda _: pull.edit(body=body))
        self._manners.close(pull, what, sentence)

    def _refreshed(self, pull: PullRequest, changeset: Changeset) -> GroupPull | None:
        """An open one, as it would be asked today when only the bot has touched it."""
        branch, known = changeset.branch, _known(pull)
        tip = self._copy.remote.fetch(branch, blobs=False)
        if tip is None or known.is_touched(self._copy.git, tip):
            return self._group(pull, touched=True)
        if known.is_at(tip) and known.digest == digest(changeset):
            return self._group(pull)
        commits = chain(self._copy.git, self._copy.start, changeset.commits)
        if not commits:
            self._end(pull, f"All that it proposed stands on {escape(self._options.base)} by now.")
            return None
        body = self._body(changeset, commits)
        if not self._copy.remote.push(commits[-1], branch, tip):
            return self._overtaken(branch, pull.number)
        now = next((one for one in self._of(branch) if one.number == pull.number), pull)
        if now.state != "open" or (now.title, now.body) != (pull.title, pull.body):
            return self._group(now)  # its words tell of what people merged, closed or edited just now
        what = f"{pull.html_url} cannot be changed"
        self._api.ask(what, lambda _: now.edit(title=changeset.title, body=body))
        return self._group(now, touched=False)

    def _overtaken(self, branch: str, number: int) -> GroupPull:
        """What somebody who was quicker made of the pull request with this number, or of the branch."""
        pulls = self._of(branch)
        found = next((pull for pull in pulls if pull.number == number), None) or _opened(pulls)
        if found is None:
            raise ForgeError(
                "the branch has just been changed", where=branch, remedy="nothing is lost, the next run tries again"
            )
        return self._group(found)

    def _free(self, branch: str, pulls: Sequence[PullRequest]) -> str | None:
        """Where the branch is that has no open pull request, None when there is none."""
        tip = self._copy.remote.fetch(branch, blobs=False)
        is_merged = any(pull.merged_at and pull.head.sha == tip for pull in pulls)
        if tip and not is_merged and not self._copy.git.is_own(tip):
            raise ForgeError(
                "the branch is there, and people have worked on it",
                where=branch,
                remedy="delete or rename it, and say it again",
            )
        return tip

    def _body(self, changeset: Changeset, commits: Sequence[str]) -> str:
        known = Known(tuple(commits), digest(changeset), memo=changeset.memo)
        body = words(changeset.title, changeset.body, known)
        if len(body) > _LONGEST or len(changeset.title) > _LONGEST_TITLE:
            raise ForgeError(
                f"its text is too long for GitHub: {len(body)} characters, and its title {len(changeset.title)}, where "
                f"{_LONGEST} and {_LONGEST_TITLE} are allowed",
                where=changeset.branch,
                remedy="propose less at once",
            )
        return body

    def _of(self, branch: str) -> list[PullRequest]:
        """The pull requests of this branch as they are now, the latest first."""
        owner = self._api.place.owner
        found = self._api.ask(
            "the pull requests cannot be read",
            lambda repo: list(repo.get_pulls(state="all", head=f"{owner}:{branch}")),
        )
        own = [pull for pull in found if pull.head.ref == branch and _is_own(pull)]
        return sorted(own, key=lambda pull: -pull.number)

    def _group(self, pull: PullRequest, *, touched: bool | None = None) -> GroupPull:
        known, stage = _known(pull), _stage(pull)
        if touched is None:
            touched = known.edited or (
                not known.is_at(pull.head.sha) and (stage is not Stage.OPEN or self._is_worked_on(pull.head.ref, known))
            )
        return GroupPull(
            branch=pull.head.ref,
            stage=stage,
            where=pull.html_url,
            touched=touched,
            memo=known.memo,
            rewritten=not known.commits,
        )

    def _is_worked_on(self, branch: str, known: Known) -> bool:
        """Whether a person moved the branch from where its words say it is."""
        tip = self._copy.remote.fetch(branch, blobs=False)
        return tip is None or known.is_touched(self._copy.git, tip)

    @cached_property
    def _copy(self) -> Copy:
        return Copy(self._api.place.git, self._options.base, self._api.place.token)


def _opened(pulls: Sequence[PullRequest]) -> PullRequest | None:
    return next((pull for pull in pulls if pull.state == "open"), None)


def _known(pull: PullRequest) -> Known:
    return understood(pull.title, pull.body or "")


def _stage(pull: PullRequest) -> Stage:
    if pull.state == "open":
        return Stage.OPEN
    return Stage.MERGED if pull.merged_at else Stage.CLOSED


def _is_own(pull: PullRequest) -> bool:
    """Whether its branch is of this repository; a fork may have such a branch."""
    return pull.head.repo is not None and pull.head.repo.id == pull.base.repo.id
