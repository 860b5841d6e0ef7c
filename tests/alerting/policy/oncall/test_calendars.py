"""Calendars are followed as their authors meant them; what cannot be followed is named with its event."""

from datetime import UTC, datetime, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerting.policy.oncall.clocks import CHANGES, MEMBERS
from tocsin_alerting.policy.oncall.calendar_shifts import CalendarShifts
from tocsin_alerting.policy.oncall.calendars import CalendarError, read_calendar
from tocsin_alerting.policy.oncall.duty import DutyReason
from tocsin_alerting.policy.oncall.people import People

PARIS = ZoneInfo("Europe/Paris")
PEOPLE = People(
    ids=["fr.anne", "fr.bruno", "fr.claire", "fr.desk"],
    names=[("Anne", "fr.anne"), ("Bruno le Grand", "fr.bruno"), ("Twin", "fr.claire"), ("Twin", "fr.desk")],
    mailboxes=[("anne@fr.example", "fr.anne"), ("bruno@fr.example", "fr.bruno"), ("desk@fr.example", "fr.desk")],
)
_DAY = timedelta(days=1)


def _event(uid: str, *lines: str) -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20260101T000000Z", *lines, "END:VEVENT"]


def _calendar(*events: list[str], head: tuple[str, ...] = ()) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN", *head, *chain(*events), "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def _shifts(*events: list[str], zone: ZoneInfo = PARIS, head: tuple[str, ...] = ()) -> CalendarShifts:
    return CalendarShifts(read_calendar(_calendar(*events, head=head)), zone=zone, people=PEOPLE)


def _who(shifts: CalendarShifts, wall: str, zone: ZoneInfo = PARIS) -> tuple[str, ...]:
    return shifts.duty(datetime.fromisoformat(wall).replace(tzinfo=zone)).holders


WEEKS = _event(
    "weeks",
    "DTSTART;TZID=Europe/Paris:20261012T090000",
    "DTEND;TZID=Europe/Paris:20261019T090000",
    "RRULE:FREQ=WEEKLY;UNTIL=20270101T000000Z",
    "EXDATE;TZID=Europe/Paris:20261109T090000",
    "SUMMARY:fr.anne",
)


def test_a_series_hands_over_by_the_wall_clock_across_a_change_of_clocks() -> None:
    """On 26 October 2026, the day after clocks were set back, it is still nine o'clock in Paris."""
    shifts = _shifts(WEEKS)
    handovers = shifts.changes(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC))

    assert handovers == (datetime(2026, 10, 26, 8, 0, tzinfo=UTC), datetime(2026, 11, 2, 8, 0, tzinfo=UTC))
    assert shifts.duty(handovers[0]).reason is DutyReason.CALENDAR_EVENT
    assert shifts.duty(handovers[0]).detail == "weeks"


def test_what_a_series_leaves_out_is_a_gap() -> None:
    """EXDATE takes one shift out of it."""
    shifts = _shifts(WEEKS)
    gap = shifts.duty(datetime(2026, 11, 10, tzinfo=UTC))

    assert _who(shifts, "2026-11-09T08:59:59") == ("fr.anne",)
    assert (gap.holders, gap.reason) == ((), DutyReason.NOBODY)
    assert _who(shifts, "2026-11-16T09:00") == ("fr.anne",)


def test_one_shift_of_a_series_can_be_moved_and_handed_to_another() -> None:
    """RECURRENCE-ID names which."""
    moved = _event(
        "weeks",
        "RECURRENCE-ID;TZID=Europe/Paris:20261019T090000",
        "DTSTART;TZID=Europe/Paris:20261019T120000",
        "DTEND;TZID=Europe/Paris:20261026T090000",
        "SUMMARY:Bruno le Grand",
    )
    shifts = _shifts(WEEKS, moved)

    assert _who(shifts, "2026-10-19T10:00") == ()
    assert _who(shifts, "2026-10-19T12:00") == ("fr.bruno",)
    assert _who(shifts, "2026-10-26T09:00") == ("fr.anne",)


def test_all_day_events_are_days_of_the_rotas_zone() -> None:
    """From midnight to midnight there, wherever else it is which day."""
    event = _event("day", "DTSTART;VALUE=DATE:20261025", "SUMMARY:anne")
    shifts = _shifts(event)

    assert shifts.changes(datetime(2026, 10, 20, tzinfo=UTC), datetime(2026, 10, 30, tzinfo=UTC)) == (
        datetime(2026, 10, 24, 22, 0, tzinfo=UTC),
        datetime(2026, 10, 25, 23, 0, tzinfo=UTC),
    )


def test_floating_times_are_of_the_rotas_zone_unless_the_calendar_names_its_own() -> None:
    """The same lines, in three places."""
    event = _event("float", "DTSTART:20261128T090000", "DURATION:PT8H", "SUMMARY:anne")
    tokyo = ZoneInfo("Asia/Tokyo")

    assert _who(_shifts(event), "2026-11-28T09:00") == ("fr.anne",)
    assert _who(_shifts(event, zone=tokyo), "2026-11-28T09:00", tokyo) == ("fr.anne",)
    assert _who(_shifts(event, zone=tokyo), "2026-11-28T09:00") == ()
    assert _who(_shifts(event, zone=tokyo, head=("X-WR-TIMEZONE:Europe/Paris",)), "2026-11-28T09:00") == ("fr.anne",)


@pytest.mark.parametrize(
    ("lines", "holders"),
    [
        (["SUMMARY:On call", "ATTENDEE;CN=Anne:mailto:ANNE@fr.example"], ("fr.anne",)),
        (
            ["SUMMARY:On call", "ATTENDEE:MAILTO:anne@fr.example", "ATTENDEE:mailto:bruno@fr.example"],
            ("fr.anne", "fr.bruno"),
        ),
        (
            ["SUMMARY:On call", "ATTENDEE;PARTSTAT=DECLINED:mailto:anne@fr.example", "ATTENDEE:mailto:desk@fr.example"],
            ("fr.desk",),
        ),
        (["SUMMARY:fr.bruno", "ATTENDEE:mailto:room7@fr.example"], ("fr.bruno",)),
        (["SUMMARY:  FR.Bruno "], ("fr.bruno",)),
        (["SUMMARY:bruno  le grand"], ("fr.bruno",)),
        (["SUMMARY:anne", "STATUS:CANCELLED"], ()),
        (["SUMMARY:anne", "TRANSP:TRANSPARENT"], ()),
    ],
)
def test_whom_an_event_means(lines: list[str], holders: tuple[str, ...]) -> None:
    """Attendees by mail address who have not declined, or else the summary: a contact's id or name."""
    shifts = _shifts(_event("one", "DTSTART:20261128T090000Z", "DTEND:20261128T170000Z", *lines))

    assert shifts.duty(datetime(2026, 11, 28, 12, tzinfo=UTC)).holders == holders


@pytest.mark.parametrize("summary", ["Dominique", "Twin", ""])
def test_who_is_unknown_is_named_with_the_event(summary: str) -> None:
    """As is who could be two."""
    event = _event("who-7", "DTSTART:20261128T090000Z", "DTEND:20261128T170000Z", f"SUMMARY:{summary}")
    duty = _shifts(event).duty(datetime(2026, 11, 28, 12, tzinfo=UTC))

    assert (duty.holders, duty.reason) == ((), DutyReason.UNKNOWN_PERSON)
    assert duty.detail == f"event '{summary}' of 2026-11-28 (uid who-7)"


def test_who_shares_a_shift_with_somebody_unknown_has_it() -> None:
    """The shift is not lost over the other."""
    event = _event(
        "two",
        "DTSTART:20261128T090000Z",
        "DTEND:20261128T170000Z",
        "ATTENDEE:mailto:anne@fr.example",
        "ATTENDEE:mailto:gone@fr.example",
    )
    (shift,) = _shifts(event).shifts(datetime(2026, 11, 28, tzinfo=UTC), datetime(2026, 11, 29, tzinfo=UTC))

    assert (shift.holders, shift.unknown) == (("fr.anne",), ("gone@fr.example",))


@pytest.mark.parametrize(("institute", "at", "by"), CHANGES)
def test_shifts_that_meet_on_paper_meet_in_time(institute: str, at: datetime, by: timedelta) -> None:
    """Also where they meet at a time that comes twice or never, on every such day of every member's zone."""
    zone = ZoneInfo(MEMBERS[institute])
    before = at.astimezone(zone) if by < timedelta(0) else (at - timedelta(minutes=1)).astimezone(zone)
    wall = (before.replace(tzinfo=None) + timedelta(minutes=30)).replace(second=0)
    meet, early, late = (each.strftime("%Y%m%dT%H%M%S") for each in (wall, wall - 2 * _DAY, wall + 2 * _DAY))
    shifts = _shifts(
        _event("a", f"DTSTART:{early}", f"DTEND:{meet}", "SUMMARY:anne"),
        _event("b", f"DTSTART;TZID={zone.key}:{meet}", f"DTEND;TZID={zone.key}:{late}", "SUMMARY:fr.bruno"),
        zone=zone,
    )
    (handover,) = shifts.changes(at - _DAY, at + _DAY)

    assert handover == (at + by + timedelta(minutes=30) if by < timedelta(0) else at)
    assert shifts.duty(handover - timedelta(seconds=1)).holders == ("fr.anne",)
    assert shifts.duty(handover).holders == ("fr.bruno",)


@given(
    st.integers(1, 14),
    st.integers(1, 400),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1)),  # noqa: DTZ001
)
def test_a_shift_is_found_in_whatever_days_are_asked_about(every: int, hours: int, at: datetime) -> None:
    """Long shifts reach over the edges of what is looked up at a time."""
    shifts = _shifts(
        _event(
            "s",
            "DTSTART:20260105T090000Z",
            f"DURATION:PT{hours}H",
            f"RRULE:FREQ=DAILY;INTERVAL={every}",
            "SUMMARY:anne",
        )
    )
    since = at - datetime(2026, 1, 5, 9, 0)  # noqa: DTZ001 - all in UTC
    newest = since // timedelta(days=every) if since >= timedelta(0) else None
    covered = newest is not None and since - newest * timedelta(days=every) < timedelta(hours=hours)

    assert bool(shifts.duty(at.replace(tzinfo=UTC)).holders) is covered


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"hello", "is no iCalendar file"),
        (b"", "is no iCalendar file"),
        (b"\xff\xfe\x00", "is no iCalendar file"),
        (_calendar(_event("x", "DTSTART:2026", "SUMMARY:anne")), "event 'anne' .uid x.: its DTSTART is not readable"),
        (_calendar(_event("x", "SUMMARY:anne")), "event 'anne' .uid x.: its DTSTART or DTEND"),
        (
            _calendar(_event("x", "DTSTART;TZID=Mars/Base:20261128T090000", "DTEND:20261129T090000Z", "SUMMARY:anne")),
            "Mars/Base",
        ),
        (
            _calendar(_event("x", "DTSTART:20261128T090000Z", "DTEND:20261127T090000Z", "SUMMARY:anne")),
            "event 'anne' of 2026-11-28 .uid x.: ends before it begins",
        ),
        (
            _calendar(_event("x", "DTSTART:20261128T090000Z", "RRULE:FREQ=SECONDLY", "SUMMARY:anne")),
            "recurs by the minute or second",
        ),
        (
            _calendar(_event("x", "DTSTART:20261128T090000Z", "RRULE:FREQ=SOMETIMES", "SUMMARY:anne")),
            "its RRULE is not readable",
        ),
        (_calendar(*(_event(str(n), "DTSTART:20261128T090000Z") for n in range(5001))), "5001 events"),
    ],
    ids=range(10),
)
def test_a_calendar_that_cannot_be_followed_is_refused_when_it_is_read(content: bytes, said: str) -> None:
    """With the event and what is wrong, not with a traceback in the night."""
    with pytest.raises(CalendarError, match=said):
        read_calendar(content)
