"""Alerts as readers see them, and deliveries, for tests of words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin_alerting.messages.answer_views import ResponseView
from tocsin_alerting.messages.judgement_views import DissentView, OverrideView
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView, ChangeView, ReasonView, ReportView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import (
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

RAISED_AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
ALERT_ID = "3c1f7a52-5a51-5d0e-9f0a-0c6b1d7c9d11"


def response(institute: str = "gb", **changes: Any) -> ResponseView:
    """An institute that has not answered yet."""
    asked = ResponseView(
        institute=institute,
        name={"gb": "UK AI Security Institute", "jp": "Japan AI Safety Institute"}.get(institute, institute.upper()),
        answer_required=True,
        answer=None,
        answered_by=None,
        answered_via=None,
        answered_at=None,
        step=1,
        next_step_at=RAISED_AT + timedelta(minutes=15),
        exhausted_at=None,
    )
    return replace(asked, **changes)


def answered(institute: str = "jp") -> ResponseView:
    """An institute that has acknowledged."""
    return response(
        institute,
        answer=Answer.ACKNOWLEDGE,
        answered_by="Duty desk (JP)",
        answered_via="slack",
        answered_at=RAISED_AT + timedelta(minutes=3),
        next_step_at=None,
    )


def change(revision: int = 1, kind: AlertChange = AlertChange.RAISED, reason: str = "", **changes: Any) -> ChangeView:
    """A line of the time line."""
    line = ChangeView(
        revision=revision,
        change=kind,
        reason=reason or kind.value,
        at=RAISED_AT + timedelta(minutes=revision),
        institute=None,
        institute_name=None,
        actor=None,
        step=None,
        severity=Severity.SEVERE,
        note=None,
    )
    return replace(line, **changes)


def override(**changes: Any) -> OverrideView:
    """An operator has lowered the severity."""
    said = OverrideView(
        id="6d1c9b1e-7c55-5a53-8f5e-3ff0a1f7a0aa",
        revision=3,
        severity=Severity.MINOR,
        before=Severity.SEVERE,
        shared=Severity.SEVERE,
        stands=True,
        at=RAISED_AT + timedelta(minutes=3),
        by="an operator of the network",
        why="The judge was wrong in forty samples.",
        evidence=("Review of the transcripts, https://records.example/7",),
        withdrawn_at=None,
        withdrawn_by=None,
        withdrawn_why=None,
    )
    return replace(said, **changes)


def dissent(**changes: Any) -> DissentView:
    """The Japanese institute holds another severity."""
    said = DissentView(
        id="7e1c9b1e-7c55-5a53-8f5e-3ff0a1f7a0bb",
        revision=4,
        institute="jp",
        name="Japan AI Safety Institute",
        severity=Severity.MODERATE,
        against=Severity.SEVERE,
        stands=True,
        at=RAISED_AT + timedelta(minutes=4),
        by="a system of Japan AI Safety Institute",
        why="We reproduced a third of it.",
        evidence=(),
        withdrawn_at=None,
        withdrawn_by=None,
        withdrawn_why=None,
    )
    return replace(said, **changes)


def report() -> ReportView:
    """The report behind the alert."""
    return ReportView(
        source="urn:tocsin:institute:gb",
        event_id="r1",
        series="r1",
        institute="gb",
        institute_name="UK AI Security Institute",
        action="report",
        severity=Severity.SEVERE,
        current=True,
        reported_at=RAISED_AT,
        received_at=RAISED_AT,
        language="en",
        title="A model plans the synthesis of a nerve agent",
        summary="With a simple scaffold the model planned every step.",
        system="example-model-4",
        evaluation="wmdp_chem",
        measurements=("accuracy 0.81",),
    )


def view(**changes: Any) -> AlertView:
    """An alert that may be read in full."""
    shown = AlertView(
        id=ALERT_ID,
        level=Level.FULL,
        kind=ReportKind.FINDING,
        status=Status.ACTUAL,
        tlp=Tlp.AMBER,
        state=AlertState.OPEN,
        severity=Severity.SEVERE,
        oecd_class=OecdClass.SERIOUS_HAZARD,
        certainty=Certainty.LIKELY,
        urgency=Urgency.EXPECTED,
        domain="chemical_biological",
        revision=1,
        round=1,
        raised_at=RAISED_AT,
        updated_at=RAISED_AT,
        reporters=("UK AI Security Institute",),
        title="A model plans the synthesis of a nerve agent",
        summary="With a simple scaffold the model planned every step.\n\nTwo runs of three agree.",
        language="en",
        system="example-model-4 (Example Labs)",
        evaluation="wmdp_chem (inspect_evals)",
        measurements=("accuracy 0.81 ± 0.02 (n = 408)",),
        reasons=(
            ReasonView(
                "finding.above-expert", "The result is above what experts reach.", "NETWORK-1", (("value", "0.81"),)
            ),
        ),
        clocks=(),
        responses=(response("gb"), answered("jp")),
        changes=(change(),),
        reports=(report(),),
        rubric="network-1 (sha256:0f0f)",
        policy="network (sha256:1e1e)",
    )
    return replace(shown, **changes)


def notice(**changes: Any) -> AlertView:
    """The same alert for a reader who may only know that it is there."""
    return replace(
        view(
            level=Level.NOTICE,
            tlp=Tlp.RED,
            domain=None,
            reporters=(),
            title=None,
            summary=None,
            language=None,
            system=None,
            evaluation=None,
            measurements=(),
            reasons=(),
            clocks=(),
            reports=(),
        ),
        **changes,
    )


def telling(**changes: Any) -> Telling:
    """The first message to the duty desk of the United Kingdom."""
    told = Telling(
        delivery_id="0d8a0c1e-7c55-5a53-8f5e-3ff0a1f7a001",
        alert_id=ALERT_ID,
        revision=1,
        institute="gb",
        institute_name="UK AI Security Institute",
        subject_name=None,
        contact_name="Duty desk (GB)",
        kind=DeliveryKind.MESSAGE,
        reason=TellingReason.RAISED,
        step=1,
        alert_link=f"https://tocsin.example/alerts/{ALERT_ID}",
        answer_link="https://tocsin.example/a/eyJhIjoiM2MxZjdhNTIifQ.aSQk.signature-of-the-link",
    )
    return replace(told, **changes)
