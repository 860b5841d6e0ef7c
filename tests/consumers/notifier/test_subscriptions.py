"""Who subscribes is told from what the store knows of an alert: its domain, its systems, who reports it, from where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Contact, Directory
from tocsin_alerting.store import Store
from tocsin_schemas import Domain, Severity, Status

Notify = Callable[..., Notifier]


def press(**wish: Any) -> Contact:
    """A press office that wishes to know."""
    return Contact.model_validate(
        {
            "id": "fr.press",
            "institute": "fr",
            "name": "Press office",
            "team": "press",
            "clearance": "TLP:AMBER",
            "addresses": [{"channel": "email", "address": "press@fr.example", "shared": True}],
            "subscriptions": [wish],
        }
    )


@pytest.fixture
def mail_of(store: Store, directory: Directory, clock: HandClock) -> Notify:
    """The mail notifier of the shipped network with one more contact."""

    def make(contact: Contact) -> Notifier:
        network = Directory(
            contacts=[*directory.contacts.values(), contact],
            ladders=directory.ladders.values(),
            routes=directory.routes,
            coordinator=directory.coordinator,
            institute_names=directory.institute_names,
            operator_clearance=directory.operator_clearance,
            version=directory.version,
            systems=directory.systems,
            institutes=directory.institutes,
        )
        return Notifier(store=store, directory=network, clock=clock, name=Channel.EMAIL)

    return make


@pytest.mark.parametrize(
    ("wish", "report", "told"),
    [
        ({"severity": "severe"}, {}, True),
        ({"severity": "severe"}, {"severity": Severity.MODERATE}, False),
        ({"domains": ["chemical_biological"]}, {}, True),
        ({"domains": ["cyber"]}, {"domain": Domain.CHEMICAL_BIOLOGICAL}, False),
        ({"systems": ["GPT-4o"]}, {"system": "openai/gpt-4o-2024-08-06"}, True),
        ({"systems": ["GPT-4o"]}, {"system": "claude"}, False),
        ({"institutes": ["jp"]}, {"institute": "jp"}, True),
        ({"institutes": ["jp"]}, {"institute": "kr"}, False),
        ({"regions": ["asia-pacific"]}, {"institute": "jp"}, True),
        ({"regions": ["asia-pacific"]}, {"institute": "gb"}, False),
        ({"severity": "minor"}, {"status": Status.TEST}, False),
        ({"severity": "minor"}, {"status": Status.EXERCISE}, True),
    ],
)
def test_a_subscription_sees_what_the_alert_is_about(
    mail_of: Notify, wish: dict[str, Any], report: dict[str, Any], *, told: bool
) -> None:
    """By any of a system's names; a test of somebody's connection concerns nobody else."""
    mail = mail_of(press(**wish))
    mail.desk.take(assessments.finding(**report))
    mail.hear()

    assert [row.reason for row in mail.rows() if row.contact == "fr.press"] == (["subscribed"] if told else [])


def test_a_subscriber_is_written_to_and_asked_for_nothing(mail_of: Notify) -> None:
    """The mail says why it comes, has no link to answer by, and what changes later is told as well."""
    mail = mail_of(press(severity="severe"))
    mail.desk.take(assessments.finding())
    mail.work()
    mail.desk.take(assessments.retraction("r2", "r1"))
    mail.work()
    first, second = (sent.message for sent in mail.channel.to("press@fr.example"))
    asked = mail.channel.to("duty@fr.example")[0].message

    assert "You asked to be told of alerts like this one." in first.text
    assert "/a/" not in first.text
    assert "/a/" in asked.text
    assert "RETRACTED" in second.subject
