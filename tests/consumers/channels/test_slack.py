"""Slack against a server that stands in for it: what is sent, and what every failure means."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.consumers.channels.outgoing import NOW, post
from tests.standins import (
    ApiError,
    ConnectionDropped,
    Fault,
    HtmlError,
    RateLimited,
    ServerError,
    SlackStandIn,
    TakenWithoutAnswer,
)
from tocsin_alerting.policy.sending import Anchor
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_consumers.channels.slack import SlackChannel

TOKEN = "xoxb-1-of-the-tests"


@pytest.fixture
def slack(specs: Path) -> Iterator[SlackStandIn]:
    """A workspace; whatever is sent to it is what Slack allows."""
    with SlackStandIn(token=TOKEN, specs=specs) as running:
        yield running

    assert running.violations == []


@pytest.fixture
def channel(slack: SlackStandIn) -> SlackChannel:
    """The channel on that workspace, with a short time limit."""
    return SlackChannel(token=TOKEN, base_url=slack.api_url, clock=lambda: NOW, timeout_seconds=1)


def _refusal(channel: SlackChannel) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        channel.send(post())
    return caught.value


def test_a_message_is_posted_with_its_delivery_id(slack: SlackStandIn, channel: SlackChannel) -> None:
    """What came back is what Slack calls it; the metadata ties it to us; links are not unfurled."""
    receipt = channel.send(post())
    (message,) = slack.messages
    (call,) = slack.calls

    assert (receipt.provider_id, receipt.place) == (message.ts, "C0GBDUTY")
    assert message.metadata == {
        "event_type": "tocsin_alert",
        "event_payload": {"delivery": post().delivery_id, "alert": post().alert_id},
    }
    assert call.arguments["unfurl_links"] is call.arguments["unfurl_media"] is False


def test_an_edit_changes_the_message_in_place(slack: SlackStandIn, channel: SlackChannel) -> None:
    """No second message: the first one says what is true now."""
    sent = channel.send(post())
    channel.send(post(kind=DeliveryKind.EDIT, anchor=Anchor(sent.provider_id, sent.place)))

    assert len(slack.messages) == 1
    assert slack.messages[0].edits == 1


def test_a_reply_hangs_on_the_message_and_shows_in_the_channel_when_it_must(
    slack: SlackStandIn, channel: SlackChannel
) -> None:
    """Threads for changes; an escalation is broadcast."""
    sent = channel.send(post())
    anchor = Anchor(sent.provider_id, sent.place)
    quiet = post().message
    loud = type(quiet)(quiet.text, quiet.blocks, broadcast=True)
    channel.send(post(kind=DeliveryKind.REPLY, anchor=anchor))
    channel.send(post(kind=DeliveryKind.REPLY, anchor=anchor, message=loud))

    assert [message.thread_ts for message in slack.messages[1:]] == [sent.provider_id] * 2
    assert [message.broadcast for message in slack.messages[1:]] == [False, True]


def test_a_person_is_told_directly_and_the_place_is_remembered(slack: SlackStandIn, channel: SlackChannel) -> None:
    """Slack answers with the id of the direct messages: edits need that one."""
    sent = channel.send(post(address="U0GBLEAD"))
    channel.send(post(address="U0GBLEAD", kind=DeliveryKind.EDIT, anchor=Anchor(sent.provider_id, sent.place)))

    assert sent.place == "D0GBLEAD"
    assert slack.messages[0].edits == 1


@pytest.mark.parametrize(("header", "seconds"), [("20", 20.0), ("0.5", 0.5), ("soon", 30.0), (None, 30.0)])
def test_a_rate_limit_is_handed_on_and_not_slept_away(
    slack: SlackStandIn, channel: SlackChannel, header: str | None, seconds: float
) -> None:
    """One call, no sleep in it: the wait is a row's business."""
    slack.fail_next(RateLimited(header))
    error = _refusal(channel)

    assert (error.reason, error.retry_after) == ("rate_limited", seconds)
    assert not error.permanent
    assert not error.uncertain
    assert len(slack.requests) == 1


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (ServerError(503), "internal_error"),
        (HtmlError(502), "http_502"),
        (ConnectionDropped(), "connection_lost"),
        (TakenWithoutAnswer(), "connection_lost"),
        (TakenWithoutAnswer(seconds=3), "timed_out"),
        (ApiError("fatal_error"), "fatal_error"),
    ],
)
def test_what_may_have_been_taken_is_uncertain(
    slack: SlackStandIn, channel: SlackChannel, fault: Fault, reason: str
) -> None:
    """Gateways, broken connections and silence say nothing of what stood behind them; nothing is posted again here."""
    slack.fail_next(fault)
    error = _refusal(channel)

    assert not error.permanent
    assert error.uncertain
    assert error.reason in {reason, f"http_{getattr(fault, 'status', 0)}"}
    assert len(slack.requests) == 1


@pytest.mark.parametrize("word", ["channel_not_found", "is_archived", "not_in_channel", "user_not_found"])
def test_a_bad_address_is_permanent(slack: SlackStandIn, channel: SlackChannel, word: str) -> None:
    """The same message will never get there: the next people are told instead."""
    slack.fail_next(ApiError(word))
    error = _refusal(channel)

    assert (error.reason, error.permanent, error.bad_address) == (word, True, True)


@pytest.mark.parametrize("word", ["msg_too_long", "invalid_blocks", "message_not_found"])
def test_a_bad_message_is_permanent_and_the_address_good(slack: SlackStandIn, channel: SlackChannel, word: str) -> None:
    """A fault of the message says nothing of the place."""
    slack.fail_next(ApiError(word))
    error = _refusal(channel)

    assert (error.reason, error.permanent, error.bad_address) == (word, True, False)


@pytest.mark.parametrize("word", ["invalid_auth", "account_inactive", "token_revoked", "missing_scope"])
def test_a_refused_token_is_the_operators_business(slack: SlackStandIn, channel: SlackChannel, word: str) -> None:
    """The message is as good as before: it is kept until somebody has mended the token."""
    slack.fail_next(ApiError(word))
    error = _refusal(channel)

    assert (error.reason, error.permanent, error.misconfigured) == (word, False, True)


def test_a_server_that_is_not_there_took_nothing(slack: SlackStandIn) -> None:
    """Refused connections are certain: the message never went out."""
    with SlackStandIn() as closed:
        url = closed.api_url
    error = _refusal(SlackChannel(token=TOKEN, base_url=url, clock=lambda: NOW))

    assert (error.reason, error.uncertain, error.permanent) == ("unreachable", False, False)
    assert slack.requests == []


@pytest.mark.parametrize("address", ["C0GBDUTY", "U0GBLEAD"])
def test_after_a_doubt_slack_is_asked_before_posting_again(
    slack: SlackStandIn, channel: SlackChannel, address: str
) -> None:
    """The message that was taken without an answer is found by the delivery's id, and not posted twice."""
    slack.fail_next(TakenWithoutAnswer())
    with pytest.raises(DeliveryError):
        channel.send(post(address=address))
    receipt = channel.send(post(address=address, uncertain=True))

    assert len(slack.messages) == 1
    assert receipt.provider_id == slack.messages[0].ts
    assert receipt.place == slack.messages[0].channel


def test_a_reply_in_doubt_is_looked_for_in_its_thread(slack: SlackStandIn, channel: SlackChannel) -> None:
    """Replies are not in the channel's history."""
    sent = channel.send(post())
    reply = post(delivery_id="another", kind=DeliveryKind.REPLY, anchor=Anchor(sent.provider_id, sent.place))
    slack.fail_next(TakenWithoutAnswer())
    with pytest.raises(DeliveryError):
        channel.send(reply)
    channel.send(post(delivery_id="another", kind=DeliveryKind.REPLY, anchor=reply.anchor, uncertain=True))

    assert len(slack.messages) == 2


def test_what_was_not_taken_is_posted_after_a_doubt(slack: SlackStandIn, channel: SlackChannel) -> None:
    """Another alert's message in the channel is not taken for this one."""
    channel.send(post(delivery_id="another"))
    slack.fail_next(ConnectionDropped())
    with pytest.raises(DeliveryError):
        channel.send(post())
    channel.send(post(uncertain=True))

    assert [message.delivery for message in slack.messages] == ["another", post().delivery_id]


def test_where_slack_may_not_be_asked_the_message_is_posted(slack: SlackStandIn, channel: SlackChannel) -> None:
    """A missing scope is no reason for silence: a repeat carries the same delivery id."""
    slack.fail_next(ApiError("missing_scope"))
    channel.send(post(uncertain=True))

    assert [call.method for call in slack.calls] == ["conversations.history", "chat.postMessage"]
    assert len(slack.messages) == 1


def test_while_slack_cannot_be_asked_the_doubt_stays(slack: SlackStandIn, channel: SlackChannel) -> None:
    """Asking failed: nothing was posted, and the next attempt asks again."""
    slack.fail_next(RateLimited("3"))
    with pytest.raises(DeliveryError) as caught:
        channel.send(post(uncertain=True))

    assert caught.value.uncertain
    assert caught.value.retry_after == 3.0
    assert slack.messages == []


def test_no_token_is_an_error_that_says_what_to_do() -> None:
    """An empty token would be refused at every message; it is refused at the start."""
    with pytest.raises(ValueError, match="leave it unset to preview"):
        SlackChannel(token=" ", base_url="http://127.0.0.1:1/", clock=lambda: NOW)


def test_neither_token_nor_text_is_logged(
    slack: SlackStandIn, channel: SlackChannel, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong, the log holds no secret and no protected word."""
    caplog.set_level(logging.INFO)
    slack.fail_next(HtmlError(502))
    _refusal(channel)
    channel.send(post())

    assert TOKEN not in caplog.text
    assert "nerve agent" not in caplog.text
