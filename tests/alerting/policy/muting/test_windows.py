"""Maintenance windows by the local clock, on the days on which it is put forward and back as well."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from tocsin_alerting.policy.muting.matcher import Match
from tocsin_alerting.policy.muting.rules import MutingPolicy
from tocsin_alerting.policy.muting.windows import Window, occurrences


def _window(**changes: Any) -> Window:
    fields: dict[str, Any] = {
        "id": "nightly",
        "match": Match(systems=("gpt-4o",)),
        "reason": "the cluster is being served",
        "days": ["sunday"],
        "start": "02:30",
        "length": "PT2H",
        "zone": "Europe/London",
    }
    return Window.model_validate(fields | changes)


def _open(window: Window, begin: datetime, hours: int) -> tuple[datetime, datetime] | None:
    """The first and the last minute in which it is open, out of some hours; every minute between them must be."""
    minutes = [begin + timedelta(minutes=each) for each in range(hours * 60)]
    found = [at for at in minutes if occurrences([window], at)]
    assert not found or len(found) == (found[-1] - found[0]) // timedelta(minutes=1) + 1
    return (found[0], found[-1] + timedelta(minutes=1)) if found else None


_DAYS = [
    # An ordinary Sunday; the Sunday of spring, on which 01:00 becomes 02:00; the Sunday of autumn, 02:00 becomes 01:00.
    ("Europe/London", "01:30", "2026-11-29", "2026-11-29T01:30Z"),
    ("Europe/London", "01:30", "2027-03-28", "2027-03-28T01:00Z"),
    ("Europe/London", "01:30", "2026-10-25", "2026-10-25T00:30Z"),
    ("Europe/Paris", "02:30", "2027-03-28", "2027-03-28T01:00Z"),
    ("Europe/Paris", "02:30", "2026-10-25", "2026-10-25T00:30Z"),
    ("America/New_York", "02:30", "2027-03-14", "2027-03-14T07:00Z"),
    ("America/New_York", "01:30", "2026-11-01", "2026-11-01T05:30Z"),
    ("Australia/Sydney", "02:30", "2026-10-04", "2026-10-03T16:00Z"),
    ("Australia/Sydney", "02:30", "2027-04-04", "2027-04-03T15:30Z"),
    ("Asia/Seoul", "02:30", "2026-11-29", "2026-11-28T17:30Z"),
    ("Africa/Nairobi", "00:00", "2026-11-29", "2026-11-28T21:00Z"),
]


@pytest.mark.parametrize(("zone", "start", "day", "begins"), _DAYS)
def test_it_opens_once_by_the_local_clock_and_lasts_as_long_as_it_says(
    zone: str, start: str, day: str, begins: str
) -> None:
    """In an hour that there is not it opens at the jump; in one that there is twice it opens the first time."""
    noon_before = datetime.fromisoformat(f"{day}T12:00:00+00:00") - timedelta(days=1)
    expected = datetime.fromisoformat(begins).astimezone(UTC)

    assert _open(_window(zone=zone, start=start), noon_before, 36) == (expected, expected + timedelta(hours=2))


def test_it_is_closed_on_other_days_and_may_reach_into_the_next() -> None:
    """Sunday's window of ten hours from ten in the evening ends on Monday morning."""
    window = _window(start="22:00", length="PT10H")
    begin = datetime(2026, 11, 28, tzinfo=UTC)

    assert _open(window, begin, 96) == (
        datetime(2026, 11, 29, 22, tzinfo=UTC),
        datetime(2026, 11, 30, 8, tzinfo=UTC),
    )


def test_each_occurrence_is_a_silence_of_its_own() -> None:
    """It names its window and when it began, so that a delivery says which one kept it back."""
    (one,) = occurrences([_window(institute="kr")], datetime(2026, 11, 29, 3, tzinfo=UTC))

    assert one.cause == "maintenance:nightly@2026-11-29T02:30Z"
    assert one.is_for("kr")
    assert not one.is_for("gb")


@pytest.mark.parametrize(
    "wrong",
    [
        {"zone": "Mars/Olympus"},
        {"days": []},
        {"days": ["someday"]},
        {"length": "P2D"},
        {"start": "25:00"},
        {"start": 1320},
        {"start": "02:30+01:00"},
    ],
)
def test_a_window_that_cannot_be_is_refused(wrong: dict[str, Any]) -> None:
    """When the file is read, and not in the night in question."""
    with pytest.raises(ValidationError):
        _window(**wrong)


def test_faults_name_the_window_and_the_fix() -> None:
    """Of a window of everything, of one for nobody, of two with one name."""
    policy = MutingPolicy(maintenance=(_window(match=Match()), _window(institute="xx")))
    faults = "\n".join(policy.faults({"gb", "kr"}))

    assert "muting.maintenance (nightly).id: stands twice" in faults
    assert "muting.maintenance (nightly).match: would keep back everything" in faults
    assert "'xx' is no member. Use one of: gb, kr." in faults
