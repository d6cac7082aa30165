"""How often people agree with the bot, and with its second opinion: what became of proposals, by class and by quarter.

Two questions are asked, and they are kept apart. *Was it wanted as it was?* is answered by accepted, corrected and
rejected. *Was the first class right?* can only be asked of papers that were listed: there the share of right ones
stands beside the mean confidence, and where the two differ the calibration does not hold in the wild.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from bot.fates import LISTED, OUT, Fate, State
from bot.models import Model, Taxonomy
from bot.phrases import count

HEADER = ("", "decided", "as proposed", "corrected", "rejected", "later", "open", "class right", "confidence")
_COUNTED = {
    State.ACCEPTED: "accepted",
    State.CORRECTED: "corrected",
    State.REJECTED: "rejected",
    State.POSTPONED: "postponed",
    State.PROPOSED: "open",
}


class Tally(Model):
    """What became of some proposals."""

    accepted: int = 0
    """Listed with the classes that were proposed."""
    corrected: int = 0
    """Listed with other classes."""
    rejected: int = 0
    postponed: int = 0
    open: int = 0
    right: int = 0
    """Of the listed ones, those whose first proposed class is among the ones people gave them."""
    confidence: float | None = None
    """The mean confidence in the first class of the listed ones: what ``right`` of them should be. None: not known."""

    @property
    def listed(self) -> int:
        """Those that are in the survey now."""
        return self.accepted + self.corrected

    @property
    def decided(self) -> int:
        """Those of which a human has said yes or no."""
        return self.listed + self.rejected


class Opinions(Model):
    """What became of papers of which a language model said something, proposed or not."""

    listed: int = 0
    right: int = 0
    """Of the listed ones, those whose class it put first is among the ones people gave them."""
    missed: int = 0
    """Of the listed ones, those that it said are out of scope."""
    rejected: int = 0
    out: int = 0
    """Of the rejected ones, those that it said are out of scope."""


class Agreement(Model):
    """All proposals, and the same by first proposed class and by quarter; the proposals of each part add up to all."""

    overall: Tally
    classes: dict[str, Tally]
    """By the id of the class that was proposed first."""
    quarters: dict[str, Tally]
    """By the quarter of the decision, of an open one of the proposal: ``2026-Q4``; oldest first."""
    waiting: int
    """Papers a human was asked about and has not answered."""
    by_hand: int
    """Papers that were judged and not proposed, and that people listed all the same."""
    opinions: Opinions = Opinions()


class Grid(NamedTuple):
    """A table for people: plain text, not escaped; the last row adds up the others."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def agreement(fates: Iterable[Fate], current: Callable[[Iterable[str]], tuple[str, ...]] = tuple) -> Agreement:
    """What the fates tell; one fate per paper.

    ``current`` (``Taxonomy.current``) renames classes as the taxonomy was renamed since they were proposed.
    """
    known = list(fates)
    proposed = [fate for fate in known if fate.proposed and fate.state in _COUNTED]
    labels = {fate.id: current(fate.proposed) for fate in proposed}

    def tallies(key: Callable[[Fate], str]) -> dict[str, Tally]:
        groups: dict[str, list[Fate]] = {}
        for fate in proposed:
            groups.setdefault(key(fate), []).append(fate)
        return {name: _tally(groups[name], current) for name in sorted(groups)}

    return Agreement(
        overall=_tally(proposed, current),
        classes=tallies(lambda fate: labels[fate.id][0]),
        quarters=tallies(lambda fate: quarter(fate.at)),
        waiting=sum(fate.state is State.ASKED for fate in known),
        by_hand=sum(fate.state in LISTED and not fate.proposed and fate.scope is not None for fate in known),
        opinions=_opinions(known, current),
    )


def quarter(moment: datetime) -> str:
    """``2026-Q4``."""
    return f"{moment.year}-Q{(moment.month + 2) // 3}"


def sentences(found: Agreement) -> list[str]:
    """The totals in words; what cannot be said yet is left out."""
    total, said = found.overall, list[str]()
    if total.decided:
        parts = [f"{total.accepted} accepted as proposed ({_share(total.accepted, total.decided)})"]
        parts += [f"{number} {word}" for number, word in ((total.corrected, "corrected"), (total.rejected, "rejected"))]
        said.append(f"of {count(total.decided, 'decided proposal')}: {', '.join(parts)}")
    if total.listed:
        sure = f"; mean confidence {total.confidence:.2f}" if total.confidence is not None else ""
        said.append(f"the first class was right for {total.right} of {count(total.listed, 'listed paper')}{sure}")
    if found.by_hand:
        said.append(f"{count(found.by_hand, 'paper')} that the bot judged and did not propose: listed by hand")
    return [*said, *_second(found.opinions)]


def _second(found: Opinions) -> Iterator[str]:
    """How often people agree with the language model."""
    if found.listed:
        missed = f", and it called {found.missed} of them out of scope" if found.missed else ""
        papers = count(found.listed, "listed paper")
        yield f"the class that the language model put first was right for {found.right} of {papers}{missed}"
    if found.rejected:
        papers = count(found.rejected, "rejected paper")
        yield f"the language model called {found.out} of {papers} out of scope"


def lines(found: Agreement, taxonomy: Taxonomy) -> list[str]:
    """All of it for a terminal: the sentences, then the tables in columns."""
    told = sentences(found) or ["no proposal has been decided yet"]
    for grid in grids(found, taxonomy):
        table = [(grid.title, *grid.header[1:]), *grid.rows]
        widths = [max(len(row[place]) for row in table) for place in range(len(grid.header))]
        told.append("")
        for name, *cells in table:
            counts = (cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
            told.append("  ".join([name.ljust(widths[0]), *counts]))
    return told


def grids(found: Agreement, taxonomy: Taxonomy) -> tuple[Grid, ...]:
    """By class, in the order of the taxonomy, and by quarter, the latest first; none while nothing was proposed."""
    if not found.classes:
        return ()
    order = [*(label for label in taxonomy.paths if label in found.classes)]
    order += [label for label in found.classes if label not in taxonomy.paths]
    last = _row("all", found.overall)
    by_class = (*(_row(_name(label, taxonomy), found.classes[label]) for label in order), last)
    by_quarter = (*(_row(name, tally) for name, tally in reversed(found.quarters.items())), last)
    return (Grid("by class", HEADER, by_class), Grid("by quarter", HEADER, by_quarter))


# --- the language model -----------------------------------------------------------------------------------------------


def _opinions(fates: Iterable[Fate], current: Callable[[Iterable[str]], tuple[str, ...]]) -> Opinions:
    told = [fate for fate in fates if fate.opinion]
    listed = [fate for fate in told if fate.state in LISTED]
    rejected = [fate for fate in told if fate.state is State.REJECTED]
    return Opinions(
        listed=len(listed),
        right=sum(current((fate.opinion,))[0] in current(fate.labels) for fate in listed),
        missed=sum(fate.opinion == OUT for fate in listed),
        rejected=len(rejected),
        out=sum(fate.opinion == OUT for fate in rejected),
    )


# --- their parts ------------------------------------------------------------------------------------------------------


def _tally(fates: Iterable[Fate], current: Callable[[Iterable[str]], tuple[str, ...]]) -> Tally:
    some = list(fates)
    counts = {name: sum(fate.state is state for fate in some) for state, name in _COUNTED.items()}
    listed = [fate for fate in some if fate.state in LISTED]
    sure = [fate.confidence for fate in listed if fate.confidence is not None]
    return Tally(
        **counts,
        right=sum(current(fate.proposed)[0] in current(fate.labels) for fate in listed),
        confidence=round(sum(sure) / len(sure), 4) if sure else None,
    )


def _row(name: str, tally: Tally) -> tuple[str, ...]:
    counts = (tally.accepted, tally.corrected, tally.rejected, tally.postponed, tally.open)
    right = f"{tally.right / tally.listed:.2f}" if tally.listed else "–"
    sure = "–" if tally.confidence is None else f"{tally.confidence:.2f}"
    return (name, str(tally.decided), *map(str, counts), right, sure)


def _name(label: str, taxonomy: Taxonomy) -> str:
    return taxonomy.leaf(label).name if label in taxonomy.paths else f"{label} (no class)"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}"
