"""Rotas are right on every day on which a member's clocks are changed, from 2024 to 2032."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tests.alerting.policy.oncall.clocks import CHANGES, MEMBERS, changes_of
from tocsin_alerting.policy.local_time import instant_of
from tocsin_alerting.policy.oncall.rotation import Rotation, Turns

MINUTE, HALF_AN_HOUR, DAY = timedelta(minutes=1), timedelta(minutes=30), timedelta(days=1)
NAMES = [f"{institute}-{at:%Y-%m-%d}" for institute, at, _ in CHANGES]


def test_the_members_that_change_their_clocks_are_tested() -> None:
    """Twice a year each for nine years; the other four keep theirs all year round."""
    changing = {institute for institute, _, _ in CHANGES}

    assert changing == {"au", "ca", "eu", "fr", "gb", "us"}
    assert len(CHANGES) == 6 * 9 * 2
    assert set(MEMBERS) - changing == {"jp", "ke", "kr", "sg"}


def _daily(wall: datetime, zone: ZoneInfo) -> Turns:
    """Handover each day at the time of `wall`."""
    return Turns(
        Rotation.model_validate(
            {
                "members": ["a", "b", "c"],
                "period": "daily",
                "handover": {"times": [wall.time()]},
                "start": (wall - 4 * DAY).date(),
            }
        ),
        zone,
    )


@pytest.mark.parametrize(("institute", "at", "by"), CHANGES, ids=NAMES)
def test_a_handover_at_a_time_that_comes_twice_or_never(institute: str, at: datetime, by: timedelta) -> None:
    """Twice: at the first of the two. Never: at the jump. It is one handover, with neither gap nor overlap."""
    zone = ZoneInfo(MEMBERS[institute])
    # Half an hour into the hour that is shown twice, or jumped over.
    before = at.astimezone(zone).replace(tzinfo=None) if by < timedelta(0) else (at - MINUTE).astimezone(zone)
    wall = (before.replace(tzinfo=None, fold=0) + HALF_AN_HOUR).replace(second=0, microsecond=0)
    expected = at + by + HALF_AN_HOUR if by < timedelta(0) else at
    turns = _daily(wall, zone)
    handovers = turns.changes(at - 2 * DAY, at + 2 * DAY)

    assert instant_of(wall, zone) == expected
    assert [each for each in handovers if abs(each - at) < DAY / 2] == [expected]
    _one_at_a_time(turns, at)


@pytest.mark.parametrize(("institute", "at", "by"), CHANGES, ids=NAMES)
def test_a_handover_at_nine_stays_at_nine(institute: str, at: datetime, by: timedelta) -> None:
    """By the wall clock: the shift across the change is an hour shorter or longer."""
    zone = ZoneInfo(MEMBERS[institute])
    turns = _daily(at.astimezone(zone).replace(hour=9, minute=0, tzinfo=None), zone)
    handovers = turns.changes(at - 3 * DAY, at + 3 * DAY)
    lengths = [later - earlier for earlier, later in pairwise(handovers)]

    assert {each.astimezone(zone).strftime("%H:%M:%S") for each in handovers} == {"09:00:00"}
    assert max(lengths, key=lambda length: abs(length - DAY)) == DAY - by
    assert sum(length != DAY for length in lengths) == 1
    _one_at_a_time(turns, at)


def _one_at_a_time(turns: Turns, at: datetime) -> None:
    """Around the change there is one holder at a time, and each change of holder is a handover."""
    handovers = turns.changes(at - DAY, at + DAY)
    instants = [at - DAY / 4 + 5 * MINUTE * number for number in range(12 * 12)]
    holders = [turns.duty(instant).holders for instant in instants]

    assert all(len(each) == 1 for each in holders)
    for (earlier, was), (later, became) in pairwise(zip(instants, holders, strict=True)):
        assert (was != became) == any(earlier < handover <= later for handover in handovers)


@pytest.mark.parametrize("institute", ["jp", "ke", "kr", "sg"])
def test_zones_that_keep_their_clocks_hand_over_every_24_hours(institute: str) -> None:
    """For nine years."""
    zone = ZoneInfo(MEMBERS[institute])
    turns = _daily(datetime(2024, 1, 5, 9, 0), zone)  # noqa: DTZ001 - a wall clock's
    handovers = turns.changes(datetime(2024, 1, 5, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC))

    assert changes_of(MEMBERS[institute]) == ()
    assert {later - earlier for earlier, later in pairwise(handovers)} == {DAY}
    assert len(handovers) > 9 * 364


def test_a_day_that_a_zone_never_had() -> None:
    """Samoa went from the 29th to the 31st of December 2011: that day's handover is at midnight between them."""
    zone = ZoneInfo("Pacific/Apia")
    jump = datetime(2011, 12, 30, 10, 0, tzinfo=UTC)
    turns = _daily(datetime(2011, 12, 30, 9, 0), zone)  # noqa: DTZ001 - a wall clock's

    assert instant_of(datetime(2011, 12, 30, 9, 0), zone) == jump  # noqa: DTZ001 - a wall clock's
    assert jump in turns.changes(jump - DAY, jump + DAY)
    _one_at_a_time(turns, jump)
