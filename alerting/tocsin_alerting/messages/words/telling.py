"""The words for why a message comes, and how its subject begins."""

from __future__ import annotations

from tocsin_alerting.messages import answering, guidance, quiet
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView, ChangeView
from tocsin_alerting.messages.words.changes import change_sentence
from tocsin_alerting.messages.words.grades import SEVERITY, is_guidance, severity
from tocsin_alerting.messages.words.institutes import own_standing
from tocsin_alerting.messages.words.labels import colon
from tocsin_alerting.policy.telling import TellingReason

SUBJECT_PREFIX = {
    TellingReason.SEVERITY_RAISED: phrase_in("beginning of a subject", "Severity raised"),
    TellingReason.ESCALATED: phrase_in("beginning of a subject", "Escalated"),
    TellingReason.LADDER_EXHAUSTED: phrase_in("beginning of a subject", "Silence"),
    TellingReason.SEVERITY_LOWERED: phrase_in("beginning of a subject", "Correction"),
    TellingReason.REPORT_ADDED: phrase_in("beginning of a subject", "Update"),
    TellingReason.REPORT_REPEATED: phrase_in("beginning of a subject", "Update"),
    TellingReason.CORROBORATED: phrase_in("beginning of a subject", "Confirmed"),
    TellingReason.CORROBORATED_ASKED_ANEW: phrase_in("beginning of a subject", "Confirmed"),
    TellingReason.REPORT_CORRECTED: phrase_in("beginning of a subject", "Correction"),
    TellingReason.CONFIRMATION_LOST: phrase_in("beginning of a subject", "Correction"),
    TellingReason.REPORT_RETRACTED: phrase_in("beginning of a subject", "Correction"),
    TellingReason.REPORT_SUPERSEDED: phrase_in("beginning of a subject", "Correction"),
    TellingReason.SUPERSEDED: phrase_in("beginning of a subject", "RETRACTED"),
    TellingReason.DIVERGENCE_CHANGED: phrase_in("beginning of a subject", "Update"),
    TellingReason.UPDATED: phrase_in("beginning of a subject", "Update"),
    TellingReason.RESOLVED: phrase_in("beginning of a subject", "Resolved"),
    TellingReason.RETRACTED: phrase_in("beginning of a subject", "RETRACTED"),
    TellingReason.OVERRIDE_RAISED: phrase_in("beginning of a subject", "Severity raised"),
    TellingReason.OVERRIDE_LOWERED: phrase_in("beginning of a subject", "Severity lowered"),
    TellingReason.OVERRIDE_WITHDRAWN: phrase_in("beginning of a subject", "Override withdrawn"),
    TellingReason.OVERRIDE_WITHDRAWN_RAISED: phrase_in("beginning of a subject", "Severity raised"),
    TellingReason.DISSENT_RECORDED: phrase_in("beginning of a subject", "Dissent"),
    TellingReason.DISSENT_WITHDRAWN: phrase_in("beginning of a subject", "Dissent withdrawn"),
    **answering.SUBJECT_PREFIX,
    **quiet.SUBJECT_PREFIX,
}
"""What a subject begins with, after the label, where it is not the first message."""

_TOLD_BECAUSE = {
    TellingReason.RAISED: phrase("A new alert concerns {institute}."),
    TellingReason.SUBSCRIBED: phrase("You asked to be told of alerts like this one."),
    TellingReason.SEVERITY_RAISED: phrase(
        "The severity was raised to {severity}. What was answered before does not answer this."
    ),
    TellingReason.ESCALATED: phrase(
        "Nobody at {institute} has answered yet. You are told as step {step} of its ladder."
    ),
    TellingReason.LADDER_EXHAUSTED: phrase(
        "{subject} is SILENT: everybody on its ladder was told and nobody answered."
    ),
    TellingReason.ANSWERED: phrase("{subject} has answered."),
    TellingReason.SEVERITY_LOWERED: phrase("Correction: the severity was lowered to {severity}."),
    TellingReason.REPORT_ADDED: phrase("A further report was added to this alert."),
    TellingReason.REPORT_REPEATED: phrase("The same evidence was published again. It is counted once."),
    TellingReason.CORROBORATED: phrase("Another institute has confirmed this independently."),
    TellingReason.CORROBORATED_ASKED_ANEW: phrase(
        "Another institute has confirmed this independently. Everybody is asked anew."
    ),
    TellingReason.REPORT_CORRECTED: phrase("Correction: a report behind this alert was corrected."),
    TellingReason.CONFIRMATION_LOST: phrase("Correction: what confirmed this independently no longer does."),
    TellingReason.REPORT_RETRACTED: phrase(
        "Correction: one of the reports behind this alert was taken back; others stand."
    ),
    TellingReason.REPORT_SUPERSEDED: phrase("Correction: a report behind this alert was replaced by a newer one."),
    TellingReason.SUPERSEDED: phrase(
        "RETRACTED: the report behind this alert was replaced by a newer one, which has an alert of its own. Please go "
        "by that one."
    ),
    TellingReason.DIVERGENCE_CHANGED: guidance.BECAUSE[TellingReason.DIVERGENCE_CHANGED],
    TellingReason.UPDATED: phrase("This alert was updated."),
    TellingReason.RESOLVED: phrase("This alert is resolved. Nothing more is asked of you."),
    TellingReason.RETRACTED: phrase("RETRACTED: the report behind this alert was taken back. Please disregard it."),
    TellingReason.OVERRIDE_RAISED: phrase(
        "The severity was raised to {severity} by a person's decision. What was answered before does not answer this."
    ),
    TellingReason.OVERRIDE_LOWERED: phrase("The severity was lowered to {severity} by a person's decision."),
    TellingReason.OVERRIDE_WITHDRAWN: phrase(
        "A person's decision on this alert was withdrawn: the severity is {severity}."
    ),
    TellingReason.OVERRIDE_WITHDRAWN_RAISED: phrase(
        "A person's decision on this alert was withdrawn: the severity is {severity} again. "
        "What was answered before does not answer this."
    ),
    TellingReason.DISSENT_RECORDED: phrase(
        "{subject} dissents from the severity of this alert, which stays {severity}."
    ),
    TellingReason.DISSENT_WITHDRAWN: phrase("{subject} has withdrawn its dissent. The severity is {severity}."),
    **answering.BECAUSE,
    **quiet.TOLD_BECAUSE,
}

_AS_THE_CHANGE_SAYS = {
    TellingReason.SEVERITY_LOWERED: phrase("Correction: {change}"),
    TellingReason.REPORT_CORRECTED: phrase("Correction: {change}"),
    TellingReason.CONFIRMATION_LOST: phrase("Correction: {change}"),
    TellingReason.REPORT_RETRACTED: phrase("Correction: {change}"),
    TellingReason.REPORT_SUPERSEDED: phrase("Correction: {change}"),
    TellingReason.RETRACTED: phrase("RETRACTED: please disregard this alert. {change}"),
    TellingReason.SUPERSEDED: phrase("RETRACTED: please go by the newer alert. {change}"),
    TellingReason.REPORT_ADDED: None,
    TellingReason.CORROBORATED: None,
    TellingReason.CORROBORATED_ASKED_ANEW: None,
}
"""Reasons that the change itself says best, with who did it; and the sentence that it is part of."""


def told_because(language: Language, telling: Telling, view: AlertView) -> str:
    """Why this message comes, in a sentence or two."""
    said = guidance.BECAUSE.get(telling.reason) if is_guidance(view) else None
    change = change_told(view, telling)
    if said is None and change is not None and change.reporters and telling.reason in _AS_THE_CHANGE_SAYS:
        sentence = change_sentence(language, change)
        whole = _AS_THE_CHANGE_SAYS[telling.reason]
        return sentence if whole is None else language.say(whole, change=sentence)
    because = language.say(
        said or _TOLD_BECAUSE[telling.reason],
        institute=telling.institute_name,
        subject=telling.subject_name or telling.institute_name,
        severity=severity(language, view.severity),
        step=telling.step,
    )
    own = own_standing(view, telling.institute)
    if telling.reason.pages and own is not None and own.muted is not None:
        return language.sentences((because, quiet.broken_through(language, own.muted)))
    return because


def subject_prefix(language: Language, reason: TellingReason) -> str:
    """What a subject begins with, with its colon; empty for a first message."""
    return colon(language, language.say(SUBJECT_PREFIX[reason])) if reason in SUBJECT_PREFIX else ""


def change_told(view: AlertView, telling: Telling) -> ChangeView | None:
    """The change that a message tells of."""
    return next((change for change in view.changes if change.revision == telling.revision), None)


def notice(language: Language, view: AlertView) -> str:
    """All that may be said where the text may not travel."""
    return language.gettext("A {tlp} alert awaits you.", tlp=view.tlp.value)


def notice_explained(language: Language, view: AlertView) -> str:
    """Why so little is said."""
    if is_guidance(view):
        return language.say(guidance.NOTICE)
    return language.gettext(
        "What it says does not travel in messages. Severity: {severity}.",
        severity=language.say(SEVERITY[view.severity]),
    )
