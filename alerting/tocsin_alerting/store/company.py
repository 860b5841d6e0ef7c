"""In whose company a report arrives: which series it replaces, which replaced it, and who tells the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.testimony import Facts, Witness
from tocsin_alerting.store.mentions import (
    FURTHER,
    Mentioned,
    Mentions,
    called,
    hold_names,
    mentions_of,
    stands,
)
from tocsin_alerting.store.tables import ReportRow
from tocsin_schemas.vocabulary import ReportKind

_report = cast("Table", ReportRow.__table__)
_CURRENT_OF_SERIES = select(_report.c.id, _report.c.institute, _report.c.series, _report.c.alert_id).where(
    _report.c.institute == bindparam("institute"),
    _report.c.series.in_(bindparam("series", expanding=True)),
    _report.c.current,
)


@dataclass(frozen=True, slots=True)
class Company:
    """The reports that an arriving one has to do with."""

    replaces: tuple[Mentioned, ...]
    """Current reports of its own institute whose place it takes."""
    replaced_by: Mentioned | None
    """A report of its own institute that counts and takes its place."""
    same: tuple[Mentioned, ...]
    """Reports of the same event or evidence."""
    naming: tuple[Mentioned, ...]
    """Current reports that build on it, directly or by way of others."""


def company_of(session: Session, testimony: Witness, facts: Facts) -> Company:
    """Look for them; whoever takes one of them at this moment is waited for."""
    hold_names(session, {*testimony.names, *facts.evidence, *facts.derived_from, *facts.supersedes})
    mentions = mentions_of(session, testimony.names, digests=facts.evidence, sources=facts.derived_from)
    replaces = _replaced(session, testimony, facts)
    return Company(
        replaces=replaces,
        replaced_by=_replaced_by(session, testimony, mentions.replaces_it, replaces),
        same=tuple(_same(session, testimony, facts, mentions)),
        naming=_naming(session, mentions.builds_on_it),
    )


def _replaced(session: Session, testimony: Witness, facts: Facts) -> tuple[Mentioned, ...]:
    found = called(session, facts.supersedes, institute=testimony.institute)
    series = {one.series for ones in found.values() for one in ones} - {testimony.series}
    if not series:
        return ()
    rows = session.execute(_CURRENT_OF_SERIES, {"institute": testimony.institute, "series": sorted(series)})
    return tuple(Mentioned(row.id, row.institute, row.series, row.alert_id, current=True) for row in rows)


def _replaced_by(
    session: Session, testimony: Witness, naming: Iterable[Mentioned], replaces: Iterable[Mentioned]
) -> Mentioned | None:
    """Who took its place and stands. Where each replaces the other, the newer word counts: the report's own."""
    own = {testimony.series, *(one.series for one in replaces)}
    for one in naming:
        if one.institute == testimony.institute and one.series not in own and stands(session, one):
            return one
    return None


def _same(session: Session, testimony: Witness, facts: Facts, mentions: Mentions) -> Iterable[Mentioned]:
    """Reports of other series that tell the same event; of findings only what another institute publishes anew."""
    builds_on = called(session, facts.derived_from)
    found = [one for ones in builds_on.values() if _is_one_series(ones) for one in ones]
    # A name that others bear as well does not say who is meant.
    found += [one for name, one in mentions.same_source if not builds_on[name] or _is_one_series(builds_on[name])]
    if mentions.builds_on_it:
        others = called(session, {name for name in testimony.names if " " not in name})
        meant_elsewhere = any(one.series != testimony.series for ones in others.values() for one in ones)
        found += [] if meant_elsewhere else mentions.builds_on_it
    found += mentions.same_evidence
    for one in dict.fromkeys(found):
        other_institute = one.institute != testimony.institute
        if (other_institute or one.series != testimony.series) and (
            other_institute or facts.kind is ReportKind.INCIDENT
        ):
            yield one


def _naming(session: Session, ones: Sequence[Mentioned]) -> tuple[Mentioned, ...]:
    """Reports that build on some, on these, and so on: their alerts learn what they go back to."""
    found, latest = list(ones), list(ones)
    for _ in range(FURTHER):
        if not latest:
            break
        further = mentions_of(session, {name for one in latest for name in one.names}).builds_on_it
        latest = [one for one in further if one not in found]
        found += latest
    return tuple(one for one in found if one.current)


def _is_one_series(ones: Iterable[Mentioned]) -> bool:
    return len({(one.institute, one.series) for one in ones}) == 1
