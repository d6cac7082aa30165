"""What an examination found: one part, how it is, and the words for it."""

from __future__ import annotations

from typing import Literal, NamedTuple

State = Literal["works", "warning", "fails"]


class Finding(NamedTuple):
    """``words`` of what does not work end with the remedy."""

    part: str
    state: State
    words: str
