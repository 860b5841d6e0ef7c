"""Quiet hours and the daily digest of a contact, through planner and drain, with the clock in hand."""

from datetime import UTC, datetime, time
from typing import Any

import pytest

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.quiet_hours import QuietHours
from tocsin_schemas import Severity, Status

DUTY, MAILBOX = "C0GBDUTY", "duty@gb.example"


@pytest.fixture
def directory(directory: Directory) -> Directory:
    """The network's; the British duty desk sleeps from ten to seven and takes a digest at eight."""
    changed = object.__new__(Directory)
    changed.__dict__.update(directory.__dict__)
    habits: dict[str, Any] = {"quiet_hours": QuietHours(start=time(22), end=time(7)), "digest_at": time(8)}
    desk = directory.contacts["gb.duty"].model_copy(update=habits)
    changed.contacts = directory.contacts | {desk.id: desk}
    return changed


def _report(notifier: Notifier, number: int, severity: Severity, **fields: Any) -> str:
    taken = notifier.desk.take(assessments.finding(f"r{number}", system=f"model-{number}", severity=severity, **fields))
    notifier.work()
    return str(taken.alert_id)


def _at(notifier: Notifier, at: datetime) -> None:
    notifier.clock.set(at)
    notifier.send()


def _texts(notifier: Notifier, address: str = MAILBOX) -> list[str]:
    return [one.message.subject for one in notifier.channel.to(address)]


def test_what_is_minor_comes_with_the_digest(email: Notifier) -> None:
    """Three minor alerts of a day are one mail at eight the next morning; each row says why it waits, and where."""
    for number in range(3):
        _report(email, number, Severity.MINOR)
    waiting = email.rows(address=MAILBOX)
    _at(email, datetime(2026, 11, 25, 7, 59, tzinfo=UTC))
    early = list(_texts(email))
    _at(email, datetime(2026, 11, 25, 8, 0, tzinfo=UTC))
    (digest,) = _texts(email)
    folded = email.rows(address=MAILBOX, bulletin_id=None)

    assert {(row.outcome, row.timing, row.next_attempt_at) for row in waiting} == {
        ("pending", "digest", datetime(2026, 11, 25, 8, tzinfo=UTC))
    }
    assert early == []
    assert digest == "TLP:AMBER Daily digest, 3 alerts: minor 3"
    assert {(row.outcome, row.outcome_reason) for row in folded} == {("folded", "digest")}
    assert len({row.summary_id for row in folded}) == 1
    assert email.desk.violations() == []


def test_a_correction_of_what_a_digest_told_comes_with_the_next(email: Notifier) -> None:
    """Who read of an alert in a digest learns in the next one that it was taken back."""
    _report(email, 1, Severity.MINOR)
    _at(email, datetime(2026, 11, 25, 8, tzinfo=UTC))
    email.desk.take(assessments.retraction("back", "r1"))
    email.work()
    _at(email, datetime(2026, 11, 26, 8, tzinfo=UTC))
    mails = [one.message for one in email.channel.to(MAILBOX)]

    assert len(mails) == 2
    assert "1 of them has been resolved or retracted since." in mails[1].text


def test_at_night_only_what_is_urgent_rings(slack: Notifier) -> None:
    """A moderate alert waits for seven; a severe one comes at once."""
    slack.clock.set(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    moderate = _report(slack, 1, Severity.MODERATE)
    severe = _report(slack, 2, Severity.SEVERE)
    told = [one.alert_id for one in slack.channel.to(DUTY)]
    _at(slack, datetime(2026, 11, 25, 6, 59, tzinfo=UTC))
    still = len(slack.channel.to(DUTY))
    _at(slack, datetime(2026, 11, 25, 7, 0, tzinfo=UTC))
    rows = {row.alert_id: row.timing for row in slack.rows(address=DUTY)}

    assert told == [severe]
    assert still == 1
    assert slack.channel.to(DUTY)[-1].alert_id == moderate
    assert rows == {moderate: "quiet_hours", severe: "urgent"}


def test_nobody_else_waits_for_somebody_s_morning(slack: Notifier) -> None:
    """The habits are the desk's own: the others are told when it happens."""
    slack.clock.set(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    _report(slack, 1, Severity.MODERATE)

    assert len(slack.channel.taken) == len({row.address for row in slack.rows()}) - 1


def test_an_exercise_has_a_digest_of_its_own(email: Notifier) -> None:
    """Marked as everything of it is, and never in one mail with the real thing."""
    _report(email, 1, Severity.MINOR)
    _report(email, 2, Severity.MINOR, status=Status.EXERCISE)
    _at(email, datetime(2026, 11, 25, 8, tzinfo=UTC))

    assert sorted(_texts(email)) == [
        "TLP:AMBER Daily digest, 1 alert: minor 1",
        "TLP:AMBER EXERCISE EXERCISE EXERCISE Daily digest, 1 alert: minor 1 [EXERCISE]",
    ]
