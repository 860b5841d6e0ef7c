"""Who subscribes is told beside the ladder, owes nothing, and hears nothing above its clearance."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tocsin_alerting.policy.directory import Contact, Directory, Ladder, Step
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned, Told
from tocsin_alerting.policy.sending import Due, Fate, Outcome, Sibling, fate_of
from tocsin_alerting.policy.subscriptions import Subject
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, AlertEvent, AlertState, Domain, OecdClass, ReportKind, Severity, Status, Tlp

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
CYBER = Subject(Severity.SEVERE, Domain.CYBER, ("gpt-4o",), ("gb",), ("europe",))


def contact(name: str, **fields: Any) -> Contact:
    """Somebody who is reached by Slack and, failing that, by mail."""
    return Contact.model_validate(
        {
            "id": name,
            "institute": "jp",
            "name": name,
            "team": "press",
            "clearance": "TLP:AMBER",
            "subscriptions": [{"domains": ["cyber"]}],
            "addresses": [
                {"channel": "slack", "address": f"C{name.upper()}", "shared": True, "internal": False},
                {"channel": "email", "address": f"{name}@jp.example", "shared": True},
            ],
            **fields,
        }
    )


def directory(*contacts: Contact) -> Directory:
    """A network whose one ladder calls the desk."""
    return Directory(
        contacts=(contact("desk", team="duty", subscriptions=[]), *contacts),
        ladders=[Ladder(id="urgent", steps=(Step(team="duty", wait=timedelta(hours=1)),))],
        routes=[],
        coordinator="jp",
        institute_names={},
        operator_clearance=Tlp.AMBER,
        version="tests-1",
    )


def event(change: AlertChange = AlertChange.RAISED, **fields: Any) -> AlertEvent:
    """A change of the alert."""
    return AlertEvent.model_validate(
        {
            "alert": "a1",
            "revision": 1 if change is AlertChange.RAISED else 2,
            "change": change,
            "at": NOW,
            "reason": change.value,
            "kind": ReportKind.FINDING,
            "state": AlertState.OPEN,
            "severity": Severity.SEVERE,
            "oecd_class": OecdClass.SERIOUS_HAZARD,
            "status": Status.ACTUAL,
            "tlp": Tlp.GREEN,
            **fields,
        }
    )


FACTS = AlertFacts(Tlp.GREEN, (Concerned("jp", "urgent"),), (), subject=CYBER)


def told_as_subscribers(event: AlertEvent, facts: AlertFacts, network: Directory) -> dict[str, Level]:
    """By address: how much the subscribers among those who are told would be told."""
    plan = plan_notification(event, facts, network)
    return {one.address: one.disclosure for one in plan.deliveries if one.reason is TellingReason.SUBSCRIBED}


def test_a_subscriber_is_told_once_at_the_first_address() -> None:
    """With a reason of its own; the ladder's people are told as ever."""
    network = directory(contact("press"), contact("cats", subscriptions=[{"domains": ["privacy"]}]))
    plan = plan_notification(event(), FACTS, network)

    assert told_as_subscribers(event(), FACTS, network) == {"CPRESS": Level.FULL}
    assert {one.address for one in plan.deliveries if one.reason is TellingReason.RAISED} == {
        "CDESK",
        "desk@jp.example",
    }


def test_no_subscription_opens_what_the_clearance_does_not() -> None:
    """What may not be said is withheld, with the reason; another address is taken where the first may not carry it."""
    outside = contact("press", clearance="TLP:AMBER+STRICT")
    strict = replace(FACTS, tlp=Tlp.AMBER_STRICT)

    assert told_as_subscribers(event(), replace(FACTS, tlp=Tlp.RED), directory(outside)) == {"CPRESS": Level.NOTHING}
    assert told_as_subscribers(event(), strict, directory(outside)) == {"press@jp.example": Level.FULL}


def test_whom_the_ladder_calls_is_not_told_a_second_time() -> None:
    """The desk subscribes to what it is called for anyway; so does somebody who shares its mailbox."""
    network = directory(
        contact("second", team="duty"),
        contact("reader", addresses=[{"channel": "email", "address": "desk@jp.example", "shared": True}]),
    )

    assert told_as_subscribers(event(), FACTS, network) == {}


def test_who_becomes_a_subscriber_by_a_change_is_told_then_and_only_then() -> None:
    """A severity that is raised reaches who asked for severe ones; who knows already hears of the change instead."""
    network = directory(contact("press", subscriptions=[{"severity": "severe"}]))
    minor = replace(FACTS, subject=replace(CYBER, severity=Severity.MINOR))
    told = Told("jp", "press", network.contacts["press"].addresses[0].channel, "CPRESS")
    raised = event(AlertChange.UPDATED, reason="severity_raised")
    again = plan_notification(raised, replace(FACTS, told=(told,)), network)

    assert told_as_subscribers(event(), minor, network) == {}
    assert told_as_subscribers(raised, FACTS, network) == {"CPRESS": Level.FULL}
    assert {(one.kind, one.reason) for one in again.deliveries if one.address == "CPRESS"} == {
        (DeliveryKind.EDIT, TellingReason.UPDATED),
        (DeliveryKind.REPLY, TellingReason.UPDATED),
    }


def test_nobody_is_told_of_what_cannot_be_subscribed_to() -> None:
    """Without a subject, as for guidance and tests, there are no subscribers."""
    assert told_as_subscribers(event(), replace(FACTS, subject=None), directory(contact("press"))) == {}


DUE = Due("d2", 1, DeliveryKind.MESSAGE, TellingReason.SUBSCRIBED, 1, AlertState.OPEN, 1, answered=True)
LATER = Sibling("d3", 2, DeliveryKind.MESSAGE, TellingReason.UPDATED, Outcome.PENDING, None, None)


def test_a_subscribers_first_message_waits_for_no_other_and_stays_when_all_is_answered() -> None:
    """It asks for nothing, so no answer makes it pointless; a retraction does."""
    assert fate_of(DUE, [LATER], previews=False) == Fate()
    assert fate_of(replace(DUE, alert_state=AlertState.RESOLVED), [], previews=False) == Fate()
    assert fate_of(replace(DUE, alert_state=AlertState.RETRACTED), [], previews=False).drop == "alert_closed"


@pytest.mark.parametrize(("outcome", "drop"), [(Outcome.SENT, None), (Outcome.PENDING, "not_told_before")])
def test_a_follow_up_never_takes_the_place_of_the_first_message(outcome: Outcome, drop: str | None) -> None:
    """The update says what changed, not what it is about: the first message is not dropped in its favour."""
    first = Sibling("d2", 1, DeliveryKind.MESSAGE, TellingReason.SUBSCRIBED, outcome, None, None)
    update = Due("d3", 2, DeliveryKind.MESSAGE, TellingReason.UPDATED, 1, AlertState.OPEN, 1, answered=False)
    fate = fate_of(update, [first, LATER], previews=False)

    assert fate.drop == drop
    assert fate.drops == ()
