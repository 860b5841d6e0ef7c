"""Who is on duty at an instant, and why: what every kind of rota answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from tocsin_alerting.policy.oncall.feed import Feed


class DutyReason(StrEnum):
    """Why somebody is on duty, or nobody."""

    NO_ROTA = "no_rota"
    """The team keeps no rota here: everybody in it is told. A shared role address is such a team."""
    ROTATION = "rotation"
    """It is this member's turn."""
    OVERRIDE = "override"
    """Somebody was put in for these hours by hand."""
    CALENDAR_EVENT = "calendar_event"
    NOBODY = "nobody"
    """A gap in the rota: the whole team is told."""
    NOT_BEGUN = "not_begun"
    """Before the rota's first shift: the whole team is told."""
    UNKNOWN_PERSON = "unknown_person"
    """The calendar names somebody whom the contacts do not know: the whole team is told."""
    NO_COPY = "no_copy"
    """The calendar has never been fetched: the whole team is told."""

    @property
    def gap(self) -> bool:
        """Whether the rota names nobody who can be told."""
        return self in _GAPS


_GAPS = frozenset(
    {DutyReason.NOBODY, DutyReason.NOT_BEGUN, DutyReason.UNKNOWN_PERSON, DutyReason.NO_COPY},
)


@dataclass(frozen=True, slots=True)
class Duty:
    """Who a rota says is on duty."""

    holders: tuple[str, ...]
    """Ids of contacts; empty in a gap."""
    reason: DutyReason
    detail: str = ""
    """What decided: uids of the calendar's events, or why the override was made."""
    events: int = 0
    """How many events of a calendar put them on duty: with more than one, shifts overlap."""
    unknown: tuple[str, ...] = ()
    """Whom the calendar names and the contacts do not know."""


class Rota(Protocol):
    """Says who is on duty: the same for the same instant, always."""

    @property
    def always(self) -> tuple[str, ...]:
        """Ids of contacts that are told whoever is on duty, such as the channel of the duty desk."""
        ...

    @property
    def feed(self) -> Feed | None:
        """The calendar elsewhere that it follows, if it does."""
        ...

    @property
    def people(self) -> tuple[str, ...]:
        """Ids of all contacts that it may call."""
        ...

    def duty(self, at: datetime) -> Duty:
        """Who is on duty at an instant, and why."""
        ...

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:
        """Every instant after `begin` and before `end` at which somebody else may come on duty, in order."""
        ...
