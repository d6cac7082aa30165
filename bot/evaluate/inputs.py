"""The files an evaluation is given: a listing (day, id) and verdicts (id, first, second), with tabs and a header."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from bot import ids
from bot.errors import DataError


class Verdict(NamedTuple):
    """What two annotators said of a paper; ``in``: it belongs."""

    first: str
    second: str


def listing(text: str, where: str) -> dict[str, str]:
    """Id -> the first day (``2025-06-30``) it was announced, in the order of the file. Raises DataError."""
    days: dict[str, str] = {}
    for line, row in _rows(text, where, ("day", "id")):
        if not _is_day(row["day"]):
            raise DataError(f"{row['day']!r} is not a day", where=f"{where}:{line}", remedy="write days as 2025-06-30")
        paper = _paper_id(row["id"], f"{where}:{line}")
        days[paper] = min(row["day"], days.get(paper, row["day"]))
    if not days:
        raise DataError("lists no paper", where=where, remedy="give one line with day and id for each paper")
    return days


def verdicts(text: str, where: str) -> dict[str, Verdict]:
    """What two annotators said, by paper id. Raises DataError."""
    return {
        _paper_id(row["id"], f"{where}:{line}"): Verdict(row["first"].casefold(), row["second"].casefold())
        for line, row in _rows(text, where, ("id", "first", "second"))
    }


def _rows(text: str, where: str, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows below the header, each with its line number."""
    lines = text.removeprefix("\ufeff").splitlines()
    header = [name.strip() for name in lines[0].split("\t")] if lines else []
    missing = [name for name in columns if name not in header]
    if missing:
        raise DataError(
            f"has no column {missing[0]!r}",
            where=f"{where}:1",
            remedy=f"let its first line be {', '.join(columns)} with tabs between",
        )
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            row = dict(zip(header, (cell.strip() for cell in line.split("\t")), strict=False))
            empty = [name for name in columns if not row.get(name)]
            if empty:
                raise DataError(f"has no {empty[0]}", where=f"{where}:{number}", remedy="complete or delete the line")
            yield number, row


def _is_day(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) and date.fromisoformat(text))
    except ValueError:
        return False


def _paper_id(text: str, where: str) -> str:
    try:
        return ids.parse(text)[0]
    except ValueError as error:
        raise DataError(str(error), where=where, remedy="correct or delete the line") from None
