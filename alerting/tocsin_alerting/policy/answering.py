"""Whether an answer counts, and what the institutes' answers together make of an alert."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tocsin_schemas.vocabulary import AlertState, Answer


class AnswerOutcome(StrEnum):
    """Whether an answer counted, and if not, why."""

    COUNTED = "counted"
    ALREADY_ANSWERED = "already_answered"
    """Somebody of the institute was first, or it has said its last word."""
    NOT_CONCERNED = "not_concerned"
    """The institute was not asked."""
    CLOSED = "closed"
    """The alert is resolved or retracted."""
    UNKNOWN_ALERT = "unknown_alert"
    STALE_ROUND = "stale_round"
    """The severity was raised since the person was asked; the higher one is still unanswered."""
    WITHDRAWN = "withdrawn"
    """Taken back by a person; the ledger's line names the answer that was."""


FINAL = frozenset({Answer.RESOLVE, Answer.DECLINE, Answer.NOT_APPLICABLE})
"""Last words. An acknowledgement is none, nor is *acting*: they may still become any of these."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What one institute owes and has said in the present round."""

    answer_required: bool
    answer: Answer | None


def replaceable(given: Answer) -> frozenset[Answer]:
    """The standing answers that `given` takes the place of, beside silence.

    An institute's word only goes forward: *acknowledge*, then *acting*, then a last word; steps may be left out, and
    what has been said is said once. Only a withdrawal (see `asking_again`) takes a word back.
    """
    return _TAKES_THE_PLACE_OF[given]


_TAKES_THE_PLACE_OF = {
    Answer.ACKNOWLEDGE: frozenset[Answer](),
    Answer.ACTING: frozenset({Answer.ACKNOWLEDGE}),
    **{last: frozenset({Answer.ACKNOWLEDGE, Answer.ACTING}) for last in FINAL},
}


def state_of(round_: Iterable[Standing]) -> AlertState:
    """What the answers of a round make of an alert that is not retracted.

    *Resolved* when every institute that owes an answer has said its last word and at least one institute has resolved
    it; *acknowledged* when every institute that owes an answer has given one and there is at least one; else *open*.
    Where nobody owes an answer, the first one given decides.
    """
    standings = tuple(round_)
    answers = [standing.answer for standing in standings if standing.answer is not None]
    owed = [standing.answer for standing in standings if standing.answer_required]
    if not answers or any(answer is None for answer in owed):
        return AlertState.OPEN
    if Answer.RESOLVE in answers and all(answer in FINAL for answer in owed):
        return AlertState.RESOLVED
    return AlertState.ACKNOWLEDGED
