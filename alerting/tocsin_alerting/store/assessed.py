"""What a stored report says, for people: its texts, its measurements and the rules that graded it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from tocsin_alerting.messages.described import (
    DEATHS,
    FINANCIAL_LOSS,
    INJURIES,
    PEOPLE_AFFECTED,
    SERIOUS_INJURIES,
    Described,
)
from tocsin_alerting.messages.view import ClockView, ReasonView
from tocsin_alerting.store.tables import ReportRow
from tocsin_schemas.assessment import Assessment, ReportingClock
from tocsin_schemas.evaluation import Evaluation, Measurement, System
from tocsin_schemas.incident import HarmQuantification


@dataclass(frozen=True, slots=True)
class Assessed:
    """The readable part of an assessment. All of it is protected by the report's label."""

    title: str | None = None
    summary: str | None = None
    language: str | None = None
    system: str | None = None
    evaluation: str | None = None
    measurements: tuple[str, ...] = ()
    reasons: tuple[ReasonView, ...] = ()
    clocks: tuple[ClockView, ...] = ()


def assessed(row: ReportRow | Row[Any]) -> Assessed:
    """What a report says.

    Raises:
        pydantic.ValidationError: the row holds no assessment of this version.
    """
    whole = Assessment.model_validate(row.assessment)
    reasons = (
        ()
        if whole.grade is None
        else tuple(
            ReasonView(
                rule=reason.rule,
                sentence=reason.sentence,
                source=reason.source,
                inputs=tuple((name, _plain(value)) for name, value in reason.inputs.items()),
            )
            for reason in whole.grade.reasons
        )
    )
    clocks = () if whole.grade is None else tuple(_clock(clock) for clock in whole.grade.clocks)
    if whole.finding is not None:
        finding = whole.finding
        return Assessed(
            title=finding.title,
            summary=finding.summary,
            language=finding.language,
            system=_system(finding.system),
            evaluation=_evaluation(finding.evaluation),
            measurements=tuple(_measurement(measurement) for measurement in finding.measurements),
            reasons=reasons,
            clocks=clocks,
        )
    if whole.incident is not None:
        incident = whole.incident
        return Assessed(
            title=incident.title,
            summary=incident.description,
            language=incident.language,
            system="; ".join(_system(system) for system in incident.systems) or None,
            evaluation=None,
            measurements=_harm(incident.harm_quantification),
            reasons=reasons,
            clocks=clocks,
        )
    reason = None if whole.retraction is None else whole.retraction.reason
    return Assessed(summary=reason, language=whole.language)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _system(system: System) -> str:
    named = f"{system.name} {system.version}" if system.version else system.name
    return f"{named} ({system.developer})" if system.developer else named


def _evaluation(evaluation: Evaluation) -> str:
    named = f"{evaluation.name} {evaluation.version}" if evaluation.version else evaluation.name
    return f"{named} ({evaluation.package})" if evaluation.package else named


def _measurement(measurement: Measurement) -> str:
    said = f"{measurement.metric} {measurement.value:.4g}"
    if measurement.stderr is not None:
        said += f" ± {measurement.stderr:.2g}"
    details = []
    if measurement.samples is not None:
        details.append(f"n = {measurement.samples}")
    if measurement.scorer is not None:
        details.append(measurement.scorer)
    return f"{said} ({', '.join(details)})" if details else said


def _harm(harm: HarmQuantification) -> tuple[str, ...]:
    # A list, not a sentence: figures with the criterion's own name.
    counted = (
        (DEATHS, harm.deaths),
        (SERIOUS_INJURIES, harm.serious_injuries),
        (INJURIES, harm.injuries),
        (PEOPLE_AFFECTED, harm.people_affected),
        (FINANCIAL_LOSS, harm.financial_loss_usd),
    )
    return tuple(Described(name, number=round(count)) for name, count in counted if count is not None)


def _clock(clock: ReportingClock) -> ClockView:
    return ClockView(clock.regime, clock.trigger, clock.days, clock.deadline)
