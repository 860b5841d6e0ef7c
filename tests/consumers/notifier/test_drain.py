"""What becomes of planned messages: sent, tried again, dropped, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.alerting import assessments
from tests.consumers.notifier.rig import PAUSE, Notifier
from tests.fixtures.clock import HandClock
from tests.system.waiting import eventually
from tocsin_alerting.policy.directory import Directory
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.sending import GIVE_UP_AFTER, back_off
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_alerting.store import Store
from tocsin_alerting.store.claims import LEASE, claim_due
from tocsin_alerting.store.deliveries import alert_facts, plan
from tocsin_alerting.store.tables import AlertRow
from tocsin_alerting.store.tables_deliveries import DestinationRow
from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing
from tocsin_consumers.channels.preview import PreviewChannel
from tocsin_consumers.notifier.planner import Planner
from tocsin_schemas import Action, Answer, Severity, Tlp

GB, JP = "C0GBDUTY", "C0JPDUTY"


def _raise(notifier: Notifier, name: str = "r1", **changes: Any) -> str:
    return notifier.desk.take(assessments.finding(name, **changes)).alert_id or ""


def _tick(notifier: Notifier, by: timedelta | float) -> None:
    """Time passes, the desk's timer fires, and the notifier works."""
    notifier.clock.advance(by)
    notifier.desk.escalate()
    notifier.work()


def test_an_alert_is_sent_once_to_each_duty_desk(slack: Notifier) -> None:
    """Ten institutes, ten messages; the outcome is recorded with what Slack calls them."""
    _raise(slack)
    slack.work()
    slack.clock.advance(3600)
    slack.send()
    rows = slack.rows()

    assert len(slack.channel.taken) == 10
    assert {row.outcome for row in rows} == {"sent"}
    assert all(row.provider_id and row.provider_place == row.address and row.attempts == 1 for row in rows)
    assert all(row.next_attempt_at is None and row.claimed_by is None for row in rows)


def test_an_event_read_twice_is_told_once(slack: Notifier) -> None:
    """Kafka repeats; people are not told again."""
    _raise(slack)
    slack.hear()
    slack._read = 0
    slack.hear()
    slack.send()

    assert len(slack.channel.taken) == 10


def test_what_is_planned_is_claimed_in_the_same_transaction(slack: Notifier, directory: Directory) -> None:
    """An alert is on its way when its event has been dealt with; a repeat of the event claims nothing again."""
    planner = Planner(
        store=slack.store,
        directory=lambda: directory,
        channel=slack.name,
        clock=slack.clock,
        transact=slack.drain.transact,
    )
    slack.planner = planner
    _raise(slack)
    slack.hear()
    at_once = len(slack.channel.taken)
    slack._read = 0
    slack.hear()
    slack.send()

    assert at_once == 10
    assert len(slack.channel.taken) == 10
    assert {row.outcome for row in slack.rows()} == {"sent"}


def test_a_planning_that_fails_sends_nothing(slack: Notifier) -> None:
    """What was not committed is not told."""

    def fail(session: Session) -> tuple[str, ...]:
        slack_event = slack.desk.events()[0]
        facts = alert_facts(session, slack_event)
        assert facts is not None
        planned = plan_notification(slack_event, facts, slack.desk.directory).deliveries
        plan(session, slack_event, slack.name, planned, policy="p", now=slack.clock())
        raise RuntimeError("a fault")

    _raise(slack)
    with pytest.raises(RuntimeError, match="a fault"):
        slack.drain.transact(fail)
    slack.send()

    assert slack.channel.attempts == []
    assert slack.rows() == []


def test_retry_after_holds_that_destination_and_no_other(slack: Notifier) -> None:
    """One channel's limit delays only that channel, and for no longer than it says."""
    slack.channel.fail_next(DeliveryError("rate_limited", retry_after=20), address=GB)
    _raise(slack)
    slack.work()
    others = len(slack.channel.taken)
    slack.clock.advance(19.9)
    slack.send()
    too_early = len(slack.channel.to(GB))
    slack.clock.advance(0.2)
    slack.send()

    assert others == 9
    assert too_early == 0
    assert len(slack.channel.to(GB)) == 1
    assert len({outgoing.delivery_id for outgoing in slack.channel.attempts if outgoing.address == GB}) == 1


def test_retry_after_holds_everything_for_that_destination(slack: Notifier) -> None:
    """A further alert waits as well: the limit is the channel's."""
    slack.channel.fail_next(DeliveryError("rate_limited", retry_after=20), address=GB)
    _raise(slack)
    slack.work()
    slack.clock.advance(5)
    _raise(slack, "r2", system="another-model", evaluation="another")
    slack.work()

    assert slack.channel.to(GB) == []
    assert len(slack.channel.to(JP)) == 2


def test_a_channel_gets_one_message_a_second(slack: Notifier) -> None:
    """Slack's limit is kept before it is hit: the second alert waits for its second."""
    _raise(slack)
    slack.hear()
    _raise(slack, "r2", system="another-model", evaluation="another")
    slack.work()
    at_once = len(slack.channel.to(GB))
    slack.clock.advance(PAUSE)
    slack.send()

    assert at_once == 1
    assert len(slack.channel.to(GB)) == 2


def test_mailboxes_rest_not(email: Notifier) -> None:
    """SendGrid limits no mailbox: two alerts are two mails at once."""
    _raise(email)
    email.hear()
    _raise(email, "r2", system="another-model", evaluation="another")
    email.work()

    assert len(email.channel.to("duty@gb.example")) == 2


def test_a_failure_is_tried_again_after_its_wait(slack: Notifier) -> None:
    """The time is in the row, so that a restart forgets nothing; each failure waits longer."""
    slack.channel.fail_next(DeliveryError("http_503", uncertain=True), times=2, address=GB)
    _raise(slack)
    slack.work()
    (row,) = slack.rows(address=GB)
    first = row.next_attempt_at
    slack.clock.advance(back_off(row.id, 1))
    slack.send()
    (again,) = slack.rows(address=GB)
    slack.clock.advance(back_off(row.id, 2))
    slack.send()
    (sent,) = slack.rows(address=GB)

    assert first is not None
    assert (row.outcome, row.outcome_reason, again.attempts) == ("pending", "http_503", 2)
    assert sent.outcome == "sent"
    assert sent.attempts == 3


def test_an_uncertain_attempt_says_so_to_the_next(slack: Notifier) -> None:
    """Slack is then asked whether it has the message; after a plain refusal it need not be."""
    slack.channel.fail_next(DeliveryError("timed_out", uncertain=True), address=GB)
    slack.channel.fail_next(DeliveryError("unreachable"), address=JP)
    _raise(slack)
    slack.work()
    slack.clock.advance(10)
    slack.send()
    second = {outgoing.address: outgoing.uncertain for outgoing in slack.channel.attempts[10:]}

    assert second == {GB: True, JP: False}


def test_the_claim_of_a_dead_worker_runs_out_and_the_same_delivery_is_sent(
    slack: Notifier, store: Store, directory: Directory, clock: HandClock
) -> None:
    """A worker that died between claim and record: another sends it, with the same id, and knows of the doubt."""
    _raise(slack)
    slack.hear()
    with store.transaction() as session:
        dead = claim_due(session, slack.name, owner="dead", now=clock(), limit=1)
    other = Notifier(store=store, directory=directory, clock=clock, owner="other")
    other.send()
    before = len(other.channel.taken)
    clock.advance(LEASE + timedelta(seconds=1))
    other.send()
    last = other.channel.taken[-1]

    assert before == 9
    assert len(other.channel.taken) == 10
    assert (last.delivery_id, last.uncertain) == (dead.claimed[0].id, True)


def test_the_next_process_of_the_same_name_does_not_wait_for_the_claim(
    slack: Notifier, store: Store, clock: HandClock
) -> None:
    """The supervisor restarts a notifier at once; what it had in hand is not left for half a minute."""
    _raise(slack)
    slack.hear()
    with store.transaction() as session:
        claim_due(session, slack.name, owner="test:1", now=clock(), limit=5)
    stop = threading.Event()
    stop.set()
    slack.drain.run(stop)
    slack.send()

    assert len(slack.channel.taken) == 10
    assert sum(outgoing.uncertain for outgoing in slack.channel.taken) == 5


def test_after_an_answer_nothing_more_asks_that_institute(slack: Notifier) -> None:
    """A message that waits for its channel is dropped once its institute has answered; the others are sent."""
    slack.channel.fail_next(DeliveryError("http_500"), address=GB)
    alert_id = _raise(slack)
    slack.work()
    slack.desk.answer(alert_id, "gb")
    slack.clock.advance(60)
    slack.work()
    asked = [row for row in slack.rows(address=GB) if row.reason == "raised"]

    assert [(row.outcome, row.outcome_reason) for row in asked] == [("superseded", "answered")]
    assert slack.channel.to(GB) == []


def test_an_answer_given_while_the_message_is_in_hand_is_seen_at_the_last_look(slack: Notifier) -> None:
    """The answer is committed after the claim and before the provider is asked: nothing is sent."""
    alert_id = _raise(slack)
    slack.hear()

    def answered(outgoing: Outgoing[Any]) -> None:
        if len(slack.channel.attempts) == 1:
            others = {"gb", "jp"} - {next(row.institute for row in slack.rows(address=outgoing.address))}
            for institute in others:
                slack.desk.answer(alert_id, institute)

    slack.channel.before = answered
    slack.send()
    dropped = [row.institute for row in slack.rows(outcome="superseded", outcome_reason="answered")]

    assert dropped
    assert set(dropped) <= {"gb", "jp"}
    assert len(slack.channel.taken) == 10 - len(dropped)


def test_an_answer_is_shown_in_every_channel_and_said_in_its_own(slack: Notifier) -> None:
    """Ten edits of what Slack holds, and one line in the thread."""
    alert_id = _raise(slack)
    slack.work()
    slack.clock.advance(5)
    slack.desk.answer(alert_id, "gb")
    slack.work()
    slack.clock.advance(5)
    slack.work()
    later = slack.channel.taken[10:]
    posted = {row.address: row.provider_id for row in slack.rows(kind="message")}
    edits = [outgoing for outgoing in later if outgoing.kind is DeliveryKind.EDIT]
    replies = [outgoing for outgoing in later if outgoing.kind is DeliveryKind.REPLY]

    assert {outgoing.address for outgoing in edits} == set(posted)
    assert all(outgoing.anchor.provider_id == posted[outgoing.address] for outgoing in edits)
    assert [outgoing.address for outgoing in replies] == [GB]


def test_an_edit_waits_for_the_message_it_changes(slack: Notifier) -> None:
    """The answer of another institute comes while this channel's message still waits: it is not shown before."""
    slack.channel.fail_next(DeliveryError("rate_limited", retry_after=30), address=GB)
    alert_id = _raise(slack)
    slack.work()
    slack.desk.answer(alert_id, "jp")
    slack.work()
    waiting = [outgoing.kind for outgoing in slack.channel.to(GB)]
    slack.clock.advance(40)
    slack.send()
    slack.clock.advance(2)
    slack.send()

    assert waiting == []
    assert [outgoing.kind for outgoing in slack.channel.to(GB)] == [DeliveryKind.MESSAGE, DeliveryKind.EDIT]


def test_a_burst_of_answers_is_one_edit(slack: Notifier) -> None:
    """Six answers within a second: each channel is edited once, to the state after all of them."""
    alert_id = _raise(slack)
    slack.work()
    for institute in ("jp", "fr", "sg", "us", "kr", "ke"):
        slack.desk.answer(alert_id, institute)
    slack.clock.advance(2)
    slack.hear()
    slack.send()
    slack.clock.advance(2)
    slack.send()
    edits = [outgoing for outgoing in slack.channel.to(GB) if outgoing.kind is DeliveryKind.EDIT]
    states = [row.outcome for row in slack.rows(address=GB, kind="edit")]

    assert len(edits) == 1
    assert str(edits[0].message.as_dict()).count("acknowledged by") == 6
    assert sorted(states) == ["sent", *["superseded"] * 6]


def test_when_nobody_answers_the_lead_is_called_and_when_somebody_has_is_not(slack: Notifier) -> None:
    """The next step fires for the silent, not for the one who answered."""
    alert_id = _raise(slack)
    slack.work()
    slack.desk.answer(alert_id, "gb")
    _tick(slack, timedelta(minutes=15))
    _tick(slack, 5)
    called = {outgoing.address for outgoing in slack.channel.taken if outgoing.address.startswith("U")}

    assert "U0JPLEAD" in called
    assert "U0GBLEAD" not in called
    assert len(called) == 9


def test_an_exhausted_ladder_is_said_to_the_coordinator(slack: Notifier) -> None:
    """Silence of Japan reaches the duty desk in London, in the channel and not only in the thread."""
    alert_id = _raise(slack)
    slack.work()
    for institute in ("gb", "au", "ca", "eu", "fr", "ke", "kr", "sg", "us"):
        slack.desk.answer(alert_id, institute)
    for _ in range(4):
        _tick(slack, timedelta(minutes=16))
        _tick(slack, 5)
    said = slack.rows(reason="ladder_exhausted", kind="reply")
    broadcast = [outgoing for outgoing in slack.channel.to(GB) if outgoing.message.broadcast]

    assert [(row.institute, row.address, row.outcome) for row in said] == [("gb", GB, "sent")]
    assert "Japan AI Safety Institute is SILENT" in str(broadcast[-1].message.as_dict())


def test_a_raised_severity_is_a_new_message_and_the_old_one_points_to_it(slack: Notifier) -> None:
    """What was answered before does not answer the higher severity."""
    alert_id = _raise(slack, severity=Severity.MODERATE)
    slack.work()
    slack.desk.answer(alert_id, "gb")
    slack.clock.advance(5)
    slack.desk.take(assessments.finding("r1b", series="r1", action=Action.UPDATE, severity=Severity.SEVERE))
    slack.work()
    slack.clock.advance(5)
    slack.work()
    there = slack.channel.to(GB)
    new = [outgoing for outgoing in there if outgoing.kind is DeliveryKind.MESSAGE]
    pointer = [outgoing for outgoing in there if outgoing.kind is DeliveryKind.EDIT][-1]

    assert len(new) == 2
    assert "acknowledge" in str(new[1].message.blocks)
    assert "a newer message about this alert stands below" in str(pointer.message.as_dict())
    assert "'action_id': 'acknowledge'" not in str(pointer.message.blocks)


def test_a_retraction_reaches_those_who_were_told_and_nobody_else(email: Notifier) -> None:
    """A mailbox that never got the alert does not get its retraction either."""
    email.channel.fail_next(DeliveryError("refused", permanent=True), address="duty@gb.example")
    _raise(email)
    email.work()
    email.desk.take(assessments.retraction("x1", "r1"))
    email.work()
    (never,) = email.rows(address="duty@gb.example", reason="retracted")
    retractions = {row.id for row in email.rows(reason="retracted")}
    told = {outgoing.address for outgoing in email.channel.taken if outgoing.delivery_id in retractions}

    assert "duty@gb.example" not in told
    assert len(told) == 9
    assert (never.outcome, never.outcome_reason) == ("superseded", "not_told_before")


def test_a_mail_that_was_not_sent_before_the_end_is_not_sent(email: Notifier) -> None:
    """The alert was taken back while its mail waited: neither the alert nor its retraction is sent."""
    email.channel.fail_next(DeliveryError("http_503"), address="duty@gb.example")
    _raise(email)
    email.work()
    email.desk.take(assessments.retraction("x1", "r1"))
    email.clock.advance(3600)
    email.work()

    assert email.channel.to("duty@gb.example") == []


def test_a_permanent_failure_marks_the_address_and_calls_the_next_people_now(slack: Notifier) -> None:
    """A channel that is gone: nobody waits a quarter of an hour for its silence."""
    slack.channel.fail_next(DeliveryError("channel_not_found", permanent=True, bad_address=True), address=GB)
    alert_id = _raise(slack)
    slack.work()
    with slack.store.read() as session:
        destination = session.get_one(DestinationRow, ("slack", GB))
    due = {name: row.next_step_at for name, row in slack.desk.responses(alert_id).items()}
    _tick(slack, 1)

    assert (destination.bad_reason, destination.bad_since) is not None
    assert destination.bad_reason == "channel_not_found"
    assert due["gb"] is not None
    assert due["gb"] <= slack.clock()
    assert due["jp"] is not None
    assert due["jp"] > slack.clock()
    assert [outgoing.address for outgoing in slack.channel.taken if outgoing.address.startswith("U")] == ["U0GBLEAD"]


def test_a_step_that_reached_somebody_else_is_waited_for(slack: Notifier, email: Notifier) -> None:
    """The mail to the same duty desk went out: the ladder keeps its time."""
    alert_id = _raise(slack)
    email.work()
    slack.channel.fail_next(DeliveryError("is_archived", permanent=True, bad_address=True), address=GB)
    slack.work()
    due = slack.desk.responses(alert_id)["gb"].next_step_at

    assert [row.outcome for row in slack.rows(address=GB)] == ["failed"]
    assert due is not None
    assert due > slack.clock()


def test_what_keeps_failing_is_given_up_in_the_end_and_says_why(slack: Notifier) -> None:
    """Every delivery has an outcome or a next time; after two days the outcome is that it failed."""
    slack.channel.fail_next(DeliveryError("invalid_auth", misconfigured=True), times=10_000, address=GB)
    _raise(slack, severity=Severity.MINOR)
    slack.work()
    slack.clock.advance(GIVE_UP_AFTER + timedelta(minutes=10))
    slack.send()
    (row,) = slack.rows(address=GB)

    assert (row.outcome, row.outcome_reason) == ("failed", "gave_up: invalid_auth")


def test_a_label_raised_after_planning_withholds_the_message(slack: Notifier) -> None:
    """TLP is decided once more when the message is rendered."""
    alert_id = _raise(slack)
    slack.hear()
    with slack.store.transaction() as session:
        session.get_one(AlertRow, alert_id).tlp = Tlp.RED.value
    slack.send()

    assert slack.channel.attempts == []
    assert {(row.outcome, row.outcome_reason) for row in slack.rows()} == {("withheld", "not_cleared")}


def test_a_red_alert_goes_to_named_persons_as_a_notice(slack: Notifier) -> None:
    """Only the leads are told, that something awaits them and where, and the row says so."""
    _raise(slack, tlp=Tlp.RED)
    slack.work()
    rows = slack.rows(outcome="sent")
    said = str([outgoing.message.as_dict() for outgoing in slack.channel.taken])

    assert {row.address[0] for row in rows} == {"U"}
    assert {row.disclosure for row in rows} == {"notice"}
    assert "A TLP:RED alert awaits you." in said
    assert "What was found" not in said


def test_a_fault_of_ours_stops_no_other_delivery(slack: Notifier) -> None:
    """An exception in one attempt is logged, recorded and tried again; the others are sent."""
    slack.channel.fail_next(RuntimeError("a fault"), address=GB)
    _raise(slack)
    slack.work()
    (row,) = slack.rows(address=GB)
    slack.clock.advance(10)
    slack.send()

    assert (row.outcome, row.outcome_reason) == ("pending", "internal: RuntimeError")
    assert len(slack.channel.taken) == 10


def test_the_gravest_goes_first(slack: Notifier) -> None:
    """After an outage the critical alert does not queue behind the minor ones."""
    for number, severity in enumerate((Severity.MINOR, Severity.SEVERE, Severity.CRITICAL)):
        slack.desk.take(assessments.incident(f"i{number}", severity=severity))
    slack.hear()
    for _ in range(3):
        slack.send()
        slack.clock.advance(PAUSE)
    order = [outgoing.message.blocks[0]["text"]["text"] for outgoing in slack.channel.to(GB)]

    assert [text.split(":")[1].split(" · ")[1] for text in order] == ["Critical", "Severe", "Minor"]


def test_a_preview_keeps_the_message_and_never_says_sent(store: Store, directory: Directory, clock: HandClock) -> None:
    """Without a token the message is kept as it would have gone out; so are its edits."""
    notifier = Notifier(store=store, directory=directory, clock=clock, channel=PreviewChannel(), previews=True)
    alert_id = _raise(notifier)
    notifier.work()
    notifier.desk.answer(alert_id, "gb")
    notifier.clock.advance(2)
    notifier.work()
    rows = notifier.rows()

    assert {row.outcome for row in rows} == {"previewed"}
    assert {row.kind for row in rows} == {"message", "edit", "reply"}
    assert all(row.rendered is not None and row.rendered["text"].startswith("TLP:AMBER") for row in rows)


def test_two_workers_share_the_queue_without_sending_twice(
    store: Store, directory: Directory, clock: HandClock
) -> None:
    """Several notifiers may run: a destination is one worker's at a time, and every message goes out once."""
    one, two = (
        Notifier(store=store, directory=directory, clock=clock, owner=owner, workers=3) for owner in ("one", "two")
    )
    for number in range(4):
        _raise(one, f"r{number}", system=f"model-{number}")
    one.hear()
    flying: list[str] = []
    overlaps: list[str] = []
    lock = threading.Lock()

    def hold(outgoing: Outgoing[Any]) -> None:
        with lock:
            if outgoing.address in flying:
                overlaps.append(outgoing.address)
            flying.append(outgoing.address)
        time.sleep(0.002)
        with lock:
            flying.remove(outgoing.address)

    one.channel.before = two.channel.before = hold

    def work(notifier: Notifier) -> None:
        for _ in range(60):
            notifier.drain.turn()

    for _ in range(4):
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, (one, two)))
        clock.advance(PAUSE)
    sent = [outgoing.delivery_id for outgoing in (*one.channel.taken, *two.channel.taken)]

    assert overlaps == []
    assert len(sent) == len(set(sent)) == 40


def test_a_slow_destination_delays_no_other(store: Store, directory: Directory, clock: HandClock) -> None:
    """While one provider call hangs, the others come back and are recorded; stopping waits for what is under way."""
    notifier = Notifier(store=store, directory=directory, clock=clock)
    let_go = threading.Event()

    def hang(outgoing: Outgoing[Any]) -> None:
        if outgoing.address == GB:
            assert let_go.wait(20)

    notifier.channel.before = hang
    stop = threading.Event()
    _raise(notifier)
    with ThreadPoolExecutor(4) as pool:
        notifier.drain._pool = pool
        running = threading.Thread(target=notifier.drain.run, args=(stop,))
        running.start()
        notifier.hear()
        eventually(lambda: len(notifier.rows(outcome="sent")) == 9, "the nine others are recorded", within=20)
        stop.set()
        let_go.set()
        running.join(20)
        alive = running.is_alive()

    assert not alive
    assert len(notifier.rows(outcome="sent")) == 10


def test_what_is_planned_after_the_drain_has_ended_is_left_to_the_next(slack: Notifier) -> None:
    """A planning that ends after the sending has ended claims nothing: what is sent then, nobody would record."""
    stop = threading.Event()
    stop.set()
    slack.drain.run(stop)
    _raise(slack)
    slack.planner._transact = slack.drain.transact
    slack.hear()
    rows = slack.rows()

    assert slack.channel.taken == []
    assert len(rows) == 10
    assert all(row.claimed_by is None and row.attempts == 0 for row in rows)


def _every_outcome_or_time(notifier: Notifier) -> bool:
    return all((row.outcome == "pending") == (row.next_attempt_at is not None) for row in notifier.rows())


@pytest.mark.parametrize(
    "error",
    [
        lambda: DeliveryError("http_503", uncertain=True),
        lambda: DeliveryError("rate_limited", retry_after=0),
        lambda: DeliveryError("invalid_auth", misconfigured=True),
        lambda: DeliveryError("msg_too_long", permanent=True),
        lambda: ValueError("a fault"),
    ],
)
def test_every_delivery_has_an_outcome_or_a_next_time(slack: Notifier, error: Callable[[], BaseException]) -> None:
    """Whatever a provider says, nothing is left hanging."""
    slack.channel.fail_next(error(), times=7)
    alert_id = _raise(slack)
    slack.work()
    first = _every_outcome_or_time(slack)
    slack.desk.answer(alert_id, "jp", Answer.DECLINE)
    _tick(slack, 1000)

    assert first
    assert _every_outcome_or_time(slack)
