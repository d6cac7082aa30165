"""GitHub's REST API: who may ask, which operation of the description is meant, and whether both sides keep to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import orjson

from tests.github.description import API_VERSION, Operation, operation
from tests.github.model import Actor, Ask, Issue, Refusal, Reply
from tests.github.shapes import Shapes

if TYPE_CHECKING:
    from tests.github.server import GithubServer

T = TypeVar("T")
Handler = Callable[["GithubServer", Shapes, Ask], Reply]
_AREAS = {"pulls": "pull_requests", "git": "contents", "repos": "contents", "reactions": "issues"}
_ANONYMOUS = Actor("", permission="read", writes=frozenset())


class Route(NamedTuple):
    operation: Operation
    handler: Handler
    admin: bool


class Answer(NamedTuple):
    status: int
    body: bytes
    headers: Mapping[str, str]


ROUTES: list[Route] = []


def route(name: str, *, admin: bool = False) -> Callable[[Handler], Handler]:
    """The handler of an operation, for instance ``pulls/create``; ``admin`` operations are for administrators."""

    def register(handler: Handler) -> Handler:
        ROUTES.append(Route(operation(*name.split("/")), handler, admin))
        ROUTES.sort(key=lambda one: one.operation.path.replace("{", "~"))  # fixed words before place holders
        return handler

    return register


class Rest:
    """Answers requests to ``server``; its lock is held."""

    def __init__(self, server: GithubServer) -> None:
        self._server = server
        self.shapes = Shapes(server)

    def actor(self, authorization: str) -> Actor | None:
        """Who owns the token; someone who may only read when there is none. None for a wrong token."""
        return self._server.tokens.get(authorization.split(" ")[-1]) if authorization else _ANONYMOUS

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """``target`` is the path below the base, with its query; the names of ``headers`` are in lower case."""
        parts = urlsplit(target)
        found: Route | None = None
        try:
            actor = self._authenticated(headers.get("authorization") or "")
            path = self._moved(method, parts.path)
            found, place = self._route(method, path)
            self._server.sync()
            reply = self._handled(found, Ask(actor, place, dict(parse_qsl(parts.query)), body, parts.path), headers)
        except Refusal as refusal:
            reply = refusal.reply
        text = encoded(reply.body)
        if found and (wrong := found.operation.against_reply(reply.status, reply.body, text)):
            self._server.violations += [f"(this server) {sentence}" for sentence in wrong]
        return Answer(reply.status, text, reply.headers)

    def _authenticated(self, authorization: str) -> Actor:
        actor = self.actor(authorization)
        if actor is None:
            raise Refusal(401, "Bad credentials")
        if actor.permission == "none" or (actor is _ANONYMOUS and self._server.private):
            raise Refusal(404, "Not Found")
        return actor

    def _moved(self, method: str, path: str) -> str:
        """The path under today's name. Raises Refusal (301, for writes 307) for the name before."""
        server = self._server
        by_id = f"/repositories/{server.repository_id}"
        if path == by_id or path.startswith(f"{by_id}/"):
            return f"/repos/{server.full_name}{path.removeprefix(by_id)}"
        match = re.match(r"/repos/([^/]+/[^/]+)(.*)", path)
        if not match or match[1].lower() == server.full_name.lower():
            return path
        if match[1].lower() != server.repository.lower():
            raise Refusal(404, "Not Found")
        url = f"{server.api}{by_id}{match[2]}"
        status = 301 if method in ("GET", "HEAD") else 307
        raise Refusal(status, "Moved Permanently", url=url, headers={"Location": url})

    def _route(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        for one in ROUTES:
            if one.operation.method == method and (match := one.operation.pattern.fullmatch(path)):
                return one, {name: unquote(value) for name, value in match.groupdict().items()}
        self._server.violations.append(f"{method} {path}: the tests' GitHub has no such operation")
        raise Refusal(404, "Not Found")

    def _handled(self, found: Route, ask: Ask, headers: Mapping[str, str]) -> Reply:
        wrong = found.operation.against_request(dict(ask.query), ask.body)
        if headers.get("x-github-api-version") != API_VERSION:
            wrong.append(f"{found.operation}: it was asked without X-GitHub-Api-Version: {API_VERSION}")
        if wrong:
            self._server.violations += wrong
            raise Refusal(400, "; ".join(wrong))
        ask = ask._replace(body=orjson.loads(ask.body or b"null"))
        self._check_permission(found, ask)
        return found.handler(self._server, self.shapes, ask)

    def _check_permission(self, found: Route, ask: Ask) -> None:
        if found.operation.method == "GET" and not found.admin:
            return
        if ask.actor is _ANONYMOUS:
            raise Refusal(401, "Requires authentication")
        kind = "integration" if ask.actor.type == "Bot" else "personal access token"
        areas = {_AREAS.get(found.operation.area, found.operation.area)}
        issue = self._server.issues.get(int(ask.place.get("issue_number", 0)))
        if "issues" in areas and issue and issue.pull:
            areas.add("pull_requests")
        allowed = ask.actor.permission == "admin" if found.admin else any(map(ask.actor.may_write, areas))
        if not allowed:
            raise Refusal(403, f"Resource not accessible by {kind}")
        if self._server.archived and found.operation.method != "GET":
            raise Refusal(403, "Repository was archived so is read-only.")


def encoded(body: Any) -> bytes:
    return b"" if body is None else orjson.dumps(body)


# --- what the operations share ---


def page(server: GithubServer, ask: Ask, items: Iterable[T], render: Callable[[T], Any]) -> Reply:
    """One page of a list, with GitHub's ``Link`` header when there are more."""
    everything = list(items)
    size = min(max(int(ask.query.get("per_page", 30)), 1), 100)
    number = max(int(ask.query.get("page", 1)), 1)
    last = max(-(-len(everything) // size), 1)
    wanted = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        wanted = {name: value for name, value in wanted.items() if name in ("prev", "first")}
    if number == 1:
        wanted = {name: value for name, value in wanted.items() if name in ("next", "last")}
    links = (
        f'<{server.api}{ask.url}?{urlencode({**ask.query, "page": value})}>; rel="{name}"'
        for name, value in wanted.items()
        if last > 1
    )
    told = ", ".join(links)
    body = [render(item) for item in everything[(number - 1) * size : number * size]]
    return Reply(200, body, {"Link": told} if told else {})


def ordered(issues: Iterable[Issue], ask: Ask, default: str) -> list[Issue]:
    """Sorted as asked; ``default`` is the direction when none is given."""
    key = {"updated": "updated_at"}.get(ask.query.get("sort", ""), "created_at")
    down = ask.query.get("direction", default) == "desc"
    return sorted(issues, key=lambda issue: (getattr(issue, key), issue.number), reverse=down)


def issue_of(server: GithubServer, ask: Ask, *, pull: bool = False) -> Issue:
    """The issue, or with ``pull`` the pull request, that the path names. Raises Refusal (404, 410)."""
    issue = server.issues.get(int(ask.place["pull_number" if pull else "issue_number"]))
    if not issue or (pull and not issue.pull):
        raise Refusal(404, "Not Found")
    if not issue.pull and not server.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")
    return issue
