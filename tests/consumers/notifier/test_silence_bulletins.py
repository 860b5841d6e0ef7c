"""People learn that a silence begins and ends, and what it keeps from them that is grave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.alerting.assessments import finding
from tests.consumers.notifier.rig import Notifier
from tests.consumers.notifier.test_muting import HOUR, silence
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.muting.hiding import Hiding, hiding
from tocsin_alerting.store import Store
from tocsin_alerting.store.silence_bulletins import tell_silences
from tocsin_schemas import Severity, Status, Tlp


def _tell(notifier: Notifier) -> int:
    """The desk's timer ticks, and what it posted is sent."""
    told = tell_silences(notifier.store, directory=notifier.desk.directory, now=notifier.clock())
    notifier.send()
    return told


def _said(notifier: Notifier, address: str = "U0AULEAD") -> list[str]:
    return [sent.message.text for sent in notifier.channel.taken if sent.address == address]


def test_administrators_learn_that_a_silence_begins_and_is_over_once(slack: Notifier) -> None:
    """By whom, until when and why; those of other institutes are not bothered."""
    silence(slack)
    begun, again = _tell(slack), _tell(slack)
    slack.clock.advance(HOUR)
    over = _tell(slack)
    first, last = _said(slack)

    assert (begun, again, over) == (1, 0, 1)
    assert "A silence has begun" in first
    assert "the model is being taken down" in str(slack.channel.taken[0].message.blocks)
    assert "Head of evaluations (AU)" in first
    assert "A silence is over" in last
    assert "While it lasted 0 alerts were kept back." in last
    assert {sent.address for sent in slack.channel.taken} == {"U0AULEAD"}


@pytest.mark.parametrize(
    ("by", "said"), [("operator", "an operator of the network"), ("institute:fr", "a system of {institute}")]
)
def test_who_has_no_name_is_told_by_role(slack: Notifier, by: str, said: str) -> None:
    """An operator, or an institute's system, never the id under which it is recorded."""
    silence(slack, by=by)
    _tell(slack)
    told = str(slack.channel.taken[0].message.blocks)

    assert said.format(institute=slack.desk.directory.institute_name("fr")) in told
    assert by not in told.replace(said, "")


def test_a_silence_for_all_is_told_to_all_administrators(slack: Notifier) -> None:
    """It is their people who are not called."""
    silence(slack, institute=None)
    _tell(slack)

    directory = slack.desk.directory
    told = {contact.institute for contact in directory.contacts.values() for at in contact.addresses}
    addresses = {sent.address for sent in slack.channel.taken}
    reached = {each.institute for address in addresses for each, _ in directory.readers("slack", address)}
    assert reached == told == set(directory.institute_names)
    assert "everybody in the network" in _said(slack)[0]


def test_what_is_severe_is_told_to_those_who_look_after_the_silence(slack: Notifier, email: Notifier) -> None:
    """With its severity, its id and the way to it, and nothing of its text; once, however many channels plan it."""
    silence(slack)
    alert = slack.desk.take(finding()).alert_id
    for notifier in (slack, email, slack):
        notifier.work()
    (said,) = _said(slack)

    assert "A silence keeps back an alert: severe" in said
    assert f"https://tocsin.example/alerts/{alert}" in str(slack.channel.taken)
    assert "What was found" not in str([sent.message for sent in slack.channel.taken if sent.address == "U0AULEAD"])


def test_what_may_not_be_known_at_an_address_is_not_told_there_as_something_red(
    store: Store, directory: Directory, clock: HandClock
) -> None:
    """A label that stays in the house is none of an address outside, however much its reader may know elsewhere."""
    lead = directory.contacts["au.lead"]
    address = lead.addresses[1].model_copy(update={"internal": False})
    outside = lead.model_copy(update={"addresses": (address,)})
    network = Directory(
        contacts=[outside if each.id == lead.id else each for each in directory.contacts.values()],
        ladders=directory.ladders.values(),
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version=directory.version,
        institutes=directory.institutes,
    )
    email = Notifier(store=store, directory=network, clock=clock, name=Channel.EMAIL)
    silence(email)
    alert = email.desk.take(finding(tlp=Tlp.AMBER_STRICT)).alert_id
    email.work()
    told = [row for row in email.rows(contact="au.lead") if row.bulletin_id is not None]

    assert [(row.outcome, row.outcome_reason) for row in told] == [
        ("withheld", "strict_never_outside_the_organisation")
    ]
    assert str(alert) not in str([sent.message for sent in email.channel.taken if sent.address == told[0].address])


def test_what_is_mild_is_not_told_until_it_is_graver_than_all_before(slack: Notifier) -> None:
    """A second moderate alert is nothing new."""
    silence(slack, systems=("model-?",))
    for name, severity in (("a", Severity.MINOR), ("b", Severity.MODERATE), ("c", Severity.MODERATE)):
        slack.desk.take(finding(name, system=f"model-{name}", severity=severity))
        slack.work()
        slack.clock.advance(timedelta(seconds=2))

    assert len(_said(slack)) == 1
    assert "It is graver than all that the silence has kept back before." in str(slack.channel.taken)


@pytest.mark.parametrize(
    ("severity", "status", "gravest", "why"),
    [
        (Severity.SEVERE, Status.ACTUAL, Severity.SEVERE, Hiding.SEVERE),
        (Severity.SEVERE, Status.EXERCISE, None, Hiding.NOT_MEANT),
        (Severity.MODERATE, Status.ACTUAL, None, Hiding.GRAVEST_SO_FAR),
        (Severity.MODERATE, Status.ACTUAL, Severity.NEGLIGIBLE, Hiding.GRAVEST_SO_FAR),
        (Severity.MODERATE, Status.ACTUAL, Severity.MODERATE, Hiding.NOTHING_NEW),
        (Severity.MINOR, Status.ACTUAL, None, Hiding.NOTHING_NEW),
        (Severity.UNCLASSIFIED, Status.ACTUAL, None, Hiding.NOTHING_NEW),
    ],
)
def test_what_counts_as_grave(severity: Severity, status: Status, gravest: Severity | None, why: Hiding) -> None:
    """Severe always, milder only where it is new; an exercise never."""
    assert hiding(severity, status, gravest) is why
