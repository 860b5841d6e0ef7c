"""What came to each destination in a storm, as the providers saw it, and what the store says of the rest."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.harness import System
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_bulletins import BulletinRow, StormRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow


@dataclass(frozen=True)
class Arrived:
    """One new message as it came to a destination."""

    at: float
    """Monotonic seconds."""
    about: str
    """Id of the alert, or of the bulletin."""
    text: str


def arrived(slack: SlackStandIn, sendgrid: SendGridStandIn, destination: str) -> list[Arrived]:
    """The new messages that a destination has, oldest first; edits are none, and a repeated mail is one."""
    if "@" in destination:
        mails = {mail.delivery: mail for mail in list(sendgrid.to(destination))}
        found = [Arrived(mail.at, mail.custom_args["alert"], f"{mail.subject}\n{mail.text}") for mail in mails.values()]
    else:
        found = [
            Arrived(one.posted_at, one.metadata["event_payload"]["alert"], one.text)
            for one in list(slack.in_channel(destination))
            if one.thread_ts is None
        ]
    return sorted(found, key=lambda one: one.at)


def outcomes(system: System) -> Counter[str]:
    """How many deliveries about alerts have which outcome."""
    counted = select(DeliveryRow.outcome, func.count()).where(DeliveryRow.alert_id.is_not(None))
    with system.read() as session:
        rows = session.execute(counted.group_by(DeliveryRow.outcome)).all()
    return Counter({row[0]: row[1] for row in rows})


def stages(system: System) -> str:
    """How long after the first alert the last was raised and planned, in words."""
    with system.read() as session:
        first, raised = session.execute(select(func.min(AlertRow.raised_at), func.max(AlertRow.raised_at))).one()
        planned = session.scalar(select(func.max(DeliveryRow.created_at)).where(DeliveryRow.alert_id.is_not(None)))
    assert planned is not None
    spans = [(at - first).total_seconds() for at in (raised, planned)]
    return "raised within {:.1f} s, planned within {:.1f} s".format(*spans)


def summaries(system: System) -> dict[str, str]:
    """The address of each summary, by its id."""
    with system.read() as session:
        return {bulletin.id: bulletin.address for bulletin in session.scalars(select(BulletinRow))}


def storms_open(system: System) -> int:
    """How many storms go on, or have something that was not told yet."""
    with system.read() as session:
        return session.scalar(select(func.count()).select_from(StormRow).where(StormRow.next_look_at.is_not(None))) or 0


def editions_waiting(system: System) -> int:
    """How many editions of summaries have not gone out yet."""
    waiting = select(func.count()).where(DeliveryRow.bulletin_id.is_not(None), DeliveryRow.outcome == "pending")
    with system.read() as session:
        return session.scalar(waiting) or 0


def held_by(system: System, summary: str) -> set[str]:
    """Every alert that a summary holds, page by page, as a responder's program reads them."""
    found: set[str] = set()
    cursor: dict[str, Any] = {}
    while True:
        page = system.api(f"/v1/summaries/{summary}", limit=500, **cursor)
        found |= {item["id"] for item in page["items"]}
        if page["next"] is None:
            return found
        cursor = {"cursor": page["next"]}


def sent_by_itself(system: System, address: str) -> set[str]:
    """The alerts that an address was told of one by one."""
    with system.read() as session:
        return set(
            session.scalars(
                select(DeliveryRow.alert_id).where(
                    DeliveryRow.address == address,
                    DeliveryRow.outcome == "sent",
                    DeliveryRow.kind == "message",
                    DeliveryRow.alert_id.is_not(None),
                )
            )
        )


def most_within(messages: list[Arrived], seconds: float) -> int:
    """The most messages that came in any span of so many seconds."""
    return max((sum(0 <= other.at - one.at < seconds for other in messages) for one in messages), default=0)


def rests(messages: list[Arrived]) -> list[float]:
    """Seconds between one message and the next."""
    return [later.at - earlier.at for earlier, later in pairwise(messages)]
