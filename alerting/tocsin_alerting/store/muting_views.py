"""What keeps an alert from an institute's people, for readers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import Row, Table, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from tocsin_alerting.messages.answer_views import MutedView
from tocsin_alerting.messages.described import MAINTENANCE, Described
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.muting.keeping_back import Effect
from tocsin_alerting.policy.muting.silences import CauseKind, parts_of
from tocsin_alerting.store.judgements import actor_name
from tocsin_alerting.store.tables_muting import MutingRow, SilenceRow

_muting, _silence = (cast("Table", row.__table__).c for row in (MutingRow, SilenceRow))
_OF_ALERT = (
    select(
        _muting.institute,
        _muting.cause,
        _muting.kind,
        _muting.effect,
        _muting.until,
        _silence.ends_at,
        _silence.by,
        _silence.reason,
    )
    .select_from(
        cast("Table", MutingRow.__table__).outerjoin(
            cast("Table", SilenceRow.__table__),
            and_(_silence.id == _muting.source_id, _muting.kind == CauseKind.SILENCE.value),
        )
    )
    .where(
        _muting.alert_id == bindparam("alert"),
        or_(_muting.ended_at.is_(None), _muting.effect == Effect.BROKEN_THROUGH.value),
    )
    # What still keeps it back comes last, and stands for the others.
    .order_by(_muting.effect, _muting.at.desc(), _muting.cause)
)


def mutings_of(session: Session, alert: str) -> Sequence[Row[Any]]:
    """What keeps an alert from whom, and what it broke through."""
    return cast("Sequence[Row[Any]]", session.execute(_OF_ALERT, {"alert": alert}).all())


def muted_view(rows: Sequence[Any], institute: str, directory: Directory, *, full: bool, why: bool) -> MutedView | None:
    """What keeps an alert from an institute's people.

    Args:
        rows: what keeps it from whom, as `mutings_of` gives it.
        institute: whose people.
        directory: names and windows.
        full: whether the reader may read the whole alert, and so may know who asked for it.
        why: whether the reason may be shown.
    """
    row = next((one for one in reversed(rows) if one.institute == institute), None)
    if row is None:
        return None
    by, reason = row.by, row.reason
    if row.kind == CauseKind.MAINTENANCE:
        _, name = parts_of(row.cause)
        window = next((one for one in directory.muting.maintenance if one.id == name), None)
        by, reason = Described(MAINTENANCE, name=name), None if window is None else window.reason
    else:
        by = actor_name(by, directory)
    return MutedView(
        cause=row.cause,
        kind=CauseKind(row.kind),
        effect=Effect(row.effect),
        until=row.until or row.ends_at,
        by=by if full else None,
        reason=reason if why else None,
    )
