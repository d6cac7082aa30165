"""Commits, files, branches and the objects of git."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.github.model import Ask, Refusal, Reply
from tests.github.repository import Commit, GitError, Person
from tests.github.rest import route
from tests.github.shapes import Shapes
from tests.github.shapes_git import Json

if TYPE_CHECKING:
    from tests.github.server import GithubServer

_PROTECTED = "Cannot update this protected branch"


def _resolved(server: GithubServer, name: str) -> str | None:
    """The commit of a branch, a full reference or an object name."""
    found = server.git.head(name) or server.git.ref(f"refs/{name.removeprefix('refs/')}")
    return found or (name if server.git.commit(name) else None)


@route("repos/list_commits")
def commits(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    """Pages are cut by git, so that the first one of a long history is quick; the last page is not told."""
    name = ask.query.get("sha") or server.default_branch
    tip = _resolved(server, name)
    if not tip:
        raise Refusal(
            404 if ask.query.get("sha") else 409, "Not Found" if ask.query.get("sha") else "Git Repository is empty."
        )
    size, number = min(int(ask.query.get("per_page", 30)), 100), int(ask.query.get("page", 1))
    found = server.git.log(tip, size + 1, size * (number - 1), ask.query.get("path"))
    body = [shapes.commit(commit) for commit in map(server.git.commit, found[:size]) if commit]
    query = "&".join(f"{key}={value}" for key, value in {**ask.query, "page": str(number + 1)}.items())
    more = {"Link": f'<{server.api}{ask.url}?{query}>; rel="next"'} if len(found) > size else {}
    return Reply(200, body, more)


@route("repos/get_content")
def content(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    ref = ask.query.get("ref") or server.default_branch
    tip = _resolved(server, ref)
    commit = server.git.commit(tip) if tip else None
    if not commit:
        raise Refusal(404, f"No commit found for the ref {ref}")
    path = ask.place["path"].strip("/")
    files = server.git.files(commit.tree)
    if path in files:
        return Reply(200, _file(server, shapes, path, ref, files[path][1]))
    below = _directory(server, commit, path)
    if below is None:
        raise Refusal(404, "Not Found")
    return Reply(200, [_entry(server, shapes, f"{path}/{name}", ref, mode, sha) for mode, name, sha in below])


def _directory(server: GithubServer, commit: Commit, path: str) -> list[tuple[str, str, str]] | None:
    tree = commit.tree
    for part in path.split("/"):
        found = [sha for mode, name, sha in server.git.entries(tree) if name == part and mode == "40000"]
        if not found:
            return None
        tree = found[0]
    return list(server.git.entries(tree))


def _entry(server: GithubServer, shapes: Shapes, path: str, ref: str, mode: str, sha: str) -> Json:
    kind = "dir" if mode == "40000" else "file"
    url = f"{shapes.here}/contents/{path}?ref={ref}"
    git = f"{shapes.here}/git/{'trees' if kind == 'dir' else 'blobs'}/{sha}"
    html = f"{shapes.page}/{'tree' if kind == 'dir' else 'blob'}/{ref}/{path}"
    raw = None if kind == "dir" else f"https://raw.githubusercontent.com/{server.full_name}/{ref}/{path}"
    return {
        "type": kind,
        "size": len((server.git.read(sha) or ("", b""))[1]) if kind == "file" else 0,
        "name": path.rpartition("/")[2],
        "path": path,
        "sha": sha,
        "url": url,
        "git_url": git,
        "html_url": html,
        "download_url": raw,
        "_links": {"git": git, "html": html, "self": url},
    }


def _file(server: GithubServer, shapes: Shapes, path: str, ref: str, sha: str) -> Json:
    data = (server.git.read(sha) or ("", b""))[1]
    told = base64.encodebytes(data).decode()
    return {**_entry(server, shapes, path, ref, "100644", sha), "encoding": "base64", "content": told}


# --- the objects of git ---


@route("git/get_ref")
def ref(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    name = f"refs/{ask.place['ref']}"
    sha = server.git.ref(name)
    if not sha:
        raise Refusal(404, "Not Found")
    return Reply(200, shapes.ref(name, sha))


@route("git/list_matching_refs")
def matching_refs(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found = server.git.refs(f"refs/{ask.place['ref']}")
    return Reply(200, [shapes.ref(name, sha) for name, sha in found.items()])


@route("git/create_ref")
def create_ref(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    name, sha = ask.body["ref"], ask.body["sha"]
    if not name.startswith("refs/") or name.count("/") < 2:
        raise Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes")
    if server.git.ref(name):
        raise Refusal(422, "Reference already exists")
    if not server.git.commit(sha):
        raise Refusal(422, "Object does not exist")
    if server.is_protected(name.removeprefix("refs/heads/")):
        raise Refusal(422, _PROTECTED)
    try:
        server.git.move(name, sha, "0" * 40)
    except GitError:
        raise Refusal(422, f"{name} is not a valid ref name.") from None
    server.pushed_at = server.now()
    return Reply(201, shapes.ref(name, sha), {"Location": f"{shapes.here}/git/{name}"})


def _own_ref(server: GithubServer, ask: Ask) -> tuple[str, str]:
    """The name and place of a reference that may be changed. Raises Refusal (422)."""
    name = f"refs/{ask.place['ref']}"
    sha = server.git.ref(name)
    if not sha:
        raise Refusal(422, "Reference does not exist")
    if server.is_protected(name.removeprefix("refs/heads/")):
        raise Refusal(422, _PROTECTED)
    return name, sha


@route("git/update_ref")
def update_ref(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    name, old = _own_ref(server, ask)
    new = ask.body["sha"]
    if not server.git.commit(new):
        raise Refusal(422, "Object does not exist")
    if not ask.body.get("force") and not server.git.contains(new, old):
        raise Refusal(422, "Update is not a fast forward")
    server.git.move(name, new, old)
    server.pushed_at = server.now()
    server.sync()
    return Reply(200, shapes.ref(name, new))


@route("git/delete_ref")
def delete_ref(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    name, old = _own_ref(server, ask)
    if name == f"refs/heads/{server.default_branch}":
        raise Refusal(422, "Cannot delete the default branch")
    server.git.move(name, None, old)
    server.sync()
    return Reply(204)


@route("git/get_tree")
def tree(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    sha = _resolved(server, ask.place["tree_sha"]) or ask.place["tree_sha"]
    commit = server.git.commit(sha)
    top = commit.tree if commit else sha
    if (server.git.read(top) or ("",))[0] != "tree":
        raise Refusal(404, "Not Found")
    return Reply(200, _tree(server, shapes, top, "recursive" in ask.query))


def _tree(server: GithubServer, shapes: Shapes, sha: str, recursive: bool) -> Json:
    return {
        "sha": sha,
        "url": f"{shapes.here}/git/trees/{sha}",
        "tree": list(_leaves(server, shapes, sha, "", recursive)),
        "truncated": False,
    }


def _leaves(server: GithubServer, shapes: Shapes, tree: str, prefix: str, recursive: bool) -> list[Json]:
    found = []
    for mode, name, sha in server.git.entries(tree):
        kind = "tree" if mode == "40000" else "blob"
        url = f"{shapes.here}/git/{kind}s/{sha}"
        entry: Json = {"path": prefix + name, "mode": mode.zfill(6), "type": kind, "sha": sha, "url": url}
        if kind == "blob":
            entry["size"] = len((server.git.read(sha) or ("", b""))[1])
        found.append(entry)
        if kind == "tree" and recursive:
            found += _leaves(server, shapes, sha, f"{prefix}{name}/", recursive)
    return found


@route("git/create_blob")
def create_blob(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    text = ask.body["content"]
    try:
        data = base64.b64decode(text) if ask.body.get("encoding") == "base64" else text.encode()
    except binascii.Error:
        raise Refusal(422, "content is not valid Base64") from None
    sha = server.git.write("blob", data)
    return Reply(201, {"sha": sha, "url": f"{shapes.here}/git/blobs/{sha}"})


@route("git/create_tree")
def create_tree(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    base = ask.body.get("base_tree")
    commit = server.git.commit(base) if base else None
    top = commit.tree if commit else base
    if top and (server.git.read(top) or ("",))[0] != "tree":
        raise Refusal(422, "base_tree is not a valid tree oid")
    files = dict(server.git.files(top)) if top else {}
    for item in ask.body["tree"]:
        _place(server, files, item)
    return Reply(201, _tree(server, shapes, server.git.write_tree(files), False))


def _place(server: GithubServer, files: dict[str, tuple[str, str]], item: dict[str, Any]) -> None:
    """Only blobs: the bot writes nothing else."""
    path, mode = item.get("path"), item.get("mode", "100644")
    if not path or path.startswith("/") or ".git" in path.split("/") or item.get("type", "blob") != "blob":
        raise Refusal(422, "tree.path contains a malformed path component")
    if "content" in item:
        files[path] = (mode, server.git.write("blob", item["content"].encode()))
    elif item.get("sha") is None:
        if files.pop(path, None) is None:
            raise Refusal(422, "GitRPC::BadObjectState")
    elif (server.git.read(item["sha"]) or ("",))[0] == "blob":
        files[path] = (mode, item["sha"])
    else:
        raise Refusal(422, f"tree.sha {item['sha']} is not a valid blob")


@route("git/get_commit")
def git_commit(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    found = server.git.commit(ask.place["commit_sha"])
    if not found:
        raise Refusal(404, "Not Found")
    return Reply(200, shapes.git_commit(found))


@route("git/create_commit")
def create_commit(server: GithubServer, shapes: Shapes, ask: Ask) -> Reply:
    body, own = ask.body, server.person(ask.actor.login)
    if (server.git.read(body["tree"]) or ("",))[0] != "tree":
        raise Refusal(422, "Tree SHA does not exist")
    parents = tuple(body.get("parents") or ())
    if not all(map(server.git.commit, parents)):
        raise Refusal(422, "Parent SHA does not exist or is not a commit object")
    author = _named(body.get("author"), own)
    committer = _named(body.get("committer"), author)
    sha = server.git.write_commit(body["tree"], parents, body["message"], author, committer)
    made = server.git.commit(sha)
    assert made
    return Reply(201, shapes.git_commit(made))


def _named(told: dict[str, str] | None, otherwise: Person) -> Person:
    if not told:
        return otherwise
    when = datetime.fromisoformat(told["date"]) if "date" in told else otherwise.when
    return Person(told["name"], told["email"], when)
