"""What the store says of an alert, for tests that look behind the messages."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from tests.system.harness import System
from tocsin_alerting.store.tables import AlertRow, AnswerRow, ChangeRow, ReportRow, ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow


@dataclass(frozen=True)
class Rows:
    """Everything that an answer would change."""

    revision: int
    state: str
    answers: tuple[str, ...]
    responses: tuple[tuple[str, str | None, str | None, int], ...]
    changes: tuple[tuple[int, str, str], ...]


def alert_of(system: System, event_id: str, *, within: float = 30) -> str:
    """The id of the alert that a report raised or joined, as soon as it has."""

    def look() -> str | None:
        with system.read() as session:
            return session.scalar(select(ReportRow.alert_id).where(ReportRow.event_id == event_id))

    return str(system.eventually(look, f"report {event_id} is in an alert", within=within))


def rows_of(system: System, alert: str) -> Rows:
    """The alert's rows as they are now."""
    with system.read() as session:
        row = session.get_one(AlertRow, alert)
        answers = session.scalars(select(AnswerRow.id).where(AnswerRow.alert_id == alert).order_by(AnswerRow.id))
        responses = session.scalars(
            select(ResponseRow).where(ResponseRow.alert_id == alert).order_by(ResponseRow.institute, ResponseRow.round)
        )
        changes = session.scalars(select(ChangeRow).where(ChangeRow.alert_id == alert).order_by(ChangeRow.revision))
        return Rows(
            row.revision,
            row.state,
            tuple(answers),
            tuple((one.institute, one.answer, one.answered_by, one.step) for one in responses),
            tuple((one.revision, one.change, one.reason) for one in changes),
        )


def deliveries_of(system: System, alert: str, channel: str | None = None) -> list[DeliveryRow]:
    """The alert's deliveries, oldest first."""
    with system.read() as session:
        found = session.scalars(
            select(DeliveryRow)
            .where(DeliveryRow.alert_id == alert)
            .order_by(DeliveryRow.revision, DeliveryRow.created_at, DeliveryRow.address)
        ).all()
        session.expunge_all()
    return [one for one in found if channel is None or one.channel == channel]


def settled(system: System, alert: str, *, within: float = 30) -> list[DeliveryRow]:
    """The alert's deliveries once every event of it has been planned on both channels and sent or dropped."""

    def look() -> list[DeliveryRow]:
        with system.read() as session:
            revision = session.get_one(AlertRow, alert).revision
        found = deliveries_of(system, alert)
        newest = {one.revision for one in found}
        return found if revision in newest and all(one.outcome != "pending" for one in found) else []

    return system.eventually(look, f"alert {alert} has been told", within=within)
