"""Where the institutes stand with an alert, as one reader may see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_schemas.vocabulary import Answer, InstituteState


@dataclass(frozen=True, slots=True)
class MutedView:
    """What keeps an alert from an institute's people, or would have were it less grave."""

    cause: str
    kind: CauseKind
    effect: Effect
    until: datetime | None
    """None: it has no set end."""
    by: str | None
    """Who asked for quiet; None for a confirmed incident, and for readers who are not told."""
    reason: str | None


@dataclass(frozen=True, slots=True)
class ResponseView:
    """Where one institute stands."""

    institute: str
    name: str
    answer_required: bool
    answer: Answer | None
    """None is silence."""
    answered_by: str | None
    """For people: a contact's name, a role (`described`), or a Slack user."""
    answered_via: str | None
    answered_at: datetime | None
    step: int
    next_step_at: datetime | None
    exhausted_at: datetime | None
    muted: MutedView | None = None
    """Why it is not called, where something keeps the calls back."""
    state: InstituteState = InstituteState.ASKED
    told_at: datetime | None = None
    """When a provider first took a message to it, in this round."""
    seen_at: datetime | None = None
    """When a person of it first looked, in this round."""
    next_reminder_at: datetime | None = None
    reminders_sent: int = 0
    """Since the answer that stands was given."""
    reminders_unwanted_at: datetime | None = None
    """When its people asked not to be reminded of this alert."""


@dataclass(frozen=True, slots=True)
class QuorumView:
    """How many institutes must have answered by when, and what has come of it."""

    institutes: str
    """The rule: a number, a share or `all`."""
    needed: int
    answered: int
    """How many of those that owe an answer have given one by now."""
    owing: int
    due_at: datetime
    met_at: datetime | None
    missed_at: datetime | None
    passed_at: datetime | None
    """When the deadline was found to have passed."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many institutes owe an answer and have given one, counted over all of them."""

    owing: int = 0
    answered: int = 0
    silent: tuple[str, ...] = ()
    """Names of those whose silence is certain."""

    @staticmethod
    def of(responses: Sequence[ResponseView]) -> Tally:
        """How many owe an answer, have given one, and are silent."""
        owing = [each for each in responses if each.answer_required]
        return Tally(
            owing=len(owing),
            answered=sum(each.answer is not None for each in owing),
            silent=tuple(each.name for each in responses if each.state is InstituteState.SILENT),
        )
