"""Telling administrators of silences: that one begins or is over, and that one keeps something grave back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.described import Described
from tocsin_alerting.policy.bulletins import BulletinKind
from tocsin_alerting.policy.directory import Contact, Directory
from tocsin_alerting.policy.muting.hiding import Hiding
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.store.bulletins import post_bulletin
from tocsin_alerting.store.due import BATCH, act_on_due
from tocsin_alerting.store.engine import Store
from tocsin_alerting.store.judgements import actor_name
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow
from tocsin_schemas.vocabulary import Severity


def tell_silences(store: Store, *, directory: Directory, now: datetime) -> int:
    """Tell of silences that have begun, and of those that are over; how many. Each is told once, by one desk."""
    begun = and_(SilenceRow.starts_at <= now, SilenceRow.begun_told_at.is_(None))
    over = and_(SilenceRow.ends_at <= now, SilenceRow.begun_told_at.is_not(None), SilenceRow.over_told_at.is_(None))
    due = select(SilenceRow.id).where(or_(begun, over)).order_by(SilenceRow.starts_at, SilenceRow.id).limit(BATCH)
    told = act_on_due(
        store,
        lambda session: session.scalars(due),
        lambda session, silence: silence if _tell(session, silence, directory, now) else None,
    )
    return len(told)


def tell_hidden(
    session: Session,
    cause: str,
    row: SilenceRow | None,
    *,
    alert: str,
    institute: str,
    severity: Severity,
    why: Hiding,
    directory: Directory,
    now: datetime,
) -> None:
    """Tell the administrators of an institute, and whoever asked for the silence, that it keeps something grave back.

    Args:
        session: of the transaction that keeps it back.
        cause: the silence or window, as deliveries name it.
        row: the silence; None for a window.
        alert: what is kept back.
        institute: from whose people.
        severity: of the alert.
        why: why they are told.
        directory: the policy.
        now: the present instant.
    """
    owner = directory.contacts.get(row.by) if row is not None else None
    contacts = [*directory.administrators(institute), *([owner] if owner is not None else [])]
    content = {
        "what": "hides",
        "severity": severity.value,
        "why": why.value,
        "alert": alert,
        **_content(row, cause, directory),
    }
    _post(
        session,
        contacts,
        key=f"silence_hides:{cause}:{alert}:{severity}",
        content=content,
        alerts=(alert,),
        directory=directory,
        now=now,
    )


def _tell(session: Session, silence: str, directory: Directory, now: datetime) -> bool:
    """Tell what is to be told of a silence now; whether there was anything that no other desk had told."""
    row = session.get(SilenceRow, silence, with_for_update=True, populate_existing=True)
    if row is None:
        return False
    whose = [row.institute] if row.institute is not None else sorted(directory.institute_names)
    contacts = [contact for institute in whose for contact in directory.administrators(institute)]
    content = _content(row, f"silence:{row.id}", directory)
    if row.begun_told_at is None and row.ends_at > now:
        row.begun_told_at = now
        _post(
            session,
            contacts,
            key=f"silence_begun:{row.id}",
            content={"what": "begun", **content},
            directory=directory,
            now=now,
        )
    elif row.begun_told_at is None:
        # It was over before a desk looked: nobody is told that it began.
        row.begun_told_at = row.over_told_at = now
    elif row.over_told_at is None and row.ends_at <= now:
        row.over_told_at = now
        kept = session.scalar(
            select(func.count(func.distinct(MutingRow.alert_id))).where(
                MutingRow.source_id == row.id, MutingRow.effect == Effect.KEEPS_BACK.value
            )
        )
        _post(
            session,
            contacts,
            key=f"silence_over:{row.id}",
            content={"what": "over", "kept": kept or 0, "early": row.ended_early, **content},
            directory=directory,
            now=now,
        )
    else:
        return False
    return True


def _content(row: SilenceRow | None, cause: str, directory: Directory) -> dict[str, Any]:
    if row is None:
        return {"cause": cause, "by": None, "reason": None, "ends_at": None, "for_all": False}
    name = actor_name(row.by, directory)
    return {
        "cause": cause,
        # A role is said in each reader's language when it is told.
        "by": row.by if isinstance(name, Described) else name,
        "by_institute": directory.institute_name(row.by.removeprefix("institute:")),
        "reason": row.reason,
        "ends_at": row.ends_at.isoformat(),
        "for_all": row.institute is None,
    }


def _post(
    session: Session,
    contacts: Iterable[Contact],
    *,
    key: str,
    content: Mapping[str, Any],
    directory: Directory,
    now: datetime,
    alerts: Sequence[str] = (),
) -> None:
    for contact in {each.id: each for each in contacts}.values():
        for at in contact.addresses:
            post_bulletin(
                session,
                BulletinKind.SILENCE,
                key=f"{key}:{contact.id}:{at.channel}:{at.address}",
                institute=contact.institute,
                contact=contact.id,
                channel=at.channel,
                address=at.address,
                content=content,
                alerts=alerts,
                policy=directory.version,
                now=now,
            )
