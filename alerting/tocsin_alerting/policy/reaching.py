"""Whether the people of a step are still being reached, and if not who is told next. The one rule for all failures.

Pure. A page that was refused, bounced or waits too long does not reach anybody; then the same contact's next channel
is tried, and when no channel of anybody in the step is left, the ladder's next step is told now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_alerting.policy.notification_plan import PlannedDelivery
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.policy.sending import Outcome


class ReachReason(StrEnum):
    """Why a page reaches somebody, or does not."""

    ON_ITS_WAY = "on_its_way"
    TAKEN = "taken"
    """The provider has it, and nothing is known against it."""
    KEPT_BACK = "kept_back"
    """A silence, an incident or a summary has it, on purpose."""
    REFUSED = "refused"
    """The provider will never take it."""
    BOUNCED = "bounced"
    DROPPED = "dropped"
    SPAM_REPORTED = "spam_reported"
    KNOWN_BAD = "known_bad"
    """Its address was known not to work when it was planned, and the contact has another."""
    PUT_OFF = "put_off"
    """The mailbox has put it off for too long."""
    CHANNEL_DOWN = "channel_down"
    """No provider has taken it for too long; it is still tried."""
    NEVER_PLANNED = "never_planned"
    """The channel that comes before has not even planned it: its notifier does not run."""
    STANDS_BY = "stands_by"
    NOT_MEANT = "not_meant"
    """It was withheld, or has become pointless."""
    NOBODY_ASKED = "nobody_asked"


class Standing(StrEnum):
    """How one page stands."""

    REACHING = "reaching"
    DOUBTED = "doubted"
    """It may still arrive, and nobody may wait for that."""
    LOST = "lost"
    STANDING_BY = "standing_by"
    """It goes out when the one before it does not reach anybody."""
    ASIDE = "aside"
    """It says nothing of whether people are reached."""


class Next(StrEnum):
    """What follows for the people of a step."""

    WAIT = "wait"
    """Somebody is being reached."""
    NEXT_CHANNEL = "next_channel"
    NEXT_PERSON = "next_person"
    """The ladder's next step is told now; when there is none, the coordinator."""


@dataclass(frozen=True, slots=True)
class Page:
    """One message that asks the people of a step for an answer."""

    id: str
    outcome: Outcome
    receipt: Receipt | None = None
    doubt_at: datetime | None = None
    """Unless it is known by then to have been taken, or to have arrived, it is doubted."""
    stands_by_for: str | None = None
    """The page after whose failure this one goes out."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows, and why; with the pages that go out now in the place of others."""

    next: Next
    reason: ReachReason
    stand_in: tuple[tuple[str, ReachReason], ...] = ()


_RECEIPTS = {
    Receipt.BOUNCE: ReachReason.BOUNCED,
    Receipt.DROPPED: ReachReason.DROPPED,
    Receipt.SPAMREPORT: ReachReason.SPAM_REPORTED,
}


def standing(page: Page, now: datetime) -> tuple[Standing, ReachReason]:
    """How a page stands at an instant, and why."""
    late = page.doubt_at is not None and page.doubt_at <= now
    match page.outcome:
        case Outcome.PENDING:
            return (Standing.DOUBTED, ReachReason.CHANNEL_DOWN) if late else (Standing.REACHING, ReachReason.ON_ITS_WAY)
        case Outcome.SENT | Outcome.PREVIEWED:
            if page.receipt is not None and page.receipt.undeliverable:
                return Standing.LOST, _RECEIPTS[page.receipt]
            if page.receipt is Receipt.DEFERRED and late:
                return Standing.DOUBTED, ReachReason.PUT_OFF
            return Standing.REACHING, ReachReason.TAKEN
        case Outcome.FOLDED | Outcome.MUTED:
            return Standing.REACHING, ReachReason.KEPT_BACK
        case Outcome.FAILED:
            return Standing.LOST, ReachReason.REFUSED
        case Outcome.SKIPPED:
            return Standing.LOST, ReachReason.KNOWN_BAD
        case Outcome.STANDBY:
            return Standing.STANDING_BY, ReachReason.STANDS_BY
        case Outcome.WITHHELD | Outcome.SUPERSEDED:
            return Standing.ASIDE, ReachReason.NOT_MEANT


def judge(pages: Iterable[Page], now: datetime) -> Judgement:
    """What follows for the people of one step, from all pages that they were sent or that stand by."""
    known = {page.id: page for page in pages}
    stood = {page.id: standing(page, now) for page in known.values()}
    stand_in = [
        (page.id, reason)
        for page in known.values()
        if stood[page.id][0] is Standing.STANDING_BY and (reason := _steps_in(page, stood, now)) is not None
    ]
    if stand_in:
        return Judgement(Next.NEXT_CHANNEL, stand_in[0][1], tuple(stand_in))
    meant = [one for one in stood.values() if one[0] is not Standing.ASIDE]
    if not meant:
        return Judgement(Next.WAIT, ReachReason.NOBODY_ASKED)
    # What stands by for a page that is not there yet has not failed: it is waited for as long as for any.
    alive = next((one for one in meant if one[0] in {Standing.REACHING, Standing.STANDING_BY}), None)
    if alive is not None:
        return Judgement(Next.WAIT, alive[1])
    doubted = next((one for one in meant if one[0] is Standing.DOUBTED), None)
    return Judgement(Next.NEXT_PERSON, (doubted or meant[-1])[1])


def _steps_in(page: Page, stood: Mapping[str, tuple[Standing, ReachReason]], now: datetime) -> ReachReason | None:
    """Why a page that stands by goes out now; None while it need not."""
    before = stood.get(page.stands_by_for or "")
    if before is None:
        return ReachReason.NEVER_PLANNED if page.doubt_at is not None and page.doubt_at <= now else None
    if before[0] in {Standing.LOST, Standing.DOUBTED}:
        return before[1]
    # One that was withheld or became pointless is no way to reach anybody either.
    return before[1] if before[0] is Standing.ASIDE else None


class Start(StrEnum):
    """How a page begins."""

    NOW = "now"
    STANDS_BY = "stands_by"
    KNOWN_BAD = "known_bad"


Place = tuple[str, str, str]
"""Channel, address and kind: an address gets one message of each kind for a change."""


def place_of(one: PlannedDelivery) -> Place:
    """What tells a planned message from the others of the same change."""
    return one.channel.value, one.address, one.kind.value


def starts(planned: Iterable[PlannedDelivery], bad: Iterable[tuple[str, str]]) -> dict[Place, Start]:
    """How each page begins whose contact is reached by one channel after the other; the others are not in it.

    Args:
        planned: all that follows from one change, of every channel.
        bad: channels and addresses that are known not to work.
    """
    dead = set(bad)
    before = {place_of(one): place_of(one.after) for one in planned if one.after is not None}
    chained = dict.fromkeys(place for follower, leader in before.items() for place in (leader, follower))

    def works(place: Place) -> bool:
        return place[:2] not in dead

    def skipped(place: Place) -> bool:
        return not works(place) and any(works(other) for other in (*earlier(place), *later(place)))

    def earlier(place: Place) -> Iterable[Place]:
        found = before.get(place)
        while found is not None:
            yield found
            found = before.get(found)

    def later(place: Place) -> Iterable[Place]:
        for follower, leader in before.items():
            if leader == place:
                yield follower
                yield from later(follower)

    begun: dict[Place, Start] = {}
    for place in chained:
        if skipped(place):
            begun[place] = Start.KNOWN_BAD
        else:
            begun[place] = Start.NOW if all(skipped(each) for each in earlier(place)) else Start.STANDS_BY
    return begun
