"""A bare git repository on disk, written and read fast: objects by hand, everything that needs judgement by git."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_CONFIG = """[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[gc]
\tauto = 0
[http]
\treceivepack = true
[receive]
\tautogc = false
\thideRefs = refs/pull
[transfer]
\tfsckObjects = true
\thideRefs = refs/forks
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
"""
ENV = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")} | {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
_PLAIN_REF = re.compile(r"refs(/[A-Za-z0-9_]+([.-][A-Za-z0-9_]+)*)+(?<!\.lock)")
_NO_COMMIT = "0" * 40
_HISTORIES = 4  # of how many tips the ancestors are remembered


class Person(NamedTuple):
    name: str
    email: str
    when: datetime

    def __str__(self) -> str:
        return f"{self.name} <{self.email}> {int(self.when.timestamp())} +0000"


class Commit(NamedTuple):
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


class Change(NamedTuple):
    """One file of a pull request; ``previous`` is its old path when it was renamed."""

    status: str
    path: str
    sha: str
    additions: int
    deletions: int
    previous: str | None = None


class GitError(Exception):
    """What git wrote to its standard error."""


class BareRepository:
    """``folder`` becomes a bare repository whose HEAD is ``main``. References are read from disk at every question."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._root = folder, str(folder)
        self._files: dict[str, dict[str, tuple[str, str]]] = {}
        self._commits: dict[str, Commit] = {}
        self._held: dict[str, set[str]] = {}
        self._packed: tuple[tuple[int, int], dict[str, str]] = ((0, 0), {})
        self._reader: subprocess.Popen[bytes] | None = None
        for name in ("objects/pack", "objects/info", "refs/heads", "refs/tags", "info", "hooks"):
            (folder / name).mkdir(parents=True)
        (folder / "config").write_text(_CONFIG)
        (folder / "HEAD").write_text("ref: refs/heads/main\n")

    def close(self) -> None:
        if self._reader:
            self._reader.communicate()
            self._reader = None

    def git(self, *arguments: str, stdin: bytes = b"", codes: tuple[int, ...] = (0,)) -> str:
        """What git prints. Raises GitError when it ends with another code than ``codes``."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, input=stdin, capture_output=True, env=ENV)
        if done.returncode not in codes:
            raise GitError(done.stderr.decode(errors="replace"))
        return done.stdout.decode(errors="surrogateescape")

    # --- references ---

    def ref(self, name: str) -> str | None:
        """What ``refs/...`` points to."""
        try:
            file = os.open(f"{self._root}/{name}", os.O_RDONLY)  # asked for every open pull request, at every request
            try:
                return os.read(file, 64).decode().strip()
            finally:
                os.close(file)
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return self._packed_refs().get(name)

    def head(self, branch: str) -> str | None:
        return self.ref(f"refs/heads/{branch}")

    def refs(self, prefix: str = "refs/heads/") -> dict[str, str]:
        found = {name: sha for name, sha in self._packed_refs().items() if name.startswith(prefix)}
        for folder, _, files in os.walk(self.folder / "refs"):
            for file in files:
                name = Path(folder, file).relative_to(self.folder).as_posix()
                if name.startswith(prefix) and not name.endswith(".lock") and (sha := self.ref(name)):
                    found[name] = sha
        return dict(sorted(found.items()))

    def _packed_refs(self) -> dict[str, str]:
        file = self.folder / "packed-refs"
        try:
            state = file.stat()
        except FileNotFoundError:
            return {}
        if (state.st_mtime_ns, state.st_ino) != self._packed[0]:
            lines = [line.split() for line in file.read_text().splitlines() if line[:1] not in ("#", "^")]
            self._packed = (state.st_mtime_ns, state.st_ino), {name: sha for sha, name in lines}
        return self._packed[1]

    def move(self, name: str, new: str | None, old: str | None = None) -> None:
        """Set a reference, or delete it with ``new=None``. Raises GitError, also when it is not at ``old``.

        A plain name is set as git does it, by a lock that becomes the reference; git itself is asked for the rest.
        """
        file = self.folder / name
        if new and _PLAIN_REF.fullmatch(name) and file.parent.is_dir() and not file.is_dir():
            with suppress(FileExistsError), open(f"{file}.lock", "x", encoding="ascii") as lock:  # noqa: PTH123
                lock.write(f"{new}\n")
                if old in (None, self.ref(name) or _NO_COMMIT):
                    lock.flush()
                    Path(lock.name).replace(file)
                    return
                Path(lock.name).unlink()
        tail = (old,) if old else ()
        self.git("update-ref", *(("-d", name, *tail) if new is None else (name, new, *tail)))

    def keep(self, name: str, sha: str) -> None:
        """Set a reference that only the server itself writes."""
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(f"{sha}\n")

    # --- objects ---

    def read(self, name: str) -> tuple[str, bytes] | None:
        """The kind and bytes of an object."""
        if self._reader is None:
            command = ["git", "cat-file", "--batch"]
            self._reader = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV
            )
        assert self._reader.stdin
        assert self._reader.stdout
        self._reader.stdin.write(f"{name}\n".encode())
        self._reader.stdin.flush()
        answer = self._reader.stdout.readline().split()
        if answer[-1] in (b"missing", b"ambiguous"):
            return None
        return answer[1].decode(), self._reader.stdout.read(int(answer[2]) + 1)[:-1]

    def write(self, kind: str, data: bytes) -> str:
        """Store a loose object and give its name."""
        whole = f"{kind} {len(data)}\0".encode() + data
        sha = hashlib.sha1(whole).hexdigest()  # noqa: S324 -- git's own
        file = self.folder / "objects" / sha[:2] / sha[2:]
        if not file.exists():
            file.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as stream:
                stream.write(zlib.compress(whole, 1))
            Path(stream.name).chmod(0o444)
            Path(stream.name).replace(file)
        return sha

    def commit(self, name: str) -> Commit | None:
        """The commit of this name."""
        if name not in self._commits:
            found = self.read(name)
            if not found or found[0] != "commit":
                return None
            head, _, message = found[1].decode(errors="replace").partition("\n\n")
            lines = [line.partition(" ")[::2] for line in head.split("\n") if not line.startswith(" ")]
            told = dict(lines)
            parents = tuple(value for key, value in lines if key == "parent")
            people = (_person(told["author"]), _person(told["committer"]))
            self._commits[name] = Commit(name, told["tree"], parents, *people, message)
        return self._commits[name]

    def write_commit(self, tree: str, parents: tuple[str, ...], message: str, author: Person, by: Person) -> str:
        heads = [f"tree {tree}", *(f"parent {parent}" for parent in parents), f"author {author}", f"committer {by}"]
        return self.write("commit", ("\n".join(heads) + f"\n\n{message.rstrip()}\n").encode(errors="surrogateescape"))

    def files(self, tree: str) -> dict[str, tuple[str, str]]:
        """The mode and blob of every file below a tree, by path."""
        if tree not in self._files:
            found: dict[str, tuple[str, str]] = {}
            for mode, name, sha in self.entries(tree):
                if mode == "40000":
                    found |= {f"{name}/{path}": entry for path, entry in self.files(sha).items()}
                else:
                    found[name] = (mode, sha)
            self._files[tree] = found
        return self._files[tree]

    def entries(self, tree: str) -> Iterator[tuple[str, str, str]]:
        """Mode, name and object of what stands directly in a tree."""
        found = self.read(tree)
        data = found[1] if found else b""
        while data:
            head, _, rest = data.partition(b"\0")
            mode, _, name = head.decode(errors="surrogateescape").partition(" ")
            yield mode, name, rest[:20].hex()
            data = rest[20:]

    def write_tree(self, files: Mapping[str, tuple[str, str]]) -> str:
        """The tree that holds exactly these files."""
        here: dict[str, tuple[str, str]] = {}
        below: dict[str, dict[str, tuple[str, str]]] = {}
        for path, entry in files.items():
            name, slash, rest = path.partition("/")
            if slash:
                below.setdefault(name, {})[rest] = entry
            else:
                here[name] = entry
        here |= {name: ("40000", self.write_tree(inner)) for name, inner in below.items()}
        order = sorted(
            here, key=lambda name: (name + "/" * (here[name][0] == "40000")).encode(errors="surrogateescape")
        )
        parts = (
            f"{here[name][0]} {name}\0".encode(errors="surrogateescape") + bytes.fromhex(here[name][1])
            for name in order
        )
        return self.write("tree", b"".join(parts))

    def changed(self, tree: str | None, edits: Mapping[str, str | None]) -> str:
        """The tree after files got this text, or went away with None."""
        files = dict(self.files(tree)) if tree else {}
        for path, text in edits.items():
            if text is None:
                del files[path]
            else:
                files[path] = (files.get(path, ("100644",))[0], self.write("blob", text.encode()))
        return self.write_tree(files)

    def text(self, commit: str, path: str) -> str | None:
        """A file as it stands at a commit."""
        found = self.commit(commit)
        entry = self.files(found.tree).get(path) if found else None
        blob = self.read(entry[1]) if entry else None
        return blob[1].decode(errors="replace") if blob else None

    # --- history ---

    def merge(self, ours: str, theirs: str) -> str | None:
        """The tree of git's own merge of two commits; None when they conflict."""
        told = self.git("merge-tree", "--write-tree", "--no-messages", ours, theirs, codes=(0, 1))
        return told.strip() if "\n" not in told.strip() else None

    def rebased(self, onto: str, commits: list[Commit], by: Person) -> str:
        """The last of these commits after git replayed them on ``onto``. Raises GitError on a conflict."""
        with tempfile.TemporaryDirectory() as folder:
            identity = ("-c", f"user.name={by.name}", "-c", f"user.email={by.email}")
            self.git("worktree", "add", "--quiet", "--detach", f"{folder}/tree", onto)
            try:
                for commit in commits:
                    self.git("-C", f"{folder}/tree", *identity, "cherry-pick", "--allow-empty", commit.sha)
                return self.git("-C", f"{folder}/tree", "rev-parse", "HEAD").strip()
            finally:
                self.git("worktree", "remove", "--force", f"{folder}/tree")

    def ahead(self, base: str, head: str) -> list[str]:
        """The commits of ``head`` that ``base`` lacks, parents before children."""
        held, found = self._ancestors(base), dict[str, None]()
        stack = [head]
        while stack:
            commit = self.commit(stack[-1])
            fresh = [sha for sha in commit.parents if sha not in held and sha not in found] if commit else []
            if stack[-1] in held or stack[-1] in found:
                stack.pop()
            elif fresh:
                stack += reversed(fresh)
            else:
                found[stack.pop()] = None
        return list(found)

    def _ancestors(self, tip: str) -> set[str]:
        """A commit and every commit before it."""
        if tip not in self._held:
            while len(self._held) >= _HISTORIES:
                del self._held[next(iter(self._held))]
            found, stack = set[str](), [tip]
            while stack:
                if (sha := stack.pop()) not in found:
                    found.add(sha)
                    commit = self.commit(sha)
                    stack += commit.parents if commit else ()
            self._held[tip] = found
        return self._held[tip]

    def log(self, head: str, count: int, skip: int = 0, path: str | None = None) -> list[str]:
        return self.git(
            "rev-list", f"--max-count={count}", f"--skip={skip}", head, "--", *([path] if path else ())
        ).split()

    def contains(self, tip: str, commit: str) -> bool:
        """Whether ``commit`` is ``tip`` or one of its ancestors."""
        return commit in self._ancestors(tip)

    def added(self, commits: list[str]) -> list[Change]:
        """The changes of what is a single commit that only adds files, without the help of git; else nothing."""
        commit = self.commit(commits[0]) if len(commits) == 1 else None
        parent = self.commit(commit.parents[0]) if commit and len(commit.parents) == 1 else None
        if not commit or not parent:
            return []
        old, new = self.files(parent.tree), self.files(commit.tree)
        if any(new.get(path) != entry for path, entry in old.items()):
            return []
        found = []
        for path in sorted(new.keys() - old.keys()):
            data = (self.read(new[path][1]) or ("", b""))[1]
            if b"\0" in data:
                return []
            found.append(Change("added", path, new[path][1], data.count(b"\n") + (data[-1:] not in (b"", b"\n")), 0))
        return found

    def changes(self, base: str, head: str) -> list[Change]:
        """The files that ``head`` changed since it left ``base``."""
        told = self.git("diff", "--raw", "--numstat", "-z", "-M", "--no-abbrev", f"{base}...{head}").split("\0")
        raw: dict[str, tuple[str, str, str | None]] = {}
        found, words = [], iter(told)
        for word in words:
            if word.startswith(":"):
                _, _, _, sha, status = word.split()
                path = next(words)
                renamed = next(words) if status[0] in "RC" else None
                raw[renamed or path] = (status[0], sha, path if renamed else None)
            elif word:
                plus, minus, path = word.split("\t")
                path = path or (next(words), next(words))[1]
                status, sha, previous = raw[path]
                names = {"A": "added", "D": "removed", "R": "renamed", "C": "copied"}
                counts = [0 if count == "-" else int(count) for count in (plus, minus)]
                found.append(Change(names.get(status, "modified"), path, sha, counts[0], counts[1], previous))
        return found

    def patch(self, base: str, head: str, path: str) -> str:
        """The hunks of one file."""
        told = self.git("diff", "-M", f"{base}...{head}", "--", path)
        start = told.find("@@")
        return told[start:].rstrip("\n") if start >= 0 else ""


def _person(told: str) -> Person:
    name, _, rest = told.partition(" <")
    email, _, when = rest.partition("> ")
    return Person(name, email, datetime.fromtimestamp(int(when.split()[0]), tz=UTC))
