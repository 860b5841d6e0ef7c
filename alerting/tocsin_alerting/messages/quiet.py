"""The words for what is kept back, and for telling it afterwards."""

from __future__ import annotations

from datetime import datetime

from tocsin_alerting.messages.answer_views import MutedView
from tocsin_alerting.messages.described import described
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.policy.telling import TellingReason

SUBJECT_PREFIX = {
    TellingReason.SILENCE_ENDED: phrase_in("beginning of a subject", "Told late"),
    TellingReason.INHIBITION_ENDED: phrase_in("beginning of a subject", "Told late"),
    TellingReason.FLAPPING: phrase_in("beginning of a subject", "Up and down"),
    TellingReason.FLAPPING_EDITED: phrase_in("beginning of a subject", "Up and down"),
    TellingReason.FLAPPING_ENDED: phrase_in("beginning of a subject", "Settled"),
}
TOLD_BECAUSE = {
    TellingReason.SILENCE_ENDED: phrase(
        "A silence kept this alert from you until now. It is still open, and nobody at {institute} has answered."
    ),
    TellingReason.INHIBITION_ENDED: phrase(
        "While an incident about the same was being dealt with, calls about this alert were kept back. That is over; "
        "this is still open, and nobody at {institute} has answered."
    ),
    TellingReason.FLAPPING: phrase(
        "This alert goes up and down; it is {severity} now. You are not called for each turn until it has been quiet "
        "for a while; a severity that it has not had before calls at once."
    ),
    TellingReason.FLAPPING_EDITED: phrase("This alert goes up and down; it is {severity} now."),
    TellingReason.FLAPPING_ENDED: phrase(
        "This alert has settled: it is {severity}. Each change is told again as it comes."
    ),
}
CHANGES = {
    TellingReason.SILENCE_ENDED.value: phrase("What a silence kept from {who} was told."),
    TellingReason.INHIBITION_ENDED.value: phrase("What an incident about the same kept back was told to {who}."),
    TellingReason.FLAPPING.value: phrase("It goes up and down; it is {severity} now. Nobody is called for each turn."),
    TellingReason.FLAPPING_EDITED.value: phrase("It goes up and down; it is {severity} now."),
    TellingReason.FLAPPING_ENDED.value: phrase("It has settled: it is {severity}."),
}
"""Lines of the time line."""
_INHIBITED = phrase("calls are kept back while a confirmed incident about the same is live (see also)")
_SILENCED = {
    (False, False): phrase("silenced"),
    (True, False): phrase("silenced until {until}"),
    (False, True): phrase("silenced by {person}"),
    (True, True): phrase("silenced until {until} by {person}"),
}
"""By whether its end is set, and whether it is said who did it."""
_SILENCED_BECAUSE = {
    (False, False): phrase("silenced, because: {why}"),
    (True, False): phrase("silenced until {until}, because: {why}"),
    (False, True): phrase("silenced by {person}, because: {why}"),
    (True, True): phrase("silenced until {until} by {person}, because: {why}"),
}
_BROKEN_THROUGH = {
    (False, False): phrase("A silence would have kept this from you. It is too grave for that."),
    (True, False): phrase("A silence by {person} would have kept this from you. It is too grave for that."),
    (False, True): phrase("A silence would have kept this from you, because: {why}. It is too grave for that."),
    (True, True): phrase(
        "A silence by {person} would have kept this from you, because: {why}. It is too grave for that."
    ),
}
"""By whether it is said who silenced it, and why."""


def kept_back(language: Language, muted: MutedView, until: datetime | None) -> str:
    """Why an institute's people are not called about an alert.

    Args:
        language: the reader's.
        muted: what keeps it back.
        until: when that ends; None where it has no set end.
    """
    if muted.kind is CauseKind.INHIBITION:
        return language.say(_INHIBITED)
    table = _SILENCED_BECAUSE if muted.reason else _SILENCED
    return language.say(
        table[until is not None, bool(muted.by)],
        until="" if until is None else language.instant(until),
        person=described(language, muted.by or ""),
        why=muted.reason or "",
    )


def broken_through(language: Language, muted: MutedView) -> str:
    """What is said with a call that a silence would have kept back; nothing where it would not."""
    if muted.effect is not Effect.BROKEN_THROUGH:
        return ""
    said = _BROKEN_THROUGH[bool(muted.by), bool(muted.reason)]
    return language.say(said, person=described(language, muted.by or ""), why=muted.reason or "")
