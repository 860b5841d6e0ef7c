"""What programs send to speak on a severity, and what they are shown of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from tocsin_alerting.policy.evidence_lines import EVIDENCE_ITEMS
from tocsin_alerting.web.note import Note
from tocsin_alerting.web.shown import Shown
from tocsin_schemas.evaluation import Evidence
from tocsin_schemas.scalars import InstituteId
from tocsin_schemas.vocabulary import Severity

EvidenceList = Annotated[tuple[Evidence, ...], Field(max_length=EVIDENCE_ITEMS)]
_EVIDENCE: JsonValue = [{"title": "Review of the transcripts", "uri": "https://records.example/7"}]


class Override(Shown):
    """A person's word on the severity, in place of the shared grade."""

    id: str
    revision: int
    severity: Severity
    before: Severity
    """How severe the alert was until then."""
    shared: Severity
    """The grade by the rubric alone, at that time."""
    stands: bool
    """Whether it decides now."""
    at: datetime
    by: str | None
    why: str | None
    evidence: tuple[str, ...]
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class Dissent(Shown):
    """What an institute holds against the severity, beside it."""

    id: str
    revision: int
    institute: str
    name: str
    severity: Severity
    against: Severity
    """How severe the alert was then."""
    stands: bool
    """Whether it is what the institute says now."""
    at: datetime
    by: str | None
    why: str | None
    evidence: tuple[str, ...]
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None


class OverrideGiven(Shown):
    """What became of an override, and how severe the alert is now."""

    outcome: str
    alert: str
    severity: Severity
    override: Override


class DissentGiven(Shown):
    """What became of a dissent; the alert's severity stays as it is."""

    outcome: str
    alert: str
    severity: Severity
    dissent: Dissent


def _asked(example: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(extra="forbid", use_attribute_docstrings=True, json_schema_extra={"examples": [example]})


class OverrideRequest(BaseModel):
    """A person's word on an alert's severity, for the reports that the alert has now."""

    model_config = _asked(
        {"severity": "minor", "why": "The judge was wrong in forty samples.", "evidence": _EVIDENCE, "revision": 3}
    )

    severity: Severity
    why: Note
    """Protected like the alert's text; so is the evidence."""
    evidence: EvidenceList = ()
    """At least one piece to go below the shared grade, or below how severe the alert is."""
    revision: Annotated[int | None, Field(default=None, ge=1, le=2_147_483_647)]
    """The revision that was looked at: reports that came later count themselves. Left out: the present one."""


class OverrideWithdrawal(BaseModel):
    """Why an override is taken back."""

    model_config = _asked({"why": "The review was of another run."})

    why: Note


class DissentRequest(BaseModel):
    """Another severity that an institute holds, and why."""

    model_config = _asked(
        {"institute": "jp", "severity": "minor", "why": "We could not reproduce it.", "evidence": _EVIDENCE}
    )

    institute: InstituteId
    """Whose word it is. A key speaks for its own institute only."""
    severity: Severity
    why: Note
    """Protected like the alert's text; so is the evidence."""
    evidence: EvidenceList = ()


class DissentWithdrawal(BaseModel):
    """An institute no longer dissents."""

    model_config = _asked({"institute": "jp", "why": "We have seen the transcripts."})

    institute: InstituteId
    why: Annotated[Note | None, Field(default=None)]
