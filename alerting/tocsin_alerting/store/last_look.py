"""The last look before a provider is asked: whether what was claimed is still to be sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.reminders import IN_HAND
from tocsin_alerting.policy.sending import Due
from tocsin_alerting.store.alert_claims import RESPONSES, Claimed
from tocsin_alerting.store.queue import ALERTS
from tocsin_schemas.vocabulary import AlertState

_LAST_LOOK = (
    select(ALERTS.c.state, ALERTS.c.round, ALERTS.c.tlp, RESPONSES.c.answer)
    .select_from(ALERTS)
    .outerjoin(
        RESPONSES,
        and_(
            RESPONSES.c.alert_id == ALERTS.c.id,
            RESPONSES.c.institute == bindparam("institute"),
            RESPONSES.c.round == bindparam("in_round"),
        ),
    )
    .where(ALERTS.c.id == bindparam("alert_id"))
)
"""Statements are built once: to build them takes longer than to run them."""


@dataclass(frozen=True, slots=True)
class Fence:
    """What was seen."""

    due: Due
    tlp: str


def last_look(session: Session, claimed: Claimed) -> Fence | None:
    """What a claimed delivery's fate depends on, as it stands now; None where the alert is gone."""
    asked = {"institute": claimed.subject, "in_round": claimed.round, "alert_id": claimed.alert_id}
    row = session.execute(_LAST_LOOK, asked).one_or_none()
    if row is None:
        return None
    due = Due(
        id=claimed.id,
        revision=claimed.revision,
        kind=claimed.kind,
        reason=claimed.reason,
        round=claimed.round,
        alert_state=AlertState(row.state),
        alert_round=row.round,
        answered=row.answer is not None,
        in_hand=row.answer in IN_HAND,
    )
    return Fence(due, row.tlp)
