"""The words of messages and pages, in English: one place, so that further languages are further files beside it.

Labels (TLP) are never translated. Times are in UTC and say so.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tocsin_alerting.messages import guidance, quiet, reported
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView, ChangeView, ResponseView
from tocsin_alerting.policy.ladders import LadderReason
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.notification import TellingReason
from tocsin_schemas.vocabulary import (
    AlertChange,
    AlertPurpose,
    AlertState,
    Answer,
    Certainty,
    OecdClass,
    ReportKind,
    Severity,
    Status,
    Urgency,
)

LANGUAGE = "en"

SEVERITY = {
    Severity.NEGLIGIBLE: "Negligible",
    Severity.MINOR: "Minor",
    Severity.MODERATE: "Moderate",
    Severity.SEVERE: "Severe",
    Severity.CRITICAL: "Critical",
    Severity.UNCLASSIFIED: "Unclassified",
}
OECD_CLASS = {
    OecdClass.HAZARD: "hazard",
    OecdClass.SERIOUS_HAZARD: "serious hazard",
    OecdClass.INCIDENT: "incident",
    OecdClass.SERIOUS_INCIDENT: "serious incident",
    OecdClass.DISASTER: "disaster",
    OecdClass.UNCLASSIFIED: "no OECD class",
}
CERTAINTY = {
    Certainty.OBSERVED: "observed",
    Certainty.LIKELY: "likely",
    Certainty.POSSIBLE: "possible",
    Certainty.UNLIKELY: "unlikely",
    Certainty.UNKNOWN: "certainty unknown",
}
URGENCY = {
    Urgency.IMMEDIATE: "act now",
    Urgency.EXPECTED: "act soon",
    Urgency.FUTURE: "act in time",
    Urgency.PAST: "no longer urgent",
    Urgency.UNKNOWN: "urgency unknown",
}
KIND = {ReportKind.FINDING: "finding", ReportKind.INCIDENT: "incident"}
STATE = {
    AlertState.OPEN: "open",
    AlertState.ACKNOWLEDGED: "acknowledged by all who were asked",
    AlertState.RESOLVED: "resolved",
    AlertState.RETRACTED: "retracted",
}
ANSWER = {
    Answer.ACKNOWLEDGE: "acknowledged",
    Answer.RESOLVE: "resolved",
    Answer.DECLINE: "declined",
    Answer.NOT_APPLICABLE: "answered that it does not apply",
}
VIA = {
    "email_link": "from the mail",
    "slack": "in Slack",
    "api": "through the API",
    "page": "on the page",
    "command": "by command",
}
STATUS_MARK = {
    Status.ACTUAL: "",
    Status.EXERCISE: "EXERCISE EXERCISE EXERCISE",
    Status.TEST: "TEST TEST TEST",
}
"""What stands at the beginning and the end of everything that is not meant."""
STATUS_SENTENCE = {
    Status.ACTUAL: "",
    Status.EXERCISE: "This is an exercise. Nothing has happened; answer as the exercise asks.",
    Status.TEST: "This is a test of the network. Nothing has happened and nothing needs to be done.",
}
UNCLASSIFIED_REASON = "The rubric could not grade this; people must look."

SUBJECT_PREFIX = {
    TellingReason.SEVERITY_RAISED: "Severity raised",
    TellingReason.ESCALATED: "Escalated",
    TellingReason.LADDER_EXHAUSTED: "Silence",
    TellingReason.SEVERITY_LOWERED: "Correction",
    TellingReason.REPORT_ADDED: "Update",
    TellingReason.REPORT_REPEATED: "Update",
    TellingReason.CORROBORATED: "Confirmed",
    TellingReason.CORROBORATED_ASKED_ANEW: "Confirmed",
    TellingReason.REPORT_CORRECTED: "Correction",
    TellingReason.CONFIRMATION_LOST: "Correction",
    TellingReason.REPORT_RETRACTED: "Correction",
    TellingReason.REPORT_SUPERSEDED: "Correction",
    TellingReason.SUPERSEDED: "RETRACTED",
    TellingReason.DIVERGENCE_CHANGED: "Update",
    TellingReason.UPDATED: "Update",
    TellingReason.RESOLVED: "Resolved",
    TellingReason.RETRACTED: "RETRACTED",
    TellingReason.OVERRIDE_RAISED: "Severity raised",
    TellingReason.OVERRIDE_LOWERED: "Severity lowered",
    TellingReason.OVERRIDE_WITHDRAWN: "Override withdrawn",
    TellingReason.OVERRIDE_WITHDRAWN_RAISED: "Severity raised",
    TellingReason.DISSENT_RECORDED: "Dissent",
    TellingReason.DISSENT_WITHDRAWN: "Dissent withdrawn",
    **quiet.SUBJECT_PREFIX,
}
"""What a subject begins with, after the label, where it is not the first message."""
STATE_MARK = {AlertState.RESOLVED: "Resolved", AlertState.RETRACTED: "RETRACTED"}
"""What a heading begins with, after the label, once the alert is closed."""

LABELS = {
    "severity": "Severity",
    "guidance": "Guidance",
    "differences": "What was compared",
    "differing": "What differs in the set-ups",
    "equal": "What is the same",
    "unknown": "What nobody states",
    "comparison": "Results by language",
    "why": "Why",
    "reported_by": "Reported by",
    "system": "System",
    "evaluation": "Evaluation",
    "results": "Results",
    "figures": "Figures",
    "assessed": "Assessed as",
    "clocks": "Reporting clocks",
    "standing": "Where each institute stands",
    "wanted": "What is asked of you",
    "changed": "What changed",
    "state": "State",
    "alert": "Alert",
    "rubric": "Graded by",
    "told_to": "Told to",
    "read_on": "Read the whole alert",
    "acknowledge": "Acknowledge",
    "open": "Open the alert",
    "status": "Status",
}


def instant(at: datetime) -> str:
    """A moment, with its zone."""
    at = at.astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def join(parts: list[str]) -> str:
    """An enumeration."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def is_guidance(view: AlertView) -> bool:
    """Whether it compares results, and so has no severity of its own."""
    return view.purpose is AlertPurpose.GUIDANCE


def heading(view: AlertView) -> str:
    """What a heading or a subject begins with, after the label: the severity, or that it is guidance."""
    return LABELS["guidance"] if is_guidance(view) else SEVERITY[view.severity]


def grade_label(view: AlertView) -> str:
    """What stands before the headline."""
    return LABELS["guidance" if is_guidance(view) else "severity"]


def headline(view: AlertView) -> str:
    """Severity and class in a few words, such as `Severe (serious hazard)`."""
    if is_guidance(view):
        return guidance.HEADLINE.format(severity=SEVERITY[view.severity].lower())
    return f"{SEVERITY[view.severity]} ({OECD_CLASS[view.oecd_class]})"


def assessed_as(view: AlertView) -> str:
    """The fields beside severity, which are never folded into it."""
    if is_guidance(view):
        return guidance.ASSESSED
    certainty = CERTAINTY[view.certainty]
    if view.confirmed_by:
        certainty += f" (confirmed independently by {join(list(view.confirmed_by))}"
        if view.reported_certainty not in (None, view.certainty):
            certainty += f"; {CERTAINTY[view.reported_certainty]} without that"
        certainty += ")"
    return f"{certainty}, {URGENCY[view.urgency]}"


def why(view: AlertView) -> str:
    """The one sentence that says why the severity is what it is."""
    if view.divergence is not None and view.state is AlertState.RETRACTED:
        return guidance.BECAUSE[TellingReason.RETRACTED]
    if view.divergence is not None:
        return f"The values differ by {view.divergence.differences[0].test}."
    if view.reasons:
        return view.reasons[0].sentence
    return UNCLASSIFIED_REASON if view.severity is Severity.UNCLASSIFIED else ""


def standing(response: ResponseView) -> str:
    """Where one institute stands. Silence is said."""
    if response.answer is not None:
        said = ANSWER[response.answer]
        if response.answered_by:
            said += f" by {response.answered_by}"
        if response.answered_via in VIA:
            said += f" {VIA[response.answered_via]}"
        return f"{said}, {instant(response.answered_at)}" if response.answered_at else said
    if response.muted is not None and response.muted.effect is Effect.KEEPS_BACK:
        until = response.muted.until
        said = quiet.kept_back(response.muted, None if until is None else instant(until))
        return f"no answer yet (step {response.step}); {said}" if response.answer_required else said
    if not response.answer_required:
        return "told; no answer is asked for"
    if response.exhausted_at is not None:
        return f"SILENT: everybody on its ladder was told, nobody answered by {instant(response.exhausted_at)}"
    if response.next_step_at is not None:
        return f"no answer yet (step {response.step}); the next step is at {instant(response.next_step_at)}"
    return f"no answer yet (step {response.step})"


def change_sentence(change: ChangeView) -> str:
    """One line of the time line, without what a person noted with it."""
    return guidance.CHANGES.get(change.reason) or _change_of_reports(change)


def _change_of_reports(change: ChangeView) -> str:
    who = change.institute_name or "somebody"
    by = f" ({change.actor})" if change.actor else ""
    done = reported.done(change, severity=SEVERITY[change.severity].lower())
    if done is not None:
        return done
    match change.change:
        case AlertChange.RAISED:
            return f"The alert was raised as {SEVERITY[change.severity].lower()}."
        case AlertChange.ESCALATED if change.step is None:
            return f"{who} is SILENT: its ladder is exhausted and nobody answered."
        case AlertChange.ESCALATED:
            told = f"step {change.step} of its ladder was told."
            return {
                LadderReason.NEWLY_CONCERNED.value: f"{who} came to owe an answer; {told}",
                LadderReason.STEP_CANNOT_BE_TOLD.value: f"Nobody of the step before may be told; at {who} {told}",
            }.get(change.reason, f"Nobody at {who} answered; {told}")
        case AlertChange.ACKNOWLEDGED:
            known = {answer.value: word for answer, word in ANSWER.items()}
            return f"{who} {known.get(change.reason, ANSWER[Answer.ACKNOWLEDGE])}{by}."
        case AlertChange.RESOLVED if change.institute_name is None:
            return "The alert is resolved."
        case AlertChange.RESOLVED:
            return f"{who} resolved it{by}."
        case AlertChange.RETRACTED:
            return "The alert was retracted: what it rested on was taken back."
        case AlertChange.UPDATED:
            word = SEVERITY[change.severity].lower()
            person = change.actor or "a person"
            held = f": it holds {SEVERITY[change.stated].lower()}" if change.stated is not None else ""
            # An institute's own system is the institute; who spoke on its behalf is named.
            by = "" if who in (change.actor or "") else by
            return {
                "override_raised": f"An override by {person} raised the severity to {word}; everybody is asked anew.",
                "override_lowered": f"An override by {person} lowered the severity to {word}.",
                "override_withdrawn": f"An override was withdrawn by {person}; the severity is {word}.",
                "override_withdrawn_raised": (
                    f"An override was withdrawn by {person}; the severity is {word} again, and everybody is asked anew."
                ),
                "dissent_recorded": f"{who} dissents from the severity{held}{by}.",
                "dissent_withdrawn": f"{who} withdrew its dissent{by}.",
                **quiet.changes(who),
            }.get(change.reason, "The alert was updated.")


_TOLD_BECAUSE = {
    TellingReason.RAISED: "A new alert concerns {institute}.",
    TellingReason.SUBSCRIBED: "You asked to be told of alerts like this one.",
    TellingReason.SEVERITY_RAISED: (
        "The severity was raised to {severity}. What was answered before does not answer this."
    ),
    TellingReason.ESCALATED: "Nobody at {institute} has answered yet. You are told as step {step} of its ladder.",
    TellingReason.LADDER_EXHAUSTED: "{subject} is SILENT: everybody on its ladder was told and nobody answered.",
    TellingReason.ANSWERED: "{subject} has answered.",
    TellingReason.SEVERITY_LOWERED: "Correction: the severity was lowered to {severity}.",
    TellingReason.REPORT_ADDED: "A further report was added to this alert.",
    TellingReason.REPORT_REPEATED: "The same evidence was published again. It is counted once.",
    TellingReason.CORROBORATED: "Another institute has confirmed this independently.",
    TellingReason.CORROBORATED_ASKED_ANEW: (
        "Another institute has confirmed this independently. Everybody is asked anew."
    ),
    TellingReason.REPORT_CORRECTED: "Correction: a report behind this alert was corrected.",
    TellingReason.CONFIRMATION_LOST: "Correction: what confirmed this independently no longer does.",
    TellingReason.REPORT_RETRACTED: "Correction: one of the reports behind this alert was taken back; others stand.",
    TellingReason.REPORT_SUPERSEDED: "Correction: a report behind this alert was replaced by a newer one.",
    TellingReason.SUPERSEDED: (
        "RETRACTED: the report behind this alert was replaced by a newer one, which has an alert of its own. Please go "
        "by that one."
    ),
    TellingReason.DIVERGENCE_CHANGED: guidance.BECAUSE[TellingReason.DIVERGENCE_CHANGED],
    TellingReason.UPDATED: "This alert was updated.",
    TellingReason.RESOLVED: "This alert is resolved. Nothing more is asked of you.",
    TellingReason.RETRACTED: "RETRACTED: the report behind this alert was taken back. Please disregard it.",
    TellingReason.OVERRIDE_RAISED: (
        "The severity was raised to {severity} by a person's decision. What was answered before does not answer this."
    ),
    TellingReason.OVERRIDE_LOWERED: "The severity was lowered to {severity} by a person's decision.",
    TellingReason.OVERRIDE_WITHDRAWN: "A person's decision on this alert was withdrawn: the severity is {severity}.",
    TellingReason.OVERRIDE_WITHDRAWN_RAISED: (
        "A person's decision on this alert was withdrawn: the severity is {severity} again. "
        "What was answered before does not answer this."
    ),
    TellingReason.DISSENT_RECORDED: "{subject} dissents from the severity of this alert, which stays {severity}.",
    TellingReason.DISSENT_WITHDRAWN: "{subject} has withdrawn its dissent. The severity is {severity}.",
    **quiet.TOLD_BECAUSE,
}


_PREFIX = {
    TellingReason.SEVERITY_LOWERED: "Correction: ",
    TellingReason.REPORT_CORRECTED: "Correction: ",
    TellingReason.CONFIRMATION_LOST: "Correction: ",
    TellingReason.REPORT_RETRACTED: "Correction: ",
    TellingReason.REPORT_SUPERSEDED: "Correction: ",
    TellingReason.RETRACTED: "RETRACTED: please disregard this alert. ",
    TellingReason.SUPERSEDED: "RETRACTED: please go by the newer alert. ",
    TellingReason.REPORT_ADDED: "",
    TellingReason.CORROBORATED: "",
    TellingReason.CORROBORATED_ASKED_ANEW: "",
}
"""Reasons that the change itself says best, with who did it; and what stands before it."""


def told_because(telling: Telling, view: AlertView) -> str:
    """Why this message comes, in a sentence or two."""
    said = guidance.BECAUSE.get(telling.reason) if is_guidance(view) else None
    change = change_told(view, telling)
    if said is None and change is not None and change.reporters and telling.reason in _PREFIX:
        return _PREFIX[telling.reason] + change_sentence(change)
    because = (said or _TOLD_BECAUSE[telling.reason]).format(
        institute=telling.institute_name,
        subject=telling.subject_name or telling.institute_name,
        severity=SEVERITY[view.severity].lower(),
        step=telling.step,
    )
    own = own_standing(view, telling.institute)
    if telling.reason.pages and own is not None and own.muted is not None:
        because += quiet.broken_through(own.muted)
    return because


def is_closed(view: AlertView) -> bool:
    """Whether the alert takes no more answers."""
    return view.state in {AlertState.RESOLVED, AlertState.RETRACTED}


def own_standing(view: AlertView, institute: str) -> ResponseView | None:
    """Where the reader's own institute stands, where it was asked."""
    return next((response for response in view.responses if response.institute == institute), None)


def answer_wanted(view: AlertView, institute: str) -> bool:
    """Whether the reader's institute may still be the one to answer."""
    response = own_standing(view, institute)
    return response is not None and response.answer is None and not is_closed(view)


def change_told(view: AlertView, telling: Telling) -> ChangeView | None:
    """The change that a message tells of."""
    return next((change for change in view.changes if change.revision == telling.revision), None)


def wanted(view: AlertView, telling: Telling) -> str:
    """What is asked of the reader, by when, and what happens otherwise."""
    response = own_standing(view, telling.institute)
    if is_closed(view):
        return "Nothing more is asked of you."
    if telling.reason is TellingReason.LADDER_EXHAUSTED:
        subject = telling.subject_name or telling.institute_name
        return f"Please reach {subject} by other means. Nobody else will be told by the network."
    if not telling.asked:
        return "This is for your information, as you subscribe to alerts like it. Others at your institute answer."
    if response is None:
        return "This is for your information; no answer is asked of your institute."
    if response.answer is not None:
        return f"Nothing more: {response.name} has {ANSWER[response.answer]}."
    if not response.answer_required:
        return "This is for your information. You may acknowledge it, so that others see that you have it."
    if response.next_step_at is not None:
        return (guidance.WANTED if is_guidance(view) else "") + (
            f"Please acknowledge by {instant(response.next_step_at)}. If nobody at {response.name} answers by then, "
            "the next step of its ladder is told."
        )
    return f"Please acknowledge. The ladder of {response.name} is exhausted: nobody else will be told."


def notice(view: AlertView) -> str:
    """All that may be said where the text may not travel."""
    return f"A {view.tlp.value} alert awaits you."


def notice_explained(view: AlertView) -> str:
    """Why so little is said."""
    if is_guidance(view):
        return guidance.NOTICE
    return f"What it says does not travel in messages. Severity: {SEVERITY[view.severity]}."


TOMBSTONE = "The label of this alert has changed and its text was removed from here."
MOVED = "The severity was raised; a newer message about this alert stands below."
CUT = "Cut; the whole text is on the alert's page."
BUTTON_LABEL = "Acknowledge this alert on behalf of your institute"


def and_more(count: int) -> str:
    """What stands for lines that are left out."""
    return f"and {count} more on the alert's page"
