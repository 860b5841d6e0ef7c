"""When people must learn of what a silence keeps back: once it is severe, or graver than all before."""

from __future__ import annotations

from enum import StrEnum

from tocsin_schemas.vocabulary import Severity, Status


class Hiding(StrEnum):
    """Whether what is kept back is told to those who look after the silence, and why."""

    SEVERE = "severe"
    GRAVEST_SO_FAR = "gravest_so_far"
    NOTHING_NEW = "nothing_new"
    """It is mild, or no graver than what was kept back before."""
    NOT_MEANT = "not_meant"
    """It is an exercise or a test."""

    @property
    def is_told(self) -> bool:
        """Whether people learn of it."""
        return self in {Hiding.SEVERE, Hiding.GRAVEST_SO_FAR}


def hiding(severity: Severity, status: Status, gravest: Severity | None) -> Hiding:
    """What it means that a silence keeps an alert back.

    Args:
        severity: of the alert.
        status: whether it is meant.
        gravest: the gravest that the silence has kept back before; None: nothing yet.
    """
    if status is not Status.ACTUAL:
        return Hiding.NOT_MEANT
    if severity.rank >= Severity.SEVERE.rank:
        return Hiding.SEVERE
    before = gravest.rank if gravest is not None else Severity.MINOR.rank
    return Hiding.GRAVEST_SO_FAR if severity.rank > max(before, Severity.MINOR.rank) else Hiding.NOTHING_NEW
