"""The tests' GitHub: a server on this machine, and what the people of its repository can do."""

from __future__ import annotations

import re
import threading
from collections import Counter, deque
from collections.abc import Iterable, Mapping
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.github import rest_git, rest_issues, rest_pulls, rest_repository
from tests.github.http import Handler, HttpServer
from tests.github.model import Actor, Call, Comment, Fault, Issue, branch_ref
from tests.github.rest import Rest
from tests.github.state import State
from tests.serving import serving

_LIMIT = 5000
OPERATIONS = (rest_git, rest_issues, rest_pulls, rest_repository)
"""Importing them registers what they answer."""


class GithubServer(State):
    """``with GithubServer(tmp_path) as server`` serves ``octo/survey`` on a free port of this machine.

    ``server.api`` is for REST clients, ``server.url`` for git; ``server.token`` may write, and ``server.tokens`` takes
    more. ``server.violations`` tells in sentences where a request, or a reply of this server itself, is not as GitHub
    describes it: assert that it is empty. ``server.calls`` and ``server.git_calls`` tell what was asked.
    """

    token = "ghs_tests"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "survey.git")
        self.tokens = {self.token: Actor("github-actions[bot]")}
        self.violations: list[str] = []
        self.calls: list[Call] = []
        self.git_calls: list[Call] = []
        self.released = threading.Event()
        self._faults: deque[tuple[str, re.Pattern[str], Fault]] = deque()
        self._http = HttpServer(("127.0.0.1", 0), Handler)
        self._http.github = self
        self._serving = serving(self._http)
        self.url = self._http.here
        self.api = f"{self.url}/api/v3"
        self.rest = Rest(self)
        self._used: Counter[str] = Counter()
        self._resets = self.created_at

    def __enter__(self) -> Self:
        self._serving.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        self._serving.__exit__(None, None, None)
        with self.lock:
            self.git.close()

    # --- what a test prepares ---

    def fail(self, method: str, path_regex: str, fault: Fault, times: int = 1) -> None:
        """The next ``times`` requests of this verb whose path matches meet this fault, in the order of the calls.

        The path is ``/repos/octo/survey/...`` for the REST API, and ``/octo/survey.git/...`` for git.
        """
        with self.lock:
            self._faults.extend([(method, re.compile(path_regex), fault)] * times)

    def heal(self) -> None:
        """Nothing fails any more."""
        with self.lock:
            self._faults.clear()

    def fault_for(self, method: str, path: str) -> Fault:
        with self.lock:
            for entry in self._faults:
                if entry[0] == method and entry[1].search(path):
                    self._faults.remove(entry)
                    return entry[2]
            return Fault()

    def seed(self, files: Mapping[str, str], message: str = "Start the survey") -> str:
        """The first commit on the default branch."""
        with self.lock:
            person = self.person(self.owner)
            sha = self.git.write_commit(self.git.changed(None, files), (), message, person, person)
            self.git.move(f"refs/heads/{self.default_branch}", sha)
            return sha

    def limits(self, login: str) -> dict[str, str]:
        """The headers about the hourly allowance, which never ends here: a test sets PrimaryLimit for that."""
        if self.now() >= self._resets or self._used[login] >= _LIMIT - 1:
            self._used.clear()
            self._resets = self.now() + timedelta(hours=1)
        self._used[login] += 1
        told = {
            "Limit": _LIMIT,
            "Remaining": _LIMIT - self._used[login],
            "Used": self._used[login],
            "Reset": int(self._resets.timestamp()),
            "Resource": "core",
        }
        return {f"X-RateLimit-{name}": str(value) for name, value in told.items()}

    # --- what is there ---

    def issue(self, number: int) -> Issue:
        with self.lock:
            self.sync()
            return self.issues[number]

    def pulls(self, state: str = "all") -> list[Issue]:
        """The pull requests, oldest first."""
        with self.lock:
            self.sync()
            return [one for one in self.issues.values() if one.pull and state in ("all", one.state)]

    def head(self, branch: str) -> str | None:
        with self.lock:
            return self.git.head(branch)

    def branches(self) -> list[str]:
        with self.lock:
            return [name.removeprefix("refs/heads/") for name in self.git.refs()]

    def file(self, branch: str, path: str) -> str | None:
        """The text of a file at the tip of a branch."""
        with self.lock:
            tip = self.git.head(branch)
            return self.git.text(tip, path) if tip else None

    def files(self, branch: str) -> list[str]:
        """The paths of all files at the tip of a branch."""
        with self.lock:
            commit = self.git.commit(self.git.head(branch) or "")
            return sorted(self.git.files(commit.tree)) if commit else []

    def comments_on(self, number: int) -> list[Comment]:
        with self.lock:
            return [comment for comment in self.comments.values() if comment.number == number]

    # --- what people do on the site ---

    def merge(self, number: int, how: str = "merge", by: str = "maintainer") -> str:
        """The commit. ``how`` is merge, squash or rebase. Raises Refusal when it conflicts."""
        with self.lock:
            self.sync()
            return self.merge_pull(self.issues[number], how, by)

    def close(self, number: int, by: str = "maintainer", label: str | None = None) -> None:
        """With ``label``, it is put on first."""
        with self.lock:
            self.sync()
            if label:
                self.label(number, label)
            if self.issues[number].state == "open":
                self.close_issue(self.issues[number], by)

    def reopen(self, number: int) -> None:
        """Raises Refusal when GitHub would not."""
        with self.lock:
            self.sync()
            self.reopen_issue(self.issues[number])

    def label(self, number: int, *names: str) -> None:
        with self.lock:
            issue = self.issues[number]
            self.set_labels(issue, [*issue.labels, *(self.label_named(name) for name in names)])

    def unlabel(self, number: int, name: str) -> None:
        with self.lock:
            issue = self.issues[number]
            self.set_labels(issue, [label for label in issue.labels if label.name.lower() != name.lower()])

    def edit_pull(self, number: int, title: str | None = None, body: str | None = None) -> None:
        """Works on issues too."""
        with self.lock:
            issue = self.issues[number]
            issue.title = issue.title if title is None else title
            issue.body = issue.body if body is None else body
            self.touch(issue)

    def open_issue(self, title: str, body: str = "", by: str = "maintainer") -> int:
        with self.lock:
            return self.new_issue(title, body, by).number

    def open_pull(self, branch: str, title: str, body: str = "", by: str = "maintainer", fork: bool = False) -> int:
        """A pull request of a person to the default branch, from a branch of the repository or of their fork."""
        with self.lock:
            self.sync()
            head = f"{by}:{branch}" if fork else branch
            return self.new_pull(head, self.default_branch, title, body, by).number

    def comment(self, number: int, text: str, by: str = "maintainer") -> int:
        with self.lock:
            return self.new_comment(self.issues[number], text, by).id

    def tick(self, number: int, text: str) -> None:
        """Tick the box of the line that this pattern or text is found in. Raises ValueError when there is none."""
        with self.lock:
            lines = (self.issues[number].body or "").split("\n")
            for index, line in enumerate(lines):
                if "- [ ]" in line and (text in line or re.search(text, line)):
                    lines[index] = line.replace("- [ ]", "- [x]", 1)
                    return self.edit_pull(number, body="\n".join(lines))
            raise ValueError(f"issue {number} has no open box with {text}")

    def push(
        self,
        branch: str,
        edits: Mapping[str, str | None],
        author: str = "maintainer",
        message: str = "Edit by hand",
        fork: bool = False,
    ) -> str:
        """One commit of a person on top of a branch, which starts at the default branch when it is new.

        With ``fork`` the branch is one of the author's own fork. Paths with None are removed.
        """
        with self.lock:
            ref = branch_ref(branch, author if fork else None)
            old = self.git.ref(ref)
            parent = old or self.git.head(self.default_branch)
            commit = self.git.commit(parent) if parent else None
            person = self.person(author)
            tree = self.git.changed(commit.tree if commit else None, edits)
            sha = self.git.write_commit(tree, (parent,) if parent else (), message, person, person)
            self.git.move(ref, sha, old)
            self.pushed_at = self.now()
            self.sync()
            return sha

    def delete_branch(self, branch: str) -> None:
        with self.lock:
            self.git.move(f"refs/heads/{branch}", None)
            self.sync()

    def disable_workflows(self, paths: Iterable[str], state: str = "disabled_inactivity") -> None:
        """As after 60 days without activity."""
        with self.lock:
            for workflow in self.workflows:
                if workflow.path in paths:
                    workflow.state = state
