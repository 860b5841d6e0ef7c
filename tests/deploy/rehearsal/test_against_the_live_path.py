"""A rehearsal says what then happens: the same alert, taken by a desk and planned by notifiers, tells the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Channels, Directory
from tocsin_alerting.store import Store, open_store
from tocsin_alerting.store.deadlines import pass_deadlines
from tocsin_alerting.store.schema import upgrade
from tocsin_alerting.store.tables import ResponseRow
from tocsin_alerting.store.tables_answering import QuorumRow
from tocsin_deploy.rehearsal import RehearsedAlert, rehearse
from tocsin_schemas import Assessment, Domain, Severity, Status, Tlp

Line = tuple[datetime, str, str, str, str, str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    url = f"sqlite:///{tmp_path / 'tocsin.db'}"
    upgrade(url)
    opened = open_store(url)
    yield opened
    opened.close()


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
                if row.kind != "edit":
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
                )
                if at is not None
            ]
        if not due:
            return set(planned.values())
        clock.advance(min(due) - clock())
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
