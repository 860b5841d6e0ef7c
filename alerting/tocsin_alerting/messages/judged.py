"""The words for what people say of a severity: who set it and why, what the shared grade is, and who dissents.

In English, like `words`; a further language is a further file. Whoever may read an alert's text may read these.
"""

from __future__ import annotations

from tocsin_alerting.messages import words
from tocsin_alerting.messages.foreign import one_line
from tocsin_alerting.messages.view import AlertView, DissentView, OverrideView


def grounds(view: AlertView) -> tuple[str, ...]:
    """Why the alert is as severe as it is: the rule's sentence, or who set it and why, beside the shared grade."""
    override = view.override
    why = words.why(view)
    if override is None:
        return (why,) if why else ()
    if override.severity is view.severity:
        return (decided(override), shared_grade(view))
    return tuple(line for line in (why, f"{decided(override)} {weight(view, override)}") if line)


def weight(view: AlertView, override: OverrideView) -> str:
    """What an override counts for now."""
    if not override.stands:
        return NO_LONGER
    if override.severity is view.severity:
        return DECIDES
    return OUTWEIGHED if view.severity.rank > override.severity.rank else CAPPED


def decided(override: OverrideView) -> str:
    """Who set the severity, when, why, and on what evidence."""
    who = override.by or "a person"
    said = f"Set to {words.SEVERITY[override.severity].lower()} by {who}, {words.instant(override.at)}, because: "
    return said + _because(override.why, override.evidence)


def shared_grade(view: AlertView) -> str:
    """What the rubric alone makes of the current reports."""
    if view.shared is None:
        return ""
    return f"Shared grade: {words.SEVERITY[view.shared].lower()}. {words.why(view)}".strip()


def dissents(view: AlertView) -> tuple[str, ...]:
    """What each dissenting institute holds, and why."""
    return tuple(dissenting(each) for each in view.standing_dissents)


def dissenting(dissent: DissentView) -> str:
    """What one institute holds instead, since when, and why."""
    held = words.SEVERITY[dissent.severity].lower()
    return f"{dissent.name} holds {held}, {words.instant(dissent.at)}, because: " + _because(
        dissent.why, dissent.evidence
    )


def _because(why: str | None, evidence: tuple[str, ...]) -> str:
    said = one_line(why or "")
    return f"{said} ({EVIDENCE}: {one_line('; '.join(evidence))})" if evidence else said


DECIDES = "This decides."
NO_LONGER = "It does not decide."
OUTWEIGHED = "That stands for the reports before it; a later report is graver."
CAPPED = "It counts as severe: no current report tells of harm that was done."
EVIDENCE = "evidence"
DISSENT = "Dissent"
