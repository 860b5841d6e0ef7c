"""What reports name: evidence, reports they build on or replace; found from either side, whichever came first.

A report that is named may not have come yet, or never come. What names it is kept as a row, and found when it comes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, insert, or_, select, text
from sqlalchemy.orm import Session

from tocsin_alerting.policy.testimony import Facts, names_of, report_id
from tocsin_alerting.store.tables import MentionRow, ReportRow

FURTHER = 4
"""How many reports may lie between two of which one builds on the other."""
EVIDENCE, DERIVED_FROM, SUPERSEDES = "evidence", "derived_from", "supersedes"

_mention = cast("Table", MentionRow.__table__)
_report = cast("Table", ReportRow.__table__)
_NAMED = insert(_mention)
"""Statements are built once: to build them takes longer than to run them."""
_columns = (
    _report.c.id,
    _report.c.source,
    _report.c.event_id,
    _report.c.institute,
    _report.c.series,
    _report.c.alert_id,
    _report.c.current,
)
_MENTIONS = (
    select(_mention.c.kind, _mention.c.name, *_columns)
    .join(_report, _mention.c.report_id == _report.c.id)
    .where(
        or_(
            and_(
                _mention.c.name.in_(bindparam("names", expanding=True)),
                _mention.c.kind.in_((DERIVED_FROM, SUPERSEDES)),
            ),
            and_(_mention.c.name.in_(bindparam("digests", expanding=True)), _mention.c.kind == EVIDENCE),
            and_(_mention.c.name.in_(bindparam("sources", expanding=True)), _mention.c.kind == DERIVED_FROM),
        )
    )
    .order_by(_report.c.received_at, _report.c.id)
)
_CALLED = (
    select(*_columns)
    .where(
        or_(
            _report.c.event_id.in_(bindparam("names", expanding=True)),
            _report.c.series.in_(bindparam("names", expanding=True)),
            _report.c.id.in_(bindparam("ids", expanding=True)),
        )
    )
    .order_by(_report.c.received_at, _report.c.id)
)
_STANDS = (
    select(_report.c.current, _report.c.superseded_by)
    .where(_report.c.institute == bindparam("institute"), _report.c.series == bindparam("series"))
    .order_by(_report.c.current.desc(), _report.c.received_at.desc(), _report.c.id)
    .limit(1)
)
_REPLACEMENTS = 8
"""How often the place of a report may have been taken in turn."""
_IN_TURN = text("SELECT pg_advisory_xact_lock(turn) FROM (SELECT unnest(:turns) AS turn ORDER BY 1) AS turns")


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A report that names another one, or that another one names."""

    report: str
    institute: str
    series: str
    alert: str
    current: bool
    names: frozenset[str] = frozenset()
    """By which it may be named."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Who has to do with a report, by what they name; oldest first."""

    builds_on_it: tuple[Mentioned, ...]
    replaces_it: tuple[Mentioned, ...]
    same_evidence: tuple[Mentioned, ...]
    same_source: tuple[tuple[str, Mentioned], ...]
    """Who builds on what it builds on, with the name of that."""


def hold_names(session: Session, names: Iterable[str]) -> None:
    """Wait for whoever takes a report of one of these names, until the transaction ends.

    Two reports of which one names the other may arrive at two desks in one instant; neither would see the other. They
    take turns, by one order for all. SQLite has one writer at a time anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        digests = (hashlib.sha256(name.encode()).digest()[:8] for name in names)
        turns = sorted({int.from_bytes(digest, "big", signed=True) for digest in digests})
        session.execute(_IN_TURN, {"turns": turns})


def write_mentions(session: Session, report: str, facts: Facts) -> None:
    """Keep what a report names."""
    kinds = ((EVIDENCE, facts.evidence), (DERIVED_FROM, facts.derived_from), (SUPERSEDES, facts.supersedes))
    rows = [{"report_id": report, "kind": kind, "name": name} for kind, names in kinds for name in names]
    if rows:
        session.execute(_NAMED, rows)


def mentions_of(
    session: Session, names: Collection[str], *, digests: Collection[str] = (), sources: Collection[str] = ()
) -> Mentions:
    """Who has to do with a report, whether it has come or not.

    Args:
        session: any.
        names: by which it may be named.
        digests: of what it rests on.
        sources: names of what it builds on.
    """
    asked = {"names": sorted(names), "digests": sorted(digests), "sources": sorted(sources)}
    rows = [(row.kind, row.name, _mentioned(row)) for row in session.execute(_MENTIONS, asked)]
    return Mentions(
        builds_on_it=tuple(one for kind, name, one in rows if kind == DERIVED_FROM and name in names),
        replaces_it=tuple(one for kind, _, one in rows if kind == SUPERSEDES),
        same_evidence=tuple(one for kind, _, one in rows if kind == EVIDENCE),
        same_source=tuple((name, one) for kind, name, one in rows if kind == DERIVED_FROM and name in sources),
    )


def called(session: Session, names: Collection[str], *, institute: str | None = None) -> dict[str, list[Mentioned]]:
    """The reports that a name names, for each of some names, oldest first.

    Args:
        session: any.
        names: event id, `source event-id`, series, `institute series`, or our own id of a report.
        institute: whose reports alone are meant; None: anybody's.
    """
    if not names:
        return {}
    parts = [(name.partition(" "), name) for name in names]
    bare = {part for (left, _, right), name in parts for part in (name, right) if part and left}
    ids = {*names, *(report_id(left, right) for (left, space, right), _ in parts if space)}
    found: dict[str, list[Mentioned]] = {name: [] for name in names}
    for row in session.execute(_CALLED, {"names": sorted(bare), "ids": sorted(ids)}):
        if institute is not None and row.institute != institute:
            continue
        for name in _names(row, found):
            found[name].append(_mentioned(row))
    return found


def stands(session: Session, mentioned: Mentioned) -> bool:
    """Whether the word of a report holds: its series counts now, or one does that took its place in turn."""
    series: str | None = mentioned.series
    for _ in range(_REPLACEMENTS):
        newest = session.execute(_STANDS, {"institute": mentioned.institute, "series": series}).one_or_none()
        if newest is None or newest.current:
            return newest is not None
        series = newest.superseded_by
        if series is None:
            return False
    return False


def _names(row: Any, names: Iterable[str]) -> Iterable[str]:
    for name in names:
        left, space, right = name.partition(" ")
        by_source = bool(space) and row.id == report_id(left, right)
        by_series = bool(space) and (left, right) == (row.institute, row.series)
        if name in {row.event_id, row.series, row.id} or by_source or by_series:
            yield name


def _mentioned(row: Any) -> Mentioned:
    names = names_of(source=row.source, event_id=row.event_id, institute=row.institute, series=row.series)
    return Mentioned(row.id, row.institute, row.series, row.alert_id, row.current, names)
