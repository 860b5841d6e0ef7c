"""The words for what people say of a severity: who set it and why, what the shared grade is, and who dissents.

Whoever may read an alert's text may read these.
"""

from __future__ import annotations

from tocsin_alerting.messages import words
from tocsin_alerting.messages.described import described
from tocsin_alerting.messages.foreign import one_line
from tocsin_alerting.messages.judgement_views import DissentView, OverrideView
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.messages.view import AlertView

DECIDES = phrase("This decides.")
NO_LONGER = phrase("It does not decide.")
OUTWEIGHED = phrase("That stands for the reports before it; a later report is graver.")
CAPPED = phrase("It counts as severe: no current report tells of harm that was done.")
DISSENT = phrase("Dissent")
_A_PERSON = phrase("a person")


def grounds(language: Language, view: AlertView) -> tuple[str, ...]:
    """Why the alert is as severe as it is: the rule's sentence, or who set it and why, beside the shared grade."""
    override = view.override
    why = words.why(language, view)
    if override is None:
        return (why,) if why else ()
    if override.severity is view.severity:
        return (decided(language, override), shared_grade(language, view))
    counts = language.sentences((decided(language, override), weight(language, view, override)))
    return tuple(line for line in (why, counts) if line)


def weight(language: Language, view: AlertView, override: OverrideView) -> str:
    """What an override counts for now."""
    if not override.stands:
        return language.say(NO_LONGER)
    if override.severity is view.severity:
        return language.say(DECIDES)
    return language.say(OUTWEIGHED if view.severity.rank > override.severity.rank else CAPPED)


def decided(language: Language, override: OverrideView) -> str:
    """Who set the severity, when, why, and on what evidence."""
    return language.gettext(
        "Set to {severity} by {person}, {at}, because: {why}",
        severity=words.severity(language, override.severity),
        person=described(language, override.by) if override.by else language.say(_A_PERSON),
        at=language.instant(override.at),
        why=_because(language, override.why, override.evidence),
    )


def shared_grade(language: Language, view: AlertView) -> str:
    """What the rubric alone makes of the current reports."""
    if view.shared is None:
        return ""
    shared = language.gettext("Shared grade: {severity}.", severity=words.severity(language, view.shared))
    return language.sentences((shared, words.why(language, view)))


def dissents(language: Language, view: AlertView) -> tuple[str, ...]:
    """What each dissenting institute holds, and why."""
    return tuple(dissenting(language, each) for each in view.standing_dissents)


def dissenting(language: Language, dissent: DissentView) -> str:
    """What one institute holds instead, since when, and why."""
    return language.gettext(
        "{institute} holds {severity}, {at}, because: {why}",
        institute=dissent.name,
        severity=words.severity(language, dissent.severity),
        at=language.instant(dissent.at),
        why=_because(language, dissent.why, dissent.evidence),
    )


def _because(language: Language, why: str | None, evidence: tuple[str, ...]) -> str:
    said = one_line(why or "")
    if not evidence:
        return said
    return language.gettext("{why} (evidence: {evidence})", why=said, evidence=one_line("; ".join(evidence)))
