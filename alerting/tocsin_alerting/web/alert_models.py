"""Alerts as the API gives them: stable names, made from what the reader may see."""

from __future__ import annotations

from datetime import datetime

from tocsin_alerting.messages import words
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.messages.view import AlertView, ReasonView
from tocsin_alerting.policy.comparison import ComparisonTable
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.guidance import Divergence
from tocsin_alerting.store.view import DeliveryView
from tocsin_alerting.web.alert_parts import Change, Delivery, Reason, Report, Response
from tocsin_alerting.web.answering_models import Quorum, Tally
from tocsin_alerting.web.override_models import Dissent, Override
from tocsin_alerting.web.readers import Reader, ReaderKind, withheld
from tocsin_alerting.web.shown import Shown
from tocsin_alerting.web.weighed_models import Corroboration, RelatedAlert, corroboration_of, related_to
from tocsin_schemas.vocabulary import (
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
        reports=tuple(Report.model_validate(each) for each in view.reports),
        changes=tuple(Change.model_validate(each) for each in view.changes),
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
        "responses": tuple(Response.model_validate(each) for each in view.responses),
        "tally": None if stranger else Tally.model_validate(view.tally),
        "quorum": None if view.quorum is None else Quorum.model_validate(view.quorum),
        "revision": view.revision,
        "round": view.round,
        "raised_at": view.raised_at,
        "updated_at": view.updated_at,
        "page": page,
    }


def _reason(view: ReasonView) -> Reason:
    return Reason(rule=view.rule, sentence=view.sentence, source=view.source, inputs=dict(view.inputs))
