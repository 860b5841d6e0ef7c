"""Webhooks are signed as Standard Webhooks has it, go nowhere else, and say what to do when they are not taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from tests.alerting.messages.views import telling, view
from tests.consumers.channels.outgoing import flags_of, webhook
from tests.fixtures.clock import HandClock
from tests.standins import ApiError, ConnectionDropped, RateLimited, ServerError, TakenWithoutAnswer
from tests.standins.webhook import WebhookStandIn
from tocsin_alerting.messages.webhook import render_webhook
from tocsin_consumers.channels.entries import Entries
from tocsin_consumers.channels.outgoing import DeliveryError
from tocsin_consumers.channels.webhook import WebhookChannel
from tocsin_schemas.clock import system_clock

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLD = "whsec_" + "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB"


@pytest.fixture
def receiver() -> Iterator[WebhookStandIn]:
    """The institute's system; all it took was well signed."""
    with WebhookStandIn(secret=SECRET) as server:
        yield server
    assert server.violations == []


def channel(receiver: WebhookStandIn, *, secrets: str = SECRET, **changes: object) -> WebhookChannel:
    """The way there."""
    environment = {
        "TOCSIN_WEBHOOK_GB_SOC_URL": f"{receiver.url}/hooks/s3cret?key=1",
        "TOCSIN_WEBHOOK_GB_SOC_SECRETS": secrets,
    }
    parts: dict[str, object] = {"clock": system_clock, "private": True, "timeout_seconds": 0.5, **changes}
    return WebhookChannel(entries=Entries(environment), **parts)  # type: ignore[arg-type]


def refused(sending: WebhookChannel) -> DeliveryError:
    """Why it was not taken; the reason holds no secret."""
    with pytest.raises(DeliveryError) as error:
        sending.send(webhook())
    assert "s3cret" not in error.value.reason
    return error.value


def test_a_message_is_signed_and_bears_the_deliverys_id(receiver: WebhookStandIn) -> None:
    """The receiver's library agrees; the body is the alert."""
    receipt = channel(receiver).send(webhook())
    ((identifier, body),) = receiver.taken

    assert identifier == receipt.provider_id == telling().delivery_id
    assert body["type"] == "tocsin.alert.v1"
    assert body["data"]["title"] == view().title
    assert receiver.requests[0].path == "/hooks/s3cret?key=1"


def test_each_attempt_has_the_same_id_and_a_time_of_its_own(receiver: WebhookStandIn) -> None:
    """So a receiver knows a repetition, and no old signature is used again."""
    # The real time: the receiver's library refuses what is more than five minutes old, by its own clock.
    clock = HandClock(system_clock())
    sending = channel(receiver, clock=clock)
    receiver.fail_next(ServerError(503))
    refused(sending)
    clock.advance(timedelta(seconds=3))
    sending.send(webhook())
    first, second = ({name.lower(): value for name, value in each.headers.items()} for each in receiver.requests)

    assert first["webhook-id"] == second["webhook-id"]
    assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 3
    assert first["webhook-signature"] != second["webhook-signature"]


def test_while_a_secret_is_rotated_both_sign(receiver: WebhookStandIn) -> None:
    """A receiver that knows either takes it."""
    channel(receiver, secrets=f"{SECRET},{OLD}").send(webhook())
    request = receiver.requests[0]
    headers = {name.lower(): value for name, value in request.headers.items()}

    assert len(headers["webhook-signature"].split(" ")) == 2
    assert Webhook(OLD).verify(request.body, headers)["type"] == "tocsin.alert.v1"
    assert len(receiver.taken) == 1


@pytest.mark.parametrize(
    ("fault", "reason", "flags"),
    [
        (RateLimited("7"), "http_429", {"retry_after": 7.0}),
        (RateLimited(None), "http_429", {"retry_after": 30.0}),
        (ApiError("9", 503), "http_503", {"retry_after": 9.0}),
        (ServerError(503), "http_503", {"uncertain": True}),
        (ServerError(500), "http_500", {"uncertain": True}),
        (ServerError(408), "http_408", {}),
        (ServerError(410), "gone", {"permanent": True, "bad_address": True}),
        (ServerError(404), "http_404", {"permanent": True}),
        (ServerError(400), "http_400", {"permanent": True}),
        (ServerError(401), "http_401", {"misconfigured": True}),
        (ApiError("http://127.0.0.1:1/elsewhere", 307), "http_307", {"misconfigured": True}),
        (ConnectionDropped(), "connection_lost", {"uncertain": True}),
        (TakenWithoutAnswer(3), "timed_out", {"uncertain": True}),
    ],
)
def test_what_was_not_taken_says_what_to_do(
    receiver: WebhookStandIn, fault: object, reason: str, flags: dict[str, object]
) -> None:
    """Try again, when, or never; redirects are not followed."""
    receiver.fail_next(fault)  # type: ignore[arg-type]
    error = refused(channel(receiver))

    assert (error.reason, flags_of(error)) == (reason, flags)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::1"],
        ["fe80::1%eth0"],
        ["::ffff:10.0.0.1"],
        ["64:ff9b::a00:1"],
        ["100.64.0.1"],
        ["0.0.0.0"],
        ["224.0.0.1"],
        ["93.184.215.14", "192.168.1.1"],
    ],
)
def test_nothing_goes_into_a_private_network(receiver: WebhookStandIn, addresses: list[str]) -> None:
    """Whatever the name says that leads there, and also where only one of its addresses does."""
    entries = Entries(
        {
            "TOCSIN_WEBHOOK_GB_SOC_URL": f"https://soc.gb.example:{receiver.url.rpartition(':')[2]}/",
            "TOCSIN_WEBHOOK_GB_SOC_SECRETS": SECRET,
        }
    )
    sending = WebhookChannel(entries=entries, clock=system_clock, look_up=lambda _host, _port: addresses)
    error = refused(sending)

    assert (error.reason, error.misconfigured) == ("private_address", True)
    assert receiver.requests == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"TOCSIN_WEBHOOK_GB_SOC_URL": ""}, "TOCSIN_WEBHOOK_GB_SOC_URL is not set"),
        ({"TOCSIN_WEBHOOK_GB_SOC_URL": "http://soc.gb.example/s3cret"}, "is not an https address"),
        ({"TOCSIN_WEBHOOK_GB_SOC_URL": "http://127.0.0.1/s3cret"}, "is not an https address"),
        ({"TOCSIN_WEBHOOK_GB_SOC_URL": "https://user:s3cret@soc.gb.example/"}, "without a user"),
        ({"TOCSIN_WEBHOOK_GB_SOC_SECRETS": " , "}, "TOCSIN_WEBHOOK_GB_SOC_SECRETS is not set"),
        ({"TOCSIN_WEBHOOK_GB_SOC_SECRETS": "whsec_s3cret!"}, "is not base64"),
        ({"TOCSIN_WEBHOOK_GB_SOC_SECRETS": "whsec_c2hvcnQ="}, "is shorter than 24 bytes"),
    ],
)
def test_an_endpoint_that_is_not_set_up_is_kept_and_told(changed: dict[str, str], said: str) -> None:
    """The message names the variable and the fix, and no secret; the alert is tried again until somebody acts."""
    environment = {
        "TOCSIN_WEBHOOK_GB_SOC_URL": "https://soc.gb.example/",
        "TOCSIN_WEBHOOK_GB_SOC_SECRETS": SECRET,
        **changed,
    }
    sending = WebhookChannel(entries=Entries(environment), clock=system_clock)
    with pytest.raises(ValueError, match=said) as fault:
        sending.endpoint("GB_SOC")
    error = refused(sending)

    assert "s3cret" not in str(fault.value)
    assert (error.reason, error.misconfigured) == ("not_set_up", True)


def test_secrets_may_lie_in_a_file_that_nobody_else_reads(tmp_path: Path) -> None:
    """The environment goes before it, a change is seen at once, and a file that others read is refused."""
    file = tmp_path / "secrets"
    file.write_text("# places\nTOCSIN_APPRISE_A = mmosts://one\nTOCSIN_APPRISE_B=two=2\n", encoding="utf-8")
    file.chmod(0o600)
    entries = Entries({"TOCSIN_APPRISE_A": "from the environment"}, file=file)
    found = [entries.get(f"TOCSIN_APPRISE_{name}") for name in "ABC"]
    file.write_text("TOCSIN_APPRISE_B=three\n", encoding="utf-8")

    assert found == ["from the environment", "two=2", None]
    assert entries.get("TOCSIN_APPRISE_B") == "three"
    assert entries.names("TOCSIN_APPRISE_")
    assert not entries.names("TOCSIN_WEBHOOK_")
    file.chmod(0o644)
    with pytest.raises(ValueError, match="others may read it, and it holds secrets: chmod 600"):
        entries.get("TOCSIN_APPRISE_B")


@pytest.mark.parametrize("text", ["x" * 50_000, "😀" * 20_000, "\ud800" * 9_000, '"\\\n' * 9_000])
def test_the_body_stays_under_twenty_kilobytes(text: str) -> None:
    """However long the alert; what was left out is named, and ids, label and link are whole."""
    long = replace(view(), title=text, summary=text, measurements=(text,) * 40)
    message = render_webhook(long, telling())
    data = message.body["data"]

    assert len(message.encoded()) < 20_000
    assert {"summary", "title"} <= set(data["left_out"])
    assert (data["alert"], data["tlp"]) == (long.id, long.tlp.value)
    assert data["link"] == telling().alert_link
