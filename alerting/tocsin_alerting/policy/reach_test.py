"""When contacts are tried out, and what a trial shows. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tocsin_alerting.policy.local_time import on
from tocsin_alerting.policy.reach_policy import WeeklyTest
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import Outcome

LATE = timedelta(hours=6)
"""A desk that comes back so late leaves the week's trial out: people are not tried out at any odd hour."""


def due_slot(test: WeeklyTest, now: datetime) -> datetime | None:
    """The instant of this week's trial, once it has come and while it is not long past.

    By the wall clock of the policy's zone: once a week, every week.
    """
    zone = ZoneInfo(test.zone)
    today = now.astimezone(zone).date()
    day = today - timedelta(days=(today.weekday() - test.weekday.number) % 7)
    for candidate in (day, day - timedelta(days=7)):
        slot = on(candidate, test.time, zone)
        if slot <= now:
            return slot if now - slot <= LATE else None
    return None


class Reached(StrEnum):
    """What the last trial of an address showed."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    TAKEN = "taken"
    """The provider took it; whether it arrived is not known."""
    WAITING = "waiting"
    PREVIEWED = "previewed"
    """The channel only previews here."""


def reached(channel: str, outcome: Outcome, receipt: Receipt | None) -> Reached:
    """What a trial's delivery shows: Slack's yes is the arrival; a mailbox's is SendGrid's later word."""
    if receipt is not None and receipt.undeliverable:
        return Reached.NOT_REACHED
    match outcome:
        case Outcome.SENT:
            arrived = receipt is Receipt.DELIVERED or channel == "slack"
            return Reached.REACHED if arrived else Reached.TAKEN
        case Outcome.PREVIEWED:
            return Reached.PREVIEWED
        case Outcome.PENDING:
            return Reached.WAITING
        case _:
            return Reached.NOT_REACHED
