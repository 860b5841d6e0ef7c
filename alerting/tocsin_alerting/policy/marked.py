"""Who is told that an address does not work: its institute's administrators, elsewhere; or the coordinator's. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from tocsin_alerting.policy.contacts import Address, Contact
from tocsin_alerting.policy.directory import Directory

Marks = Collection[tuple[str, str]]
"""Channels and addresses that are known not to work."""


class MarkReason(StrEnum):
    """Why somebody is told of an address."""

    OWN_ADDRESS = "own_address"
    """It is one of their institute's."""
    NOBODY_TO_TELL = "nobody_to_tell"
    """None of the institute's administrators can be reached; the coordinator's are told."""
    INSTITUTE_UNREACHABLE = "institute_unreachable"
    """No address of anybody whom ladders call there works; the coordinator's administrators are told."""
    COORDINATOR_NOT_REACHED = "coordinator_not_reached"
    """The coordinator was to learn of an institute's silence, and no message to it arrives."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one administrator at one address, and why it goes there."""

    contact: Contact
    address: Address
    reason: MarkReason
    institute: str
    """Whose address it is, or whose people nothing reaches."""


def unreachable(contact: Contact, marks: Marks) -> bool:
    """Whether no address of a contact is known to work."""
    return all((at.channel.value, at.address) in marks for at in contact.addresses)


def institute_unreachable(directory: Directory, institute: str, marks: Marks) -> bool:
    """Whether nobody whom ladders call at an institute can be reached."""
    called = directory.called(institute)
    return bool(called) and all(unreachable(contact, marks) for contact in called)


def notices(directory: Directory, channel: str, address: str, marks: Marks) -> list[Notice]:
    """Who is told of a marked address; nobody where no contact lists it any more."""
    found = []
    for institute in dict.fromkeys(contact.institute for contact, _ in directory.readers(channel, address)):
        own = _to(directory, institute, marks, MarkReason.OWN_ADDRESS, institute)
        found.extend(own)
        dead = institute_unreachable(directory, institute, marks)
        if dead or not own:
            reason = MarkReason.INSTITUTE_UNREACHABLE if dead else MarkReason.NOBODY_TO_TELL
            found.extend(_to(directory, directory.coordinator, marks, reason, institute))
    return found


def coordinator_notices(directory: Directory, silent: str, marks: Marks) -> list[Notice]:
    """Who is told that the coordinator could not be told of an institute's silence: at every address that may work."""
    return [
        Notice(contact, at, MarkReason.COORDINATOR_NOT_REACHED, silent)
        for contact in directory.administrators(directory.coordinator)
        for at in contact.addresses
        if (at.channel.value, at.address) not in marks or unreachable(contact, marks)
    ]


def _to(directory: Directory, told: str, marks: Marks, reason: MarkReason, institute: str) -> list[Notice]:
    """Each administrator at the first address that is not known to be dead."""
    found = []
    for contact in directory.administrators(told):
        at = next((each for each in contact.addresses if (each.channel.value, each.address) not in marks), None)
        if at is not None:
            found.append(Notice(contact, at, reason, institute))
    return found
