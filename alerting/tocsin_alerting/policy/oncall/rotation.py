"""A rotation: members take turns, and each turn ends at a time of the wall clock in the rota's zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from tocsin_alerting.policy.local_time import WallTime, Weekday, on
from tocsin_alerting.policy.oncall.duty import Duty, DutyReason
from tocsin_schemas.scalars import Line, Record

_DAY = timedelta(days=1)


class Period(StrEnum):
    """How often it is the next member's turn."""

    DAILY = "daily"
    WEEKLY = "weekly"
    """On each of the weekdays of the handover."""
    DAYS = "days"
    """After the number of days that `days` says."""
    FOLLOW_THE_HOURS = "follow-the-hours"
    """At each of the times of the handover, every day: with one time a member, each keeps the same hours."""


class Handover(Record):
    """When a turn ends and the next begins, by the wall clock of the rota's zone."""

    times: Annotated[tuple[WallTime, ...], Field(min_length=1)]
    """One, but for follow-the-hours; in order."""
    weekdays: tuple[Weekday, ...] = ()
    """For a weekly rotation."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if any(later <= earlier for earlier, later in pairwise(self.times)):
            raise ValueError("times: are not in order; write each once, the earliest first")
        if len(set(self.weekdays)) < len(self.weekdays):
            raise ValueError("weekdays: a day stands twice; keep one")
        return self


class Rotation(Record):
    """Who takes turns, in which order, and when the turns change."""

    members: Annotated[tuple[Line, ...], Field(min_length=1)]
    """Ids of contacts. The first begins at `start`; who stands twice takes two turns."""
    period: Period
    days: Annotated[int, Field(ge=1, le=366)] | None = None
    """For the period `days`."""
    handover: Handover
    start: date
    """The day on which the first member's first turn begins, at the first of the handover's times."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.period is Period.DAYS) != (self.days is not None):
            raise ValueError("days: say how many with period 'days', and leave it out with every other")
        if (self.period is Period.WEEKLY) != bool(self.handover.weekdays):
            raise ValueError("handover.weekdays: name the days with period 'weekly', and none with any other")
        if self.period is Period.FOLLOW_THE_HOURS:
            if len(self.handover.times) < 2:
                raise ValueError("handover.times: follow-the-hours needs two times or more; for one use 'daily'")
        elif len(self.handover.times) > 1:
            raise ValueError("handover.times: several are for follow-the-hours; keep one")
        weekdays = [day.number for day in self.handover.weekdays]
        if weekdays and self.start.weekday() not in weekdays:
            raise ValueError("start: is none of handover.weekdays; let the first turn begin on a day of handover")
        return self


class Turns:
    """A rotation in its zone."""

    def __init__(self, rotation: Rotation, zone: ZoneInfo) -> None:
        self._rotation = rotation
        self._zone = zone
        weekdays = sorted(day.number for day in rotation.handover.weekdays)
        self._weekdays = {number: place for place, number in enumerate(weekdays)}
        self._monday = rotation.start - timedelta(days=rotation.start.weekday())

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes turns."""
        return tuple(dict.fromkeys(self._rotation.members))

    def duty(self, at: datetime) -> Duty:
        """Whose turn it is."""
        turn = self._turn(at)
        if turn is None:
            return Duty((), DutyReason.NOT_BEGUN, self._rotation.start.isoformat())
        return Duty((self._rotation.members[turn % len(self._rotation.members)],), DutyReason.ROTATION)

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:
        """Every handover after `begin` and before `end`."""
        day, last = self._day_of(begin) - _DAY, self._day_of(end) + _DAY
        found: set[datetime] = set()
        while day <= last:
            if self._number_of(day) is not None:
                found.update(on(day, each, self._zone) for each in self._rotation.handover.times)
            day += _DAY
        return tuple(sorted(each for each in found if begin < each < end))

    def _day_of(self, at: datetime) -> date:
        return at.astimezone(self._zone).date()

    def _turn(self, at: datetime) -> int | None:
        """The number of the turn that an instant lies in, from 0; None before the first."""
        day, times = self._day_of(at), self._rotation.handover.times
        # A zone that skips a day (Samoa in 2011) hands over on the next: from tomorrow's date back.
        day += _DAY
        while day >= self._rotation.start:
            number = self._number_of(day)
            if number is not None:
                for place in reversed(range(len(times))):
                    if on(day, times[place], self._zone) <= at:
                        return number * len(times) + place
            day -= _DAY
        return None

    def _number_of(self, day: date) -> int | None:
        """Which day of handover a day is, from 0; None: it is none, or before the first."""
        if day < self._rotation.start:
            return None
        if self._weekdays:
            place = self._weekdays.get(day.weekday())
            if place is None:
                return None
            weeks = (day - self._monday).days // 7
            return weeks * len(self._weekdays) + place - self._weekdays[self._rotation.start.weekday()]
        number, rest = divmod((day - self._rotation.start).days, self._rotation.days or 1)
        return None if rest else number
