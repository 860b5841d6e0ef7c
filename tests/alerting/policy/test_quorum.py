"""How many must have answered by when."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tocsin_alerting.policy.quorum import Quorum, QuorumReason, Voice, judge, needed, quorum_faults
from tocsin_schemas import Severity

BEGAN = datetime(2026, 11, 24, 9, tzinfo=UTC)
DUE = BEGAN + timedelta(hours=2)

_minutes = st.none() | st.integers(1, 300)
_voices = st.lists(_minutes, min_size=1, max_size=10).map(
    lambda given: [
        Voice(f"i{number}", None if minutes is None else BEGAN + timedelta(minutes=minutes))
        for number, minutes in enumerate(given)
    ]
)
_rules = st.sampled_from(["1", "3", "6", "all", "50%", "60%", "100%"])


def _voices_at(*minutes: int | None) -> list[Voice]:
    return [
        Voice(f"i{number}", None if at is None else BEGAN + timedelta(minutes=at)) for number, at in enumerate(minutes)
    ]


@pytest.mark.parametrize(
    ("rule", "owing", "wanted"),
    [("3", 10, 3), ("3", 2, 2), ("all", 10, 10), ("60%", 10, 6), ("60%", 3, 2), ("1%", 10, 1), ("100%", 7, 7)],
)
def test_a_number_a_share_or_all(rule: str, owing: int, wanted: int) -> None:
    """Of those that owe an answer; shares are rounded up, and nobody waits for more than there are."""
    assert needed(rule, owing) == wanted


@pytest.mark.parametrize(
    ("minutes", "at", "reason"),
    [
        ((5, 9, None), 10, QuorumReason.QUORUM_MET),
        ((5, None, None), 119, QuorumReason.NOT_YET),
        ((5, None, None), 120, QuorumReason.QUORUM_MISSED),
        ((5, 9, None), 120, QuorumReason.SILENT_AT_DEADLINE),
        ((5, 9, 30), 120, QuorumReason.ALL_ANSWERED),
        ((5, 121, 122), 600, QuorumReason.QUORUM_MISSED),
        ((5, 120, None), 600, QuorumReason.SILENT_AT_DEADLINE),
        ((), 120, QuorumReason.NOBODY_OWES),
    ],
)
def test_two_of_three_within_two_hours(minutes: tuple[int | None, ...], at: int, reason: QuorumReason) -> None:
    """Met at once, missed at the deadline, and silence is told even where it was met."""
    judged = judge("2", _voices_at(*minutes), due_at=DUE, met=False, now=BEGAN + timedelta(minutes=at))

    assert judged.reason is reason


@given(_rules, _voices, st.integers(0, 600))
def test_a_timer_that_was_down_comes_to_the_same_end(rule: str, voices: list[Voice], late: int) -> None:
    """Whenever the deadline is looked at, what counts is who had answered by then; only who is silent may change."""
    now = DUE + timedelta(minutes=late)
    heard = [Voice(v.institute, v.answered_at if v.answered_at and v.answered_at <= now else None) for v in voices]
    in_time = [Voice(v.institute, v.answered_at if v.answered_at and v.answered_at <= DUE else None) for v in voices]
    looked_late = judge(rule, heard, due_at=DUE, met=False, now=now)
    in_person = judge(rule, in_time, due_at=DUE, met=False, now=DUE)

    missed = QuorumReason.QUORUM_MISSED
    assert (looked_late.reason is missed) == (in_person.reason is missed)
    assert set(looked_late.silent) <= set(in_person.silent)


@given(_rules, _voices, st.integers(0, 119))
def test_an_answer_more_never_loses_a_quorum(rule: str, voices: list[Voice], minute: int) -> None:
    """Whoever answers brings it nearer."""
    now = BEGAN + timedelta(minutes=minute)
    heard = [Voice(v.institute, v.answered_at if v.answered_at and v.answered_at <= now else None) for v in voices]
    more = [Voice(heard[0].institute, heard[0].answered_at or now), *heard[1:]]
    before = judge(rule, heard, due_at=DUE, met=False, now=now)
    after = judge(rule, more, due_at=DUE, met=False, now=now)

    assert after.in_time >= before.in_time
    if before.reason is QuorumReason.QUORUM_MET:
        assert after.reason is QuorumReason.QUORUM_MET


@pytest.mark.parametrize("written", [0, -1, "0", "101%", "0%", "half", "", True, 1.5, None])
def test_what_is_no_number_of_institutes_is_refused(written: object) -> None:
    """A misspelt quorum is found when the file is read."""
    with pytest.raises(ValidationError):
        Quorum.model_validate({"institutes": written, "within": "PT2H"})


def test_a_quorum_that_nobody_can_make_is_a_fault() -> None:
    """More institutes than there are."""
    rule = Quorum.model_validate({"institutes": 11, "within": "PT2H"})

    assert [fault.split(":")[0] for fault in quorum_faults({Severity.SEVERE: rule}, 10)] == ["quorum.severe.institutes"]
    assert list(quorum_faults({Severity.SEVERE: rule}, 11)) == []
