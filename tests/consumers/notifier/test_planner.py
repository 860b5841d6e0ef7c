"""From an event to rows: planned once, whatever is repeated or has changed meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

import pytest
from structlog.testing import capture_logs

from tests.alerting import assessments
from tests.consumers.notifier.rig import Notifier, received
from tests.fixtures.clock import HandClock
from tocsin_alerting.policy.directory import Channel, Contact, Directory
from tocsin_alerting.store import Store
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_consumers.notifier import outcome_writer as writer_module
from tocsin_consumers.notifier import planner as planner_module
from tocsin_consumers.notifier.planner import Planner
from tocsin_schemas import InvalidEvent, ProblemCode, Tlp
from tocsin_schemas.logs import get_logger


def _with_contacts(directory: Directory, contacts: Iterable[Contact]) -> Directory:
    """The same policy, with other contacts."""
    return Directory(
        contacts=contacts,
        ladders=directory.ladders.values(),
        routes=directory.routes,
        coordinator=directory.coordinator,
        institute_names=directory.institute_names,
        operator_clearance=directory.operator_clearance,
        version=directory.version,
    )


@pytest.fixture(autouse=True)
def _fresh_logger(monkeypatch: pytest.MonkeyPatch) -> None:
    """A logger that another test has used keeps that test's processors."""
    for module in (planner_module, writer_module):
        monkeypatch.setattr(module, "_log", get_logger())


def test_an_event_is_planned_once_although_the_policy_has_changed(
    slack: Notifier, store: Store, directory: Directory, clock: HandClock
) -> None:
    """A repeat after a deployment with new contacts tells nobody of what is old."""
    slack.desk.take(assessments.finding())
    slack.hear()
    before = slack.rows()
    moved = directory.contacts["gb.duty"]
    elsewhere = tuple(
        at.model_copy(update={"address": "C0GBNEW"}) if at.channel is Channel.SLACK else at for at in moved.addresses
    )
    kept = {**directory.contacts, "gb.duty": moved.model_copy(update={"addresses": elsewhere})}
    changed = _with_contacts(directory, kept.values())
    again = Notifier(store=store, directory=changed, clock=clock)
    again.hear()

    assert [(row.id, row.address) for row in again.rows()] == [(row.id, row.address) for row in before]


def test_each_channel_plans_its_own(slack: Notifier, email: Notifier) -> None:
    """Two consumer groups read the same event; neither writes the other's rows."""
    slack.desk.take(assessments.finding())
    slack.hear()
    email.hear()

    assert len(slack.rows()) == len(email.rows()) == 10


def test_who_is_not_told_is_written_down_with_the_reason_and_a_gap_is_said_aloud(
    store: Store, directory: Directory, clock: HandClock
) -> None:
    """Nobody of an institute may be told: rows that say why, and an error in the log that names the institute."""
    strict = _with_contacts(
        directory,
        (
            contact.model_copy(update={"clearance": Tlp.CLEAR}) if contact.institute == "jp" else contact
            for contact in directory.contacts.values()
        ),
    )
    desk = Notifier(store=store, directory=directory, clock=clock)
    desk.desk.take(assessments.finding())
    notifier = Notifier(store=store, directory=strict, clock=clock)
    with capture_logs() as logs:
        notifier.hear()
    (row,) = notifier.rows(institute="jp")
    gaps = [line for line in logs if line["event"] == "step_reaches_nobody"]

    assert (row.outcome, row.outcome_reason, row.next_attempt_at) == ("withheld", "not_cleared", None)
    assert [(gap["institute"], gap["log_level"]) for gap in gaps] == [("jp", "error")]


def test_an_event_of_another_store_is_refused(
    store: Store, directory: Directory, clock: HandClock, slack: Notifier
) -> None:
    """Its alert is not here: it goes among the dead letters and is not guessed at."""
    slack.desk.take(assessments.finding())
    (event,) = slack.desk.events()

    def write(_: object) -> NoReturn:
        pytest.fail("something was written")

    planner = Planner(store=store, directory=lambda: directory, channel=Channel.SLACK, clock=clock, transact=write)
    other = replace(received("{}"), value=_envelope(event.model_copy(update={"alert": "another"}).model_dump_json()))
    with pytest.raises(InvalidEvent) as caught:
        planner.handle(other)

    assert [problem.code for problem in caught.value.problems] == [ProblemCode.NEVER_SEEN]


def test_events_that_waited_are_planned_together_as_one_after_the_other(slack: Notifier) -> None:
    """What follows from the first is there for the second, and hearing them again adds nothing."""
    alert = slack.desk.take(assessments.finding()).alert_id
    slack.desk.answer(alert, "jp")
    slack.hear_together()
    rows = {(row.revision, row.kind): row.reason for row in slack.rows()}
    before = len(slack.rows())
    slack.hear_together()

    assert rows == {(1, "message"): "raised", (2, "edit"): "answered", (2, "reply"): "answered"}
    assert len(slack.rows(revision=2, kind="edit")) == len(slack.rows(revision=1))
    assert len(slack.rows()) == before


def test_nothing_is_planned_where_one_of_several_events_is_refused(slack: Notifier) -> None:
    """All or none: the loop then goes through them one by one."""
    slack.desk.take(assessments.finding())
    (event,) = slack.desk.events()
    stranger = _envelope(event.model_copy(update={"alert": "another"}).model_dump_json())
    mine = _envelope(event.model_dump_json())
    with pytest.raises(InvalidEvent):
        slack.planner.handle_many([replace(received("{}"), value=value) for value in (mine, stranger)])

    assert slack.rows() == []


@pytest.mark.parametrize(("field", "value"), [("tlp", "TLP:ORANGE"), ("revision", 0), ("unknown", 1)])
def test_an_event_that_does_not_fit_is_refused_with_its_field(slack: Notifier, field: str, value: object) -> None:
    """An unknown label is not told to anybody."""
    slack.desk.take(assessments.finding())
    (event,) = slack.desk.events()
    spoiled = json.dumps({**event.model_dump(mode="json"), field: value})
    with pytest.raises(InvalidEvent) as caught:
        slack.planner.handle(replace(received("{}"), value=_envelope(spoiled)))

    assert field in str(caught.value)
    assert slack.rows() == []


def _envelope(data: str) -> bytes:
    return (
        '{"specversion":"1.0","id":"e1","source":"urn:tocsin:alerting","type":"org.tocsin.alert.raised.v1",'
        f'"data":{data}}}'
    ).encode()


def test_a_report_s_trace_leads_to_what_was_sent_of_it(slack: Notifier) -> None:
    """The lines that say planned, retry and sent carry the trace id that the door logged."""
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    slack.desk.take(assessments.finding(), traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    slack.channel.fail_next(DeliveryError("http_500"), address="C0GBDUTY")
    with capture_logs() as logs:
        slack.work()
    said = [(line["event"], line["trace"]) for line in logs if line["event"] in {"planned", "sent", "retry"}]

    assert len(said) == 11
    assert set(said) == {("planned", trace), ("sent", trace), ("retry", trace)}
