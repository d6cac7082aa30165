"""What others take from the survey: ``survey-bot export`` and the growth in ``survey-bot stats``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from bot import growth
from bot import stats as counting
from bot.commands import console
from bot.commands.wiring import Wiring
from bot.errors import SettingsError
from bot.export import Format, export
from bot.growth import tables
from bot.growth.picture import Kind, picture
from bot.phrases import count
from bot.ports import Progress


class Exported(NamedTuple):
    """What ``survey-bot export`` writes, how many papers are in it, what to know of it, and how arXiv failed."""

    content: bytes
    papers: int
    notes: tuple[str, ...] = ()
    failed: str = ""


def exported(wiring: Wiring, form: Format, progress: Progress) -> Exported:
    """The survey on the shelf as a file. Raises DataError.

    Only BibTeX takes something from arXiv, the primary category; where that cannot be had it is left out.
    """
    library = wiring.shelf.load()
    if form is not Format.BIBTEX:
        return Exported(export(library, form, {}).encode(), len(library.papers))
    archive = wiring.archive
    found = archive.find(list(library.papers), progress)
    content = export(library, form, found.records).encode()
    missing = f"{found.problem}; those entries have no primaryClass" if found.problem else ""
    notes = [*archive.notes, *([missing] if missing and not found.failed else [])]
    if bare := sum(not record.categories for record in found.records.values()):
        notes.append(f"the cache knows no category of {count(bare, 'paper')}; those entries have no primaryClass")
    return Exported(content, len(library.papers), tuple(notes), missing if found.failed else "")


def kind(file: Path) -> Kind:
    """What kind of picture a file's name asks for. Raises SettingsError."""
    if (ending := file.suffix.lower()) == ".svg":
        return "svg"
    if ending == ".png":
        return "png"
    raise SettingsError(
        "no such kind of picture can be drawn", where=f"--picture {file}", remedy="name it .svg or .png"
    )


class Stats:
    """What ``survey-bot stats`` tells: how the survey grows, and how often people agreed with the bot."""

    def __init__(self, wiring: Wiring) -> None:
        """Raises DataError."""
        self._wiring = wiring
        self._library = wiring.shelf.load()
        self._growth = growth.growth(self._library)

    def picture(self, file: Path) -> bytes:
        """The growth as a picture for this file. Raises SettingsError."""
        return picture(self._growth, self._library.taxonomy, kind(file))

    def show(self) -> None:
        """For a terminal. Growth comes first: it needs no ledger. Raises LedgerError, SettingsError."""
        taxonomy, output = self._library.taxonomy, console.output()
        width = output.width if output.is_terminal else None
        for line in (*tables.lines(self._growth, taxonomy, width), ""):
            output.print(console.calm(line), markup=False)
        console.show_agreement(self._agreement(), taxonomy)

    def json(self) -> str:
        """For a program: the agreement, and under ``growth`` the growth. Raises LedgerError, SettingsError."""
        found = {**self._agreement().model_dump(mode="json"), "growth": self._growth.model_dump(mode="json")}
        return json.dumps(found, indent=2, ensure_ascii=False)

    def _agreement(self) -> counting.Agreement:
        return counting.agreement(self._wiring.ledger.fates().values(), self._library.taxonomy.current)
