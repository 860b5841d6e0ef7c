"""The network's promise about reaching people, for any sequence of failures, receipts and answers."""

from __future__ import annotations

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.alerting.assessments import incident
from tests.consumers.notifier.test_reaching import DOWN, MAIL, SLACK, Night
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.store import Store
from tocsin_alerting.store.audit import Invariant
from tocsin_consumers.channels.outgoing import DeliveryError

_LOST = {"bounce", "dropped", "spamreport"}
_HAPPENINGS = st.lists(
    st.sampled_from(
        ["slack refuses", "slack is down", "slack is back", "bounce", "deferred", "delivered", "answer", "time"]
    ),
    min_size=2,
    max_size=7,
)


def test_whatever_happens_somebody_is_reached_or_the_next_are_told(
    sqlite_store: Store, directory: Directory, clock: HandClock
) -> None:
    """Reached, a next attempt with a time, a next step with a time, or the coordinator told: never none of them."""
    night = Night(sqlite_store, directory, clock)
    numbers = itertools.count()

    @settings(max_examples=8, deadline=None)
    @given(_HAPPENINGS)
    def happens(happenings: list[str]) -> None:
        night.slack.channel._faults.clear()
        alert_id = night.desk.take(incident(f"i{next(numbers)}")).alert_id
        assert alert_id is not None
        answered = False
        for happening in happenings:
            answered = _happen(night, alert_id, happening, answered=answered)
            night.work()
            _somebody_is_reached(night, alert_id, answered=answered)

    happens()


def _happen(night: Night, alert_id: str, happening: str, *, answered: bool) -> bool:
    match happening:
        case "slack refuses":
            refused = DeliveryError("is_archived", permanent=True, bad_address=True)
            night.slack.channel.fail_next(refused, times=3, address=SLACK)
        case "slack is down":
            night.slack.channel.fail_next(DOWN, times=50)
        case "slack is back":
            night.slack.channel._faults.clear()
        case "answer" if not answered:
            night.desk.answer(alert_id, "gb")
            return True
        case "bounce" | "deferred" | "delivered" if any(one.outcome == "sent" for one in night.mail.rows(address=MAIL)):
            night.receipt(Receipt(happening))
        case _:
            night.clock.advance(90)
    return answered


def _somebody_is_reached(night: Night, alert_id: str, *, answered: bool) -> None:
    response = night.desk.responses(alert_id)["gb"]
    pages = [
        *night.slack.rows(alert_id=alert_id, institute="gb"),
        *night.mail.rows(alert_id=alert_id, institute="gb"),
    ]
    waiting = [row for row in pages if row.outcome == "pending"]
    reached = [row for row in pages if row.outcome == "sent" and row.receipt not in _LOST and row.kind != "edit"]
    told = [
        event
        for event in night.desk.events()
        if event.alert == alert_id and event.institute == "gb" and event.reason == "ladder_exhausted"
    ]
    due_now = response.next_step_at is not None and response.next_step_at <= night.clock()

    assert all(row.next_attempt_at is not None for row in waiting)
    assert answered or told or response.next_step_at is not None
    # The people of the present step, or else the next are told at this very moment.
    assert answered or told or reached or waiting or due_now
    assert not answered or response.next_step_at is None
    assert [one for one in night.desk.violations() if one.invariant is not Invariant.ATTEMPTS_ARE_MADE] == []
