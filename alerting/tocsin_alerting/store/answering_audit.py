"""What must always hold of deadlines and reminders: rows that wait have a time, and none waits long after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from tocsin_alerting.policy.reminders import IN_HAND
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_answering import QuorumRow, ReminderRow


def waiting_questions(live: Sequence[str], *, overdue: datetime) -> Mapping[str, Any]:
    """Questions whose answers must be empty, by the invariant's name.

    Args:
        live: the states of alerts that are not closed.
        overdue: what was due before this instant is late.
    """
    response = and_(
        ResponseRow.alert_id == ReminderRow.alert_id,
        ResponseRow.institute == ReminderRow.institute,
        ResponseRow.round == ReminderRow.round,
    )
    return {
        "quorums_have_an_end": select(QuorumRow.alert_id, QuorumRow.round)
        .join(AlertRow, and_(AlertRow.id == QuorumRow.alert_id, AlertRow.round == QuorumRow.round))
        .where(AlertRow.state.in_(live), QuorumRow.next_at.is_(None), QuorumRow.passed_at.is_(None)),
        "deadlines_are_seen": select(QuorumRow.alert_id, QuorumRow.round).where(QuorumRow.next_at < overdue),
        "reminders_are_sent": select(ReminderRow.alert_id, ReminderRow.institute, ReminderRow.round).where(
            ReminderRow.next_at < overdue
        ),
        "reminders_remind_of_something": select(ReminderRow.alert_id, ReminderRow.institute, ReminderRow.round)
        .outerjoin(ResponseRow, response)
        .where(
            ReminderRow.next_at.is_not(None),
            (ResponseRow.answer.is_(None)) | (ResponseRow.answer.not_in([answer.value for answer in IN_HAND])),
        ),
    }
