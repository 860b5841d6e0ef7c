"""How an alert begins: by a report that no other alert takes."""

from __future__ import annotations

from tocsin_alerting.policy.lifecycle import Arriving, Decision, LifecycleReason, Standing
from tocsin_schemas.vocabulary import Action, AlertChange


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


def raise_retracted(report: Arriving) -> Decision:
    """The first report of a series that its institute had replaced before: kept for the record, told to nobody."""
    if report.severity is None:
        raise ValueError("a retraction raises no alert")
    return Decision(
        AlertChange.RETRACTED, LifecycleReason.SUPERSEDED_BEFORE, report.severity, (), report.id, new_round=False
    )
