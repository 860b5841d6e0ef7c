"""Assessments of two versions of the rubric in one store."""

from __future__ import annotations

from tests.alerting.assessments import finding
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.lifecycle import LifecycleReason
from tocsin_alerting.store import Store
from tocsin_alerting.store.reports import take
from tocsin_alerting.store.tables import AlertRow
from tocsin_schemas import Action, Assessment, Severity, system_clock


def by(rubric: str, assessment: Assessment, severity: Severity) -> Assessment:
    """The assessment as another version of the rubric makes it."""
    assert assessment.grade is not None
    grade = assessment.grade.model_copy(update={"rubric": rubric, "severity": severity})
    return assessment.model_copy(update={"grade": grade})


def test_a_report_graded_by_two_rubrics_counts_once_with_its_first_grade(store: Store, directory: Directory) -> None:
    """The second grade of the same report changes neither the alert's severity nor its revision."""
    report = finding("r1", severity=Severity.SEVERE)
    first = take(store, by("old", report, Severity.SEVERE), directory=directory, now=system_clock())
    again = take(store, by("new", report, Severity.MINOR), directory=directory, now=system_clock())
    with store.read() as session:
        alert = session.get_one(AlertRow, first.alert_id)

    assert (again.reason, again.change, again.revision) == (LifecycleReason.DUPLICATE, None, first.revision)
    assert (alert.severity, alert.rubric) == ("severe", "old")


def test_a_correction_by_the_new_rubric_is_taken_and_the_alert_says_so(store: Store, directory: Directory) -> None:
    """A series may begin under one rubric and go on under the next."""
    report = finding("r1", severity=Severity.SEVERE)
    first = take(store, by("old", report, Severity.SEVERE), directory=directory, now=system_clock())
    correction = finding("r2", series=report.series, action=Action.UPDATE, severity=Severity.MODERATE)
    taken = take(store, by("new", correction, Severity.MODERATE), directory=directory, now=system_clock())
    with store.read() as session:
        alert = session.get_one(AlertRow, first.alert_id)

    assert taken.alert_id == first.alert_id
    assert (alert.severity, alert.rubric) == ("moderate", "new")
