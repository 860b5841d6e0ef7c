"""A replay's outcome for programs. Holds no text of any report."""

from __future__ import annotations

from typing import Any

from tocsin_deploy.replay.outcome import Outcome, Replayed
from tocsin_schemas import Grade


def as_json(outcome: Outcome, *, changed_only: bool) -> dict[str, Any]:
    """The outcome as JSON says it.

    Args:
        outcome: of the replay.
        changed_only: leave out the reports whose grade stays.
    """
    asked_reports, asked_institutes = outcome.newly_paging()
    reports = list(outcome.changed) if changed_only else outcome.reports
    return {
        "rubric": outcome.rubric,
        "live_rubric": outcome.live_rubric,
        "policy": outcome.policy,
        "since": _time(outcome.since),
        "until": _time(outcome.until),
        "read_up_to": outcome.read,
        "seconds": round(outcome.seconds, 3),
        "counts": {
            "reports": len(outcome.reports),
            "changed": sum(1 for _ in outcome.changed),
            "changes": {change.value: count for change, count in outcome.counts().items()},
            "severities": outcome.matrix(),
            "compared_with": outcome.against(),
            "graded_by": outcome.graded_by(),
            "newly_paging_reports": asked_reports,
            "newly_asked_institutes": asked_institutes,
            "retractions": outcome.retractions,
            "repeated": outcome.repeated,
            "unreadable": len(outcome.unreadable),
            "unreadable_assessments": len(outcome.unreadable_assessments),
            "graded_again": dict(sorted(outcome.graded_again.items())),
        },
        "reports": [_replayed(each) for each in reports],
        "unreadable": [
            {
                "at": str(each.place),
                "problems": [
                    {"code": problem.code.value, "field": problem.field, "message": problem.message, "fix": problem.fix}
                    for problem in each.problems
                ],
            }
            for each in outcome.unreadable
        ],
        "unreadable_assessments": outcome.unreadable_assessments,
    }


def grade_as_json(grade: Grade) -> dict[str, Any]:
    """A grade without its reasons' sentences: what two of them are compared by, and the ids of the rules."""
    return {
        "severity": grade.severity.value,
        "oecd_class": grade.oecd_class.value,
        "certainty": grade.certainty.value,
        "urgency": grade.urgency.value,
        "harms": {harm.value: severity.value for harm, severity in grade.harms.items()},
        "clocks": [
            {"regime": clock.regime, "days": clock.days, "deadline": _time(clock.deadline)} for clock in grade.clocks
        ],
        "rules": list(dict.fromkeys(reason.rule for reason in grade.reasons)),
        "rubric": grade.rubric,
    }


def _replayed(each: Replayed) -> dict[str, Any]:
    return {
        "source": each.report.source,
        "report": each.report.report,
        "series": each.report.series,
        "kind": each.report.kind.value,
        "action": each.report.action.value,
        "institute": each.report.institute,
        "status": each.report.status.value,
        "tlp": each.report.tlp.value,
        "at": str(each.place),
        "written_at": _time(each.written_at),
        "change": each.comparison.change.value,
        "differs": list(each.comparison.differs),
        "compared_with": each.against.value,
        "before": grade_as_json(each.before),
        "after": grade_as_json(each.after),
        "rules_gained": list(each.comparison.rules_gained),
        "rules_lost": list(each.comparison.rules_lost),
        "newly_asked": list(each.paging.newly_asked),
        "newly_told": list(each.paging.newly_told),
        "no_longer_asked": list(each.paging.no_longer_asked),
    }


def _time(instant: Any) -> str | None:
    return None if instant is None else instant.isoformat()
