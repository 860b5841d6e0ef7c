"""An assessment: a report and its grade by the shared rubric, with the reasons."""

from __future__ import annotations

from typing import Annotated

from pydantic import ConfigDict, Field, JsonValue, model_validator

from tocsin_schemas.finding import Finding
from tocsin_schemas.incident import Incident
from tocsin_schemas.retraction import Retraction
from tocsin_schemas.scalars import Instant, InstituteId, LanguageTag, Record
from tocsin_schemas.vocabulary import (
    Action,
    Certainty,
    Domain,
    HarmType,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
    Urgency,
)


class Reason(Record):
    """Why a grade is what it is: one rule that fired, said for people, with what it looked at."""

    rule: str
    """Id of the rule in the rubric."""
    sentence: str
    """What the rule says, in one plain sentence. Holds no text of the report."""
    source: str
    """Where the rule comes from."""
    inputs: dict[str, JsonValue] = Field(default_factory=dict)
    """The values it looked at: numbers, enum words, registry entries; never texts of the report."""
    severity: Severity | None = None
    """The severity it argues for, where it does."""


class ReportingClock(Record):
    """A legal deadline that may run from this report. Shown to people; nothing is ever filed automatically."""

    regime: str
    """Such as `eu-ai-act-73` or `eu-gpai-code`."""
    trigger: str
    days: Annotated[int, Field(ge=0)]
    aware_at: Instant
    deadline: Instant


class Grade(Record):
    """What the rubric makes of a report. Severity, certainty and urgency are separate and never one number."""

    severity: Severity
    """The headline: the highest over harm types."""
    oecd_class: OecdClass
    certainty: Certainty
    urgency: Urgency
    harms: dict[HarmType, Severity] = Field(default_factory=dict)
    """Severity by harm type, for incidents."""
    domain: Domain | None = None
    evaluation: str | None = None
    """The registry's own name of a finding's evaluation, whatever alias the report used; None where it has none."""
    reasons: Annotated[tuple[Reason, ...], Field(min_length=1)]
    """Every rule that decided, never empty."""
    clocks: tuple[ReportingClock, ...] = ()
    rubric: str
    """Version of the rubric: its name, and a digest of its files and of how the code reads them.

    Same report, same rubric: same grade, everywhere.
    """


class Assessment(Record):
    """A graded report, as it travels from grading to the desk."""

    model_config = ConfigDict(
        json_schema_extra={
            "oneOf": [
                {"required": [body], "properties": {body: {"type": "object"}}}
                for body in ("finding", "incident", "retraction")
            ]
        }
    )

    source: str
    """CloudEvents source of the report."""
    report: str
    """CloudEvents id of the report; with `source` it identifies it for ever."""
    series: str
    kind: ReportKind
    action: Action
    institute: InstituteId
    tlp: Tlp
    status: Status
    language: LanguageTag
    reported_at: Instant | None = None
    """The report's own `time`."""
    grade: Grade | None = None
    """None exactly for a retraction."""
    finding: Finding | None = None
    incident: Incident | None = None
    retraction: Retraction | None = None

    @model_validator(mode="after")
    def _one_body(self) -> Assessment:
        bodies = [body for body in (self.finding, self.incident, self.retraction) if body is not None]
        if len(bodies) != 1:
            raise ValueError("must carry exactly one of finding, incident, retraction")
        if (self.action is Action.RETRACT) != (self.retraction is not None):
            raise ValueError("carries a retraction exactly when its action is retract")
        if (self.grade is None) != (self.action is Action.RETRACT):
            raise ValueError("has a grade exactly when it is not a retraction")
        return self

    @model_validator(mode="after")
    def _as_its_body_says(self) -> Assessment:
        if (self.kind is ReportKind.INCIDENT and self.finding) or (self.kind is ReportKind.FINDING and self.incident):
            raise ValueError("carries a body of another kind than it says")
        body = self.finding or self.incident or self.retraction
        # The desk and the notifiers go by the outer label; were it lower than the inner one, the text would leak.
        for name in ("institute", "tlp", "status", "language"):
            if getattr(self, name) != getattr(body, name):
                raise ValueError(f"says another {name} than its body")
        return self

    @model_validator(mode="after")
    def _finding_is_no_harm(self) -> Assessment:
        if self.kind is not ReportKind.FINDING or self.grade is None:
            return self
        if self.grade.severity is Severity.CRITICAL or self.grade.oecd_class not in _HAZARDS:
            raise ValueError("grades a finding above severe and serious_hazard: a finding is about what could happen")
        return self


_HAZARDS = (OecdClass.HAZARD, OecdClass.SERIOUS_HAZARD, OecdClass.UNCLASSIFIED)
