"""A silence: until when, by whom and why messages about certain alerts are kept back; and for whose people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin_alerting.policy.muting.matcher import Match
from tocsin_schemas.errors import Problem

LONGEST = timedelta(days=7)
"""How far ahead a silence may end, where the policy does not say."""
_WHY_CHARACTERS = 300


class CauseKind(StrEnum):
    """What keeps a message back."""

    SILENCE = "silence"
    """Somebody asked for quiet."""
    MAINTENANCE = "maintenance"
    """A window of the policy, that comes again."""
    INHIBITION = "inhibition"
    """A confirmed incident about the same thing: its own alert is what counts now."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence as it stands, or one occurrence of a maintenance window."""

    id: str
    kind: CauseKind
    institute: str | None
    """Whose people are left in peace; None: everybody's."""
    match: Match
    by: str
    """Who asked for it: a contact's id, `institute:<id>`, `operator`, or `policy`."""
    reason: str
    starts_at: datetime
    ends_at: datetime
    """When it ends, or was ended."""

    @property
    def cause(self) -> str:
        """How deliveries name it."""
        return f"{self.kind}:{self.id}"

    def in_force(self, at: datetime) -> bool:
        """Whether it keeps messages back at an instant."""
        return self.starts_at <= at < self.ends_at

    def is_for(self, institute: str) -> bool:
        """Whether it is for an institute's people."""
        return self.institute is None or self.institute == institute


def parts_of(cause: str) -> tuple[CauseKind, str]:
    """Of a cause as deliveries name it, its kind and the id of the silence, of the alert, or of the window."""
    kind, _, name = cause.partition(":")
    return CauseKind(kind), name.partition("@")[0]


def span_problems(starts_at: datetime, ends_at: datetime, *, now: datetime, longest: timedelta) -> Iterator[Problem]:
    """Why a silence may not run so: it must end, after it begins, and soon enough for somebody to remember it."""
    if ends_at <= now:
        yield Problem("ends_at", "lies in the past.", "Name an end that is yet to come.")
    if ends_at <= starts_at:
        yield Problem("ends_at", "is not after the beginning.", "Let the silence end after it begins.")
    if ends_at - max(starts_at, now) > longest:
        yield Problem(
            "ends_at",
            f"is more than {_days(longest)} away.",
            f"End it within {_days(longest)}; it can be extended when that is over.",
        )
    if starts_at - now > longest:
        yield Problem(
            "starts_at",
            f"is more than {_days(longest)} away.",
            "Plan what comes again as `maintenance` in policy.yaml.",
        )


def why_problems(field: str, why: str) -> Iterator[Problem]:
    """Why a reason is none."""
    if not why.strip():
        yield Problem(field, "is empty.", "Say why, in a sentence: who is not told will ask.")
    if len(why) > _WHY_CHARACTERS:
        yield Problem(field, f"has more than {_WHY_CHARACTERS} characters.", "Say it in a sentence.")


def _days(span: timedelta) -> str:
    return f"{span.days} days" if span.days > 1 else f"{span.total_seconds() / 3600:g} hours"
