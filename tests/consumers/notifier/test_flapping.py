"""An alert whose severity goes up and down: who is called, what stands in the channel, and when that is over."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from tests.alerting.assessments import finding
from tests.consumers.notifier.rig import Notifier
from tests.consumers.notifier.test_inhibition import work_off
from tocsin_alerting.store.flapping import end_flapping
from tocsin_alerting.store.tables_muting import FlappingRow
from tocsin_schemas import Action, Severity

MINUTE = timedelta(minutes=1)


def turn(notifier: Notifier, number: int) -> None:
    """The report is corrected, up or down by turns, a minute after the last time."""
    notifier.clock.advance(MINUTE)
    severity = Severity.MODERATE if number % 2 else Severity.MINOR
    notifier.desk.take(finding(f"r{number}", series="r", action=Action.UPDATE, severity=severity))
    work_off(notifier)


def test_after_some_turns_nobody_is_called_and_what_stands_is_put_right(slack: Notifier) -> None:
    """Four turns are told as ever; then one line in an hour, and edits; a new high calls at once."""
    alert = slack.desk.take(finding("r0", series="r", severity=Severity.MINOR)).alert_id
    work_off(slack)
    for number in range(1, 13):
        turn(slack, number)
    rows = slack.rows(institute="au", outcome="sent")
    reasons = [event.reason for event in slack.desk.events() if event.change == "updated"]
    calls = [row for row in rows if row.reason == "severity_raised"]
    lines = [row for row in rows if row.reason == "flapping" and row.kind == "reply"]
    edits = [row for row in rows if row.reason == "flapping_edited"]
    before = slack.desk.alert(alert).round
    slack.clock.advance(MINUTE)
    slack.desk.take(finding("r13", series="r", action=Action.UPDATE, severity=Severity.SEVERE))

    assert reasons[:5] == ["severity_raised", "severity_lowered"] * 2 + ["severity_raised"]
    assert reasons[5] == "flapping"
    assert set(reasons[6:]) == {"flapping_edited"}
    assert (len(calls), len(lines), len(edits)) == (3, 1, 6)
    assert before == 4
    assert slack.desk.events()[-1].reason == "severity_raised"
    assert slack.desk.alert(alert).round == 5
    assert slack.desk.violations() == []


def test_when_it_has_been_quiet_that_is_said_once(slack: Notifier) -> None:
    """However many desks look; from then on each change is told as ever."""
    slack.desk.take(finding("r0", series="r", severity=Severity.MINOR))
    work_off(slack)
    for number in range(1, 9):
        turn(slack, number)
    rule = slack.desk.directory.muting.flapping
    early = end_flapping(slack.store, directory=slack.desk.directory, now=slack.clock.advance(rule.quiet / 2))
    due = end_flapping(slack.store, directory=slack.desk.directory, now=slack.clock.advance(rule.quiet))
    again = end_flapping(slack.store, directory=slack.desk.directory, now=slack.clock())
    with slack.store.read() as session:
        left = session.scalars(select(FlappingRow)).all()
    turn(slack, 9)

    assert (early, len(due), again, left) == ([], 1, [], [])
    assert [row.outcome for row in slack.rows(institute="au", reason="flapping_ended", kind="reply")] == ["sent"]
    assert slack.desk.events()[-1].reason == "severity_raised"


def test_ladders_go_on_where_they_stood(slack: Notifier) -> None:
    """Falling to what needs no answer and rising again does not begin a ladder anew for each turn."""
    alert = slack.desk.take(finding("r0", series="r", severity=Severity.SEVERE)).alert_id
    for number in range(1, 26):
        slack.clock.advance(timedelta(minutes=8))
        severity = Severity.MINOR if number % 2 else Severity.SEVERE
        slack.desk.take(finding(f"r{number}", series="r", action=Action.UPDATE, severity=severity))
        slack.desk.escalate()
    calls = [event.reason for event in slack.desk.events() if event.change == "escalated" and event.institute == "au"]

    # Rising again within a round calls whoever has come to owe an answer: twice before it flaps, and never after.
    assert calls.count("newly_concerned") <= 2
    assert len(calls) <= 4
    assert slack.desk.violations() == []
    assert slack.desk.alert(alert).round <= 4
