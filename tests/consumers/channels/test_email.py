"""SendGrid against a server that stands in for it: what is sent, and what every failure means."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.consumers.channels.outgoing import NOW, mail
from tests.standins import (
    ApiError,
    ConnectionDropped,
    Fault,
    HtmlError,
    RateLimited,
    SendGridStandIn,
    ServerError,
    TakenWithoutAnswer,
)
from tocsin_consumers.channels.email import EmailChannel
from tocsin_consumers.channels.outgoing import DeliveryError

KEY = "SG.of-the-tests.0123456789"


@pytest.fixture
def sendgrid(specs: Path) -> Iterator[SendGridStandIn]:
    """SendGrid; whatever is sent to it is what its specification allows."""
    with SendGridStandIn(key=KEY, specs=specs) as running:
        yield running

    assert running.violations == []


def _channel(url: str, key: str = KEY) -> EmailChannel:
    return EmailChannel(
        api_key=key,
        host=url,
        sender="alerts@tocsin.example",
        sender_name="Tocsin",
        clock=lambda: NOW,
        timeout_seconds=1,
    )


@pytest.fixture
def channel(sendgrid: SendGridStandIn) -> EmailChannel:
    """The channel on that server, with a short time limit."""
    return _channel(sendgrid.url)


def _refusal(channel: EmailChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(mail())
    return caught.value


def test_a_mail_is_sent_with_its_delivery_id(sendgrid: SendGridStandIn, channel: EmailChannel) -> None:
    """SendGrid's id comes back; ours travel as custom arguments of the personalization, and headers thread it."""
    receipt = channel.send(mail())
    (sent,) = sendgrid.mails

    assert receipt.provider_id == sent.message_id
    assert sent.custom_args == {"delivery": mail().delivery_id, "alert": mail().alert_id}
    assert sent.headers == mail().message.headers
    assert (sent.to, sent.text, sent.html) == ("duty@gb.example", mail().message.text, mail().message.html)
    assert sent.body["from"] == {"email": "alerts@tocsin.example", "name": "Tocsin"}
    assert "custom_args" not in sent.body


def test_nothing_in_a_mail_is_tracked(sendgrid: SendGridStandIn, channel: EmailChannel) -> None:
    """Click tracking would hand the answer link to a third host."""
    channel.send(mail())
    (sent,) = sendgrid.mails

    assert sent.body["tracking_settings"] == {
        "click_tracking": {"enable": False, "enable_text": False},
        "open_tracking": {"enable": False},
        "subscription_tracking": {"enable": False},
    }
    assert sent.answer_path is not None
    assert sent.answer_path.startswith("/a/")


def test_a_line_break_in_a_subject_begins_no_header(sendgrid: SendGridStandIn, channel: EmailChannel) -> None:
    """The vendor's class lets it through; we do not."""
    message = replace(mail().message, subject="TLP:CLEAR x\r\nBcc: everybody@evil.example")
    channel.send(mail(message=message))

    assert sendgrid.mails[0].subject == "TLP:CLEAR x Bcc: everybody@evil.example"


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (RateLimited("20"), 20.0),
        (RateLimited("0.5"), 0.5),
        (RateLimited(str(int(NOW.timestamp()) + 9), header="X-RateLimit-Reset"), 9.0),
        (RateLimited(None), 30.0),
    ],
)
def test_a_rate_limit_is_handed_on(
    sendgrid: SendGridStandIn, channel: EmailChannel, fault: Fault, seconds: float
) -> None:
    """By either header; the wait is a row's business."""
    sendgrid.fail_next(fault)
    error = _refusal(channel)

    assert (error.reason, error.permanent, error.uncertain) == ("rate_limited", False, False)
    assert error.retry_after == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ServerError(500), "http_500"),
        (ServerError(503), "http_503"),
        (HtmlError(502), "http_502"),
        (ConnectionDropped(), "connection_lost"),
        (TakenWithoutAnswer(seconds=3), "timed_out"),
    ],
)
def test_what_may_have_been_taken_is_uncertain(
    sendgrid: SendGridStandIn, channel: EmailChannel, fault: Fault, reason: str
) -> None:
    """It is tried again by the row, never inside the call."""
    sendgrid.fail_next(fault)
    error = _refusal(channel)

    assert (error.reason, error.uncertain, error.permanent) == (reason, True, False)
    assert len(sendgrid.requests) == 1


@pytest.mark.parametrize(
    ("status", "reason", "permanent", "misconfigured"),
    [
        (400, "refused", True, False),
        (413, "too_large", True, False),
        (401, "key_refused", False, True),
        (403, "sender_refused", False, True),
    ],
)
def test_each_refusal_has_its_meaning(
    sendgrid: SendGridStandIn, channel: EmailChannel, status: int, reason: str, permanent: bool, misconfigured: bool
) -> None:
    """A mail that is not valid never will be; a key can be mended, and the mail waits for it."""
    sendgrid.fail_next(ApiError("no", status=status))
    error = _refusal(channel)

    assert (error.reason, error.permanent, error.misconfigured) == (reason, permanent, misconfigured)
    assert not error.uncertain


def test_a_server_that_is_not_there_took_nothing() -> None:
    """Refused connections are certain."""
    with SendGridStandIn() as closed:
        url = closed.url
    error = _refusal(_channel(url))

    assert (error.reason, error.uncertain, error.permanent) == ("unreachable", False, False)


def test_an_empty_key_is_refused_at_the_start() -> None:
    """SendGrid's edge takes `Bearer ` and the mails are refused one by one."""
    with pytest.raises(ValueError, match="leave it unset to preview"):
        _channel("http://127.0.0.1:1", key=" ")


def test_neither_key_nor_mail_is_logged(
    sendgrid: SendGridStandIn, channel: EmailChannel, caplog: pytest.LogCaptureFixture
) -> None:
    """The vendor's client prints both at DEBUG; its logger is kept above that."""
    caplog.set_level(logging.DEBUG)
    sendgrid.fail_next(ServerError(500))
    _refusal(channel)
    channel.send(mail())

    assert KEY not in caplog.text
    assert "nerve agent" not in caplog.text
    assert "duty@gb.example" not in caplog.text
