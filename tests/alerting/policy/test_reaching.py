"""Whether people are reached: after whatever becomes of their messages, somebody is, or the next are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.directory import Channel
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.lanes import Lane
from tocsin_alerting.policy.notification_plan import PlannedDelivery
from tocsin_alerting.policy.reaching import Next, Page, ReachReason, Standing, Start, judge, place_of, standing, starts
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import Outcome
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason

NOW = datetime(2026, 3, 29, 1, tzinfo=UTC)
LATER, EARLIER = NOW + timedelta(minutes=2), NOW - timedelta(minutes=2)
_pages = st.builds(
    Page,
    id=st.uuids().map(str),
    outcome=st.sampled_from(Outcome),
    receipt=st.none() | st.sampled_from(Receipt),
    doubt_at=st.none() | st.sampled_from([EARLIER, NOW, LATER]),
)


def _chain(pages: list[Page]) -> list[Page]:
    """Each page that stands by does so for the one before it."""
    linked: list[Page] = []
    for page in pages:
        before = linked[-1].id if linked else "not planned yet"
        linked.append(replace(page, stands_by_for=before) if page.outcome is Outcome.STANDBY else page)
    return linked


@given(st.lists(_pages, max_size=7))
def test_somebody_is_reached_or_the_next_are_told(pages: list[Page]) -> None:
    """Where a step asked anybody, it never waits for messages of which none reaches anybody."""
    chained = _chain(pages)
    verdict = judge(chained, NOW)
    stood = {page.id: standing(page, NOW)[0] for page in chained}
    meant = [one for one in stood.values() if one is not Standing.ASIDE]

    match verdict.next:
        case Next.WAIT:
            assert not meant or {Standing.REACHING, Standing.STANDING_BY} & set(meant)
        case Next.NEXT_CHANNEL:
            assert verdict.stand_in
            assert all(stood[one] is Standing.STANDING_BY for one, _ in verdict.stand_in)
        case Next.NEXT_PERSON:
            assert set(meant) <= {Standing.LOST, Standing.DOUBTED}


@given(st.lists(_pages, max_size=7))
def test_what_stands_in_ends_in_somebody_reached_or_the_next_told(pages: list[Page]) -> None:
    """Judged again and again while every page that stands in fails too, it ends with the next people, and soon."""
    known = {page.id: page for page in _chain(pages)}
    verdict = judge(known.values(), NOW)
    for _ in range(len(known) + 1):
        if verdict.next is not Next.NEXT_CHANNEL:
            break
        for one, _reason in verdict.stand_in:
            known[one] = replace(known[one], outcome=Outcome.FAILED)
        verdict = judge(known.values(), NOW)

    assert verdict.next is not Next.NEXT_CHANNEL


@given(st.lists(_pages, max_size=7))
def test_judging_twice_changes_nothing_more(pages: list[Page]) -> None:
    """After what stands in is on its way, the same look asks for no further channel of the same chain."""
    known = {page.id: page for page in _chain(pages)}
    first = judge(known.values(), NOW)
    for one, _ in first.stand_in:
        known[one] = replace(known[one], outcome=Outcome.PENDING, doubt_at=LATER)
    again = judge(known.values(), NOW)

    if first.next is Next.NEXT_CHANNEL:
        assert again.next is Next.WAIT
    else:
        assert again == first


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (Page("1", Outcome.SENT, Receipt.BOUNCE), (Standing.LOST, ReachReason.BOUNCED)),
        (Page("1", Outcome.SENT, Receipt.DROPPED), (Standing.LOST, ReachReason.DROPPED)),
        (Page("1", Outcome.SENT, Receipt.SPAMREPORT), (Standing.LOST, ReachReason.SPAM_REPORTED)),
        (Page("1", Outcome.SENT, Receipt.DEFERRED, LATER), (Standing.REACHING, ReachReason.TAKEN)),
        (Page("1", Outcome.SENT, Receipt.DEFERRED, NOW), (Standing.DOUBTED, ReachReason.PUT_OFF)),
        (Page("1", Outcome.SENT, Receipt.DELIVERED), (Standing.REACHING, ReachReason.TAKEN)),
        (Page("1", Outcome.PENDING, None, LATER), (Standing.REACHING, ReachReason.ON_ITS_WAY)),
        (Page("1", Outcome.PENDING, None, NOW), (Standing.DOUBTED, ReachReason.CHANNEL_DOWN)),
        (Page("1", Outcome.FAILED), (Standing.LOST, ReachReason.REFUSED)),
        (Page("1", Outcome.SKIPPED), (Standing.LOST, ReachReason.KNOWN_BAD)),
        (Page("1", Outcome.MUTED), (Standing.REACHING, ReachReason.KEPT_BACK)),
    ],
)
def test_each_failure_has_its_reason(page: Page, expected: tuple[Standing, ReachReason]) -> None:
    """People are told otherwise for a stated reason."""
    assert standing(page, NOW) == expected


def test_the_next_channel_of_the_same_person_comes_before_the_next_person() -> None:
    """The Slack channel is gone: the mail goes out, for that reason, and the third address still waits."""
    pages = [
        Page("slack", Outcome.FAILED),
        Page("mail", Outcome.STANDBY, stands_by_for="slack"),
        Page("home", Outcome.STANDBY, stands_by_for="mail"),
    ]
    verdict = judge(pages, NOW)

    assert (verdict.next, verdict.stand_in) == (Next.NEXT_CHANNEL, (("mail", ReachReason.REFUSED),))


def test_a_colleague_who_was_reached_is_waited_for() -> None:
    """Two on duty: the bounce of one does not call the leads while the other has the message."""
    pages = [Page("ana", Outcome.SENT, Receipt.BOUNCE), Page("ben", Outcome.SENT)]

    assert judge(pages, NOW).next is Next.WAIT
    assert judge([pages[0], replace(pages[1], receipt=Receipt.BOUNCE)], NOW).next is Next.NEXT_PERSON


def test_a_channel_whose_notifier_does_not_run_holds_nobody_up() -> None:
    """What stands by for a message that nobody has planned goes out when its patience ends."""
    waiting = Page("mail", Outcome.STANDBY, doubt_at=LATER, stands_by_for="slack")

    assert judge([waiting], NOW).next is Next.WAIT
    assert judge([waiting], LATER).stand_in == (("mail", ReachReason.NEVER_PLANNED),)


def _planned(*addresses: str) -> list[PlannedDelivery]:
    chain: list[PlannedDelivery] = []
    for address in addresses:
        channel = Channel.EMAIL if "@" in address else Channel.SLACK
        chain.append(
            PlannedDelivery(
                "gb",
                "gb.duty",
                channel,
                address,
                DeliveryKind.MESSAGE,
                TellingReason.RAISED,
                Level.FULL,
                "cleared",
                Lane.ASKED,
                chain[-1] if chain else None,
            )
        )
    return chain


@pytest.mark.parametrize(
    ("bad", "expected"),
    [
        ([], [Start.NOW, Start.STANDS_BY, Start.STANDS_BY]),
        ([("slack", "C1")], [Start.KNOWN_BAD, Start.NOW, Start.STANDS_BY]),
        ([("slack", "C1"), ("email", "a@b")], [Start.KNOWN_BAD, Start.KNOWN_BAD, Start.NOW]),
        ([("email", "a@b")], [Start.NOW, Start.KNOWN_BAD, Start.STANDS_BY]),
        ([("slack", "C1"), ("email", "a@b"), ("email", "c@d")], [Start.NOW, Start.STANDS_BY, Start.STANDS_BY]),
    ],
)
def test_a_dead_address_is_passed_over_while_there_is_another(
    bad: list[tuple[str, str]], expected: list[Start]
) -> None:
    """Time is not lost on a channel that is known to be gone; where all are, all are tried."""
    chain = _planned("C1", "a@b", "c@d")

    assert [starts(chain, bad)[place_of(one)] for one in chain] == expected
