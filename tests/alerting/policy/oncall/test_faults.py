"""Gaps, overlaps and people who cannot be told are found in the days ahead."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from tests.alerting.policy.oncall.directories import contact, directory_of
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.oncall.calendar_shifts import CalendarShifts
from tocsin_alerting.policy.oncall.calendars import read_calendar
from tocsin_alerting.policy.oncall.faults import RotaFaultKind, labels_of_ladders, rota_faults
from tocsin_alerting.policy.oncall.people import People
from tocsin_alerting.policy.oncall.rota import NoCopy, Override, Shifts, TeamRota
from tocsin_alerting.policy.oncall.rotation import Rotation, Turns
from tocsin_alerting.policy.oncall.timeline import timeline
from tocsin_schemas import Tlp

TOKYO = ZoneInfo("Asia/Tokyo")
BEGIN = datetime(2026, 11, 28, tzinfo=UTC)
END = BEGIN + timedelta(days=10)
SATO = contact("sato")
ITO = contact("ito", named=True)
LEAD = contact("lead", team="lead", clearance=Tlp.RED, named=True)
PEOPLE = People(ids=["jp.sato", "jp.ito"], names=[], mailboxes=[])


def _directory(shifts: Shifts, *overrides: dict[str, Any], team: str = "duty") -> Directory:
    rota = TeamRota(shifts, zone=TOKYO, overrides=tuple(Override.model_validate(each) for each in overrides))
    return directory_of([SATO, ITO, LEAD], {("jp", team): rota})


def _calendar(*events: tuple[str, str, str]) -> CalendarShifts:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, (begin, end, who) in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{number}", "DTSTAMP:20260101T000000Z", f"DTSTART;VALUE=DATE:{begin}"]
        lines += [f"DTEND;VALUE=DATE:{end}", f"SUMMARY:{who}", "END:VEVENT"]
    content = "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()
    return CalendarShifts(read_calendar(content), zone=TOKYO, people=PEOPLE)


def _turns(*members: str, start: str = "2026-01-05") -> Turns:
    rotation = {"members": members, "period": "daily", "handover": {"times": ["09:00"]}, "start": start}
    return Turns(Rotation.model_validate(rotation), TOKYO)


def _found(directory: Directory) -> list[tuple[RotaFaultKind, str, str, str]]:
    return [
        (fault.kind, f"{fault.begin:%dT%H}", f"{fault.end:%dT%H}", fault.what)
        for fault in rota_faults(directory, begin=BEGIN, end=END)
    ]


def test_a_rotation_whose_members_can_be_told_has_no_faults() -> None:
    """Though none of them may be told RED: the ladder has another for it."""
    assert _found(_directory(_turns("jp.sato", "jp.ito"))) == []


def test_gaps_and_overlaps_of_a_calendar() -> None:
    """With their instants; an overlap may be meant, a gap never is."""
    directory = _directory(
        _calendar(
            ("20261120", "20261201", "jp.sato"), ("20261203", "20261206", "jp.ito"), ("20261205", "20270101", "jp.sato")
        )
    )
    faults = rota_faults(directory, begin=BEGIN, end=END)

    assert _found(directory) == [
        (RotaFaultKind.GAP, "30T15", "02T15", ""),
        (RotaFaultKind.OVERLAP, "04T15", "05T15", "jp.ito, jp.sato"),
    ]
    assert [fault.grave for fault in faults] == [True, False]
    assert str(faults[0]) == (
        "rotas (jp duty): gap from 2026-11-30T15:00Z to 2026-12-02T15:00Z. "
        "The whole team would be told. Add a shift or an override."
    )


def test_an_override_fills_a_gap() -> None:
    """As the advice says."""
    directory = _directory(
        _calendar(("20261120", "20261201", "jp.sato"), ("20261203", "20270101", "jp.ito")),
        {"from": "2026-12-01T00:00", "to": "2026-12-03T00:00", "who": "jp.ito"},
    )

    assert _found(directory) == []


def test_whom_nobody_knows_is_named_with_the_event() -> None:
    """Before the shift begins."""
    directory = _directory(_calendar(("20261120", "20261201", "jp.sato"), ("20261201", "20270101", "Tanaka")))

    assert _found(directory) == [
        (RotaFaultKind.UNKNOWN_PERSON, "30T15", "08T00", "Tanaka (event 'Tanaka' of 2026-12-01 (uid 1))")
    ]


def test_before_its_first_turn_a_rotation_is_a_gap() -> None:
    """And a calendar of which there is no copy is one without end."""
    assert _found(_directory(_turns("jp.sato", start="2026-12-01"))) == [
        (RotaFaultKind.GAP, "28T00", "01T00", "2026-12-01")
    ]
    assert _found(_directory(NoCopy("never fetched"))) == [(RotaFaultKind.NO_COPY, "28T00", "08T00", "never fetched")]


def test_while_somebody_stands_in_who_is_not_cleared_a_label_reaches_nobody() -> None:
    """The lead's ladder serves RED, and its stand-in is no named person who may read it."""
    directory = _directory(
        _turns("jp.lead"), {"from": "2026-12-01T00:00", "to": "2026-12-03T00:00", "who": "jp.ito"}, team="lead"
    )

    assert _found(directory) == [
        (RotaFaultKind.LABEL_REACHES_NOBODY, "30T15", "02T15", "TLP:RED ('urgent')"),
    ]


def test_who_may_be_told_nothing_that_the_team_is_called_for_cannot_be_reached() -> None:
    """Here only RED is told, and the person on duty has a mailbox that others read too."""
    shared = contact("desk", clearance=Tlp.RED, named=True, shared=True)
    rota = TeamRota(_turns("jp.desk"), zone=TOKYO)
    directory = directory_of([shared, LEAD], {("jp", "duty"): rota})
    directory.routes = tuple(route.model_copy(update={"tlps": (Tlp.RED,)}) for route in directory.routes)

    assert labels_of_ladders(directory) == {"urgent": frozenset({Tlp.RED})}
    assert _found(directory) == [(RotaFaultKind.CANNOT_BE_REACHED, "28T00", "08T00", "jp.desk")]


def test_a_time_line_has_no_holes() -> None:
    """It begins and ends where it was asked to, and neighbours differ."""
    spans = timeline(TeamRota(_turns("jp.sato", "jp.ito"), zone=TOKYO), BEGIN, END)

    assert (spans[0].begin, spans[-1].end) == (BEGIN, END)
    assert all(one.end == next_.begin and one.duty != next_.duty for one, next_ in pairwise(spans))
    assert len(spans) == 10


def test_the_shipped_rotas_have_no_faults_ahead(directory: Directory) -> None:
    """For half a year."""
    assert rota_faults(directory, begin=BEGIN, end=BEGIN + timedelta(days=180)) == ()
