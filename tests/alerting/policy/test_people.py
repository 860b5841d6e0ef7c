"""What contacts say of themselves: languages, clock, quiet hours; and what it means at an instant."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from tocsin_alerting.policy.directory import Contact, Directory
from tocsin_alerting.policy.quiet_hours import QuietHours
from tocsin_alerting.policy.subscriptions import Subject, Subscription
from tocsin_alerting.policy.systems import Systems
from tocsin_schemas import Domain, Institute, Institutes, Severity, Tlp

SYDNEY = ZoneInfo("Australia/Sydney")
NIGHT = QuietHours.model_validate({"start": "22:00", "end": "07:00"})


def contact(**fields: Any) -> Contact:
    """Somebody at the Japanese institute."""
    return Contact.model_validate(
        {
            "id": "jp.duty",
            "institute": "jp",
            "name": "Duty desk",
            "team": "duty",
            "clearance": "TLP:AMBER",
            "addresses": [{"channel": "email", "address": "duty@jp.example", "shared": True}],
            **fields,
        }
    )


def test_languages_may_be_given_as_one_or_as_several() -> None:
    """Either way both fields agree; without any it is English."""
    assert contact().languages == ("en",)
    assert contact(language="ja-JP").languages == ("ja-JP",)
    assert contact(languages=["ja-JP", "en"]).language == "ja-JP"
    assert contact(language="ja", languages=["ja", "en"]).languages == ("ja", "en")
    with pytest.raises(ValidationError, match="drop 'language'"):
        contact(language="en", languages=["ja", "en"])
    with pytest.raises(ValidationError, match="names a language twice"):
        contact(languages=["ja", "ja"])


def test_a_contact_has_its_own_clock_or_its_institutes() -> None:
    """A person who sits elsewhere says so; whose institute is not known has UTC."""
    japan = Institute(id="jp", name="Japan AISI", languages=("ja",), time_zone="Asia/Tokyo", region="asia")
    directory = Directory(
        contacts=[],
        ladders=[],
        routes=[],
        coordinator="jp",
        institute_names={"jp": "Japan AISI"},
        operator_clearance=Tlp.AMBER,
        version="test",
        institutes=Institutes([japan]),
    )

    assert directory.zone(contact()).key == "Asia/Tokyo"
    assert directory.zone(contact(time_zone="Europe/Paris")).key == "Europe/Paris"
    assert directory.zone(contact(institute="kr")).key == "UTC"
    assert directory.regions(["jp", "kr"]) == {"asia"}
    with pytest.raises(ValidationError, match="is not an IANA time zone"):
        contact(time_zone="Europe/Lyon")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (datetime(2026, 11, 28, 10, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 28, 11, 0, tzinfo=UTC), datetime(2026, 11, 28, 20, 0, tzinfo=UTC)),
        (datetime(2026, 11, 28, 19, 59, tzinfo=UTC), datetime(2026, 11, 28, 20, 0, tzinfo=UTC)),
        (datetime(2026, 11, 28, 20, 0, tzinfo=UTC), None),
        # The clock goes forward at 2 on 4 October 2026: this night has eight hours.
        (datetime(2026, 10, 3, 12, 0, tzinfo=UTC), datetime(2026, 10, 3, 20, 0, tzinfo=UTC)),
        # And back at 3 on 5 April 2026: this one has ten.
        (datetime(2026, 4, 4, 11, 0, tzinfo=UTC), datetime(2026, 4, 4, 21, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_go_by_the_wall_clock(at: datetime, until: datetime | None) -> None:
    """From 22 to 7 in Sydney, whatever the clock does that night."""
    assert NIGHT.until(at, SYDNEY) == until


@pytest.mark.parametrize(
    ("start", "end", "begins", "over"),
    [
        # In April half past two comes twice: as an end and as a beginning it is the first.
        ("01:00", "02:30", datetime(2026, 4, 4, 14, 0, tzinfo=UTC), datetime(2026, 4, 4, 15, 30, tzinfo=UTC)),
        ("02:30", "05:00", datetime(2026, 4, 4, 15, 30, tzinfo=UTC), datetime(2026, 4, 4, 19, 0, tzinfo=UTC)),
        # In October it never comes: it is the jump, at 16:00 UTC.
        ("22:00", "02:30", datetime(2026, 10, 3, 12, 0, tzinfo=UTC), datetime(2026, 10, 3, 16, 0, tzinfo=UTC)),
        ("02:30", "05:00", datetime(2026, 10, 3, 16, 0, tzinfo=UTC), datetime(2026, 10, 3, 18, 0, tzinfo=UTC)),
    ],
)
def test_quiet_hours_are_one_span_on_the_nights_clocks_change(
    start: str, end: str, begins: datetime, over: datetime
) -> None:
    """In every minute of the night it is the same hour at which they are over, and nobody is left alone twice."""
    short = QuietHours.model_validate({"start": start, "end": end})
    minutes = [begins + timedelta(minutes=each) for each in range(-120, 600)]

    assert [short.until(at, SYDNEY) for at in minutes] == [over if begins <= at < over else None for at in minutes]


def test_quiet_hours_leave_some_of_the_day() -> None:
    """A whole day would swallow everything; an unquoted time of day is not taken for seconds."""
    assert NIGHT.length == timedelta(hours=9)
    with pytest.raises(ValidationError, match="the whole day"):
        QuietHours.model_validate({"start": "08:00", "end": "08:00"})
    with pytest.raises(ValidationError, match='in quotes, such as "22:00"'):
        QuietHours.model_validate({"start": 1320, "end": "07:00"})
    with pytest.raises(ValidationError, match="must have no zone"):
        QuietHours.model_validate({"start": "22:00Z", "end": "07:00"})


SUBJECT = Subject(
    severity=Severity.SEVERE,
    domain=Domain.CYBER,
    systems=("gpt-4o",),
    reporters=("jp",),
    regions=frozenset({"asia"}),
)


@pytest.mark.parametrize(
    ("wish", "matches"),
    [
        ({}, True),
        ({"severity": "severe"}, True),
        ({"severity": "critical"}, False),
        ({"severity": "unclassified"}, False),
        ({"domains": ["cyber", "deception"]}, True),
        ({"domains": ["deception"]}, False),
        ({"systems": ["GPT 4o"]}, True),
        ({"systems": ["claude"]}, False),
        ({"institutes": ["kr", "jp"]}, True),
        ({"institutes": ["kr"]}, False),
        ({"regions": ["asia"]}, True),
        ({"regions": ["europe"]}, False),
        ({"severity": "moderate", "domains": ["cyber"], "regions": ["asia"]}, True),
        ({"severity": "moderate", "domains": ["cyber"], "regions": ["europe"]}, False),
    ],
)
def test_all_that_a_subscription_names_must_hold(wish: dict[str, Any], *, matches: bool) -> None:
    """Each field narrows it; within a field any of its values will do."""
    assert Subscription.model_validate(wish).matches(SUBJECT, Systems()) is matches


def test_what_has_no_grade_is_not_severe_enough() -> None:
    """An unclassified alert is for those who ask for such, or for any."""
    unclassified = Subject(Severity.UNCLASSIFIED, None, (), ("jp",), ())

    assert not Subscription(severity=Severity.NEGLIGIBLE).matches(unclassified, Systems())
    assert Subscription(severity=Severity.UNCLASSIFIED).matches(unclassified, Systems())
    assert Subscription(institutes=("jp",)).matches(unclassified, Systems())
