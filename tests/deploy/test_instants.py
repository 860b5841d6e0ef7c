"""Instants as operators type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tocsin_deploy.instants import read_instant

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20", datetime(2026, 11, 20, tzinfo=UTC)),
        ("2026-11-20T09:30", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00Z", datetime(2026, 11, 20, 9, 30, tzinfo=UTC)),
        ("2026-11-20T09:30:00+09:00", datetime(2026, 11, 20, 9, 30, tzinfo=timezone(timedelta(hours=9)))),
        ("30m", NOW - timedelta(minutes=30)),
        ("12h", NOW - timedelta(hours=12)),
        ("7d", NOW - timedelta(days=7)),
        (" 2W ", NOW - timedelta(weeks=2)),
    ],
)
def test_dates_times_and_ages_are_read(text: str, instant: datetime) -> None:
    """What has no zone is UTC; an age counts back from now."""
    assert read_instant(text, now=NOW) == instant


@pytest.mark.parametrize("text", ["", "yesterday", "7", "7y", "2026-13-01", "-7d"])
def test_anything_else_is_refused_with_what_to_type(text: str) -> None:
    """The error shows the forms that are taken."""
    with pytest.raises(ValueError, match=r"type a date \(2026-11-24\)"):
        read_instant(text, now=NOW)
