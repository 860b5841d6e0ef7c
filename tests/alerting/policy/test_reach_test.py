"""Contacts are tried out once a week, by the wall clock of the policy's zone, on the days when clocks change too."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tocsin_alerting.policy.local_time import Weekday
from tocsin_alerting.policy.reach_policy import ReachPolicy, WeeklyTest
from tocsin_alerting.policy.reach_test import LATE, Reached, due_slot, reached
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import Outcome
from tocsin_schemas.vocabulary import Severity


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Sydney", "Asia/Tokyo"])
@pytest.mark.parametrize("hour", [1, 2, 3, 10])
def test_there_is_one_trial_a_week_all_year(zone: str, hour: int) -> None:
    """Asked every half hour for a year: 52 or 53 trials, each at its time of its day or at the clock's jump over it."""
    test = WeeklyTest(weekday=Weekday.SUNDAY, time=time(hour, 30), zone=zone)
    now, found = datetime(2026, 1, 1, tzinfo=UTC), []
    while now.year == 2026:
        slot = due_slot(test, now)
        if slot is not None and slot not in found:
            found.append(slot)
        now += timedelta(minutes=30)
    gaps = {later - earlier for earlier, later in itertools.pairwise(found)}
    shown = [slot.astimezone(ZoneInfo(zone)) for slot in found]

    assert len(found) in {51, 52, 53}
    assert gaps <= {timedelta(days=7) + timedelta(minutes=shift) for shift in (-60, -30, 0, 60)}
    assert {local.weekday() for local in shown} == {6}
    assert {local.time() for local in shown} <= {time(hour, 30), time(hour + 1)}
    assert sum(local.time() != time(hour, 30) for local in shown) <= 1


def test_a_desk_that_comes_back_late_tries_nobody_out_at_an_odd_hour() -> None:
    """What was missed by hours is left to the next week."""
    test = WeeklyTest(weekday=Weekday.TUESDAY, time=time(10), zone="Europe/London")
    slot = datetime(2026, 11, 24, 10, tzinfo=UTC)

    assert due_slot(test, slot - timedelta(seconds=1)) is None
    assert due_slot(test, slot) == slot
    assert due_slot(test, slot + LATE) == slot
    assert due_slot(test, slot + LATE + timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    ("channel", "outcome", "receipt", "expected"),
    [
        ("slack", Outcome.SENT, None, Reached.REACHED),
        ("email", Outcome.SENT, None, Reached.TAKEN),
        ("email", Outcome.SENT, Receipt.DELIVERED, Reached.REACHED),
        ("email", Outcome.SENT, Receipt.BOUNCE, Reached.NOT_REACHED),
        ("slack", Outcome.FAILED, None, Reached.NOT_REACHED),
        ("slack", Outcome.PENDING, None, Reached.WAITING),
        ("slack", Outcome.PREVIEWED, None, Reached.PREVIEWED),
    ],
)
def test_a_trial_shows_what_is_known(
    channel: str, outcome: Outcome, receipt: Receipt | None, expected: Reached
) -> None:
    """A mail that was taken has not arrived yet."""
    assert reached(channel, outcome, receipt) is expected


def test_what_the_policy_does_not_say_has_a_value() -> None:
    """The gravest are waited for least."""
    policy = ReachPolicy(untaken={Severity.CRITICAL: timedelta(seconds=30)})

    assert policy.untaken_after(Severity.CRITICAL) == timedelta(seconds=30)
    assert policy.untaken_after(Severity.SEVERE) < policy.untaken_after(Severity.MODERATE)
    assert policy.deferred_after(Severity.CRITICAL) < policy.deferred_after(Severity.SEVERE)


def test_a_zone_that_is_none_is_named() -> None:
    """Found when the file is read."""
    with pytest.raises(ValueError, match="Europe/London"):
        WeeklyTest(weekday=Weekday.MONDAY, time=time(10), zone="Europe/Nowhere")
