"""Destinations are known before anything is planned for them, and nobody waits for anybody because of it."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.store import Store
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.destinations import know_destinations
from tocsin_alerting.store.tables_deliveries import DestinationRow

NEW, OTHER = "new@gb.example", "other@gb.example"


def _post(session: Session, key: str, address: str) -> None:
    post_bulletin(
        session,
        BulletinKind.SILENCE,
        key=key,
        institute="gb",
        contact="gb.duty",
        channel=Channel.EMAIL,
        address=address,
        content={},
        policy="p-1",
        now=datetime(2026, 11, 28, tzinfo=UTC),
    )


def _known(store: Store) -> list[str]:
    with store.read() as session:
        return list(session.scalars(select(DestinationRow.address).order_by(DestinationRow.address)))


def test_two_who_meet_new_destinations_in_another_order_do_not_wait_for_each_other(store: Store) -> None:
    """On PostgreSQL they would be in a deadlock; SQLite has one writer at a time."""
    if store.dialect == "sqlite":
        with store.transaction() as only:
            _post(only, "a", NEW)
            _post(only, "b", OTHER)
    else:
        with store.transaction() as first, store.transaction() as second:
            for session in (first, second):
                session.execute(text("SET LOCAL lock_timeout = '2s'"))
            _post(first, "a", NEW)
            _post(second, "b", OTHER)
            _post(first, "c", OTHER)
            _post(second, "d", NEW)

    assert _known(store) == [NEW, OTHER]


def test_a_destination_that_is_known_stays_as_it_is(store: Store) -> None:
    """A hold or a mark is not lost when the next message is planned."""
    until = datetime(2026, 11, 28, 12, tzinfo=UTC)
    with store.transaction() as session:
        know_destinations(session, [("email", NEW)])
        session.get_one(DestinationRow, ("email", NEW)).not_before = until
    with store.transaction() as session:
        know_destinations(session, [("email", OTHER), ("email", NEW), ("email", NEW)])
    with store.read() as session:
        held = session.get_one(DestinationRow, ("email", NEW)).not_before

    assert held == until
    assert _known(store) == [NEW, OTHER]
