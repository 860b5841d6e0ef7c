"""What belongs to an alert, as the API gives it: answers, reasons, reports, changes and messages."""

from __future__ import annotations

from datetime import datetime

from tocsin_alerting.messages.view import Deed
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.web.shown import Shown
from tocsin_schemas.vocabulary import AlertChange, Answer, InstituteState, Severity


class Muted(Shown):
    """What keeps an alert from an institute's people, or would have were it less grave."""

    cause: str
    """`silence:<id>`, `maintenance:<window>@<begin>` or `inhibition:<alert>`; deliveries that it kept back name it."""
    kind: CauseKind
    effect: Effect
    until: datetime | None
    by: str | None
    reason: str | None


class Response(Shown):
    """Where one institute stands. No answer is silence."""

    institute: str
    name: str
    answer_required: bool
    answer: Answer | None
    answered_by: str | None
    answered_via: str | None
    answered_at: datetime | None
    step: int
    """The step of its ladder that was taken last."""
    next_step_at: datetime | None
    exhausted_at: datetime | None
    """When its ladder ran out without an answer."""
    muted: Muted | None
    """Why its people are not called, where something keeps the calls back."""
    state: InstituteState
    """Where it stands, in one word."""
    told_at: datetime | None
    """When a provider first took a message to it."""
    seen_at: datetime | None
    """When a person of it first looked; that answers nothing."""
    next_reminder_at: datetime | None
    reminders_sent: int
    """Of an answer that leaves something to be said, since it was given."""
    reminders_unwanted_at: datetime | None
    """When its people asked not to be reminded."""


class Reason(Shown):
    """One rule that decided."""

    rule: str
    sentence: str
    source: str
    inputs: dict[str, str]


class Report(Shown):
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
    superseded_by: str | None
    """The series of its institute that took its place."""
    supersedes: tuple[str, ...]
    derived_from: tuple[str, ...]


class Change(Shown):
    """One change of the alert."""

    revision: int
    change: AlertChange
    reason: str
    at: datetime
    institute: str | None
    actor: str | None
    step: int | None
    severity: Severity
    note: str | None
    reporters: tuple[str, ...]
    """Names of the institutes whose reports it comes from."""
    deed: Deed | None
    """What was done with those reports."""


class Delivery(Shown):
    """One message: who was told, how, and what came of it."""

    id: str
    revision: int
    change: str
    institute: str
    contact: str
    channel: str
    kind: str
    reason: str
    disclosure: str
    outcome: str
    outcome_reason: str | None
    summary: str | None
    """Where it was folded: id of the summary that holds it, at `/v1/summaries/{id}`."""
    timing: str | None
    """Why it goes out when it does."""
    attempts: int
    next_attempt_at: datetime | None
    created_at: datetime
    sent_at: datetime | None
    stood_in: str | None
    """Why it went out in place of another message to the same contact, such as `bounced` or `channel_down`."""
    receipt: str | None
    receipt_at: datetime | None
