"""What a destination takes one by one, and when the rest is folded."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.budget import BudgetReason, LaneFacts, decide
from tocsin_alerting.policy.budgets import Budget, BudgetFor, Budgets
from tocsin_alerting.policy.directory import Channel

COUNTS = st.integers(0, 50)


def _facts(
    *, sent: int = 0, spent: int | None = None, folded: int = 0, waiting: int = 0, storm: bool = False
) -> LaneFacts:
    return LaneFacts(sent, sent if spent is None else spent, folded, waiting, storm)


def test_what_fits_goes_out_by_itself() -> None:
    """As many as the window takes are sent, the last of them too."""
    decision = decide(_facts(sent=17, waiting=3), 20)

    assert (decision.sends, decision.folds, decision.reason) == (3, 0, BudgetReason.WITHIN_BUDGET)


def test_one_too_many_begins_a_storm() -> None:
    """What does not fit is folded, and only that."""
    decision = decide(_facts(sent=17, waiting=5), 20)

    assert (decision.sends, decision.folds, decision.reason) == (3, 2, BudgetReason.OVER_BUDGET)
    assert decision.storm


def test_a_long_storm_does_not_fill_the_budget_up_again() -> None:
    """An hour later nothing of the twenty lies in the last window, and still all is folded."""
    decision = decide(_facts(sent=0, spent=20, folded=300, waiting=5, storm=True), 20)

    assert (decision.sends, decision.folds, decision.reason) == (0, 5, BudgetReason.STORM_GOES_ON)


def test_what_was_kept_at_its_beginning_still_goes_out() -> None:
    """Twenty were kept when it began and three have gone out: seventeen more follow."""
    decision = decide(_facts(sent=3, folded=480, waiting=17, storm=True), 20)

    assert (decision.sends, decision.folds) == (17, 0)


def test_a_trickle_ends_a_storm() -> None:
    """Once a window brought no more than the budget takes, each is sent by itself again."""
    decision = decide(_facts(sent=0, spent=20, folded=4, waiting=1, storm=True), 20)

    assert (decision.sends, decision.folds, decision.reason) == (1, 0, BudgetReason.STORM_OVER)


@given(COUNTS, COUNTS, COUNTS, COUNTS, st.booleans(), st.integers(1, 30))
def test_nothing_is_lost_and_no_budget_is_broken(
    sent: int, spent: int, folded: int, waiting: int, storm: bool, limit: int
) -> None:
    """Whatever waits is sent or folded, never both or neither, and never more is sent than the window takes."""
    decision = decide(LaneFacts(sent, max(sent, spent), folded, waiting, storm), limit)

    assert decision.sends + decision.folds == waiting
    assert decision.sends == 0 or sent + decision.sends <= limit
    assert decision.storm or decision.folds == 0


@pytest.mark.parametrize(
    ("channel", "address", "readers", "messages"),
    [
        (Channel.EMAIL, "x@gb.example", ["gb.duty"], 10),
        (Channel.SLACK, "C0", ["gb.duty"], 20),
        (Channel.SLACK, "C0GB", ["gb.duty"], 7),
        (Channel.EMAIL, "y@gb.example", ["gb.lead"], 3),
        (Channel.SLACK, "C1", ["gb.lead"], 20),
    ],
)
def test_an_address_goes_before_a_contact_and_that_before_the_channel(
    channel: Channel, address: str, readers: list[str], messages: int
) -> None:
    """The narrowest that was written down counts; what it does not say is as for the channel."""
    budgets = Budgets(
        exceptions=(
            BudgetFor(address="C0GB", messages=7),
            BudgetFor(contact="gb.lead", channel=Channel.EMAIL, messages=3),
        )
    )
    budget = budgets.of(channel, address, readers)

    assert budget.messages == messages
    assert budget.window == timedelta(minutes=10)


def test_exceptions_that_cannot_be_meant_are_named_with_their_fix() -> None:
    """A contact or an address that nobody has, and an exception for nothing or for two things."""
    wrong = Budgets(
        channels={Channel.SLACK: Budget(messages=5)},
        exceptions=(
            BudgetFor(messages=1),
            BudgetFor(contact="zz.duty", messages=1),
            BudgetFor(address="C0ZZ", messages=1),
            BudgetFor(contact="gb.duty", address="C0GB", messages=1),
        ),
    )

    assert list(wrong.faults(["gb.duty"], ["C0GB"])) == [
        "budgets.exceptions (1): names neither. Give a contact or an address.",
        "budgets.exceptions (2).contact: there is no contact 'zz.duty'. Use the id of one in contacts.yaml.",
        "budgets.exceptions (3).address: no contact lists 'C0ZZ'. Use an address of one in contacts.yaml.",
        "budgets.exceptions (4): names both. Give a contact or an address.",
    ]
