"""A graded report becomes an alert, joins one, corrects one or takes one back: each once, in one transaction."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.alerting.assessments import finding, incident, retraction
from tests.alerting.store.desk import Desk
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.store.reports import Taken
from tocsin_alerting.store.tables import ChangeRow, OutboxRow, ReportRow
from tocsin_schemas import (
    Action,
    AlertChange,
    AlertState,
    Answer,
    InvalidEvent,
    ProblemCode,
    ReportKind,
    Severity,
    Status,
    Tlp,
)


def test_a_first_report_raises_an_alert_and_asks_every_institute(desk: Desk) -> None:
    """One event, one change, and an answer owed by each of the ten, with a time by which the ladder moves on."""
    taken = desk.take(finding("r1", severity=Severity.SEVERE))
    (event,) = desk.events()
    responses = desk.responses(taken.alert_id)

    assert taken == Taken(LifecycleReason.FIRST_REPORT, taken.alert_id, AlertChange.RAISED, 1)
    assert (event.alert, event.revision, event.change, event.state) == (taken.alert_id, 1, "raised", "open")
    assert event.rules == ("test.severe",)
    assert set(responses) == set(desk.directory.institute_names)
    assert all(
        row.answer_required and row.next_step_at == desk.clock() + timedelta(minutes=15) for row in responses.values()
    )
    assert desk.violations() == []


def test_the_event_says_no_protected_text(desk: Desk) -> None:
    """What lies in the topic of alerts is readable by every consumer: no title, no summary, no system."""
    desk.take(finding("r1", system="a name under embargo"))
    with desk.store.read() as session:
        value = session.scalars(select(OutboxRow.value)).one()

    assert "What was found" not in value
    assert "embargo" not in value


def test_taking_a_report_twice_changes_nothing(desk: Desk) -> None:
    """Kafka repeats itself; source and event id are taken once."""
    first = desk.take(finding("r1"))
    again = desk.take(finding("r1"))

    assert again == Taken(LifecycleReason.DUPLICATE, first.alert_id, None, 1)
    assert len(desk.events()) == 1


def test_findings_on_one_system_and_evaluation_are_one_alert(desk: Desk) -> None:
    """Two institutes that find the same are told as one; capitals do not matter."""
    first = desk.take(finding("r1", institute="gb", severity=Severity.SEVERE))
    second = desk.take(finding("r2", institute="jp", severity=Severity.SEVERE, system="Example-Model-4"))

    assert second == Taken(LifecycleReason.CORROBORATED, first.alert_id, AlertChange.UPDATED, 2)
    assert desk.alert(first.alert_id).round == 1


def test_labels_and_statuses_are_never_mixed(desk: Desk) -> None:
    """A report under another label, and an exercise, are alerts of their own."""
    alerts = {
        desk.take(finding("r1")).alert_id,
        desk.take(finding("r2", tlp=Tlp.GREEN)).alert_id,
        desk.take(finding("r3", status=Status.EXERCISE)).alert_id,
    }

    assert len(alerts) == 3


def test_incidents_are_told_apart(desk: Desk) -> None:
    """Two incidents are never folded into one, however alike."""
    first, second = desk.take(incident("i1")), desk.take(incident("i2"))

    assert first.alert_id != second.alert_id


def test_a_higher_severity_begins_a_new_round(desk: Desk) -> None:
    """What was answered before does not answer the higher severity: everybody is asked anew."""
    raised = desk.take(finding("r1", severity=Severity.MODERATE))
    desk.answer(raised.alert_id, "fr", Answer.RESOLVE)
    update = desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    alert = desk.alert(raised.alert_id)
    before, after = desk.responses(raised.alert_id, 1), desk.responses(raised.alert_id, 2)

    assert (update.reason, update.change) == (LifecycleReason.SEVERITY_RAISED, AlertChange.UPDATED)
    assert (alert.round, alert.severity, alert.state) == (2, "severe", "open")
    assert after["fr"].answer is None
    assert after["fr"].ladder == "urgent"
    assert all(row.next_step_at is None for row in before.values())
    assert desk.violations() == []


def test_a_lower_severity_stops_the_chase_where_no_answer_is_owed_any_more(desk: Desk) -> None:
    """A correction to minor asks nobody for an answer: ladders stop, in the same round."""
    raised = desk.take(finding("r1", severity=Severity.SEVERE))
    update = desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.MINOR))
    responses = desk.responses(raised.alert_id)

    assert update.reason is LifecycleReason.SEVERITY_LOWERED
    assert desk.alert(raised.alert_id).round == 1
    assert all(row.next_step_at is None and not row.answer_required for row in responses.values())


def test_what_turns_out_to_be_unclassified_must_be_looked_at(desk: Desk) -> None:
    """When the rubric no longer knows, the reporter and the coordinator come to owe an answer and are called."""
    raised = desk.take(finding("r1", institute="jp", severity=Severity.MINOR))
    desk.take(finding("r2", institute="jp", series="r1", action=Action.UPDATE, severity=Severity.UNCLASSIFIED))
    owing = {name for name, row in desk.responses(raised.alert_id).items() if row.answer_required}
    calls = [(event.institute, event.step, event.reason) for event in desk.events() if event.change == "escalated"]

    assert owing == {"jp", "gb"}
    assert calls == [("gb", 1, "newly_concerned"), ("jp", 1, "newly_concerned")]
    assert desk.violations() == []


def test_a_second_reporter_of_something_unclassified_owes_an_answer_too(desk: Desk) -> None:
    """It joins the round, is called at its first step, and nobody else is called again."""
    raised = desk.take(finding("r1", institute="jp", severity=Severity.UNCLASSIFIED))
    desk.take(finding("r2", institute="kr", severity=Severity.UNCLASSIFIED))
    events = desk.events()

    assert set(desk.responses(raised.alert_id)) == {"jp", "gb", "kr"}
    assert [(event.change, event.institute) for event in events] == [
        ("raised", None),
        ("updated", None),
        ("escalated", "kr"),
    ]


def test_the_highest_grade_that_is_left_counts(desk: Desk) -> None:
    """Taking back the most severe report lowers the alert to the next, and another report speaks for it."""
    raised = desk.take(finding("r1", institute="gb", severity=Severity.SEVERE))
    desk.take(finding("r2", institute="jp", severity=Severity.MODERATE))
    desk.take(finding("r3", institute="kr", severity=Severity.UNCLASSIFIED))
    taken = desk.take(retraction("r4", "r1", institute="gb"))
    alert = desk.alert(raised.alert_id)
    with desk.store.read() as session:
        lead = session.get_one(ReportRow, alert.lead_report)

    assert (taken.change, taken.reason) == (AlertChange.UPDATED, LifecycleReason.SEVERITY_LOWERED)
    assert (alert.severity, lead.event_id) == ("moderate", "r2")


def test_taking_back_the_last_report_retracts_the_alert(desk: Desk) -> None:
    """Nothing is left: the alert is retracted, nobody is chased, and the key is free."""
    raised = desk.take(finding("r1"))
    taken = desk.take(retraction("r2", "r1"))
    alert = desk.alert(raised.alert_id)

    assert (taken.change, taken.reason) == (AlertChange.RETRACTED, LifecycleReason.NOTHING_CURRENT)
    assert (alert.state, alert.open_key) == (AlertState.RETRACTED, None)
    assert all(row.next_step_at is None for row in desk.responses(raised.alert_id).values())
    assert desk.take(retraction("r3", "r1")).reason is LifecycleReason.ALREADY_RETRACTED


def test_a_series_reported_again_after_its_retraction_is_a_new_alert(desk: Desk) -> None:
    """A retracted alert stays retracted; what is reported anew is told anew."""
    raised = desk.take(finding("r1"))
    desk.take(retraction("r2", "r1"))
    again = desk.take(finding("r3", series="r1", action=Action.UPDATE))
    follow = desk.take(finding("r4", series="r1", action=Action.UPDATE))

    assert again.alert_id != raised.alert_id
    assert again.reason is LifecycleReason.REPORTED_AGAIN
    assert follow.alert_id == again.alert_id


def test_a_retraction_of_what_was_never_seen_is_refused(desk: Desk) -> None:
    """It names the field and the fix, and leaves no trace in the store."""
    with pytest.raises(InvalidEvent) as refused:
        desk.take(retraction("r1", "never"))
    (problem,) = refused.value.problems

    assert (problem.field, problem.code) == ("subject", ProblemCode.NEVER_SEEN)
    assert "institute of the report" in problem.fix
    assert desk.events() == []


def test_nobody_takes_back_the_series_of_another_institute(desk: Desk) -> None:
    """A series belongs to the institute that opened it, whatever others call theirs."""
    raised = desk.take(finding("r1", institute="gb"))
    with pytest.raises(InvalidEvent):
        desk.take(retraction("r2", "r1", institute="us"))
    other = desk.take(finding("r3", institute="us", series="r1", system="another"))

    assert other.alert_id != raised.alert_id
    assert desk.alert(raised.alert_id).state == AlertState.OPEN


def test_a_finding_and_an_incident_of_one_name_are_two_series(desk: Desk) -> None:
    """They come by different topics, whose order among each other is nobody's promise."""
    first = desk.take(finding("r1", series="same"))
    second = desk.take(incident("r2", series="same"))
    desk.take(retraction("r3", "same", kind=ReportKind.INCIDENT))

    assert first.alert_id != second.alert_id
    assert desk.alert(first.alert_id).state == AlertState.OPEN
    assert desk.alert(second.alert_id).state == AlertState.RETRACTED


def test_a_correction_of_an_unknown_series_is_told(desk: Desk) -> None:
    """Its first report may have been lost: better told late than never."""
    taken = desk.take(finding("r2", series="r1", action=Action.UPDATE))

    assert (taken.change, taken.reason) == (AlertChange.RAISED, LifecycleReason.UPDATE_OF_UNKNOWN_SERIES)


def test_old_reports_that_come_again_after_newer_ones_change_nothing(desk: Desk) -> None:
    """A rewound partition does not bring back what was corrected."""
    desk.take(finding("r1", severity=Severity.SEVERE))
    taken = desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.MINOR))
    again = [desk.take(finding("r1", severity=Severity.SEVERE)).reason for _ in range(2)]

    assert again == [LifecycleReason.DUPLICATE] * 2
    assert desk.alert(taken.alert_id).severity == Severity.MINOR


def test_a_report_after_the_resolution_is_a_new_alert(desk: Desk) -> None:
    """A resolved alert gathers no further series."""
    raised = desk.take(finding("r1"))
    for institute in desk.directory.institute_names:
        desk.answer(raised.alert_id, institute, Answer.RESOLVE)
    later = desk.take(finding("r2", institute="jp"))

    assert desk.alert(raised.alert_id).state == AlertState.RESOLVED
    assert later.alert_id != raised.alert_id


def test_a_correction_of_a_resolved_alert_is_told_and_only_a_higher_severity_opens_it_again(desk: Desk) -> None:
    """Corrections reach whoever was told; a higher severity must be answered."""
    raised = desk.take(finding("r1", severity=Severity.MODERATE))
    for institute in desk.directory.institute_names:
        desk.answer(raised.alert_id, institute, Answer.RESOLVE)
    same = desk.take(finding("r2", series="r1", action=Action.UPDATE, severity=Severity.MODERATE))
    state = desk.alert(raised.alert_id).state
    higher = desk.take(finding("r3", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    alert = desk.alert(raised.alert_id)

    assert (same.reason, state) == (LifecycleReason.REPORT_CORRECTED, AlertState.RESOLVED)
    assert higher.reason is LifecycleReason.SEVERITY_RAISED
    assert (alert.state, alert.round, alert.open_key) == (AlertState.OPEN, 2, alert.correlation_key)
    assert desk.violations() == []


def test_a_resolved_alert_that_opens_again_leaves_the_key_to_its_successor(desk: Desk) -> None:
    """Two alerts of one key may be open then; further reports go to the one that holds it."""
    raised = desk.take(finding("r1", severity=Severity.MODERATE))
    for institute in desk.directory.institute_names:
        desk.answer(raised.alert_id, institute, Answer.RESOLVE)
    successor = desk.take(finding("r2", institute="jp", severity=Severity.MODERATE))
    desk.take(finding("r3", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    third = desk.take(finding("r4", institute="kr", severity=Severity.MODERATE))

    assert desk.alert(raised.alert_id).open_key is None
    assert third.alert_id == successor.alert_id


def test_a_stricter_label_makes_the_whole_alert_stricter(desk: Desk) -> None:
    """The alert shows each report it gathered, so it is as strict as the strictest of them, and stays so."""
    raised = desk.take(finding("r1", tlp=Tlp.GREEN))
    desk.take(finding("r2", series="r1", action=Action.UPDATE, tlp=Tlp.AMBER_STRICT))
    desk.take(finding("r3", series="r1", action=Action.UPDATE, tlp=Tlp.GREEN))

    assert desk.alert(raised.alert_id).tlp == Tlp.AMBER_STRICT
    assert [event.tlp for event in desk.events()] == [Tlp.GREEN, Tlp.AMBER_STRICT, Tlp.AMBER_STRICT]


def test_a_series_that_turns_from_exercise_to_actual_pages_as_the_real_thing(desk: Desk) -> None:
    """It leaves the exercise's alert for one of its own status; nothing actual hides in an exercise."""
    exercise = desk.take(finding("r1", status=Status.EXERCISE))
    actual = desk.take(finding("r2", series="r1", action=Action.UPDATE, status=Status.ACTUAL))
    follow = desk.take(finding("r3", series="r1", action=Action.UPDATE, status=Status.ACTUAL))

    assert (actual.change, actual.reason) == (AlertChange.RAISED, LifecycleReason.STATUS_CHANGED)
    assert desk.alert(exercise.alert_id).state == AlertState.RETRACTED
    assert desk.alert(actual.alert_id).status == Status.ACTUAL
    assert follow.alert_id == actual.alert_id
    assert desk.violations() == []


def test_what_is_red_begins_with_the_named_person(desk: Desk) -> None:
    """No shared channel or mailbox can be told, so the ladder for RED starts where somebody can."""
    taken = desk.take(incident("i1", tlp=Tlp.RED))

    assert {row.ladder for row in desk.responses(taken.alert_id).values()} == {"urgent-red"}
    assert [event.change for event in desk.events()] == [AlertChange.RAISED]


def test_a_test_concerns_its_reporter_only(desk: Desk) -> None:
    """Trying one's own connection disturbs nobody else and asks for no answer."""
    taken = desk.take(finding("r1", institute="ke", status=Status.TEST, severity=Severity.SEVERE))
    responses = desk.responses(taken.alert_id)

    assert [(name, row.answer_required) for name, row in responses.items()] == [("ke", False)]


def test_everything_of_a_change_is_written_together(desk: Desk) -> None:
    """Each alert has as many changes and events as its revision says."""
    taken = desk.take(finding("r1"))
    desk.take(finding("r2", institute="jp"))
    desk.answer(taken.alert_id, "fr", Answer.ACKNOWLEDGE)
    with desk.store.read() as session:
        changes = session.scalar(select(func.count()).select_from(ChangeRow))
    alert = desk.alert(taken.alert_id)

    assert alert.revision == changes == len(desk.events()) == 3
    assert [event.revision for event in desk.events()] == [1, 2, 3]
