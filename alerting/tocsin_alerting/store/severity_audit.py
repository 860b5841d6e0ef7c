"""Whether alerts are as severe as they should be: recomputed from their current reports and standing overrides."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.lifecycle import severity_of
from tocsin_alerting.store.overrides import alert_now
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.tables_judgements import OverrideRow
from tocsin_schemas.vocabulary import AlertState, Severity

_RANKS = {severity.value: severity.rank for severity in Severity}


def other_override_stands(session: Session, limit: int) -> list[str]:
    """Ids of alerts, not retracted, whose standing override is not the newest that was not withdrawn."""
    newest = (
        select(OverrideRow.id)
        .where(OverrideRow.alert_id == AlertRow.id, OverrideRow.withdrawn_at.is_(None))
        .order_by(OverrideRow.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = session.scalars(
        select(AlertRow.id)
        .where(
            AlertRow.state != AlertState.RETRACTED.value,
            func.coalesce(AlertRow.override, "") != func.coalesce(newest, ""),
        )
        .limit(limit)
    )
    return list(found)


def severity_without_cause(session: Session, limit: int) -> list[str]:
    """Ids of alerts, not retracted, that are not as severe as their current reports and standing override make them."""
    rank = case(_RANKS, value=ReportRow.severity)
    by_reports_alone = session.scalars(
        select(AlertRow.id)
        .join(ReportRow, (ReportRow.alert_id == AlertRow.id) & ReportRow.current)
        .where(AlertRow.state != AlertState.RETRACTED.value, AlertRow.override.is_(None))
        .group_by(AlertRow.id, AlertRow.severity)
        .having(func.max(rank) != case(_RANKS, value=AlertRow.severity))
        .limit(limit)
    )
    return list(islice((*by_reports_alone, *_overridden(session)), limit))


def _overridden(session: Session) -> Iterator[str]:
    """Of the alerts with a standing override, which are few: by the rule itself."""
    rows = session.scalars(
        select(AlertRow).where(AlertRow.state != AlertState.RETRACTED.value, AlertRow.override.is_not(None))
    )
    for alert in rows.all():
        now, _ = alert_now(session, alert)
        if now.current and severity_of(now.current, now.override) is not now.severity:
            yield alert.id
