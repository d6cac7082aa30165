"""Where people talk to the bot on GitHub: the boxes of the dashboard issue, and comments that are commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from github.Issue import Issue
from github.IssueComment import IssueComment
from github.Repository import Repository

from bot import dashboard
from bot.adapters.github.api import PAGE, GitHubApi, RefusalError
from bot.errors import ForgeError
from bot.fates import Request, Wish

_SKEW = timedelta(hours=2)
"""Comments that are so much older are read again, because two clocks never agree; a 👍 tells those that were done."""
_SIGN, _LONGEST = "/survey-bot ", 5_000
"""What a comment holds that commands, and so many characters, at most."""
_PERSONS = 20
"""So many people's rights are asked for in a run; those whom GitHub knows as members go first."""
_DONE = "+1"
_MEMBERS = ("OWNER", "MEMBER", "COLLABORATOR")
_WRITERS = ("admin", "write")
_NUMBER = re.compile(r"/(\d+)$")


class Desk:
    """``paper_of`` tells the paper of one of the bot's pull requests by its number, None for any other."""

    def __init__(self, api: GitHubApi, paper_of: Callable[[int], str | None]) -> None:
        self._api, self._paper_of = api, paper_of
        self._issue: Issue | None = None
        self._writers: dict[str, bool] = {}
        self._heard: list[IssueComment] = []

    def requests(self, since: datetime | None) -> list[Request]:
        """What is ticked, then what was commanded since, oldest first. Raises ForgeError."""
        self._issue = self._found()
        ticked = dashboard.ticked(self._issue.body or "") if self._issue else []
        boxes = [Request(id=paper_id, wish=Wish.PROPOSE, by="a ticked box") for paper_id in ticked]
        return [*boxes, *self._commands(since)]

    def show(self, page: Callable[[str], str]) -> str:
        """Write the page into the issue, which is made when there is none; its address, empty when there are no Issues.

        Raises ForgeError.
        """
        issue = self._again(self._issue) if self._issue else self._found()
        try:
            where = self._write(issue, page) if issue else self._create(page)
        except RefusalError as error:
            if error.status != 410:
                raise
            self._api.note("Issues are switched off, so there is no dashboard (Settings › General › Features)")
            where = ""
        self._thank()
        return where

    # --- the issue ----------------------------------------------------------------------------------------------------

    def _found(self) -> Issue | None:
        """The dashboard: of the issues with its label and its marker, the first."""
        what = "the dashboard cannot be read"
        try:
            issues = self._api.ask(what, lambda repo: list(repo.get_issues(state="all", labels=[dashboard.LABEL])))
        except RefusalError as error:
            if error.status != 410:
                raise
            return None
        ours = (one for one in issues if self._is_dashboard(one) and self._is_trusted(one))
        return min(ours, key=lambda issue: issue.number, default=None)

    def _unlabelled(self) -> Issue | None:
        """A dashboard whose label someone took off; it is among the latest changes, for every run writes it."""

        def latest(repo: Repository) -> list[Issue]:
            return list(islice(repo.get_issues(state="all", sort="updated", direction="desc"), 2 * PAGE))

        issues = self._api.ask("the issues cannot be read", latest)
        ours = (one for one in issues if self._is_dashboard(one) and self._is_trusted(one))
        issue = min(ours, key=lambda issue: issue.number, default=None)
        if issue:
            with suppress(ForgeError):
                self._api.ask("the dashboard cannot be labelled", lambda _: issue.add_to_labels(dashboard.LABEL))
        return issue

    def _is_trusted(self, issue: Issue) -> bool:
        """Whether its author may write: whoever opened an issue can tick its boxes."""
        return issue.user.type == "Bot" or self._may_write(issue.user.login)

    @staticmethod
    def _is_dashboard(issue: Issue) -> bool:
        is_pull = "/pull/" in issue.html_url  # asking whether it has `pull_request` would cost a call when it has not
        return not is_pull and issue.user is not None and dashboard.is_dashboard(issue.body or "")

    def _again(self, issue: Issue) -> Issue | None:
        """The issue as it is now; None when it is gone."""
        try:
            return self._api.ask("the dashboard cannot be read", lambda repo: repo.get_issue(issue.number).complete())
        except RefusalError as error:
            if error.status not in (301, 404, 410):
                raise
            return self._found()

    def _write(self, issue: Issue, page: Callable[[str], str]) -> str:
        body = (issue.body or "").replace("\r\n", "\n")
        text = page(body)
        if text.strip() != body.strip():
            self._api.ask("the dashboard cannot be written", lambda _: issue.edit(body=text))
        self._issue = issue
        return issue.html_url

    def _create(self, page: Callable[[str], str]) -> str:
        issue = self._unlabelled()
        if issue:
            return self._write(issue, page)
        issue = self._api.make(
            "the dashboard cannot be created",
            lambda repo: repo.create_issue(dashboard.TITLE, body=page(""), labels=[dashboard.LABEL]),
            lambda: self._found() or self._unlabelled(),
        )
        self._issue = issue
        return issue.html_url

    # --- comments -----------------------------------------------------------------------------------------------------

    def _commands(self, since: datetime | None) -> list[Request]:
        heard = [comment for comment in self._comments(since) if self._is_heard(comment, since)]
        members_first = sorted(heard, key=lambda comment: comment.author_association not in _MEMBERS)
        for login in dict.fromkeys(comment.user.login for comment in members_first):
            self._may_write(login)
        found = []
        for comment in sorted(heard, key=lambda comment: (comment.created_at, comment.id)):
            if self._may_write(comment.user.login) and (requests := list(self._read(comment))):
                found += requests
                self._heard.append(comment)
        return found

    def _comments(self, since: datetime | None) -> list[IssueComment]:
        """All since then, on issues and pull requests; without a time, those on the dashboard."""
        what, issue = "the comments cannot be read", self._issue
        if since:
            start = since.astimezone(UTC) - _SKEW
            return self._api.ask(what, lambda repo: list(repo.get_issues_comments(since=start)))
        if issue is None or not issue.comments:
            return []
        return self._api.ask(what, lambda _: list(issue.get_comments()))

    def _is_heard(self, comment: IssueComment, since: datetime | None) -> bool:
        """Whether it may command, was not done before, and a person wrote it; an old one that was edited is no news.

        What it says is read when it is known that its author may write: that takes longer than a stranger is worth.
        """
        text = comment.body or ""
        if comment.user is None or comment.user.type == "Bot" or _SIGN not in text or len(text) > _LONGEST:
            return False
        if since is None or comment.created_at > since:  # without a time, what was obeyed may be forgotten
            return True
        return comment.created_at > since - _SKEW and not comment.reactions.get(_DONE)

    def _read(self, comment: IssueComment) -> Iterable[Request]:
        """Commands count on the dashboard and on the bot's pull requests, where they need no id."""
        number = _NUMBER.search(comment.issue_url)
        on_dashboard = self._issue is not None and number and int(number[1]) == self._issue.number
        own = None if on_dashboard or not number else self._paper_of(int(number[1]))
        if on_dashboard or own:
            for wish, named in dashboard.commands(comment.body or ""):
                if paper_id := named or own:
                    yield Request(id=paper_id, wish=wish, by=f"@{comment.user.login}")

    def _may_write(self, login: str) -> bool:
        """Asked once per person; who cannot be asked about may not."""
        if login not in self._writers:
            if len(self._writers) >= _PERSONS:
                self._api.note(f"more than {_PERSONS} people gave commands; the others were not heard")
                return False
            self._writers[login] = self._permission(login) in _WRITERS
        return self._writers[login]

    def _permission(self, login: str) -> str:
        what = f"the rights of @{login} cannot be read"
        try:
            return self._api.ask(what, lambda repo: repo.get_collaborator_permission(login))
        except RefusalError as error:
            if error.status not in (403, 404):
                raise
            if error.status == 403:
                self._api.note(f"{error}, so this person was not heard")
            return "none"

    def _thank(self) -> None:
        """A 👍 on each command, so that people see it was read; twice is once at GitHub. Best effort."""
        while self._heard:
            comment = self._heard.pop(0)
            if comment.reactions.get(_DONE):
                continue
            try:
                self._api.ask("a comment cannot be answered", partial(_react, comment))
            except ForgeError as error:
                self._api.note(str(error))
                self._heard.clear()


def _react(comment: IssueComment, _: object) -> None:
    comment.create_reaction(_DONE)
