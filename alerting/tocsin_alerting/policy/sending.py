"""Whether a planned message is still worth sending when its turn comes, and how long to wait after a failure. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas.vocabulary import AlertState


class Outcome(StrEnum):
    """What has come of a delivery."""

    PENDING = "pending"
    SENT = "sent"
    PREVIEWED = "previewed"
    FAILED = "failed"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    FOLDED = "folded"
    """It was not sent by itself: a bulletin holds it, with others."""
    STANDBY = "standby"
    """It goes out when the contact's channel before it does not reach anybody."""
    SKIPPED = "skipped"
    """Its address was known not to work, and the contact has another."""
    MUTED = "muted"
    """Kept back by a silence, a maintenance window or a confirmed incident; the reason names it."""


class DropReason(StrEnum):
    """Why a planned message is not sent after all."""

    ANSWERED = "answered"
    LAST_WORD_SAID = "last_word_said"
    """A reminder of what is no longer in hand: the last word was said, or the answer withdrawn."""
    ALERT_CLOSED = "alert_closed"
    NEWER_ROUND = "newer_round"
    """The severity was raised since: its own message asks for an answer."""
    NEWER_EDIT = "newer_edit"
    NEWER_FOLLOW_UP = "newer_follow_up"
    """A later mail about the same alert waits for the same address, and says this as well."""
    NOT_TOLD_BEFORE = "not_told_before"
    """It follows a message that never went out."""


@dataclass(frozen=True, slots=True)
class Sibling:
    """A delivery about the same alert to the same address."""

    id: str
    revision: int
    kind: DeliveryKind
    reason: TellingReason
    outcome: Outcome
    provider_id: str | None
    place: str | None


@dataclass(frozen=True, slots=True)
class Due:
    """A delivery whose turn has come, with what its fate depends on."""

    id: str
    revision: int
    kind: DeliveryKind
    reason: TellingReason
    round: int
    alert_state: AlertState
    alert_round: int
    answered: bool
    """Whether the institute that it is about has answered in the delivery's round."""
    in_hand: bool = False
    """Whether that answer leaves something to be said."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The message at a destination that edits change and replies hang on."""

    provider_id: str | None
    """None for a preview."""
    place: str | None


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a due delivery: it is sent, or dropped with the reason."""

    drop: DropReason | None = None
    anchor: Anchor | None = None
    """What it changes or hangs on; None: a message of its own."""
    moved: bool = False
    """For an edit: a newer message stands at the same address, to which this one only points."""
    drops: tuple[tuple[str, DropReason], ...] = ()
    """Others that this makes pointless."""


def pointless(due: Due) -> DropReason | None:
    """Why a message that asks for an answer need not be sent any more; asked again right before the provider is."""
    if due.reason is TellingReason.SUBSCRIBED and due.alert_state is AlertState.RETRACTED:
        return DropReason.ALERT_CLOSED
    reminds = due.reason is TellingReason.REMINDED
    if due.kind is DeliveryKind.EDIT or not (due.reason.pages or reminds):
        return None
    if due.alert_state in {AlertState.RESOLVED, AlertState.RETRACTED}:
        return DropReason.ALERT_CLOSED
    if due.round < due.alert_round:
        return DropReason.NEWER_ROUND
    if reminds:
        return None if due.in_hand else DropReason.LAST_WORD_SAID
    return DropReason.ANSWERED if due.answered and not due.reason.tells_of_silence else None


def fate_of(due: Due, siblings: Iterable[Sibling], *, previews: bool) -> Fate:
    """What becomes of a delivery whose turn has come.

    Args:
        due: the delivery.
        siblings: the other deliveries about the alert to the same address.
        previews: whether a previewed message can be edited and replied to: only where the channel still previews.
    """
    drop = pointless(due)
    if drop is not None:
        return Fate(drop=drop)
    others = [sibling for sibling in siblings if sibling.id != due.id]
    pages = due.reason.pages
    match due.kind:
        case DeliveryKind.EDIT:
            return _fate_of_edit(due, others, previews=previews)
        case DeliveryKind.REPLY:
            anchor = _anchor(due, others, previews=previews)
            # Somebody must be reached: without a thread to hang on it stands by itself.
            return Fate(anchor=anchor) if anchor or pages else Fate(drop=DropReason.NOT_TOLD_BEFORE)
        case DeliveryKind.MESSAGE if due.reason.begins:
            return Fate()
        case DeliveryKind.MESSAGE:
            return _fate_of_follow_up(due, others)


def _fate_of_edit(due: Due, others: list[Sibling], *, previews: bool) -> Fate:
    messages = [other.revision for other in others if other.kind is DeliveryKind.MESSAGE]
    target = max((revision for revision in messages if revision < due.revision), default=0)
    until = min((revision for revision in messages if revision >= due.revision), default=None)
    # An edit of revision r changes the latest message before r: these change the same one as this does.
    same = [
        other
        for other in others
        if other.kind is DeliveryKind.EDIT and other.revision > target and (until is None or other.revision <= until)
    ]
    if any(other.revision > due.revision and other.outcome in _ALIVE for other in same):
        newest = max(other.revision for other in same if other.outcome in _ALIVE)
        older = [other.id for other in same if other.revision < newest and other.outcome is Outcome.PENDING]
        return Fate(drop=DropReason.NEWER_EDIT, drops=tuple((one, DropReason.NEWER_EDIT) for one in older))
    anchor = _anchor(due, others, previews=previews)
    if anchor is None:
        return Fate(drop=DropReason.NOT_TOLD_BEFORE)
    moved = any(
        other.kind is DeliveryKind.MESSAGE and other.revision >= due.revision and other.outcome in _ALIVE
        for other in others
    )
    return Fate(anchor=anchor, moved=moved)


def _fate_of_follow_up(due: Due, others: list[Sibling]) -> Fate:
    if not any(
        other.kind is DeliveryKind.MESSAGE and other.revision < due.revision and other.outcome in _GONE_OUT
        for other in others
    ):
        return Fate(drop=DropReason.NOT_TOLD_BEFORE)
    waiting = [
        other
        for other in others
        if other.kind is DeliveryKind.MESSAGE
        and not other.reason.begins
        and other.outcome is Outcome.PENDING
        # A reminder may yet become pointless, and then would have said nothing for those before it.
        and other.reason is not TellingReason.REMINDED
    ]
    newest = max((other.revision for other in waiting), default=0)
    if newest <= due.revision:
        return Fate()
    older = [other.id for other in waiting if other.revision < newest]
    return Fate(drop=DropReason.NEWER_FOLLOW_UP, drops=tuple((one, DropReason.NEWER_FOLLOW_UP) for one in older))


_GONE_OUT = frozenset({Outcome.SENT, Outcome.PREVIEWED})
_ALIVE = frozenset({Outcome.PENDING, Outcome.SENT, Outcome.PREVIEWED})


def _anchor(due: Due, others: list[Sibling], *, previews: bool) -> Anchor | None:
    """The latest message before the delivery's revision that went out; or a reply that had to stand by itself."""
    gone_out = [
        other
        for other in others
        if other.revision < due.revision
        and (
            (other.outcome is Outcome.SENT and other.provider_id is not None)
            or (previews and other.outcome is Outcome.PREVIEWED)
        )
    ]
    messages = [other for other in gone_out if other.kind is DeliveryKind.MESSAGE]
    alone = [other for other in gone_out if other.kind is DeliveryKind.REPLY and other.reason.pages]
    found = max(messages or alone, key=lambda other: other.revision, default=None)
    return None if found is None else Anchor(found.provider_id, found.place)


FIRST_WAIT = timedelta(seconds=2)
LONGEST_WAIT = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(hours=48)
"""How long after its planning a message that keeps failing is still tried."""


def back_off(delivery_id: str, attempts: int) -> timedelta:
    """How long to wait after a failed attempt: doubling from two seconds to five minutes, spread by a quarter.

    The spread is drawn from the delivery's id, so that many that failed together do not come back together, and a
    test knows when each will.
    """
    doubled = FIRST_WAIT * (1 << min(max(attempts, 1) - 1, 16))
    digest = hashlib.sha256(f"{delivery_id}:{attempts}".encode()).digest()
    spread = int.from_bytes(digest[:4], "big") / 2**32
    return min(doubled, LONGEST_WAIT) * (0.75 + spread / 2)
