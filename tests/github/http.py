"""HTTP: requests for the REST API, and git's own protocol through ``git http-backend``."""

from __future__ import annotations

import base64
import binascii
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from tests.github.description import API_VERSION
from tests.github.model import Actor, Call, Refusal, Reply, Slow
from tests.github.repository import ENV
from tests.github.rest import encoded
from tests.serving import LocalServer

if TYPE_CHECKING:
    from tests.github.server import GithubServer

_BASE = "/api/v3"
_GIT = re.compile(r"/([^/]+/[^/]+?)(?:\.git)?/(info/refs|git-upload-pack|git-receive-pack)")


class HttpServer(LocalServer):
    github: GithubServer

    def handle_error(self, *_: object) -> None:
        """A client that hung up is what some tests are about; the rest are bugs here."""
        if not isinstance(error := sys.exc_info()[1], ConnectionError):
            self.github.violations.append(f"(this server) {error!r}")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one piece
    server: HttpServer

    def _serve(self) -> None:
        body = self._body()
        path = urlsplit(self.path).path
        if path.startswith(f"{_BASE}/"):
            self._rest(path.removeprefix(_BASE), body)
        elif match := _GIT.fullmatch(path):
            self._git(match[1], match[2], body)
        else:
            self._send(404, b"Not Found", {"Content-Type": "text/plain"})

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            if status != 204 or name != "Content-Length":
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    # --- REST ---

    def _rest(self, path: str, body: bytes) -> None:
        github, method = self.server.github, self.command
        fault = github.fault_for(method, path)
        if isinstance(fault, Slow):
            github.released.wait(fault.seconds)
        authorization = self.headers.get("Authorization") or ""
        with github.lock:
            actor = github.rest.actor(authorization)
            instead = fault.before(github.now(), actor)
            if instead is None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = github.rest.answer(method, self.path.removeprefix(_BASE), headers, body)
                instead = fault.after(Reply(answer.status, answer.body, answer.headers))
            status = instead.status if instead else 0
            github.calls.append(Call(method, unquote(path), status))
            limits = github.limits(actor.login if actor else "")
        if instead is None:
            self.close_connection = True
            self.connection.close()
            return
        text = instead.body if isinstance(instead.body, bytes) else encoded(instead.body)
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "X-GitHub-Media-Type": "github.v3; format=json",
            "X-GitHub-Api-Version-Selected": API_VERSION,
            "X-GitHub-Request-Id": f"TEST:{len(github.calls):X}",
            **limits,
            **instead.headers,
        }
        self._send(status, text, headers)

    # --- git ---

    def _git(self, name: str, service: str, body: bytes) -> None:
        """The bare repository, for whoever may. Faults are met before the work or, as a lost reply, after it."""
        github, method, path = self.server.github, self.command, urlsplit(self.path).path
        fault = github.fault_for(method, path)
        if isinstance(fault, Slow):
            github.released.wait(fault.seconds)
        actor = self._git_actor()
        writes = "git-receive-pack" in self.path
        with github.lock:
            instead = fault.before(github.now(), actor) or self._refused(name, actor, writes)
            if instead is None:
                instead = fault.after(self._backend(service, body, actor))
                github.sync()
            github.git_calls.append(Call(method, path, instead.status if instead else 0))
        if instead is None:
            self.close_connection = True
            self.connection.close()
        elif isinstance(instead.body, bytes):
            self._send(instead.status, instead.body, dict(instead.headers))
        else:
            told = str((instead.body or {}).get("message", "")).encode() + b"\n"
            self._send(instead.status, told, {"Content-Type": "text/plain", **instead.headers})

    def _git_actor(self) -> Actor | None:
        """Who asks: the password of Basic authentication is the token. None for a wrong one."""
        told = self.headers.get("Authorization") or ""
        if told.lower().startswith("basic "):
            try:
                told = base64.b64decode(told[6:]).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return None
        return self.server.github.rest.actor(told)

    def _refused(self, name: str, actor: Actor | None, writes: bool) -> Reply | None:
        """GitHub's answers to whom it does not let in."""
        github = self.server.github
        if actor is None or (not actor.login and (writes or github.private)):
            message = "Invalid username or token. Password authentication is not supported for Git operations."
            return Refusal(401, message, headers={"WWW-Authenticate": 'Basic realm="GitHub"'}).reply
        names = (github.full_name.lower(), github.repository.lower())
        if actor.permission == "none" or name.lower() not in names:
            return Refusal(404, "Repository not found.").reply
        if name.lower() != github.full_name.lower():
            url = f"{github.url}/{github.full_name}.git{self.path.removeprefix(f'/{name}').removeprefix('.git')}"
            return Refusal(301, "Moved Permanently", headers={"Location": url}).reply
        if writes and github.archived:
            return Refusal(403, "This repository was archived so it is read-only.").reply
        if writes and not actor.may_write("contents"):
            return Refusal(403, f"Permission to {github.full_name}.git denied to {actor.login}.").reply
        return None

    def _backend(self, service: str, body: bytes, actor: Actor | None) -> Reply:
        github = self.server.github
        if service == "git-receive-pack":
            if refused := _protected(body, github.is_protected):
                return refused
            github.pushed_at = github.now()
        environment = {
            "GIT_PROJECT_ROOT": str(github.git.folder.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": f"/{github.git.folder.name}/{service}",
            "QUERY_STRING": urlsplit(self.path).query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": actor.login if actor else "",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, capture_output=True, env={**ENV, **environment})
        head, _, rest = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
        return Reply(int(headers.pop("Status", "200").split()[0]), rest, headers)


def _protected(body: bytes, is_protected: Callable[[str], bool]) -> Reply | None:
    """GitHub's refusal of a push to a protected branch, in git's own protocol; None when there is nothing to refuse."""
    words = [line.partition(b"\0")[0].decode().split() for line in _packets(body)]
    commands = [line[2] for line in words if len(line) == 3]  # the others are the client's shallow commits
    guarded = [name for name in commands if is_protected(name.removeprefix("refs/heads/"))]
    if not guarded:
        return None
    told = "".join(
        f"error: GH006: Protected branch update failed for {name}.\n\n- Changes must be made through a pull request.\n"
        for name in guarded
    )
    why = {name: "protected branch hook declined" if name in guarded else "atomic push failed" for name in commands}
    report = _packet("unpack ok\n") + b"".join(_packet(f"ng {name} {reason}\n") for name, reason in why.items())
    text = _packet(b"\2" + told.encode()) + _packet(b"\1" + report + b"0000") + b"0000"
    return Reply(200, text, {"Content-Type": "application/x-git-receive-pack-result"})


def _packets(body: bytes) -> Iterator[bytes]:
    """The lines of git's protocol up to the first flush."""
    start = 0
    while size := int(body[start : start + 4] or b"0", 16):
        yield body[start + 4 : start + size]
        start += size


def _packet(line: str | bytes) -> bytes:
    data = line.encode() if isinstance(line, str) else line
    return f"{len(data) + 4:04x}".encode() + data
