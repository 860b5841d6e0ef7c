"""Next channel, then next person: what becomes of pages whose channels fail, from the plan to the provider."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.alerting.assessments import incident
from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Channels, Directory, Ladder
from tocsin_alerting.policy.receipts import Receipt
from tocsin_alerting.store import Store
from tocsin_alerting.store.escalations import Fired
from tocsin_alerting.store.marks import mark
from tocsin_alerting.store.receipts import ProviderEvent, ReceiptOutcome, take_receipt
from tocsin_alerting.store.tables_deliveries import DestinationRow
from tocsin_consumers.channels.outgoing import DeliveryError

SLACK, MAIL = "C0GBDUTY", "duty@gb.example"
DOWN = DeliveryError("http_503", uncertain=False)


class Night:
    """Both notifiers and the desk on one store, for a network whose first steps go by one channel after another."""

    def __init__(self, store: Store, directory: Directory, clock: HandClock) -> None:
        first = [
            Ladder(id=one.id, steps=tuple(step.model_copy(update={"channels": Channels.FIRST}) for step in one.steps))
            for one in directory.ladders.values()
        ]
        own = Directory(
            contacts=directory.contacts.values(),
            ladders=first,
            routes=directory.routes,
            coordinator=directory.coordinator,
            institute_names=directory.institute_names,
            operator_clearance=directory.operator_clearance,
            institutes=directory.institutes,
            version="first-1",
        )
        self.store, self.clock = store, clock
        self.slack = Notifier(store=store, directory=own, clock=clock, name=Channel.SLACK, owner="slack:1")
        self.mail = Notifier(store=store, directory=own, clock=clock, name=Channel.EMAIL, owner="email:1")
        self.desk = self.slack.desk

    def work(self) -> list[Fired]:
        """One look of everybody."""
        fired = self.desk.escalate()
        for notifier in (self.slack, self.mail):
            notifier.work()
        self.mail.send()
        return fired

    def pass_seconds(self, seconds: int, step: int = 5) -> list[Fired]:
        """Time passes, and everybody looks every few seconds."""
        fired = []
        for _ in range(seconds // step):
            self.clock.advance(step)
            fired.extend(self.work())
        return fired

    def gb(self, notifier: Notifier) -> list[tuple[str, str, str | None]]:
        """The duty desk's messages on a channel: outcome, why that, and why it stood in."""
        return [
            (row.outcome, row.outcome_reason or "", row.stood_in)
            for row in notifier.rows(contact="gb.duty")
            if row.kind != "edit"
        ]

    def receipt(self, receipt: Receipt, *, to: str = MAIL, **facts: Any) -> ReceiptOutcome:
        """What SendGrid says of the latest mail to an address."""
        row = [one for one in self.mail.rows(address=to) if one.outcome == "sent"][-1]
        now = self.clock()
        event = ProviderEvent(f"{receipt}-{row.id}-{now}", receipt, facts.pop("at", now), row.id, None, **facts)
        with self.store.transaction() as session:
            return take_receipt(session, event, channel=Channel.EMAIL, now=now)


@pytest.fixture
def night(store: Store, directory: Directory, clock: HandClock) -> Night:
    """A quiet network."""
    return Night(store, directory, clock)


def test_the_first_channel_is_enough_where_it_works(night: Night) -> None:
    """One message to each duty desk; the mail stands by, and nobody gets it."""
    night.desk.take(incident())
    night.work()
    night.pass_seconds(300, 60)

    assert night.gb(night.slack) == [("sent", "", None)]
    assert night.gb(night.mail) == [("standby", "stands_by", None)]
    assert night.mail.channel.taken == []


def test_a_channel_that_is_gone_gives_way_to_the_mail_and_the_mail_to_the_leads(night: Night) -> None:
    """Next channel at once, and when that bounces the next person at once; both for the reason that is recorded."""
    night.slack.channel.fail_next(DeliveryError("is_archived", permanent=True, bad_address=True), address=SLACK)
    alert_id = night.desk.take(incident()).alert_id
    night.work()
    by_mail = night.gb(night.mail)
    quiet = [one for one in night.work() if one.institute == "gb"]
    bounced = night.receipt(Receipt.BOUNCE, reason="550 no such user")
    (fired,) = night.work()

    assert by_mail == [("sent", "", "refused")]
    assert quiet == []
    assert bounced is ReceiptOutcome.BROUGHT_FORWARD
    assert (fired.alert_id, fired.institute, fired.step, fired.reason) == (alert_id, "gb", 2, "step_not_reached")
    assert [one.address for one in night.slack.channel.taken].count("U0GBLEAD") == 1


def test_a_channel_that_is_known_to_be_gone_is_not_waited_for(night: Night) -> None:
    """The mark of last week: the mail goes first, and the outbox says why the channel was passed over."""
    with night.store.transaction() as session:
        mark(session, channel="slack", address=SLACK, at=night.clock(), reason="is_archived")
    night.desk.take(incident())
    night.work()

    assert night.gb(night.slack) == [("skipped", "known_bad", None)]
    assert night.gb(night.mail) == [("sent", "", None)]


def test_a_channel_that_is_down_is_joined_by_the_next_and_still_tried(night: Night) -> None:
    """After its patience the mail goes out as well; when Slack is back, who has answered is left alone."""
    night.slack.channel.fail_next(DOWN, times=10_000)
    alert_id = night.desk.take(incident()).alert_id
    assert alert_id is not None
    night.work()
    night.pass_seconds(55)
    early = night.gb(night.mail)
    fired = night.pass_seconds(20)
    late = night.gb(night.mail)
    night.desk.answer(alert_id, "gb")
    night.slack.channel._faults.clear()
    night.pass_seconds(600, 60)
    reached = {one.address for one in night.slack.channel.taken if one.address.endswith("DUTY")}

    assert early == [("standby", "stands_by", None)]
    assert late == [("sent", "", "channel_down")]
    assert fired == []
    assert night.gb(night.slack)[0] == ("superseded", "answered", None)
    assert SLACK not in reached
    assert "C0JPDUTY" in reached


def test_a_key_that_is_refused_is_not_waited_for(night: Night) -> None:
    """An operator must act; until then mail takes over at once, and no address is marked."""
    night.slack.channel.fail_next(DeliveryError("invalid_auth", misconfigured=True), times=10_000)
    night.desk.take(incident())
    night.work()
    night.work()
    with night.store.read() as session:
        place = session.get_one(DestinationRow, ("slack", SLACK))

    assert night.gb(night.mail) == [("sent", "", "channel_down")]
    assert place.bad_since is None


def test_a_mailbox_that_puts_a_page_off_is_not_waited_for_long(night: Night) -> None:
    """Deferred once and again: counted from the first, and then the next people are told; never before."""
    with night.store.transaction() as session:
        mark(session, channel="slack", address=SLACK, at=night.clock(), reason="is_archived")
    night.desk.take(incident())
    night.work()
    night.receipt(Receipt.DEFERRED)
    early = [one for one in night.pass_seconds(120, 30) if one.institute == "gb"]
    night.receipt(Receipt.DEFERRED)
    (fired,) = (one for one in night.pass_seconds(70) if one.institute == "gb")

    assert early == []
    assert (fired.step, fired.reason) == (2, "step_not_reached")


def test_what_comes_too_late_only_marks_the_address(night: Night) -> None:
    """A bounce after the answer, and one of a step that is over: nobody is told anything."""
    with night.store.transaction() as session:
        mark(session, channel="slack", address=SLACK, at=night.clock(), reason="is_archived")
    alert_id = night.desk.take(incident()).alert_id
    assert alert_id is not None
    night.work()
    night.desk.answer(alert_id, "gb")
    after_answer = night.receipt(Receipt.BOUNCE)
    fired = [one for one in night.work() if one.institute == "gb"]
    with night.store.read() as session:
        place = session.get_one(DestinationRow, ("email", MAIL))

    assert after_answer is ReceiptOutcome.TAKEN
    assert fired == []
    assert place.bad_since == night.clock()


def test_an_address_is_good_again_when_something_later_has_arrived(night: Night) -> None:
    """Not by an older word that comes late."""
    night.slack.channel.fail_next(DeliveryError("is_archived", permanent=True, bad_address=True), address=SLACK)
    night.desk.take(incident())
    night.work()
    now = night.clock()
    night.receipt(Receipt.BOUNCE, at=now)
    night.receipt(Receipt.DELIVERED, at=now - timedelta(minutes=1))
    with night.store.read() as session:
        still = session.get_one(DestinationRow, ("email", MAIL)).bad_since
    night.clock.advance(60)
    night.receipt(Receipt.DELIVERED)
    with night.store.read() as session:
        place = session.get_one(DestinationRow, ("email", MAIL))

    assert still == now
    assert (place.bad_since, place.bad_reason) == (None, None)


def test_the_first_mark_stands_and_the_last_reason(night: Night) -> None:
    """Administrators are told once of an address that keeps refusing."""
    with night.store.transaction() as session:
        for hour, reason in enumerate(("is_archived", "channel_not_found")):
            mark(session, channel="slack", address="C1", at=night.clock() + timedelta(hours=hour), reason=reason)
    with night.store.read() as session:
        place = session.get_one(DestinationRow, ("slack", "C1"))

    assert place.bad_since == night.clock()
    assert place.bad_reason == "channel_not_found"


def _bulletins(night: Night) -> list[tuple[str, str]]:
    """To whom something was said that is not about one alert, and where."""
    rows = [*night.slack.rows(reason="not_reached"), *night.mail.rows(reason="not_reached")]
    return sorted((row.contact, row.address) for row in rows if row.outcome == "sent")


def test_an_administrator_is_told_once_of_an_address_that_does_not_work(night: Night) -> None:
    """Elsewhere, and with what the provider said; the second refusal of the same address is no news."""
    night.slack.channel.fail_next(
        DeliveryError("is_archived", permanent=True, bad_address=True), times=10, address=SLACK
    )
    night.desk.take(incident())
    night.pass_seconds(10)
    night.desk.take(incident("another", series="another"))
    night.pass_seconds(10)
    (said,) = [one for one in night.slack.channel.taken if one.address == "U0GBLEAD"]
    text = str(said.message)

    assert _bulletins(night) == [("gb.lead", "U0GBLEAD")]
    assert night.desk.directory.contacts["gb.duty"].name in text
    assert "gb.duty" not in text
    assert "is_archived" in text
    assert "What was" not in text


def test_an_institute_that_nothing_reaches_is_told_to_the_coordinator(night: Night, directory: Directory) -> None:
    """All its addresses are dead: the coordinator's administrators hear of it, and are not told where people live."""
    with night.store.transaction() as session:
        for contact in directory.called("jp"):
            for at in contact.addresses:
                mark(session, channel=at.channel.value, address=at.address, at=night.clock(), reason="bounce: gone")
    night.pass_seconds(10)
    said = [str(one.message) for one in night.slack.channel.to("U0GBLEAD")]

    assert {contact for contact, _ in _bulletins(night)} == {"gb.lead"}
    assert any("Nobody at Japan AI Safety Institute can be reached" in each for each in said)
    assert not any("jp.example" in each or "gone" in each for each in said)
