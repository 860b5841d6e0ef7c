"""Contacts that would not be told what they should be."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tocsin_alerting.policy.directory import Address, Channel, Contact, Directory
from tocsin_alerting.policy.disclosure import DisclosureReason, Level, disclosure_at
from tocsin_alerting.policy.policy_file import CONTACTS_FILE
from tocsin_deploy.policy_check.notes import Level as NoteLevel
from tocsin_deploy.policy_check.notes import Note, NoteCode
from tocsin_schemas import Tlp

_LOOKS = {
    Channel.SLACK: (re.compile(r"[CDGUW][A-Z0-9]{2,30}"), "a Slack id such as C0GBDUTY or U0GBLEAD, not a name"),
    Channel.EMAIL: (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+"), "a mail address such as duty@gb.example"),
}
_FIXES = {
    DisclosureReason.RED_NEEDS_A_NAMED_PERSON: (
        "TLP:RED goes to named persons only",
        "Set named_person: true if this is one person, or lower the clearance to TLP:AMBER+STRICT.",
    ),
    DisclosureReason.RED_NEVER_ON_A_SHARED_ADDRESS: (
        "all its addresses are shared, and TLP:RED goes to none that several read",
        "Add an address that only this person reads (shared: false), or lower the clearance.",
    ),
    DisclosureReason.STRICT_NEVER_OUTSIDE_THE_ORGANISATION: (
        "all its addresses lie outside the institute, which TLP:AMBER+STRICT does not leave",
        "Add an address within the institute (internal: true), or lower the clearance to TLP:AMBER.",
    ),
    DisclosureReason.NOT_CLEARED: (
        "others who are listed at its addresses are not cleared for it",
        "Give it an address of its own, or the others the same clearance.",
    ),
}


def contact_notes(directory: Directory) -> Iterator[Note]:
    """What is wrong with each contact."""
    for contact in directory.contacts.values():
        yield from _never_told(contact, directory)
        yield from _never_served(contact, directory)
        for number, address in enumerate(contact.addresses):
            yield from _address(contact, number, address, directory)


def _never_told(contact: Contact, directory: Directory) -> Iterator[Note]:
    if directory.calls(contact) or contact.subscriptions or contact.team == directory.administrators_team:
        return
    teams = ", ".join(sorted({step.team for ladder in directory.ladders.values() for step in ladder.steps}))
    yield _fault(
        NoteCode.NEVER_TOLD,
        contact,
        "team",
        f"no ladder calls team '{contact.team}', and it subscribes to nothing: it would never be told anything",
        f"Put it in a team that ladders call ({teams}), name its team in a ladder, or give it subscriptions.",
    )


def _never_served(contact: Contact, directory: Directory) -> Iterator[Note]:
    for label in reversed(Tlp):
        if not contact.clearance.allows(label):
            continue
        said = [disclosure_at(label, contact.id, at.channel.value, at.address, directory) for at in contact.addresses]
        if any(level is not Level.NOTHING for level, _ in said):
            continue
        what, fix = _FIXES[DisclosureReason(said[0][1])]
        yield _fault(
            NoteCode.CLEARANCE_NEVER_SERVED,
            contact,
            "clearance",
            f"is cleared to {contact.clearance.value}, but can never be told of {label.value}: {what}",
            fix,
        )
        # What keeps one label away keeps the stricter ones away as well: one note is enough.
        return


def _address(contact: Contact, number: int, address: Address, directory: Directory) -> Iterator[Note]:
    field = f"addresses.{number}"
    pattern, looks = _LOOKS.get(address.channel, (None, ""))
    if pattern is not None and not pattern.fullmatch(address.address):
        yield _fault(
            NoteCode.ADDRESS_UNLIKELY,
            contact,
            f"{field}.address",
            f"'{address.address}' is no address of channel {address.channel.value}: nothing would arrive",
            f"Write {looks}.",
        )
    if address.channel is Channel.SLACK and address.address[:1] in {"C", "G"} and not address.shared:
        yield _fault(
            NoteCode.SHARED_AFTER_ALL,
            contact,
            f"{field}.shared",
            f"'{address.address}' is a Slack channel, which several people read, and is listed as one person's",
            "Set shared: true, or list the person's own id (U…).",
        )
    for other, listed in directory.readers(address.channel.value, address.address):
        if other.id < contact.id and (listed.shared, listed.internal) != (address.shared, address.internal):
            yield _fault(
                NoteCode.ADDRESS_DISAGREES,
                contact,
                field,
                f"'{address.address}' is listed by {other.id} too, and the two do not agree on shared and internal",
                "Say the same of it in both places.",
            )


def _fault(code: NoteCode, contact: Contact, field: str, what: str, fix: str) -> Note:
    return Note(NoteLevel.FAULT, code, CONTACTS_FILE, f"contacts ({contact.id}).{field}", what, fix)
