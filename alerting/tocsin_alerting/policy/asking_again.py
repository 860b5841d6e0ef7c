"""Taking an institute's answer back, and asking it again: whether that may be done. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from tocsin_schemas.vocabulary import AlertState, Answer


class AskAgainOutcome(StrEnum):
    """What became of the wish that an institute be asked again."""

    ASKED_AGAIN = "asked_again"
    """Its answer, where it had one, was withdrawn; its ladder begins again now."""
    UNKNOWN_ALERT = "unknown_alert"
    CLOSED = "closed"
    """The alert is resolved or retracted: nobody is called about it any more."""
    NOT_CONCERNED = "not_concerned"
    """The institute was not asked."""
    BEING_ASKED = "being_asked"
    """It has not answered, and its ladder is running: there is nothing to take back."""
    ANSWERED_SINCE = "answered_since"
    """It has given another answer since the one that was to be withdrawn."""


def may_ask_again(
    *,
    state: AlertState,
    asked: bool,
    answer: Answer | None,
    answered_at: datetime | None,
    ladder_runs: bool,
    seen_at: datetime | None,
) -> AskAgainOutcome:
    """Whether an institute may be asked again.

    Args:
        state: of the alert.
        asked: whether the institute is asked in the present round.
        answer: its answer that stands.
        answered_at: when that was given.
        ladder_runs: whether silence will call further people of it.
        seen_at: as of when the person saw the answer; None takes whatever stands.
    """
    if state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        return AskAgainOutcome.CLOSED
    if not asked:
        return AskAgainOutcome.NOT_CONCERNED
    if answer is None and (ladder_runs or seen_at is not None):
        return AskAgainOutcome.BEING_ASKED
    if seen_at is not None and answered_at is not None and answered_at > seen_at:
        return AskAgainOutcome.ANSWERED_SINCE
    return AskAgainOutcome.ASKED_AGAIN
