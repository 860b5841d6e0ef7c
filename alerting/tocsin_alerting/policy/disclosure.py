"""How much may be said to whom on which channel: TLP 2.0, failing closed.

Clearance says what a contact may know; the address says what its channel may carry. RED is for the eyes and ears of
individual recipients: it goes to named persons only, never to a shared address, and neither Slack nor plain mail
carries its text, only the notice that it awaits them. AMBER+STRICT does not leave the receiving organisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tocsin_alerting.policy.directory import Address, Channel, Contact, Directory
from tocsin_schemas.vocabulary import Tlp


class Level(StrEnum):
    """How much of an alert a message may say."""

    FULL = "full"
    """The reported text and all else."""
    NOTICE = "notice"
    """That an alert with this label and severity awaits the reader, and where; nothing that was reported."""
    NOTHING = "nothing"
    """No message."""


class DisclosureReason(StrEnum):
    """Why a message may say what it may say."""

    CLEARED = "cleared"
    NOT_CLEARED = "not_cleared"
    RED_NEEDS_A_NAMED_PERSON = "red_needs_a_named_person"
    RED_NEVER_ON_A_SHARED_ADDRESS = "red_never_on_a_shared_address"
    RED_NEVER_IN_A_MESSAGE = "red_never_in_a_message"
    CHANNEL_CARRIES_NOTICES_ONLY = "channel_carries_notices_only"
    STRICT_NEVER_OUTSIDE_THE_ORGANISATION = "strict_never_outside_the_organisation"


NO_LONGER_LISTED = "no_longer_listed"
"""Why nothing may be said to somebody who was told once and has left the contacts, or changed the address."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be said, and why."""

    level: Level
    reason: DisclosureReason


def label_of(text: str) -> Tlp:
    """The label that a text names; one that is not known is the strictest."""
    try:
        return Tlp(text)
    except ValueError:
        return Tlp.RED


def disclose(tlp: Tlp, contact: Contact, address: Address) -> Disclosure:
    """How much of an alert labelled `tlp` may be said to `contact` at `address`."""
    if not contact.clearance.allows(tlp):
        return Disclosure(Level.NOTHING, DisclosureReason.NOT_CLEARED)
    if tlp is Tlp.RED:
        if not contact.named_person:
            return Disclosure(Level.NOTHING, DisclosureReason.RED_NEEDS_A_NAMED_PERSON)
        if address.shared:
            return Disclosure(Level.NOTHING, DisclosureReason.RED_NEVER_ON_A_SHARED_ADDRESS)
        return Disclosure(Level.NOTICE, DisclosureReason.RED_NEVER_IN_A_MESSAGE)
    if tlp is Tlp.AMBER_STRICT and not address.internal:
        return Disclosure(Level.NOTHING, DisclosureReason.STRICT_NEVER_OUTSIDE_THE_ORGANISATION)
    if address.channel is Channel.APPRISE and not address.full_text:
        return Disclosure(Level.NOTICE, DisclosureReason.CHANNEL_CARRIES_NOTICES_ONLY)
    return Disclosure(Level.FULL, DisclosureReason.CLEARED)


def disclosure_at(tlp: Tlp, contact_id: str, channel: str, address: str, directory: Directory) -> tuple[Level, str]:
    """How much may be said to a contact at an address, with the reason; what is not listed gets nothing.

    Everybody who lists an address reads it, so the least of what its readers may know is what may be said there.
    """
    readers = directory.readers(channel, address)
    if all(contact.id != contact_id for contact, _ in readers):
        return Level.NOTHING, NO_LONGER_LISTED
    found = [disclose(tlp, contact, listed) for contact, listed in readers]
    least = min(found, key=_openness)
    return least.level, least.reason.value


def first_that_may_carry(tlp: Tlp, contact: Contact, directory: Directory) -> Address:
    """The first of a contact's addresses at which something may be said; the very first where none may carry it."""
    for at in contact.addresses:
        if disclosure_at(tlp, contact.id, at.channel.value, at.address, directory)[0] is not Level.NOTHING:
            return at
    return contact.addresses[0]


def _openness(disclosure: Disclosure) -> int:
    return (Level.NOTHING, Level.NOTICE, Level.FULL).index(disclosure.level)
