"""Where one institute stands with an alert: a function of what the store knows, never stored itself."""

from __future__ import annotations

from datetime import datetime

from tocsin_schemas.vocabulary import Answer, InstituteState

_OF_ANSWER = {
    Answer.ACKNOWLEDGE: InstituteState.ACKNOWLEDGED,
    Answer.ACTING: InstituteState.ACTING,
    Answer.RESOLVE: InstituteState.RESOLVED,
    Answer.DECLINE: InstituteState.DECLINED,
    Answer.NOT_APPLICABLE: InstituteState.NOT_APPLICABLE,
}


def institute_state(
    *,
    answer_required: bool,
    answer: Answer | None,
    told_at: datetime | None,
    seen_at: datetime | None,
    exhausted_at: datetime | None,
    deadline_passed_at: datetime | None,
) -> InstituteState:
    """Where an institute stands. An answer goes before silence, silence before having looked, that before being told.

    Args:
        answer_required: whether it owes an answer. One that owes none is never silent.
        answer: what it has said in the present round.
        told_at: when a provider first took a message to it; a plan to send one is none.
        seen_at: when a person of it first looked.
        exhausted_at: when its ladder ran out.
        deadline_passed_at: when the deadline was found to have passed.
    """
    if answer is not None:
        return _OF_ANSWER[answer]
    if answer_required and (exhausted_at is not None or deadline_passed_at is not None):
        return InstituteState.SILENT
    if seen_at is not None:
        return InstituteState.SEEN
    return InstituteState.ASKED if told_at is None else InstituteState.TOLD
