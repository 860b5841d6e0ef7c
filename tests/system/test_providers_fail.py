"""Providers that refuse, fail, fall silent or bounce: everybody is told all the same, and no one waits for another."""

import pytest

from tests.standins import ApiError, RateLimited, SendGridStandIn, ServerError, SlackStandIn, TakenWithoutAnswer
from tests.system.alerts import alert_of, deliveries_of, rows_of, settled
from tests.system.harness import System
from tests.system.people import messages_about
from tests.system.reports import incident
from tests.system.test_the_main_job import DESKS, MAILBOXES, told
from tocsin_schemas import system_clock

pytestmark = pytest.mark.kafka


def test_a_channel_that_asks_for_time_gets_it_and_holds_up_no_other(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Slack's 429 with Retry-After: 3 for one channel delays that channel by three seconds, and nobody else."""
    slack.fail_next(RateLimited("3"), destination=DESKS["fr"])
    with system.reporter("gb") as reporter:
        event_id = reporter.incident(incident("gb", "A rate limit's story"))
    alert = told(system, slack, sendgrid, event_id)
    refused = next(call.at for call in slack.calls if _is_about(call.arguments, alert) and call.error == "ratelimited")
    posted = {one.channel: one.posted_at for one in messages_about(slack, alert)}
    settled(system, alert)

    assert posted[DESKS["fr"]] - refused >= 3.0
    assert max(posted[DESKS["gb"]], posted[DESKS["us"]]) - refused < 3.0
    assert len(messages_about(slack, alert, DESKS["fr"])) == 1
    assert [one.attempts for one in deliveries_of(system, alert, "slack") if one.address == DESKS["fr"]] == [2]


def test_a_provider_that_fails_is_asked_again_until_it_takes_the_mail(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Two answers of 503 for one mailbox: its mail comes with the third attempt, once."""
    sendgrid.fail_next(ServerError(503), times=2, destination=MAILBOXES["gb"])
    with system.reporter("fr") as reporter:
        event_id = reporter.incident(incident("fr", "A failing provider's story"))
    alert = told(system, slack, sendgrid, event_id)
    settled(system, alert)
    mails = [mail for mail in sendgrid.to(MAILBOXES["gb"]) if mail.custom_args["alert"] == alert]

    assert len(mails) == 1
    assert [one.attempts for one in deliveries_of(system, alert, "email") if one.address == MAILBOXES["gb"]] == [3]


def test_a_post_whose_answer_is_lost_is_found_and_not_posted_twice(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """Slack took the message and the connection broke: the next attempt finds it by its delivery id."""
    slack.fail_next(TakenWithoutAnswer(), destination=DESKS["us"])
    with system.reporter("us") as reporter:
        event_id = reporter.incident(incident("us", "A lost answer's story"))
    alert = told(system, slack, sendgrid, event_id)
    settled(system, alert)
    (message,) = messages_about(slack, alert, DESKS["us"])
    (delivery,) = (one for one in deliveries_of(system, alert, "slack") if one.address == DESKS["us"])

    assert (delivery.outcome, delivery.attempts, delivery.provider_id) == ("sent", 2, message.ts)


def test_a_mail_whose_answer_is_lost_is_repeated_with_the_same_delivery_id(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """SendGrid cannot be asked: silence would be worse than a second mail, which is known by its delivery id."""
    sendgrid.fail_next(TakenWithoutAnswer(), destination=MAILBOXES["us"])
    with system.reporter("us") as reporter:
        event_id = reporter.incident(incident("us", "A repeated mail's story"))
    alert = told(system, slack, sendgrid, event_id)
    settled(system, alert)
    mails = [mail for mail in sendgrid.to(MAILBOXES["us"]) if mail.custom_args["alert"] == alert]

    assert len(mails) == 2
    assert len({mail.delivery for mail in mails}) == 1
    assert len({mail.headers["References"] for mail in mails}) == 1


def test_a_bounce_that_comes_late_brings_the_next_step_forward(
    system: System, slack: SlackStandIn, sendgrid: SendGridStandIn
) -> None:
    """The desk's channel is gone; with SendGrid's signed word that its mail bounced as well the step's wait is over."""
    # Not at the first attempt: by then the mail has been planned.
    slack.fail_next(RateLimited("1"), destination=DESKS["us"])
    slack.fail_next(ApiError("is_archived"), destination=DESKS["us"])
    with system.reporter("gb") as reporter:
        event_id = reporter.incident(incident("gb", "A bounced mail's story"))
    alert = alert_of(system, event_id)
    settled(system, alert)
    before = rows_of(system, alert)
    (mail,) = (one for one in sendgrid.to(MAILBOXES["us"]) if one.custom_args["alert"] == alert)
    now = int(system_clock().timestamp())
    bounce = sendgrid.event(mail, "bounce", at=now, reason="550 no such mailbox", status="5.1.1", type="bounce")
    hook = f"{system.web_url}/sendgrid/events"
    with SendGridStandIn() as stranger:
        forged = stranger.report(hook, [bounce], at=now)

    assert forged == 401
    assert rows_of(system, alert) == before

    assert [sendgrid.report(hook, [bounce], at=now) for _ in range(3)] == [200, 200, 200]
    system.eventually(
        lambda: (
            messages_about(slack, alert, "D0USLEAD")
            and any(one.custom_args["alert"] == alert for one in sendgrid.to("head.of.evaluations@us.example"))
        ),
        "the lead of the institute that was not reached is told",
    )
    settled(system, alert)

    assert rows_of(system, alert).changes == ((1, "raised", "first_report"), (2, "escalated", "step_not_reached"))
    assert {one.institute for one in deliveries_of(system, alert) if one.contact.endswith(".lead")} == {"us"}
    (bounced,) = (one for one in deliveries_of(system, alert) if one.id == mail.delivery)
    assert bounced.receipt == "bounce"


def _is_about(arguments: dict[str, object], alert: str) -> bool:
    return alert in str(arguments.get("metadata", ""))
