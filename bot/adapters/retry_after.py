"""How long a service asks to be left alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LONGEST = 30 * 86_400.0
"""Seconds; whoever asks to be left alone for longer has made a mistake."""


def retry_after(headers: Mapping[str, str]) -> float:
    """The seconds that ``Retry-After`` asks for; 0 where it asks for nothing that can be meant.

    Source: https://www.rfc-editor.org/rfc/rfc9110#field.retry-after
    """
    value = headers.get("Retry-After", "").strip()
    try:
        if value.isdecimal():
            return min(float(value), _LONGEST)
        until, now = parsedate_to_datetime(value), datetime.now(UTC)
        return min(max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()), _LONGEST)
    except (TypeError, ValueError, OverflowError):
        return 0.0
