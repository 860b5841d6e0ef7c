"""What is due of alerts: claimed with all else of the queue, with what its fate and its words depend on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, and_, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.reminders import IN_HAND
from tocsin_alerting.policy.sending import Anchor, DropReason, Due, Fate, Outcome, Sibling, fate_of
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.queue import ALERTS
from tocsin_alerting.store.tables import ChangeRow, ReportRow, ResponseRow
from tocsin_schemas.trace_context import trace_id
from tocsin_schemas.vocabulary import AlertChange, AlertState, Answer

_Answers = dict[tuple[str, str, int], Answer]
"""By alert, institute and round."""

CHANGES, REPORTS, RESPONSES = ChangeRow.__table__, ReportRow.__table__, ResponseRow.__table__
_alert, _row, _change, _report, _response = ALERTS.c, DELIVERIES.c, CHANGES.c, REPORTS.c, RESPONSES.c
_LOAD = (
    select(
        _row.id,
        _row.alert_id,
        _row.revision,
        _row.round,
        _row.change,
        _row.institute,
        _row.contact,
        _row.channel,
        _row.address,
        _row.kind,
        _row.reason,
        _row.attempts,
        _row.claimed_by,
        _row.created_at,
        _alert.state.label("alert_state"),
        _alert.round.label("alert_round"),
        _change.event,
        _report.trace,
    )
    .select_from(DELIVERIES)
    .join(ALERTS, _alert.id == _row.alert_id)
    .outerjoin(
        CHANGES,
        and_(_change.alert_id == _row.alert_id, _change.revision == _row.revision),
    )
    .outerjoin(REPORTS, _report.id == _alert.lead_report)
    .where(_row.id.in_(bindparam("ids", expanding=True)))
)
"""Statements are built once: to build them takes longer than to run them."""
_SIBLINGS = select(
    _row.id,
    _row.alert_id,
    _row.address,
    _row.revision,
    _row.kind,
    _row.reason,
    _row.outcome,
    _row.provider_id,
    _row.provider_place,
).where(
    _row.channel == bindparam("channel"),
    _row.alert_id.in_(bindparam("alerts", expanding=True)),
    _row.address.in_(bindparam("addresses", expanding=True)),
)
_ANSWERED = select(_response.alert_id, _response.institute, _response.round, _response.answer).where(
    _response.alert_id.in_(bindparam("alerts", expanding=True)), _response.answer.is_not(None)
)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this worker's to send, until its lease ends."""

    id: str
    alert_id: str
    revision: int
    round: int
    change: AlertChange
    institute: str
    subject: str
    """The institute whose answer makes a page pointless: its own, or the one whose ladder is exhausted."""
    about: str | None
    """The institute that the change concerns, where it concerns one."""
    step: int | None
    contact: str
    channel: Channel
    address: str
    kind: DeliveryKind
    reason: TellingReason
    attempts: int
    """This one included."""
    uncertain: bool
    """Whether an earlier attempt may have been taken without our knowing."""
    created_at: datetime
    anchor: Anchor | None
    moved: bool
    trace: str | None = None
    """The trace id of the alert's leading report, for logs."""


def load_alerts(
    session: Session, channel: Channel, ids: Sequence[str], *, previews: bool
) -> tuple[list[Claimed], dict[str, DropReason]]:
    """What is due of alerts, in its order, and what has become pointless: of it, or through it."""
    rows = _load(session, ids)
    siblings = _siblings(session, channel, rows)
    answered = _answered(session, rows)
    claimed: list[Claimed] = []
    dropped: dict[str, DropReason] = {}
    for row in rows:
        fate = fate_of(_due(row, answered), siblings.get((row.alert_id, row.address), ()), previews=previews)
        dropped.update(fate.drops)
        if fate.drop is not None:
            dropped[row.id] = fate.drop
        else:
            claimed.append(_claimed(row, fate))
    return claimed, dropped


def _load(session: Session, ids: Sequence[str]) -> list[Row[Any]]:
    if not ids:
        return []
    found = session.execute(_LOAD, {"ids": list(ids)})
    by_id = {row.id: row for row in cast("list[Row[Any]]", found.all())}
    # The others are bulletins'.
    return [by_id[one] for one in ids if one in by_id]


def _siblings(session: Session, channel: Channel, rows: Iterable[Row[Any]]) -> dict[tuple[str, str], list[Sibling]]:
    pairs = sorted({(row.alert_id, row.address) for row in rows})
    found: dict[tuple[str, str], list[Sibling]] = {pair: [] for pair in pairs}
    if not pairs:
        return found
    asked = {
        "channel": channel.value,
        "alerts": sorted({alert for alert, _ in pairs}),
        "addresses": sorted({address for _, address in pairs}),
    }
    for row in session.execute(_SIBLINGS, asked):
        if (row.alert_id, row.address) not in found:
            continue
        found[row.alert_id, row.address].append(
            Sibling(
                row.id,
                row.revision,
                DeliveryKind(row.kind),
                TellingReason(row.reason),
                Outcome(row.outcome),
                row.provider_id,
                row.provider_place,
            )
        )
    return found


def _answered(session: Session, rows: Iterable[Row[Any]]) -> _Answers:
    """What institutes have answered to the rows' alerts, in which round; those that have not are left out."""
    alerts = {row.alert_id for row in rows}
    if not alerts:
        return {}
    found = session.execute(_ANSWERED, {"alerts": sorted(alerts)})
    return {(alert, institute, round_): Answer(answer) for alert, institute, round_, answer in found}


def _subject(row: Row[Any]) -> str:
    if row.reason != TellingReason.LADDER_EXHAUSTED:
        return str(row.institute)
    return str((row.event or {}).get("institute") or row.institute)


def _due(row: Row[Any], answered: _Answers) -> Due:
    answer = answered.get((row.alert_id, _subject(row), row.round))
    return Due(
        id=row.id,
        revision=row.revision,
        kind=DeliveryKind(row.kind),
        reason=TellingReason(row.reason),
        round=row.round,
        alert_state=AlertState(row.alert_state),
        alert_round=row.alert_round,
        answered=answer is not None,
        in_hand=answer in IN_HAND,
    )


def _claimed(row: Row[Any], fate: Fate) -> Claimed:
    return Claimed(
        id=row.id,
        alert_id=row.alert_id,
        revision=row.revision,
        round=row.round,
        change=AlertChange(row.change),
        institute=row.institute,
        subject=_subject(row),
        about=(row.event or {}).get("institute"),
        step=(row.event or {}).get("step"),
        contact=row.contact,
        channel=Channel(row.channel),
        address=row.address,
        kind=DeliveryKind(row.kind),
        reason=TellingReason(row.reason),
        attempts=row.attempts + 1,
        uncertain=row.claimed_by is not None,
        created_at=row.created_at,
        anchor=fate.anchor,
        moved=fate.moved,
        trace=trace_id(row.trace),
    )
