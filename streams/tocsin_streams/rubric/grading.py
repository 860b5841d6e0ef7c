"""Grading: a report against the rules, pure and deterministic. Same report, same rubric: same grade, everywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin_schemas import (
    Assessment,
    Certainty,
    Domain,
    Finding,
    Grade,
    HarmType,
    Incident,
    OecdClass,
    Reason,
    Report,
    ReportKind,
    Retraction,
    Severity,
)
from tocsin_streams.rubric import clocks as legal
from tocsin_streams.rubric import meaning
from tocsin_streams.rubric.arguments import Argument, Fired, fired_for, higher
from tocsin_streams.rubric.conditions import NotEvaluatedError, context_for
from tocsin_streams.rubric.facts import Facts, finding_facts, incident_facts
from tocsin_streams.rubric.meaning import CLASS_RANK, Verdict
from tocsin_streams.rubric.reading import Measured, read_finding
from tocsin_streams.rubric.registry import Registry
from tocsin_streams.rubric.remarks import Remark, remark
from tocsin_streams.rubric.rules import HAZARD_CLASSES, ClockRule, Rule
from tocsin_streams.rubric.sureness import certainty_of, urgency_of


class Rubric:
    """The shared rubric: rules, legal clocks and the evaluations registry, with the version that names them all."""

    def __init__(
        self,
        *,
        version: str,
        arguments: Mapping[ReportKind, Sequence[Argument]],
        clocks: Mapping[ReportKind, Sequence[legal.Clock]],
        lists: Mapping[str, tuple[str, ...]],
        registry: Registry,
    ) -> None:
        self.version = version
        self.registry = registry
        self.arguments = arguments
        self._clocks = clocks
        self._lists = lists

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the file within each kind."""
        return tuple(argument.rule for kind in ReportKind for argument in self.arguments[kind])

    @property
    def clock_rules(self) -> tuple[ClockRule, ...]:
        """Every legal clock, in the order of the file within each kind."""
        return tuple(clock.rule for kind in ReportKind for clock in self._clocks[kind])

    @property
    def clocks(self) -> Mapping[ReportKind, Sequence[legal.Clock]]:
        """The legal clocks with their compiled conditions."""
        return self._clocks

    @property
    def lists(self) -> Mapping[str, tuple[str, ...]]:
        """The lists that conditions may use."""
        return self._lists

    def facts_of(self, body: Finding | Incident) -> Facts:
        """What its conditions see of a report."""
        if isinstance(body, Finding):
            return finding_facts(body, read_finding(body, self.registry))
        return incident_facts(body)

    def without(self, rule_id: str) -> Rubric:
        """The same rubric without one of its rules, to see what that rule does; its version says so."""
        return Rubric(
            version=f"{self.version} without {rule_id}",
            arguments={
                kind: [argument for argument in arguments if argument.rule.id != rule_id]
                for kind, arguments in self.arguments.items()
            },
            clocks=self._clocks,
            lists=self._lists,
            registry=self.registry,
        )

    def assess(self, report: Report) -> Assessment:
        """The report with its grade; a retraction has none."""
        body = report.body
        retraction = isinstance(body, Retraction)
        return Assessment(
            source=report.envelope.source,
            report=report.envelope.id,
            series=report.envelope.series,
            kind=report.kind,
            action=report.action,
            institute=body.institute,
            tlp=body.tlp,
            status=body.status,
            language=body.language,
            reported_at=report.envelope.time,
            grade=None if retraction else self.grade(report),
            finding=body if isinstance(body, Finding) else None,
            incident=body if isinstance(body, Incident) else None,
            retraction=body if isinstance(body, Retraction) else None,
        )

    def grade(self, report: Report) -> Grade:
        """What the rubric makes of a finding or an incident.

        Raises:
            TypeError: a retraction has no grade.
        """
        body = report.body
        if isinstance(body, Finding):
            measured = read_finding(body, self.registry)
            return self._graded(report, finding_facts(body, measured), self._finding_remarks(measured))
        if isinstance(body, Incident):
            return self._graded(report, incident_facts(body), ())
        raise TypeError("a retraction has no grade")

    def _graded(self, report: Report, facts: Facts, remarks: tuple[Reason, ...]) -> Grade:
        context = context_for(report.kind, facts, self._lists)
        fired, failed = self._fire(report, facts, context)
        verdict = _with_meaning(_argued(fired), report)
        verdict = _unless_a_failed_rule_could_matter(verdict, failed)
        graded = verdict.severity is not Severity.UNCLASSIFIED
        clocks, clock_remarks = legal.running(self._clocks[report.kind], context, legal.start_of(report))
        reasons = [
            *_ordered(fired, verdict),
            *remarks,
            *(remark(Remark.NOT_EVALUATED, rule_id=rule.id, error=error) for rule, error in failed),
            *verdict.reasons,
            *_submitter(report, verdict),
            *clock_remarks,
        ]
        if not reasons:
            reasons.append(remark(Remark.NO_RULE))
        return Grade(
            severity=verdict.severity,
            oecd_class=verdict.oecd_class,
            certainty=certainty_of(fired, _deciding(fired)) if graded else Certainty.UNKNOWN,
            urgency=urgency_of(fired),
            harms=dict(sorted(verdict.harms.items())),
            domain=Domain(facts["domain"]) if "domain" in facts else None,
            evaluation=facts.get("evaluation"),
            reasons=tuple(reasons),
            clocks=clocks,
            rubric=self.version,
        )

    def _fire(self, report: Report, facts: Facts, context: Any) -> tuple[list[Fired], list[tuple[Rule, str]]]:
        fired: list[Fired] = []
        failed: list[tuple[Rule, str]] = []
        for argument in self.arguments[report.kind]:
            try:
                holds = argument.condition.holds(context)
            except NotEvaluatedError as error:
                failed.append((argument.rule, str(error)))
                continue
            if holds:
                fired.append(fired_for(argument, report, facts))
        return fired, failed

    @staticmethod
    def _finding_remarks(measured: Measured) -> tuple[Reason, ...]:
        if measured.unread is None:
            return ()
        entry, unrelated = measured.entry, measured.unrelated
        basis: list[str] | str | None = None
        if measured.unread.value == Remark.NO_THRESHOLDS.value and entry is not None:
            basis = sorted({metric.basis for metric in entry.metrics})
        elif unrelated is not None:
            basis = unrelated.listed.reason
        known = entry.name if entry is not None else unrelated.name if unrelated is not None else None
        return (remark(Remark(measured.unread.value), evaluation=known, basis=basis),)


def _argued(fired: Sequence[Fired]) -> Verdict:
    """The highest of what the rules that hold argue for, over harm types and over rules."""
    severity = Severity.UNCLASSIFIED
    oecd_class = OecdClass.UNCLASSIFIED
    harms: dict[HarmType, Severity] = {}
    for each in fired:
        if each.severity is None:
            continue
        severity = higher(severity, each.severity)
        if each.rule.oecd_class is not None:
            # Between equals the incident side: where a rule about harm done holds, harm was done.
            oecd_class = max(
                oecd_class, each.rule.oecd_class, key=lambda one: (CLASS_RANK[one], one not in HAZARD_CLASSES)
            )
        for harm, argued in each.harms.items():
            harms[harm] = higher(harms.get(harm), argued)
    return Verdict(severity, oecd_class, harms)


def _with_meaning(verdict: Verdict, report: Report) -> Verdict:
    if isinstance(report.body, Incident):
        return meaning.of_incident(verdict, report.body)
    return meaning.of_finding(verdict)


def _unless_a_failed_rule_could_matter(verdict: Verdict, failed: Sequence[tuple[Rule, str]]) -> Verdict:
    """No grade where a rule that could not be evaluated might have argued for more.

    The highest argument wins, so a rule that could not have exceeded what others argued for changes nothing, and the
    grade stands with a remark. Any other might: people must look.
    """
    for rule, error in failed:
        greatest = rule.greatest
        if greatest is None or rule.oecd_class is None:
            continue
        if greatest.rank > verdict.severity.rank or CLASS_RANK[rule.oecd_class] > CLASS_RANK[verdict.oecd_class]:
            return meaning.unclassified(remark(Remark.MIGHT_MATTER, rule_id=rule.id, error=error))
    return verdict


def _deciding(fired: Sequence[Fired]) -> list[Fired]:
    """The rules that argue for the highest severity."""
    top = max((each.severity.rank for each in fired if each.severity is not None), default=None)
    return [each for each in fired if each.severity is not None and each.severity.rank == top]


def _ordered(fired: Sequence[Fired], verdict: Verdict) -> list[Reason]:
    """Reasons of the rules that decided first, then the others; each in the order of the file."""
    if verdict.severity is Severity.UNCLASSIFIED:
        # What they argue for was set aside: shown as remarks, so that nobody reads a grade out of them.
        return [each.reason.model_copy(update={"severity": None}) for each in fired]
    deciding = _deciding(fired)
    return [each.reason for each in deciding] + [each.reason for each in fired if each not in deciding]


def _submitter(report: Report, verdict: Verdict) -> tuple[Reason, ...]:
    if not isinstance(report.body, Incident) or verdict.oecd_class.value == report.body.severity:
        return ()
    return (remark(Remark.SUBMITTER_DIFFERS, submitter=report.body.severity, shared=verdict.oecd_class.value),)
