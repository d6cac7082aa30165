"""The grouped pull requests that are only shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.adapters.changeset_commits import check, kind_of
from bot.adapters.own_work import check_path
from bot.changes import Changeset, GroupPull, Stage
from bot.errors import DataError
from bot.ports import Changesets


class DryRunChangesets:
    """Implements :class:`bot.ports.Changesets`; ``show`` is given every one that would be asked.

    ``real`` is where a real run would ask: what is there is read, and nothing written. Without one (None) files are
    read as they stand in the work tree whose root is ``base``, and no pull request is known.
    """

    name = "dry run"
    dry = True

    def __init__(self, show: Callable[[Changeset], None], base: Path, real: Changesets | None = None) -> None:
        self._show, self._base, self._real = show, base, real

    @property
    def notes(self) -> Sequence[str]:
        """What was odd where a real run would ask."""
        return self._real.notes if self._real else ()

    def all(self, kind: str) -> list[GroupPull]:
        """Those that a real run would find. Raises ForgeError."""
        return self._real.all(kind) if self._real else []

    def read(self, path: str) -> str | None:
        """A file; None where there is none. Raises ForgeError, DataError."""
        check_path(path)
        if self._real:
            return self._real.read(path)
        try:
            return self._inside(path).read_bytes().decode()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            return None
        except UnicodeDecodeError:
            raise DataError("cannot be read: it is not UTF-8", where=path, remedy="save it as UTF-8") from None
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}", where=path, remedy="mend its permissions") from None

    def files(self, folder: str) -> dict[str, str]:
        """The files of a folder. Raises ForgeError, DataError."""
        check_path(folder)
        if self._real:
            return self._real.files(folder)
        try:
            names = sorted(file.name for file in self._inside(folder).iterdir() if file.is_file())
        except (FileNotFoundError, NotADirectoryError):
            return {}
        except OSError as error:
            raise DataError(f"cannot be read: {error.strerror}", where=folder, remedy="mend its permissions") from None
        texts = ((f"{folder}/{name}", self.read(f"{folder}/{name}")) for name in names)
        return {path: text for path, text in texts if text is not None}

    def ask(self, changeset: Changeset) -> GroupPull | None:
        """Show it, after the checks that it would meet; what a real run would leave alone is given back instead.

        Raises ForgeError, DataError.
        """
        check(changeset)
        opened = (one for one in self.all(kind_of(changeset.branch) or "") if one.stage is Stage.OPEN)
        left = next((one for one in opened if one.touched and one.branch == changeset.branch), None)
        if left:
            return left
        if all(self.read(path) == text for commit in changeset.commits for path, text in commit.files.items()):
            return None
        self._show(changeset)
        return GroupPull(branch=changeset.branch, stage=Stage.OPEN, where="", memo=changeset.memo)

    def close(self, branch: str, sentence: str) -> None:
        """Nothing: a dry run closes nothing."""

    def _inside(self, path: str) -> Path:
        file = self._base / path
        if not file.resolve().is_relative_to(self._base.resolve()):
            raise DataError("this leads out of the repository", where=path, remedy="name the file it leads to")
        return file
