"""The words that stand before something: labels, the marks of exercises and tests, and the states of an alert."""

from __future__ import annotations

from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import Phrase, phrase, phrase_in
from tocsin_schemas.vocabulary import AlertState, ReportKind, Status

KIND = {
    ReportKind.FINDING: phrase_in("kind of report", "finding"),
    ReportKind.INCIDENT: phrase_in("kind of report", "incident"),
}
STATE = {
    AlertState.OPEN: phrase_in("state of an alert", "open"),
    AlertState.ACKNOWLEDGED: phrase_in("state of an alert", "acknowledged by all who were asked"),
    AlertState.RESOLVED: phrase_in("state of an alert", "resolved"),
    AlertState.RETRACTED: phrase_in("state of an alert", "retracted"),
}
STATUS_MARK = {
    Status.ACTUAL: "",
    Status.EXERCISE: "EXERCISE EXERCISE EXERCISE",
    Status.TEST: "TEST TEST TEST",
}
"""What stands at the beginning and the end of everything that is not meant; the same in every language."""
STATUS_SENTENCE: dict[Status, Phrase | str] = {
    Status.ACTUAL: "",
    Status.EXERCISE: phrase("This is an exercise. Nothing has happened; answer as the exercise asks."),
    Status.TEST: phrase("This is a test of the network. Nothing has happened and nothing needs to be done."),
}
STATE_MARK = {
    AlertState.RESOLVED: phrase_in("beginning of a heading", "Resolved"),
    AlertState.RETRACTED: phrase_in("beginning of a heading", "RETRACTED"),
}
"""What a heading begins with, after the label, once the alert is closed."""

LABELS = {
    "severity": phrase("Severity"),
    "guidance": phrase("Guidance"),
    "differences": phrase("What was compared"),
    "differing": phrase("What differs in the set-ups"),
    "equal": phrase("What is the same"),
    "unknown": phrase("What nobody states"),
    "comparison": phrase("Results by language"),
    "why": phrase("Why"),
    "reported_by": phrase("Reported by"),
    "system": phrase_in("label", "System"),
    "evaluation": phrase_in("label", "Evaluation"),
    "results": phrase_in("label", "Results"),
    "figures": phrase_in("label", "Figures"),
    "assessed": phrase("Assessed as"),
    "clocks": phrase("Reporting clocks"),
    "standing": phrase("Where each institute stands"),
    "wanted": phrase("What is asked of you"),
    "changed": phrase("What changed"),
    "state": phrase_in("label", "State"),
    "alert": phrase_in("label", "Alert"),
    "rubric": phrase("Graded by"),
    "told_to": phrase("Told to"),
    "read_on": phrase("Read the whole alert"),
    "acknowledge": phrase_in("button", "Acknowledge"),
    "open": phrase("Open the alert"),
    "status": phrase_in("label", "Status"),
}
CHANNEL = {"email": phrase("E-mail"), "slack": phrase("Slack")}
"""What ways to reach people are called; others have their own name."""
BUTTON_LABEL = phrase("Acknowledge this alert on behalf of your institute")
TOMBSTONE = phrase("The label of this alert has changed and its text was removed from here.")
MOVED = phrase("The severity was raised; a newer message about this alert stands below.")
CUT = phrase("Cut; the whole text is on the alert's page.")


def label(language: Language, name: str) -> str:
    """A label with its colon, which not every language sets as English does."""
    return colon(language, language.say(LABELS[name]))


def colon(language: Language, said: str) -> str:
    """A word before something, with the language's colon."""
    return language.pgettext("a label before something", "{label}:", label=said)


def status_sentence(language: Language, status: Status) -> str:
    """That nothing has happened, where it is an exercise or a test; else empty."""
    said = STATUS_SENTENCE[status]
    return said if isinstance(said, str) else language.say(said)


def state_mark(language: Language, state: AlertState) -> str:
    """What a heading says of an alert that is closed; empty while it is not."""
    return language.say(STATE_MARK[state]) if state in STATE_MARK else ""


def and_more(language: Language, count: int) -> str:
    """What stands for lines that are left out."""
    return language.ngettext("and {count} more on the alert's page", "and {count} more on the alert's page", count)


def in_language(language: Language, tag: str | None) -> str:
    """A remark for a text in a language that is not the reader's, such as `(in English)`; else empty."""
    if language.reads(tag):
        return ""
    return language.gettext("(in {language})", language=language.language_name(tag or ""))


def channel(language: Language, name: str) -> str:
    """What a way to reach people is called."""
    return language.say(CHANNEL[name]) if name in CHANNEL else name.capitalize()
