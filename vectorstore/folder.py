"""The folder of a Chroma index on this machine: whose it is, who uses it now, and how it is moved out of the way.

Chroma keeps pickled files, so a folder that somebody else made is never opened. Each folder carries a mark that only
this user on this machine can make: a keyed hash of the folder's own path; the key lies in the user's state folder, away
from the index, so that neither copying nor committing an index carries it along.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path

from bot.errors import SettingsError
from bot.files import write_atomically

DATABASE = "chroma.sqlite3"
MARK = "survey-bot-index"
_OF_CHROMA = re.compile(rf"{re.escape(DATABASE)}.*|{MARK}|[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")

_locks: dict[Path, int] = {}
"""Folders this process holds until it ends."""


class InUseError(OSError):
    """Another process has the folder."""


def claim(folder: Path, key_file: Path) -> Path | None:
    """Make the folder ours and hold it against other processes; where a foreign index was moved to, if one was there.

    Raises OSError when it cannot be written or another process has it, SettingsError when it holds other files.
    """
    if not folder.name:  # the root of the disk
        raise SettingsError(
            "this cannot be an index", where=str(folder), remedy="set path in [index] to a folder of its own"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    _lock(folder)
    mark = hmac.new(_key(key_file), str(folder.resolve()).encode(), hashlib.sha256).hexdigest().encode()
    if _is_marked(folder, mark):
        return None
    moved = move_aside(folder) if folder.exists() and any(folder.iterdir()) else None
    write_atomically(folder / MARK, mark)
    return moved


def move_aside(folder: Path) -> Path:
    """Rename the folder to ``<folder>.aside-<time>``. Raises OSError; SettingsError when it is no index at all."""
    strange = [entry.name for entry in folder.iterdir() if not _OF_CHROMA.fullmatch(entry.name)]
    if strange or not ((folder / DATABASE).exists() or (folder / MARK).exists()):
        raise SettingsError(
            f"the folder holds other things than an index ({', '.join(sorted(strange)[:3])})",
            where=str(folder),
            remedy="set path in [index] to a folder of its own",
        )
    stem = f"{folder.name}.aside-{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    for number in range(1, 100):
        target = folder.with_name(stem if number == 1 else f"{stem}-{number}")
        if not target.exists():
            return folder.rename(target)
    raise FileExistsError(f"{stem} exists a hundred times")


def _is_marked(folder: Path, mark: bytes) -> bool:
    try:
        return hmac.compare_digest((folder / MARK).read_bytes(), mark)
    except (FileNotFoundError, IsADirectoryError):
        return False


def _key(file: Path) -> bytes:
    """The secret of this user on this machine, made at first use."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        write_atomically(file, secrets.token_bytes(32), mode=0o600)
        return file.read_bytes()


def _lock(folder: Path) -> None:
    """Hold the folder until the process ends; the system lets go of it however the process ends."""
    try:
        import fcntl
    except ImportError:  # not on Windows: there two runs at once are the operator's to avoid
        return
    file = folder.with_name(f".{folder.name}.lock").resolve()
    if file in _locks:
        return
    handle = os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise InUseError("another survey-bot is using it") from None
    _locks[file] = handle
