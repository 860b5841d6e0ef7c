"""Bulletins: messages that are not about one alert, such as the summary of a storm or a word to administrators."""

from __future__ import annotations

from enum import StrEnum


class BulletinKind(StrEnum):
    """What a bulletin is. Each kind has one module of words in `messages.bulletins`, named in its `WRITERS`."""

    STORM_SUMMARY = "storm_summary"
    """What was folded at a destination because more came than its budget takes."""
    DIGEST = "digest"
    """What was not urgent, once a day at the time that its reader has chosen."""

    POLICY_REFUSED = "policy_refused"
    """To the coordinator's administrators: a change of the network's files has a fault and was not taken over."""

    ON_CALL = "on_call"
    """To administrators: something is wrong with their rota, now or soon."""

    NOT_REACHED = "not_reached"
    """To administrators: an address does not work, or nobody of an institute can be reached."""

    REACH_CHECK = "reach_check"
    """To contacts: shows that messages arrive at an address; marked as a test."""

    SILENCE = "silence"
    """To administrators: a silence begins, is over, or keeps something grave back."""

    @property
    def holds(self) -> bool:
        """Whether other messages were folded into it."""
        return self in _HOLDING


_HOLDING = frozenset({BulletinKind.STORM_SUMMARY, BulletinKind.DIGEST})

BULLETIN_CHANGE = "bulletin"
"""What stands for an alert's change in the delivery of a bulletin."""
