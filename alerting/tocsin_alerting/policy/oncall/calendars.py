"""An iCalendar file (RFC 5545) as somebody else wrote it: read, and refused where it could not be followed.

What is wrong is found here, when it is read, and named by its event: not in the night when somebody should be told.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import recurring_ical_events
from icalendar import Calendar, Event
from icalendar.prop import vBroken, vDDDTypes, vRecur
from recurring_ical_events import CalendarQuery

_MOST_EVENTS = 5_000
_TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY"})
_FAULTS = (ValueError, LookupError, TypeError, AttributeError, OverflowError)
"""What the calendar libraries raise over what they cannot read."""


class CalendarError(ValueError):
    """A calendar that cannot be followed; the message names the event, what is wrong and the fix."""


def read_calendar(content: bytes) -> CalendarQuery:
    """The events of an iCalendar file, with their recurrences.

    Raises:
        CalendarError: it is none, or one of its events cannot be followed.
    """
    try:
        calendar = Calendar.from_ical(content)
    except _FAULTS as error:
        raise CalendarError(f"is no iCalendar file: {_short(error)}. Export it anew.") from error
    events = [event for event in calendar.walk("VEVENT") if isinstance(event, Event)]
    if len(events) > _MOST_EVENTS:
        raise CalendarError(f"has {len(events)} events, more than {_MOST_EVENTS}. Leave out the years gone by.")
    for event in events:
        _check(event)
    try:
        query = recurring_ical_events.of(calendar)
        # Some faults of a series show only when it is followed.
        for event in events:
            query.at(_first_day(event))
    except _FAULTS as error:
        raise CalendarError(f"cannot be followed: {_short(error)}. Correct the recurrence.") from error
    return query


def name_of(event: Event) -> str:
    """How people find an event: its summary, its first day and its uid."""
    summary = " ".join(str(event.get("SUMMARY", "without a summary")).split())[:80]
    try:
        day = f" of {_first_day(event).isoformat()}"
    except _FAULTS:
        day = ""
    return f"event '{summary}'{day} (uid {event.get('UID', 'none')})"


def _first_day(event: Event) -> date:
    start = event.start
    return start.date() if isinstance(start, datetime) else start


def _check(event: Event) -> None:
    for name, value in event.property_items(recursive=False):
        if isinstance(value, vBroken):
            raise CalendarError(f"{name_of(event)}: its {name} is not readable: {_short(value)}. Correct it.")
        if isinstance(value, vDDDTypes) and "TZID" in value.params and _floats(value.dt):
            # The library takes such a time for a floating one, hours away from what was meant.
            zone = _short(value.params["TZID"])
            raise CalendarError(f"{name_of(event)}: nobody knows its time zone '{zone}'. Use an IANA name.")
    try:
        length = _length(event.start, event.end)
    except _FAULTS as error:
        raise CalendarError(f"{name_of(event)}: its DTSTART or DTEND is not usable: {_short(error)}.") from error
    if length < timedelta(0):
        raise CalendarError(f"{name_of(event)}: ends before it begins. Correct its DTEND.")
    rules = event.get("RRULE", [])
    for rule in [rules] if isinstance(rules, vRecur) else rules:
        if _TOO_OFTEN.intersection(str(each).upper() for each in rule.get("FREQ", [])):
            raise CalendarError(f"{name_of(event)}: recurs by the minute or second. Let it recur by the day.")


def _floats(at: object) -> bool:
    return isinstance(at, datetime) and at.tzinfo is None


def _length(begin: date | datetime, end: date | datetime) -> timedelta:
    if isinstance(begin, datetime) and isinstance(end, datetime):
        if (begin.tzinfo is None) == (end.tzinfo is None):
            return end - begin
        return end.replace(tzinfo=None) - begin.replace(tzinfo=None)
    return date(end.year, end.month, end.day) - date(begin.year, begin.month, begin.day)


def _short(what: object) -> str:
    text = " ".join(str(what).split())
    return text if len(text) <= 200 else f"{text[:199]}…"
