"""Where an institute's ladder stands: begun, moved on by silence, or run out. It never stops in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_alerting.policy.directory import Ladder, Step


class LadderReason(StrEnum):
    """Why a ladder stands where it stands."""

    BEGUN = "begun"
    NO_ANSWER = "no_answer"
    """The wait of the last step is over, and nobody has answered."""
    STEP_NOT_REACHED = "step_not_reached"
    """No message of the last step reaches anybody: its wait is not waited for."""
    STEP_CANNOT_BE_TOLD = "step_cannot_be_told"
    """Nobody of the step may be told of this alert: the next step is told at once, for silence would be certain."""
    LADDER_EXHAUSTED = "ladder_exhausted"
    """No step is left; the coordinator is told."""
    NEWLY_CONCERNED = "newly_concerned"
    """The institute came to owe an answer after the alert was raised."""
    ANSWERED = "answered"
    NO_ANSWER_REQUIRED = "no_answer_required"
    NOT_YET = "not_yet"
    """The wait is not over."""


@dataclass(frozen=True, slots=True)
class Move:
    """What becomes of a ladder, and why."""

    step: int
    """The step that has been taken last, from 1."""
    next_step_at: datetime | None
    """When silence moves it on; None: it does not move."""
    exhausted: bool
    reason: LadderReason

    @property
    def fires(self) -> bool:
        """Whether it moved: somebody is to be told now."""
        return self.reason in _FIRES


_FIRES = frozenset(
    {
        LadderReason.NO_ANSWER,
        LadderReason.STEP_NOT_REACHED,
        LadderReason.STEP_CANNOT_BE_TOLD,
        LadderReason.LADDER_EXHAUSTED,
    }
)
Tellable = Callable[[Step], bool]
"""Whether anybody of a step may be told of the alert."""


def begin(ladder: Ladder, *, answer_required: bool, tellable: Tellable, now: datetime) -> Move:
    """Where a ladder begins: at its first step of which anybody may be told."""
    for number, step in enumerate(ladder.steps, start=1):
        if tellable(step):
            reason = LadderReason.BEGUN if number == 1 else LadderReason.STEP_CANNOT_BE_TOLD
            return Move(number, now + step.wait if answer_required else None, exhausted=False, reason=reason)
    # Somebody must learn that this institute has not been told, whether it owes an answer or not.
    return Move(len(ladder.steps), None, exhausted=True, reason=LadderReason.LADDER_EXHAUSTED)


def climb(
    ladder: Ladder | None,
    *,
    step: int,
    next_step_at: datetime,
    answer_required: bool,
    answered: bool,
    tellable: Tellable,
    now: datetime,
    reached: bool = True,
) -> Move:
    """Whether silence moves a ladder on at `now`, and where to.

    The wait of the new step counts from `now`, not from when the last one was due: after an outage people get their
    time to answer.

    Args:
        ladder: None when the policy no longer has it; then it is exhausted, which is loud.
        step: the step taken last, from 1.
        next_step_at: when its wait is over.
        answer_required: whether the institute owes an answer.
        answered: whether it has given one.
        tellable: whether anybody of a step may be told.
        now: the present instant.
        reached: whether the step taken last is thought to have reached anybody.
    """
    if answered:
        return Move(step, None, exhausted=False, reason=LadderReason.ANSWERED)
    if not answer_required:
        return Move(step, None, exhausted=False, reason=LadderReason.NO_ANSWER_REQUIRED)
    if now < next_step_at:
        return Move(step, next_step_at, exhausted=False, reason=LadderReason.NOT_YET)
    steps = ladder.steps if ladder is not None else ()
    for number, candidate in enumerate(steps[step:], start=step + 1):
        if tellable(candidate):
            silent = LadderReason.NO_ANSWER if reached else LadderReason.STEP_NOT_REACHED
            reason = silent if number == step + 1 else LadderReason.STEP_CANNOT_BE_TOLD
            return Move(number, now + candidate.wait, exhausted=False, reason=reason)
    return Move(step, None, exhausted=True, reason=LadderReason.LADDER_EXHAUSTED)
