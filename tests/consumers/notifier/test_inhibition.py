"""A confirmed incident keeps back calls about the hazards that it grew from, as long as it is live."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.alerting.assessments import finding, grade, incident, retraction
from tests.consumers.notifier.rig import Notifier
from tests.consumers.notifier.test_muting import outcomes, settle
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.muting.keeping_back import Aftermath
from tocsin_alerting.store.view import alert_view
from tocsin_schemas import Answer, Assessment, Certainty, Domain, ReportKind, Severity, Status

QUARTER = timedelta(minutes=15)


def confirmed(report: str = "i1", *, severity: Severity = Severity.CRITICAL, **fields: Any) -> Assessment:
    """An incident, observed, about the system and in the domain of the tests' findings."""
    made = incident(report, **({"systems": [{"name": "example-model-4"}]} | fields))
    return made.model_copy(update={"grade": grade(severity, Domain.CHEMICAL_BIOLOGICAL, certainty=Certainty.OBSERVED)})


def work_off(notifier: Notifier) -> None:
    """Hear and send, with the rest that Slack's channels need between two posts."""
    notifier.work()
    for _ in range(5):
        notifier.clock.advance(1)
        notifier.send()


def test_calls_about_the_hazard_are_kept_back_and_each_page_points_to_the_other(slack: Notifier) -> None:
    """The delivery names the incident's alert."""
    source = slack.desk.take(confirmed()).alert_id
    hazard = slack.desk.take(finding()).alert_id
    slack.work()
    rows = [row for row in slack.rows() if row.alert_id == hazard]
    with slack.store.read() as session:
        views = [
            alert_view(session, one, directory=slack.desk.directory, level=lambda _: Level.FULL)
            for one in (source, hazard)
        ]

    assert {(row.outcome, row.outcome_reason) for row in rows} == {("muted", f"inhibition:{source}")}
    assert [[(one.relation.value, one.alert) for one in view.relations] for view in views if view is not None] == [
        [("inhibits", hazard)],
        [("inhibited_by", source)],
    ]
    assert slack.desk.violations() == []


def test_a_hazard_that_was_told_before_is_not_escalated_while_the_incident_is_live(slack: Notifier) -> None:
    """Its ladder waits, and goes on when the incident is resolved; nobody is told anew of what they know."""
    hazard = slack.desk.take(finding()).alert_id
    slack.work()
    source = slack.desk.take(confirmed()).alert_id
    slack.work()
    slack.clock.advance(QUARTER)
    held = [one.alert_id for one in slack.desk.escalate()]
    calm = slack.desk.violations()
    for institute in slack.desk.directory.institute_names:
        slack.desk.answer(source, institute, Answer.ACKNOWLEDGE)
        slack.desk.answer(source, institute, Answer.RESOLVE)
    settled = settle(slack)
    slack.clock.advance(1)
    gone_on = {one.alert_id for one in slack.desk.escalate()}

    assert hazard not in held
    assert calm == []
    assert set(settled) == {Aftermath.TOLD_SINCE}
    assert gone_on == {hazard}


def test_when_the_incident_is_taken_back_the_hazard_is_told_once(slack: Notifier) -> None:
    """To everybody from whom it was kept."""
    slack.desk.take(confirmed())
    hazard = slack.desk.take(finding()).alert_id
    slack.work()
    slack.desk.take(retraction("i2", "i1", kind=ReportKind.INCIDENT))
    slack.work()
    first, again = settle(slack), settle(slack)
    work_off(slack)
    told = [row for row in slack.rows(reason="inhibition_ended") if row.alert_id == hazard]

    assert (set(first), len(first), again) == ({Aftermath.TELL}, 10, [])
    assert {row.outcome for row in told} == {"sent"}
    assert len(told) == 10


def test_what_is_graver_than_the_incident_or_real_beside_an_exercise_calls(slack: Notifier) -> None:
    """An incident of an exercise keeps nothing real back, a moderate one nothing severe."""
    slack.desk.take(confirmed("drill", status=Status.EXERCISE))
    slack.desk.take(confirmed("mild", severity=Severity.MODERATE))
    slack.desk.take(finding())
    work_off(slack)

    assert {outcome for kind, reason, outcome in outcomes(slack, "au")} == {"sent"}


def test_a_hazard_that_becomes_graver_than_the_incident_is_told(slack: Notifier) -> None:
    """The raise calls everybody, and what was kept back is settled thereby."""
    slack.desk.take(confirmed(severity=Severity.SEVERE))
    slack.desk.take(finding(severity=Severity.MODERATE))
    slack.work()
    before = outcomes(slack, "au")
    slack.desk.take(confirmed("i2", series="i1", severity=Severity.MODERATE, action="update"))
    slack.work()
    slack.desk.take(finding("r2", institute="fr", severity=Severity.SEVERE))
    slack.work()

    assert ("message", "raised", "muted") in before
    assert ("message", "severity_raised", "sent") in outcomes(slack, "au")
    assert set(settle(slack)) == {Aftermath.TOLD_SINCE}


def test_a_resolution_that_was_under_way_when_the_call_was_kept_back_is_not_missed(slack: Notifier) -> None:
    """Its clock may be behind the planning's: revisions tell, and not times."""
    source = slack.desk.take(confirmed(severity=Severity.SEVERE)).alert_id
    slack.desk.take(finding())
    slack.clock.advance(60)
    slack.work()
    planned_at = slack.clock()
    slack.clock.set(planned_at - timedelta(seconds=30))
    slack.desk.take(retraction("i2", "i1", kind=ReportKind.INCIDENT))
    slack.clock.set(planned_at)

    assert slack.desk.alert(source).updated_at < planned_at
    assert set(settle(slack)) == {Aftermath.TELL}
