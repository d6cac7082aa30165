"""The words of a pull request in a git repository on this machine: a Markdown file that git does not see."""

from __future__ import annotations

from pathlib import Path

from bot.adapters.git import Git
from bot.errors import ForgeError
from bot.files import write_atomically

_FOLDER = ".survey-bot"


class Pages:
    """``inside`` names a folder of pages, in the bot's own folder of the repository. Raises ForgeError."""

    def __init__(self, git: Git, inside: str = "") -> None:
        self._git, self._bare = git, git.is_bare()
        own = git.folder / (_FOLDER.removeprefix(".") if self._bare else _FOLDER)
        self.folder = own / inside if inside else own

    def path(self, name: str) -> Path:
        """Where the page of this name is, or would be."""
        return self.folder / f"{name}.md"

    def names(self) -> list[str]:
        """Those that are there."""
        try:
            return sorted(file.stem for file in self.folder.glob("*.md"))
        except OSError as error:
            raise self._unreadable(error, self.folder) from None

    def read(self, name: str) -> str | None:
        """The page's text, None where there is none."""
        file = self.path(name)
        try:
            return file.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(error, file) from None

    def write(self, name: str, text: str) -> Path:
        """Whole or not at all; the folder is kept out of ``git status``. Where it is."""
        file = self.path(name)
        try:
            if not self._bare:
                self._git.exclude(f"{_FOLDER}/")  # first, so that no page of a killed run is ever seen by git
            write_atomically(file, text.encode("utf-8", "replace"))
        except OSError as error:
            raise ForgeError(
                f"cannot be written: {error.strerror}", where=str(file), remedy="make room or mend permissions"
            ) from None
        return file

    def _unreadable(self, error: OSError, where: Path) -> ForgeError:
        return ForgeError(f"cannot be read: {error.strerror}", where=str(where), remedy="mend its permissions")
