"""Flapping: an alert that goes up and down again and again stops calling people for each turn.

A *turn* is a change in the direction opposite to the last one: the severity falls after it rose or rises after it
fell; a confirmation is lost after it came or comes after it was lost. An alert that rises step by step has no turns.

With more than `turns` turns within `window` it flaps: from then on its changes are edits in place, with one line in
the thread, or one mail, at most every `line_every`; nobody is asked anew. It ends, and that is said once, when nothing
has turned for `quiet`.

What is never damped: an alert's first raise, a severity that is higher than any the alert has had, a raise of an alert
that people had resolved, and what a person decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated

from pydantic import Field

from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import Severity

Span = Annotated[timedelta, Field(gt=timedelta(0))]


class FlappingRule(Record):
    """The policy's `flapping`."""

    turns: Annotated[int, Field(ge=1, le=100)] = 4
    """So many turns within `window` are still told one by one."""
    window: Span = timedelta(hours=6)
    line_every: Span = timedelta(hours=1)
    quiet: Span = timedelta(hours=6)


class Way(StrEnum):
    """In which direction a change goes."""

    UP = "up"
    DOWN = "down"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"

    @property
    def back(self) -> Way:
        """The way back."""
        return _BACK[self]


_BACK = {
    Way.UP: Way.DOWN,
    Way.DOWN: Way.UP,
    Way.CONFIRMED: Way.UNCONFIRMED,
    Way.UNCONFIRMED: Way.CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Moved:
    """A change of an alert that went up or down."""

    at: datetime
    way: Way
    severity: Severity
    """Of the alert after it."""
    said: bool = True
    """Whether people were told of it by more than an edit."""
    damped: bool = False
    """Whether it was held to be flapping."""


class Damping(StrEnum):
    """How a change is told, and why."""

    CALM = "calm"
    """As ever: it does not flap."""
    NEW_HIGH = "new_high"
    """As ever: it has never been so severe."""
    REOPENS = "reopens"
    """As ever: people had resolved it."""
    LINE = "line"
    """By an edit and one line: it flaps, and nothing was said for a while."""
    EDIT = "edit"
    """By an edit in place only."""

    @property
    def damps(self) -> bool:
        """Whether nobody is called for it."""
        return self in {Damping.LINE, Damping.EDIT}


def damping(
    past: Sequence[Moved], change: Moved, rule: FlappingRule, *, first: Severity, resolved: bool = False
) -> Damping:
    """How a change of an alert is told.

    Args:
        past: the alert's earlier moves, oldest first, since flapping was last said to be over.
        change: the move that comes; its `said` and `damped` are what is decided here.
        rule: the policy's.
        first: the highest severity that the alert had outside `past`: as it was raised, or before flapping ended.
        resolved: whether people had resolved the alert.
    """
    highest = max(first.rank, *(one.severity.rank for one in past), -1)
    if change.way is Way.UP and change.severity.rank > highest:
        return Damping.NEW_HIGH
    if resolved and change.way is Way.UP:
        return Damping.REOPENS
    if not flaps([*past, change], change.at, rule):
        return Damping.CALM
    last = max((one.at for one in past if one.said and one.damped), default=None)
    return Damping.LINE if last is None or change.at - last >= rule.line_every else Damping.EDIT


def flaps(moves: Sequence[Moved], now: datetime, rule: FlappingRule) -> bool:
    """Whether an alert with these moves flaps at `now`, the last of them included."""
    if not moves or now - moves[-1].at >= rule.quiet:
        return False
    if any(one.damped for one in moves) and _unbroken(moves, rule):
        return True
    return _turns(moves, since=now - rule.window) > rule.turns


def is_over(last: datetime, now: datetime, rule: FlappingRule) -> bool:
    """Whether an alert whose last turn was then has been quiet for long enough."""
    return now - last >= rule.quiet


def _unbroken(moves: Sequence[Moved], rule: FlappingRule) -> bool:
    """Whether there was no quiet since it was last held to be flapping."""
    place = max(place for place, one in enumerate(moves) if one.damped)
    later = moves[place:]
    return all(after.at - before.at < rule.quiet for before, after in pairwise(later))


def _turns(moves: Sequence[Moved], *, since: datetime) -> int:
    last: dict[frozenset[Way], Way] = {}
    turns = 0
    for one in moves:
        scale = frozenset({one.way, one.way.back})
        if last.get(scale) is one.way.back and one.at > since:
            turns += 1
        last[scale] = one.way
    return turns
