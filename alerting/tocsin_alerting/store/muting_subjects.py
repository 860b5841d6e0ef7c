"""Alerts as silences and inhibition see them, read from their rows within the transaction that decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import label_of
from tocsin_alerting.policy.muting.inhibition import Source, is_confirmed
from tocsin_alerting.policy.muting.keeping_back import Circumstances
from tocsin_alerting.policy.muting.matcher import Subject
from tocsin_alerting.policy.systems import Systems, plain
from tocsin_alerting.policy.testimony import Facts, names_of
from tocsin_alerting.store.silences import in_force
from tocsin_alerting.store.tables import AlertRow, ReportRow, ResponseRow
from tocsin_alerting.store.weighings import read_weighing
from tocsin_schemas.evaluation import System
from tocsin_schemas.vocabulary import (
    AlertPurpose,
    AlertState,
    Certainty,
    Domain,
    ReportKind,
    Severity,
    Status,
    Urgency,
)

_LIVE = (AlertState.OPEN.value, AlertState.ACKNOWLEDGED.value)


def circumstances_of(
    session: Session, alert: AlertRow, *, directory: Directory, now: datetime, since: datetime | None = None
) -> Circumstances | None:
    """All that may keep messages about an alert back at `now`; None where there is nothing.

    Args:
        session: of the transaction that decides.
        alert: the alert as it stands.
        directory: the policy.
        now: the present instant.
        since: what is told happened then; a silence that began later keeps it back no more.
    """
    silences = in_force(session, directory, *([now] if since is None else [min(since, now), now]))
    sources = sources_for(session, alert, directory=directory)
    if not silences and not sources:
        return None
    return Circumstances(
        subject=subject_of(session, alert, directory.systems),
        tlp=label_of(alert.tlp),
        silences=silences,
        sources=sources,
        rule=directory.muting.inhibition,
        systems=directory.systems,
    )


def subject_of(session: Session, alert: AlertRow, systems: Systems) -> Subject:
    """An alert as it is matched."""
    return _subject(alert, _current(session, [alert.id])[alert.id], systems)


def sources_for(session: Session, alert: AlertRow, *, directory: Directory) -> tuple[Source, ...]:
    """Confirmed incidents of an alert's status, as they stand now; the few that may inhibit it."""
    rule = directory.muting.inhibition
    hazard = Severity(alert.severity)
    # Those that are no graver inhibit nothing here: their reports need not be read.
    rows = (
        [row for row in _incidents(session, alert) if Severity(row.severity).rank >= hazard.rank]
        if rule.enabled
        else []
    )
    if not rows:
        return ()
    reports = _current(session, [row.id for row in rows])
    told: dict[str, set[str]] = {row.id: set() for row in rows}
    for response in session.execute(
        select(ResponseRow.alert_id, ResponseRow.institute)
        .join(AlertRow, (AlertRow.id == ResponseRow.alert_id) & (AlertRow.round == ResponseRow.round))
        .where(ResponseRow.alert_id.in_(told))
    ):
        told[response.alert_id].add(response.institute)
    found = (_source(row, reports[row.id], told[row.id], directory.systems) for row in rows)
    return tuple(source for source in found if is_confirmed(source, rule))


def _source(alert: AlertRow, reports: Sequence[Row[Any]], told: Iterable[str], systems: Systems) -> Source:
    weighing = read_weighing(alert.weighing)
    facts = [one for one in (_facts(report) for report in reports) if one is not None]
    return Source(
        subject=_subject(alert, reports, systems),
        state=AlertState(alert.state),
        tlp=label_of(alert.tlp),
        certainty=Certainty(alert.certainty),
        confirmed=weighing is not None and weighing.confirmed,
        builds_on=frozenset(name for one in facts for name in (*one.derived_from, *one.evidence)),
        told=frozenset(told),
        revision=alert.revision,
    )


def _incidents(session: Session, alert: AlertRow) -> Sequence[AlertRow]:
    """Live incidents of the same status: of all that may inhibit these are few."""
    if alert.kind != ReportKind.FINDING or alert.purpose != AlertPurpose.REPORT:
        return []
    return session.scalars(
        select(AlertRow)
        .where(
            AlertRow.state.in_(_LIVE),
            AlertRow.kind == ReportKind.INCIDENT.value,
            AlertRow.purpose == AlertPurpose.REPORT.value,
            AlertRow.status == alert.status,
        )
        .order_by(AlertRow.id)
        # What was read before in this transaction may have changed since.
        .execution_options(populate_existing=True)
    ).all()


def _current(session: Session, alerts: Sequence[str]) -> dict[str, list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {alert: [] for alert in alerts}
    rows = session.execute(
        select(
            ReportRow.alert_id,
            ReportRow.source,
            ReportRow.event_id,
            ReportRow.series,
            ReportRow.institute,
            ReportRow.kind,
            ReportRow.facts,
            ReportRow.assessment,
        ).where(ReportRow.alert_id.in_(found), ReportRow.current)
    )
    for row in rows:
        found[row.alert_id].append(row)
    return found


def _subject(alert: AlertRow, reports: Sequence[Row[Any]], systems: Systems) -> Subject:
    facts = [one for one in (_facts(report) for report in reports) if one is not None]
    return Subject(
        alert=alert.id,
        kind=ReportKind(alert.kind),
        purpose=AlertPurpose(alert.purpose),
        status=Status(alert.status),
        severity=Severity(alert.severity),
        urgent=alert.urgency == Urgency.IMMEDIATE.value,
        domain=None if alert.domain is None else Domain(alert.domain),
        systems=frozenset(systems.canonical(system).id for report in reports for system in _systems(report)),
        evaluations=frozenset(plain(one.evaluation) for one in facts if one.evaluation is not None),
        reporters=frozenset(report.institute for report in reports),
        names=frozenset(name for report in reports for name in _names(report)),
    )


def _facts(report: Row[Any]) -> Facts | None:
    return None if report.facts is None else Facts.model_validate(report.facts)


def _names(report: Row[Any]) -> Iterable[str]:
    yield from names_of(
        source=report.source, event_id=report.event_id, institute=report.institute, series=report.series
    )
    yield from (report.facts or {}).get("evidence", ())


def _systems(report: Row[Any]) -> Iterable[System]:
    """The systems that a report names: of a finding the one it tested, of an incident all that took part."""
    said = report.assessment
    if report.kind == ReportKind.FINDING:
        found = [(said.get("finding") or {}).get("system")]
    else:
        found = (said.get("incident") or {}).get("systems", [])
    yield from (System.model_validate(each) for each in found if each is not None)
