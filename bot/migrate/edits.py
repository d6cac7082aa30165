"""Changes of a page's lines, made all at once; every line remembers where it came from. Pure.

Afterwards the addresses of headings are compared: one that changed keeps its old one in an empty anchor above it, and
the contents lead to the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from bot import readme
from bot.migrate.headings import Heading, headings
from bot.migrate.layout import Layout, given

Line = tuple[str, int]
"""What a line says, and its number (from 0) on the page as it was; -1 for a new one."""


class Edits:
    """The lines of a page to come. As a mapping: number of a line as it was -> what it says now, empty when gone."""

    def __init__(self, layout: Layout) -> None:
        self._at = layout
        self._lines = list(layout.lines)
        self._put: dict[int, list[Line]] = {}
        self._gone: set[int] = set()
        self._leads: list[tuple[list[str], int | None]] = []

    def __getitem__(self, number: int) -> str:
        return self._lines[number]

    def __setitem__(self, number: int, line: str) -> None:
        self._lines[number] = line

    def drop(self, number: int) -> None:
        """This line goes from where it is."""
        self._gone.add(number)

    def put(self, goal: int, lines: Iterable[str], *, apart: bool = True) -> None:
        """New lines above this one; ``apart``: with an empty line around them."""
        self._insert(goal, [(line, -1) for line in lines], apart=apart)

    def move(self, numbers: Sequence[int], goal: int, *, apart: bool = True) -> None:
        """These lines go above another."""
        self._gone.update(numbers)
        self._insert(goal, [(self._lines[number], number) for number in numbers], apart=apart)

    def atx(self, heading: Heading) -> None:
        """An underlined heading becomes one with ``#``."""
        self._lines[heading.start] = f"{'#' * heading.level} {self._lines[heading.start].lstrip()}"
        for number in range(heading.start + 1, heading.stop):
            self._lines[number] = ""

    def lead(self, names: list[str], line: int | None) -> None:
        """Addresses that are gone lead to the heading of this line from now on; None: nowhere."""
        self._leads.append((names, line))

    def text(self) -> tuple[str, list[str]]:
        """The page, and a sentence on every address that could not be kept."""
        lines = self._joined()
        old = {one.start: one for one in self._at.headings}
        new = headings("".join(text for text, _ in lines), [text for text, _ in lines])
        taken = {one.anchor for one in new}
        fresh = taken - {one.anchor for one in old.values()}
        moved: dict[int, tuple[str, str]] = {}
        for one in new:
            before = old.get(lines[one.start][1])
            if before and before.anchor != one.anchor:
                moved[one.start] = before.anchor, one.anchor
        wanted = {place: self._forms(was) for place, (was, _) in moved.items()}
        homes = {lines[one.start][1]: one.start for one in new}
        for names, line in self._leads:
            place = homes.get(line) if line is not None else None
            wanted.setdefault(-1 if place is None else place, []).extend(
                form for name in names for form in self._forms(name)
            )
        remarks = [
            f"On the page, links to #{name} lead elsewhere now: look who uses them."
            for place, names in wanted.items()
            for name in names
            if name in taken or place < 0
        ]
        links = {readme.anchor(unquote(was)): now for was, now in moved.values()}
        return "".join(self._written(lines, links, wanted, taken, fresh)), remarks

    def _written(
        self, lines: list[Line], links: dict[str, str], wanted: dict[int, list[str]], taken: set[str], fresh: set[str]
    ) -> Iterable[str]:
        contents = {one.line: one for one in self._at.entries}
        known = {name for text, _ in lines for name in given(text)}
        for place, (text, origin) in enumerate(lines):
            if text and set(given(text)) & fresh and len(given(text)) == 1:
                continue  # a heading has this address by itself again
            for name in dict.fromkeys(wanted.get(place, ())):
                if name not in taken and name not in known:
                    yield self._anchor(name, lines, place)
            entry = contents.get(origin)
            if entry and entry.anchor in links:
                text = text.replace(f"(#{entry.to})", f"(#{links[entry.anchor]})")
            yield text

    def _anchor(self, name: str, lines: list[Line], place: int) -> str:
        newline = self._at.newline
        above = lines[place - 1][0].strip() if place else ""
        apart = newline if above and not above.startswith(("#", "<")) else ""  # else it would be a row of a table
        below = "" if lines[place][0].lstrip().startswith("#") else newline
        return f'{apart}<a id="{name}"></a>{newline}{below}'

    def _joined(self) -> list[Line]:
        """The lines in their order; none that is empty, all with an end but the last."""
        found: list[Line] = []
        for number in range(len(self._lines) + 1):
            put = self._put.get(number, ())
            there = ((self._lines[origin] if origin >= 0 else text, origin) for text, origin in put)
            found += [line for line in there if line[0]]
            if number < len(self._lines) and number not in self._gone and self._lines[number]:
                found.append((self._lines[number], number))
        ended = [
            (text if text.endswith(("\n", "\r")) else text + self._at.newline, origin) for text, origin in found[:-1]
        ]
        return [*ended, *found[-1:]]

    def _insert(self, goal: int, lines: list[Line], *, apart: bool) -> None:
        there = self._put.setdefault(goal, [])
        empty = self._at.newline, -1
        before = there[-1][0] if there else next((self._lines[n] for n in self._kept(range(goal - 1, -1, -1))), "")
        if apart and before.strip() and lines and lines[0][0].strip():
            there.append(empty)
        there += lines
        after = next((self._lines[n] for n in self._kept(range(goal, len(self._lines)))), "")
        if apart and after.strip() and lines and lines[-1][0].strip():
            there.append(empty)

    def _kept(self, numbers: Iterable[int]) -> Iterable[int]:
        return (number for number in numbers if number not in self._gone)

    def _forms(self, anchor: str) -> list[str]:
        """The ways in which the page's own links write an address, and that of GitHub first."""
        plain = readme.anchor(unquote(anchor))
        linked = [one.to for one in self._at.entries if one.anchor == plain]
        return list(dict.fromkeys([anchor, *(to for to in linked if '"' not in to and "<" not in to)]))
