"""Who may know what, written down a second time: from FIRST's definitions and the design, not from the code tested."""

from __future__ import annotations

from tocsin_alerting.policy.directory import Address, Channel, Contact, Directory
from tocsin_schemas import Tlp

_ORDER = ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER", "TLP:AMBER+STRICT", "TLP:RED")


def cleared(clearance: Tlp, label: Tlp) -> bool:
    """Whether somebody may know of what carries a label."""
    return _ORDER.index(label.value) <= _ORDER.index(clearance.value)


def strictest(labels: list[Tlp]) -> Tlp:
    """The label that counts where several do."""
    return Tlp(max((label.value for label in labels), key=_ORDER.index))


def readers_of(directory: Directory, channel: Channel, address: str) -> list[tuple[Contact, Address]]:
    """Everybody who reads an address, each with how it is listed for them."""
    return [
        (contact, listed)
        for contact in directory.contacts.values()
        for listed in contact.addresses
        if listed.channel is channel and listed.address == address
    ]


def may_carry_text(directory: Directory, channel: Channel, address: str, label: Tlp) -> bool:
    """Whether a message to an address may hold a text: every reader cleared, no RED, and STRICT only in the house."""
    readers = readers_of(directory, channel, address)
    return (
        bool(readers)
        and label is not Tlp.RED
        and all(cleared(contact.clearance, label) for contact, _ in readers)
        and (label is not Tlp.AMBER_STRICT or all(listed.internal for _, listed in readers))
        and (channel is not Channel.APPRISE or all(listed.full_text for _, listed in readers))
    )


def may_know_of(directory: Directory, channel: Channel, address: str, label: Tlp) -> bool:
    """Whether a message may say that there is something with this label: RED only to single named persons."""
    readers = readers_of(directory, channel, address)
    if not readers or not all(cleared(contact.clearance, label) for contact, _ in readers):
        return False
    if label is Tlp.RED:
        return all(contact.named_person and not listed.shared for contact, listed in readers)
    return label is not Tlp.AMBER_STRICT or all(listed.internal for _, listed in readers)
