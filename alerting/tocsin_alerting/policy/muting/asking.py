"""Who may ask for quiet: an institute for its own people, the coordinator and the operators for everybody."""

from __future__ import annotations

from enum import StrEnum


class Asker(StrEnum):
    """On whose behalf somebody asks."""

    OPERATOR = "operator"
    COORDINATOR = "coordinator"
    INSTITUTE = "institute"


class AskingReason(StrEnum):
    """Why a silence may be asked for, or may not."""

    OWN_PEOPLE = "own_people"
    FOR_ALL = "for_all"
    OPERATES = "operates"
    ANOTHER_INSTITUTES_PEOPLE = "another_institutes_people"
    ONLY_THE_COORDINATOR_FOR_ALL = "only_the_coordinator_for_all"

    @property
    def may(self) -> bool:
        """Whether it may."""
        return self in _MAY


_MAY = frozenset({AskingReason.OWN_PEOPLE, AskingReason.FOR_ALL, AskingReason.OPERATES})


def may_silence(asker: Asker, own: str | None, wanted: str | None) -> AskingReason:
    """Whether somebody may ask for quiet, or change a silence.

    Args:
        asker: who asks.
        own: their institute; None for an operator.
        wanted: whose people are left in peace; None: everybody's.
    """
    if asker is Asker.OPERATOR:
        return AskingReason.OPERATES
    if wanted is None:
        return AskingReason.FOR_ALL if asker is Asker.COORDINATOR else AskingReason.ONLY_THE_COORDINATOR_FOR_ALL
    return AskingReason.OWN_PEOPLE if wanted == own else AskingReason.ANOTHER_INSTITUTES_PEOPLE
