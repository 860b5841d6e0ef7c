"""Who is told of a change, on which address, in which form, and how much may be said there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin_alerting.policy.directory import Address, Channel, Contact, Directory, Ladder, Step
from tocsin_alerting.policy.disclosure import Level, disclosure_at
from tocsin_alerting.policy.notification import plan_notification
from tocsin_alerting.policy.notification_plan import (
    AlertFacts,
    Concerned,
    NotificationPlan,
    PlannedDelivery,
    Told,
    Unreachable,
    UnreachableReason,
)
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas import AlertChange, AlertEvent, AlertState, OecdClass, ReportKind, Severity, Status, Tlp

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _contact(institute: str, team: str, **changes: Any) -> Contact:
    named = team == "lead"
    own = institute.upper()
    fields: dict[str, Any] = {
        "id": f"{institute}.{team}",
        "institute": institute,
        "name": f"{team} of {institute}",
        "team": team,
        "clearance": Tlp.RED if named else Tlp.AMBER_STRICT,
        "named_person": named,
        "addresses": (
            Address(channel=Channel.SLACK, address=f"U{own}" if named else f"C{own}", shared=not named),
            Address(channel=Channel.EMAIL, address=f"{team}@{institute}.example", shared=not named),
        ),
    }
    return Contact(**(fields | changes))


def _directory(*contacts: Contact) -> Directory:
    everybody = [_contact(institute, team) for institute in ("gb", "jp") for team in ("duty", "lead")]
    return Directory(
        contacts=contacts or everybody,
        ladders=[Ladder(id="urgent", steps=(Step(team="duty", wait=HOUR), Step(team="lead", wait=HOUR)))],
        routes=[],
        coordinator="gb",
        institute_names={},
        operator_clearance=Tlp.AMBER,
        version="tests-1",
    )


def _event(change: AlertChange, **changes: Any) -> AlertEvent:
    fields: dict[str, Any] = {
        "alert": "a1",
        "revision": 1,
        "change": change,
        "at": NOW,
        "reason": change.value,
        "kind": ReportKind.FINDING,
        "state": AlertState.OPEN,
        "severity": Severity.SEVERE,
        "oecd_class": OecdClass.SERIOUS_HAZARD,
        "status": Status.ACTUAL,
        "tlp": Tlp.AMBER,
    }
    return AlertEvent(**(fields | changes))


def _facts(*told: Told, tlp: Tlp = Tlp.AMBER) -> AlertFacts:
    return AlertFacts(tlp, (Concerned("gb", "urgent"), Concerned("jp", "urgent")), told)


def _told(institute: str, team: str = "duty", channel: Channel = Channel.SLACK) -> Told:
    contact = _contact(institute, team)
    address = next(at.address for at in contact.addresses if at.channel is channel)
    return Told(institute, contact.id, channel, address)


def _both(institute: str, team: str = "duty") -> tuple[Told, Told]:
    return _told(institute, team), _told(institute, team, Channel.EMAIL)


EVERYBODY = (*_both("gb"), *_both("jp"))


def _lines(deliveries: Iterable[PlannedDelivery]) -> set[tuple[str, str, str]]:
    return {(one.address, one.kind.value, one.reason.value) for one in deliveries}


def _plan(event: AlertEvent, facts: AlertFacts, directory: Directory | None = None) -> NotificationPlan:
    return plan_notification(event, facts, directory or _directory())


def test_a_new_alert_is_told_to_the_first_step_of_every_institute() -> None:
    """On all its addresses, and to nobody else."""
    plan = _plan(_event(AlertChange.RAISED), _facts())

    assert _lines(plan.deliveries) == {
        ("CGB", "message", "raised"),
        ("duty@gb.example", "message", "raised"),
        ("CJP", "message", "raised"),
        ("duty@jp.example", "message", "raised"),
    }
    assert plan.unreachable == ()


def test_a_step_that_fires_is_told_to_its_team_and_shown_in_the_institute() -> None:
    """The lead gets a message of their own; the institute's message is brought up to date; nobody else hears of it."""
    event = _event(AlertChange.ESCALATED, institute="jp", step=2, reason="no_answer", revision=2)

    assert _lines(_plan(event, _facts(*EVERYBODY)).deliveries) == {
        ("UJP", "message", "escalated"),
        ("lead@jp.example", "message", "escalated"),
        ("CJP", "edit", "escalated"),
    }


def test_a_step_whose_channel_was_told_already_is_told_in_its_thread() -> None:
    """One message per alert and channel: a further call hangs on it."""
    event = _event(AlertChange.ESCALATED, institute="jp", step=2, revision=3)

    assert ("UJP", "reply", "escalated") in _lines(_plan(event, _facts(*_both("jp", "lead"))).deliveries)


def test_silence_is_told_to_the_coordinator_and_shown_to_all() -> None:
    """When a ladder is exhausted the coordinator's duty team is called, and every message shows the silence."""
    event = _event(AlertChange.ESCALATED, institute="jp", reason="ladder_exhausted", revision=4)

    assert _lines(_plan(event, _facts(*EVERYBODY)).deliveries) == {
        ("CGB", "reply", "ladder_exhausted"),
        ("duty@gb.example", "message", "ladder_exhausted"),
        ("CGB", "edit", "ladder_exhausted"),
        ("CJP", "edit", "ladder_exhausted"),
    }


def test_silence_on_what_is_red_is_told_to_the_coordinators_named_person() -> None:
    """Its duty team's addresses are shared; that the network's last word reaches nobody must not happen."""
    event = _event(AlertChange.ESCALATED, institute="jp", reason="ladder_exhausted", revision=4, tlp=Tlp.RED)
    plan = _plan(event, _facts())

    assert _lines(plan.deliveries) == {
        ("UGB", "message", "ladder_exhausted"),
        ("lead@gb.example", "message", "ladder_exhausted"),
    }
    assert plan.unreachable == ()


@pytest.mark.parametrize("change", [AlertChange.ACKNOWLEDGED, AlertChange.RESOLVED])
def test_an_answer_is_shown_everywhere_and_mailed_to_nobody(change: AlertChange) -> None:
    """The others see who did; the institute's own thread says it; mailboxes stay quiet."""
    event = _event(change, institute="jp", revision=2)

    assert _lines(_plan(event, _facts(*EVERYBODY)).deliveries) == {
        ("CGB", "edit", "answered"),
        ("CJP", "edit", "answered"),
        ("CJP", "reply", "answered"),
    }


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (_event(AlertChange.RESOLVED, institute="jp", state=AlertState.RESOLVED, revision=5), "resolved"),
        (_event(AlertChange.RETRACTED, state=AlertState.RETRACTED, revision=5), "retracted"),
        (_event(AlertChange.UPDATED, reason="severity_lowered", revision=5), "severity_lowered"),
        (_event(AlertChange.UPDATED, reason="report_added", revision=5), "report_added"),
        (_event(AlertChange.UPDATED, reason="report_corrected", revision=5), "report_corrected"),
        (_event(AlertChange.UPDATED, reason="a word of tomorrow", revision=5), "updated"),
    ],
)
def test_corrections_and_ends_reach_everybody_who_was_told(event: AlertEvent, reason: str) -> None:
    """The lead who was called, too; and on every address that was used."""
    told = (*EVERYBODY, *_both("jp", "lead"))

    assert _lines(_plan(event, _facts(*told)).deliveries) == {
        (address, kind, reason)
        for address, kind in [
            *((channel, kind) for channel in ("CGB", "CJP", "UJP") for kind in ("edit", "reply")),
            *((mail, "message") for mail in ("duty@gb.example", "duty@jp.example", "lead@jp.example")),
        ]
    }


def test_a_raised_severity_asks_everybody_anew() -> None:
    """New messages to the first step, the old ones point to them, and whoever was called beyond it learns of it."""
    event = _event(AlertChange.UPDATED, reason="severity_raised", round=2, revision=6)
    lines = _lines(_plan(event, _facts(*_both("gb"), *_both("gb", "lead"))).deliveries)

    assert lines == {
        ("CGB", "message", "severity_raised"),
        ("duty@gb.example", "message", "severity_raised"),
        ("CJP", "message", "severity_raised"),
        ("duty@jp.example", "message", "severity_raised"),
        ("CGB", "edit", "updated"),
        ("UGB", "edit", "updated"),
        ("UGB", "reply", "updated"),
        ("lead@gb.example", "message", "updated"),
    }


def test_nobody_hears_of_changes_to_what_they_were_never_told() -> None:
    """A correction of something unheard of tells nothing."""
    assert _plan(_event(AlertChange.RETRACTED, revision=2), _facts()).deliveries == ()


def test_what_may_not_be_said_is_planned_as_withheld_and_the_gap_is_named() -> None:
    """Why was X not told: the row says it; and a whole step that may be told nothing is said aloud."""
    plan = _plan(_event(AlertChange.RAISED, tlp=Tlp.RED), _facts())

    assert {(one.withheld, one.disclosure_reason) for one in plan.deliveries} == {(True, "not_cleared")}
    assert plan.unreachable == (
        Unreachable("gb", "duty", UnreachableReason.NOBODY_MAY_BE_TOLD),
        Unreachable("jp", "duty", UnreachableReason.NOBODY_MAY_BE_TOLD),
    )


@pytest.mark.parametrize(
    ("ladder", "step", "contacts", "reason"),
    [
        ("gone", 1, (), UnreachableReason.LADDER_UNKNOWN),
        ("urgent", 3, (), UnreachableReason.STEP_UNKNOWN),
        ("urgent", 1, (_contact("gb", "lead"),), UnreachableReason.TEAM_EMPTY),
    ],
)
def test_a_step_that_leads_nowhere_is_named(
    ladder: str, step: int, contacts: tuple[Contact, ...], reason: UnreachableReason
) -> None:
    """The policy changed under an open alert: that is no reason to be quiet."""
    facts = AlertFacts(Tlp.AMBER, (Concerned("gb", ladder),), ())
    plan = _plan(_event(AlertChange.ESCALATED, institute="gb", step=step), facts, _directory(*contacts))

    assert [gap.reason for gap in plan.unreachable] == [reason]


@pytest.mark.parametrize(
    ("ladder", "step", "told"),
    [
        ("gone", 1, {"CGB", "UGB", "duty@gb.example", "lead@gb.example"}),
        ("urgent", 3, {"UGB", "lead@gb.example"}),
    ],
)
def test_a_ladder_that_is_gone_leaves_nobody_untold(ladder: str, step: int, told: set[str]) -> None:
    """Whom any ladder calls is told, or the last step that is left; the press office, which none calls, is not."""
    facts = AlertFacts(Tlp.AMBER, (Concerned("gb", ladder),), ())
    directory = _directory(_contact("gb", "duty"), _contact("gb", "lead"), _contact("gb", "press"))
    plan = _plan(_event(AlertChange.ESCALATED, institute="gb", step=step), facts, directory)

    assert {one.address for one in plan.deliveries} == told


def test_the_coordinator_hears_of_silence_on_a_ladder_that_is_gone() -> None:
    """The ladder of an open alert was removed, and its wait is over: that is told all the same."""
    facts = AlertFacts(Tlp.AMBER, (Concerned("jp", "gone"),), ())
    plan = _plan(_event(AlertChange.ESCALATED, institute="jp", reason="ladder_exhausted"), facts)

    assert ("CGB", "message", "ladder_exhausted") in _lines(plan.deliveries)


def test_a_stricter_label_takes_the_text_away_where_it_stands() -> None:
    """The edit goes out although nothing may be said: it removes. Everything else is withheld."""
    plan = _plan(_event(AlertChange.UPDATED, tlp=Tlp.RED, revision=2), _facts(*EVERYBODY))
    edits = [one for one in plan.deliveries if one.kind is DeliveryKind.EDIT]

    assert {one.address for one in edits} == {"CGB", "CJP"}
    assert {(one.disclosure, one.withheld) for one in edits} == {(Level.NOTHING, False)}
    assert all(one.withheld for one in plan.deliveries if one.kind is not DeliveryKind.EDIT)


def test_the_stricter_of_event_and_store_counts() -> None:
    """An event that was written before the label was raised says no more than the label of now allows."""
    plan = _plan(_event(AlertChange.RAISED, tlp=Tlp.CLEAR), _facts(tlp=Tlp.RED))

    assert all(one.withheld for one in plan.deliveries)


def test_an_address_takes_the_least_of_what_its_readers_may_know() -> None:
    """A channel that two contacts list is read by both."""
    strict = _contact("gb", "duty")
    loose = _contact("gb", "press", clearance=Tlp.GREEN, addresses=strict.addresses[:1])
    directory = _directory(strict, loose)
    mail = strict.addresses[1].address

    assert disclosure_at(Tlp.AMBER, "gb.duty", "slack", "CGB", directory) == (Level.NOTHING, "not_cleared")
    assert disclosure_at(Tlp.AMBER, "gb.duty", "email", mail, directory) == (Level.FULL, "cleared")


@pytest.mark.parametrize(("contact", "address"), [("gb.gone", "CGB"), ("gb.duty", "CELSEWHERE")])
def test_who_is_not_listed_is_told_nothing(contact: str, address: str) -> None:
    """A contact that left, or an address that changed."""
    assert disclosure_at(Tlp.CLEAR, contact, "slack", address, _directory()) == (Level.NOTHING, "no_longer_listed")


def test_a_channel_of_several_contacts_gets_one_message() -> None:
    """Two roles that read one channel are not told twice in it."""
    duty = _contact("gb", "duty")
    second = _contact("gb", "duty", id="gb.duty2", addresses=duty.addresses[:1])
    plan = _plan(_event(AlertChange.RAISED), _facts(), _directory(duty, second))

    assert [one.address for one in plan.deliveries if one.channel is Channel.SLACK] == ["CGB"]


_EVENTS = st.builds(
    _event,
    st.sampled_from(AlertChange),
    tlp=st.sampled_from(Tlp),
    state=st.sampled_from(AlertState),
    institute=st.sampled_from([None, "gb", "jp", "fr"]),
    step=st.sampled_from([None, 1, 2, 9]),
    reason=st.sampled_from(["severity_raised", "report_added", "no_answer", "resolve"]),
)
_ANY_TOLD = st.lists(st.sampled_from([*EVERYBODY, *_both("jp", "lead"), _told("gb", "lead")]), unique=True)


@given(_EVENTS, _ANY_TOLD, st.sampled_from(Tlp))
def test_any_plan_is_repeatable_and_holds_each_delivery_once(event: AlertEvent, told: list[Told], tlp: Tlp) -> None:
    """Planning twice gives the same; a destination never gets two deliveries of one kind."""
    facts = replace(_facts(*told), tlp=tlp)
    plan = _plan(event, facts)
    keys = [(one.channel, one.address, one.kind) for one in plan.deliveries]

    assert plan == _plan(event, facts)
    assert len(keys) == len(set(keys))
    assert all(one.channel is Channel.SLACK for one in plan.deliveries if one.kind is not DeliveryKind.MESSAGE)


@given(_EVENTS, _ANY_TOLD)
def test_no_plan_says_more_than_clearance_and_channel_allow(event: AlertEvent, told: list[Told]) -> None:
    """RED in full goes nowhere, and to nobody but a named person on an address of their own as a notice."""
    for one in _plan(event, _facts(*told)).deliveries:
        if event.tlp is Tlp.RED and one.disclosure is not Level.NOTHING:
            assert one.disclosure is Level.NOTICE
            assert one.contact.endswith(".lead")


def test_every_reason_of_the_events_that_ask_for_an_answer_is_known() -> None:
    """What pages is exactly what an answer makes pointless."""
    assert {reason for reason in TellingReason if reason.pages} == {
        TellingReason.RAISED,
        TellingReason.SEVERITY_RAISED,
        TellingReason.CORROBORATED_ASKED_ANEW,
        TellingReason.ESCALATED,
        TellingReason.LADDER_EXHAUSTED,
        TellingReason.OVERRIDE_RAISED,
        TellingReason.OVERRIDE_WITHDRAWN_RAISED,
        TellingReason.SILENCE_ENDED,
        TellingReason.INHIBITION_ENDED,
        TellingReason.ANSWER_WITHDRAWN,
        TellingReason.QUORUM_MISSED,
        TellingReason.SILENT_AT_DEADLINE,
    }


@pytest.mark.parametrize(
    "reason",
    [
        "corroborated",
        "confirmation_lost",
        "severity_lowered",
        "report_added",
        "report_corrected",
        "report_retracted",
        "report_superseded",
    ],
)
def test_whoever_was_told_learns_what_changed_by_the_same_way(reason: str) -> None:
    """A reply and an edit on Slack, a mail where a mail had gone, and nobody is called."""
    plan = plan_notification(_event(AlertChange.UPDATED, reason=reason, revision=2), _facts(*EVERYBODY), _directory())

    assert {(one.address, one.kind.value) for one in plan.deliveries} == {
        ("CGB", "edit"),
        ("CGB", "reply"),
        ("CJP", "edit"),
        ("CJP", "reply"),
        ("duty@gb.example", "message"),
        ("duty@jp.example", "message"),
    }
    assert {one.reason.value for one in plan.deliveries} == {reason}
    assert not any(one.reason.pages for one in plan.deliveries)


@pytest.mark.parametrize(("reason", "told"), [("nothing_current", "retracted"), ("superseded", "superseded")])
def test_a_retraction_reaches_whoever_was_told_and_says_which_it_is(reason: str, told: str) -> None:
    """Taken back, or replaced by something else that they should look at."""
    event = _event(AlertChange.RETRACTED, reason=reason, state=AlertState.RETRACTED, revision=2)
    plan = plan_notification(event, _facts(*EVERYBODY), _directory())

    assert len(plan.deliveries) == 6
    assert {one.reason.value for one in plan.deliveries} == {told}


def test_evidence_published_again_is_shown_and_told_to_nobody() -> None:
    """What people know already reaches them once: Slack's messages are edited, nobody has a mail or a reply."""
    event = _event(AlertChange.UPDATED, reason="report_repeated", revision=2)
    plan = plan_notification(event, _facts(*EVERYBODY), _directory())

    assert {(one.address, one.kind.value) for one in plan.deliveries} == {("CGB", "edit"), ("CJP", "edit")}


def test_a_confirmation_that_asks_anew_calls_the_first_steps() -> None:
    """Only where the policy says so; the event says it then."""
    event = _event(AlertChange.UPDATED, reason="corroborated_asked_anew", revision=2, round=2)
    plan = plan_notification(event, _facts(*EVERYBODY), _directory())
    paged = {one.address for one in plan.deliveries if one.reason.pages and one.kind.value == "message"}

    assert paged == {"CGB", "CJP", "duty@gb.example", "duty@jp.example"}
