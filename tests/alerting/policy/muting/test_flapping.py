"""Flapping: for any sequence of changes people are called seldom enough, and never too seldom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.muting.flapping import Damping, FlappingRule, Moved, Way, damping, flaps, is_over
from tocsin_schemas import Severity

BEGIN = datetime(2026, 11, 28, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RULE = FlappingRule(turns=3, window=60 * MINUTE, line_every=30 * MINUTE, quiet=90 * MINUTE)


def _run(severities: list[Severity], gaps: list[int], rule: FlappingRule = RULE) -> list[tuple[Moved, Damping]]:
    """How each move of an alert is told that begins with the first severity; a gap of some minutes before each."""
    first, at, before = severities[0], BEGIN, severities[0]
    past: list[Moved] = []
    told = []
    for severity, gap in zip(severities[1:], gaps, strict=False):
        at += gap * MINUTE
        if severity is before:
            continue
        move = Moved(at, Way.UP if severity.rank > before.rank else Way.DOWN, severity)
        found = damping(past, move, rule, first=first)
        move = replace(move, said=found is not Damping.EDIT, damped=found.damps)
        past.append(move)
        told.append((move, found))
        before = severity
    return told


_RUNS = st.tuples(
    st.lists(st.sampled_from(Severity), min_size=2, max_size=30),
    st.lists(st.integers(1, 120), min_size=30, max_size=30),
)


@given(_RUNS)
def test_a_new_high_always_calls(run: tuple[list[Severity], list[int]]) -> None:
    """Whatever came before: a severity that the alert has never had."""
    severities, gaps = run
    highest = severities[0].rank
    for move, found in _run(severities, gaps):
        if move.severity.rank > highest:
            assert found is Damping.NEW_HIGH
            highest = move.severity.rank


@given(_RUNS)
def test_calls_are_bounded_in_every_window(run: tuple[list[Severity], list[int]]) -> None:
    """In an hour no more raises call than the rule's turns, the one that begins it, and new highs."""
    calls = [
        (move.at, found)
        for move, found in _run(*run)
        if move.way is Way.UP and not found.damps and found is not Damping.NEW_HIGH
    ]
    for at, _ in calls:
        within = [one for one, _ in calls if at <= one < at + RULE.window]
        assert len(within) <= RULE.turns + 1


@given(_RUNS)
def test_lines_keep_their_distance(run: tuple[list[Severity], list[int]]) -> None:
    """While it flaps one line at most in each half hour, and the first change that is damped is one."""
    told = _run(*run)
    lines = [move.at for move, found in told if found is Damping.LINE]

    assert all(after - before >= RULE.line_every for before, after in pairwise(lines))
    damped = [found for _, found in told if found.damps]
    assert not damped or damped[0] is Damping.LINE


@given(_RUNS)
def test_an_alert_that_only_rises_or_has_been_quiet_is_never_damped(run: tuple[list[Severity], list[int]]) -> None:
    """Rising has no turns; after an hour and a half of quiet everything is told as ever."""
    severities, gaps = run
    rising = sorted(set(severities), key=lambda severity: severity.rank)

    assert not any(found.damps for _, found in _run(rising, gaps))
    slow = [90 + gap for gap in gaps]
    assert not any(found.damps for _, found in _run(severities, slow))


def test_from_the_turn_too_many_on_it_is_damped_until_it_is_quiet() -> None:
    """Up and down every five minutes: three turns are told, then a line each half hour, then as ever."""
    up_and_down = [Severity.MODERATE, Severity.SEVERE] * 8
    told = _run(up_and_down, [5] * 16)

    assert [found for _, found in told[:5]] == [
        Damping.NEW_HIGH,
        Damping.CALM,
        Damping.CALM,
        Damping.CALM,
        Damping.LINE,
    ]
    assert [found for _, found in told[5:]].count(Damping.LINE) == 1
    moves = [move for move, _ in told]
    assert flaps(moves, moves[-1].at + 89 * MINUTE, RULE)
    assert not flaps(moves, moves[-1].at + 90 * MINUTE, RULE)
    assert is_over(moves[-1].at, moves[-1].at + 90 * MINUTE, RULE)


def test_what_people_had_resolved_calls_when_it_rises_again() -> None:
    """They had said that it was done."""
    told = _run([Severity.MODERATE, Severity.SEVERE] * 4, [5] * 8)
    moves = [move for move, _ in told]
    again = Moved(moves[-1].at + MINUTE, Way.UP, Severity.SEVERE)

    assert damping(moves, again, RULE, first=Severity.MODERATE, resolved=True) is Damping.REOPENS


def test_confirmations_that_come_and_go_flap_too() -> None:
    """They turn on a scale of their own."""
    ways = [Way.CONFIRMED, Way.UNCONFIRMED] * 4
    moves = [Moved(BEGIN + place * MINUTE, way, Severity.SEVERE) for place, way in enumerate(ways)]

    assert damping(moves[:3], moves[3], RULE, first=Severity.SEVERE) is Damping.CALM
    assert damping(moves[:4], moves[4], RULE, first=Severity.SEVERE) is Damping.LINE
