"""A rotation has exactly one holder at every instant, and hands over when the wall clock says so."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.alerting.policy.oncall.clocks import ZONES
from tocsin_alerting.policy.oncall.duty import DutyReason
from tocsin_alerting.policy.oncall.rotation import Rotation, Turns

TOKYO = ZoneInfo("Asia/Tokyo")
WEEKLY: dict[str, Any] = {
    "members": ["jp.sato", "jp.tanaka", "jp.ito"],
    "period": "weekly",
    "handover": {"weekdays": ["monday"], "times": ["09:00"]},
    "start": "2026-01-05",
}


def _turns(zone: ZoneInfo = TOKYO, **changed: Any) -> Turns:
    return Turns(Rotation.model_validate(WEEKLY | changed), zone)


def _at(text: str, zone: ZoneInfo = TOKYO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def _who(turns: Turns, text: str) -> str:
    (holder,) = turns.duty(_at(text)).holders
    return holder


def test_a_week_each_in_turn() -> None:
    """The handover instant belongs to who comes."""
    turns = _turns()

    assert _who(turns, "2026-01-05T09:00") == "jp.sato"
    assert _who(turns, "2026-01-12T08:59:59") == "jp.sato"
    assert _who(turns, "2026-01-12T09:00") == "jp.tanaka"
    assert _who(turns, "2026-01-25T00:00") == "jp.ito"
    assert _who(turns, "2026-01-26T09:00") == "jp.sato"


def test_before_the_first_turn_nobody_is_on_duty() -> None:
    """With the reason, and the day on which it begins."""
    duty = _turns().duty(_at("2026-01-05T08:59"))

    assert (duty.holders, duty.reason, duty.detail) == ((), DutyReason.NOT_BEGUN, "2026-01-05")


def test_two_weekdays_share_the_week() -> None:
    """From Thursday, where the rotation begins there."""
    turns = _turns(handover={"weekdays": ["monday", "thursday"], "times": ["09:00"]}, start="2026-01-08")

    assert _who(turns, "2026-01-11T12:00") == "jp.sato"
    assert _who(turns, "2026-01-12T12:00") == "jp.tanaka"
    assert _who(turns, "2026-01-15T12:00") == "jp.ito"
    assert _who(turns, "2026-01-19T12:00") == "jp.sato"


def test_every_few_days() -> None:
    """Three days each."""
    turns = _turns(period="days", days=3, handover={"times": ["09:00"]})

    assert _who(turns, "2026-01-08T08:00") == "jp.sato"
    assert _who(turns, "2026-01-08T09:00") == "jp.tanaka"
    assert _who(turns, "2026-01-11T09:00") == "jp.ito"


def test_with_a_time_for_each_member_everybody_keeps_the_same_hours() -> None:
    """The hours are followed round the clock."""
    turns = _turns(period="follow-the-hours", handover={"times": ["01:00", "09:00", "17:00"]})

    for day in ("2026-01-06", "2026-07-19"):
        assert _who(turns, f"{day}T01:00") == "jp.sato"
        assert _who(turns, f"{day}T16:59") == "jp.tanaka"
        assert _who(turns, f"{day}T23:00") == "jp.ito"
    assert _who(turns, "2026-01-06T00:30") == "jp.ito"


@st.composite
def rotations(draw: st.DrawFn) -> Turns:
    """Any rotation in any member's zone, that began before 2026."""
    period = draw(st.sampled_from(["daily", "weekly", "days", "follow-the-hours"]))
    minutes = draw(
        st.lists(st.integers(0, 24 * 60 - 1), min_size=2, max_size=4, unique=True)
        if period == "follow-the-hours"
        else st.lists(st.integers(0, 24 * 60 - 1), min_size=1, max_size=1)
    )
    start = draw(st.dates(date(2024, 1, 1), date(2025, 12, 31)))
    days = {start.strftime("%A").lower(), *draw(st.lists(st.sampled_from(["monday", "wednesday", "sunday"])))}
    rotation = {
        "members": draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=5)),
        "period": period,
        "days": draw(st.integers(1, 40)) if period == "days" else None,
        "handover": {
            "times": [time(each // 60, each % 60) for each in sorted(minutes)],
            "weekdays": sorted(days) if period == "weekly" else [],
        },
        "start": start,
    }
    return Turns(Rotation.model_validate(rotation), ZoneInfo(draw(st.sampled_from(ZONES))))


@given(rotations(), st.datetimes(datetime(2026, 1, 2), datetime(2031, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_at_every_instant_there_is_exactly_one_holder(turns: Turns, at: datetime) -> None:
    """Whatever the rotation, the zone and the day."""
    duty = turns.duty(at)

    assert len(duty.holders) == 1
    assert duty.reason is DutyReason.ROTATION


@given(rotations(), st.datetimes(datetime(2026, 1, 2), datetime(2031, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_who_is_on_duty_changes_at_handovers_only(turns: Turns, begin: datetime) -> None:
    """And between two of them it is one member all the time."""
    end = begin + timedelta(days=9)
    edges = [begin, *turns.changes(begin, end), end]

    for first, last in pairwise(edges):
        middle = first + (last - first) / 2
        assert turns.duty(first) == turns.duty(middle) == turns.duty(last - timedelta(microseconds=1))


@given(rotations(), st.datetimes(datetime(2026, 1, 2), datetime(2031, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_members_come_in_their_order(turns: Turns, begin: datetime) -> None:
    """Nobody's turn is left out at any handover."""
    members = turns._rotation.members
    edges = turns.changes(begin, begin + timedelta(days=9))
    found = [turns._turn(edge) for edge in edges]

    for earlier, later in pairwise(found):
        assert earlier is not None
        assert later is not None
        # Two times that the clock jumps over are one instant: the later turn has it.
        assert 1 <= later - earlier <= 3
    assert [turns.duty(edge).holders for edge in edges] == [(members[(turn or 0) % len(members)],) for turn in found]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"members": []}, "members"),
        ({"period": "days"}, "say how many with period 'days'"),
        ({"days": 3}, "leave it out with every other"),
        ({"handover": {"times": ["09:00"]}}, "name the days with period 'weekly'"),
        ({"start": "2026-01-06"}, "is none of handover.weekdays"),
        ({"handover": {"weekdays": ["monday"], "times": ["09:00", "08:00"]}}, "not in order"),
        ({"handover": {"weekdays": ["monday"], "times": ["08:00", "09:00"]}}, "keep one"),
        ({"handover": {"weekdays": ["monday", "monday"], "times": ["08:00"]}}, "stands twice"),
        ({"handover": {"weekdays": ["monday"], "times": [540]}}, 'write it in quotes, such as "22:00"'),
        ({"handover": {"weekdays": ["monday"], "times": ["09:00+09:00"]}}, "must have no zone"),
        ({"period": "follow-the-hours", "handover": {"times": ["09:00"]}}, "two times or more"),
    ],
)
def test_what_makes_no_rotation_is_refused_with_the_fix(changed: dict[str, Any], said: str) -> None:
    """Before anybody relies on it."""
    with pytest.raises(ValidationError, match=said):
        Rotation.model_validate(WEEKLY | changed)
