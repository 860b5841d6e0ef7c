"""When a contact is left alone, by the clock on their wall."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import model_validator

from tocsin_alerting.policy.local_time import WallTime, on
from tocsin_schemas.scalars import Record


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

        By the wall clock of the zone: a night of a clock change is an hour longer or shorter, as it is for people.
        """
        today = at.astimezone(zone).date()
        nights = timedelta(days=1 if self.end < self.start else 0)
        for day in (today - nights, today):
            begins, ends = on(day, self.start, zone), on(day + nights, self.end, zone)
            if begins <= at < ends:
                return ends
        return None
