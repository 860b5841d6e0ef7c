"""Every kind of message about an alert, by name: what its reader may see, and why they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.alerting.messages.test_compared import NAMES, _guidance, _result, _said
from tests.alerting.messages.views import (
    RAISED_AT,
    answered,
    change,
    dissent,
    notice,
    override,
    response,
    telling,
    view,
)
from tests.alerting.policy.test_comparison import AGENTIC
from tocsin_alerting.messages.answer_views import QuorumView, Tally
from tocsin_alerting.messages.described import role
from tocsin_alerting.messages.language import Language, language_for
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.translated import translated
from tocsin_alerting.messages.view import AlertView, RelationView, VerdictView
from tocsin_alerting.policy.comparison import comparison_table
from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.corroboration import Verdict
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, AlertState, OecdClass, ReportKind, Severity, Status, Tlp
from tocsin_schemas.sentences import Sentences
from tocsin_schemas.vocabulary import InstituteState

ZONES = {
    "en": "Europe/London",
    "fr": "Europe/Paris",
    "ja": "Asia/Tokyo",
    "ko": "Asia/Seoul",
    "sw": "Africa/Nairobi",
    "de": "Europe/Berlin",
    "es": "Europe/Madrid",
}
"""The languages of the network, each with a zone in which somebody reads it."""
_CLOSED = {
    TellingReason.RESOLVED: AlertState.RESOLVED,
    TellingReason.RETRACTED: AlertState.RETRACTED,
    TellingReason.SUPERSEDED: AlertState.RETRACTED,
}
_DUE = RAISED_AT + timedelta(hours=1)
_QUORUM = QuorumView("2", 2, 1, 3, _DUE, met_at=None, missed_at=None, passed_at=_DUE)
_QUORUMS = {
    TellingReason.QUORUM_MET: replace(_QUORUM, institutes="1", needed=1, met_at=_DUE),
    TellingReason.QUORUM_MISSED: replace(_QUORUM, missed_at=_DUE),
    TellingReason.SILENT_AT_DEADLINE: _QUORUM,
}
_INCIDENT = {"kind": ReportKind.INCIDENT, "oecd_class": OecdClass.SERIOUS_INCIDENT, "severity": Severity.CRITICAL}


def reader(tag: str) -> Language:
    """Somebody who reads a language, in their zone."""
    return language_for(tag, ZONES[tag])


def kinds() -> dict[str, tuple[AlertView, Telling]]:
    """Every reason for which people are told, and what an alert can hold besides."""
    found = {reason.value: _told(reason) for reason in TellingReason}
    exercise = [
        _result(f"{system}-{language}", rate / 100, institute="sg", system=system, languages=(language,), samples=300)
        for system, rates in AGENTIC.items()
        for language, rate in rates.items()
    ]
    table = comparison_table(exercise, exercise="Third joint test")
    forms = {
        f"in_slack_{kind}": (
            view(changes=(change(), change(2, AlertChange.UPDATED, "report_added", note="Twice more."))),
            telling(kind=kind, reason=TellingReason.REPORT_ADDED, revision=2),
        )
        for kind in DeliveryKind
    }
    return (
        found
        | forms
        | {
            "notice": (notice(), telling()),
            "exercise": (view(status=Status.EXERCISE, comparison=table, institute_names=NAMES), telling()),
            "exercise_notice": (notice(status=Status.EXERCISE, tlp=Tlp.RED), telling()),
            "test": (view(status=Status.TEST), telling()),
            "guidance": (_guidance(_said()), telling()),
            "incident": (view(**_INCIDENT), telling()),
            "unclassified": (view(severity=Severity.UNCLASSIFIED, reasons=(), shared=None), telling()),
            "judged": (
                view(
                    severity=Severity.MINOR,
                    shared=Severity.SEVERE,
                    overrides=(override(by=role("operator", str.upper)),),
                    dissents=(dissent(by=role("institute:jp", NAMES.__getitem__)),),
                    verdicts=(VerdictView("AISI", "r2", Verdict.CONFIRMS, "INESIA", "r1"),),
                    relations=(RelationView(Relation.CONTINUES, "1b1f7a52-5a51-5d0e-9f0a-0c6b1d7c9d11"),),
                ),
                telling(reason=TellingReason.OVERRIDE_LOWERED, revision=3),
            ),
            "in_arabic": (
                view(
                    title="نموذج يتجاوز الضوابط",
                    summary="خطط النموذج لكل خطوة.",
                    language="ar",
                    severity=Severity.SEVERE,
                ),
                telling(),
            ),
            "long": (view(title="Unbreakable" * 18, summary="A long report. " * 500), telling()),
        }
    )


def _told(reason: TellingReason) -> tuple[AlertView, Telling]:
    japan = "Japan AI Safety Institute"
    whose = {"institute": "jp", "institute_name": japan, "step": 2}
    revised = change(2, AlertChange.UPDATED, reason.value, reporters=(japan,), note="As agreed.", **whose)
    silent = response("fr", exhausted_at=view().raised_at, next_step_at=None, state=InstituteState.SILENT)
    responses = (response("gb"), answered("jp"), silent)
    shown = view(
        state=_CLOSED.get(reason, AlertState.OPEN),
        changes=(change(), revised),
        responses=responses,
        tally=Tally.of(responses),
        quorum=_QUORUMS.get(reason),
    )
    # Who only asked to be told of alerts like it owes no answer.
    asked = reason is not TellingReason.SUBSCRIBED
    answers = {} if asked else {"asked": False, "answer_link": None}
    return shown, telling(reason=reason, revision=2, step=2, subject_name=japan, **answers)


def in_language(shown: AlertView, language: Language, sentences: Sentences) -> AlertView:
    """An alert as the notifier hands it to a reader of a language."""
    return translated(shown, language, sentences)


def with_rule(shown: AlertView, rule: str, sentence: str) -> AlertView:
    """The same, graded by a rule of the shipped rubric."""
    reasons = tuple(replace(each, rule=rule, sentence=sentence) for each in shown.reasons)
    return replace(shown, reasons=reasons)
