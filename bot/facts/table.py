"""Facts as people read and compare them: the columns of a table, their order, and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.markdown import escape, link, shortened
from bot.markdown import table as markdown_table
from bot.models.facts import RELATIVE, Fact, Quantity, Sense

WARNING = (
    "Authors measured these on different hardware, by different conventions and against different baselines: "
    "a chunk-level 50 Hz is not a token-level 50 Hz, and a speed-up is only as good as what it is compared with. "
    "Read the quote before you compare two numbers."
)
_CHANGED = {
    Quantity.SPEEDUP: "Speed-up",
    Quantity.FREQUENCY: "Control frequency, gained",
    Quantity.THROUGHPUT: "Throughput, gained",
}
_LARGER_UNITS = {"M parameters": (1000.0, "B", "M"), "ms": (1000.0, " s", " ms"), "minutes": (60.0, " h", " min")}


class Row(NamedTuple):
    """One paper; ``reviewed``: people have accepted these facts."""

    id: str
    name: str
    link: str
    facts: tuple[Fact, ...]
    reviewed: bool = False


def column(fact: Fact) -> str:
    """The column of a table it belongs in: what stands in one can be put in order."""
    name = str(fact.quantity).capitalize()
    if fact.unit in RELATIVE:
        return _CHANGED.get(fact.quantity, f"{name}, saved")
    several = fact.quantity in (Quantity.TRAINING, Quantity.DATA, Quantity.THROUGHPUT)
    return f"{name} ({'time' if fact.unit == 'minutes' else fact.unit})" if several else name


def columns(rows: Sequence[Row]) -> list[str]:
    """Those that are needed, by quantity, measurements before comparisons."""
    order = {quantity: place for place, quantity in enumerate(Quantity)}
    found = {(order[fact.quantity], fact.unit in RELATIVE, column(fact)) for row in rows for fact in row.facts}
    return list(dict.fromkeys(name for _, _, name in sorted(found)))


def key(fact: Fact) -> float:
    """Its place in its column: the number in the column's unit; of a comparison how many times better it has become."""
    value = fact.high or fact.value
    if fact.unit == "x":
        return 1 / value if fact.change is Sense.LEFT else value
    if fact.unit == "%":
        if fact.change is Sense.MORE:
            return 1 + value / 100
        left = value if fact.change is Sense.LEFT else 100 - value
        return 100 / left if left > 0 else float("inf")
    return fact.value


def shown(fact: Fact) -> str:
    """``up to 1.7x``, ``at least 60% less``, ``7B``, ``30-60 demonstrations``; with its note."""
    low, high, unit = fact.value, fact.high, f" {fact.unit}"
    if fact.unit in RELATIVE:
        word = "" if fact.change is Sense.MORE and fact.quantity is Quantity.SPEEDUP else f" {fact.change}"
        unit = f"{fact.unit}{word}"
    elif fact.unit in _LARGER_UNITS:
        size, larger, unit = _LARGER_UNITS[fact.unit]
        if low >= size:
            low, high, unit = low / size, high / size if high else None, larger
    elif fact.unit == "demonstrations":
        unit = f" demonstration{'' if (high or low) == 1 else 's'}"
    number = f"{low:,.6g}-{high:,.6g}" if high else f"{low:,.6g}"
    note = f" ({fact.note})" if fact.note else ""
    return f"{fact.bound + ' ' if fact.bound else ''}{number}{unit}{note}"


def by_quantity(rows: Sequence[Row], quantity: Quantity | None) -> Iterator[tuple[Row, Fact]]:
    """The claims, one column after the other, the best first: least of what is needed, most of what is gained."""
    for name in columns(rows):
        several = [(row, fact) for row in rows for fact in row.facts if column(fact) == name]
        if quantity is None or several[0][1].quantity is quantity:
            yield from sorted(several, key=lambda one: -key(one[1]) if best_is_high(one[1]) else key(one[1]))


def best_is_high(fact: Fact) -> bool:
    """Whether more of it is better, in its column."""
    return fact.unit in RELATIVE or fact.quantity in (Quantity.FREQUENCY, Quantity.THROUGHPUT)


def markdown(rows: Sequence[Row], quantity: Quantity | None = None) -> str:
    """One line for each claim, of this quantity or of all, in the order of :func:`by_quantity`, under the warning."""
    lines = [
        [
            link(shortened(row.name, 60), row.link),
            escape(column(fact)),
            escape(shown(fact)),
            escape(fact.relative_to),
            f"“{escape(fact.quote)}”{'' if row.reviewed else ' (not reviewed)'}",
        ]
        for row, fact in by_quantity(rows, quantity)
    ]
    head = ["Paper", "Quantity", "Claim", "Compared with", "Quote"]
    return f"> **Mind the hardware.** {WARNING}\n\n{markdown_table(head, lines)}\n"
