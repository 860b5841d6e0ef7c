"""The rubric file: rules that argue for grades, and the legal clocks that may run."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tocsin_schemas import Certainty, HarmType, OecdClass, ReportKind, Severity, Urgency
from tocsin_schemas.scalars import Line, Record, Text
from tocsin_schemas.sentences import RuleId

REPORTED = "reported"
"""In a rule's severity: every harm type that the report names."""

HAZARD_CLASSES = frozenset({OecdClass.HAZARD, OecdClass.SERIOUS_HAZARD})
_CEILING_OF_FINDINGS = Severity.SEVERE


class Rule(Record):
    """One argument: when it holds, what it argues for, said in one sentence, with its source."""

    id: RuleId
    kind: ReportKind
    when: Line
    """A CEL condition over `finding` or `incident` and `lists`; an absent field must be guarded with `has()`."""
    severity: Severity | dict[HarmType | Literal["reported"], Severity] | None = None
    """For findings one severity; for incidents one for each harm type, `reported` standing for those reported."""
    oecd_class: OecdClass | None = None
    certainty: Certainty | None = None
    certainty_at_most: Certainty | None = None
    """Lowers certainty; nothing that other rules say raises it again."""
    urgency: Urgency | None = None
    sentence: Text
    """What the rule says, for people, without words of the report."""
    source: Text
    """Where it comes from; `Convention of the network` where it is no more than that."""

    @property
    def greatest(self) -> Severity | None:
        """The highest severity that it could argue for."""
        if isinstance(self.severity, dict):
            return max(self.severity.values(), key=lambda severity: severity.rank)
        return self.severity

    @model_validator(mode="after")
    def _means_something(self) -> Rule:
        fault = self._fault()
        if fault is not None:
            raise ValueError(fault)
        return self

    def _fault(self) -> str | None:
        if isinstance(self.severity, dict) and not self.severity:
            return "severity: name at least one harm type, or leave it out"
        argued = self.greatest
        if Severity.UNCLASSIFIED in self._severities() or self.oecd_class is OecdClass.UNCLASSIFIED:
            return "severity: unclassified is what is left when no rule argues; no rule argues for it"
        if (argued is None) != (self.oecd_class is None):
            return "oecd_class: severity and OECD class go together; give both or neither"
        if argued is None:
            return None
        return self._fault_of_finding(argued) if self.kind is ReportKind.FINDING else self._fault_of_incident()

    def _severities(self) -> set[Severity]:
        if isinstance(self.severity, dict):
            return set(self.severity.values())
        return set() if self.severity is None else {self.severity}

    def _fault_of_finding(self, argued: Severity) -> str | None:
        if isinstance(self.severity, dict):
            return "severity: a finding has one severity, not one for each harm type"
        if argued.rank > _CEILING_OF_FINDINGS.rank:
            return "severity: a finding is about what could happen: never above severe"
        if self.oecd_class not in HAZARD_CLASSES:
            return "oecd_class: a finding is a hazard or a serious_hazard"
        return None

    def _fault_of_incident(self) -> str | None:
        if not isinstance(self.severity, dict):
            return "severity: an incident's rule says it for each harm type, such as {reported: minor}"
        return None


class ClockRule(Record):
    """A legal deadline and what starts it. Shown to people; nothing is ever filed."""

    id: RuleId
    kind: ReportKind
    when: Line
    regime: Line
    """Such as `eu-gpai-code`."""
    trigger: Line
    """What starts it, in a few words."""
    days: Annotated[int, Field(ge=0, le=3650)]
    applies_from: date
    """First day on which it is law; a report whose clock would start before has none."""
    source: Text


class RubricFile(Record):
    """`rubric.yaml` as it is written."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]{0,39}$")]
    """Name of this edition, such as `network-1`; the digest of the content follows it in the version."""
    lists: dict[Annotated[str, StringConstraints(pattern=r"^[a-z_]+$")], tuple[str, ...]] = Field(default={})
    """Named lists that conditions may use as `lists.<name>`."""
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    clocks: tuple[ClockRule, ...] = ()
