"""TLP:RED: what it labels travels in no message, stands in no log, no metric and no event about an alert."""

import uuid

import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.alerts import alert_of, settled
from tests.system.harness import SECRET_KEY, SENDGRID_KEY, SLACK_SECRET, SLACK_TOKEN, System
from tests.system.people import answer_by_api, link_in, messages_about
from tests.system.reports import finding, incident
from tocsin_schemas import ReportKind, Tlp

pytestmark = pytest.mark.kafka


def test_a_red_text_leaves_the_store_by_no_way(system: System, slack: SlackStandIn, sendgrid: SendGridStandIn) -> None:
    """Title, text, system and the reason of the retraction: people are told that there is something, and not what."""
    marker = f"Kestrel{uuid.uuid4().hex}"
    red = {"tlp": "TLP:RED", "systems": [{"name": f"{marker} system"}]}
    with system.reporter("gb") as reporter:
        series = reporter.incident(incident("gb", f"{marker} title", **red))  # type: ignore[arg-type]
        named = finding("gb", f"{marker} model", tlp="TLP:RED", title=f"{marker} finding", summary=f"{marker} text")
        found = reporter.finding(named)
        alerts = [alert_of(system, series), alert_of(system, found)]
        leads = {f"D0{member.upper()}LEAD" for member in MEMBERS}
        system.eventually(
            lambda: all({one.channel for one in messages_about(slack, alert)} == leads for alert in alerts),
            "every lead, and nobody else, is told in Slack",
        )
        reporter.retract(series, reason=f"{marker} reason", kind=ReportKind.INCIDENT, tlp=Tlp.RED)
    mailboxes = {f"head.of.evaluations@{member}.example" for member in MEMBERS}
    system.eventually(
        lambda: (
            all(
                {mail.to for mail in sendgrid.mails if mail.custom_args["alert"] == alert} == mailboxes
                for alert in alerts
            )
            and sum(mail.custom_args["alert"] == alerts[0] for mail in sendgrid.mails) == 2 * len(mailboxes)
        ),
        "every lead, and nobody else, is told by mail",
    )
    answer_by_api(system, alerts[1], "us", "acknowledge")
    for alert in alerts:
        settled(system, alert)

    def holds(text: str) -> bool:
        return marker.lower() in text.lower()

    requests = [*slack.requests, *sendgrid.requests]
    assert len(requests) >= 2 * len(leads) * 2
    assert not [request.path for request in requests if holds(request.body.decode("utf-8", "replace"))]
    assert not [process.name for process in system.processes.values() if holds(process.said())]
    assert not holds(system.metrics())
    assert not [value for value in system.events("alerts") if holds(value.decode())]
    assert not holds(str(system.api("/v1/alerts", limit=200)))
    assert not [alert for alert in alerts if holds(str(system.api(f"/v1/alerts/{alert}")))]
    # The marker was there to be leaked: grading and the store had it.
    assert [value for value in system.events("assessments") if holds(value.decode())]


def test_no_secret_no_link_and_no_address_stands_in_a_log(system: System, sendgrid: SendGridStandIn) -> None:
    """Keys, answer links and mail addresses are in no line of any service, whatever happened to it so far."""
    with system.reporter("us") as reporter:
        alert = alert_of(system, reporter.incident(incident("us", "An ordinary report")))
    settled(system, alert)
    system.eventually(lambda: any(mail.custom_args["alert"] == alert for mail in list(sendgrid.mails)), "a mail")
    mail = next(mail for mail in sendgrid.mails if mail.custom_args["alert"] == alert)
    token = link_in(system, mail).rpartition("/")[2]
    said = system.said()

    assert len(said) > 1_000
    private = {
        "secret key": SECRET_KEY,
        "Slack's token": SLACK_TOKEN,
        "Slack's secret": SLACK_SECRET,
        "SendGrid's key": SENDGRID_KEY,
        "a link's token": token,
        "a mailbox": mail.to,
        "a title": "An ordinary report",
    }
    assert [what for what, text in private.items() if text in said] == []
