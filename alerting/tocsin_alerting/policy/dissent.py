"""An institute's dissent: what it holds against an alert's severity, beside that severity and not instead of it."""

from __future__ import annotations

from enum import StrEnum


class DissentReason(StrEnum):
    """What a change of an alert tells of, where an institute has spoken against its severity."""

    RECORDED = "dissent_recorded"
    WITHDRAWN = "dissent_withdrawn"


class DissentOutcome(StrEnum):
    """What became of a dissent, or of the wish to withdraw one."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    """It had been said, or withdrawn, before; nothing changes."""
    UNKNOWN_ALERT = "unknown_alert"
    RETRACTED = "retracted"
    """What the alert rested on was taken back: there is nothing left to differ about."""
    AGREES = "agrees"
    """The alert is as severe as the institute says."""
    NO_DISSENT = "no_dissent"
    """The institute has none to withdraw."""
    INVALID = "invalid"
