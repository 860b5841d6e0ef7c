"""What may be shown of an alert to one reader: the only thing that messages and pages are made from.

At `Level.NOTICE` every reported text is None already here, so that no template can let it slip.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from tocsin_alerting.messages.answer_views import QuorumView, ResponseView, Tally
from tocsin_alerting.messages.guidance import DivergenceView
from tocsin_alerting.messages.judgement_views import DissentView, OverrideView
from tocsin_alerting.policy.comparison import ComparisonTable
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_alerting.policy.disclosure import Level
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
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
    language: str = "en"
    """Of the sentence: English, unless the network has a translation for the reader."""


@dataclass(frozen=True, slots=True)
class ClockView:
    """A legal deadline that may run from the report that speaks."""

    regime: str
    trigger: str
    days: int
    deadline: datetime
    language: str = "en"
    """Of the trigger."""


class Deed(StrEnum):
    """What an institute did with its report."""

    REPORTED = "reported"
    CORRECTED = "corrected"
    TOOK_BACK = "took_back"
    REPLACED = "replaced"
    """By a report of another series."""


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
    stated: Severity | None = None
    """The severity that an institute holds instead, where the change is its dissent."""
    reporters: tuple[str, ...] = ()
    """Names of the institutes whose reports it comes from."""
    deed: Deed | None = None
    """What was done with those reports."""


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
    superseded_by: str | None = None
    """The series of its institute that took its place."""
    supersedes: tuple[str, ...] = ()
    """What it takes the place of, as it says."""
    derived_from: tuple[str, ...] = ()
    """What it repeats or builds on, as it says."""


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What one current report adds to another."""

    institute: str
    """Name of whose report it is."""
    report: str
    """Its event id."""
    verdict: Verdict
    other_institute: str | None
    other_report: str | None


@dataclass(frozen=True, slots=True)
class RelationView:
    """Another alert that should be looked at as well."""

    relation: Relation
    alert: str


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
    clocks: tuple[ClockView, ...]
    responses: tuple[ResponseView, ...]
    """Of the present round, by institute."""
    changes: tuple[ChangeView, ...]
    """Oldest first."""
    reports: tuple[ReportView, ...]
    """Oldest first."""
    rubric: str
    policy: str
    shared: Severity | None = None
    """The grade by the rubric alone; None where nothing is current, or the reader may not know."""
    overrides: tuple[OverrideView, ...] = ()
    """Oldest first, withdrawn ones included."""
    dissents: tuple[DissentView, ...] = ()
    """Oldest first, earlier and withdrawn ones included."""
    purpose: AlertPurpose = AlertPurpose.REPORT
    divergence: DivergenceView | None = None
    """Of a guidance alert, what it says; None where the reader may not know."""
    comparison: ComparisonTable | None = None
    """Of an exercise's alert, its results by language; None where the reader may not know."""
    institute_names: Mapping[str, str] = field(default_factory=dict)
    """Names of the institutes in the comparison, by id."""
    confirmed_by: tuple[str, ...] = ()
    """Names of the institutes that confirm it independently; empty where nobody does."""
    reported_certainty: Certainty | None = None
    """What the certainty would be without a confirmation."""
    verdicts: tuple[VerdictView, ...] = ()
    """What each current report adds to those before it, in the order of arrival."""
    relations: tuple[RelationView, ...] = ()
    quorum: QuorumView | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def override(self) -> OverrideView | None:
        """The override that decides, where one does."""
        return next((each for each in self.overrides if each.stands), None)

    @property
    def standing_dissents(self) -> tuple[DissentView, ...]:
        """What institutes hold against the severity now."""
        return tuple(each for each in self.dissents if each.stands)
