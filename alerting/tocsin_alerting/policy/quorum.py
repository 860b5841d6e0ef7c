"""How many institutes must have answered by when, and what has come of it. Pure: the store keeps the rows.

The ladder of each institute runs by itself. The quorum looks across institutes: at its deadline the coordinator learns
who is silent, even where ladders still run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from tocsin_schemas.scalars import Record
from tocsin_schemas.vocabulary import Severity

ALL = "all"
_SHARE = re.compile(r"([1-9][0-9]?|100)%")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


def _is_rule(written: str) -> str:
    if written != ALL and not _SHARE.fullmatch(written) and not _NUMBER.fullmatch(written):
        raise ValueError("must be a number of institutes from 1, a share such as 60%, or 'all'")
    return written


def _as_text(written: object) -> object:
    # A number in YAML is a number; `true` is none.
    return str(written) if isinstance(written, int) and not isinstance(written, bool) else written


class Quorum(Record):
    """How many of the institutes that owe an answer must have given one, and how soon."""

    institutes: Annotated[str, BeforeValidator(_as_text), AfterValidator(_is_rule)]
    """A number, a share (`60%`, rounded up) or `all`, of those that owe an answer."""
    within: Annotated[timedelta, Field(gt=timedelta(0), le=timedelta(days=90))]
    """From when they are asked; as ISO 8601 writes durations: `PT2H` is two hours."""


Quorums = Mapping[Severity, Quorum]
"""By the alert's severity; one without has no deadline."""


class QuorumReason(StrEnum):
    """What is to be said of an alert's quorum, or why nothing is."""

    NOT_YET = "not_yet"
    QUORUM_MET = "quorum_met"
    """Enough institutes have answered in time."""
    QUORUM_MISSED = "quorum_missed"
    """The deadline has passed, and too few had answered by then."""
    SILENT_AT_DEADLINE = "silent_at_deadline"
    """The deadline has passed; enough had answered, and some are silent."""
    ALL_ANSWERED = "all_answered"
    """The deadline has passed, and everybody who owes an answer has given one."""
    NOBODY_OWES = "nobody_owes"
    """By now no answer is asked of anybody."""


TOLD_AT_DEADLINE = frozenset({QuorumReason.QUORUM_MISSED, QuorumReason.SILENT_AT_DEADLINE})
"""What the coordinator is told."""


@dataclass(frozen=True, slots=True)
class Voice:
    """An institute that owes an answer, and when it first gave the one that stands; None is silence."""

    institute: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Where a quorum stands."""

    reason: QuorumReason
    needed: int
    owing: int
    in_time: int
    """How many had answered by the deadline."""
    answered: int
    """How many have answered by now."""
    silent: tuple[str, ...]
    """Who has not answered, by id."""

    @property
    def over(self) -> bool:
        """Whether the deadline has passed."""
        return self.reason not in {QuorumReason.NOT_YET, QuorumReason.QUORUM_MET}


def needed(institutes: str, owing: int) -> int:
    """How many answers a rule asks for, of so many that owe one; never more than there are."""
    if institutes == ALL:
        return owing
    if institutes.endswith("%"):
        return -(-owing * int(institutes[:-1]) // 100)
    return min(int(institutes), owing)


def judge(institutes: str, voices: Iterable[Voice], *, due_at: datetime, met: bool, now: datetime) -> Judgement:
    """Where a quorum stands at `now`.

    An answer counts towards it if it came by the deadline, whenever that is looked at: a timer that was down for hours
    comes to the same end, late.

    Args:
        institutes: the rule that the round began with.
        voices: the institutes that owe an answer.
        due_at: the deadline.
        met: whether it is on record as met.
        now: the present instant.
    """
    owing = tuple(voices)
    in_time = sum(voice.answered_at is not None and voice.answered_at <= due_at for voice in owing)
    silent = tuple(sorted(voice.institute for voice in owing if voice.answered_at is None))
    wanted = needed(institutes, len(owing))
    reached = bool(owing) and in_time >= wanted
    if now < due_at:
        reason = QuorumReason.QUORUM_MET if reached and not met else QuorumReason.NOT_YET
    elif not owing:
        reason = QuorumReason.NOBODY_OWES
    elif not reached and not met:
        reason = QuorumReason.QUORUM_MISSED
    else:
        reason = QuorumReason.SILENT_AT_DEADLINE if silent else QuorumReason.ALL_ANSWERED
    return Judgement(reason, wanted, len(owing), in_time, len(owing) - len(silent), silent)


def quorum_faults(quorums: Quorums, members: int) -> Iterator[str]:
    """Quorums that ask for more institutes than the network has."""
    for severity, quorum in quorums.items():
        if _NUMBER.fullmatch(quorum.institutes) and int(quorum.institutes) > members:
            yield (
                f"quorum.{severity}.institutes: the network has {members} institutes, so {quorum.institutes} never "
                "answer. Write a lower number, a share such as 60%, or 'all'."
            )
