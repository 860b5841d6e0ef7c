"""Days and times by a wall clock, as operators write them, and the one instant that each means.

Two rules for the days when clocks are changed, for shifts, windows, quiet hours and digests, their beginnings and their
ends, so that what meets on paper meets in time:

- A time that comes twice (clocks are set back) means the first of the two.
- A time that never comes (clocks are set forward) means the instant at which the clock jumps over it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

_SECOND = timedelta(seconds=1)


class Weekday(StrEnum):
    """A day of the week, as operators write it."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"

    @property
    def number(self) -> int:
        """As `date.weekday` counts: Monday is 0."""
        return tuple(Weekday).index(self)


def _no_number(value: object) -> object:
    if isinstance(value, int | float):
        # YAML 1.1 reads 22:00 as a number to the base of sixty: 1320, which pydantic would take for seconds.
        raise ValueError('is no time of day; write it in quotes, such as "22:00"')  # noqa: TRY004 - pydantic wants it
    return value


def _no_zone(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("must have no zone; write it as the wall clock shows it")
    return at


WallTime = Annotated[time, BeforeValidator(_no_number), AfterValidator(_no_zone)]
"""A time of day as a wall clock shows it, written in quotes: `"22:00"`. Whose clock that is, is said beside it."""


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
