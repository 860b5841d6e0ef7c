"""Forgotten acknowledgements: rarely, and not for ever."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.reminders import ReminderReason, Reminders, first_reminder, remind
from tocsin_schemas import Answer

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
RULE = Reminders(after=timedelta(days=2), every=timedelta(days=3), at_most=2)
DUE: dict[str, Any] = {
    "answer": Answer.ACKNOWLEDGE,
    "closed": False,
    "newer_round": False,
    "wanted": True,
    "due_at": AT,
    "sent": 0,
    "now": AT,
}


@pytest.mark.parametrize(
    ("differs", "reason"),
    [
        ({}, ReminderReason.REMINDED),
        ({"answer": Answer.ACTING}, ReminderReason.REMINDED),
        ({"due_at": AT + timedelta(seconds=1)}, ReminderReason.NOT_YET),
        ({"answer": Answer.RESOLVE}, ReminderReason.LAST_WORD_SAID),
        ({"answer": Answer.DECLINE}, ReminderReason.LAST_WORD_SAID),
        ({"answer": Answer.NOT_APPLICABLE}, ReminderReason.LAST_WORD_SAID),
        ({"answer": None}, ReminderReason.NOT_ANSWERED),
        ({"closed": True}, ReminderReason.ALERT_CLOSED),
        ({"newer_round": True}, ReminderReason.NEWER_ROUND),
        ({"wanted": False}, ReminderReason.NOT_WANTED),
        ({"sent": 2}, ReminderReason.OFTEN_ENOUGH),
    ],
)
def test_who_is_reminded_and_who_is_not(differs: dict[str, Any], reason: ReminderReason) -> None:
    """Only what is in hand, wanted, due and not said too often."""
    assert remind(RULE, **(DUE | differs)).reason is reason


def test_without_a_rule_nobody_is_reminded() -> None:
    """Low severities are off."""
    assert remind(None, **DUE).reason is ReminderReason.NO_POLICY
    assert first_reminder(None, Answer.ACKNOWLEDGE, AT) is None


@given(st.integers(1, 5), st.integers(0, 40))
def test_they_end(at_most: int, late_hours: int) -> None:
    """However late the timer is, there are as many as the policy says, and never two at once."""
    rule = Reminders(after=timedelta(hours=1), every=timedelta(hours=2), at_most=at_most)
    due, sent, now = AT, 0, AT + timedelta(hours=late_hours)
    instants = []
    for _ in range(20):
        decided = remind(rule, **(DUE | {"due_at": due, "sent": sent, "now": now}))
        if decided.reason is ReminderReason.REMINDED:
            sent += 1
            instants.append(now)
        if decided.next_at is None:
            break
        due = decided.next_at
        now = max(now, due)

    assert len(instants) == at_most
    assert all(later - earlier >= rule.every for earlier, later in pairwise(instants))
