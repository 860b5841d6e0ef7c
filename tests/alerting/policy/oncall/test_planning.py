"""What the notifiers plan follows the rota of the event's own instant, however late it is planned."""

from dataclasses import replace
from datetime import timedelta

from tests.alerting.policy.oncall.directories import NOW, contact, directory_of
from tests.alerting.policy.oncall.test_faults import TOKYO
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned, OffDuty
from tocsin_alerting.policy.oncall.duty import DutyReason
from tocsin_alerting.policy.oncall.rota import NoCopy, Shifts, TeamRota
from tocsin_alerting.policy.oncall.rotation import Rotation, Turns
from tocsin_schemas import AlertChange, AlertEvent, AlertState, OecdClass, ReportKind, Severity, Status, Tlp

FACTS = AlertFacts(Tlp.AMBER, (Concerned("jp", "urgent"),), ())
RAISED = AlertEvent(
    alert="a1",
    revision=1,
    change=AlertChange.RAISED,
    at=NOW,
    reason="first_report",
    kind=ReportKind.FINDING,
    state=AlertState.OPEN,
    severity=Severity.SEVERE,
    oecd_class=OecdClass.SERIOUS_HAZARD,
    status=Status.ACTUAL,
    tlp=Tlp.AMBER,
)
DAILY = Rotation.model_validate(
    {"members": ["jp.sato", "jp.ito"], "period": "daily", "handover": {"times": ["18:00"]}, "start": "2026-11-27"}
)


def _directory(shifts: Shifts) -> Directory:
    people = [contact("sato"), contact("ito"), contact("lead", team="lead")]
    return directory_of(people, {("jp", "duty"): TeamRota(shifts, zone=TOKYO)})


def _told(directory: Directory, event: AlertEvent) -> set[str]:
    return {delivery.contact for delivery in plan_notification(event, FACTS, directory).deliveries}


def test_who_was_on_duty_at_the_event_is_told() -> None:
    """The handover at nine in the morning UTC divides them, and nobody asks what time it is now."""
    directory = _directory(Turns(DAILY, TOKYO))

    assert _told(directory, RAISED) == {"jp.ito"}
    assert _told(directory, RAISED.model_copy(update={"at": NOW - timedelta(seconds=1)})) == {"jp.sato"}
    assert plan_notification(RAISED, FACTS, directory).off_duty == ()


def test_a_gap_is_told_to_the_whole_team_and_said() -> None:
    """The step neither waits nor is skipped."""
    directory = _directory(NoCopy("never fetched"))
    plan = plan_notification(RAISED, FACTS, directory)

    assert {delivery.contact for delivery in plan.deliveries} == {"jp.sato", "jp.ito"}
    assert plan.off_duty == (OffDuty("jp", "duty", DutyReason.NO_COPY),)
    assert plan.unreachable == ()


def test_red_needs_a_named_person_also_where_an_institute_gives_a_role_address_only() -> None:
    """The rota behind the address is its own; RED goes past it to the next step."""
    role = contact("desk", clearance=Tlp.RED, shared=True)
    head = contact("lead", team="lead", clearance=Tlp.RED, named=True)
    red = RAISED.model_copy(update={"tlp": Tlp.RED})
    plan = plan_notification(red, replace(FACTS, tlp=Tlp.RED), directory_of([role, head]))
    escalated = red.model_copy(update={"change": AlertChange.ESCALATED, "institute": "jp", "step": 2})
    next_step = plan_notification(escalated, replace(FACTS, tlp=Tlp.RED), directory_of([role, head]))

    assert all(delivery.withheld for delivery in plan.deliveries)
    assert [(each.contact, each.disclosure.value) for each in next_step.deliveries] == [
        ("jp.lead", "notice"),
        ("jp.lead", "notice"),
    ]
