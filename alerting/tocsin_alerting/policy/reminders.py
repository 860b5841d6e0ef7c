"""Forgotten acknowledgements: when an institute that has the alert in hand is asked what became of it. Pure.

Rare, and it ends: a reminder that comes daily is soon read by nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import Answer, Severity


class Reminders(Record):
    """How an institute is reminded that has acknowledged an alert and said no last word."""

    after: Annotated[timedelta, Field(ge=timedelta(seconds=1))]
    """From its answer to the first reminder; *acting* begins it anew. As ISO 8601 writes durations: `P1D` is a day."""
    every: Annotated[timedelta, Field(ge=timedelta(seconds=1))]
    """From one reminder to the next."""
    at_most: Annotated[int, Field(ge=1, le=20)]
    """How many there are."""


ReminderPolicy = Mapping[Severity, Reminders]
"""By the alert's severity; at one without nobody is reminded."""


class ReminderReason(StrEnum):
    """Why an institute is reminded, or is not."""

    REMINDED = "reminded"
    NOT_YET = "not_yet"
    LAST_WORD_SAID = "last_word_said"
    NOT_ANSWERED = "not_answered"
    """Its ladder calls it."""
    ALERT_CLOSED = "alert_closed"
    NEWER_ROUND = "newer_round"
    """It has been asked anew since."""
    NOT_WANTED = "not_wanted"
    """Its people asked not to be reminded of this alert."""
    OFTEN_ENOUGH = "often_enough"
    NO_POLICY = "no_policy"
    """The policy reminds nobody at this severity."""


IN_HAND = frozenset({Answer.ACKNOWLEDGE, Answer.ACTING})
"""Answers that leave something to be said."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """What becomes of the reminders of one institute about one alert."""

    reason: ReminderReason
    next_at: datetime | None
    """When the next is due; None: there is none."""


def first_reminder(rule: Reminders | None, answer: Answer, now: datetime) -> datetime | None:
    """When an institute that has just given an answer is first reminded; None where it is not."""
    return now + rule.after if rule is not None and answer in IN_HAND else None


def remind(
    rule: Reminders | None,
    *,
    answer: Answer | None,
    closed: bool,
    newer_round: bool,
    wanted: bool,
    due_at: datetime,
    sent: int,
    now: datetime,
) -> Reminder:
    """Whether an institute is reminded at `now`, and when again.

    The next wait counts from `now`: after an outage nobody is reminded twice in a row.

    Args:
        rule: of the alert's severity, None where it has none.
        answer: the institute's answer that stands.
        closed: whether the alert takes no more answers.
        newer_round: whether the severity was raised since.
        wanted: whether its people still want to be reminded.
        due_at: when the reminder was to come.
        sent: how many there have been.
        now: the present instant.
    """
    over = (
        (closed, ReminderReason.ALERT_CLOSED),
        (newer_round, ReminderReason.NEWER_ROUND),
        (answer is None, ReminderReason.NOT_ANSWERED),
        (answer is not None and answer not in IN_HAND, ReminderReason.LAST_WORD_SAID),
        (not wanted, ReminderReason.NOT_WANTED),
        (rule is None, ReminderReason.NO_POLICY),
        (rule is not None and sent >= rule.at_most, ReminderReason.OFTEN_ENOUGH),
    )
    for is_so, reason in over:
        if is_so:
            return Reminder(reason, None)
    if rule is None or now < due_at:
        return Reminder(ReminderReason.NOT_YET, due_at)
    return Reminder(ReminderReason.REMINDED, now + rule.every if sent + 1 < rule.at_most else None)
