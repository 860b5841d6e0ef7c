"""What a report does to an alert: the severity of what is still current decides, whatever came before it.

A report counts while it is *current*: the newest of its series, and not taken back. The alert is as severe as its most
severe current report. `unclassified` stands outside the order: it counts only where nothing is graded.

- A raised severity begins a new round: what was answered before does not answer the higher severity. It re-opens a
  resolved alert as well, for the series goes on to belong to it.
- Other corrections of a resolved alert are recorded and told; it stays resolved.
- With nothing current left the alert is retracted, for ever: if the series is reported again, a new alert is raised.
- A report of another series never joins a resolved or retracted alert (the store keeps its key no longer open).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_schemas.vocabulary import Action, AlertChange, AlertState, Severity


class LifecycleReason(StrEnum):
    """Why an alert changed, or did not."""

    FIRST_REPORT = "first_report"
    UPDATE_OF_UNKNOWN_SERIES = "update_of_unknown_series"
    """The series begins with a correction: its first report is lost or yet to come. It is told all the same."""
    REPORTED_AGAIN = "reported_again"
    """The series had been taken back."""
    STATUS_CHANGED = "status_changed"
    """The series turned from exercise to actual, or the like: it left its alert for one of its own status."""
    SEVERITY_RAISED = "severity_raised"
    SEVERITY_LOWERED = "severity_lowered"
    REPORT_ADDED = "report_added"
    REPORT_CORRECTED = "report_corrected"
    NOTHING_CURRENT = "nothing_current"
    """Every series has been taken back."""
    ALREADY_RETRACTED = "already_retracted"
    DUPLICATE = "duplicate"
    """The event had been taken before."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A report as the life cycle sees it."""

    id: str
    series: str
    """Institute and series: series belong to the institute that opened them."""
    severity: Severity
    received_at: datetime


@dataclass(frozen=True, slots=True)
class AlertNow:
    """An alert before the report."""

    state: AlertState
    severity: Severity
    current: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Arriving:
    """The report that has arrived."""

    id: str
    series: str
    action: Action
    severity: Severity | None
    """None for a retraction."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """What the alert becomes."""

    change: AlertChange | None
    """None: nothing changes."""
    reason: LifecycleReason
    severity: Severity
    current: tuple[Standing, ...]
    lead: str | None
    """Id of the report that speaks for the alert; None when nothing is current."""
    new_round: bool
    """Whether everybody is asked anew."""


def raise_alert(report: Arriving, *, again: bool = False, moved: bool = False) -> Decision:
    """A report that no alert takes raises one.

    Args:
        report: not a retraction.
        again: its series had been taken back.
        moved: its series left an alert of another status.
    """
    if report.severity is None:
        raise ValueError("a retraction raises no alert")
    if moved:
        reason = LifecycleReason.STATUS_CHANGED
    elif again:
        reason = LifecycleReason.REPORTED_AGAIN
    elif report.action is Action.UPDATE:
        reason = LifecycleReason.UPDATE_OF_UNKNOWN_SERIES
    else:
        reason = LifecycleReason.FIRST_REPORT
    current = (Standing(report.id, report.series, report.severity, report.received_at),)
    return Decision(AlertChange.RAISED, reason, report.severity, current, report.id, new_round=False)


def decide(alert: AlertNow, report: Arriving) -> Decision:
    """What a report does to the alert that takes it."""
    before = next((standing for standing in alert.current if standing.series == report.series), None)
    others = tuple(standing for standing in alert.current if standing.series != report.series)
    if report.severity is None:
        if before is None:
            return _unchanged(alert, LifecycleReason.ALREADY_RETRACTED)
        return without(alert, report.series)
    current = (*others, Standing(report.id, report.series, report.severity, report.received_at))
    fallback = LifecycleReason.REPORT_ADDED if before is None else LifecycleReason.REPORT_CORRECTED
    return _updated(alert, current, fallback)


def without(alert: AlertNow, series: str) -> Decision:
    """What is left of an alert when a series no longer counts towards it."""
    current = tuple(standing for standing in alert.current if standing.series != series)
    if len(current) == len(alert.current):
        return _unchanged(alert, LifecycleReason.ALREADY_RETRACTED)
    if not current:
        return Decision(
            AlertChange.RETRACTED, LifecycleReason.NOTHING_CURRENT, alert.severity, (), None, new_round=False
        )
    return _updated(alert, current, LifecycleReason.REPORT_CORRECTED)


def severity_of(current: Iterable[Standing]) -> Severity:
    """The most severe of the current reports; unclassified where none is graded."""
    return max((standing.severity for standing in current), key=lambda severity: severity.rank)


def lead_of(current: Iterable[Standing]) -> str:
    """The report that speaks for the alert: the most severe, of these the newest."""
    return max(current, key=lambda standing: (standing.severity.rank, standing.received_at, standing.id)).id


def _updated(alert: AlertNow, current: tuple[Standing, ...], fallback: LifecycleReason) -> Decision:
    severity = severity_of(current)
    reason = fallback
    if severity.rank > alert.severity.rank:
        reason = LifecycleReason.SEVERITY_RAISED
    elif severity.rank < alert.severity.rank:
        reason = LifecycleReason.SEVERITY_LOWERED
    return Decision(
        AlertChange.UPDATED,
        reason,
        severity,
        current,
        lead_of(current),
        new_round=reason is LifecycleReason.SEVERITY_RAISED,
    )


def _unchanged(alert: AlertNow, reason: LifecycleReason) -> Decision:
    lead = lead_of(alert.current) if alert.current else None
    return Decision(None, reason, alert.severity, alert.current, lead, new_round=False)
