"""Where institutes stand, read in one look: their rows, when each was told and looked, deadlines, and reminders."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import BindParameter, Row, Table, and_, bindparam, func, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.answer_views import MutedView, QuorumView, ResponseView
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.institute_states import institute_state
from tocsin_alerting.policy.quorum import needed
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store.deliveries import DELIVERIES
from tocsin_alerting.store.judgements import actor_name
from tocsin_alerting.store.tables import AlertRow, ResponseRow
from tocsin_alerting.store.tables_answering import LookRow, QuorumRow, ReminderRow
from tocsin_schemas.vocabulary import Answer

_response, _alert = cast("Table", ResponseRow.__table__), cast("Table", AlertRow.__table__)
_look, _reminder, _quorum = (cast("Table", row.__table__) for row in (LookRow, ReminderRow, QuorumRow))
_IDS: BindParameter[Sequence[str]] = bindparam("alerts", expanding=True)


@dataclass(frozen=True, slots=True)
class Standings:
    """An alert's present round, as it was read."""

    responses: Sequence[Row[Any]] = ()
    """Columns of `responses` with `told_at`, `seen_at`, `next_reminder_at`, `reminders_sent`, `unwanted_at`."""
    quorum: Row[Any] | None = None

    def views(
        self, directory: Directory, *, full: bool, muted: Callable[[str], MutedView | None]
    ) -> tuple[ResponseView, ...]:
        """Where each institute stands; who answered is shown to those who may read the alert.

        `muted` says why an institute is not called, where something keeps the calls back.
        """
        passed = None if self.quorum is None else self.quorum.passed_at
        return tuple(
            ResponseView(
                institute=row.institute,
                name=directory.institute_name(row.institute),
                answer_required=row.answer_required,
                answer=None if row.answer is None else Answer(row.answer),
                answered_by=actor_name(row.answered_by, directory) if full else None,
                answered_via=row.answered_via if full else None,
                answered_at=row.answered_at,
                step=row.step,
                next_step_at=row.next_step_at,
                exhausted_at=row.exhausted_at,
                muted=muted(row.institute),
                state=institute_state(
                    answer_required=row.answer_required,
                    answer=None if row.answer is None else Answer(row.answer),
                    told_at=row.told_at,
                    seen_at=row.seen_at,
                    exhausted_at=row.exhausted_at,
                    deadline_passed_at=passed,
                ),
                told_at=row.told_at,
                seen_at=row.seen_at,
                next_reminder_at=row.next_reminder_at,
                reminders_sent=row.reminders_sent or 0,
                reminders_unwanted_at=row.unwanted_at,
            )
            for row in self.responses
        )

    def quorum_view(self) -> QuorumView | None:
        """The quorum of the round, where it has one."""
        if self.quorum is None:
            return None
        owing = [row for row in self.responses if row.answer_required]
        return QuorumView(
            institutes=self.quorum.institutes,
            needed=needed(self.quorum.institutes, len(owing)),
            answered=sum(row.answer is not None for row in owing),
            owing=len(owing),
            due_at=self.quorum.due_at,
            met_at=self.quorum.met_at,
            missed_at=self.quorum.missed_at,
            passed_at=self.quorum.passed_at,
        )


def standings_of(session: Session, alert_ids: Sequence[str]) -> Mapping[str, Standings]:
    """Where the institutes of alerts stand, each alert in its present round."""
    if not alert_ids:
        return {}
    asked = {"alerts": list(alert_ids)}
    responses: dict[str, list[Row[Any]]] = {}
    for row in session.execute(_RESPONSES, asked):
        responses.setdefault(row.alert_id, []).append(row)
    quorums = {row.alert_id: row for row in session.execute(_QUORUMS, asked)}
    return {alert: Standings(rows, quorums.get(alert)) for alert, rows in responses.items()}


def _grouped(table: Table, column: str, label: str, *conditions: Any) -> Any:
    """The first instant of something by alert, institute and round."""
    key = (table.c.alert_id, table.c.institute, table.c.round)
    return (
        select(*key, func.min(table.c[column]).label(label))
        .where(table.c.alert_id.in_(_IDS), *conditions)
        .group_by(*key)
        .subquery()
    )


def _responses() -> Any:
    """Built once: a notifier reads an alert for each message."""
    told = _grouped(
        DELIVERIES,
        "sent_at",
        "told_at",
        DELIVERIES.c.outcome.in_([Outcome.SENT.value, Outcome.PREVIEWED.value]),
        DELIVERIES.c.kind != DeliveryKind.EDIT.value,
    )
    seen = _grouped(_look, "at", "seen_at")

    def same(other: Any) -> Any:
        return and_(
            other.c.alert_id == _response.c.alert_id,
            other.c.institute == _response.c.institute,
            other.c.round == _response.c.round,
        )

    return (
        select(
            *_response.c,
            told.c.told_at,
            seen.c.seen_at,
            _reminder.c.next_at.label("next_reminder_at"),
            _reminder.c.sent.label("reminders_sent"),
            _reminder.c.unwanted_at,
        )
        .select_from(_response)
        .join(_alert, and_(_alert.c.id == _response.c.alert_id, _alert.c.round == _response.c.round))
        .outerjoin(told, same(told))
        .outerjoin(seen, same(seen))
        .outerjoin(_reminder, same(_reminder))
        .where(_response.c.alert_id.in_(_IDS))
        .order_by(_response.c.alert_id, _response.c.institute)
    )


_RESPONSES = _responses()
_QUORUMS = (
    select(*_quorum.c)
    .select_from(_quorum)
    .join(_alert, and_(_alert.c.id == _quorum.c.alert_id, _alert.c.round == _quorum.c.round))
    .where(_quorum.c.alert_id.in_(_IDS))
)
