"""Explanations for programs. They hold no text of the report."""

from __future__ import annotations

from typing import Any

from tocsin_alerting.policy.directory import Directory
from tocsin_deploy.explain.explaining import Explained
from tocsin_deploy.explain.telling import Telling
from tocsin_deploy.rehearsal.as_json import problems_as_json, told_as_json
from tocsin_deploy.rehearsal.reading import Unreadable
from tocsin_deploy.replay.as_json import grade_as_json
from tocsin_schemas import Grade, Reason
from tocsin_streams.rubric.trying.near_misses import NearMiss


def as_json(one: Explained | Unreadable, directory: Directory) -> dict[str, Any]:
    """One report's explanation as JSON says it; the policy knows its contacts' languages."""
    if isinstance(one, Unreadable):
        return {"part": one.part, "problems": problems_as_json(one.problems)}
    assessment = one.assessment
    return {
        "part": one.part,
        "report": assessment.report,
        "kind": assessment.kind.value,
        "action": assessment.action.value,
        "institute": assessment.institute,
        "status": assessment.status.value,
        "tlp": assessment.tlp.value,
        "grade": None if assessment.grade is None else _grade(assessment.grade),
        "nearly_fired": [_near(miss) for miss in one.near_misses],
        "told": None if one.telling is None else _telling(one.telling, directory),
    }


def _grade(grade: Grade) -> dict[str, Any]:
    return {
        **grade_as_json(grade),
        "domain": None if grade.domain is None else grade.domain.value,
        "clocks": [clock.model_dump(mode="json") for clock in grade.clocks],
        "reasons": [_reason(reason) for reason in grade.reasons],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return reason.model_dump(mode="json")


def _near(miss: NearMiss) -> dict[str, Any]:
    return {
        "rule": miss.rule,
        "sentence": miss.sentence,
        "source": miss.source,
        "field": miss.field,
        "now": miss.now,
        "needed": list(miss.needed),
        "margin": None if miss.margin is None else round(miss.margin, 6),
        "close": miss.is_close,
        "changes_grade": miss.changes_grade,
        "would_be": {
            "severity": miss.grade.severity.value,
            "oecd_class": miss.grade.oecd_class.value,
            "certainty": miss.grade.certainty.value,
            "urgency": miss.grade.urgency.value,
        },
    }


def _telling(said: Telling, directory: Directory) -> dict[str, Any]:
    return {
        "policy": said.policy,
        "route": said.route,
        "institutes": [
            {
                "institute": one.institute,
                "why": one.why.value,
                "answer_required": one.answer_required,
                "ladder": one.ladder,
                "steps": [
                    {
                        "step": step.number,
                        "team": step.team,
                        "after_seconds": int(step.after.total_seconds()),
                        "unreachable": list(step.unreachable),
                        "contacts": [
                            {
                                "language": directory.contacts[told.contact].language,
                                **told_as_json(told),
                            }
                            for told in step.told
                        ],
                    }
                    for step in one.steps
                ],
            }
            for one in said.institutes
        ],
        "others": [told_as_json(told) for told in said.others],
        "not_concerned": list(said.not_concerned),
    }
