"""What tests of answers and of their withdrawal have in common: answering by program, and where an institute stands."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from tests.alerting.web.network import Network
from tocsin_alerting.store.tables import AnswerRow, ResponseRow
from tocsin_alerting.store.tables_answering import LookRow, ReminderRow


def answers(network: Network, alert: str, institute: str = "gb", answer: str = "acknowledge") -> None:
    """An institute answers through the API."""
    body = {"institute": institute, "answer": answer}
    reply = network.client().post(f"/v1/alerts/{alert}/answers", json=body, headers=network.bearer())
    assert reply.status_code < 300, reply.text


def resolve(network: Network, alert: str) -> None:
    """Everybody resolves, so the alert is closed."""
    for institute in ("fr", "gb", "jp"):
        answers(network, alert, institute)
        answers(network, alert, institute, "resolve")


def stands(network: Network, alert: str, institute: str = "gb") -> tuple[str | None, int]:
    """An institute's answer that stands, and the step of its ladder."""
    with network.store.read() as session:
        row = session.get_one(ResponseRow, (alert, institute, 1))
        return row.answer, row.step


def ledger(network: Network, alert: str) -> list[tuple[str, str, str, str]]:
    """Every answer and withdrawal: what came of it, which answer, by whom, on which way."""
    with network.store.read() as session:
        rows = session.scalars(select(AnswerRow).where(AnswerRow.alert_id == alert).order_by(AnswerRow.at))
        return [(row.outcome, row.answer, row.by, row.via) for row in rows]


def looks(network: Network, alert: str) -> list[tuple[str, str, str]]:
    """Who has looked: for which institute, who, on which way."""
    with network.store.read() as session:
        rows = session.scalars(select(LookRow).where(LookRow.alert_id == alert))
        return sorted((row.institute, row.by, row.via) for row in rows)


def unreminded(network: Network, alert: str) -> dict[str, Any]:
    """Which institutes want no reminders, and by whose wish."""
    with network.store.read() as session:
        rows = session.scalars(select(ReminderRow).where(ReminderRow.alert_id == alert))
        return {row.institute: row.unwanted_by for row in rows if row.unwanted_at is not None}
