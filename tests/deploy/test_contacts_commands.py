"""`tocsinctl contacts`: dead addresses are found before they are needed, shown, and cleared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.consumers.notifier.rig import Notifier
from tests.fixtures.clock import HandClock
from tests.fixtures.store import NETWORK_DIR
from tests.standins import SlackStandIn
from tocsin_alerting.policy.directory import Channel, Directory
from tocsin_alerting.policy.reach_test import Reached
from tocsin_alerting.store import Store
from tocsin_alerting.store.marks import mark, marked
from tocsin_alerting.store.reachability import unreachable
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_consumers.channels.slack_check import SlackChecker
from tocsin_consumers.desk.reach_trials import ReachTrials
from tocsin_deploy.cli import app
from tocsin_deploy.contacts_acts import ContactsAtHand

TOKEN = "xoxb-1-of-the-tests"


@pytest.fixture
def store(sqlite_store: Store, sqlite_store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A deployment's store, in the state folder where the command looks for it."""
    monkeypatch.setenv("TOCSIN_NETWORK_DIR", str(NETWORK_DIR))
    monkeypatch.setenv("TOCSIN_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("TOCSIN_DATABASE_URL", sqlite_store_url)
    return sqlite_store


def _run(*arguments: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["contacts", *arguments])
    assert done.exit_code == code, done.output
    return done.output


def test_a_mark_is_listed_and_cleared(store: Store, clock: HandClock, directory: Directory) -> None:
    """With its reason and since when; after `clear` nothing is known against the address."""
    with store.transaction() as session:
        for at in directory.contacts["gb.duty"].addresses:
            mark(session, channel=at.channel.value, address=at.address, at=clock(), reason="bounce: 550 gone")
    with store.read() as session:
        dead = [unreachable(session, directory.contacts[one]) for one in ("gb.duty", "gb.lead")]
    listed: list[dict[str, Any]] = json.loads(_run("list", "--institute", "gb", "--json"))
    _run("test", "--institute", "gb", code=1)
    cleared = _run("clear", "gb.duty")
    again = _run("clear", "gb.duty")
    with store.read() as session:
        left = marked(session)

    assert dead == [True, False]
    assert [one["bad_reason"] for one in listed if one["contact"] == "gb.duty"] == ["bounce: 550 gone"] * 2
    assert cleared.count("the mark is gone") == 2
    assert "No address of gb.duty was marked" in again
    assert left == {}


def test_who_is_not_known_is_named(store: Store) -> None:
    """With what to do."""
    assert store.dialect == "sqlite"

    done = CliRunner().invoke(app, ["contacts", "list", "--institute", "zz"])

    assert isinstance(done.exception, ValueError)
    assert "use one of: au" in str(done.exception)


def test_slack_is_asked_without_posting(store: Store, clock: HandClock, directory: Directory) -> None:
    """A channel that is archived and one that is gone are marked; a person who is there is not."""
    with SlackStandIn(token=TOKEN) as slack:
        slack.gone.add("C0GBDUTY")
        slack.archived.add("C0JPDUTY")
        at_hand = ContactsAtHand(store, directory, clock)
        chosen = [directory.contacts[one] for one in ("gb.duty", "gb.lead", "jp.duty")]
        faults = at_hand.look(chosen, SlackChecker(token=TOKEN, base_url=slack.api_url))
        refused = at_hand.look(chosen, SlackChecker(token="xoxb-wrong", base_url=slack.api_url))
        posted, violations = list(slack.messages), list(slack.violations)
    with store.read() as session:
        marks = set(marked(session))

    assert [(one.contact, one.fault) for one in faults] == [
        ("gb.duty", "channel_not_found"),
        ("jp.duty", "is_archived"),
    ]
    assert [(one.contact, one.fault) for one in refused] == [("(all)", "invalid_auth")]
    assert marks == {("slack", "C0GBDUTY"), ("slack", "C0JPDUTY")}
    assert posted == []
    assert violations == []


def test_a_test_goes_through_the_queue_and_says_who_was_reached(
    store: Store, clock: HandClock, directory: Directory
) -> None:
    """Marked as a test; what Slack refused is not reached, and what the mail provider took is not yet known."""
    slack = Notifier(store=store, directory=directory, clock=clock, name=Channel.SLACK, owner="slack:1")
    mail = Notifier(store=store, directory=directory, clock=clock, name=Channel.EMAIL, owner="email:1")
    slack.channel.fail_next(DeliveryError("not_in_channel", permanent=True, bad_address=True), address="C0GBDUTY")
    seconds = iter(range(100))

    def work(_seconds: float) -> None:
        slack.send()
        mail.send()

    chosen = [directory.contacts[one] for one in ("gb.duty", "gb.lead")]
    found = ContactsAtHand(store, directory, clock).send(
        chosen, seconds=3, pause=work, monotonic=lambda: float(next(seconds))
    )
    said = str(slack.channel.to("U0GBLEAD")[0].message)

    assert [(one.contact, one.channel, one.test) for one in found] == [
        ("gb.duty", "slack", Reached.NOT_REACHED),
        ("gb.duty", "email", Reached.TAKEN),
        ("gb.lead", "slack", Reached.REACHED),
        ("gb.lead", "email", Reached.TAKEN),
    ]
    assert "TEST" in said


def test_two_desks_try_everybody_out_once(store: Store, clock: HandClock, directory: Directory) -> None:
    """The clock stands at nine in London on a Tuesday: at ten each address gets one message."""
    from tocsin_alerting.policy.reach_policy import ReachPolicy

    policy = ReachPolicy.model_validate({"test": {"weekday": "tuesday", "time": "10:00", "zone": "Europe/London"}})
    own = Directory(
        contacts=directory.contacts.values(),
        ladders=directory.ladders.values(),
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        institutes=directory.institutes,
        version="weekly-1",
        reach=policy,
    )
    desks = [ReachTrials(store=store, directory=lambda: own, clock=clock) for _ in range(2)]
    mail = Notifier(store=store, directory=own, clock=clock, name=Channel.EMAIL)
    counts = []
    for _ in range(3):
        for desk in desks:
            desk.look()
        counts.append(len(mail.rows(reason="reach_check")))
        clock.advance(3600)
    mailboxes = sum(
        at.channel is Channel.EMAIL for one in own.contacts.values() if own.calls(one) for at in one.addresses
    )

    assert counts == [0, mailboxes, mailboxes]
