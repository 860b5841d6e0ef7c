"""Lanes: which of the messages that wait for a destination goes first. What is urgent never waits behind the rest."""

from __future__ import annotations

from enum import IntEnum

from tocsin_schemas.vocabulary import AlertPurpose, Severity, Status, Urgency


class Lane(IntEnum):
    """A message's place in the order; the lowest goes first. Stored as its number."""

    CRITICAL = 0
    URGENT = 1
    """Severe, or to be acted on immediately."""
    ASKED = 2
    """An answer is asked for, or a bulletin."""
    TOLD = 3
    """Negligible and minor: people should know."""
    EDIT = 4
    """What stands there is put right before the thread speaks of it."""
    FOLLOW_UP = 5

    @property
    def urgent(self) -> bool:
        """Whether it is of the lane that has a budget of its own, which nothing else uses up."""
        return self <= Lane.URGENT


def lane_of(
    *,
    edits: bool,
    pages: bool,
    severity: Severity,
    urgency: Urgency,
    status: Status,
    purpose: AlertPurpose = AlertPurpose.REPORT,
) -> Lane:
    """In which lane a message about an alert goes.

    An exercise is never urgent: it must not stand in the way of the real thing. Guidance asks nobody to act now.

    Args:
        edits: whether it changes a message that stands.
        pages: whether it asks somebody for an answer.
        severity: of the alert; so are the others.
        urgency: how soon it asks to be acted on.
        status: whether it is meant.
        purpose: whether it tells what was reported.
    """
    if edits:
        return Lane.EDIT
    if not pages:
        return Lane.FOLLOW_UP
    if status is Status.ACTUAL and purpose is not AlertPurpose.GUIDANCE:
        if severity is Severity.CRITICAL:
            return Lane.CRITICAL
        if severity is Severity.SEVERE or urgency is Urgency.IMMEDIATE:
            return Lane.URGENT
    return Lane.TOLD if severity in {Severity.NEGLIGIBLE, Severity.MINOR} else Lane.ASKED
