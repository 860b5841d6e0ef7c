"""The words for what institutes did with their reports: one line of the time line, with who did it.

In English, like `words`; a further language is a further file.
"""

from __future__ import annotations

from tocsin_alerting.messages.view import ChangeView, Deed

_DEEDS = {
    Deed.REPORTED: "reported again",
    Deed.CORRECTED: "corrected its report",
    Deed.TOOK_BACK: "took its report back",
    Deed.REPLACED: "replaced its report by a newer one",
}
_OF = {
    Deed.REPORTED: "a report of",
    Deed.CORRECTED: "a correction of",
    Deed.TOOK_BACK: "a retraction by",
    Deed.REPLACED: "a newer report of",
}
_BY_SOMEBODY = {
    "severity_raised": "The severity was raised to {severity} by {of} {who}; everybody is asked anew.",
    "severity_lowered": "The severity was lowered to {severity}: {who} {did}.",
    "report_added": "{who} added a report.",
    "report_repeated": "{who} published the same evidence again; it is counted once.",
    "corroborated": "{who} confirmed it independently.",
    "corroborated_asked_anew": "{who} confirmed it independently; everybody is asked anew.",
    "report_corrected": "{who} corrected its report.",
    "confirmation_lost": "It is no longer confirmed independently: {who} {did}.",
    "report_retracted": "{who} took its report back; the others stand.",
    "report_superseded": "{who} replaced an earlier report of its own by a newer one.",
    "nothing_current": "The alert was retracted: {who} took back what it rested on.",
    "superseded": (
        "The alert was retracted: {who} replaced what it rested on by a newer report, which has an alert of its own."
    ),
}
_BY_NOBODY_NAMED = {
    "severity_raised": "The severity was raised to {severity}; everybody is asked anew.",
    "severity_lowered": "The severity was lowered to {severity}.",
    "report_added": "A further report was added.",
    "report_repeated": "The same evidence was published again; it is counted once.",
    "corroborated": "Another institute confirmed it independently.",
    "corroborated_asked_anew": "Another institute confirmed it independently; everybody is asked anew.",
    "report_corrected": "A report was corrected.",
    "confirmation_lost": "It is no longer confirmed independently.",
    "report_retracted": "A report was taken back; the others stand.",
    "report_superseded": "A report was replaced by a newer one.",
    "nothing_current": "The alert was retracted: what it rested on was taken back.",
    "superseded": "The alert was retracted: what it rested on was replaced by a newer report, in another alert.",
    "superseded_before": "A report came that its institute had replaced before: it does not count; nobody was told.",
}


def done(change: ChangeView, *, severity: str) -> str | None:
    """What was done and by whom; None where the change does not come from a report.

    Args:
        change: the change.
        severity: the word for how severe the alert became.
    """
    who = _enumerated(change.reporters)
    named = _BY_SOMEBODY.get(change.reason) if who and change.deed is not None else None
    sentence = named or _BY_NOBODY_NAMED.get(change.reason)
    if sentence is None:
        return None
    did, of = ("", "") if change.deed is None else (_DEEDS[change.deed], _OF[change.deed])
    return sentence.format(who=who, did=did, of=of, severity=severity)


def _enumerated(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else ""
