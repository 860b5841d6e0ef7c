"""By which channels the contacts of a network are told, whatever else may be wrong with its files."""

from __future__ import annotations

from pathlib import Path

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.policy_file import CONTACTS_FILE, ContactsFile
from tocsin_alerting.policy.yaml_files import read_yaml


def channels_listed(network_dir: Path) -> frozenset[Channel]:
    """The channels of all addresses; none where the contacts cannot be read, which every service says."""
    contacts = read_yaml(network_dir / CONTACTS_FILE, ContactsFile, [])
    listed = contacts.contacts if contacts is not None else ()
    return frozenset(address.channel for contact in listed for address in contact.addresses)
