"""What is known of how contacts can be reached: marks of their addresses, and what the last trials showed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy import marked as rules
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.contacts import Contact
from tocsin_alerting.policy.reach_test import Reached, reached
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.marks import marked
from tocsin_alerting.store.tables_deliveries import DeliveryRow


@dataclass(frozen=True, slots=True)
class Reachability:
    """One address of one contact, with what is known of it. Holds nothing that was reported."""

    institute: str
    contact: str
    channel: str
    address: str
    bad_since: datetime | None
    bad_reason: str | None
    tested_at: datetime | None
    """When it was tried out last."""
    test: Reached | None
    test_reason: str | None
    """The provider's word, where it was not taken."""


def reachability(session: Session, contacts: Iterable[Contact]) -> list[Reachability]:
    """Every address of the contacts, in the order of the file and of preference."""
    marks, trials = marked(session), _trials(session)
    found = []
    for contact in contacts:
        for at in contact.addresses:
            place = (at.channel.value, at.address)
            mark, trial = marks.get(place), trials.get((contact.id, *place))
            found.append(
                Reachability(
                    institute=contact.institute,
                    contact=contact.id,
                    channel=place[0],
                    address=place[1],
                    bad_since=None if mark is None else mark.bad_since,
                    bad_reason=None if mark is None else mark.bad_reason,
                    tested_at=None if trial is None else trial.created_at,
                    test=None if trial is None else _shown(trial),
                    test_reason=None if trial is None else trial.outcome_reason,
                )
            )
    return found


def unreachable(session: Session, contact: Contact) -> bool:
    """Whether no address of a contact is known to work: whoever plans duties asks this before they begin."""
    return rules.unreachable(contact, set(marked(session)))


def post_trials(session: Session, contacts: Iterable[Contact], *, run: str, policy: str, now: datetime) -> list[str]:
    """Send a message that is marked as a test to every address, once for each run; the bulletins' ids."""
    return [
        post_bulletin(
            session,
            BulletinKind.REACH_CHECK,
            key=f"reach_check:{run}:{contact.id}:{at.channel}:{sha256(at.address.encode()).hexdigest()[:16]}",
            institute=contact.institute,
            contact=contact.id,
            channel=at.channel,
            address=at.address,
            content={"run": run},
            policy=policy,
            now=now,
        )
        for contact in contacts
        for at in contact.addresses
    ]


def _trials(session: Session) -> dict[tuple[str, str, str], DeliveryRow]:
    rows = session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.bulletin_id.is_not(None), DeliveryRow.reason == BulletinKind.REACH_CHECK.value)
        .order_by(DeliveryRow.created_at, DeliveryRow.id)
    )
    return {(row.contact, row.channel, row.address): row for row in rows}


def _shown(row: DeliveryRow) -> Reached:
    return reached(row.channel, Outcome(row.outcome), None if row.receipt is None else Receipt(row.receipt))
