"""The main job, end to end: a report reaches the right people on two channels, they answer, the others see who did."""

import httpx2
import pytest

from tests.fixtures.system import MEMBERS
from tests.standins import SendGridStandIn, SlackStandIn
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.people import (
    Browser,
    answer_by_api,
    link_in,
    messages_about,
    press_in_slack,
    shown,
)
from tests.system.reports import finding, incident

pytestmark = pytest.mark.kafka

DESKS = {member: f"C0{member.upper()}DUTY" for member in MEMBERS}
MAILBOXES = {member: f"duty@{member}.example" for member in MEMBERS}


def told(system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, event_id: str) -> str:
    """Wait until a new alert stands in every desk's channel and mailbox; its id."""
    alert = alert_of(system, event_id)
    system.eventually(
        lambda: (
            {one.channel for one in messages_about(slack, alert)} >= set(DESKS.values())
            and {mail.to for mail in list(sendgrid.mails) if mail.custom_args["alert"] == alert}
            >= set(MAILBOXES.values())
        ),
        f"alert {alert} is told to every desk",
        within=30,
    )
    return alert


def test_one_report_is_told_to_every_institute_on_both_channels_and_to_nobody_else(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn, specs: object
) -> None:
    """Severity, reason, text and link, once to each desk; every payload is as the vendors' specifications say."""
    del specs  # the stand-ins check against it; without it this promise is not tested
    with system.reporter("fr") as reporter:
        event_id = reporter.incident(incident("fr", "Ambulances were sent to the wrong town"))

    alert = told(system, slack, sendgrid, event_id)
    settled(system, alert)
    messages = messages_about(slack, alert)
    mails = [mail for mail in sendgrid.mails if mail.custom_args["alert"] == alert]

    assert sorted(message.channel for message in messages) == sorted(DESKS.values())
    assert sorted(mail.to for mail in mails) == sorted(MAILBOXES.values())
    for seen in (*map(shown, messages), *(f"{mail.subject}\n{mail.text}" for mail in mails)):
        assert "Ambulances were sent to the wrong town" in seen
        assert "TLP:AMBER" in seen
        assert "Severe" in seen
        assert "At least one person was seriously hurt" in seen
    assert all(message.button is not None for message in messages)
    assert all("<html" in mail.html for mail in mails)
    assert slack.violations == []
    assert sendgrid.violations == []


def test_reports_from_the_door_and_from_kafka_take_the_same_way(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """A finding through the door joins the alert that the same finding of another institute raised over Kafka."""
    with system.reporter("gb") as reporter:
        first = reporter.finding(finding("gb", "example/borealis-1"))
    alert = told(system, slack, sendgrid, first)
    with system.door_reporter("us") as reporter:
        second = reporter.finding(finding("us", "example/borealis-1", value=0.83))

    assert alert_of(system, second) == alert
    system.eventually(
        lambda: all(
            any(one.thread_ts is not None for one in messages_about(slack, alert, desk)) for desk in DESKS.values()
        ),
        "every desk hears in its thread that another institute confirms it",
    )
    assert rows_of(system, alert).changes == ((1, "raised", "first_report"), (2, "updated", "corroborated"))


def test_a_click_in_slack_acknowledges_and_every_message_shows_it_in_place(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """The button counts once; the message loses it and says who; the other desks' messages say so as well."""
    with system.reporter("us") as reporter:
        event_id = reporter.incident(incident("us", "A dispatcher froze in three cities"))
    alert = told(system, slack, sendgrid, event_id)
    (message,) = messages_about(slack, alert, DESKS["gb"])
    before = len(slack.messages)

    assert press_in_slack(system, message, user="U0GBLEAD") == 200
    system.eventually(
        lambda: all(one.edits for one in messages_about(slack, alert) if one.thread_ts is None),
        "every first message is updated in place",
    )
    settled(system, alert)

    assert message.button is None
    assert "acknowledged by Head of evaluations (GB) in Slack" in shown(message)
    others = [messages_about(slack, alert, DESKS[member])[0] for member in ("fr", "us")]
    assert all("acknowledged by Head of evaluations (GB) in Slack" in shown(other) for other in others)
    assert all(other.button is not None for other in others)
    replies = [one for one in slack.messages[before:] if one.thread_ts is not None]
    assert [(reply.channel, reply.thread_ts) for reply in replies] == [(DESKS["gb"], message.ts)]
    assert [mail.to for mail in sendgrid.mails if mail.custom_args["alert"] == alert].count(MAILBOXES["gb"]) == 1


def test_a_click_that_slack_did_not_sign_just_now_changes_nothing(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """A wrong key, an altered body and a signature of six minutes ago get 401 and leave no row behind."""
    with system.reporter("gb") as reporter:
        event_id = reporter.incident(incident("gb", "A pump dosed twice"))
    alert = told(system, slack, sendgrid, event_id)
    (message,) = messages_about(slack, alert, DESKS["us"])
    before = rows_of(system, alert)

    statuses = [
        press_in_slack(system, message, user="U0USLEAD", secret="not-the-secret"),
        press_in_slack(system, message, user="U0USLEAD", seconds_ago=360),
        press_in_slack(system, message, user="U0USLEAD", altered=True),
    ]

    assert statuses == [401, 401, 401]
    assert rows_of(system, alert) == before


def test_looking_at_the_link_answers_nothing_and_its_button_does(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Three GETs, a HEAD, a bare POST and a replayed form leave every row as it was; the button on the page counts."""
    with system.reporter("fr") as reporter:
        event_id = reporter.incident(incident("fr", "A lift opened between floors"))
    alert = told(system, slack, sendgrid, event_id)
    settled(system, alert)
    (mail,) = (one for one in sendgrid.to(MAILBOXES["fr"]) if one.custom_args["alert"] == alert)
    link = link_in(system, mail)
    before = rows_of(system, alert)

    looks = [httpx2.get(link, timeout=20).status_code for _ in range(3)]
    looks.append(httpx2.head(link, timeout=20).status_code)
    bare = httpx2.post(link, timeout=20).status_code
    with Browser() as seen, Browser() as scanner:
        seen.open(link)
        scanner.page, scanner._address = seen.page, link
        scanner.press("Acknowledge")
        replayed = scanner.status

        assert looks == [200] * 4
        assert (bare, replayed) == (403, 403)
        assert rows_of(system, alert) == before

        seen.press("Acknowledge", note="We are calling the hospital.")
        assert seen.status == 200
        assert "Your answer has been recorded" in seen.page

    after = rows_of(system, alert)
    assert after.revision == before.revision + 1
    assert ("fr", "acknowledge", "fr.duty", 1) in after.responses
    assert len(after.answers) == 1


def test_whoever_comes_second_sees_who_was_first_on_every_way(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """After the desk's mail was answered, the link, the button and the API name the desk, and its answer stands."""
    with system.reporter("gb") as reporter:
        event_id = reporter.incident(incident("gb", "A crane ignored its limit"))
    alert = told(system, slack, sendgrid, event_id)
    (mail,) = (one for one in sendgrid.to(MAILBOXES["us"]) if one.custom_args["alert"] == alert)
    (message,) = messages_about(slack, alert, DESKS["us"])
    with Browser() as second, Browser() as first:
        second.open(link_in(system, mail))
        first.open(link_in(system, mail)).press("Acknowledge")
        # Pressed before Slack has taken the button away.
        clicked = 200 if message.button is None else press_in_slack(system, message, user="U0USLEAD")
        second.press("Acknowledge")

        assert clicked == 200
        assert (second.status, "Already answered" in second.page) == (200, True)
        assert "Duty desk (US)" in second.page
    status, said = answer_by_api(system, alert, "us")

    assert status == 200
    assert (said["outcome"], said["standing"], said["by"]) == ("already_answered", "acknowledge", "Duty desk (US)")
    responses = {one["institute"]: one for one in system.api(f"/v1/alerts/{alert}")["responses"]}
    assert responses["us"]["answer"] == "acknowledge"
    assert (responses["fr"]["answer"], responses["gb"]["answer"]) == (None, None)


def test_programs_answer_for_their_own_institute_and_the_alert_closes_when_all_have_resolved(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Another institute's key gets 403, none gets 401; when everybody has resolved it, everybody is told."""
    with system.reporter("us") as reporter:
        event_id = reporter.incident(incident("us", "A forecast closed a harbour"))
    alert = told(system, slack, sendgrid, event_id)

    assert answer_by_api(system, alert, "gb", key=system.key_of("fr"))[0] == 403
    assert answer_by_api(system, alert, "gb", key="nobody")[0] == 401
    assert [answer_by_api(system, alert, member, "resolve")[0] for member in MEMBERS] == [201] * 3
    system.eventually(
        lambda: all(
            sum(mail.custom_args["alert"] == alert for mail in sendgrid.to(box)) == 2 for box in MAILBOXES.values()
        ),
        "everybody who was told is told that it is resolved",
    )
    settled(system, alert)

    assert rows_of(system, alert).state == "resolved"
    assert all(one.button is None for one in messages_about(slack, alert))
    listed = system.api("/v1/alerts", state="resolved", limit=200)["items"]
    assert alert in [one["id"] for one in listed]


def test_the_api_says_who_was_told_what_and_when(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Every delivery stands there with its outcome and its time, and so do the rules behind the severity."""
    with system.reporter("fr") as reporter:
        event_id = reporter.incident(incident("fr", "A tram passed its stop"))
    alert = told(system, slack, sendgrid, event_id)
    settled(system, alert)

    seen = system.api(f"/v1/alerts/{alert}")

    assert {(one["contact"], one["channel"]) for one in seen["deliveries"]} == {
        (f"{member}.duty", channel) for member in MEMBERS for channel in ("slack", "email")
    }
    assert {(one["outcome"], one["attempts"]) for one in seen["deliveries"]} == {("sent", 1)}
    assert "incident.serious_injury" in {reason["rule"] for reason in seen["reasons"]}
    assert {one.id for one in deliveries_of(system, alert)} == {one["id"] for one in seen["deliveries"]}
