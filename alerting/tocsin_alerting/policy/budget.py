"""Whether a destination takes what waits for it one by one, or has a storm: then the rest is folded into a summary.

A storm begins when more waits than the window takes. While it lasts the budget is not filled up again: what has not
fitted into it is folded, however long the storm is. It is over when the last window brought no more than the budget
takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BudgetReason(StrEnum):
    """Why messages are sent one by one or folded."""

    WITHIN_BUDGET = "within_budget"
    OVER_BUDGET = "over_budget"
    """More waits than the window takes: a storm begins."""
    STORM_GOES_ON = "storm_goes_on"
    STORM_OVER = "storm_over"
    """The last window brought no more than the budget takes."""


@dataclass(frozen=True, slots=True)
class LaneFacts:
    """What one lane of a destination has come to."""

    sent: int
    """New messages that went out within the last window, or are on their way."""
    spent: int
    """In a storm, those that went out since a window before it began: what of its budget is used up."""
    folded: int
    """New messages that were folded within the last window."""
    waiting: int
    """New messages that are due now."""
    storm: bool
    """Whether a storm is open."""


@dataclass(frozen=True, slots=True)
class BudgetDecision:
    """What becomes of the messages that wait, the most pressing first."""

    sends: int
    """How many of them may go out by themselves."""
    folds: int
    reason: BudgetReason

    @property
    def storm(self) -> bool:
        """Whether a storm is open now."""
        return self.reason in {BudgetReason.OVER_BUDGET, BudgetReason.STORM_GOES_ON}


def decide(facts: LaneFacts, limit: int) -> BudgetDecision:
    """What becomes of what waits, where a window takes `limit` new messages."""
    came = facts.sent + facts.folded + facts.waiting
    if facts.storm and came > limit:
        sends = min(max(limit - facts.spent, 0), facts.waiting)
        return BudgetDecision(sends, facts.waiting - sends, BudgetReason.STORM_GOES_ON)
    room = max(limit - facts.sent, 0)
    if facts.waiting > room:
        return BudgetDecision(room, facts.waiting - room, BudgetReason.OVER_BUDGET)
    return BudgetDecision(facts.waiting, 0, BudgetReason.STORM_OVER if facts.storm else BudgetReason.WITHIN_BUDGET)
