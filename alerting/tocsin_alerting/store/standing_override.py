"""The override that stands for an alert, as the life cycle needs to know it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.overrides import CEILING_WITHOUT_HARM, Override, harm_was_done
from tocsin_alerting.policy.repeats import repeats_of
from tocsin_alerting.policy.testimony import Witness
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_alerting.store.tables_judgements import OverrideRow
from tocsin_schemas.assessment import Assessment
from tocsin_schemas.vocabulary import Severity

_override = cast("Table", OverrideRow.__table__).c
_report = cast("Table", ReportRow.__table__).c
_STANDING = select(_override.severity, _override.seen).where(_override.id == bindparam("override"))
_NEWEST = (
    select(_override.id)
    .where(_override.alert_id == bindparam("alert"), _override.withdrawn_at.is_(None))
    .order_by(_override.revision.desc())
    .limit(1)
)
_CURRENT = select(_report.id, _report.assessment).where(_report.alert_id == bindparam("alert"), _report.current)


def standing_override(
    session: Session,
    alert: AlertRow,
    testimonies: Sequence[Witness],
    *,
    arriving: tuple[Witness, Assessment] | None = None,
) -> Override | None:
    """The override that stands for an alert, which the caller holds; None where the reports alone decide.

    Args:
        session: of the transaction.
        alert: the alert.
        testimonies: the reports that the alert gathered so far.
        arriving: a report that is about to be written, and its content.
    """
    # Most alerts have none, and cost nothing here.
    if alert.override is None:
        return None
    row = session.execute(_STANDING, {"override": alert.override}).one()
    severity = Severity(row.severity)
    harmful = harmful_reports(session, alert.id) if severity.rank > CEILING_WITHOUT_HARM.rank else frozenset()
    if arriving is not None:
        testimonies = (*testimonies, arriving[0])
        if harm_was_done(arriving[1]):
            harmful |= {arriving[0].report}
    return counting(alert.override, severity, frozenset(row.seen), testimonies, harmful)


def counting(
    override: str, severity: Severity, seen: frozenset[str], testimonies: Sequence[Witness], harmful: frozenset[str]
) -> Override:
    """An override as it counts: for what it has looked at, and for what only repeats that."""
    return Override(override, severity, seen | repeats_of(seen, testimonies), harmful)


def newest_standing(session: Session, alert_id: str) -> str | None:
    """Id of the alert's newest override that has not been withdrawn."""
    found: str | None = session.execute(_NEWEST, {"alert": alert_id}).scalar_one_or_none()
    return found


def harmful_reports(session: Session, alert_id: str) -> frozenset[str]:
    """Ids of the alert's current reports by which harm was done."""
    rows: Any = session.execute(_CURRENT, {"alert": alert_id})
    return frozenset(row.id for row in rows if harm_was_done(Assessment.model_validate(row.assessment)))
