"""A rule that holds for a report: what it argues for, for which harms, and what it looked at."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_schemas import HarmType, Incident, Reason, Report, Severity
from tocsin_streams.rubric.conditions import Condition
from tocsin_streams.rubric.facts import Facts
from tocsin_streams.rubric.rules import REPORTED, Rule


@dataclass(frozen=True, slots=True)
class Argument:
    """A rule of the rubric with its compiled condition."""

    rule: Rule
    condition: Condition


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that holds for a report, and the harms for which it argues."""

    rule: Rule
    severity: Severity | None
    harms: dict[HarmType, Severity]
    reason: Reason
    asked: tuple[str, ...] = ()
    """Names of the facts that its condition asks about."""


def fired_for(argument: Argument, report: Report, facts: Facts) -> Fired:
    """What a rule that holds says about this report."""
    rule = argument.rule
    harms: dict[HarmType, Severity] = {}
    if isinstance(rule.severity, dict) and isinstance(report.body, Incident):
        for harm, argued in rule.severity.items():
            for each in report.body.harm_types if harm == REPORTED else (HarmType(harm),):
                harms[each] = higher(harms.get(each), argued)
    severity = rule.greatest
    reason = Reason(
        rule=rule.id,
        sentence=rule.sentence,
        source=rule.source,
        inputs=_inputs(argument, facts),
        severity=severity,
    )
    return Fired(rule, severity, harms, reason, argument.condition.facts)


def _inputs(argument: Argument, facts: Facts) -> Facts:
    """What the rule asked about; one that decides by a threshold shows the numbers behind it as well."""
    inputs = argument.condition.inputs(facts)
    asked = argument.condition.facts
    if "uncertain" in asked or ("reached" in asked and argument.rule.severity is not None):
        shown = (
            "evaluation",
            "metric",
            "value",
            "low",
            "high",
            "threshold",
            "spanned",
            "chance",
            "samples",
            "higher_is",
            "basis",
        )
        inputs |= {name: facts[name] for name in shown if name in facts}
    return inputs


def higher(first: Severity | None, second: Severity) -> Severity:
    """The more serious of the two."""
    return second if first is None else max(first, second, key=lambda each: each.rank)
