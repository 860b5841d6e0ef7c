"""Whether anybody of a team may be told: a step whose people may not is no step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin_alerting.policy.directory import Contact, Directory
from tocsin_alerting.policy.disclosure import Level, disclose
from tocsin_schemas.vocabulary import Tlp


def can_be_told(directory: Directory, institute: str, team: str, tlp: Tlp, at: datetime) -> bool:
    """Whether somebody who is told for a team at an instant may be sent something of an alert with this label."""
    return anybody_may_be_told(directory.team(institute, team, at), tlp)


def anybody_may_be_told(contacts: Iterable[Contact], tlp: Tlp) -> bool:
    """Whether at least one of the contacts may be sent something of an alert with this label."""
    return any(
        disclose(tlp, contact, address).level is not Level.NOTHING
        for contact in contacts
        for address in contact.addresses
    )
