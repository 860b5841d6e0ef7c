"""Rehearsals for programs. They hold no text of the report."""

from __future__ import annotations

from typing import Any

from tocsin_deploy.rehearsal.rehearsal import Rehearsal, Told
from tocsin_schemas import Problem


def as_json(rehearsal: Rehearsal) -> dict[str, Any]:
    """One rehearsal as JSON says it."""
    alert = rehearsal.alert
    return {
        "at": rehearsal.at.isoformat(),
        "policy": rehearsal.policy,
        "alert": {
            "kind": alert.kind.value,
            "purpose": alert.purpose.value,
            "status": alert.status.value,
            "tlp": alert.tlp.value,
            "severity": alert.severity.value,
            "urgency": alert.urgency.value,
            "domain": None if alert.domain is None else alert.domain.value,
            "reporters": list(alert.reporters),
        },
        "route": rehearsal.plan.route,
        "concerned": [
            {
                "institute": concern.institute,
                "why": concern.reason.value,
                "ladder": concern.ladder,
                "answer_required": concern.answer_required,
            }
            for concern in rehearsal.plan.concerns
        ],
        "told": [told_as_json(told) for told in rehearsal.told],
        "gaps": [
            {"at": gap.at.isoformat(), "institute": gap.institute, "team": gap.team, "reason": gap.reason.value}
            for gap in rehearsal.gaps
        ],
        "exhausted": [{"institute": institute, "at": at.isoformat()} for institute, at in rehearsal.exhausted],
        "not_told": [
            {
                "institute": one.institute,
                "contact": one.contact,
                "channel": one.channel.value,
                "address": one.address,
                "reason": one.reason.value,
                "detail": one.detail,
            }
            for one in rehearsal.not_told
        ],
    }


def problems_as_json(problems: tuple[Problem, ...]) -> list[dict[str, str]]:
    """What is wrong with a part of a file."""
    return [
        {"code": problem.code.value, "field": problem.field, "message": problem.message, "fix": problem.fix}
        for problem in problems
    ]


def told_as_json(told: Told) -> dict[str, Any]:
    """One message that would go out."""
    return {
        "at": told.at.isoformat(),
        "after_seconds": int(told.after.total_seconds()),
        "institute": told.institute,
        "contact": told.contact,
        "channel": told.channel.value,
        "address": told.address,
        "reason": told.reason.value,
        "about": told.about,
        "step": told.step,
        "says": told.says.value,
        "why": told.why,
        "timing": told.timing.value,
        "stands_by": told.stands_by,
        "kept_by": told.kept_by,
    }
