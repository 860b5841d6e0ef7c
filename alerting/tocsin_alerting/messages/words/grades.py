"""The words of a grade: severity, class, certainty, urgency, and why the severity is what it is."""

from __future__ import annotations

from tocsin_alerting.messages import guidance
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.messages.words.labels import LABELS, in_language
from tocsin_alerting.policy.telling import TellingReason
from tocsin_schemas.vocabulary import AlertPurpose, AlertState, Certainty, Domain, OecdClass, Severity, Urgency

SEVERITY = {
    Severity.NEGLIGIBLE: phrase_in("severity", "Negligible"),
    Severity.MINOR: phrase_in("severity", "Minor"),
    Severity.MODERATE: phrase_in("severity", "Moderate"),
    Severity.SEVERE: phrase_in("severity", "Severe"),
    Severity.CRITICAL: phrase_in("severity", "Critical"),
    Severity.UNCLASSIFIED: phrase_in("severity", "Unclassified"),
}
SEVERITY_IN_SENTENCE = {
    Severity.NEGLIGIBLE: phrase_in("severity within a sentence", "negligible"),
    Severity.MINOR: phrase_in("severity within a sentence", "minor"),
    Severity.MODERATE: phrase_in("severity within a sentence", "moderate"),
    Severity.SEVERE: phrase_in("severity within a sentence", "severe"),
    Severity.CRITICAL: phrase_in("severity within a sentence", "critical"),
    Severity.UNCLASSIFIED: phrase_in("severity within a sentence", "unclassified"),
}
OECD_CLASS = {
    OecdClass.HAZARD: phrase_in("OECD class", "hazard"),
    OecdClass.SERIOUS_HAZARD: phrase_in("OECD class", "serious hazard"),
    OecdClass.INCIDENT: phrase_in("OECD class", "incident"),
    OecdClass.SERIOUS_INCIDENT: phrase_in("OECD class", "serious incident"),
    OecdClass.DISASTER: phrase_in("OECD class", "disaster"),
    OecdClass.UNCLASSIFIED: phrase("no OECD class"),
}
CERTAINTY = {
    Certainty.OBSERVED: phrase_in("certainty", "observed"),
    Certainty.LIKELY: phrase_in("certainty", "likely"),
    Certainty.POSSIBLE: phrase_in("certainty", "possible"),
    Certainty.UNLIKELY: phrase_in("certainty", "unlikely"),
    Certainty.UNKNOWN: phrase("certainty unknown"),
}
URGENCY = {
    Urgency.IMMEDIATE: phrase_in("urgency", "act now"),
    Urgency.EXPECTED: phrase_in("urgency", "act soon"),
    Urgency.FUTURE: phrase_in("urgency", "act in time"),
    Urgency.PAST: phrase_in("urgency", "no longer urgent"),
    Urgency.UNKNOWN: phrase("urgency unknown"),
}
DOMAIN = {
    Domain.CHEMICAL_BIOLOGICAL: phrase("chemical and biological"),
    Domain.RADIOLOGICAL_NUCLEAR: phrase("radiological and nuclear"),
    Domain.CYBER: phrase("cyber security"),
    Domain.LOSS_OF_CONTROL: phrase("loss of control"),
    Domain.AI_RESEARCH: phrase("AI research"),
    Domain.DECEPTION: phrase("deception"),
    Domain.SAFEGUARDS: phrase("safeguards"),
    Domain.MANIPULATION: phrase("manipulation"),
    Domain.FAIRNESS: phrase("fairness"),
    Domain.PRIVACY: phrase("privacy"),
    Domain.MISINFORMATION: phrase("misinformation"),
    Domain.RELIABILITY: phrase("reliability"),
    Domain.GENERAL_CAPABILITY: phrase("general capability"),
    Domain.OTHER: phrase_in("subject of a report", "other"),
}
UNCLASSIFIED_REASON = phrase("The rubric could not grade this; people must look.")


def domain(language: Language, of: str) -> str:
    """What a report is about, in words; what has none yet as it is called."""
    known = next((each for each in Domain if each == of), None)
    return of.replace("_", " ") if known is None else language.say(DOMAIN[known])


def severity(language: Language, graded: Severity) -> str:
    """The word for a severity within a sentence."""
    return language.say(SEVERITY_IN_SENTENCE[graded])


def is_guidance(view: AlertView) -> bool:
    """Whether it compares results, and so has no severity of its own."""
    return view.purpose is AlertPurpose.GUIDANCE


def heading(language: Language, view: AlertView) -> str:
    """What a heading or a subject begins with, after the label: the severity, or that it is guidance."""
    return language.say(LABELS["guidance"] if is_guidance(view) else SEVERITY[view.severity])


def grade_label(language: Language, view: AlertView) -> str:
    """What stands before the headline."""
    return language.say(LABELS["guidance" if is_guidance(view) else "severity"])


def headline(language: Language, view: AlertView) -> str:
    """Severity and class in a few words, such as `Severe (serious hazard)`."""
    if is_guidance(view):
        return language.say(guidance.HEADLINE, severity=severity(language, view.severity))
    return language.pgettext(
        "headline",
        "{severity} ({oecd_class})",
        severity=language.say(SEVERITY[view.severity]),
        oecd_class=language.say(OECD_CLASS[view.oecd_class]),
    )


def assessed_as(language: Language, view: AlertView) -> str:
    """The fields beside severity, which are never folded into it."""
    if is_guidance(view):
        return language.say(guidance.ASSESSED)
    return language.pgettext(
        "assessment",
        "{certainty}, {urgency}",
        certainty=_sure(language, view),
        urgency=language.say(URGENCY[view.urgency]),
    )


def _sure(language: Language, view: AlertView) -> str:
    certainty = language.say(CERTAINTY[view.certainty])
    if not view.confirmed_by:
        return certainty
    institutes = language.join(view.confirmed_by)
    if view.reported_certainty in (None, view.certainty):
        return language.gettext(
            "{certainty} (confirmed independently by {institutes})", certainty=certainty, institutes=institutes
        )
    return language.gettext(
        "{certainty} (confirmed independently by {institutes}; {reported} without that)",
        certainty=certainty,
        institutes=institutes,
        reported=language.say(CERTAINTY[view.reported_certainty or view.certainty]),
    )


def why(language: Language, view: AlertView) -> str:
    """The one sentence that says why the severity is what it is."""
    if view.divergence is not None and view.state is AlertState.RETRACTED:
        return language.say(guidance.BECAUSE[TellingReason.RETRACTED])
    if view.divergence is not None:
        first = view.divergence.differences[0]
        if not first.diverges:
            return first.test
        return language.gettext(
            "The values differ by more than their uncertainties allow: {figures}.", figures=first.figures
        )
    if view.reasons:
        reason = view.reasons[0]
        remark = in_language(language, reason.language)
        return f"{reason.sentence} {remark}" if remark else reason.sentence
    return language.say(UNCLASSIFIED_REASON) if view.severity is Severity.UNCLASSIFIED else ""
