"""Rounds: which institutes are asked about an alert, what each owes, and when its ladder moves on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, select, update
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory, Step
from tocsin_alerting.policy.ladders import LadderReason, Move, Tellable, begin
from tocsin_alerting.policy.reach import can_be_told
from tocsin_alerting.policy.routing import Concern, Plan, RoutedAlert, plan_route
from tocsin_alerting.store.changes import record_change
from tocsin_alerting.store.deadlines import begin_quorum, end_quorums
from tocsin_alerting.store.reminding import end_reminders
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_schemas.vocabulary import AlertChange, AlertPurpose, ReportKind, Severity, Status, Tlp

_ASKED = insert(cast("Table", ResponseRow.__table__))


@dataclass(frozen=True, slots=True)
class Call:
    """A step that is to be told beside the change itself."""

    institute: str
    move: Move


def plan_for(alert: AlertRow, reporters: Iterable[str], directory: Directory) -> Plan:
    """Whom the alert as its row now stands concerns; the row remembers the route and the policy."""
    plan = plan_route(
        RoutedAlert(
            kind=ReportKind(alert.kind),
            status=Status(alert.status),
            tlp=Tlp(alert.tlp),
            severity=Severity(alert.severity),
            reporters=frozenset(reporters),
            purpose=AlertPurpose(alert.purpose),
        ),
        directory,
    )
    alert.route, alert.policy = plan.route, directory.version
    return plan


def tellable(directory: Directory, alert: AlertRow, institute: str, at: datetime) -> Tellable:
    """Whether anybody who is told for a step of the institute's ladder at an instant may be told of the alert."""
    tlp = Tlp(alert.tlp)

    def may(step: Step) -> bool:
        return can_be_told(directory, institute, step.team, tlp, at)

    return may


def begin_round(session: Session, alert: AlertRow, plan: Plan, directory: Directory, now: datetime) -> tuple[Call, ...]:
    """Ask every institute of the plan in the alert's present round. Gives the ladders that do not begin at step 1."""
    calls, rows = [], []
    for concern in plan.concerns:
        move = _begin(concern, alert, directory, now)
        rows.append(_row(concern, alert, move, now))
        if move.fires:
            calls.append(Call(concern.institute, move))
    # The alert that the rows refer to may be new.
    session.flush()
    if rows:
        session.execute(_ASKED, rows)
    # Guidance asks nobody to act by a time; where nobody owes an answer there is nothing to wait for.
    if alert.purpose == AlertPurpose.REPORT and any(concern.answer_required for concern in plan.concerns):
        begin_quorum(session, alert, directory.quorums.get(Severity(alert.severity)), now)
    return tuple(calls)


def adjust_round(
    session: Session, alert: AlertRow, plan: Plan, directory: Directory, now: datetime, *, quietly: bool = False
) -> tuple[Call, ...]:
    """Bring the present round in line with a plan that changed without a higher severity.

    Who has come to owe an answer is called from step 1; who no longer owes one is not chased any more. Ladders that
    are under way stay as they are. With `quietly` whoever was asked before and comes to owe an answer again is not
    called for that: their ladder goes on where it stood.
    """
    standing = {
        row.institute: row
        for row in session.scalars(
            select(ResponseRow).where(ResponseRow.alert_id == alert.id, ResponseRow.round == alert.round)
        )
    }
    calls = []
    owing = {concern.institute for concern in plan.concerns if concern.answer_required}
    for row in standing.values():
        if row.institute not in owing:
            row.answer_required, row.next_step_at = False, None
    for concern in plan.concerns:
        row_or_none = standing.get(concern.institute)
        if row_or_none is None:
            move = _begin(concern, alert, directory, now)
            session.execute(_ASKED, _row(concern, alert, move, now))
        elif concern.answer_required and not row_or_none.answer_required and row_or_none.answer is None:
            if quietly:
                _go_on(row_or_none, concern, directory, now)
                continue
            move = _begin(concern, alert, directory, now)
            row_or_none.ladder, row_or_none.answer_required, row_or_none.step = concern.ladder, True, move.step
            row_or_none.next_step_at = move.next_step_at
            row_or_none.exhausted_at = now if move.exhausted else None
        else:
            continue
        if move.reason is LadderReason.BEGUN:
            move = Move(move.step, move.next_step_at, exhausted=False, reason=LadderReason.NEWLY_CONCERNED)
        calls.append(Call(concern.institute, move))
    return tuple(calls)


def _go_on(row: ResponseRow, concern: Concern, directory: Directory, now: datetime) -> None:
    """Let a ladder go on where it stood; one that ran out stays so."""
    steps = directory.ladders[concern.ladder].steps
    row.ladder, row.answer_required, row.step = concern.ladder, True, min(max(row.step, 1), len(steps))
    if row.exhausted_at is None:
        row.next_step_at = now + steps[row.step - 1].wait


def end_rounds(session: Session, alert: AlertRow, *, before: int | None = None) -> None:
    """Chase nobody about the alert any more; with `before`, only in the rounds before that one."""
    rows = update(ResponseRow).where(ResponseRow.alert_id == alert.id, ResponseRow.next_step_at.is_not(None))
    if before is not None:
        rows = rows.where(ResponseRow.round < before)
    session.execute(rows.values(next_step_at=None))
    end_quorums(session, alert, before=before)
    end_reminders(session, alert.id, before=before)


def record_calls(
    session: Session, alert: AlertRow, calls: Iterable[Call], now: datetime, traceparent: str | None
) -> None:
    """Have each step told, as a change of its own."""
    for call in calls:
        record_change(
            session,
            alert,
            change=AlertChange.ESCALATED,
            reason=call.move.reason.value,
            now=now,
            institute=call.institute,
            step=None if call.move.exhausted else call.move.step,
            traceparent=traceparent,
        )


def _begin(concern: Concern, alert: AlertRow, directory: Directory, now: datetime) -> Move:
    return begin(
        directory.ladders[concern.ladder],
        answer_required=concern.answer_required,
        tellable=tellable(directory, alert, concern.institute, now),
        now=now,
    )


def _row(concern: Concern, alert: AlertRow, move: Move, now: datetime) -> dict[str, object]:
    return {
        "alert_id": alert.id,
        "institute": concern.institute,
        "round": alert.round,
        "ladder": concern.ladder,
        "answer_required": concern.answer_required,
        "answer": None,
        "answered_at": None,
        "answered_by": None,
        "answered_via": None,
        "first_answered_at": None,
        "step": move.step,
        "next_step_at": move.next_step_at,
        "exhausted_at": now if move.exhausted else None,
    }
