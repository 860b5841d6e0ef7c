"""When what kept messages back is over: those who were not told are told, once, if that is still worth it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.muting.inhibition import inhibits
from tocsin_alerting.policy.muting.keeping_back import Aftermath, Effect, aftermath
from tocsin_alerting.policy.muting.silences import CauseKind
from tocsin_alerting.policy.notification_plan import Untold
from tocsin_alerting.policy.telling import TellingReason
from tocsin_alerting.store.changes import lock_alert, record_change
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.muting_subjects import sources_for, subject_of
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow
from tocsin_alerting.store.untold import untold_of
from tocsin_schemas.vocabulary import AlertChange, AlertState

_CLOSED = (AlertState.RESOLVED.value, AlertState.RETRACTED.value)
Key = tuple[str, str, str, str]
_alert, _source = aliased(AlertRow), aliased(AlertRow)
_DUE = (
    select(MutingRow.alert_id, MutingRow.institute, MutingRow.cause, MutingRow.effect)
    .join(_alert, _alert.id == MutingRow.alert_id)
    .outerjoin(SilenceRow, SilenceRow.id == MutingRow.source_id)
    .outerjoin(_source, _source.id == MutingRow.source_id)
    .where(
        MutingRow.ended_at.is_(None),
        MutingRow.effect == Effect.KEEPS_BACK.value,
        or_(
            SilenceRow.ends_at <= bindparam("now"),
            MutingRow.until <= bindparam("now"),
            # Too grave for a silence by now, or no longer inhibited. By revisions and not by clocks: a change that
            # was under way when the message was kept back has one that was not seen then.
            _alert.revision != MutingRow.alert_revision,
            _source.revision != MutingRow.source_revision,
            MutingRow.policy != bindparam("version"),
        ),
    )
    .order_by(MutingRow.at, MutingRow.alert_id, MutingRow.institute, MutingRow.cause)
    .limit(BATCH)
)
"""Built once: to build it takes ten times as long as to run it, and the desk asks it four times a second."""


@dataclass(frozen=True, slots=True)
class Settled:
    """An alert that is no longer kept from an institute's people."""

    alert_id: str
    institute: str
    cause: str
    aftermath: Aftermath
    revision: int | None
    """The change that tells them, where they are told."""


def settle_due(store: Store, *, directory: Directory, now: datetime) -> list[Settled]:
    """Settle everything whose cause may be over at `now`, each in a transaction of its own."""
    return act_on_due(
        store,
        lambda session: _due(session, directory, now),
        lambda session, key: settle(session, key, directory=directory, now=now),
    )


def settle(session: Session, key: Key, *, directory: Directory, now: datetime) -> Settled | None:
    """Settle one; None where its cause goes on, or another desk was faster."""
    alert = lock_alert(session, key[0])
    row = session.get(MutingRow, key, populate_existing=True)
    if alert is None or row is None or row.ended_at is not None:
        return None
    if not _is_over(session, alert, row, directory=directory, now=now):
        row.alert_revision, row.policy = alert.revision, directory.version
        if row.kind == CauseKind.INHIBITION.value:
            row.source_revision = session.get_one(AlertRow, row.source_id or "").revision
        session.flush()
        return None
    response = session.get(ResponseRow, (alert.id, row.institute, alert.round), populate_existing=True)
    answered = response is not None and response.answer is not None
    untold = untold_of(session, alert.id, row.institute)
    if answered:
        # Nobody is asked what was answered; corrections of what people know they still get.
        untold = tuple(one for one in untold if not one.asked)
    outcome = aftermath(live=alert.state not in _CLOSED, answered=answered and not untold, untold=untold)
    row.ended_at, row.aftermath = now, outcome.value
    if response is not None and response.next_step_at is not None:
        _go_on(response, row, untold, directory, now)
    if outcome is Aftermath.TELL:
        event = record_change(
            session, alert, change=AlertChange.UPDATED, reason=_reason(row).value, now=now, institute=row.institute
        )
        row.revision = event.revision
    session.flush()
    return Settled(alert.id, row.institute, row.cause, outcome, row.revision)


def _reason(row: MutingRow) -> TellingReason:
    inhibited = row.kind == CauseKind.INHIBITION.value
    return TellingReason.INHIBITION_ENDED if inhibited else TellingReason.SILENCE_ENDED


def _go_on(
    response: ResponseRow, row: MutingRow, untold: Sequence[Untold], directory: Directory, now: datetime
) -> None:
    """The ladder goes on: at once where it only waited, after a whole wait where its people hear of it only now."""
    if any(one.asked for one in untold):
        ladder = directory.ladders.get(response.ladder)
        steps = ladder.steps if ladder is not None else ()
        if 0 < response.step <= len(steps):
            response.next_step_at = now + steps[response.step - 1].wait
    elif row.held and response.next_step_at is not None:
        response.next_step_at = min(response.next_step_at, now)


def _is_over(session: Session, alert: AlertRow, row: MutingRow, *, directory: Directory, now: datetime) -> bool:
    if row.kind == CauseKind.INHIBITION.value:
        hazard = subject_of(session, alert, directory.systems)
        return not any(
            source.cause == row.cause
            and row.institute in source.told
            and inhibits(source, hazard, label_of(alert.tlp), directory.muting.inhibition)
            for source in sources_for(session, alert, directory=directory)
        )
    if subject_of(session, alert, directory.systems).too_grave:
        return True
    if row.kind == CauseKind.MAINTENANCE.value:
        return row.until is None or row.until <= now
    silence = session.get(SilenceRow, row.source_id or "", populate_existing=True)
    return silence is None or silence.ends_at <= now


def _due(session: Session, directory: Directory, now: datetime) -> list[Key]:
    """What may be over: its end has come, its alert has become too grave, or an alert of an inhibition has changed."""
    rows = session.execute(_DUE, {"now": now, "version": directory.version})
    return [(row.alert_id, row.institute, row.cause, row.effect) for row in rows]
