"""The words for what is kept back, and for telling it afterwards. In English, like `words`."""

from __future__ import annotations

from tocsin_alerting.messages.view import MutedView
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.policy.notification import TellingReason

SUBJECT_PREFIX = {
    TellingReason.SILENCE_ENDED: "Told late",
    TellingReason.INHIBITION_ENDED: "Told late",
}
TOLD_BECAUSE = {
    TellingReason.SILENCE_ENDED: (
        "A silence kept this alert from you until now. It is still open, and nobody at {institute} has answered."
    ),
    TellingReason.INHIBITION_ENDED: (
        "While an incident about the same was being dealt with, calls about this alert were kept back. That is over; "
        "this is still open, and nobody at {institute} has answered."
    ),
}


def changes(who: str) -> dict[str, str]:
    """Lines of the time line."""
    return {
        TellingReason.SILENCE_ENDED.value: f"What a silence kept from {who} was told.",
        TellingReason.INHIBITION_ENDED.value: f"What an incident about the same kept back was told to {who}.",
    }


def kept_back(muted: MutedView, until: str | None) -> str:
    """Why an institute's people are not called about an alert.

    Args:
        muted: what keeps it back.
        until: when that ends, as the reader is told instants; None where it has no set end.
    """
    if muted.kind is CauseKind.INHIBITION:
        return "calls are kept back while a confirmed incident about the same is live (see also)"
    return f"silenced{f' until {until}' if until else ''}{_by(muted)}{_because(muted)}"


def broken_through(muted: MutedView) -> str:
    """What is said with a call that a silence would have kept back; nothing where it would not."""
    if muted.effect is not Effect.BROKEN_THROUGH:
        return ""
    return f" A silence{_by(muted)} would have kept this from you{_because(muted)}. It is too grave for that."


def _by(muted: MutedView) -> str:
    return f" by {muted.by}" if muted.by else ""


def _because(muted: MutedView) -> str:
    return f", because: {muted.reason}" if muted.reason else ""
