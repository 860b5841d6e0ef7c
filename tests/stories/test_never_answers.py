"""An institute that never answers, with the clock in hand: who is told what and when, and who is left in peace.

The store, the desk's timers and the planning are real; the broker and the providers are not in it.
"""

from datetime import timedelta

import pytest

from tests.alerting.assessments import finding
from tests.alerting.store.desk import Desk
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.notification import DeliveryKind, PlannedDelivery, plan_notification
from tocsin_alerting.store import Store, deliveries
from tocsin_alerting.store.view import alert_view
from tocsin_schemas import AlertEvent
from tocsin_schemas.vocabulary import InstituteState

SILENT = ("us", "ke", "sg", "au", "ca")


def test_never_answers(
    sqlite_store: Store, directory: Directory, clock: HandClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ladders run out, the coordinator hears of each and of the quorum; whoever has answered is called no more."""
    desk = Desk(sqlite_store, directory, clock)
    alert = desk.take(finding()).alert_id
    for institute in sorted(set(directory.institute_names) - set(SILENT)):
        desk.answer(alert, institute)
    for _ in range(130):
        clock.advance(timedelta(minutes=1))
        desk.escalate()
    told = [(event, one) for event in desk.events() for one in _planned(desk, event)]
    calls = [(event, one) for event, one in told if one.reason.pages and one.kind is not DeliveryKind.EDIT]
    with sqlite_store.read() as session:
        view = alert_view(session, alert, directory=directory, level=lambda _: Level.FULL)
    with capsys.disabled():
        for event, one in calls:
            print(f"{event.at:%H:%M:%S} {event.revision:3} {one.reason.value:20} {one.channel.value} {one.contact}")

    assert view is not None
    assert {each.institute for each in view.responses if each.state is InstituteState.SILENT} == set(SILENT)
    assert view.quorum is not None
    assert view.quorum.missed_at is not None
    later = [(event, one) for event, one in calls if event.revision > 1]
    for institute in set(directory.institute_names) - set(SILENT) - {directory.coordinator}:
        assert institute not in {one.institute for _, one in later}
    assert {one.institute for _, one in later if one.reason.value == "quorum_missed"} == {directory.coordinator}
    exhausted = {event.institute for event, one in later if one.reason.value == "ladder_exhausted"}
    assert exhausted == set(SILENT)


def _planned(desk: Desk, event: AlertEvent) -> tuple[PlannedDelivery, ...]:
    """What the notifiers plan for an event, written as they write it."""
    with desk.store.transaction() as session:
        facts = deliveries.alert_facts(session, event)
        assert facts is not None
        planned = plan_notification(event, facts, desk.directory).deliveries
        for channel in Channel:
            deliveries.plan(session, event, channel, planned, policy="story", now=event.at)
    return planned
