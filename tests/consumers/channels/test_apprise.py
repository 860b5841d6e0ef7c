"""Apprise sends notes to places of the listed kinds only, and what it says of a failure becomes what to do."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from logging.handlers import MemoryHandler

import pytest

from tests.alerting.messages.views import telling
from tests.consumers.channels.outgoing import flags_of, note
from tests.standins import ConnectionDropped, RateLimited, ServerError, TakenWithoutAnswer
from tests.standins.webhook import PlainStandIn
from tocsin_consumers.channels.apprise import AppriseChannel
from tocsin_consumers.channels.entries import Entries
from tocsin_consumers.channels.outgoing import DeliveryError


@pytest.fixture
def place() -> Iterator[PlainStandIn]:
    """Where the notes arrive."""
    with PlainStandIn() as server:
        yield server


def channel(url: str, **changes: object) -> AppriseChannel:
    """The way there."""
    parts: dict[str, object] = {"private": True, "timeout_seconds": 0.5, **changes}
    return AppriseChannel(entries=Entries({"TOCSIN_APPRISE_GB_CHAT": url}), **parts)  # type: ignore[arg-type]


def at(place: PlainStandIn, schema: str = "json", path: str = "/s3cret?retry=3&redirect=yes&verify=no&rto=60") -> str:
    """The place's Apprise address, with wishes that are not granted."""
    return f"{schema}://{place.url.removeprefix('http://')}{path}"


def refused(sending: AppriseChannel) -> DeliveryError:
    """Why it was not taken; the reason holds no secret."""
    with pytest.raises(DeliveryError) as error:
        sending.send(note())
    assert "s3cret" not in error.value.reason
    return error.value


def test_a_note_arrives_as_title_and_text(place: PlainStandIn) -> None:
    """The label is first in both."""
    channel(at(place)).send(note())
    (taken,) = place.taken

    assert taken["title"].startswith("TLP:AMBER")
    assert taken["message"].startswith("TLP:AMBER\n")
    assert telling().alert_link in taken["message"]


def test_mattermost_loads_no_picture_from_elsewhere(place: PlainStandIn) -> None:
    """Apprise's own would be fetched by every reader."""
    channel(at(place, "mmost", f"/{'a' * 26}")).send(note())

    assert "http" not in place.taken[0].get("icon_url", "")
    assert place.taken[0]["text"].startswith("TLP:AMBER")


@pytest.mark.parametrize(
    ("fault", "reason", "flags"),
    [
        (RateLimited("7"), "http_429", {"retry_after": 30.0}),
        (ServerError(500), "http_500", {"uncertain": True}),
        (ServerError(404), "http_404", {"permanent": True}),
        (ServerError(401), "http_401", {"misconfigured": True}),
        (ServerError(302), "http_302", {"misconfigured": True}),
        (ConnectionDropped(), "not_taken", {"uncertain": True}),
        (TakenWithoutAnswer(3), "not_taken", {"uncertain": True}),
    ],
)
def test_what_was_not_taken_says_what_to_do(
    place: PlainStandIn, fault: object, reason: str, flags: dict[str, object]
) -> None:
    """One attempt each: how often and when to try again is decided by the queue."""
    place.fail_next(fault)  # type: ignore[arg-type]
    error = refused(channel(at(place)))

    assert (error.reason, flags_of(error)) == (reason, flags)
    assert len(place.requests) == 1


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "TOCSIN_APPRISE_GB_CHAT is not set"),
        ("file:///etc/passwd?s3cret", "is of no kind that may be used"),
        ("syslog://s3cret", "is of no kind that may be used"),
        ("mailtos://s3cret@example.org", "is of no kind that may be used"),
        ("jsons://example.org/s3cret", "is of no kind that may be used"),
        ("mmost://example.org/s3cret", "is of no kind that may be used"),
        ("mmosts://", "is no usable mmosts address"),
    ],
)
def test_other_kinds_of_places_are_refused(url: str, said: str) -> None:
    """Apprise would read files and run programs; what is refused is never repeated."""
    sending = channel(url, private=False)
    with pytest.raises(ValueError, match=said) as fault:
        sending.place("GB_CHAT")

    assert "s3cret" not in str(fault.value)
    assert refused(sending).misconfigured


def test_nothing_goes_into_a_private_network() -> None:
    """Where the address names the host; an SMS gateway's is its vendor's."""
    sending = channel(f"mmosts://chat.gb.example/{'a' * 26}", private=False, look_up=lambda _host, _port: ["10.0.0.1"])

    assert refused(sending).reason == "private_address"


@pytest.mark.parametrize(
    "url",
    [
        f"mmosts://chat.gb.example/{'a' * 26}",
        "matrixs://user:pass@chat.gb.example/!room:gb.example",
        "workflows://prod-1.westeurope.logic.azure.com:443/workflow1/signature1",
        f"twilio://AC{'a' * 32}:{'b' * 32}@+15551234567/+15551234568",
        f"vonage://abcd1234:{'c' * 16}@15551234567/15551234568",
    ],
)
def test_the_listed_kinds_are_known_to_apprise(url: str) -> None:
    """And keep to our limits of time, whatever their address asks for."""
    place = channel(url, private=False, timeout_seconds=8.0).place("GB_CHAT")

    assert (place.socket_connect_timeout, place.socket_read_timeout, place.retry) == (8.0, 8.0, 0)
    assert (place.redirects, place.verify_certificate) == (False, True)


def test_no_address_reaches_the_log(place: PlainStandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apprise and what it uses log failures with host and path; they stay out of ours, at every level."""
    seen = MemoryHandler(capacity=1000, flushLevel=logging.CRITICAL + 1)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [seen])
    monkeypatch.setattr(root, "level", logging.DEBUG)
    place.fail_next(ServerError(500))
    refused(channel(at(place)))

    assert [record.getMessage() for record in seen.buffer] == []
