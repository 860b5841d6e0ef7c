"""Instants as operators type them: a date, a date with a time, or how long ago."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_AGO = re.compile(r"(\d{1,6})\s*([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def read_instant(text: str, *, now: datetime) -> datetime:
    """The instant that a text names.

    Args:
        text: ISO 8601 (`2026-11-24`, `2026-11-24T09:00:00Z`; without a zone it is UTC), or an age such as `30m`, `12h`,
            `7d`, `2w`.
        now: what ages count back from.

    Raises:
        ValueError: it is neither; the message says what to type.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    if ago is not None:
        return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(
            f"'{text}' is no time: type a date (2026-11-24), a time (2026-11-24T09:00:00Z) or an age (30m, 12h, 7d)"
        ) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
