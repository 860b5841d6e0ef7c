"""A ladder never stops in between: an open, unanswered response has a next step with a time, or is exhausted."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.directory import Ladder, Step
from tocsin_alerting.policy.ladders import LadderReason, begin, climb

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
_waits = st.lists(st.integers(1, 3600), min_size=1, max_size=6)


def _ladder(waits: list[int]) -> Ladder:
    steps = tuple(Step(team=f"team{number}", wait=timedelta(seconds=wait)) for number, wait in enumerate(waits, 1))
    return Ladder(id="ladder", steps=steps)


def _number(step: Step) -> int:
    return int(step.team.removeprefix("team"))


@given(_waits, st.sets(st.integers(1, 6)))
def test_silence_leads_step_by_step_to_the_end(waits: list[int], untold: set[int]) -> None:
    """Each step that can be told is told once, in order, each wait is kept, and then the ladder says it is over."""
    ladder, now = _ladder(waits), NOW
    move = begin(ladder, answer_required=True, tellable=lambda step: _number(step) not in untold, now=now)
    told = []
    while not move.exhausted:
        told.append(move.step)

        assert move.next_step_at == now + ladder.steps[move.step - 1].wait
        now = move.next_step_at
        move = climb(
            ladder,
            step=move.step,
            next_step_at=move.next_step_at,
            answer_required=True,
            answered=False,
            tellable=lambda step: _number(step) not in untold,
            now=now,
        )

        assert move.fires

    assert told == [number for number in range(1, len(waits) + 1) if number not in untold]
    assert (move.reason, move.next_step_at) == (LadderReason.LADDER_EXHAUSTED, None)


@given(_waits, st.integers(1, 8), st.booleans(), st.booleans(), st.booleans(), st.integers(-5, 5), st.booleans())
def test_wherever_it_stands_it_has_a_next_step_or_is_exhausted(
    waits: list[int], step: int, known: bool, required: bool, answered: bool, late: int, can_tell: bool
) -> None:
    """Whatever the policy has become since: a ladder that is gone or shorter, people who may no longer be told."""
    move = climb(
        _ladder(waits) if known else None,
        step=step,
        next_step_at=NOW - timedelta(seconds=late),
        answer_required=required,
        answered=answered,
        tellable=lambda _: can_tell,
        now=NOW,
    )
    chased = required and not answered

    assert (move.next_step_at is not None or move.exhausted) is chased
    assert move.fires is (chased and late >= 0)
    assert move.step >= step


def test_a_step_that_cannot_be_told_is_passed_over_at_once() -> None:
    """Waiting for the answer of somebody who may not be told would be a missed alert."""
    move = begin(_ladder([60, 30]), answer_required=True, tellable=lambda step: _number(step) == 2, now=NOW)

    assert (move.step, move.next_step_at, move.reason) == (
        2,
        NOW + timedelta(seconds=30),
        LadderReason.STEP_CANNOT_BE_TOLD,
    )


def test_where_no_answer_is_owed_nothing_moves_on() -> None:
    """People are told, once."""
    move = begin(_ladder([60, 30]), answer_required=False, tellable=lambda _: True, now=NOW)

    assert (move.step, move.next_step_at, move.exhausted) == (1, None, False)
