"""When a contact is left alone, by the clock on their wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import model_validator

from tocsin_alerting.policy.local_time import WallTime
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
