"""Whether anybody of a team may be told: a step whose people may not is no step."""

from __future__ import annotations

from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.disclosure import Level, disclose
from tocsin_schemas.vocabulary import Tlp


def can_be_told(directory: Directory, institute: str, team: str, tlp: Tlp) -> bool:
    """Whether at least one contact of an institute's team may be sent something of an alert with this label."""
    return any(
        disclose(tlp, contact, address).level is not Level.NOTHING
        for contact in directory.team(institute, team)
        for address in contact.addresses
    )
