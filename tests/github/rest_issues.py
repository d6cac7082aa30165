"""Issues, their comments and labels. Pull requests are issues too."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.github.model import Ask, Comment, Label, Refusal, Reply, invalid
from tests.github.rest import issue_of, ordered, page, route
from tests.github.rest_pulls import change
from tests.github.shapes import Shapes

if TYPE_CHECKING:
    from tests.github.server import GithubServer


def _since(ask: Ask) -> datetime:
    told = ask.query.get("since")
    moment = datetime.fromisoformat(told) if told else datetime.min.replace(tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


# --- issues ---


@route("issues/list_for_repo")
def list_issues(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    """With Issues switched off, pull requests only."""
    state, since = ask.query.get("state", "open"), _since(ask)
    labels = {name.strip().lower() for name in ask.query.get("labels", "").split(",") if name.strip()}
    found = (
        issue
        for issue in server.issues.values()
        if state in ("all", issue.state)
        and (issue.pull or server.has_issues)
        and ask.query.get("creator", issue.user) == issue.user
        and labels <= {label.name.lower() for label in issue.labels}
        and issue.updated_at >= since
    )
    return page(server, ask, ordered(found, ask, "desc"), shapes.issue)


@route("issues/create")
def create(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    if not server.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")
    issue = server.new_issue(str(ask.body["title"]), ask.body.get("body"), ask.actor.login)
    issue.labels = _labels(server, ask.body.get("labels") or [])
    issue.assignees = _assignees(server, ask.body)
    return Reply(201, shapes.issue(issue), {"Location": f"{shapes.here}/issues/{issue.number}"})


@route("issues/get")
def get(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return Reply(200, shapes.issue(issue_of(server, ask)))


@route("issues/update")
def update(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask)
    change(server, issue, ask)
    if "labels" in ask.body:
        server.set_labels(issue, _labels(server, ask.body["labels"]))
    if "assignees" in ask.body:
        issue.assignees = _assignees(server, ask.body)
    return Reply(200, shapes.issue(issue))


def _assignees(server: GithubServer, body: dict[str, Any]) -> list[str]:
    """Whoever is no collaborator is left out, as GitHub does."""
    return [login for login in body.get("assignees") or [] if login in server.people]


def _labels(server: GithubServer, names: list[Any]) -> list[Label]:
    return [server.label_named(name if isinstance(name, str) else name["name"]) for name in names]


# --- labels of an issue ---


def _body_labels(server: GithubServer, ask: Ask) -> list[Label]:
    return _labels(server, ask.body.get("labels") or [] if isinstance(ask.body, dict) else ask.body or [])


@route("issues/list_labels_on_issue")
def labels_on(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return page(server, ask, issue_of(server, ask).labels, shapes.label)


@route("issues/add_labels")
def add_labels(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask)
    server.set_labels(issue, [*issue.labels, *_body_labels(server, ask)])
    return Reply(200, [shapes.label(label) for label in issue.labels])


@route("issues/set_labels")
def set_labels(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask)
    server.set_labels(issue, _body_labels(server, ask))
    return Reply(200, [shapes.label(label) for label in issue.labels])


@route("issues/remove_all_labels")
def remove_all_labels(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    server.set_labels(issue_of(server, ask), [])
    return Reply(204)


@route("issues/remove_label")
def remove_label(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue = issue_of(server, ask)
    left = [label for label in issue.labels if label.name.lower() != ask.place["name"].lower()]
    if len(left) == len(issue.labels):
        raise Refusal(404, "Label does not exist")
    server.set_labels(issue, left)
    return Reply(200, [shapes.label(label) for label in left])


# --- labels of the repository ---


@route("issues/list_labels_for_repo")
def labels(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return page(server, ask, server.labels.values(), shapes.label)


@route("issues/get_label")
def label(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found = server.labels.get(ask.place["name"].lower())
    if not found:
        raise Refusal(404, "Not Found")
    return Reply(200, shapes.label(found))


@route("issues/create_label")
def create_label(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    name, color, description = ask.body["name"], ask.body.get("color", "ededed"), ask.body.get("description")
    if name.lower() in server.labels:
        raise invalid("Label", "already_exists", "name")
    if not re.fullmatch("[0-9a-fA-F]{6}", color):
        raise invalid("Label", "invalid", "color")
    for field, text, most in (("name", name, 50), ("description", description or "", 100)):
        if len(text) > most:
            raise invalid("Label", "custom", field, f"{field} is too long (maximum is {most} characters)")
    made = server.label_named(name)
    made.color, made.description = color.lower(), description
    return Reply(201, shapes.label(made))


# --- comments ---


@route("issues/list_comments")
def comments(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    issue, since = issue_of(server, ask), _since(ask)
    found = (one for one in server.comments.values() if one.number == issue.number and one.updated_at >= since)
    return page(server, ask, found, shapes.comment)


@route("issues/list_comments_for_repo")
def all_comments(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    """Without ``sort`` the direction is ignored and the oldest come first."""
    since, sort = _since(ask), ask.query.get("sort")
    found = [one for one in server.comments.values() if one.updated_at >= since]
    if sort:
        key = "updated_at" if sort == "updated" else "created_at"
        found.sort(key=lambda one: (getattr(one, key), one.id), reverse=ask.query.get("direction") != "asc")
    return page(server, ask, found, shapes.comment)


@route("issues/create_comment")
def create_comment(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    made = server.new_comment(issue_of(server, ask), ask.body["body"], ask.actor.login)
    return Reply(201, shapes.comment(made), {"Location": f"{shapes.here}/issues/comments/{made.id}"})


def _comment(server: GithubServer, ask: Ask) -> Comment:
    found = server.comments.get(int(ask.place["comment_id"]))
    if not found:
        raise Refusal(404, "Not Found")
    return found


@route("issues/get_comment")
def comment(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return Reply(200, shapes.comment(_comment(server, ask)))


@route("issues/update_comment")
def update_comment(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found = _comment(server, ask)
    server.check_text("IssueComment", None, ask.body["body"])
    found.body, found.updated_at = ask.body["body"], server.now()
    return Reply(200, shapes.comment(found))


@route("issues/delete_comment")
def delete_comment(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    del server.comments[_comment(server, ask).id]
    return Reply(204)


@route("reactions/create_for_issue_comment")
def react(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found, content = _comment(server, ask), ask.body["content"]
    given = next((one for one in found.reactions if one[1:] == (ask.actor.login, content)), None)
    reaction = given or (next(server.ids), ask.actor.login, content)
    if not given:
        found.reactions.append(reaction)
    return Reply(200 if given else 201, shapes.reaction(reaction, server.now()))


@route("reactions/list_for_issue_comment")
def reactions(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    return page(server, ask, _comment(server, ask).reactions, lambda one: shapes.reaction(one, server.now()))
