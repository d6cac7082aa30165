"""What one efficiency claim is, and the claims of one paper: ``taxonomy/facts/<id>.yaml``."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from bot.models.base import Model

LONGEST_QUOTE = 300
"""Characters of a quote."""

RELATIVE = ("x", "%")
"""Units of a comparison; all others are those of a measurement."""


class Quantity(StrEnum):
    """What is told of a method."""

    PARAMETERS = "parameters"
    LATENCY = "latency"
    FREQUENCY = "control frequency"
    SPEEDUP = "speed-up"
    THROUGHPUT = "throughput"
    TOKENS = "tokens"
    MEMORY = "memory"
    COMPUTE = "compute"
    ENERGY = "energy"
    TRAINING = "training cost"
    DATA = "training data"


UNITS: dict[Quantity, tuple[str, ...]] = {
    Quantity.PARAMETERS: ("M parameters",),
    Quantity.LATENCY: ("ms",),
    Quantity.FREQUENCY: ("Hz",),
    Quantity.SPEEDUP: (),
    Quantity.THROUGHPUT: ("tokens/s", "actions/s", "frames/s", "samples/s"),
    Quantity.TOKENS: ("tokens",),
    Quantity.MEMORY: ("GB",),
    Quantity.COMPUTE: ("GFLOPs",),
    Quantity.ENERGY: ("J", "W"),
    Quantity.TRAINING: ("GPU hours", "minutes"),
    Quantity.DATA: ("demonstrations", "minutes"),
}
"""In which a quantity is measured, besides the units of a comparison."""


class Sense(StrEnum):
    """In which sense a comparison is meant: 30% ``less``, 30% ``more``, or 30% ``left`` of what there was."""

    LESS = "less"
    MORE = "more"
    LEFT = "left"


class Bound(StrEnum):
    """How exactly a number is meant."""

    UP_TO = "up to"
    AT_LEAST = "at least"
    ABOUT = "about"
    UNDER = "under"


Positive: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]


def _one_line(text: str) -> str:
    if not text.isprintable():
        raise ValueError("there is a line break or a control character in it")
    return text


Words: TypeAlias = Annotated[str, Field(max_length=LONGEST_QUOTE), AfterValidator(_one_line)]


class Fact(Model):
    """One claim."""

    quantity: Quantity
    change: Sense | None = None
    """Of a comparison; a measurement has none."""
    bound: Bound | None = None
    value: Positive
    high: Positive | None = None
    """The upper end, where it is a range from ``value`` on."""
    unit: str
    """``x`` or ``%`` for a comparison, else one of ``UNITS``: parameters are millions, times ms or minutes."""
    relative_to: Words = ""
    """What it is compared with, verbatim; empty where the abstract does not say."""
    note: Words = ""
    """What narrows it, in the abstract's words: ``chunk``, ``asynchronous``, ``trainable``, ``training`` …"""
    quote: Annotated[Words, Field(min_length=1)]
    """Where it stands, verbatim."""
    self_reported: bool = True
    """The paper says it of its own method."""

    @model_validator(mode="after")
    def _is_possible(self) -> Fact:
        if self.unit not in (*RELATIVE, *UNITS[self.quantity]):
            known = ", ".join((*RELATIVE, *UNITS[self.quantity]))
            raise ValueError(f"{self.unit!r} is no unit of {self.quantity}; the units are {known}")
        if (self.unit in RELATIVE) != (self.change is not None):
            what = "needs" if self.unit in RELATIVE else "cannot have"
            raise ValueError(f"a fact in {self.unit} {what} a change (less, more or left)")
        if self.high is not None and self.high <= self.value:
            raise ValueError("high is not above value")
        if self.unit == "%" and self.change in (Sense.LESS, Sense.LEFT) and (self.high or self.value) > 100:
            raise ValueError(f"nothing can be more than 100 % {self.change}")
        return self

    @property
    def same(self) -> tuple[object, ...]:
        """What makes it the same claim, wherever it stands in the abstract."""
        return self.quantity, self.change, self.value, self.high, self.unit


class Sheet(Model):
    """The facts of one paper; the file's name is its id. None of them is an answer too: there is nothing to tell."""

    facts: tuple[Fact, ...]
