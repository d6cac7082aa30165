"""The repository itself: its settings, people, branches and workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.github.model import Ask, Refusal, Reply, Workflow
from tests.github.rest import page, route
from tests.github.shapes import Shapes
from tests.github.shapes_git import Json

if TYPE_CHECKING:
    from tests.github.server import GithubServer

_PULLS_ONLY: Json = {
    "type": "pull_request",
    "parameters": {
        "allowed_merge_methods": ["merge", "squash", "rebase"],
        "dismiss_stale_reviews_on_push": False,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": 0,
        "required_review_thread_resolution": False,
    },
    "ruleset_source_type": "Repository",
    "ruleset_id": 1,
}


@route("repos/get")
def repository(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return Reply(200, shapes.repository(full=True, permission=ask.actor.permission))


@route("users/get_authenticated")
def user(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    """A token of Actions has no user."""
    if not ask.actor.login:
        raise Refusal(401, "Requires authentication")
    if ask.actor.type == "Bot":
        raise Refusal(403, "Resource not accessible by integration")
    nothing = ("name", "company", "location", "email", "hireable", "bio", "twitter_username", "notification_email")
    counts = dict.fromkeys(("public_repos", "public_gists", "followers", "following"), 0)
    times = dict.fromkeys(("created_at", "updated_at"), "2026-01-02T03:04:05Z")
    return Reply(200, {**shapes.user(ask.actor.login), **dict.fromkeys(nothing), "blog": "", **counts, **times})


@route("repos/get_collaborator_permission_level")
def permission(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    login = ask.place["username"]
    if login.endswith("[bot]"):
        raise Refusal(404, f"{login} is not a user")
    level = server.permission_of(login)
    flags = {"pull": level != "none", "push": level in ("write", "admin"), "admin": level == "admin"}
    flags |= {"triage": flags["push"], "maintain": flags["admin"]}
    user = {**shapes.user(login), "permissions": flags, "role_name": level}
    return Reply(200, {"permission": level, "role_name": level, "user": user})


@route("repos/get_branch")
def branch(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    name = ask.place["branch"]
    commit = server.git.commit(server.git.head(name) or "")
    if not commit:
        raise Refusal(404, "Branch not found")
    protected = server.is_protected(name)
    url = f"{shapes.here}/branches/{name}"
    told = {
        "name": name,
        "commit": shapes.commit(commit),
        "_links": {"self": url, "html": f"{shapes.page}/tree/{name}"},
        "protected": protected,
        "protection": {"enabled": protected},
        "protection_url": f"{url}/protection",
    }
    return Reply(200, told)


@route("repos/list_branches")
def branches(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    def render(one: tuple[str, str]) -> Json:
        name = one[0].removeprefix("refs/heads/")
        commit = {"sha": one[1], "url": f"{shapes.here}/commits/{one[1]}"}
        return {"name": name, "commit": commit, "protected": server.is_protected(name)}

    return page(server, ask, server.git.refs().items(), render)


@route("repos/get_branch_rules")
def rules(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found = [_PULLS_ONLY | {"ruleset_source": server.full_name}] if server.is_protected(ask.place["branch"]) else []
    return page(server, ask, found, lambda rule: rule)


# --- Actions ---


@route("actions/get_github_actions_default_workflow_permissions_repository", admin=True)
def workflow_permissions(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    told = {
        "default_workflow_permissions": "write" if server.actions_may_write else "read",
        "can_approve_pull_request_reviews": server.actions_can_create_pulls,
    }
    return Reply(200, told)


@route("actions/list_repo_workflows")
def workflows(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    listed = page(server, ask, server.workflows, shapes.workflow)
    return listed._replace(body={"total_count": len(server.workflows), "workflows": listed.body})


def _workflow(server: GithubServer, ask: Ask) -> Workflow:
    wanted = ask.place["workflow_id"]
    for one in server.workflows:
        if wanted in (str(one.id), one.path.rpartition("/")[2]):
            return one
    raise Refusal(404, "Not Found")


@route("actions/get_workflow")
def workflow(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return Reply(200, shapes.workflow(_workflow(server, ask)))


@route("actions/enable_workflow")
def enable(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    _workflow(server, ask).state = "active"
    return Reply(204)
