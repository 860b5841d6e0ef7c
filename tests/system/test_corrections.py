"""What is corrected or taken back reaches everybody who was told; an exercise is marked from end to end."""

import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SentMail, SlackMessageStored, SlackStandIn
from tests.system.alerts import rows_of, settled
from tests.system.harness import System
from tests.system.people import Browser, link_in, messages_about, shown
from tests.system.reports import incident
from tests.system.test_the_main_job import DESKS, MAILBOXES, told
from tocsin_schemas import ReportKind, Tlp

pytestmark = pytest.mark.kafka


def test_an_update_and_a_retraction_reach_everybody_who_was_told(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """The Slack message is put right in place with a line in its thread, and each mailbox gets a mail in its thread."""
    with system.reporter("gb") as reporter:
        series = reporter.incident(incident("gb", "Two wards lost their alarms"))
        alert = told(system, slack, sendgrid, series)
        reporter.update(series, incident("gb", "One ward lost its alarms", severity="moderate"))
        system.eventually(
            lambda: all(len(_mails(sendgrid, alert, box)) == 2 for box in MAILBOXES.values()),
            "every mailbox hears of the correction",
        )
        settled(system, alert)
        corrected = {desk: _first(slack, alert, desk) for desk in DESKS.values()}

        assert all("One ward lost its alarms" in shown(message) for message in corrected.values())
        assert all("Two wards" not in shown(message) for message in corrected.values())
        assert all("Moderate" in shown(message) for message in corrected.values())

        reporter.retract(series, reason="It was a drill of the supplier.", kind=ReportKind.INCIDENT, tlp=Tlp.AMBER)
    system.eventually(
        lambda: all(len(_mails(sendgrid, alert, box)) == 3 for box in MAILBOXES.values()),
        "every mailbox hears of the retraction",
    )
    settled(system, alert)

    assert rows_of(system, alert).state == "retracted"
    for desk in DESKS.values():
        first, *thread = messages_about(slack, alert, desk)
        assert "RETRACTED" in shown(first)
        assert first.button is None
        assert [reply.thread_ts for reply in thread] == [first.ts, first.ts]
    for box in MAILBOXES.values():
        raised, lowered, retracted = _mails(sendgrid, alert, box)
        assert "RETRACTED" in retracted.subject + retracted.text
        assert "lowered to moderate" in lowered.text
        assert {one.headers["References"] for one in (raised, lowered, retracted)} == {raised.headers["References"]}


def test_a_raised_severity_asks_everybody_anew_in_a_new_message(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """What was answered before does not answer the higher severity; the old message points to the new one."""
    with system.reporter("us") as reporter:
        series = reporter.incident(incident("us", "A valve stuck half open"))
        alert = told(system, slack, sendgrid, series)
        settled(system, alert)
        (mail,) = _mails(sendgrid, alert, MAILBOXES["fr"])
        with Browser() as browser:
            browser.open(link_in(system, mail)).press("Acknowledge")
        settled(system, alert)
        reporter.update(series, incident("us", "A valve stuck half open", severity="critical"))
    system.eventually(
        lambda: all(
            len([one for one in messages_about(slack, alert, desk) if one.thread_ts is None]) == 2
            for desk in DESKS.values()
        ),
        "every desk gets a message of its own for the higher severity",
    )
    settled(system, alert)

    assert [response for response in rows_of(system, alert).responses if response[0] == "fr"] == [
        ("fr", "acknowledge", "fr.duty", 1),
        ("fr", None, None, 1),
    ]
    for desk in DESKS.values():
        old, new = (one for one in messages_about(slack, alert, desk) if one.thread_ts is None)
        assert "a newer message about this alert stands below" in shown(old)
        assert "Critical" in shown(new)
        assert (old.button, new.button is not None) == (None, True)


def test_an_exercise_is_marked_in_everything_that_anybody_sees(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Each text, block list, subject and body, of the first message as of the retraction, says that it is one."""
    with system.reporter("fr") as reporter:
        series = reporter.incident(incident("fr", "A reactor's display lagged", status="exercise"))
        alert = told(system, slack, sendgrid, series)
        settled(system, alert)
        retraction = {"kind": ReportKind.INCIDENT, "tlp": Tlp.AMBER, "status": "exercise"}
        reporter.retract(series, reason="The exercise is over.", **retraction)  # type: ignore[arg-type]
    system.eventually(
        lambda: all(len(_mails(sendgrid, alert, box)) == 2 for box in MAILBOXES.values()),
        "everybody hears that it is over",
    )
    settled(system, alert)

    calls = [
        call.arguments
        for call in slack.calls
        if call.arguments.get("metadata", {}).get("event_payload", {}).get("alert") == alert
    ]
    assert len(calls) >= 3 * len(MEMBERS)
    for arguments in calls:
        assert "EXERCISE" in arguments["text"]
        assert "EXERCISE" in str(arguments["blocks"])
    for box in MAILBOXES.values():
        for mail in _mails(sendgrid, alert, box):
            assert "EXERCISE" in mail.subject
            assert "EXERCISE" in mail.text
            assert "EXERCISE" in mail.html
        with Browser() as browser:
            assert "EXERCISE" in browser.open(link_in(system, _mails(sendgrid, alert, box)[0])).page


def _mails(sendgrid: SendGridStandIn, alert: str, box: str) -> list[SentMail]:
    return [mail for mail in sendgrid.to(box) if mail.custom_args["alert"] == alert]


def _first(slack: SlackStandIn, alert: str, desk: str) -> SlackMessageStored:
    return messages_about(slack, alert, desk)[0]
