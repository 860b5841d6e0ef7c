"""Bulletins: posted once for each key, revised when there is more to say, and sent through the queue of deliveries."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid5

from sqlalchemy import Table, exists, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.bulletins import BULLETIN_CHANGE, BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store.destinations import know_destinations
from tocsin_alerting.store.statements import insert_or_ignore
from tocsin_alerting.store.tables_bulletins import BulletinRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow

_BULLETINS = UUID("0b7c2b8e-6f0e-5d53-8a43-3d5a0a6f7e21")
"""Namespace of the ids of bulletins and their deliveries."""
BULLETINS = cast("Table", BulletinRow.__table__)
BULLETIN_LABEL = "tlp"
"""Where a kept bulletin says the label of what it showed."""


def bulletin_id(key: str) -> str:
    """The id of the bulletin that is posted for a key."""
    return str(uuid5(_BULLETINS, key))


def post_bulletin(
    session: Session,
    kind: BulletinKind,
    *,
    key: str,
    institute: str,
    contact: str,
    channel: Channel,
    address: str,
    content: Mapping[str, Any],
    policy: str,
    now: datetime,
    alerts: Sequence[str] = (),
    urgent: bool = False,
    due: datetime | None = None,
) -> str:
    """Have something told at an address, once for each key; the bulletin's id, the same when it was posted before.

    Runs in the caller's transaction; the channel's notifier renders and sends it like any other delivery.

    Args:
        session: that writes.
        kind: says which module of words renders it.
        key: what it is posted for, such as `address_marked:<address>:<since>`; at most 400 characters.
        institute: whose people it goes to.
        contact: to whom.
        channel: by which channel.
        address: where.
        content: what its words are made from: ids, labels, numbers, times; never a text that was reported.
        policy: version of the policy that decided.
        now: the present instant.
        alerts: ids of alerts that it names. What of each is said there is decided when it is rendered.
        urgent: whether it goes before everything that is not severe.
        due: when it is to go out, from what is true then; None: now.
    """
    identifier = bulletin_id(key)
    if session.scalar(select(exists().where(BULLETINS.c.id == identifier))):
        return identifier
    row = {
        "id": identifier,
        "key": key,
        "kind": kind.value,
        "edition": 1,
        "institute": institute,
        "contact": contact,
        "channel": channel.value,
        "address": address,
        "urgent": urgent,
        "content": dict(content),
        "alerts": list(alerts),
        "created_at": now,
        "updated_at": now,
    }
    session.execute(insert_or_ignore(session, BulletinRow), row)
    _enqueue(session, row, DeliveryKind.MESSAGE, policy=policy, now=now, due=due)
    return identifier


def revise_bulletin(
    session: Session,
    identifier: str,
    *,
    content: Mapping[str, Any],
    policy: str,
    now: datetime,
    alerts: Sequence[str] | None = None,
) -> None:
    """Say more, or something else: Slack's message is edited in place; by other channels a new one goes out.

    An edition that still waits unclaimed is rendered from what is true when its turn comes, so it is not doubled.

    Raises:
        LookupError: there is no such bulletin.
    """
    found = session.get(BulletinRow, identifier, populate_existing=True)
    if found is None:
        raise LookupError(f"there is no bulletin {identifier}")
    found.content, found.updated_at = dict(content), now
    if alerts is not None:
        found.alerts = list(alerts)
    waiting = session.scalar(
        select(DeliveryRow.id).where(
            DeliveryRow.bulletin_id == identifier,
            DeliveryRow.outcome == Outcome.PENDING.value,
            DeliveryRow.claimed_by.is_(None),
        )
    )
    if waiting is not None:
        session.flush()
        return
    found.edition += 1
    row = {column.name: getattr(found, column.name) for column in BULLETINS.c}
    session.flush()
    edits = found.channel == Channel.SLACK.value and _stands(session, identifier)
    _enqueue(session, row, DeliveryKind.EDIT if edits else DeliveryKind.MESSAGE, policy=policy, now=now)


def _stands(session: Session, identifier: str) -> bool:
    """Whether a message of it stands at its address, or may come to: one that failed is no message to change."""
    alive = (Outcome.PENDING.value, Outcome.SENT.value, Outcome.PREVIEWED.value)
    return bool(
        session.scalar(
            select(
                exists().where(
                    DeliveryRow.bulletin_id == identifier,
                    DeliveryRow.kind == DeliveryKind.MESSAGE.value,
                    DeliveryRow.outcome.in_(alive),
                )
            )
        )
    )


def _enqueue(
    session: Session,
    row: Mapping[str, Any],
    kind: DeliveryKind,
    *,
    policy: str,
    now: datetime,
    due: datetime | None = None,
) -> None:
    lane = Lane.URGENT if row["urgent"] else Lane.ASKED
    know_destinations(session, [(row["channel"], row["address"])])
    session.execute(
        insert_or_ignore(session, DeliveryRow),
        {
            "id": str(uuid5(_BULLETINS, json.dumps([row["id"], row["edition"]]))),
            "alert_id": None,
            "bulletin_id": row["id"],
            "revision": row["edition"],
            "round": 0,
            "change": BULLETIN_CHANGE,
            "institute": row["institute"],
            "contact": row["contact"],
            "channel": row["channel"],
            "address": row["address"],
            "kind": kind.value,
            "reason": row["kind"],
            "lane": (Lane.EDIT if kind is DeliveryKind.EDIT else lane).value,
            # What is said of each alert in it is decided for each; nothing of any is known here.
            "disclosure": Level.FULL.value,
            "policy": policy,
            "outcome": Outcome.PENDING.value,
            "attempts": 0,
            "next_attempt_at": due if due is not None else now,
            "created_at": now,
        },
    )
