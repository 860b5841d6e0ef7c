"""The words of pages that are not sentences of a template: what closed sets are called, and what is said of a form."""

from __future__ import annotations

from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.messages.words import CHANNEL, DOMAIN
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_schemas.vocabulary import Action, AlertState, Answer, ReportKind, Status

STATES = {
    AlertState.OPEN: phrase_in("state of an alert", "open"),
    AlertState.ACKNOWLEDGED: phrase_in("state of an alert", "acknowledged"),
    AlertState.RESOLVED: phrase_in("state of an alert", "resolved"),
    AlertState.RETRACTED: phrase_in("state of an alert", "retracted"),
}
LISTS = {
    "open": phrase("Open alerts"),
    "acknowledged": phrase("Acknowledged alerts"),
    "resolved": phrase("Resolved alerts"),
    "retracted": phrase("Retracted alerts"),
    "all": phrase("All alerts"),
}
"""Headings of the list."""
TABS = {
    "open": phrase_in("alerts", "Open"),
    "acknowledged": phrase_in("alerts", "Acknowledged"),
    "resolved": phrase_in("alerts", "Resolved"),
    "retracted": phrase_in("alerts", "Retracted"),
    "all": phrase_in("alerts", "All"),
}
STATUSES = {Status.EXERCISE: phrase("EXERCISE"), Status.TEST: phrase("TEST")}
KINDS = {ReportKind.FINDING: phrase("Finding"), ReportKind.INCIDENT: phrase("Incident")}
SAID = {
    Answer.ACKNOWLEDGE: phrase_in("answer of an institute", "acknowledged"),
    Answer.ACTING: phrase_in("answer of an institute", "acting"),
    Answer.RESOLVE: phrase_in("answer of an institute", "resolved"),
    Answer.DECLINE: phrase_in("answer of an institute", "declined"),
    Answer.NOT_APPLICABLE: phrase_in("answer of an institute", "does not apply"),
}
DOMAINS = DOMAIN
ACTIONS = {
    Action.REPORT.value: phrase("Report by {institute}"),
    Action.UPDATE.value: phrase("Update by {institute}"),
    Action.RETRACT.value: phrase("Retraction by {institute}"),
}
CHANNELS = CHANNEL
CAUSES = {
    CauseKind.SILENCE: phrase_in("what keeps a message back", "a silence"),
    CauseKind.MAINTENANCE: phrase_in("what keeps a message back", "a maintenance window"),
    CauseKind.INHIBITION: phrase_in("what keeps a message back", "an incident about the same"),
}
DELIVERIES = {
    "message": phrase_in("kind of delivery", "message"),
    "edit": phrase_in("kind of delivery", "edit of a message"),
    "reply": phrase_in("kind of delivery", "reply in the thread"),
}
DISCLOSURES = {
    "notice": phrase_in("how much a message says", "notice only"),
    "nothing": phrase_in("how much a message says", "nothing"),
}
OUTCOMES = {
    "pending": phrase_in("outcome of a delivery", "waiting"),
    "sent": phrase_in("outcome of a delivery", "sent"),
    "previewed": phrase_in("outcome of a delivery", "previewed"),
    "failed": phrase_in("outcome of a delivery", "failed"),
    "superseded": phrase_in("outcome of a delivery", "superseded"),
    "withheld": phrase_in("outcome of a delivery", "withheld"),
    "folded": phrase_in("outcome of a delivery", "told in a summary"),
    "muted": phrase_in("outcome of a delivery", "kept back"),
    "standby": phrase_in("outcome of a delivery", "waits for the channel before it"),
    "skipped": phrase_in("outcome of a delivery", "passed over: the address does not work"),
}
RECEIPTS = {
    "deferred": phrase_in("receipt of a mail", "deferred"),
    "delivered": phrase_in("receipt of a mail", "delivered"),
    "dropped": phrase_in("receipt of a mail", "dropped by the provider"),
    "bounce": phrase_in("receipt of a mail", "bounced"),
    "spamreport": phrase_in("receipt of a mail", "reported as spam"),
}
REASONS = {
    # Why somebody is told.
    "raised": phrase_in("reason of a delivery", "alert raised"),
    "subscribed": phrase_in("reason of a delivery", "subscribed"),
    "severity_raised": phrase_in("reason of a delivery", "severity raised"),
    "escalated": phrase_in("reason of a delivery", "escalated"),
    "ladder_exhausted": phrase_in("reason of a delivery", "ladder exhausted"),
    "answered": phrase_in("reason of a delivery", "answered"),
    "updated": phrase_in("reason of a delivery", "updated"),
    "severity_lowered": phrase_in("reason of a delivery", "severity lowered"),
    "report_added": phrase_in("reason of a delivery", "report added"),
    "report_repeated": phrase_in("reason of a delivery", "report repeated"),
    "corroborated": phrase_in("reason of a delivery", "confirmed"),
    "corroborated_asked_anew": phrase_in("reason of a delivery", "confirmed, everybody asked anew"),
    "report_corrected": phrase_in("reason of a delivery", "report corrected"),
    "confirmation_lost": phrase_in("reason of a delivery", "confirmation lost"),
    "report_retracted": phrase_in("reason of a delivery", "report taken back"),
    "report_superseded": phrase_in("reason of a delivery", "report replaced"),
    "superseded": phrase_in("reason of a delivery", "replaced by a newer report"),
    "divergence_changed": phrase_in("reason of a delivery", "differences changed"),
    "resolved": phrase_in("reason of a delivery", "resolved"),
    "retracted": phrase_in("reason of a delivery", "retracted"),
    "override_raised": phrase_in("reason of a delivery", "severity raised by override"),
    "override_lowered": phrase_in("reason of a delivery", "severity lowered by override"),
    "override_withdrawn": phrase_in("reason of a delivery", "override withdrawn"),
    "override_withdrawn_raised": phrase_in("reason of a delivery", "severity raised, override withdrawn"),
    "dissent_recorded": phrase_in("reason of a delivery", "dissent"),
    "dissent_withdrawn": phrase_in("reason of a delivery", "dissent withdrawn"),
    "answer_withdrawn": phrase_in("reason of a delivery", "answer withdrawn"),
    "quorum_met": phrase_in("reason of a delivery", "enough institutes have answered"),
    "quorum_missed": phrase_in("reason of a delivery", "too few institutes have answered"),
    "silent_at_deadline": phrase_in("reason of a delivery", "silent at the deadline"),
    "reminded": phrase_in("reason of a delivery", "reminder"),
    "last_word_said": phrase_in("reason of a delivery", "the last word was said"),
    "flapping": phrase_in("reason of a delivery", "flapping"),
    "flapping_edited": phrase_in("reason of a delivery", "flapping, shown in place"),
    "flapping_ended": phrase_in("reason of a delivery", "flapping is over"),
    "silence_ended": phrase_in("reason of a delivery", "a silence ended"),
    "inhibition_ended": phrase_in("reason of a delivery", "an incident about the same is over"),
    # Why a message was not sent after all, or says less.
    "alert_closed": phrase_in("reason of a delivery", "the alert was closed"),
    "newer_round": phrase_in("reason of a delivery", "the severity was raised since"),
    "newer_edit": phrase_in("reason of a delivery", "a newer edit followed"),
    "newer_follow_up": phrase_in("reason of a delivery", "a newer mail says this as well"),
    "not_told_before": phrase_in("reason of a delivery", "not told before"),
    "not_cleared": phrase_in("reason of a delivery", "not cleared for the label"),
    "red_needs_a_named_person": phrase_in("reason of a delivery", "TLP:RED needs a named person"),
    "red_never_on_a_shared_address": phrase_in("reason of a delivery", "TLP:RED never goes to a shared address"),
    "red_never_in_a_message": phrase_in("reason of a delivery", "TLP:RED never goes into a message"),
    "channel_carries_notices_only": phrase_in("reason of a delivery", "the channel carries notices only"),
    "strict_never_outside_the_organisation": phrase_in(
        "reason of a delivery", "TLP:AMBER+STRICT never leaves the organisation"
    ),
}
NOTHING_RECORDED = phrase("Nothing has been recorded.")
SYSTEM = phrase("the system")
SLACK_USER = phrase("Slack user {id}")
FIELDS = {
    "severity": phrase("Severity"),
    "evidence": phrase("Evidence"),
    "why": phrase_in("field of a form", "Why"),
    "institute": phrase("Institute"),
    "note": phrase_in("field of a form", "Note"),
    "alert": phrase("Alert"),
}
"""Fields of forms, where a fault names them."""
FAULTS = {
    "is missing.": phrase_in("fault of a field", "is missing."),
    "is not the page's.": phrase_in("fault of a field", "is not the page's."),
    "is no grade: it says that nobody has graded this.": phrase_in(
        "fault of a field", "is no grade: it says that nobody has graded this."
    ),
    "is above what a finding can be: it is about what could happen.": phrase_in(
        "fault of a field", "is above what a finding can be: it is about what could happen."
    ),
    "needs harm that was done, with a link to the AI system.": phrase_in(
        "fault of a field", "needs harm that was done, with a link to the AI system."
    ),
    "is guidance on results that differ: it grades nothing of its own.": phrase_in(
        "fault of a field", "is guidance on results that differ: it grades nothing of its own."
    ),
}
"""What is wrong with a field, by its English; what is not here stays English and is marked so."""
EVIDENCE_NEEDED = phrase_in("fault of a field", "is needed to go below {severity}.")
FIXES = {
    "Choose one.": phrase("Choose one."),
    "Say why, for those who are told.": phrase("Say why, for those who are told."),
    "Open the page again.": phrase("Open the page again."),
    "Refer to at least one piece of evidence by uri, digest or title.": phrase(
        "Refer to at least one piece of evidence by uri, digest or title."
    ),
    "Say it of the alert of the report that is meant.": phrase("Say it of the alert of the report that is meant."),
    "Give an address, a digest (sha256: and 64 hexadecimal digits) or a title of at most 500 characters.": phrase(
        "Give an address, a digest (sha256: and 64 hexadecimal digits) or a title of at most 500 characters."
    ),
}
HTTP = {
    404: phrase("There is nothing at this address"),
    405: phrase("This address does not take requests of this kind"),
    413: phrase("The request is too large"),
}
"""What a refusal by the server itself is called on a page."""
