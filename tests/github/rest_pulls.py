"""Pull requests, as their own operations see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github.model import Ask, Issue, Refusal, Reply, invalid
from tests.github.rest import issue_of, ordered, page, route
from tests.github.shapes import Shapes

if TYPE_CHECKING:
    from tests.github.server import GithubServer

_NOT_COLLABORATOR = (
    "Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a "
    "collaborator of the {} repository."
)


@route("pulls/list")
def list_pulls(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    """A ``head`` without an owner is ignored, as GitHub does."""
    state = ask.query.get("state", "open")
    owner, colon, head = ask.query.get("head", "").partition(":")
    base = ask.query.get("base")
    found = (
        issue
        for issue in server.issues.values()
        if (pull := issue.pull)
        and state in ("all", issue.state)
        and (not colon or (owner.lower(), head) == ((pull.fork or server.owner).lower(), pull.head))
        and base in (None, pull.base)
    )
    direction = "desc" if ask.query.get("sort", "created") == "created" else "asc"
    repository = shapes.repository()
    return page(server, ask, ordered(found, ask, direction), lambda issue: shapes.simple_pull(issue, repository))


@route("pulls/create")
def create(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    if not server.actions_can_create_pulls and ask.actor.type == "Bot":
        raise Refusal(403, "GitHub Actions is not permitted to create or approve pull requests.")
    if not ask.actor.can_create_pulls:
        raise Refusal(403, "Resource not accessible by integration")
    body = ask.body
    if "title" not in body:
        raise invalid("PullRequest", "missing_field", "title")
    draft = body.get("draft", False)
    issue = server.new_pull(body["head"], body["base"], body["title"], body.get("body"), ask.actor.login, draft)
    return Reply(
        201, shapes.pull(issue, shapes.repository(), None), {"Location": f"{shapes.here}/pulls/{issue.number}"}
    )


@route("pulls/get")
def get(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask, pull=True)
    mergeable = server.merged_tree(issue) is not None if issue.state == "open" else None
    return Reply(200, shapes.pull(issue, shapes.repository(), mergeable))


@route("pulls/update")
def update(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask, pull=True)
    change(server, issue, ask)
    return Reply(200, shapes.pull(issue, shapes.repository(), None))


def change(server: GithubServer, issue: Issue, ask: Ask) -> None:
    """Title, text and state. Raises Refusal."""
    body = ask.body
    server.check_text("PullRequest" if issue.pull else "Issue", body.get("title"), body.get("body"))
    state = body.get("state")
    if state == "closed" and issue.state == "open":
        server.close_issue(issue, ask.actor.login, body.get("state_reason") or "completed")
    elif state == "open" and issue.state == "closed":
        server.reopen_issue(issue)
    for name in ("title", "body"):
        if name in body and body[name] != getattr(issue, name):
            setattr(issue, name, body[name])
            server.touch(issue)


@route("pulls/list_commits")
def commits(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found = map(server.git.commit, server.extent(issue_of(server, ask, pull=True))[0][:250])
    return page(server, ask, [commit for commit in found if commit], shapes.commit)


@route("pulls/list_files")
def files(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask, pull=True)
    assert issue.pull
    base, head = issue.pull.base_sha, issue.pull.head_sha
    return page(server, ask, server.extent(issue)[1], lambda one: shapes.file(one, base, head))


@route("pulls/merge")
def merge(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue, body = issue_of(server, ask, pull=True), ask.body or {}
    assert issue.pull
    if not ask.actor.may_write("contents"):
        raise Refusal(403, "Resource not accessible by integration")
    if body.get("sha") not in (None, issue.pull.head_sha):
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    texts = body.get("commit_title"), body.get("commit_message")
    sha = server.merge_pull(issue, body.get("merge_method", "merge"), ask.actor.login, *texts)
    return Reply(200, {"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


@route("pulls/request_reviewers")
def request_reviewers(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask, pull=True)
    assert issue.pull
    logins = ask.body.get("reviewers", [])
    if issue.user in logins:
        raise Refusal(422, "Review cannot be requested from pull request author.")
    if ask.body.get("team_reviewers") or any(login not in server.people for login in logins):
        raise Refusal(422, _NOT_COLLABORATOR.format(server.full_name))
    issue.pull.reviewers += [login for login in logins if login not in issue.pull.reviewers]
    server.touch(issue)
    return Reply(201, shapes.simple_pull(issue, shapes.repository()))
