"""Keeping planned messages back: judged and written in the transaction that plans them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from tocsin_alerting.policy.correlation import Relation
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.hiding import hiding
from tocsin_alerting.policy.muting.keeping_back import Cause, Effect, Kept, keep_back
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.policy.notification_plan import PlannedDelivery
from tocsin_alerting.store.muting_subjects import circumstances_of
from tocsin_alerting.store.relations import relate
from tocsin_alerting.store.silence_bulletins import tell_hidden
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow
from tocsin_schemas.alert_events import AlertEvent
from tocsin_schemas.vocabulary import Severity


def judge(
    session: Session,
    event: AlertEvent,
    planned: Iterable[PlannedDelivery],
    *,
    directory: Directory,
    now: datetime,
) -> tuple[Kept, ...]:
    """Which of an event's messages are kept back, and which break through, as everything stands in this transaction."""
    wanted = tuple(planned)
    if not wanted:
        return ()
    alert = session.get(AlertRow, event.alert, populate_existing=True)
    if alert is None:
        return ()
    circumstances = circumstances_of(session, alert, directory=directory, now=now, since=event.at)
    return () if circumstances is None else keep_back(wanted, circumstances)


def muted(kept: Iterable[Kept]) -> dict[PlannedDelivery, str]:
    """The cause of each message that is kept back."""
    return {one.delivery: one.cause.name for one in kept if one.cause.effect is Effect.KEEPS_BACK}


def record_kept(
    session: Session, event: AlertEvent, kept: Sequence[Kept], *, directory: Directory, now: datetime
) -> None:
    """Remember what was kept from whom, until they are told."""
    if not kept:
        return
    alert = session.get_one(AlertRow, event.alert)
    causes = {(one.delivery.institute, one.cause.name, one.cause.effect): one.cause for one in kept}
    for (institute, _, _), cause in sorted(causes.items()):
        remember(session, alert, institute, cause, directory=directory, now=now)
        if cause.kind is CauseKind.INHIBITION:
            relate(session, event.alert, Relation.INHIBITED_BY, source_id(cause) or "", now)
        elif cause.effect is Effect.KEEPS_BACK:
            _mark_gravest(session, cause, event, institute, directory=directory, now=now)


def remember(
    session: Session,
    alert: AlertRow,
    institute: str,
    cause: Cause,
    *,
    directory: Directory,
    now: datetime,
    held: bool = False,
) -> MutingRow:
    """The row that says that a cause keeps an alert from an institute's people; begun anew where it had ended."""
    key = (alert.id, institute, cause.name, cause.effect.value)
    row = session.get(MutingRow, key)
    if row is None:
        row = MutingRow(
            alert_id=alert.id,
            institute=institute,
            cause=cause.name,
            effect=cause.effect.value,
            kind=cause.kind.value,
            source_id=source_id(cause),
            at=now,
            until=cause.until if cause.kind is CauseKind.MAINTENANCE else None,
            alert_revision=alert.revision,
            policy=directory.version,
            held=held,
        )
        session.add(row)
    row.held = row.held or held
    row.alert_revision, row.source_revision, row.policy = alert.revision, cause.revision, directory.version
    # What was broken through kept nothing back: there is nobody to be told when it ends.
    row.ended_at = now if cause.effect is Effect.BROKEN_THROUGH else None
    row.aftermath, row.revision = None, None
    session.flush()
    return row


def source_id(cause: Cause) -> str | None:
    """Id of the silence, or of the incident's alert; a window has none."""
    return None if cause.kind is CauseKind.MAINTENANCE else cause.name.partition(":")[2]


def _mark_gravest(
    session: Session, cause: Cause, event: AlertEvent, institute: str, *, directory: Directory, now: datetime
) -> None:
    """Remember how grave it is, and let people learn of it where that is new."""
    row = session.get(SilenceRow, source_id(cause) or "", with_for_update=True, populate_existing=True)
    gravest = Severity(row.gravest) if row is not None and row.gravest is not None else None
    # The alert itself may have been the gravest so far, at another institute.
    found = hiding(event.severity, event.status, None if row is None or row.gravest_alert == event.alert else gravest)
    if found.is_told:
        tell_hidden(
            session,
            cause.name,
            row,
            alert=event.alert,
            institute=institute,
            severity=event.severity,
            why=found,
            directory=directory,
            now=now,
        )
    if row is not None and (gravest is None or event.severity.rank > gravest.rank):
        row.gravest, row.gravest_alert = event.severity.value, event.alert
        session.flush()
