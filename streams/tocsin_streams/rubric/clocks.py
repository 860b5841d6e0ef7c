"""Legal reporting clocks: which may run from a report, and until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tocsin_schemas import Finding, Incident, Reason, Report, ReportingClock
from tocsin_streams.rubric.conditions import Condition, NotEvaluatedError
from tocsin_streams.rubric.remarks import Remark, remark
from tocsin_streams.rubric.rules import ClockRule


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of the rubric with its compiled condition."""

    rule: ClockRule
    condition: Condition


def start_of(report: Report) -> datetime | None:
    """When its clocks start: when the submitter became aware, or else when the result was obtained or reported."""
    body = report.body
    if isinstance(body, Incident):
        return body.aware_at or report.envelope.time
    if isinstance(body, Finding):
        return body.observed_at
    return None


def running(
    clocks: Sequence[Clock], context: Any, start: datetime | None
) -> tuple[tuple[ReportingClock, ...], tuple[Reason, ...]]:
    """The clocks that may run, soonest deadline first, and what is to be said about those that could not be set.

    A clock whose law does not apply yet on the day of its start is none. Of one regime only the shortest is kept.
    """
    found: dict[str, ReportingClock] = {}
    reasons: list[Reason] = []
    for clock in clocks:
        rule = clock.rule
        try:
            if not clock.condition.holds(context):
                continue
        except NotEvaluatedError as error:
            reasons.append(remark(Remark.NOT_EVALUATED, rule_id=rule.id, error=str(error)))
            continue
        if start is None:
            reasons.append(remark(Remark.CLOCK_START_UNKNOWN, clock=rule.id, regime=rule.regime))
            continue
        if start.date() < rule.applies_from:
            continue
        shortest = found.get(rule.regime)
        if shortest is None or rule.days < shortest.days:
            found[rule.regime] = ReportingClock(
                regime=rule.regime,
                trigger=rule.trigger,
                days=rule.days,
                aware_at=start,
                deadline=start + timedelta(days=rule.days),
            )
    return tuple(sorted(found.values(), key=lambda each: (each.deadline, each.regime))), tuple(reasons)
