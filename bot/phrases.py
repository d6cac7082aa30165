"""Numbers and times as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def count(many: int, noun: str) -> str:
    """``1 paper``, ``1,200 papers``."""
    return f"{many:,} {noun}{'' if many == 1 else 's'}"


def length(time: timedelta) -> str:
    """``5 hours``, ``12 days``."""
    hours = max(0, time // timedelta(hours=1))
    return count(hours, "hour") if hours < 24 else count(hours // 24, "day")


def moment(when: datetime) -> str:
    """``2026-11-22 10:03 UTC``."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers from 0 to 1 with two digits, or with as many (up to six) as show that they differ."""
    digits = next((n for n in range(2, 6) if f"{one:.{n}f}" != f"{other:.{n}f}"), 2 if one == other else 6)
    return f"{one:.{digits}f}", f"{other:.{digits}f}"
