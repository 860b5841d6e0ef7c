"""The stand-ins are as strict as what they stand in for: a test that passes against them means something."""

from __future__ import annotations

import base64
import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook
from slack_sdk.signature import SignatureVerifier

from tests.consumers.channels.outgoing import NOW, mail, post
from tests.standins import SendGridStandIn, SlackStandIn, click_payload, signed_form
from tests.standins.slack_checks import faults_in
from tocsin_consumers.channels.email import EmailChannel
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_consumers.channels.slack import SlackChannel

Spoil = Callable[[list[dict[str, Any]]], Any]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda blocks: blocks[0]["text"].update(type="mrkdwn"),
        lambda blocks: blocks[0]["text"].update(text="x" * 151),
        lambda blocks: blocks[0]["text"].update(text="😀" * 76),
        lambda blocks: blocks[0]["text"].update(text=" "),
        lambda blocks: blocks[1]["text"].update(text="x" * 3_001),
        lambda blocks: blocks.append({"type": "unknown"}),
        lambda blocks: blocks.extend([{"type": "divider"}] * 51),
        lambda blocks: blocks[1].pop("text"),
        lambda blocks: blocks.append({"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2_001}]}),
        lambda blocks: blocks[-2]["elements"].append(dict(blocks[-2]["elements"][0])),
        lambda blocks: blocks[-2]["elements"][0].update(style="loud"),
        lambda blocks: blocks[-2]["elements"][0].update(value="x" * 2_001),
        lambda blocks: blocks.extend([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}}] * 5),
        list.clear,
    ],
)
def test_slack_refuses_what_slack_refuses(spoil: Spoil, specs: Path) -> None:
    """Structure and lengths, the faults that Slack's own models let through included."""
    blocks = copy.deepcopy(list(post().message.blocks))
    before = faults_in(blocks, specs)
    spoil(blocks)

    assert before == []
    assert faults_in(blocks, specs) != []


def test_slack_demands_its_token_and_its_channels() -> None:
    """A wrong token and a channel that is gone get Slack's own words."""
    with SlackStandIn(token="xoxb-right") as slack:
        slack.gone.add("C0GBDUTY")
        wrong = SlackChannel(token="xoxb-wrong", base_url=slack.api_url, clock=lambda: NOW)
        right = SlackChannel(token="xoxb-right", base_url=slack.api_url, clock=lambda: NOW)
        with pytest.raises(DeliveryError, match="invalid_auth"):
            wrong.send(post())
        with pytest.raises(DeliveryError, match="channel_not_found"):
            right.send(post())


def test_a_click_is_one_that_slack_would_send(specs: Path) -> None:
    """It fits Slack's schema, and Slack's own verifier takes its signature; another secret's it does not."""
    with SlackStandIn() as slack:
        SlackChannel(token="xoxb-1", base_url=slack.api_url, clock=lambda: NOW).send(post())
        payload = click_payload(slack.messages[0], specs=specs)
    now = NOW.timestamp()
    body, headers = signed_form(payload, signing_secret="secret", at=now)

    class _Clock:
        def now(self) -> float:
            return now

    assert payload["actions"][0]["value"] == post().delivery_id
    assert SignatureVerifier("secret", _Clock()).is_valid_request(body, headers)  # type: ignore[arg-type]
    assert not SignatureVerifier("other", _Clock()).is_valid_request(body, headers)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: body.pop("from"),
        lambda body: body.update(subject=""),
        lambda body: body.update(subject="x\r\nBcc: y@evil.example"),
        lambda body: body.update(content=[]),
        lambda body: body["content"].reverse(),
        lambda body: body.update(custom_args={"delivery": "x"}),
        lambda body: body.update(unknown=1),
        lambda body: body["personalizations"][0].update(to=[]),
        lambda body: body["personalizations"][0].update(unknown=1),
        lambda body: body["personalizations"][0]["custom_args"].update(number=1),
        lambda body: body["personalizations"][0]["to"][0].update(email="no address"),
        lambda body: body.update(headers={"X-Priority": 1}),
        lambda body: body.update(headers={"Subject": "another"}),
        lambda body: body.update(categories=["a"] * 2),
    ],
)
def test_sendgrid_refuses_what_sendgrid_refuses(spoil: Callable[[dict[str, Any]], Any], specs: Path) -> None:
    """Its published schema, and what it is known to refuse beyond it."""

    class _Spoiling(EmailChannel):
        def payload(self, outgoing: Any) -> dict[str, Any]:
            body = super().payload(outgoing)
            spoil(body)
            return body

    with SendGridStandIn(specs=specs) as sendgrid:
        channel = _Spoiling(
            api_key="SG.x.y", host=sendgrid.url, sender="a@tocsin.example", sender_name="T", clock=lambda: NOW
        )
        with pytest.raises(DeliveryError, match="refused"):
            channel.send(mail())

    assert sendgrid.violations
    assert sendgrid.mails == []


def test_a_late_bounce_is_signed_as_sendgrid_signs(specs: Path) -> None:
    """The vendor's own verifier takes it over the raw body, and takes no other body."""
    with SendGridStandIn(specs=specs) as sendgrid:
        EmailChannel(
            api_key="SG.x.y", host=sendgrid.url, sender="a@tocsin.example", sender_name="T", clock=lambda: NOW
        ).send(mail())
        at = int(NOW.timestamp())
        event = sendgrid.event(sendgrid.mails[0], "bounce", at=at, reason="550 no such user", type="bounce")
        body, headers = sendgrid.signed([event], at=at)
    signature = headers["X-Twilio-Email-Event-Webhook-Signature"]
    stamp = headers["X-Twilio-Email-Event-Webhook-Timestamp"]
    verifier = EventWebhook(sendgrid.public_key)

    assert event["delivery"] == mail().delivery_id
    assert event["sg_message_id"].startswith(sendgrid.mails[0].message_id)
    assert base64.b64decode(signature)
    assert verifier.verify_signature(body.decode(), signature, stamp)
    assert not verifier.verify_signature(body.decode().rstrip(), signature, stamp)
