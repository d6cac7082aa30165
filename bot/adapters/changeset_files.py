"""A whole folder of files as it stands at a commit, by three calls of git however many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from bot.adapters.changeset_commits import FILE
from bot.adapters.git import Git
from bot.adapters.own_work import check_path
from bot.errors import DataError, ForgeError


def files_at(git: Git, commit: str, folder: str, fetch: Callable[[list[str]], object] = list) -> dict[str, str]:
    """The files right in this folder, by path. ``fetch`` is given the blobs that will be read.

    Raises ForgeError, and DataError for a file that is a link or no UTF-8.
    """
    check_path(folder)
    entries = git("ls-tree", "-z", "--full-tree", commit, "--", f"{folder}/").split("\0")
    told = {path: head.split() for head, _, path in (entry.partition("\t") for entry in entries if entry)}
    names = {path: blob for path, (mode, kind, blob) in told.items() if kind == "blob" and mode in FILE}
    fetch(list(names.values()))
    links = [path for path, (_, kind, _) in told.items() if kind == "blob" and path not in names]
    if links:
        raise DataError("this is a link to another file", where=links[0], remedy="put the file itself there")
    return {path: _utf8(text, path) for path, text in zip(names, _texts(git, list(names.values())), strict=True)}


def _texts(git: Git, blobs: Sequence[str]) -> Iterator[bytes]:
    """Many files by one call of git, which answers ``<name> blob <bytes>``, a line end, the file, a line end."""
    done = git.run("cat-file", "--batch", stdin="".join(f"{blob}\n" for blob in blobs))
    if done.returncode != 0:
        raise git.error("cat-file", done)
    told, at = done.stdout, 0
    for blob in blobs:
        end = told.index(b"\n", at)
        size = told[at:end].rpartition(b" ")[2]
        if not size.isdigit():
            raise ForgeError(f"git has lost the file {blob}", where=str(git.folder), remedy="see git fsck")
        at = end + 1 + int(size) + 1
        yield told[end + 1 : at - 1]


def _utf8(text: bytes, path: str) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise DataError("cannot be read: it is not UTF-8", where=path, remedy="save it as UTF-8") from None
