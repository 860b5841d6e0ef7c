"""Destinations are made known before anything is planned for them: by locking their rows workers share the queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from sqlalchemy import Table, bindparam, select, tuple_
from sqlalchemy.orm import Session

from tocsin_alerting.store.statements import insert_or_ignore
from tocsin_alerting.store.tables_deliveries import DestinationRow

DESTINATIONS = cast("Table", DestinationRow.__table__)
_place = DESTINATIONS.c
_KNOWN = select(_place.channel, _place.address).where(
    tuple_(_place.channel, _place.address).in_(bindparam("places", expanding=True))
)
"""Statements are built once: to build them takes longer than to run them."""


def know_destinations(session: Session, places: Iterable[tuple[str, str]]) -> None:
    """See to it that destinations, by channel and address, have their rows.

    On PostgreSQL those that are new are committed at once, by themselves. Whoever inserts a row that another
    transaction has not committed yet waits for that one; so if they were the caller's, two plannings that meet two new
    destinations in another order, or one of them a silence that the other holds, would wait for each other. A row
    without any message does no harm where the caller rolls back.
    """
    wanted = sorted(set(places))
    known = set(session.execute(_KNOWN, {"places": wanted})) if wanted else set()
    new = [{"channel": channel, "address": address} for channel, address in wanted if (channel, address) not in known]
    if not new:
        return
    insert = insert_or_ignore(session, DestinationRow)
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        with Session(bind.engine) as apart, apart.begin():
            apart.execute(insert, new)
    else:
        # SQLite knows one writer at a time, which the caller is.
        session.execute(insert, new)
