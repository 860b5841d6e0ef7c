"""When a planned message goes out: now, when its contact's quiet hours are over, or with their daily digest. Pure.

Only what is not urgent waits, and never what somebody's silence has caused. A digest comes at a time of day by the
contact's own clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tocsin_alerting.policy.contacts import Contact
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.local_time import WallTime, on
from tocsin_alerting.policy.notification_plan import PlannedDelivery
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas.vocabulary import Severity


class TimingReason(StrEnum):
    """Why a message goes out when it does."""

    AT_ONCE = "at_once"
    """Nothing of its contact's holds it."""
    URGENT = "urgent"
    """Severe, critical, or to be acted on immediately: it waits for nobody's morning."""
    SILENCE = "silence"
    """Somebody did not answer: it has waited already."""
    QUIET_HOURS = "quiet_hours"
    """When they are over."""
    DIGEST = "digest"
    """With the contact's daily digest."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When a message is due, and why then."""

    at: datetime
    reason: TimingReason


_NOBODYS_ZONE = ZoneInfo("UTC")
_SMALL = frozenset({Severity.NEGLIGIBLE, Severity.MINOR})


def timing(
    planned: PlannedDelivery,
    *,
    severity: Severity,
    contact: Contact | None,
    zone: ZoneInfo,
    now: datetime,
) -> Timing:
    """When a planned message goes out.

    Args:
        planned: the message.
        severity: of its alert.
        contact: to whom; None: somebody who is not listed any more, and has no habits.
        zone: of the contact's clock.
        now: the present instant.
    """
    if planned.urgent:
        return Timing(now, TimingReason.URGENT)
    if planned.reason.comes_of_silence:
        return Timing(now, TimingReason.SILENCE)
    if contact is None or planned.kind is DeliveryKind.EDIT:
        # An edit rings nowhere.
        return Timing(now, TimingReason.AT_ONCE)
    if contact.digest_at is not None and _is_only_told(planned, severity):
        return Timing(next_digest(contact.digest_at, zone, now), TimingReason.DIGEST)
    quiet_until = None if contact.quiet_hours is None else contact.quiet_hours.until(now, zone)
    if quiet_until is not None:
        return Timing(quiet_until, TimingReason.QUIET_HOURS)
    return Timing(now, TimingReason.AT_ONCE)


def timing_in(directory: Directory, planned: PlannedDelivery, *, severity: Severity, now: datetime) -> Timing:
    """When a planned message goes out by the habits that its contact has in a directory."""
    contact = directory.contacts.get(planned.contact)
    zone = _NOBODYS_ZONE if contact is None else directory.zone(contact)
    return timing(planned, severity=severity, contact=contact, zone=zone, now=now)


def _is_only_told(planned: PlannedDelivery, severity: Severity) -> bool:
    """Whether it is of a negligible or minor alert, or for information only; a moderate alert's changes are not."""
    return severity in _SMALL or planned.lane is Lane.TOLD or planned.reason is TellingReason.SUBSCRIBED


def next_digest(digest_at: WallTime, zone: ZoneInfo, now: datetime) -> datetime:
    """The next instant at which a clock shows a time of day, in UTC; never `now` itself."""
    day = now.astimezone(zone).date()
    while True:
        at = on(day, digest_at, zone)
        if at > now:
            return at
        day += timedelta(days=1)
