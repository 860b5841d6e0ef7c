"""Who would be told of a report that raises an alert of its own: its rehearsal, by institute and step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.routing import Concern, ConcernReason
from tocsin_deploy.rehearsal import Rehearsal, RehearsedAlert, Told, rehearse
from tocsin_schemas import Assessment


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an institute's ladder that would be called."""

    number: int
    team: str
    after: timedelta
    """How long after the alert, if nobody answers before."""
    told: tuple[Told, ...]
    """With the addresses at which nothing may be said."""
    unreachable: tuple[str, ...]
    """Why it reaches nobody, where it does not: the next step is told at once."""


@dataclass(frozen=True, slots=True)
class Institute:
    """An institute that the alert concerns."""

    institute: str
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
    others: tuple[Told, ...]
    """Whom no ladder calls: who asked to be told of such alerts, and who is told of silence."""
    not_concerned: tuple[str, ...]
    """Members that the route leaves out, by id."""


def telling(assessment: Assessment, directory: Directory, *, now: datetime) -> Telling:
    """Who would be told of a graded report.

    Args:
        assessment: of a report, not of a retraction.
        directory: the present policy.
        now: when it is reported.

    Raises:
        ValueError: a retraction tells those who were told before, and nobody here was.
    """
    rehearsal = rehearse(RehearsedAlert.of(assessment), directory, at=now)
    concerns = rehearsal.plan.concerns
    return Telling(
        policy=rehearsal.policy,
        route=rehearsal.plan.route,
        institutes=tuple(
            Institute(
                institute=concern.institute,
                why=concern.reason,
                answer_required=concern.answer_required,
                ladder=concern.ladder,
                steps=_steps(rehearsal, concern, directory),
            )
            for concern in concerns
        ),
        others=tuple(told for told in rehearsal.told if told.step is None),
        not_concerned=tuple(sorted(set(directory.institute_names) - {concern.institute for concern in concerns})),
    )


def _steps(rehearsal: Rehearsal, concern: Concern, directory: Directory) -> tuple[Step, ...]:
    steps = []
    for number, step in enumerate(directory.ladders[concern.ladder].steps, start=1):
        at = rehearsal.steps.get((concern.institute, number))
        if at is None:
            # No answer is owed, so that nothing climbs.
            break
        steps.append(
            Step(
                number=number,
                team=step.team,
                after=at - rehearsal.at,
                told=tuple(
                    told for told in rehearsal.planned if (told.institute, told.step) == (concern.institute, number)
                ),
                unreachable=tuple(
                    gap.reason.value
                    for gap in rehearsal.gaps
                    if (gap.institute, gap.team, gap.at) == (concern.institute, step.team, at)
                ),
            )
        )
    return tuple(steps)
