"""One page of what a summary holds, the gravest first: every folded alert is found from here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.bulletins.counting import Counted, Held, count
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.store.summaries import held
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_bulletins import BulletinRow
from tocsin_alerting.store.view import views_of
from tocsin_schemas.vocabulary import Status, Tlp

_CURSOR = re.compile(r"(-?\d{1,3})\.([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """A summary and some of the alerts that it holds, as one reader may see them."""

    id: str
    kind: BulletinKind
    institute: str
    contact: str
    """To whom it went; so are channel and address."""
    channel: str
    address: str
    urgent: bool
    status: Status
    created_at: datetime
    ended_at: datetime | None
    """When it was over; None: it goes on."""
    holds: Counted
    items: tuple[AlertView, ...]
    next: str | None
    """Cursor of the next page; None at the end."""


def summary_page(
    session: Session,
    identifier: str,
    *,
    directory: Directory,
    level: Callable[[Tlp], Level],
    limit: int,
    cursor: str | None = None,
) -> SummaryPage | None:
    """Some of what a summary holds; None where there is no such summary.

    Raises:
        ValueError: the cursor is none that was given out.
    """
    row = session.get(BulletinRow, identifier)
    if row is None or not BulletinKind(row.kind).holds:
        return None
    holds = sorted(held(session, row.id, directory=directory, level=level), key=_place)
    after = [each for each in holds if cursor is None or _place(each) > _read(cursor)]
    shown = after[:limit]
    found = session.scalars(select(AlertRow).where(AlertRow.id.in_([each.alert_id for each in shown])))
    alerts = {alert.id: alert for alert in found}
    ended = row.content.get("ended")
    return SummaryPage(
        id=row.id,
        kind=BulletinKind(row.kind),
        institute=row.institute,
        contact=row.contact,
        channel=row.channel,
        address=row.address,
        urgent=row.urgent,
        status=Status(row.content["status"]),
        created_at=row.created_at,
        ended_at=None if ended is None else datetime.fromisoformat(ended),
        holds=count(holds, since=None),
        items=views_of(session, [alerts[each.alert_id] for each in shown], directory=directory, level=level),
        next="{}.{}".format(*_place(shown[-1])) if len(after) > limit else None,
    )


def _place(each: Held) -> tuple[int, str]:
    """By what pages are divided: an alert keeps its place while its severity does."""
    return -each.severity.rank, each.alert_id


def _read(cursor: str) -> tuple[int, str]:
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        raise ValueError("cursor: is none that this list gave; leave it out to begin with the gravest")
    return int(found[1]), found[2]
