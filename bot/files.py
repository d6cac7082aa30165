"""Files that are whole or not there."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(file: Path, content: bytes, mode: int = 0o644) -> None:
    """Write beside the file, flush to the disk, then rename. Raises OSError; makes missing folders."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(mode)
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_where_asked(file: Path, content: bytes) -> None:
    """Write to a place that a person named: through a link, and into a device or a pipe. Raises OSError.

    What the bot itself names is never written through a link: it could lead out of the repository.
    """
    file = file.resolve()
    if file.exists() and not file.is_file() and not file.is_dir():  # nothing can be put in its place
        file.write_bytes(content)
    else:
        write_atomically(file, content)
