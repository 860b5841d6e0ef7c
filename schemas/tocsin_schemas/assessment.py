"""An assessment: a report and its grade by the shared rubric, with the reasons."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, JsonValue, model_validator

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
    reasons: tuple[Reason, ...]
    """Every rule that decided, never empty."""
    clocks: tuple[ReportingClock, ...] = ()
    rubric: str
    """Version of the rubric: its name and a digest of its files. Same report, same rubric: same grade, everywhere."""


class Assessment(Record):
    """A graded report, as it travels from grading to the desk."""

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
