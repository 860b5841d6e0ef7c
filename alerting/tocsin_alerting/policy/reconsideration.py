"""What a change is told as, once the reports have been weighed against each other.

The life cycle looks at severities alone. That a report confirms another, repeats it, or that a confirmation is gone, is
more than "a report was added": people are told so, in its words.
"""

from __future__ import annotations

from dataclasses import replace

from tocsin_alerting.policy.corroboration import ONE_ORIGIN, CorroborationRule, Verdict, Weighing
from tocsin_alerting.policy.lifecycle import AlertNow, Decision, LifecycleReason, lead_of
from tocsin_schemas.vocabulary import AlertChange

_SPEAKS_OF_ONE = (
    LifecycleReason.REPORT_ADDED,
    LifecycleReason.REPORT_CORRECTED,
    LifecycleReason.REPORT_RETRACTED,
    LifecycleReason.REPORT_SUPERSEDED,
)
"""Reasons that a change of what the reports come to together may take the place of."""


def reconsidered(
    decision: Decision, report: str, before: Weighing | None, after: Weighing | None, rule: CorroborationRule
) -> Decision:
    """The decision with its reason, where what the reports come to together says more than that one was added.

    Args:
        decision: by the reports' severities alone.
        report: the one that arrived.
        before: what the current reports came to.
        after: what they come to now.
        rule: the policy's.
    """
    if decision.change is not AlertChange.UPDATED or after is None or decision.reason not in _SPEAKS_OF_ONE:
        return decision
    verdict = next((weighed.verdict for weighed in after.verdicts if weighed.report == report), None)
    added = decision.reason is LifecycleReason.REPORT_ADDED
    was_confirmed = before is not None and before.confirmed
    if after.confirmed and (
        not was_confirmed or (added and verdict is Verdict.CONFIRMS and report in after.confirming)
    ):
        if decision.severity in rule.page_again and not was_confirmed:
            return replace(decision, reason=LifecycleReason.CORROBORATED_ASKED_ANEW, new_round=True)
        return replace(decision, reason=LifecycleReason.CORROBORATED)
    if was_confirmed and not after.confirmed:
        return replace(decision, reason=LifecycleReason.CONFIRMATION_LOST)
    if added and verdict in ONE_ORIGIN:
        return replace(decision, reason=LifecycleReason.REPORT_REPEATED)
    return decision


def confirm(alert: AlertNow, *, confirmed: bool) -> Decision:
    """What an alert becomes whose reports stay, once it shows what they build on."""
    reason = LifecycleReason.CORROBORATED if confirmed else LifecycleReason.CONFIRMATION_LOST
    lead = lead_of(alert.current, alert.override)
    return Decision(AlertChange.UPDATED, reason, alert.severity, alert.current, lead, new_round=False)
