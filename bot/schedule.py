"""When arXiv announces papers. Pure.

On weekdays at 14:00 in New York it freezes what was submitted until then, and announces it at 20:00; Friday's freeze is
announced on Sunday. On its holidays arXiv does not freeze, so nothing is announced that evening.

This calendar only tells which empty slices are odd, and counts missed announcements: no paper is looked for or left out
because of it, so a holiday it does not know costs a sentence and a request, never a paper.
Source: https://info.arxiv.org/help/availability.html
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_NEW_YORK = ZoneInfo("America/New_York")
_FREEZE, _MAILING = time(14), time(20)
_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _FRIDAY, _SATURDAY, _SUNDAY = 0, 3, 4, 5, 6
_NAMED_APART = frozenset({date(2025, 12, 30), date(2026, 12, 29), date(2026, 12, 31)})
"""Days without a freeze that follow no rule; arXiv names them a year ahead."""


def announced(submitted: datetime) -> datetime:
    """When a paper submitted then is announced at the earliest, in UTC; arXiv may hold it back for longer.

    Raises ValueError for a time without a time zone.
    """
    local = _aware(submitted).astimezone(_NEW_YORK)
    day = local.date() if local.time() < _FREEZE else local.date() + _DAY
    while not _freezes(day):
        day += _DAY
    return _mailing(day)


def announcements(since: datetime, until: datetime) -> list[datetime]:
    """The announcements after ``since``, up to and with ``until``, in UTC, oldest first.

    Raises ValueError for a time without a time zone.
    """
    day = _aware(since).astimezone(_NEW_YORK).date() - 2 * _DAY  # Sunday's announcement has Friday's freeze
    last = _aware(until).astimezone(_NEW_YORK).date()
    found = []
    while day <= last:
        if _freezes(day) and since < (mailing := _mailing(day)) <= until:
            found.append(mailing)
        day += _DAY
    return found


def following(at: datetime) -> datetime:
    """The next announcement after ``at``, in UTC. Raises ValueError for a time without a time zone."""
    day = _aware(at).astimezone(_NEW_YORK).date() - 2 * _DAY
    while not (_freezes(day) and _mailing(day) > at):
        day += _DAY
    return _mailing(day)


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone")
    return moment


def _freezes(day: date) -> bool:
    """Whether arXiv takes in what was submitted before 14:00 of this day in New York."""
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def _mailing(freeze: date) -> datetime:
    evening = freeze + (2 * _DAY if freeze.weekday() == _FRIDAY else timedelta())
    return datetime.combine(evening, _MAILING, _NEW_YORK).astimezone(UTC)


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    """The weekdays of a year on which arXiv does not freeze, as far as they follow a rule or are named apart."""
    by_rule = {
        date(year, 1, 1),
        _nth(3, _MONDAY, year, 1),  # Martin Luther King day
        date(year, 6, 19),
        _observed(date(year, 7, 4)),
        _nth(1, _MONDAY, year, 9),  # Labor Day
        _nth(4, _THURSDAY, year, 11),  # Thanksgiving
        date(year, 12, 25),
    }
    return _NAMED_APART | by_rule


def _nth(count: int, weekday: int, year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _observed(day: date) -> date:
    """The nearest weekday."""
    return day + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))
