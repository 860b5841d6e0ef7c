"""Answers as people are offered them."""

from __future__ import annotations

from tocsin_alerting.messages.phrases import phrase
from tocsin_alerting.policy.answering import replaceable
from tocsin_schemas.vocabulary import Answer

BUTTONS = {
    Answer.ACKNOWLEDGE: phrase("Acknowledge"),
    Answer.ACTING: phrase("We are acting"),
    Answer.RESOLVE: phrase("Resolve"),
    Answer.NOT_APPLICABLE: phrase("Not applicable to us"),
    Answer.DECLINE: phrase("Decline"),
}
"""What the button of each answer says, the usual one first."""

MEANINGS = {
    Answer.ACKNOWLEDGE: phrase("We have seen it and look into it. Nobody else of the institute is called."),
    Answer.ACTING: phrase("We are doing something about it. Nobody else of the institute is called."),
    Answer.RESOLVE: phrase("We have done what there was to do."),
    Answer.NOT_APPLICABLE: phrase("We have looked; it does not concern us."),
    Answer.DECLINE: phrase("We do not take it on."),
}


def answers_after(standing: Answer | None) -> tuple[Answer, ...]:
    """The answers that would count for an institute whose answer so far is `standing`."""
    if standing is None:
        return tuple(answer for answer in BUTTONS if answer is not Answer.RESOLVE)
    return tuple(answer for answer in BUTTONS if standing in replaceable(answer))
