"""What waits for a contact's morning or their digest, and what never does."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.contacts import Address, Channel, Contact
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.notification_plan import PlannedDelivery
from tocsin_alerting.policy.quiet_hours import QuietHours
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.policy.timing import TimingReason, next_digest, timing
from tocsin_schemas import Severity, Tlp

LONDON = ZoneInfo("Europe/London")
NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
ADDRESS = Address(channel=Channel.EMAIL, address="duty@gb.example", shared=True)
SLEEPER = Contact(
    id="gb.duty",
    institute="gb",
    name="Duty desk",
    team="duty",
    clearance=Tlp.AMBER,
    addresses=(ADDRESS,),
    quiet_hours=QuietHours(start=time(22), end=time(7)),
)
READER = SLEEPER.model_copy(update={"quiet_hours": None, "digest_at": time(8)})


def _planned(
    lane: Lane = Lane.ASKED,
    *,
    kind: DeliveryKind = DeliveryKind.MESSAGE,
    reason: TellingReason = TellingReason.RAISED,
    urgent: bool = False,
) -> PlannedDelivery:
    return PlannedDelivery(
        "gb", "gb.duty", Channel.EMAIL, "duty@gb.example", kind, reason, Level.FULL, "cleared", lane, urgent=urgent
    )


@pytest.mark.parametrize(
    ("planned", "severity", "contact", "now", "reason", "hour"),
    [
        (_planned(), Severity.MODERATE, SLEEPER, NIGHT, "quiet_hours", 7),
        (_planned(), Severity.MODERATE, SLEEPER, NOON, "at_once", 12),
        (_planned(Lane.CRITICAL, urgent=True), Severity.CRITICAL, SLEEPER, NIGHT, "urgent", 23),
        (_planned(Lane.FOLLOW_UP, urgent=True), Severity.SEVERE, SLEEPER, NIGHT, "urgent", 23),
        (_planned(reason=TellingReason.ESCALATED), Severity.MODERATE, SLEEPER, NIGHT, "silence", 23),
        (_planned(reason=TellingReason.LADDER_EXHAUSTED), Severity.MODERATE, SLEEPER, NIGHT, "silence", 23),
        (_planned(reason=TellingReason.SILENT_AT_DEADLINE), Severity.MODERATE, SLEEPER, NIGHT, "silence", 23),
        (_planned(reason=TellingReason.QUORUM_MISSED), Severity.MINOR, READER, NIGHT, "silence", 23),
        (_planned(Lane.EDIT, kind=DeliveryKind.EDIT), Severity.MODERATE, SLEEPER, NIGHT, "at_once", 23),
        (_planned(Lane.TOLD), Severity.MINOR, READER, NOON, "digest", 8),
        (_planned(Lane.FOLLOW_UP, reason=TellingReason.UPDATED), Severity.MINOR, READER, NOON, "digest", 8),
        (_planned(reason=TellingReason.SUBSCRIBED), Severity.MODERATE, READER, NOON, "digest", 8),
        (_planned(), Severity.MODERATE, READER, NOON, "at_once", 12),
        (_planned(Lane.FOLLOW_UP, reason=TellingReason.RETRACTED), Severity.MODERATE, READER, NOON, "at_once", 12),
        (_planned(Lane.TOLD), Severity.MINOR, None, NIGHT, "at_once", 23),
    ],
)
def test_only_what_is_not_urgent_waits(
    planned: PlannedDelivery, severity: Severity, contact: Contact | None, now: datetime, reason: str, hour: int
) -> None:
    """At night a moderate alert waits for the morning; what is urgent, or comes of silence, never waits."""
    found = timing(planned, severity=severity, contact=contact, zone=LONDON, now=now)

    assert found.reason is TimingReason(reason)
    assert found.at.astimezone(LONDON).hour == hour
    assert found.at >= now


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Europe/London", "2026-03-28T08:00:00+00:00", "2026-03-29T07:00:00+00:00"),
        ("Europe/London", "2026-10-24T07:00:00+00:00", "2026-10-25T08:00:00+00:00"),
        ("Asia/Tokyo", "2026-11-24T22:59:00+00:00", "2026-11-24T23:00:00+00:00"),
        ("America/New_York", "2026-03-07T13:00:00+00:00", "2026-03-08T12:00:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-03T12:00:00+00:00", "2026-10-03T21:00:00+00:00"),
    ],
)
def test_a_digest_comes_at_eight_by_the_reader_s_clock(zone: str, now: str, expected: str) -> None:
    """Also on the days on which a clock is changed: 23 or 25 hours after the last one."""
    assert next_digest(time(8), ZoneInfo(zone), datetime.fromisoformat(now)) == datetime.fromisoformat(expected)


def test_a_time_that_the_clock_jumps_over_or_shows_twice_is_one_digest() -> None:
    """Half past one never comes in London on 29 March, and twice on 25 October: at the jump, and at the first."""
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert next_digest(time(1, 30), LONDON, spring) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    first = next_digest(time(1, 30), LONDON, autumn)

    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_digest(time(1, 30), LONDON, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@given(
    st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001
    st.times().map(lambda at: at.replace(microsecond=0, tzinfo=None)),
    st.sampled_from(["Europe/London", "America/Toronto", "Asia/Seoul", "Australia/Lord_Howe", "Africa/Nairobi"]),
)
def test_a_digest_is_never_more_than_a_long_day_away(now: datetime, at: time, zone: str) -> None:
    """Whatever the instant, the time of day and the zone: the next digest is ahead, and at most 25 hours."""
    found = next_digest(at, ZoneInfo(zone), now)

    assert now < found <= now + timedelta(hours=25)
