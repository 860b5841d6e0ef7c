"""Which of the planned messages are kept back, by what, and which break through a silence that means them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_alerting.policy.muting.inhibition import InhibitionRule, Source, inhibits
from tocsin_alerting.policy.muting.matcher import Subject
from tocsin_alerting.policy.muting.silences import CauseKind, Silence
from tocsin_alerting.policy.notification_plan import PlannedDelivery
from tocsin_alerting.policy.systems import Systems
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas.vocabulary import Tlp

_CLOSING = frozenset({TellingReason.RESOLVED, TellingReason.RETRACTED, TellingReason.SUPERSEDED})
"""Whoever was told of an alert learns that it is over, whatever they asked to be spared."""


class Effect(StrEnum):
    """What a cause does to an alert at an institute."""

    KEEPS_BACK = "keeps_back"
    BROKEN_THROUGH = "broken_through"
    """The silence means the alert, and the alert is too grave for it: people are told, and told so."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What keeps messages back, or would have."""

    name: str
    kind: CauseKind
    effect: Effect
    until: datetime | None
    """None: it has no set end."""
    revision: int | None = None
    """Of the incident's alert, as it was read."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that may keep messages about one alert back, at one instant."""

    subject: Subject
    tlp: Tlp
    silences: tuple[Silence, ...]
    """In force, windows included."""
    sources: tuple[Source, ...]
    """Incidents that may inhibit."""
    rule: InhibitionRule
    systems: Systems

    def cause_for(self, institute: str, contact: str | None = None) -> Cause | None:
        """What keeps calls to an institute's people back, or is broken through.

        Args:
            institute: whose people.
            contact: one of them; None: all of them.
        """
        found = [
            silence
            for silence in self.silences
            if silence.is_for(institute)
            and silence.match.means(self.subject, self.systems)
            and (not silence.match.contacts if contact is None else silence.match.means_contact(contact))
        ]
        if found:
            # What lasts longest is what keeps them uninformed; of two, always the same.
            longest = max(found, key=lambda silence: (silence.ends_at, silence.cause))
            effect = Effect.BROKEN_THROUGH if self.subject.too_grave else Effect.KEEPS_BACK
            if effect is Effect.KEEPS_BACK:
                return Cause(longest.cause, longest.kind, effect, longest.ends_at)
        inhibiting = self._inhibiting(institute)
        if inhibiting is not None:
            return Cause(inhibiting.cause, CauseKind.INHIBITION, Effect.KEEPS_BACK, None, inhibiting.revision)
        return Cause(longest.cause, longest.kind, effect, longest.ends_at) if found else None

    def _inhibiting(self, institute: str) -> Source | None:
        found = [
            source
            for source in self.sources
            if institute in source.told and inhibits(source, self.subject, self.tlp, self.rule)
        ]
        return max(found, key=lambda source: (source.subject.severity.rank, source.cause), default=None)


@dataclass(frozen=True, slots=True)
class Kept:
    """A planned message, and what bears on it."""

    delivery: PlannedDelivery
    cause: Cause


def keep_back(planned: Iterable[PlannedDelivery], circumstances: Circumstances) -> tuple[Kept, ...]:
    """The messages that are kept back, or break through; all others go their way.

    An edit makes no noise, so what stands in a channel is put right at all times; so is whoever was told of an alert
    that has ended. Inhibition keeps back calls only: corrections of what people were told reach them.
    """
    kept = []
    for delivery in planned:
        if delivery.withheld or delivery.kind is DeliveryKind.EDIT or delivery.reason in _CLOSING:
            continue
        cause = circumstances.cause_for(delivery.institute, delivery.contact)
        if cause is None or (cause.kind is CauseKind.INHIBITION and not delivery.reason.pages):
            continue
        if cause.effect is Effect.BROKEN_THROUGH and not delivery.reason.pages:
            # That a silence means it was said with the call.
            continue
        kept.append(Kept(delivery, cause))
    return tuple(kept)


class Aftermath(StrEnum):
    """What becomes of those who were not told, when what kept their messages back is over."""

    TELL = "tell"
    ALERT_CLOSED = "alert_closed"
    ANSWERED = "answered"
    """Their institute answered meanwhile."""
    TOLD_SINCE = "told_since"
    """Each of them got a later message."""


def aftermath(*, live: bool, answered: bool, untold: Sequence[object]) -> Aftermath:
    """Whether those who were muted are to be told now.

    Args:
        live: whether the alert is open or acknowledged.
        answered: whether their institute has answered in the present round.
        untold: addresses whose last message about the alert was kept back.
    """
    if not live:
        return Aftermath.ALERT_CLOSED
    if answered:
        return Aftermath.ANSWERED
    return Aftermath.TELL if untold else Aftermath.TOLD_SINCE
