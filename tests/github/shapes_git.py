"""The JSON of GitHub's replies about people and about git."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.github.repository import Change, Commit, Person

if TYPE_CHECKING:
    from tests.github.server import GithubServer

Json = dict[str, Any]

_USER_URLS = "followers|following{/other_user}|gists{/gist_id}|starred{/owner}{/repo}|subscriptions|orgs|repos"


def time(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def node(kind: str, number: int | str) -> str:
    return f"{kind}_" + base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


class GitShapes:
    """Renders what ``server`` holds; links that a client follows lead to ``server``, pages for people to github.com."""

    def __init__(self, server: GithubServer) -> None:
        self._server = server
        self._users: dict[str, Json] = {}

    @property
    def here(self) -> str:
        return f"{self._server.api}/repos/{self._server.full_name}"

    @property
    def page(self) -> str:
        return f"https://github.com/{self._server.full_name}"

    def user(self, login: str) -> Json:
        if login not in self._users:
            self._users[login] = self._user(login)
        return self._users[login]

    def _user(self, login: str) -> Json:
        url, identity = f"{self._server.api}/users/{login}", zlib.crc32(login.encode())
        links = {part.split("{")[0]: f"{url}/{part}" for part in _USER_URLS.split("|")}
        return {
            "login": login,
            "id": identity,
            "node_id": node("U", identity),
            "avatar_url": f"https://avatars.githubusercontent.com/u/{identity}?v=4",
            "gravatar_id": "",
            "url": url,
            "html_url": f"https://github.com/{login.removesuffix('[bot]')}",
            **{f"{'organizations' if name == 'orgs' else name}_url": link for name, link in links.items()},
            "events_url": f"{url}/events{{/privacy}}",
            "received_events_url": f"{url}/received_events",
            "type": "Bot" if login.endswith("[bot]") else "User",
            "user_view_type": "public",
            "site_admin": False,
        }

    def maybe(self, login: str | None) -> Json | None:
        return self.user(login) if login else None

    def file(self, change: Change, base: str, head: str) -> Json:
        told = {
            "sha": change.sha,
            "filename": change.path,
            "status": change.status,
            "additions": change.additions,
            "deletions": change.deletions,
            "changes": change.additions + change.deletions,
            "blob_url": f"{self.page}/blob/{head}/{change.path}",
            "raw_url": f"{self.page}/raw/{head}/{change.path}",
            "contents_url": f"{self.here}/contents/{change.path}?ref={head}",
            "patch": self._server.git.patch(base, head, change.path),
        }
        return told | ({"previous_filename": change.previous} if change.previous else {})

    def _person(self, person: Person) -> Json:
        return {"name": person.name, "email": person.email, "date": time(person.when)}

    def _tree(self, sha: str) -> Json:
        return {"sha": sha, "url": f"{self.here}/git/trees/{sha}"}

    @property
    def _unsigned(self) -> Json:
        return {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}

    def commit(self, commit: Commit) -> Json:
        """As in lists of commits."""
        url = f"{self.here}/commits/{commit.sha}"
        return {
            "sha": commit.sha,
            "node_id": node("C", commit.sha),
            "commit": {
                "author": self._person(commit.author),
                "committer": self._person(commit.committer),
                "message": commit.message.rstrip("\n"),
                "tree": self._tree(commit.tree),
                "url": f"{self.here}/git/commits/{commit.sha}",
                "comment_count": 0,
                "verification": self._unsigned,
            },
            "url": url,
            "html_url": f"{self.page}/commit/{commit.sha}",
            "comments_url": f"{url}/comments",
            "author": self.maybe(self._server.login_of(commit.author.email)),
            "committer": self.maybe(self._server.login_of(commit.committer.email)),
            "parents": [
                {
                    "sha": parent,
                    "url": f"{self.here}/commits/{parent}",
                    "html_url": f"{self.page}/commit/{parent}",
                }
                for parent in commit.parents
            ],
        }

    def git_commit(self, commit: Commit) -> Json:
        """As an object of git."""
        return {
            "sha": commit.sha,
            "node_id": node("C", commit.sha),
            "url": f"{self.here}/git/commits/{commit.sha}",
            "html_url": f"{self.page}/commit/{commit.sha}",
            "author": self._person(commit.author),
            "committer": self._person(commit.committer),
            "tree": self._tree(commit.tree),
            "message": commit.message.rstrip("\n"),
            "parents": [
                {
                    "sha": parent,
                    "url": f"{self.here}/git/commits/{parent}",
                    "html_url": f"{self.page}/commit/{parent}",
                }
                for parent in commit.parents
            ],
            "verification": self._unsigned,
        }

    def ref(self, name: str, sha: str) -> Json:
        kind = (self._server.git.read(sha) or ("commit", b""))[0]
        target = {"sha": sha, "type": kind, "url": f"{self.here}/git/{kind}s/{sha}"}
        return {"ref": name, "node_id": node("REF", name), "url": f"{self.here}/git/{name}", "object": target}
