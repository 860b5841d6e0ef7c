"""The reports of an alert as witnesses, and their place in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, bindparam, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.lifecycle import AlertNow, Decision, Standing
from tocsin_alerting.policy.overrides import Override
from tocsin_alerting.policy.testimony import Facts, Witness, names_of
from tocsin_alerting.store.mentions import FURTHER, called
from tocsin_alerting.store.tables import AlertRow, ReportRow
from tocsin_schemas.vocabulary import AlertState, Severity

_report = cast("Table", ReportRow.__table__)
_COLUMNS = select(
    _report.c.id,
    _report.c.source,
    _report.c.event_id,
    _report.c.institute,
    _report.c.series,
    _report.c.severity,
    _report.c.received_at,
    _report.c.current,
    _report.c.facts,
)
_CURRENT = _COLUMNS.where(_report.c.alert_id == bindparam("alert"), _report.c.current).order_by(
    _report.c.received_at, _report.c.id
)
_EVER = _COLUMNS.where(_report.c.alert_id == bindparam("alert")).order_by(_report.c.received_at, _report.c.id)
_BY_ID = _COLUMNS.where(_report.c.id.in_(bindparam("ids", expanding=True)))


def series_of(institute: str, series: str) -> str:
    """A series as the life cycle knows it: it belongs to the institute that opened it."""
    return f"{institute} {series}"


def gathered(session: Session, alert_id: str) -> tuple[Witness, ...]:
    """Every report that an alert ever gathered, in the order of arrival."""
    return tuple(_testimony(row) for row in session.execute(_EVER, {"alert": alert_id}))


def counting_reports(session: Session, alert_id: str) -> tuple[Witness, ...]:
    """The reports that count in an alert, in the order of arrival."""
    return tuple(_testimony(row) for row in session.execute(_CURRENT, {"alert": alert_id}))


def go_between(session: Session, testimonies: Sequence[Witness]) -> tuple[Witness, ...]:
    """Reports that those of an alert build on and that do not count there: they tie origins together, no more.

    They may have been corrected or taken back, or lie in other alerts.
    """
    found: dict[str, Witness] = {}
    asked: set[str] = set()
    for _ in range(FURTHER):
        known = (*testimonies, *found.values())
        named = {name for each in known if each.facts is not None for name in each.facts.derived_from}
        asking = named - asked - {name for each in known for name in each.names}
        if not asking:
            break
        asked |= asking
        ids = {one.report for ones in called(session, asking).values() for one in ones} - {one.report for one in known}
        if not ids:
            break
        for row in session.execute(_BY_ID, {"ids": sorted(ids)}):
            found[row.id] = replace(_testimony(row), current=False)
    return tuple(found.values())


def now_of(alert: AlertRow, testimonies: Iterable[Witness], override: Override | None) -> AlertNow:
    """An alert as the life cycle sees it, with the override that stands for it."""
    return AlertNow(
        state=AlertState(alert.state),
        severity=Severity(alert.severity),
        current=tuple(
            Standing(each.report, series_of(each.institute, each.series), each.severity, each.received_at)
            for each in testimonies
            if each.current and each.severity is not None
        ),
        override=override,
    )


def after(decision: Decision, testimonies: Iterable[Witness]) -> tuple[Witness, ...]:
    """The reports that count once a decision is taken."""
    current = {standing.id for standing in decision.current}
    return tuple(replace(each, current=True) for each in testimonies if each.report in current)


def reporters(decision: Decision) -> frozenset[str]:
    """The institutes with a current report."""
    return frozenset(standing.series.split(" ", 1)[0] for standing in decision.current)


def _testimony(row: Any) -> Witness:
    return Witness(
        report=row.id,
        institute=row.institute,
        series=row.series,
        names=names_of(source=row.source, event_id=row.event_id, institute=row.institute, series=row.series),
        severity=None if row.severity is None else Severity(row.severity),
        received_at=row.received_at,
        current=row.current,
        facts=None if row.facts is None else Facts.model_validate(row.facts),
    )
