"""Writes down what came of the attempts, several in one transaction; what failed gets its next time here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session
from structlog.stdlib import BoundLogger

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.sending import GIVE_UP_AFTER, DropReason, back_off
from tocsin_alerting.store import outcomes
from tocsin_alerting.store.alert_claims import Claimed
from tocsin_alerting.store.bulletin_claims import ClaimedBulletin
from tocsin_alerting.store.bulletins import BULLETIN_LABEL
from tocsin_consumers.channels.outgoing import DeliveryError, Receipt
from tocsin_schemas.logs import get_logger
from tocsin_schemas.vocabulary import Tlp

_log = get_logger()
_SHORTEST_HOLD = 0.5


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt and what came of it: exactly one of receipt, error, dropped and withheld is set."""

    claimed: Claimed | ClaimedBulletin
    at: datetime
    receipt: Receipt | None = None
    disclosed: Level = Level.NOTHING
    label: Tlp | None = None
    """Of a bulletin that was rendered."""
    error: DeliveryError | None = None
    dropped: DropReason | None = None
    withheld: str | None = None


class OutcomeWriter:
    """Records the attempts of one worker."""

    def __init__(self, *, owner: str, pause: timedelta) -> None:
        """Take the claims' owner, and how long a destination rests after it took a message."""
        self._owner = owner
        self._pause = pause

    def write(self, session: Session, attempts: Iterable[Attempt]) -> None:
        """Record the attempts in the caller's transaction, always in the same order of destinations."""
        ordered = sorted(attempts, key=lambda one: (one.claimed.address, one.claimed.id))
        outcomes.record_sent(session, [sent for attempt in ordered if (sent := self._sent(attempt)) is not None])
        for attempt in ordered:
            self._write(session, attempt)

    def _write(self, session: Session, attempt: Attempt) -> None:
        claimed = attempt.claimed
        log = _about(claimed)
        if attempt.receipt is not None:
            kept = attempt.receipt.previewed
            if kept is not None:
                if attempt.label is not None:
                    # An alert's label can be asked of its alert; a bulletin's is what it showed.
                    kept = {**kept, BULLETIN_LABEL: attempt.label.value}
                outcomes.record_previewed(
                    session, claimed.id, now=attempt.at, rendered=kept, disclosed=attempt.disclosed
                )
            log.info("sent" if kept is None else "previewed", kind=claimed.kind.value)
        elif attempt.dropped is not None:
            outcomes.record_dropped(session, claimed.id, attempt.dropped)
            log.info("superseded", reason=attempt.dropped.value)
        elif attempt.withheld is not None:
            outcomes.record_withheld(session, claimed.id, attempt.withheld)
            log.warning("withheld", reason=attempt.withheld)
        elif attempt.error is not None:
            self._not_taken(session, attempt, attempt.error)

    def _sent(self, attempt: Attempt) -> outcomes.Sent | None:
        claimed, receipt = attempt.claimed, attempt.receipt
        if receipt is None or receipt.previewed is not None:
            return None
        return outcomes.Sent(
            delivery=claimed.id,
            channel=claimed.channel,
            address=claimed.address,
            at=attempt.at,
            provider_id=receipt.provider_id,
            disclosed=attempt.disclosed,
            place=receipt.place,
            pause=self._pause if claimed.channel is Channel.SLACK else timedelta(0),
        )

    def _not_taken(self, session: Session, attempt: Attempt, error: DeliveryError) -> None:
        claimed, now = attempt.claimed, attempt.at
        log = _about(claimed)
        gives_up = now - claimed.created_at > GIVE_UP_AFTER
        if error.permanent or gives_up:
            reason = error.reason if error.permanent else f"gave_up: {error.reason}"
            forward = outcomes.record_failed(session, claimed.id, now=now, reason=reason, bad_address=error.bad_address)
            log.error("failed", reason=reason, bad_address=error.bad_address)
            if forward:
                log.error("ladder_brought_forward", institute=claimed.institute, reason="step_reached_nobody")
            return
        wait = back_off(claimed.id, claimed.attempts)
        if error.retry_after is not None:
            wait = timedelta(seconds=max(error.retry_after, _SHORTEST_HOLD))
            outcomes.hold_destination(session, channel=claimed.channel, address=claimed.address, until=now + wait)
        outcomes.record_retry(
            session,
            claimed.id,
            owner=self._owner,
            reason=error.reason,
            next_attempt_at=now + wait,
            uncertain=error.uncertain,
            # An operator must act first: people are told by their other channel at once.
            doubted=now if error.misconfigured else None,
        )
        say = log.error if error.misconfigured else log.warning
        say("retry", reason=error.reason, seconds=round(wait.total_seconds(), 3), uncertain=error.uncertain)


def _about(claimed: Claimed | ClaimedBulletin) -> BoundLogger:
    if isinstance(claimed, ClaimedBulletin):
        return _log.bind(
            delivery=claimed.id,
            bulletin=claimed.bulletin_id,
            channel=claimed.channel.value,
            attempt=claimed.attempts,
        )
    return _log.bind(
        delivery=claimed.id,
        alert=claimed.alert_id,
        channel=claimed.channel.value,
        attempt=claimed.attempts,
        trace=claimed.trace,
    )
