"""What a report does to an alert: the severity of what is still current decides, whatever came before it.

A report counts while it is *current*: the newest of its series, not taken back, and not superseded by another series of
its institute. The alert is as severe as its most severe current report. `unclassified` stands outside the order: it
counts only where nothing is graded.

- A raised severity begins a new round: what was answered before does not answer the higher severity. It re-opens a
  resolved alert as well, for the series goes on to belong to it.
- Other corrections of a resolved alert are recorded and told; it stays resolved.
- A person's override counts in place of the reports that it looked at (see `overrides`), and moves an alert as they do.
- With nothing current left the alert is retracted, for ever: if the series is reported again, a new alert is raised.
- A report of another series never joins a resolved or retracted alert (the store keeps its key no longer open).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_alerting.policy.overrides import Override
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
    REPORT_REPEATED = "report_repeated"
    """A further report of an origin that is there already: it is counted once."""
    CORROBORATED = "corroborated"
    """Another institute confirms it independently."""
    CORROBORATED_ASKED_ANEW = "corroborated_asked_anew"
    """So the policy asks everybody anew."""
    REPORT_CORRECTED = "report_corrected"
    CONFIRMATION_LOST = "confirmation_lost"
    """What confirmed it was corrected or taken back."""
    REPORT_RETRACTED = "report_retracted"
    """One report was taken back, others stand."""
    REPORT_SUPERSEDED = "report_superseded"
    """One report was replaced by a report of another series, others stand."""
    SUPERSEDED = "superseded"
    """Everything was replaced by reports in another alert."""
    SUPERSEDED_BEFORE = "superseded_before"
    """Its institute had replaced the series before this report of it came: it does not count."""
    NOTHING_CURRENT = "nothing_current"
    """Every series has been taken back."""
    ALREADY_RETRACTED = "already_retracted"
    DUPLICATE = "duplicate"
    """The event had been taken before."""
    FLAPPING = "flapping"
    """It goes up and down: nobody is asked anew for each turn."""
    FLAPPING_EDITED = "flapping_edited"
    """Likewise; that was said a while ago."""
    OVERRIDE_RAISED = "override_raised"
    """A person has set a higher severity."""
    OVERRIDE_LOWERED = "override_lowered"
    OVERRIDE_WITHDRAWN = "override_withdrawn"
    """The severity is that of the reports again, or of an earlier override; it is no higher than it was."""
    OVERRIDE_WITHDRAWN_RAISED = "override_withdrawn_raised"
    """The same, and it is higher than it was."""


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
    override: Override | None = None
    """The override that stands."""


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


def decide(alert: AlertNow, report: Arriving, *, superseded: Collection[str] = ()) -> Decision:
    """What a report does to the alert that takes it.

    Args:
        alert: as it is.
        report: what arrives.
        superseded: series of the alert whose place the report takes.
    """
    before = next((standing for standing in alert.current if standing.series == report.series), None)
    left = [standing for standing in alert.current if standing.series != report.series]
    others = tuple(standing for standing in left if standing.series not in superseded)
    if report.severity is None:
        if before is None:
            return _unchanged(alert, LifecycleReason.ALREADY_RETRACTED)
        return without(alert, [report.series], reason=LifecycleReason.REPORT_RETRACTED)
    current = (*others, Standing(report.id, report.series, report.severity, report.received_at))
    fallback = LifecycleReason.REPORT_ADDED if before is None else LifecycleReason.REPORT_CORRECTED
    if len(others) < len(left):
        fallback = LifecycleReason.REPORT_SUPERSEDED
    return _updated(alert, current, fallback)


def without(
    alert: AlertNow,
    series: Collection[str],
    *,
    reason: LifecycleReason = LifecycleReason.REPORT_CORRECTED,
    at_end: LifecycleReason = LifecycleReason.NOTHING_CURRENT,
) -> Decision:
    """What is left of an alert when some series no longer count towards it.

    Args:
        alert: as it is.
        series: those that no longer count.
        reason: why, where others stand and the severity stays.
        at_end: why, where nothing stands any more.
    """
    current = tuple(standing for standing in alert.current if standing.series not in series)
    if len(current) == len(alert.current):
        return _unchanged(alert, LifecycleReason.ALREADY_RETRACTED)
    if not current:
        return Decision(AlertChange.RETRACTED, at_end, alert.severity, (), None, new_round=False)
    return _updated(alert, current, reason)


def unheard(alert: AlertNow) -> Decision:
    """A report of a series that its institute had replaced before: it is kept and changes nothing."""
    return _unchanged(alert, LifecycleReason.SUPERSEDED_BEFORE)


def overridden(alert: AlertNow, override: Override | None, *, withdrawn: bool = False) -> Decision:
    """What an alert that is not retracted becomes when `override` comes to stand.

    Args:
        alert: before it.
        override: the one that stands from now on; None where none does.
        withdrawn: whether that is so because another one was withdrawn.
    """
    severity = severity_of(alert.current, override)
    raised = severity.rank > alert.severity.rank
    if withdrawn:
        reason = LifecycleReason.OVERRIDE_WITHDRAWN_RAISED if raised else LifecycleReason.OVERRIDE_WITHDRAWN
    else:
        reason = LifecycleReason.OVERRIDE_RAISED if raised else LifecycleReason.OVERRIDE_LOWERED
    lead = lead_of(alert.current, override)
    return Decision(AlertChange.UPDATED, reason, severity, alert.current, lead, new_round=raised)


def severity_of(current: Iterable[Standing], override: Override | None = None) -> Severity:
    """The most severe of the current reports, as an override lets them count; unclassified where none is graded."""
    if override is not None:
        return override.severity_over((standing.id, standing.severity) for standing in current)
    return max((standing.severity for standing in current), key=lambda severity: severity.rank)


def lead_of(current: Iterable[Standing], override: Override | None = None) -> str:
    """The report that speaks for the alert: the most severe, of these the newest.

    Where an override decides, that is the one behind the shared grade; where a report outweighs the override, only
    such as the override has not looked at may speak.
    """
    standings = tuple(current)
    if override is not None and override.is_outweighed((one.id, one.severity) for one in standings):
        standings = tuple(one for one in standings if one.id not in override.seen)
    return max(standings, key=lambda standing: (standing.severity.rank, standing.received_at, standing.id)).id


def _updated(alert: AlertNow, current: tuple[Standing, ...], fallback: LifecycleReason) -> Decision:
    severity = severity_of(current, alert.override)
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
        lead_of(current, alert.override),
        new_round=reason is LifecycleReason.SEVERITY_RAISED,
    )


def _unchanged(alert: AlertNow, reason: LifecycleReason) -> Decision:
    lead = lead_of(alert.current, alert.override) if alert.current else None
    return Decision(None, reason, alert.severity, alert.current, lead, new_round=False)
