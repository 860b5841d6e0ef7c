"""The outbox of previews."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest

from tests.alerting.web.forms import press
from tests.alerting.web.network import SECRET_TITLE, Network
from tests.alerting.web.test_alert_pages import HOSTILE, signed_in
from tocsin_alerting.messages.mail import render_mail
from tocsin_alerting.messages.slack import render_slack
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_alerting.store.view import alert_view
from tocsin_alerting.web.previews import MailPreview, Part, SlackPreview, read_preview
from tocsin_schemas import Tlp

MAIL: dict[str, Any] = {
    "subject": f"[TLP:GREEN] {SECRET_TITLE}",
    "text": f"{SECRET_TITLE}\nAcknowledge here",
    "html": f"<!doctype html><html><body style='margin:0'><h1>{SECRET_TITLE}</h1></body></html>",
    "headers": {},
}
SLACK: dict[str, Any] = {
    "text": "Severe: R&amp;D model",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "Severe <b>"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "A &lt;b&gt; &amp; <http://127.0.0.1/x|the page> <https://e.example>"},
            "fields": [{"type": "mrkdwn", "text": "*Label*\nTLP:GREEN"}],
        },
        {"type": "divider"},
        {
            "type": "context",
            "elements": [{"type": "mrkdwn", "text": "network:1"}, {"type": "image", "alt_text": "bell"}],
        },
        {"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Acknowledge"}}]},
        {"type": "rich_text", "elements": []},
    ],
    "reply_broadcast": False,
}


def _preview(network: Network, alert: str, rendered: dict[str, Any], channel: str, **facts: Any) -> str:
    return network.deliver(alert, channel=channel, outcome="previewed", rendered=rendered, **facts)


def test_only_operators_see_it(network: Network) -> None:
    """Previews hold what members only may read."""
    _preview(network, network.raise_alert(), MAIL, "email")
    reply = network.client().get("/outbox")

    assert (reply.status_code, reply.headers["location"]) == (303, "/sign-in")
    assert SECRET_TITLE not in reply.text


def test_a_mail_is_shown_as_its_reader_would_see_it(network: Network) -> None:
    """Subject, both parts, the HTML one in a frame without any right, and a link that really answers."""
    alert = network.raise_alert()
    _preview(network, alert, MAIL, "email")
    client = signed_in(network)
    page = client.get("/outbox")
    frame = re.search(r'<iframe[^>]* sandbox="" [^>]*srcdoc="([^"]*)"', page.text)
    link = re.search(r'href="http://testserver(/a/[^"]+)"', page.text)
    assert frame is not None
    assert link is not None
    answered = press(client, link[1], "Acknowledge")

    assert html.unescape(frame[1]) == MAIL["html"]
    assert "[TLP:GREEN]" in page.text
    assert "Acknowledge here" in page.text
    assert "script-src" not in page.headers["content-security-policy"]
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert answered.status_code == 200


def test_a_slack_message_is_shown_readably_and_as_it_would_be_posted(network: Network) -> None:
    """Blocks in words, buttons by their labels, and the JSON."""
    _preview(network, network.raise_alert(), SLACK, "slack")
    page = signed_in(network).get("/outbox").text

    assert '<bdi dir="auto">Severe &lt;b&gt;</bdi>' in page
    assert "A &lt;b&gt; &amp; the page (http://127.0.0.1/x) https://e.example" in page
    assert "<span>Acknowledge</span>" in page
    assert "&#34;rich_text&#34;" in page


def test_a_preview_of_hostile_text_stays_in_its_frame(network: Network) -> None:
    """Whatever was rendered cannot leave the place where it is shown."""
    alert = network.raise_alert()
    hostile = {"subject": HOSTILE, "text": HOSTILE, "html": f"{HOSTILE}</iframe><script>1</script>", "headers": {}}
    _preview(network, alert, hostile, "email")
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": HOSTILE}}, {"type": HOSTILE}]
    _preview(network, alert, {"text": HOSTILE, "blocks": blocks}, "slack")
    page = signed_in(network).get("/outbox").text

    assert "<script" not in page
    assert "<img" not in page
    assert page.count("</iframe>") == 1


@pytest.mark.parametrize(("disclosure", "shown"), [("full", False), ("notice", True)])
def test_what_is_above_the_operators_clearance_is_not_shown(network: Network, disclosure: str, shown: bool) -> None:
    """Only a notice is, which says nothing that was reported."""
    alert = network.raise_alert(tlp=Tlp.RED)
    _preview(network, alert, {**MAIL, "subject": "rendered words"}, "email", disclosure=disclosure)
    page = signed_in(network).get("/outbox").text

    assert ("rendered words" in page) is shown
    assert ("above your clearance" in page) is not shown


def _telling(alert: str) -> Telling:
    return Telling(
        delivery_id="d",
        alert_id=alert,
        revision=1,
        institute="gb",
        institute_name="UK AI Security Institute",
        subject_name=None,
        contact_name="Duty (GB)",
        kind=DeliveryKind.MESSAGE,
        reason=TellingReason.RAISED,
        step=None,
        alert_link=f"http://testserver/alerts/{alert}",
        answer_link="http://testserver/a/token",
    )


def test_what_the_messages_really_look_like_is_shown(network: Network) -> None:
    """A mail and a Slack message as they are rendered for sending, from the alert's own view."""
    alert = network.raise_alert(title="Severe & <strange>")
    with network.store.read() as session:
        view = alert_view(session, alert, directory=network.directory, level=lambda _: Level.FULL)
    _preview(network, alert, render_mail(view, _telling(alert), domain="tocsin.example").as_dict(), "email")
    _preview(network, alert, render_slack(view, _telling(alert)).as_dict(), "slack")
    page = signed_in(network).get("/outbox").text
    as_read = html.unescape(page)

    assert "<strange>" not in page
    assert "The score lies above the expert baseline." in as_read
    assert "<span>Acknowledge</span>" in page
    assert as_read.count("Severe & <strange>") >= 2


def test_what_was_sent_is_not_in_it(network: Network) -> None:
    """The outbox shows what was not sent, and nothing else."""
    network.deliver(network.raise_alert())

    assert "There is no preview" in signed_in(network).get("/outbox").text


def test_it_comes_in_pages(network: Network) -> None:
    """Every preview once, by the link to older ones, those of the same instant included."""
    alert = network.raise_alert()
    for number in range(60):
        _preview(network, alert, MAIL, "email", revision=number + 1)
        if number % 7 == 0:
            network.clock.advance(timedelta(seconds=1))
    client, path, seen = signed_in(network), "/outbox", []
    for _ in range(3):
        page = client.get(path).text
        seen += re.findall(r'<h2 id="(d-[^"]+)"', page)
        older = re.search(r'href="([^"]+)" rel="next"', page)
        path = older[1] if older else ""

    assert len(seen) == len(set(seen)) == 60
    assert path == ""


def test_messages_are_read_as_they_are_rendered() -> None:
    """What `tocsin_alerting.messages` keeps for a mail and for Slack is what is read here."""
    slack = read_preview(SLACK)

    assert read_preview(MAIL) == MailPreview(MAIL["subject"], MAIL["text"], MAIL["html"])
    assert isinstance(slack, SlackPreview)
    assert slack.fallback == "Severe: R&D model"
    assert [part.kind for part in slack.parts] == ["header", "text", "divider", "context", "buttons", "text"]
    assert slack.parts[3] == Part("context", ("network:1", "bell"))
