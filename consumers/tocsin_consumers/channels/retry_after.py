"""How long a provider wants to be left alone, as its headers say it; providers and proxies say it in many ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_SECONDS = 3600.0
"""Nobody is left untold for longer because of a header."""
UNREADABLE_SECONDS = 30.0
"""Slack's common value: what is done when a limit was hit and the header does not say how long."""


def retry_after(headers: Mapping[str, str], now: datetime) -> float:
    """Seconds to wait after a 429: `Retry-After` in seconds or as a date, else `X-RateLimit-Reset`, else a default."""
    known = {str(name).lower(): value for name, value in headers.items()}
    for name in ("retry-after", "x-ratelimit-reset"):
        seconds = _seconds(known.get(name), now, epoch=name == "x-ratelimit-reset")
        if seconds is not None:
            return min(max(seconds, 0.0), LONGEST_SECONDS)
    return UNREADABLE_SECONDS


def _seconds(value: object, now: datetime, *, epoch: bool) -> float | None:
    if value is None:
        return None
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        return _until_date(text, now)
    if not math.isfinite(number) or number < 0:
        return None
    # SendGrid's reset is an instant in Unix time.
    return number - now.timestamp() if epoch else number


def _until_date(text: str, now: datetime) -> float | None:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return (at - now).total_seconds()
