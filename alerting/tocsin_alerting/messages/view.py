"""What may be shown of an alert to one reader: the only thing that messages and pages are made from.

At `Level.NOTICE` every reported text is None already here, so that no template can let it slip.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_alerting.policy.disclosure import Level
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertState,
    Answer,
    Certainty,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
    Urgency,
)


@dataclass(frozen=True, slots=True)
class ReasonView:
    """One rule that decided."""

    rule: str
    sentence: str
    source: str
    inputs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ResponseView:
    """Where one institute stands."""

    institute: str
    name: str
    answer_required: bool
    answer: Answer | None
    """None is silence."""
    answered_by: str | None
    """For people: a contact's name, a Slack user, or `operator`."""
    answered_via: str | None
    answered_at: datetime | None
    step: int
    next_step_at: datetime | None
    exhausted_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One line of the time line."""

    revision: int
    change: AlertChange
    reason: str
    at: datetime
    institute: str | None
    institute_name: str | None
    actor: str | None
    step: int | None
    severity: Severity
    note: str | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """One report behind the alert."""

    source: str
    event_id: str
    series: str
    institute: str
    institute_name: str
    action: str
    severity: Severity | None
    current: bool
    reported_at: datetime | None
    received_at: datetime
    language: str
    title: str | None
    summary: str | None
    system: str | None
    evaluation: str | None
    measurements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as one reader may see it."""

    id: str
    level: Level
    kind: ReportKind
    status: Status
    tlp: Tlp
    state: AlertState
    severity: Severity
    oecd_class: OecdClass
    certainty: Certainty
    urgency: Urgency
    domain: str | None
    revision: int
    round: int
    raised_at: datetime
    updated_at: datetime
    reporters: tuple[str, ...]
    """Names of the reporting institutes."""
    title: str | None
    summary: str | None
    language: str | None
    """Language of title and summary."""
    system: str | None
    evaluation: str | None
    measurements: tuple[str, ...]
    reasons: tuple[ReasonView, ...]
    clocks: tuple[str, ...]
    """Reporting clocks, one sentence each."""
    responses: tuple[ResponseView, ...]
    """Of the present round, by institute."""
    changes: tuple[ChangeView, ...]
    """Oldest first."""
    reports: tuple[ReportView, ...]
    """Oldest first."""
    rubric: str
    policy: str
