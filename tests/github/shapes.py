"""The JSON of GitHub's replies."""

from __future__ import annotations

from datetime import datetime

from tests.github.description import Shared
from tests.github.model import Comment, Issue, Label, Workflow
from tests.github.shapes_git import GitShapes, Json, node, time

_REPOSITORY_URLS = """assignees {/user}|blobs git/blobs{/sha}|branches {/branch}
collaborators {/collaborator}|comments {/number}|commits {/sha}|compare compare/{base}...{head}|contributors
contents contents/{+path}|deployments|downloads|events|forks|git_commits git/commits{/sha}|git_refs git/refs{/sha}
git_tags git/tags{/sha}|issue_comment issues/comments{/number}|issue_events issues/events{/number}|issues {/number}
keys {/key_id}|labels {/name}|languages|merges|milestones {/number}|notifications {?since,all,participating}
pulls {/number}|releases {/id}|stargazers|statuses {/sha}|subscribers|subscription|tags|teams|hooks
trees git/trees{/sha}"""
_CONSTANT: Json = {
    **dict.fromkeys(("description", "mirror_url", "homepage", "language", "license")),
    **dict.fromkeys(("forks", "forks_count", "stargazers_count", "watchers", "watchers_count", "size"), 0),
    **dict.fromkeys(("is_template", "has_projects", "has_wiki", "has_pages", "has_discussions", "disabled"), False),
    **dict.fromkeys(("allow_forking", "allow_merge_commit", "allow_squash_merge", "allow_rebase_merge"), True),
    **dict.fromkeys(("web_commit_signoff_required", "allow_auto_merge", "delete_branch_on_merge"), False),
    "topics": [],
}
_LEVELS = ("read", "triage", "write", "maintain", "admin")
_FLAGS = ("pull", "triage", "push", "maintain", "admin")
_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


class Shapes(GitShapes):
    """All of them."""

    def repository(self, *, full: bool = False, permission: str = "read") -> Json:
        """As in pull requests, or with ``full`` as the reply to the question for it, asked with this permission."""
        server = self._server
        opened = sum(issue.state == "open" for issue in server.issues.values())
        rank = _LEVELS.index(permission) if permission in _LEVELS else -1
        told = {
            **_CONSTANT,
            **self._repository_links(),
            "id": server.repository_id,
            "node_id": node("R", server.repository_id),
            "name": server.full_name.split("/")[1],
            "full_name": server.full_name,
            "owner": self.user(server.owner),
            "private": server.private,
            "fork": server.fork,
            "default_branch": server.default_branch,
            "open_issues_count": opened,
            "has_issues": server.has_issues,
            "archived": server.archived,
            "visibility": "private" if server.private else "public",
            "pushed_at": time(server.pushed_at),
            "created_at": time(server.created_at),
            "updated_at": time(server.created_at),
            "permissions": {name: index <= rank for index, name in enumerate(_FLAGS)},
            "open_issues": opened,
        }
        return Shared(told | ({"subscribers_count": 0, "network_count": 0} if full else {}))

    def _repository_links(self) -> Json:
        links = {}
        for part in _REPOSITORY_URLS.replace("\n", "|").split("|"):
            name, _, path = part.partition(" ")
            links[f"{name}_url"] = f"{self.here}/{path if path and path[0] not in '{' else name + path}"
        name = self._server.full_name
        return {
            **links,
            "url": self.here,
            "html_url": self.page,
            "svn_url": self.page,
            "archive_url": f"{self.here}/{{archive_format}}{{/ref}}",
            "git_url": f"git://github.com/{name}.git",
            "ssh_url": f"git@github.com:{name}.git",
            "clone_url": f"{self._server.url}/{name}.git",
        }

    def fork_of(self, repository: Json, owner: str) -> Json:
        """The same repository as the fork of somebody else."""
        old, new = self._server.full_name, f"{owner}/{self._server.full_name.split('/')[1]}"
        told = {key: value.replace(old, new) if isinstance(value, str) else value for key, value in repository.items()}
        return Shared(told | {"id": self._server.repository_id + 1, "owner": self.user(owner), "fork": True})

    def label(self, label: Label) -> Json:
        return {
            "id": label.id,
            "node_id": node("LA", label.id),
            "url": f"{self.here}/labels/{label.name.replace(' ', '%20')}",
            "name": label.name,
            "description": label.description,
            "color": label.color,
            "default": False,
            "archived_at": None,
            "archived_by": None,
        }

    def issue(self, issue: Issue) -> Json:
        url = f"{self.here}/issues/{issue.number}"
        html = f"{self.page}/{'pull' if issue.pull else 'issues'}/{issue.number}"
        comments = sum(comment.number == issue.number for comment in self._server.comments.values())
        told = {
            "url": url,
            "repository_url": self.here,
            "labels_url": f"{url}/labels{{/name}}",
            "comments_url": f"{url}/comments",
            "events_url": f"{url}/events",
            "html_url": html,
            "id": issue.id,
            "node_id": node("PR" if issue.pull else "I", issue.id),
            "number": issue.number,
            "title": issue.title,
            "user": self.user(issue.user),
            "labels": [self._label_on(label) for label in issue.labels],
            "state": issue.state,
            "locked": False,
            "assignees": [self.user(login) for login in issue.assignees],
            "milestone": None,
            "comments": comments,
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": time(issue.closed_at),
            "author_association": self._server.association(issue.user),
            "active_lock_reason": None,
            "body": issue.body,
            "closed_by": self.maybe(issue.closed_by),
            "reactions": self._reactions(f"{url}/reactions", []),
            "timeline_url": f"{url}/timeline",
            "performed_via_github_app": None,
            "state_reason": issue.state_reason,
        }
        if issue.pull:
            told["draft"] = issue.pull.draft
            told["pull_request"] = {
                "url": f"{self.here}/pulls/{issue.number}",
                "html_url": html,
                "diff_url": f"{html}.diff",
                "patch_url": f"{html}.patch",
                "merged_at": time(issue.pull.merged_at),
            }
        return told

    def _reactions(self, url: str, given: list[tuple[int, str, str]]) -> Json:
        contents = [content for _, _, content in given]
        return {"url": url, "total_count": len(given), **{name: contents.count(name) for name in _REACTIONS}}

    def comment(self, comment: Comment) -> Json:
        url = f"{self.here}/issues/comments/{comment.id}"
        return {
            "url": url,
            "html_url": f"{self.page}/issues/{comment.number}#issuecomment-{comment.id}",
            "issue_url": f"{self.here}/issues/{comment.number}",
            "id": comment.id,
            "node_id": node("IC", comment.id),
            "user": self.user(comment.user),
            "created_at": time(comment.created_at),
            "updated_at": time(comment.updated_at),
            "body": comment.body,
            "author_association": self._server.association(comment.user),
            "reactions": self._reactions(f"{url}/reactions", comment.reactions),
            "performed_via_github_app": None,
        }

    def reaction(self, given: tuple[int, str, str], when: datetime) -> Json:
        number, login, content = given
        return {
            "id": number,
            "node_id": node("REA", number),
            "user": self.user(login),
            "content": content,
            "created_at": time(when),
        }

    def _side(self, owner: str, ref: str, sha: str, repository: Json) -> Json:
        return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha, "user": self.user(owner), "repo": repository}

    def simple_pull(self, issue: Issue, repository: Json) -> Json:
        """As in lists; ``repository`` is rendered once for all of them."""
        pull = issue.pull
        assert pull
        url, html = f"{self.here}/pulls/{issue.number}", f"{self.page}/pull/{issue.number}"
        as_issue = f"{self.here}/issues/{issue.number}"
        links = {
            "html": html,
            "self": url,
            "issue": as_issue,
            "comments": f"{as_issue}/comments",
            "review_comments": f"{url}/comments",
            "review_comment": f"{self.here}/pulls/comments{{/number}}",
            "commits": f"{url}/commits",
            "statuses": f"{self.here}/statuses/{pull.head_sha}",
        }
        own = self._server.owner
        source = self.fork_of(repository, pull.fork) if pull.fork else repository
        return {
            "url": url,
            "id": pull.id,
            "node_id": node("PR", pull.id),
            "html_url": html,
            "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch",
            **{f"{name}_url": link for name, link in links.items() if name not in ("self", "html")},
            "number": issue.number,
            "state": issue.state,
            "locked": False,
            "title": issue.title,
            "user": self.user(issue.user),
            "body": issue.body,
            "created_at": time(issue.created_at),
            "updated_at": time(issue.updated_at),
            "closed_at": time(issue.closed_at),
            "merged_at": time(pull.merged_at),
            "assignees": [self.user(login) for login in issue.assignees],
            "requested_reviewers": [self.user(login) for login in pull.reviewers],
            "requested_teams": [],
            "labels": [self._label_on(label) for label in issue.labels],
            "milestone": None,
            "draft": pull.draft,
            "head": self._side(pull.fork or own, pull.head, pull.head_sha, source),
            "base": self._side(own, pull.base, pull.base_sha, repository),
            "_links": {name: {"href": link} for name, link in links.items()},
            "author_association": self._server.association(issue.user),
            "auto_merge": None,
            "active_lock_reason": None,
        }

    def _label_on(self, label: Label) -> Json:
        """A label as issues and pull requests show it."""
        return {name: value for name, value in self.label(label).items() if name != "archived_at"}

    def pull(self, issue: Issue, repository: Json, mergeable: bool | None) -> Json:
        """As a single reply."""
        pull = issue.pull
        assert pull
        commits, changes = self._server.extent(issue)
        conflict = {True: "clean", False: "dirty", None: "unknown"}[mergeable]
        return {
            **self.simple_pull(issue, repository),
            "merged": issue.merged,
            "mergeable": mergeable,
            "rebaseable": mergeable,
            "mergeable_state": "draft" if pull.draft and mergeable else conflict,
            "merged_by": self.maybe(pull.merged_by),
            "comments": sum(comment.number == issue.number for comment in self._server.comments.values()),
            "review_comments": 0,
            "maintainer_can_modify": False,
            "commits": len(commits),
            "additions": sum(change.additions for change in changes),
            "deletions": sum(change.deletions for change in changes),
            "changed_files": len(changes),
        }

    def workflow(self, workflow: Workflow) -> Json:
        file = workflow.path.rpartition("/")[2]
        created = time(self._server.created_at)
        return {
            "id": workflow.id,
            "node_id": node("W", workflow.id),
            "name": file.partition(".")[0],
            "path": workflow.path,
            "state": workflow.state,
            "created_at": created,
            "updated_at": created,
            "url": f"{self.here}/actions/workflows/{workflow.id}",
            "html_url": f"{self.page}/blob/{self._server.default_branch}/{workflow.path}",
            "badge_url": f"{self.page}/workflows/{file}/badge.svg",
        }
