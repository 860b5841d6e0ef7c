"""What must always hold of what is kept back: it has a cause that exists, and nobody stays untold when that is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow
from tocsin_schemas.vocabulary import AlertState

_CLOSED = (AlertState.RESOLVED.value, AlertState.RETRACTED.value)


def kept_back_without_cause(session: Session, limit: int) -> list[str]:
    """Deliveries that were kept back by something that the store does not know."""
    incident = aliased(AlertRow)
    caused = exists().where(
        MutingRow.alert_id == DeliveryRow.alert_id,
        MutingRow.institute == DeliveryRow.institute,
        MutingRow.cause == DeliveryRow.outcome_reason,
        MutingRow.effect == Effect.KEEPS_BACK.value,
        or_(
            MutingRow.kind == CauseKind.MAINTENANCE.value,
            and_(
                MutingRow.kind == CauseKind.SILENCE.value,
                exists().where(SilenceRow.id == MutingRow.source_id),
            ),
            and_(
                MutingRow.kind == CauseKind.INHIBITION.value,
                exists().where(incident.id == MutingRow.source_id),
            ),
        ),
    )
    found = select(DeliveryRow.id).where(DeliveryRow.outcome == Outcome.MUTED.value, ~caused)
    return list(session.scalars(found.limit(limit)))


def untold_though_over(session: Session, now: datetime, patience: timedelta, limit: int) -> list[str]:
    """Alerts that are still kept from an institute's people although nothing keeps them back any more."""
    incident = aliased(AlertRow)
    rows = session.execute(
        select(MutingRow.alert_id, MutingRow.institute, MutingRow.cause)
        .outerjoin(SilenceRow, SilenceRow.id == MutingRow.source_id)
        .outerjoin(incident, incident.id == MutingRow.source_id)
        .where(
            MutingRow.effect == Effect.KEEPS_BACK.value,
            MutingRow.ended_at.is_(None),
            or_(
                SilenceRow.ends_at < now - patience,
                MutingRow.until < now - patience,
                and_(incident.state.in_(_CLOSED), incident.updated_at < now - patience),
            ),
        )
        .limit(limit)
    )
    return [" ".join(row) for row in rows]
