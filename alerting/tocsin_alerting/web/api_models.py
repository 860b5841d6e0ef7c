"""Alerts as the API gives them: stable names, made from what the reader may see."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from tocsin_alerting.messages import words
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.view import AlertView, ChangeView, Deed, ReasonView, ReportView, ResponseView
from tocsin_alerting.policy.comparison import ComparisonTable
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.guidance import Divergence
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.store.answers import GivenAnswer
from tocsin_alerting.store.view import DeliveryView
from tocsin_alerting.web.answering_models import Quorum, Tally
from tocsin_alerting.web.note import Note
from tocsin_alerting.web.override_models import Dissent, Override
from tocsin_alerting.web.readers import Reader, ReaderKind, withheld
from tocsin_alerting.web.weighed_models import Corroboration, RelatedAlert, corroboration_of, related_to
from tocsin_schemas.scalars import InstituteId
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
    Answer,
    Certainty,
    InstituteState,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Tlp,
    Urgency,
)


class Shown(BaseModel):
    """What is read from a view, field by field."""

    model_config = ConfigDict(frozen=True, from_attributes=True, use_attribute_docstrings=True)


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


class AlertBrief(Shown):
    """An alert in a list. What the reader may not see is null, and `withheld` says why."""

    id: str
    tlp: Tlp
    status: Status
    state: AlertState
    severity: Severity
    kind: ReportKind | None
    purpose: AlertPurpose | None
    """`guidance`: it compares results that differ, and grades nothing of its own."""
    oecd_class: OecdClass | None
    certainty: Certainty | None
    urgency: Urgency | None
    domain: str | None
    title: str | None
    language: str | None
    system: str | None
    evaluation: str | None
    withheld: str | None
    """Why the text is not shown."""
    reporters: tuple[str, ...]
    responses: tuple[Response, ...]
    tally: Tally | None
    quorum: Quorum | None
    """Null where none is asked for."""
    revision: int
    round: int
    raised_at: datetime
    updated_at: datetime
    page: str
    """Where people look at it."""


class Alert(AlertBrief):
    """One alert with all that belongs to it."""

    summary: str | None
    measurements: tuple[str, ...]
    reasons: tuple[Reason, ...]
    clocks: tuple[str, ...]
    """Reporting deadlines that may run, in sentences."""
    divergence: Divergence | None
    """Of guidance: what differs, with the test's figures, and the set-ups."""
    comparison: ComparisonTable | None
    """Of a joint exercise: its results by language."""
    reports: tuple[Report, ...]
    changes: tuple[Change, ...]
    deliveries: tuple[Delivery, ...]
    """An institute's key sees its own institute's, an operator all, anybody else none."""
    shared_severity: Severity | None
    """The grade by the rubric alone; `severity` differs from it where an override stands."""
    overrides: tuple[Override, ...]
    """What people set the severity to, oldest first, withdrawn ones included."""
    dissents: tuple[Dissent, ...]
    """What institutes hold against the severity, oldest first, earlier and withdrawn words included."""
    corroboration: Corroboration | None
    """Who confirms whom, and what is counted once; null where nothing is current or it is withheld."""
    related: tuple[RelatedAlert, ...]
    """Other alerts that should be looked at as well."""
    rubric: str | None
    policy: str | None


class Alerts(Shown):
    """One page of alerts, newest first."""

    items: tuple[AlertBrief, ...]
    next: str | None
    """Cursor of the next page."""


class AnswerRequest(BaseModel):
    """An institute's answer to an alert."""

    model_config = ConfigDict(
        extra="forbid",
        use_attribute_docstrings=True,
        json_schema_extra={
            "examples": [{"institute": "gb", "answer": "acknowledge", "note": "The cyber team is looking into it."}]
        },
    )

    institute: InstituteId
    """On whose behalf. A key answers for its own institute only."""
    answer: Answer
    note: Annotated[Note | None, Field(default=None)]
    """What people should know with it; protected like the alert's text."""
    remind: bool = True
    """False: the institute wants no reminders of this alert, should it say no last word."""


class AnswerGiven(Shown):
    """What became of an answer; what follows `standing` describes the answer that stands now, whoever gave it."""

    outcome: str
    alert: str
    institute: str
    round: int
    standing: Answer | None
    by: str | None
    via: str | None
    at: datetime | None
    revision: int | None

    @staticmethod
    def of(given: GivenAnswer, by: str | None) -> AnswerGiven:
        """An outcome of the store, with the name of whoever gave the answer that stands."""
        return AnswerGiven(
            outcome=given.outcome.value,
            alert=given.alert_id,
            institute=given.institute,
            round=given.round,
            standing=given.standing,
            by=by,
            via=given.via,
            at=given.at,
            revision=given.revision,
        )


def brief(view: AlertView, *, reader: Reader, page: str) -> AlertBrief:
    """An alert for a list, from what the reader may see of it."""
    return AlertBrief(**_common(view, reader=reader, page=page))


def detail(view: AlertView, deliveries: tuple[DeliveryView, ...], *, reader: Reader, page: str) -> Alert:
    """One alert, from what the reader may see of it."""
    seen = tuple(each for each in deliveries if reader.may_see_deliveries_of(each.institute))
    stranger = reader.kind is ReaderKind.ANONYMOUS and view.level is not Level.FULL
    return Alert(
        **_common(view, reader=reader, page=page),
        summary=view.summary,
        measurements=view.measurements,
        reasons=tuple(_reason(each) for each in view.reasons),
        clocks=words.clocks(ENGLISH, view),
        divergence=None if view.divergence is None else view.divergence.content,
        comparison=view.comparison,
        reports=tuple(_report(each) for each in view.reports),
        changes=tuple(_change(each) for each in view.changes),
        deliveries=tuple(Delivery.model_validate(each) for each in seen),
        shared_severity=view.shared,
        overrides=tuple(Override.model_validate(each) for each in view.overrides),
        dissents=tuple(Dissent.model_validate(each) for each in view.dissents),
        corroboration=corroboration_of(view),
        related=related_to(view, lambda alert: f"{page.rsplit('/', 1)[0]}/{alert}"),
        rubric=None if stranger else view.rubric,
        policy=None if stranger else view.policy,
    )


def _common(view: AlertView, *, reader: Reader, page: str) -> dict[str, object]:
    # Of what they may not read, somebody unknown learns label, severity, state, status and times, and no more.
    stranger = reader.kind is ReaderKind.ANONYMOUS and view.level is not Level.FULL
    return {
        "id": view.id,
        "tlp": view.tlp,
        "status": view.status,
        "state": view.state,
        "severity": view.severity,
        "kind": None if stranger else view.kind,
        "purpose": None if stranger else view.purpose,
        "oecd_class": None if stranger else view.oecd_class,
        "certainty": None if stranger else view.certainty,
        "urgency": None if stranger else view.urgency,
        "domain": view.domain,
        "title": view.title,
        "language": view.language,
        "system": view.system,
        "evaluation": view.evaluation,
        "withheld": withheld(ENGLISH, reader, view),
        "reporters": view.reporters,
        "responses": tuple(_response(each) for each in view.responses),
        "tally": None if stranger else Tally.model_validate(view.tally),
        "quorum": None if view.quorum is None else Quorum.model_validate(view.quorum),
        "revision": view.revision,
        "round": view.round,
        "raised_at": view.raised_at,
        "updated_at": view.updated_at,
        "page": page,
    }


def _response(view: ResponseView) -> Response:
    return Response.model_validate(view)


def _reason(view: ReasonView) -> Reason:
    return Reason(rule=view.rule, sentence=view.sentence, source=view.source, inputs=dict(view.inputs))


def _report(view: ReportView) -> Report:
    return Report.model_validate(view)


def _change(view: ChangeView) -> Change:
    return Change.model_validate(view)
