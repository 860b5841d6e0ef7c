"""Dissents: an institute's word beside the shared grade, told, kept, and without effect on the grade."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.alerting.assessments import finding, retraction
from tests.alerting.store.desk import Desk
from tests.alerting.store.judging import (
    WHY,
    dissent,
    override,
    seen_at,
    wish,
    withdraw_its_dissent,
)
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.dissent import DissentOutcome
from tocsin_alerting.store.tables import OutboxRow
from tocsin_schemas import AlertChange, Severity


def test_a_dissent_changes_no_severity_and_pages_nobody(desk: Desk) -> None:
    """Severity, class, round, state and ladders stay; the change says whose it is, and not what it says."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    before, owed = desk.alert(alert_id), desk.responses(alert_id)
    given = dissent(desk, alert_id, "jp", Severity.MINOR)
    after, event = desk.alert(alert_id), desk.events()[-1]

    assert given.outcome is DissentOutcome.RECORDED
    assert [(row.severity, row.oecd_class, row.round, row.state) for row in (before, after)] == [
        ("severe", "serious_hazard", 1, "open")
    ] * 2
    assert {one: row.next_step_at for one, row in desk.responses(alert_id).items()} == {
        one: row.next_step_at for one, row in owed.items()
    }
    assert (event.change, event.reason, event.institute, event.severity) == (
        AlertChange.UPDATED,
        "dissent_recorded",
        "jp",
        Severity.SEVERE,
    )
    assert desk.violations() == []


def test_what_was_said_is_not_published(desk: Desk) -> None:
    """Neither why nor evidence, nor the severity that is held instead."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    dissent(desk, alert_id, "jp", Severity.MINOR)
    withdraw_its_dissent(desk, alert_id, "jp")
    with desk.store.read() as session:
        published = " ".join(session.scalars(select(OutboxRow.value)))

    for said in (WHY, "records.example", "seen the transcripts", "minor"):
        assert said not in published


def test_an_institute_may_change_its_mind(desk: Desk) -> None:
    """Its newest word is shown as what it says now, the earlier ones are kept; others' words stand beside it."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    dissent(desk, alert_id, "jp", Severity.MINOR)
    dissent(desk, alert_id, "fr", Severity.MINOR)
    dissent(desk, alert_id, "jp", Severity.MODERATE)
    view = seen_at(desk, alert_id)

    assert [(each.institute, each.severity) for each in view.standing_dissents] == [
        ("fr", Severity.MINOR),
        ("jp", Severity.MODERATE),
    ]
    assert len(view.dissents) == 3


def test_a_withdrawn_dissent_is_kept_and_no_earlier_one_returns(desk: Desk) -> None:
    """To withdraw is to agree, not to go back to what was said before."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    nothing = withdraw_its_dissent(desk, alert_id, "jp")
    dissent(desk, alert_id, "jp", Severity.MINOR)
    dissent(desk, alert_id, "jp", Severity.MODERATE)
    back = withdraw_its_dissent(desk, alert_id, "jp")
    revision = desk.alert(alert_id).revision
    again = withdraw_its_dissent(desk, alert_id, "jp")
    view = seen_at(desk, alert_id)

    assert (nothing.outcome, back.outcome, again.outcome) == (
        DissentOutcome.NO_DISSENT,
        DissentOutcome.RECORDED,
        DissentOutcome.REPEATED,
    )
    assert desk.alert(alert_id).revision == revision
    assert view.standing_dissents == ()
    assert [each.withdrawn_why for each in view.dissents] == [None, "We have seen the transcripts."]


def test_what_was_withdrawn_can_be_said_again(desk: Desk) -> None:
    """In the same words: it is a new word, and stands."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    dissent(desk, alert_id, "jp", Severity.MINOR)
    withdraw_its_dissent(desk, alert_id, "jp")
    again = dissent(desk, alert_id, "jp", Severity.MINOR)

    assert again.outcome is DissentOutcome.RECORDED
    assert [each.stands for each in seen_at(desk, alert_id).dissents] == [False, True]


def test_the_rules_of_meaning_hold_for_institutes(desk: Desk) -> None:
    """A finding is not critical, unclassified is no grade, and who says what the alert says does not dissent."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    outcomes = [
        dissent(desk, alert_id, "jp", severity).outcome
        for severity in (Severity.CRITICAL, Severity.UNCLASSIFIED, Severity.SEVERE)
    ]

    assert outcomes == [DissentOutcome.INVALID, DissentOutcome.INVALID, DissentOutcome.AGREES]
    assert desk.alert(alert_id).revision == 1


@pytest.mark.parametrize("request_id", ["k-1", None])
def test_a_repeated_dissent_changes_nothing(desk: Desk, request_id: str | None) -> None:
    """With the request's own id or without."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    said = wish(Severity.MINOR, by="institute:jp", request=request_id)
    outcomes = [dissent(desk, alert_id, "jp", said).outcome for _ in range(2)]
    reused = dissent(desk, alert_id, "jp", wish(Severity.MODERATE, by="institute:jp", request=request_id))

    assert outcomes == [DissentOutcome.RECORDED, DissentOutcome.REPEATED]
    assert reused.outcome is (DissentOutcome.RECORDED if request_id is None else DissentOutcome.INVALID)


def test_what_is_retracted_or_unknown_takes_none(desk: Desk) -> None:
    """There is nothing left to differ about; to withdraw is still possible."""
    alert_id = desk.take(finding("r1", severity=Severity.SEVERE)).alert_id
    dissent(desk, alert_id, "jp", Severity.MINOR)
    desk.take(retraction("r2", "r1"))

    assert dissent(desk, alert_id, "jp", Severity.MODERATE).outcome is DissentOutcome.RETRACTED
    assert dissent(desk, "no-such-alert", "jp", Severity.MODERATE).outcome is DissentOutcome.UNKNOWN_ALERT
    assert withdraw_its_dissent(desk, "no-such-alert", "jp").outcome is DissentOutcome.UNKNOWN_ALERT
    assert withdraw_its_dissent(desk, alert_id, "jp").outcome is DissentOutcome.RECORDED
    assert desk.violations() == []


def test_a_dissent_outlives_an_override(desk: Desk) -> None:
    """An override is another matter: what an institute holds stays beside whatever stands."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    dissent(desk, alert_id, "jp", Severity.MINOR)
    override(desk, alert_id, Severity.MODERATE)
    view = seen_at(desk, alert_id)

    assert (view.severity, view.shared) == (Severity.MODERATE, Severity.SEVERE)
    assert [(each.severity, each.against) for each in view.standing_dissents] == [(Severity.MINOR, Severity.SEVERE)]


def test_who_may_not_read_the_alert_reads_no_dissent(desk: Desk) -> None:
    """That somebody dissents shows in the time line, as an answer does; what they hold and why does not."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    dissent(desk, alert_id, "jp", Severity.MINOR)
    notice = seen_at(desk, alert_id, Level.NOTICE)

    assert notice.dissents == ()
    assert [(each.reason, each.institute, each.stated, each.note) for each in notice.changes[1:]] == [
        ("dissent_recorded", "jp", None, None)
    ]


def test_many_institutes_at_once_leave_no_gap(desk: Desk) -> None:
    """Every word is recorded, each with a revision of its own."""
    alert_id = desk.take(finding(severity=Severity.SEVERE)).alert_id
    institutes = sorted(desk.directory.institute_names)
    with ThreadPoolExecutor(5) as pool:
        list(pool.map(lambda institute: dissent(desk, alert_id, institute, Severity.MINOR), institutes))

    assert desk.alert(alert_id).revision == 1 + len(institutes)
    assert len(seen_at(desk, alert_id).standing_dissents) == len(institutes)
    assert desk.violations() == []
