"""Why somebody is told of an alert, and what form the message has."""

from __future__ import annotations

from enum import StrEnum


class DeliveryKind(StrEnum):
    """What form a message has at its destination."""

    MESSAGE = "message"
    """A new one; for Slack the one per alert and channel that is kept up to date."""
    EDIT = "edit"
    """The latest message there, brought up to date in place."""
    REPLY = "reply"
    """In the latest message's thread."""


class TellingReason(StrEnum):
    """Why somebody is told."""

    RAISED = "raised"
    SUBSCRIBED = "subscribed"
    """No ladder calls them for it: they asked to be told of alerts like it, and owe nothing."""
    SEVERITY_RAISED = "severity_raised"
    ESCALATED = "escalated"
    LADDER_EXHAUSTED = "ladder_exhausted"
    ANSWERED = "answered"
    UPDATED = "updated"
    SEVERITY_LOWERED = "severity_lowered"
    REPORT_ADDED = "report_added"
    REPORT_REPEATED = "report_repeated"
    CORROBORATED = "corroborated"
    CORROBORATED_ASKED_ANEW = "corroborated_asked_anew"
    REPORT_CORRECTED = "report_corrected"
    CONFIRMATION_LOST = "confirmation_lost"
    REPORT_RETRACTED = "report_retracted"
    REPORT_SUPERSEDED = "report_superseded"
    SUPERSEDED = "superseded"
    DIVERGENCE_CHANGED = "divergence_changed"
    """Of a guidance alert: what differs has changed."""
    RESOLVED = "resolved"
    RETRACTED = "retracted"
    OVERRIDE_RAISED = "override_raised"
    OVERRIDE_LOWERED = "override_lowered"
    OVERRIDE_WITHDRAWN = "override_withdrawn"
    OVERRIDE_WITHDRAWN_RAISED = "override_withdrawn_raised"
    DISSENT_RECORDED = "dissent_recorded"
    DISSENT_WITHDRAWN = "dissent_withdrawn"
    SILENCE_ENDED = "silence_ended"
    """What a silence or a window kept back is told."""
    INHIBITION_ENDED = "inhibition_ended"
    """So is what a confirmed incident kept back."""
    FLAPPING = "flapping"
    """It goes up and down; nobody is called for each turn."""
    FLAPPING_EDITED = "flapping_edited"
    """Likewise, and that was said a while ago: only what stands is put right."""
    FLAPPING_ENDED = "flapping_ended"
    ANSWER_WITHDRAWN = "answer_withdrawn"
    """The institute's answer was taken back: it is asked again."""
    QUORUM_MET = "quorum_met"
    QUORUM_MISSED = "quorum_missed"
    SILENT_AT_DEADLINE = "silent_at_deadline"
    REMINDED = "reminded"

    @property
    def pages(self) -> bool:
        """Whether it asks somebody for an answer, and so is pointless once there is one."""
        return self in _PAGES

    @property
    def begins(self) -> bool:
        """Whether it tells of the alert itself, and not of a change to what was told before."""
        return self in _PAGES or self is TellingReason.SUBSCRIBED

    @property
    def comes_of_silence(self) -> bool:
        """Whether somebody's silence has caused it: so much time has passed already."""
        return self in _SILENCE

    @property
    def tells_of_silence(self) -> bool:
        """Whether it calls the coordinator about others: no answer of its own institute makes that pointless."""
        return self in _DEADLINES


_RAISES = frozenset(
    {TellingReason.SEVERITY_RAISED, TellingReason.OVERRIDE_RAISED, TellingReason.OVERRIDE_WITHDRAWN_RAISED}
)
"""An alert became graver, so a new round began."""
ASKS_ANEW = _RAISES | {TellingReason.CORROBORATED_ASKED_ANEW}
"""Updates that begin a new round: what was answered before does not answer them."""
UNMUTED = frozenset({TellingReason.SILENCE_ENDED, TellingReason.INHIBITION_ENDED})
"""What was kept back is told, once, to those who were not told."""
_DEADLINES = frozenset({TellingReason.QUORUM_MISSED, TellingReason.SILENT_AT_DEADLINE})
_SILENCE = _DEADLINES | {TellingReason.ESCALATED, TellingReason.LADDER_EXHAUSTED}
_PAGES = (
    ASKS_ANEW
    | UNMUTED
    | _DEADLINES
    | {
        TellingReason.RAISED,
        TellingReason.ESCALATED,
        TellingReason.LADDER_EXHAUSTED,
        TellingReason.ANSWER_WITHDRAWN,
    }
)
