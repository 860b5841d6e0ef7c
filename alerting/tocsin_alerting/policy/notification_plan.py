"""What the planning of a change's messages goes by, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.oncall.duty import DutyReason
from tocsin_alerting.policy.subscriptions import Subject
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import Tlp, Urgency


class UnreachableReason(StrEnum):
    """Why a step of an institute's ladder reaches nobody."""

    LADDER_UNKNOWN = "ladder_unknown"
    STEP_UNKNOWN = "step_unknown"
    TEAM_EMPTY = "team_empty"
    NOBODY_MAY_BE_TOLD = "nobody_may_be_told"


@dataclass(frozen=True, slots=True)
class Concerned:
    """An institute that the alert concerns in the event's round, and the ladder it is called by."""

    institute: str
    ladder: str
    answered_by: str | None = None
    """Who gave its answer, where it has given one."""


@dataclass(frozen=True, slots=True)
class Told:
    """An address to which a message about an earlier change of the alert was planned that could say something."""

    institute: str
    contact: str
    channel: Channel
    address: str


@dataclass(frozen=True, slots=True)
class Untold(Told):
    """An address whose last message about the alert was kept back."""

    asked: bool
    """Whether that message asked for an answer; else it was about what they had been told."""


@dataclass(frozen=True, slots=True)
class AlertFacts:
    """What the store knows of the alert before the change."""

    tlp: Tlp
    """The alert's label by now; the stricter of it and the event's counts."""
    concerned: tuple[Concerned, ...]
    told: tuple[Told, ...]
    """Oldest first."""
    urgency: Urgency = Urgency.UNKNOWN
    """How soon the alert asks to be acted on, by now."""
    subject: Subject | None = None
    """What it is about, for subscriptions; None: nobody may have subscribed to it."""
    untold: tuple[Untold, ...] = ()
    """Of the event's institute, where the event says that they are told now."""


@dataclass(frozen=True, slots=True)
class PlannedDelivery:
    """One message that is to go out, or that is withheld because nothing may be said there."""

    institute: str
    contact: str
    channel: Channel
    address: str
    kind: DeliveryKind
    reason: TellingReason
    disclosure: Level
    disclosure_reason: str
    lane: Lane
    after: PlannedDelivery | None = None
    """It stands by, and goes out when that one does not reach anybody."""
    urgent: bool = False
    """Whether its alert is of the urgent lane, whatever this message is."""

    @property
    def withheld(self) -> bool:
        """Whether nothing is sent. An edit always goes out: where nothing may be said any more, it takes away."""
        return self.disclosure is Level.NOTHING and self.kind is not DeliveryKind.EDIT


@dataclass(frozen=True, slots=True)
class Unreachable:
    """A step of an institute's ladder by which nobody can be told anything: a gap that operators must hear of."""

    institute: str
    team: str | None
    reason: UnreachableReason


@dataclass(frozen=True, slots=True)
class OffDuty:
    """A team that is told as a whole because its rota names nobody: administrators must hear of that too."""

    institute: str
    team: str
    reason: DutyReason


@dataclass(frozen=True, slots=True)
class NotificationPlan:
    """All that follows from one change of an alert."""

    deliveries: tuple[PlannedDelivery, ...]
    unreachable: tuple[Unreachable, ...]
    off_duty: tuple[OffDuty, ...] = ()
