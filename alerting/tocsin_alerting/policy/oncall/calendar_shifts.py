"""Shifts by a calendar: who is on duty is who its events of the instant name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event
from recurring_ical_events import CalendarQuery

from tocsin_alerting.policy.local_time import instant_of
from tocsin_alerting.policy.oncall.calendars import name_of
from tocsin_alerting.policy.oncall.duty import Duty, DutyReason
from tocsin_alerting.policy.oncall.people import People

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WINDOW = timedelta(days=28)
_MARGIN = timedelta(days=2)
"""Floating times are some hours off until the rota's zone is applied."""
_MAILTO = "mailto:"


@dataclass(frozen=True, slots=True)
class Shift:
    """One occurrence of an event."""

    begin: datetime
    end: datetime
    holders: tuple[str, ...]
    """Ids of contacts."""
    unknown: tuple[str, ...]
    """Whom the event names and the contacts do not know."""
    uid: str
    event: str
    """How people find it in their calendar."""


class CalendarShifts:
    """The shifts of a calendar, in the rota's zone."""

    def __init__(self, calendar: CalendarQuery, *, zone: ZoneInfo, people: People) -> None:
        self._calendar = calendar
        self._zone = zone
        self._people = people
        # Expanding recurrences takes milliseconds, and a storm asks thousands of times about the same days.
        self._windows: dict[int, tuple[Shift, ...]] = {}

    @property
    def people(self) -> tuple[str, ...]:
        """Nobody: whom a calendar may name ahead has no end. The team itself is told in a gap."""
        return ()

    def duty(self, at: datetime) -> Duty:
        """Whom the events of an instant name; several share the duty."""
        shifts = [shift for shift in self._around(at) if shift.begin <= at < shift.end]
        holders = tuple(dict.fromkeys(holder for shift in shifts for holder in shift.holders))
        unknown = tuple(f"{each} ({shift.event})" for shift in shifts for each in shift.unknown)
        if holders:
            uids = ", ".join(sorted({shift.uid for shift in shifts}))
            return Duty(holders, DutyReason.CALENDAR_EVENT, uids, events=len(shifts), unknown=unknown)
        if shifts:
            detail = "; ".join(shift.event for shift in shifts)
            return Duty((), DutyReason.UNKNOWN_PERSON, detail, events=len(shifts), unknown=unknown)
        return Duty((), DutyReason.NOBODY)

    def changes(self, begin: datetime, end: datetime) -> tuple[datetime, ...]:
        """Every beginning and end of an event."""
        edges = {edge for shift in self.shifts(begin, end) for edge in (shift.begin, shift.end)}
        return tuple(sorted(edge for edge in edges if begin < edge < end))

    def shifts(self, begin: datetime, end: datetime) -> tuple[Shift, ...]:
        """All shifts that lie at least partly between two instants, in order."""
        found = {
            shift
            for number in range(_window(begin), _window(end) + 1)
            for shift in self._expanded(number)
            if shift.begin < end and begin < shift.end
        }
        return tuple(sorted(found, key=lambda shift: (shift.begin, shift.end, shift.uid)))

    def _around(self, at: datetime) -> tuple[Shift, ...]:
        return self._expanded(_window(at))

    def _expanded(self, number: int) -> tuple[Shift, ...]:
        if number not in self._windows:
            begin = _EPOCH + number * _WINDOW
            self._windows[number] = tuple(self._between(begin - _MARGIN, begin + _WINDOW + _MARGIN))
        return self._windows[number]

    def _between(self, begin: datetime, end: datetime) -> Iterator[Shift]:
        for event in self._calendar.between(begin, end):
            if _counts(event):
                yield self._shift(event)

    def _shift(self, event: Event) -> Shift:
        holders, unknown = self._named(event)
        return Shift(
            begin=self._instant(event.start),
            end=self._instant(event.end),
            holders=holders,
            unknown=unknown,
            uid=str(event.get("UID", "none")),
            event=name_of(event),
        )

    def _instant(self, at: date | datetime) -> datetime:
        """All-day events are days of the rota's zone, floating times its wall clock."""
        if not isinstance(at, datetime):
            return instant_of(datetime.combine(at, time()), self._zone)
        if at.tzinfo is None:
            return instant_of(at, self._zone)
        if isinstance(at.tzinfo, ZoneInfo) and at.fold == 0:
            return instant_of(at, at.tzinfo)
        return at.astimezone(UTC)

    def _named(self, event: Event) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Who is on duty by an event, and whom it names in vain."""
        attendees = event.get("ATTENDEE", [])
        attendees = attendees if isinstance(attendees, list) else [attendees]
        mails = [str(each) for each in attendees if str(each.params.get("PARTSTAT", "")).upper() != "DECLINED"]
        mails = [mail[len(_MAILTO) :] for mail in mails if mail.casefold().startswith(_MAILTO)]
        found = {mail: self._people.by_mail(mail) for mail in mails}
        if not any(found.values()):
            summary = str(event.get("SUMMARY", ""))
            by_summary = self._people.by_words(summary)
            if by_summary is not None:
                return (by_summary,), ()
            if not mails:
                return (), (summary or "nobody",)
        known = tuple(dict.fromkeys(contact for contact in found.values() if contact is not None))
        return known, tuple(mail for mail, contact in found.items() if contact is None)


def _window(at: datetime) -> int:
    return (at - _EPOCH) // _WINDOW


def _counts(event: Event) -> bool:
    """Cancelled events and such that leave the time free are no shifts."""
    return str(event.get("STATUS", "")).upper() != "CANCELLED" and str(event.get("TRANSP", "")).upper() != "TRANSPARENT"
