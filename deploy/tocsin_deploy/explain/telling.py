"""Who would be told of a report that raises an alert of its own, by the present policy and the notifiers' decisions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import AlertFacts, Concerned, NotificationPlan, Unreachable
from tocsin_alerting.policy.reach import can_be_told
from tocsin_alerting.policy.routing import ConcernReason, RoutedAlert, plan_route
from tocsin_schemas import AlertChange, AlertEvent, AlertState, Assessment


@dataclass(frozen=True, slots=True)
class Told:
    """One address, and how much may be said there."""

    contact: str
    name: str
    language: str
    channel: str
    address: str
    says: str
    """`full`, `notice` or `nothing`."""
    why: str
    """The reason for it, a word of a closed set."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an institute's ladder."""

    number: int
    team: str
    after: timedelta
    """How long after the alert, if nobody answers before."""
    told: tuple[Told, ...]
    unreachable: tuple[str, ...]
    """Why it reaches nobody, where it does not: the next step is told at once."""


@dataclass(frozen=True, slots=True)
class Institute:
    """An institute that the alert concerns."""

    institute: str
    name: str
    why: ConcernReason
    answer_required: bool
    ladder: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """All that would follow from a report by the present policy, were it to raise an alert of its own."""

    policy: str
    route: str
    institutes: tuple[Institute, ...]
    not_concerned: tuple[str, ...]
    """Members that would not be told, by id: the route leaves them out."""


def telling(assessment: Assessment, directory: Directory, *, now: datetime) -> Telling:
    """Who would be told of a graded report.

    Args:
        assessment: of a report, not of a retraction.
        directory: the present policy.
        now: when it is reported.

    Raises:
        ValueError: a retraction tells those who were told before, and nobody here was.
    """
    if assessment.grade is None:
        raise ValueError("a retraction is told to those who were told what it takes back")
    plan = plan_route(
        RoutedAlert(
            kind=assessment.kind,
            status=assessment.status,
            tlp=assessment.tlp,
            severity=assessment.grade.severity,
            reporters=[assessment.institute],
        ),
        directory,
    )
    facts = AlertFacts(
        tlp=assessment.tlp,
        concerned=tuple(Concerned(concern.institute, concern.ladder) for concern in plan.concerns),
        told=(),
    )
    return Telling(
        policy=directory.version,
        route=plan.route,
        institutes=tuple(
            Institute(
                institute=concern.institute,
                name=directory.institute_name(concern.institute),
                why=concern.reason,
                answer_required=concern.answer_required,
                ladder=concern.ladder,
                steps=_steps(assessment, facts, concern.institute, concern.ladder, directory, now),
            )
            for concern in plan.concerns
        ),
        not_concerned=tuple(sorted(set(directory.institute_names) - {concern.institute for concern in plan.concerns})),
    )


def _steps(
    assessment: Assessment, facts: AlertFacts, institute: str, ladder_id: str, directory: Directory, now: datetime
) -> tuple[Step, ...]:
    steps, after = [], timedelta(0)
    for number, step in enumerate(directory.ladders[ladder_id].steps, start=1):
        plan = plan_notification(_event(assessment, institute, number, now + after), facts, directory)
        steps.append(
            Step(
                number=number,
                team=step.team,
                after=after,
                told=_told(plan, institute, directory),
                unreachable=tuple(one.reason.value for one in _unreachable(plan, institute)),
            )
        )
        if can_be_told(directory, institute, step.team, assessment.tlp, now + after):
            after += step.wait
    return tuple(steps)


def _event(assessment: Assessment, institute: str, step: int, now: datetime) -> AlertEvent:
    """What the notifiers would be told: that the alert was raised, or that silence moved an institute's ladder on."""
    grade = assessment.grade
    assert grade is not None
    first = step == 1
    return AlertEvent(
        alert="00000000-0000-0000-0000-000000000000",
        revision=step,
        change=AlertChange.RAISED if first else AlertChange.ESCALATED,
        at=now,
        reason="first_report" if first else "no_answer",
        kind=assessment.kind,
        state=AlertState.OPEN,
        severity=grade.severity,
        oecd_class=grade.oecd_class,
        status=assessment.status,
        tlp=assessment.tlp,
        institute=None if first else institute,
        step=None if first else step,
    )


def _told(plan: NotificationPlan, institute: str, directory: Directory) -> tuple[Told, ...]:
    found = []
    for delivery in plan.deliveries:
        if delivery.institute == institute:
            contact = directory.contacts[delivery.contact]
            found.append(
                Told(
                    contact=contact.id,
                    name=contact.name,
                    language=contact.language,
                    channel=delivery.channel.value,
                    address=delivery.address,
                    says=delivery.disclosure.value,
                    why=delivery.disclosure_reason,
                )
            )
    return tuple(found)


def _unreachable(plan: NotificationPlan, institute: str) -> list[Unreachable]:
    return [one for one in plan.unreachable if one.institute == institute]
