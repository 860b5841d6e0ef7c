"""An escalation with real clocks, through the whole system: silence moves the ladder on, an answer stops it."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SentMail, SlackStandIn
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.people import Browser, link_in, messages_about
from tests.system.reports import incident
from tests.system.test_the_main_job import MAILBOXES

pytestmark = pytest.mark.kafka


def test_silence_calls_the_next_step_and_an_answer_stops_the_ladder(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """After six seconds the leads of the silent institutes are told, and at the end the coordinator; one answered."""
    with system.reporter("fr") as reporter:
        event_id = reporter.incident(incident("fr", "A story of waiting", severity="moderate"))
    alert = alert_of(system, event_id)
    mail = system.eventually(lambda: _mail(sendgrid, alert, MAILBOXES["gb"]), "the desk that answers has its mail")
    with Browser() as browser:
        browser.open(link_in(system, mail)).press("Acknowledge")

    assert "Your answer has been recorded" in browser.page

    silent = sorted(set(MEMBERS) - {"gb"})
    system.eventually(
        lambda: (
            sum(change[1:] == ("escalated", "ladder_exhausted") for change in rows_of(system, alert).changes)
            == len(silent)
        ),
        "both silent ladders are exhausted",
        within=40,
    )
    settled(system, alert)
    fired = [one for one in rows_of(system, alert).changes if one[1] == "escalated"]
    leads = {one.institute for one in deliveries_of(system, alert) if one.contact.endswith(".lead")}

    assert sorted(reason for _, _, reason in fired) == ["ladder_exhausted"] * 2 + ["no_answer"] * 2
    assert leads == set(silent)
    assert messages_about(slack, alert, "D0GBLEAD") == []
    # The coordinator learns of the silence; its own answer stands.
    said = [one for one in sendgrid.to(MAILBOXES["gb"]) if one.custom_args["alert"] == alert]
    assert len(said) == 1 + len(silent)
    assert all("SILENT" in one.subject + one.text for one in said[1:])


def test_a_step_waits_as_long_as_the_policy_says(system: System, slack: SlackStandIn) -> None:
    """Between raising and the next step lie at least the six seconds of the policy."""
    with system.reporter("us") as reporter:
        event_id = reporter.incident(incident("us", "A story of time", severity="moderate"))
    alert = alert_of(system, event_id)
    system.eventually(lambda: messages_about(slack, alert, "D0USLEAD"), "the lead is told", within=30)
    changes = {(one["change"], one["institute"]): one["at"] for one in system.api(f"/v1/alerts/{alert}")["changes"]}
    waited = _seconds(changes["raised", None], changes["escalated", "us"])

    assert waited >= 6.0


def _mail(sendgrid: SendGridStandIn, alert: str, box: str) -> SentMail | None:
    return next((mail for mail in sendgrid.to(box) if mail.custom_args["alert"] == alert), None)


def _seconds(begin: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(begin)).total_seconds()
