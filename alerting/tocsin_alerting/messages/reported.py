"""The words for what institutes did with their reports: one line of the time line, with who did it."""

from __future__ import annotations

from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import Phrase, phrase
from tocsin_alerting.messages.view import ChangeView, Deed

_BY_DEED = {
    "severity_raised": {
        Deed.REPORTED: phrase("The severity was raised to {severity} by a report of {who}; everybody is asked anew."),
        Deed.CORRECTED: phrase(
            "The severity was raised to {severity} by a correction of {who}; everybody is asked anew."
        ),
        Deed.TOOK_BACK: phrase(
            "The severity was raised to {severity} by a retraction by {who}; everybody is asked anew."
        ),
        Deed.REPLACED: phrase(
            "The severity was raised to {severity} by a newer report of {who}; everybody is asked anew."
        ),
    },
    "severity_lowered": {
        Deed.REPORTED: phrase("The severity was lowered to {severity}: {who} reported again."),
        Deed.CORRECTED: phrase("The severity was lowered to {severity}: {who} corrected its report."),
        Deed.TOOK_BACK: phrase("The severity was lowered to {severity}: {who} took its report back."),
        Deed.REPLACED: phrase("The severity was lowered to {severity}: {who} replaced its report by a newer one."),
    },
    "confirmation_lost": {
        Deed.REPORTED: phrase("It is no longer confirmed independently: {who} reported again."),
        Deed.CORRECTED: phrase("It is no longer confirmed independently: {who} corrected its report."),
        Deed.TOOK_BACK: phrase("It is no longer confirmed independently: {who} took its report back."),
        Deed.REPLACED: phrase("It is no longer confirmed independently: {who} replaced its report by a newer one."),
    },
}
"""Sentences that depend on what was done with the report."""
_BY_SOMEBODY = {
    "report_added": phrase("{who} added a report."),
    "report_repeated": phrase("{who} published the same evidence again; it is counted once."),
    "corroborated": phrase("{who} confirmed it independently."),
    "corroborated_asked_anew": phrase("{who} confirmed it independently; everybody is asked anew."),
    "report_corrected": phrase("{who} corrected its report."),
    "report_retracted": phrase("{who} took its report back; the others stand."),
    "report_superseded": phrase("{who} replaced an earlier report of its own by a newer one."),
    "nothing_current": phrase("The alert was retracted: {who} took back what it rested on."),
    "superseded": phrase(
        "The alert was retracted: {who} replaced what it rested on by a newer report, which has an alert of its own."
    ),
}
_BY_NOBODY_NAMED = {
    "severity_raised": phrase("The severity was raised to {severity}; everybody is asked anew."),
    "severity_lowered": phrase("The severity was lowered to {severity}."),
    "report_added": phrase("A further report was added."),
    "report_repeated": phrase("The same evidence was published again; it is counted once."),
    "corroborated": phrase("Another institute confirmed it independently."),
    "corroborated_asked_anew": phrase("Another institute confirmed it independently; everybody is asked anew."),
    "report_corrected": phrase("A report was corrected."),
    "confirmation_lost": phrase("It is no longer confirmed independently."),
    "report_retracted": phrase("A report was taken back; the others stand."),
    "report_superseded": phrase("A report was replaced by a newer one."),
    "nothing_current": phrase("The alert was retracted: what it rested on was taken back."),
    "superseded": phrase(
        "The alert was retracted: what it rested on was replaced by a newer report, in another alert."
    ),
    "superseded_before": phrase(
        "A report came that its institute had replaced before: it does not count; nobody was told."
    ),
}


def done(language: Language, change: ChangeView, *, severity: str) -> str | None:
    """What was done and by whom; None where the change does not come from a report.

    Args:
        language: the reader's.
        change: the change.
        severity: the word for how severe the alert became.
    """
    sentence = _named(change) or _BY_NOBODY_NAMED.get(change.reason)
    return None if sentence is None else language.say(sentence, who=language.join(change.reporters), severity=severity)


def _named(change: ChangeView) -> Phrase | None:
    if not change.reporters or change.deed is None:
        return None
    if change.reason in _BY_DEED:
        return _BY_DEED[change.reason][change.deed]
    return _BY_SOMEBODY.get(change.reason)
