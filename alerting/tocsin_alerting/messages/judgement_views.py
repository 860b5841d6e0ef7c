"""What people said on an alert's severity, as one reader may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_schemas.vocabulary import Severity


@dataclass(frozen=True, slots=True)
class OverrideView:
    """A person's word on the severity, in place of the shared grade."""

    id: str
    revision: int
    severity: Severity
    before: Severity
    """How severe the alert was until then."""
    shared: Severity
    """The grade by the rubric alone, at that time."""
    stands: bool
    """Whether it decides now: the newest that was not withdrawn, of an alert that is not retracted."""
    at: datetime
    by: str | None
    """Who, by role or name."""
    why: str | None
    evidence: tuple[str, ...]
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None


@dataclass(frozen=True, slots=True)
class DissentView:
    """What an institute holds against the severity, beside it."""

    id: str
    revision: int
    institute: str
    name: str
    severity: Severity
    against: Severity
    """How severe the alert was then."""
    stands: bool
    """Whether it is what the institute says now: its newest word, and not withdrawn."""
    at: datetime
    by: str | None
    why: str | None
    evidence: tuple[str, ...]
    withdrawn_at: datetime | None
    withdrawn_by: str | None
    withdrawn_why: str | None
