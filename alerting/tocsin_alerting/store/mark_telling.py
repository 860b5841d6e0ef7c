"""Tells administrators of addresses that were marked: once for each marking, however many desks look."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from itertools import chain

from sqlalchemy import select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.marked import MarkReason, Notice, coordinator_notices, notices
from tocsin_alerting.policy.reaching import Next
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.marks import marked
from tocsin_alerting.store.reaching import Reconsidered
from tocsin_alerting.store.tables import ChangeRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow, DestinationRow

_TEXT = 120


def tell_marks(store: Store, *, directory: Directory, now: datetime) -> list[Notice]:
    """Tell of every mark that nobody was told of; each in a transaction of its own."""
    untold = (
        select(DestinationRow.channel, DestinationRow.address)
        .where(DestinationRow.bad_since.is_not(None), DestinationRow.bad_told_at.is_(None))
        .order_by(DestinationRow.bad_since, DestinationRow.channel, DestinationRow.address)
        .limit(BATCH)
    )

    def tell(session: Session, due: tuple[str, str]) -> list[Notice]:
        place = session.get(DestinationRow, due, with_for_update=True, populate_existing=True)
        if place is None or place.bad_since is None or place.bad_told_at is not None:
            return []
        place.bad_told_at = now
        found = notices(directory, place.channel, place.address, set(marked(session)))
        for notice in found:
            _tell(session, place, notice, directory, now)
        return list(found)

    return list(chain.from_iterable(act_on_due(store, lambda session: session.execute(untold), tell)))


def tell_coordinator_not_reached(session: Session, seen: Reconsidered, *, directory: Directory, now: datetime) -> None:
    """Where nobody of the coordinator was told of a silence, its administrators are, wherever they may be reached."""
    if not seen.coordinating or seen.judgement.next is not Next.NEXT_PERSON:
        return
    event = session.scalar(
        select(ChangeRow.event)
        .join(
            DeliveryRow,
            (DeliveryRow.alert_id == ChangeRow.alert_id) & (DeliveryRow.revision == ChangeRow.revision),
        )
        .where(DeliveryRow.id == seen.delivery)
    )
    silent = str((event or {}).get("institute") or seen.institute)
    for notice in coordinator_notices(directory, silent, set(marked(session))):
        _post(
            session,
            notice,
            key=f"coordinator_not_reached:{seen.alert_id}:{silent}",
            content={"what": notice.reason.value, "institute": silent, "alert": seen.alert_id},
            directory=directory,
            now=now,
        )


def _tell(session: Session, place: DestinationRow, notice: Notice, directory: Directory, now: datetime) -> None:
    since = place.bad_since or now
    names = [
        contact.name
        for contact, _ in directory.readers(place.channel, place.address)
        if contact.institute == notice.institute
    ]
    own = notice.reason is MarkReason.OWN_ADDRESS
    _post(
        session,
        notice,
        key=f"marked:{place.channel}:{since.isoformat()}:{_short(place.address)}:{notice.reason}",
        content={
            "what": notice.reason.value,
            "institute": notice.institute,
            "names": names,
            "channel": place.channel,
            "since": since.isoformat(),
            # Only the institute itself is told where its people are reached, and what the provider said of it.
            "address": place.address if own else "",
            "said": (place.bad_reason or "")[:_TEXT] if own else "",
        },
        directory=directory,
        now=now,
    )


def _post(
    session: Session, notice: Notice, *, key: str, content: dict[str, object], directory: Directory, now: datetime
) -> None:
    at = notice.address
    post_bulletin(
        session,
        BulletinKind.NOT_REACHED,
        key=f"{key}:{notice.contact.id}:{at.channel}:{_short(at.address)}",
        institute=notice.contact.institute,
        contact=notice.contact.id,
        channel=at.channel,
        address=at.address,
        content={**content, "institute_name": directory.institute_name(notice.institute)},
        alerts=(str(content["alert"]),) if "alert" in content else (),
        policy=directory.version,
        now=now,
        urgent=notice.reason is not MarkReason.OWN_ADDRESS,
    )


def _short(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:16]
