"""When a contact is left alone, by the clock on their wall."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, model_validator

from tocsin_schemas.scalars import Record


def _wall_time(value: object) -> object:
    if isinstance(value, int | float):
        # YAML 1.1 reads 22:00 as a number to the base of sixty: 1320, which pydantic would take for seconds.
        raise ValueError('must be a time of day in quotes, such as "22:00"')  # noqa: TRY004 - pydantic wants it
    if not isinstance(value, str):
        return value
    try:
        found = time.fromisoformat(value)
    except ValueError:
        raise ValueError('must be a time of day in quotes, such as "22:00"') from None
    if found.tzinfo is not None:
        raise ValueError("must have no zone: it is by the contact's own clock")
    return found


WallTime = Annotated[time, BeforeValidator(_wall_time)]
"""A time of day by the contact's own clock, written in quotes: `"22:00"`."""


class QuietHours(Record):
    """Every day from one time of day to another, over midnight where the end is the earlier."""

    start: WallTime
    end: WallTime

    @model_validator(mode="after")
    def _leaves_some_of_the_day(self) -> QuietHours:
        if self.start == self.end:
            raise ValueError("starts and ends at the same time, which is the whole day: nothing would ever be told")
        return self

    @property
    def length(self) -> timedelta:
        """How much of a day it is, on a day of 24 hours."""
        begins, ends = (timedelta(hours=at.hour, minutes=at.minute, seconds=at.second) for at in (self.start, self.end))
        span = ends - begins
        return span if span > timedelta(0) else span + timedelta(days=1)

    def until(self, at: datetime, zone: ZoneInfo) -> datetime | None:
        """When the quiet that holds at an instant is over, in UTC; None where none holds.

        By the wall clock of the zone: a night of a clock change is an hour longer or shorter, as it is for people. An
        end that the clock jumps over is the instant of the jump's other side.
        """
        local = at.astimezone(zone)
        clock = local.time()
        over_midnight = self.end < self.start
        if over_midnight:
            if self.end <= clock < self.start:
                return None
            day = local.date() if clock < self.end else local.date() + timedelta(days=1)
        else:
            if not self.start <= clock < self.end:
                return None
            day = local.date()
        # fold=1: where the clock shows the end twice, the quiet ends with the later one, and never in the past.
        ends = datetime.combine(day, self.end, tzinfo=zone)
        if ends.astimezone(UTC) <= at:
            ends = ends.replace(fold=1)
        return ends.astimezone(UTC)
