"""A team's rota: turns or a calendar, with what was put in by hand over it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Protocol
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field

from tocsin_alerting.policy.local_time import instant_of
from tocsin_alerting.policy.oncall.duty import Duty, DutyReason
from tocsin_alerting.policy.oncall.feed import Feed
from tocsin_schemas.scalars import Line, Record


def _as_written(value: object) -> object:
    if isinstance(value, int | float):
        raise ValueError("is a number; write a date and time, like 2026-12-29T09:00")  # noqa: TRY004 - pydantic's own
    return value


class Override(Record):
    """Who is on duty for some hours instead of whom the rota names: a swap, a holiday, an illness."""

    begin: Annotated[datetime, BeforeValidator(_as_written), Field(alias="from")]
    """By the wall clock of the rota's zone, or with an offset an instant."""
    end: Annotated[datetime, BeforeValidator(_as_written), Field(alias="to")]
    who: Annotated[
        tuple[Line, ...],
        BeforeValidator(lambda value: [value] if isinstance(value, str) else value),
        Field(min_length=1),
    ]
    """Ids of contacts, one or several."""
    why: Line | None = None

    def between(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants between which it holds."""
        return _instant(self.begin, zone), _instant(self.end, zone)


def _instant(at: datetime, zone: ZoneInfo) -> datetime:
    return instant_of(at, zone) if at.tzinfo is None else at


class Shifts(Protocol):
    """Turns or a calendar."""

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of the contacts that it is known to call."""
        ...

    def duty(self, at: datetime) -> Duty:
        """Who is on duty at an instant, and why."""
        ...

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:
        """Every instant between two at which that may change, in order."""
        ...


class TeamRota:
    """Shifts, overrides over them, and who is told whoever is on duty."""

    def __init__(
        self,
        shifts: Shifts,
        *,
        zone: ZoneInfo,
        overrides: tuple[Override, ...] = (),
        always: tuple[str, ...] = (),
        feed: Feed | None = None,
    ) -> None:
        self._shifts = shifts
        self.zone = zone
        self.always = always
        self.feed = feed
        self._overrides = tuple(
            sorted(((*each.between(zone), each) for each in overrides), key=lambda found: (found[0], found[1]))
        )

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who takes shifts or stands in."""
        stand_ins = (person for _, _, override in self._overrides for person in override.who)
        return tuple(dict.fromkeys((*self._shifts.people, *stand_ins)))

    def duty(self, at: datetime) -> Duty:
        """Who is on duty: who was put in by hand, or else whoever has the shift."""
        for begin, end, override in self._overrides:
            if begin <= at < end:
                return Duty(override.who, DutyReason.OVERRIDE, override.why or "")
        return self._shifts.duty(at)

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:
        """Every instant at which somebody else may come on duty."""
        edges = {edge for first, last, _ in self._overrides for edge in (first, last) if begin < edge < end}
        return tuple(sorted({*self._shifts.changes(begin, end), *edges}))


class NoCopy:
    """A calendar of which there is no copy to follow: a gap without end, until it is fetched."""

    people: tuple[str, ...] = ()

    def __init__(self, why: str) -> None:
        self._why = why

    def duty(self, at: datetime) -> Duty:  # noqa: ARG002 - whenever
        """Nobody."""
        return Duty((), DutyReason.NO_COPY, self._why)

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:  # noqa: ARG002
        """None."""
        return ()
