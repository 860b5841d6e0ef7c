"""One delivery, as far as its words depend on it: to whom, why, in which form, and with which links."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_alerting.policy.telling import DeliveryKind, TellingReason


@dataclass(frozen=True, slots=True)
class Telling:
    """What a message is for."""

    delivery_id: str
    alert_id: str
    revision: int
    """The change it tells of."""
    institute: str
    """Whose people it goes to."""
    institute_name: str
    subject_name: str | None
    """Name of the institute that the change concerns, where it concerns one: who is silent, who answered."""
    contact_name: str
    """Of the addressee: a mail that was forwarded says for whom it was."""
    kind: DeliveryKind
    reason: TellingReason
    step: int | None
    """The step of the ladder that fired, for an escalation."""
    alert_link: str
    """To the alert's page, which shows each reader what they may read."""
    answer_link: str | None = None
    """To the page on which the addressee answers; None where the address is read by others."""
    slack_user: str | None = None
    """Slack's id of the addressee, to be mentioned."""
    shared: bool = True
    """Whether others read the address."""
    asked: bool = True
    """Whether a ladder of the institute calls the addressee; who only subscribes owes no answer."""
    moved: bool = False
    """For an edit: a newer message stands at the same address."""
