"""What the tests' GitHub holds, and the rules by which it changes; git tells where the branches are."""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path

from tests.github.model import Comment, Issue, Label, Pull, Refusal, Workflow, branch_ref, invalid
from tests.github.repository import BareRepository, Change, GitError, Person

_LONGEST = 65536
_WRITERS = ("write", "admin")
_EMAIL = re.compile(r"(?:[0-9]+\+)?(.+)@users\.noreply\.github\.com")


def real_clock() -> datetime:
    return datetime.now(UTC)


class State:
    """The repository ``octo/survey`` in ``folder``. Change it with ``lock`` held; every knob is a plain attribute.

    ``people`` maps logins to their permission; whoever is not in it may read, unless the repository is private.
    ``protected`` holds patterns of branches that change through pull requests only.
    """

    repository = "octo/survey"
    repository_id = 1296269

    def __init__(self, folder: Path) -> None:
        self.lock = threading.RLock()
        self.clock: Callable[[], datetime] = real_clock
        self.git = BareRepository(folder)
        self.people = {"octo": "admin", "maintainer": "write", "reader": "read"}
        self.archived = self.fork = self.private = False
        self.has_issues = self.actions_can_create_pulls = True
        self.actions_may_write = False
        self.renamed_to: str | None = None
        self.protected: set[str] = set()
        self.workflows: list[Workflow] = []
        self.issues: dict[int, Issue] = {}
        self.comments: dict[int, Comment] = {}
        self.labels: dict[str, Label] = {}
        self.created_at = self.pushed_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.ids = count(1001)
        self._default_branch = "main"
        self._tips: dict[str, str] = {}
        self._extents: dict[tuple[str, str], tuple[list[str], list[Change]]] = {}
        self._merges: dict[tuple[str, str], str | None] = {}

    def now(self) -> datetime:
        return self.clock().astimezone(UTC).replace(microsecond=0)

    # --- the repository and its people ---

    @property
    def full_name(self) -> str:
        """Its name today."""
        return self.renamed_to or self.repository

    @property
    def owner(self) -> str:
        return self.full_name.split("/")[0]

    @property
    def default_branch(self) -> str:
        return self._default_branch

    @default_branch.setter
    def default_branch(self, name: str) -> None:
        """Another branch that exists becomes the default; otherwise the default branch is renamed."""
        with self.lock:
            old, tip = self._default_branch, self.git.head(self._default_branch)
            self._default_branch = name
            self.git.git("symbolic-ref", "HEAD", f"refs/heads/{name}")
            if tip and not self.git.head(name):
                self.git.move(f"refs/heads/{name}", tip)
                for pull in (issue.pull for issue in self.open_pulls()):
                    if pull and pull.base == old:
                        pull.base = name
                self._tips[name] = self._tips.pop(old, tip)
                self.git.move(f"refs/heads/{old}", None)
            self.sync()

    def permission_of(self, login: str) -> str:
        return self.people.get(login, "none" if self.private else "read")

    def association(self, login: str) -> str:
        if login == self.owner:
            return "OWNER"
        return "COLLABORATOR" if self.people.get(login) in _WRITERS else "NONE"

    def person(self, login: str) -> Person:
        """How a login signs commits made on the site."""
        return Person(login, f"{zlib.crc32(login.encode())}+{login}@users.noreply.github.com", self.now())

    def login_of(self, email: str) -> str | None:
        match = _EMAIL.fullmatch(email)
        return match[1] if match else None

    def is_protected(self, branch: str) -> bool:
        return any(fnmatchcase(branch, pattern) for pattern in self.protected)

    # --- pull requests follow their branches ---

    def open_pulls(self) -> list[Issue]:
        return [issue for issue in self.issues.values() if issue.pull and issue.state == "open"]

    def sync(self) -> None:
        """Look at the branches and draw GitHub's conclusions: pushed, merged by a push, deleted."""
        seen: dict[str, tuple[str | None, set[str]]] = {}
        for issue in self.open_pulls():
            assert issue.pull
            if issue.pull.base not in seen:
                seen[issue.pull.base] = self._arrivals(issue.pull.base)
            tip, arrived = seen[issue.pull.base]
            self._follow(issue, issue.pull, tip, arrived)

    def _arrivals(self, base: str) -> tuple[str | None, set[str]]:
        """The tip of a base branch, and the commits that it gained since the last look."""
        tip, old = self.git.head(base), self._tips.get(base)
        if tip is None or tip == old:
            return tip, set()
        self._tips[base] = tip
        return tip, set(self.git.ahead(old, tip)) if old else set()

    def _follow(self, issue: Issue, pull: Pull, tip: str | None, arrived: set[str]) -> None:
        head = self.git.ref(pull.ref)
        if arrived & {pull.head_sha, head}:
            pull.head_sha = head if head in arrived and head else pull.head_sha
            self.mark_merged(issue, self.owner, tip)
        elif head is None or tip is None:
            self.close_issue(issue, self.owner)
        elif head != pull.head_sha:
            pull.head_sha, issue.updated_at = head, self.now()
            self.git.keep(f"refs/pull/{issue.number}/head", head)
            if self.git.contains(tip, head):
                self.close_issue(issue, self.owner)
            else:
                pull.base_sha = tip

    def extent(self, issue: Issue) -> tuple[list[str], list[Change]]:
        """The commits of a pull request, oldest first, and the files they change."""
        assert issue.pull
        key = (issue.pull.base_sha, issue.pull.head_sha)
        if key not in self._extents:
            commits = self.git.ahead(*key)
            self._extents[key] = commits, self.git.added(commits) or self.git.changes(*key)
        return self._extents[key]

    def merged_tree(self, issue: Issue) -> str | None:
        """The tree of merging an open pull request right now; None when it conflicts."""
        assert issue.pull
        tip = self.git.head(issue.pull.base)
        assert tip
        key = (tip, issue.pull.head_sha)
        if key not in self._merges:
            self._merges[key] = self.git.merge(*key)
        return self._merges[key]

    # --- changes ---

    def touch(self, issue: Issue) -> None:
        issue.updated_at = self.now()

    def new_issue(self, title: str, body: str | None, user: str) -> Issue:
        self.check_text("Issue", title, body)
        number, now = len(self.issues) + 1, self.now()
        self.issues[number] = Issue(next(self.ids), number, title, body, user, now, now)
        return self.issues[number]

    def new_pull(self, head: str, base: str, title: str, body: str | None, user: str, draft: bool = False) -> Issue:
        """Raises Refusal as GitHub does."""
        owner, _, branch = head.rpartition(":")
        fork = owner if owner not in ("", self.owner) else None
        tip, onto = self.git.ref(branch_ref(branch, fork)), self.git.head(base)
        if onto is None or tip is None:
            raise invalid("PullRequest", "invalid", "base" if onto is None else "head")
        if any(one.pull and one.pull.key == (branch, base, fork) for one in self.open_pulls()):
            message = f"A pull request already exists for {fork or self.owner}:{branch}."
            raise invalid("PullRequest", "custom", message=message)
        if not self.git.ahead(onto, tip):
            raise invalid("PullRequest", "custom", message=f"No commits between {base} and {branch}")
        self.check_text("PullRequest", title, body)
        issue = self.new_issue(title, body, user)
        issue.pull = Pull(next(self.ids), branch, base, tip, onto, draft, fork=fork)
        self._tips.setdefault(base, onto)
        if not any(one.pull and one.pull.base == base for one in self.open_pulls() if one is not issue):
            self._tips[base] = onto
        self.git.keep(f"refs/pull/{issue.number}/head", tip)
        return issue

    def check_text(self, resource: str, title: str | None, body: str | None) -> None:
        """Raises Refusal for what is too long or empty."""
        if title is not None and not title.strip():
            raise invalid(resource, "missing_field", "title")
        if title is not None and len(title) > 256:
            raise invalid(resource, "custom", "title", "title is too long (maximum is 256 characters)")
        if body is not None and len(body) > _LONGEST:
            raise invalid(resource, "custom", "body", f"body is too long (maximum is {_LONGEST} characters)")

    def close_issue(self, issue: Issue, by: str, reason: str = "completed") -> None:
        now = self.now()
        issue.state, issue.closed_at, issue.closed_by, issue.updated_at = "closed", now, by, now
        issue.state_reason = None if issue.pull else reason

    def reopen_issue(self, issue: Issue) -> None:
        """Raises Refusal for a pull request whose branch is gone, is merged or is in another pull request."""
        if issue.pull:
            self._check_reopening(issue.pull)
        issue.state, issue.closed_at, issue.closed_by, issue.updated_at = "open", None, None, self.now()
        issue.state_reason = None if issue.pull else "reopened"

    def _check_reopening(self, pull: Pull) -> None:
        head, why = self.git.ref(pull.ref), None
        if pull.merged_at:
            why = "The pull request cannot be reopened."
        elif head is None:
            why = f"The {pull.head} branch has been deleted."
        elif any(one.pull and one.pull.key == pull.key for one in self.open_pulls()):
            why = f"There is already an open pull request for {pull.fork or self.owner}:{pull.head}."
        elif not self.git.contains(head, pull.head_sha):
            why = f"The {pull.head} branch was force-pushed or recreated."
        if why:
            raise invalid("PullRequest", "invalid", "state", f"state cannot be changed. {why}")

    def merge_pull(self, issue: Issue, how: str, by: str, title: str | None = None, message: str | None = None) -> str:
        """The commit that merged it. Raises Refusal (405) when it cannot be merged."""
        pull = issue.pull
        assert pull
        if issue.state != "open" or pull.draft:
            raise Refusal(405, "Pull Request is still a draft" if pull.draft else "Pull Request is not mergeable")
        tip, tree, author = self.git.head(pull.base), self.merged_tree(issue), self.person(by)
        if tree is None or tip is None:
            raise Refusal(405, "Pull Request is not mergeable")
        site = Person("GitHub", "noreply@github.com", self.now())
        if how == "rebase":
            commits = [self.git.commit(sha) for sha in self.extent(issue)[0]]
            try:
                sha = self.git.rebased(tip, [commit for commit in commits if commit], author)
            except GitError:
                raise Refusal(405, "This branch can't be rebased") from None
        elif how == "squash":
            text = f"{title or f'{issue.title} (#{issue.number})'}\n\n{message or ''}"
            sha = self.git.write_commit(tree, (tip,), text, self.person(issue.user), site)
        else:
            first = title or f"Merge pull request #{issue.number} from {pull.fork or self.owner}/{pull.head}"
            sha = self.git.write_commit(
                tree, (tip, pull.head_sha), f"{first}\n\n{message or issue.title}", author, site
            )
        self.git.move(f"refs/heads/{pull.base}", sha, tip)
        self.pushed_at = self.now()
        self.mark_merged(issue, by, sha)
        self.sync()
        return sha

    def mark_merged(self, issue: Issue, by: str, sha: str | None) -> None:
        assert issue.pull
        self.close_issue(issue, by)
        issue.pull.merged_at, issue.pull.merged_by, issue.pull.merge_commit = self.now(), by, sha

    def new_comment(self, issue: Issue, text: str, user: str) -> Comment:
        self.check_text("IssueComment", None, text)
        if not text.strip():
            raise invalid("IssueComment", "missing_field", "body")
        now = self.now()
        comment = Comment(next(self.ids), issue.number, text, user, now, now)
        self.comments[comment.id] = comment
        self.touch(issue)
        return comment

    def label_named(self, name: str) -> Label:
        """The label of this name, in any case; made on the spot when there is none, as GitHub does on an issue."""
        if name.lower() not in self.labels:
            self.labels[name.lower()] = Label(next(self.ids), name)
        return self.labels[name.lower()]

    def set_labels(self, issue: Issue, labels: list[Label]) -> None:
        unique = list({label.id: label for label in labels}.values())
        if unique != issue.labels:
            issue.labels = unique
            self.touch(issue)
