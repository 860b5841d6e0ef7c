"""A rehearsal says what then happens: the same alert, taken by a desk and planned by notifiers, tells the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Channels, Directory
from tocsin_alerting.policy.local_time import Weekday
from tocsin_alerting.policy.muting.rules import MutingPolicy
from tocsin_alerting.policy.telling import TellingReason
from tocsin_alerting.store import Store
from tocsin_alerting.store.deadlines import pass_deadlines
from tocsin_alerting.store.tables import ResponseRow
from tocsin_alerting.store.tables_answering import QuorumRow
from tocsin_alerting.store.tables_muting import MutingRow
from tocsin_alerting.store.unmuting import settle_due
from tocsin_deploy.rehearsal import NotToldReason, RehearsedAlert, rehearse
from tocsin_schemas import Assessment, Domain, Severity, Status, System, Tlp

_WINDOW_CLOSES = select(func.min(MutingRow.until, type_=MutingRow.until.type)).where(MutingRow.ended_at.is_(None))
Line = tuple[datetime, str, str, str, str, str]


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """An empty store."""
    return sqlite_store


def lived_through(assessment: Assessment, store: Store, directory: Directory, clock: HandClock) -> set[Line]:
    """Whom the live path plans to tell, if the hours pass and nobody answers."""
    notifiers = [Notifier(store=store, directory=directory, clock=clock, name=channel) for channel in Channel]
    desk = notifiers[0].desk
    desk.take(assessment)
    planned: dict[str, Line] = {}
    while True:
        for notifier in notifiers:
            notifier.hear()
            for row in notifier.rows(outcome="pending"):
                # Bulletins, such as that a window hides something, are told to administrators and not of the alert.
                if row.kind != "edit" and row.alert_id is not None:
                    at = row.next_attempt_at or row.created_at
                    line = (at, row.contact, row.channel, row.address, row.reason, row.disclosure)
                    planned.setdefault(row.id, line)
            notifier.send()
        with store.read() as session:
            due = [
                at
                for at in (
                    session.scalar(select(func.min(ResponseRow.next_step_at, type_=ResponseRow.next_step_at.type))),
                    session.scalar(select(func.min(QuorumRow.next_at, type_=QuorumRow.next_at.type))),
                    session.scalar(
                        select(func.min(MutingRow.until, type_=MutingRow.until.type)).where(
                            MutingRow.ended_at.is_(None)
                        )
                    ),
                )
                if at is not None
            ]
        if not due:
            return set(planned.values())
        clock.advance(max(min(due) - clock(), timedelta(0)))
        settle_due(store, directory=directory, now=clock())
        desk.escalate()
        pass_deadlines(store, now=clock())


@pytest.mark.parametrize(
    "assessment",
    [
        assessments.finding(severity=Severity.SEVERE, tlp=Tlp.GREEN, domain=Domain.LOSS_OF_CONTROL),
        assessments.finding(severity=Severity.MODERATE, tlp=Tlp.GREEN, domain=Domain.MANIPULATION),
        assessments.finding(severity=Severity.MODERATE, tlp=Tlp.GREEN, domain=Domain.PRIVACY),
        assessments.finding(severity=Severity.MODERATE, tlp=Tlp.AMBER_STRICT),
        assessments.finding(severity=Severity.SEVERE, tlp=Tlp.RED),
        assessments.finding(severity=Severity.MINOR, tlp=Tlp.CLEAR, institute="au"),
        assessments.finding(severity=Severity.UNCLASSIFIED, tlp=Tlp.AMBER, institute="ke", domain=None),
        assessments.finding(severity=Severity.SEVERE, status=Status.TEST, institute="sg"),
        assessments.incident(severity=Severity.CRITICAL, status=Status.EXERCISE, tlp=Tlp.GREEN, institute="kr"),
    ],
    ids=["severe", "quiet", "digest", "strict", "red", "minor", "unclassified", "test", "exercise"],
)
def test_what_is_rehearsed_is_what_happens(assessment: Assessment, store: Store, directory: Directory) -> None:
    """The same contacts at the same addresses, at the same instants, for the same reasons, and told as much."""
    clock = HandClock(datetime(2026, 11, 28, 20, 0, tzinfo=UTC))
    rehearsal = rehearse(RehearsedAlert.of(assessment), directory, at=clock() + timedelta(seconds=1))
    rehearsed = {
        (told.at, told.contact, told.channel.value, told.address, told.reason.value, told.says.value)
        for told in rehearsal.told
    }

    assert rehearsed == lived_through(assessment, store, directory, clock)
    assert rehearsed


def _left_in_peace(directory: Directory, *windows: dict[str, Any]) -> Directory:
    """The same network with maintenance windows, of which each is open every day."""
    common = {"match": {"systems": ["example-*"]}, "reason": "it is being served", "days": list(Weekday), "zone": "UTC"}
    return Directory(
        contacts=directory.contacts.values(),
        ladders=directory.ladders.values(),
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version=directory.version,
        institutes=directory.institutes,
        quorums=directory.quorums,
        muting=MutingPolicy.model_validate({"maintenance": [{**common, **window} for window in windows]}),
    )


_EVENING = {"id": "evening", "start": "19:00", "length": "PT3H"}


_TWO = [_EVENING, {"id": "after", "start": "21:30", "length": "PT2H", "institute": "kr"}]


@pytest.mark.parametrize(
    ("windows", "severity"),
    [
        ([_EVENING], Severity.MODERATE),
        ([_EVENING], Severity.SEVERE),
        ([_EVENING], Severity.CRITICAL),
        ([_EVENING | {"institute": "fr"}], Severity.MODERATE),
        # Open when a later step falls due.
        ([{"id": "later", "start": "20:20", "length": "PT30M", "institute": "jp"}], Severity.SEVERE),
        (_TWO, Severity.MODERATE),
        (_TWO, Severity.SEVERE),
        ([_EVENING | {"match": {"contacts": ["sg.duty"]}, "institute": "sg"}], Severity.SEVERE),
        ([_EVENING | {"match": {"severity_at_most": "minor"}}], Severity.MODERATE),
    ],
    ids=["all", "all-severe", "too-grave", "fr", "later", "two", "two-severe", "contact", "not-meant"],
)
def test_what_windows_keep_back_is_rehearsed_as_it_happens(
    windows: list[dict[str, Any]], severity: Severity, store: Store, directory: Directory
) -> None:
    """Whom they leave in peace, when those are told instead, and when their ladders go on."""
    network = _left_in_peace(directory, *windows)
    clock = HandClock(datetime(2026, 11, 28, 20, 0, tzinfo=UTC))
    report = (
        assessments.incident(severity=severity, tlp=Tlp.GREEN, systems=(System(name="example-model-4"),))
        if severity is Severity.CRITICAL
        else assessments.finding(severity=severity, tlp=Tlp.GREEN)
    )
    rehearsal = rehearse(RehearsedAlert.of(report), network, at=clock() + timedelta(seconds=1))
    rehearsed = {
        (told.at, told.contact, told.channel.value, told.address, told.reason.value, told.says.value)
        for told in rehearsal.told
    }

    assert rehearsed == lived_through(report, store, network, clock)
    assert rehearsed


def test_a_window_that_keeps_somebody_waiting_is_named(directory: Directory) -> None:
    """The message at its end says by which window it was kept back, and of which step it is."""
    network = _left_in_peace(directory, _EVENING | {"institute": "fr"})
    alert = RehearsedAlert.of(assessments.finding(severity=Severity.MODERATE, tlp=Tlp.GREEN))
    at = datetime(2026, 11, 28, 20, 0, tzinfo=UTC)
    rehearsal = rehearse(alert, network, at=at)
    french = [told for told in rehearsal.told if told.contact == "fr.duty" and told.step == 1]

    assert {(told.at, told.kept_by, told.reason) for told in french} == {
        (at + timedelta(hours=2), "evening", TellingReason.SILENCE_ENDED)
    }
    assert all(told.kept_by is None for told in rehearsal.told if told.institute != "fr")


def test_windows_without_end_are_a_reason_not_to_be_told(directory: Directory) -> None:
    """One after the other, day and night: nobody of that institute ever hears of it, and the rehearsal says so."""
    network = _left_in_peace(directory, {"id": "always", "start": "00:00", "length": "PT24H", "institute": "fr"})
    alert = RehearsedAlert.of(assessments.finding(severity=Severity.MODERATE, tlp=Tlp.GREEN))
    rehearsal = rehearse(alert, network, at=datetime(2026, 11, 28, 20, 0, tzinfo=UTC))
    rest = {one.reason for one in rehearsal.not_told if one.contact == "fr.duty"}

    assert "fr" not in {told.institute for told in rehearsal.told}
    assert rest == {NotToldReason.KEPT_BACK}
    assert "always" in next(one.detail for one in rehearsal.not_told if one.contact == "fr.duty")


def test_everybody_else_has_a_reason(directory: Directory) -> None:
    """Each address of each contact is either told or says why not, whatever the alert; never both."""
    everywhere = {
        (at.channel, at.address, contact.id) for contact in directory.contacts.values() for at in contact.addresses
    }
    for severity in Severity:
        for tlp in Tlp:
            report = assessments.finding(severity=min(severity, Severity.SEVERE, key=lambda one: one.rank), tlp=tlp)
            rehearsal = rehearse(RehearsedAlert.of(report), directory, at=datetime(2026, 11, 28, tzinfo=UTC))
            told = {(one.channel, one.address, one.contact) for one in rehearsal.told}
            rest = {(one.channel, one.address, one.contact) for one in rehearsal.not_told}

            assert told | rest == everywhere
            assert not told & rest
            assert all(one.detail for one in rehearsal.not_told)


def test_an_address_that_stands_by_is_said_to(directory: Directory) -> None:
    """Where a ladder tells by one channel after the other, the second is told only if the first fails."""
    patient = [
        ladder.model_copy(
            update={"steps": tuple(step.model_copy(update={"channels": Channels.FIRST}) for step in ladder.steps)}
        )
        for ladder in directory.ladders.values()
    ]
    network = Directory(
        contacts=directory.contacts.values(),
        ladders=patient,
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version=directory.version,
        institutes=directory.institutes,
    )
    alert = RehearsedAlert.of(assessments.finding(severity=Severity.SEVERE, tlp=Tlp.GREEN))
    rehearsal = rehearse(alert, network, at=datetime(2026, 11, 28, tzinfo=UTC))
    desk = [(told.channel, told.stands_by) for told in rehearsal.told if told.contact == "jp.duty"]

    assert desk == [(Channel.SLACK, False), (Channel.EMAIL, True)]
