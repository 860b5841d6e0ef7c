"""From a wall clock's time to the one instant that it means, on the days too when clocks are changed.

Two rules, the same for beginnings and ends, so that shifts which meet on paper meet in time:

- A time that comes twice (clocks are set back) means the first of the two.
- A time that never comes (clocks are set forward) means the instant at which the clock jumps over it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator

_SECOND = timedelta(seconds=1)


def _known(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError("is not an IANA time zone; write it like Asia/Tokyo")
    return zone


ZoneName = Annotated[str, AfterValidator(_known)]
"""An IANA time zone."""


def instant_of(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, that a wall clock in `zone` means by a date and time without an offset."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == wall.replace(tzinfo=None, fold=0):
        return first
    return _jump(wall.replace(tzinfo=None, fold=0), zone)


def on(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The instant of a time of a day."""
    return instant_of(datetime.combine(day, at), zone)


@lru_cache(maxsize=4096)
def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clock jumps over a time that it never shows."""
    # By the offsets before and after the jump the time lies on either side of it.
    after = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after
