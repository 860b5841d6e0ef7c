"""What became of mails, as SendGrid reports it."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from tests.alerting.web.forms import press
from tests.alerting.web.network import Network
from tocsin_alerting.store.escalations import due_steps, fire
from tocsin_alerting.store.tables import ResponseRow
from tocsin_alerting.store.tables_deliveries import DeliveryRow, DestinationRow, ReceiptRow
from tocsin_alerting.web.sendgrid_events import check_sendgrid_signature, read_public_key

_KEY = ec.generate_private_key(ec.SECP256R1())
_PUBLIC = base64.b64encode(
    _KEY.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
).decode()

# Made by Twilio, for the tests of sendgrid-python 6.12.5.
_TWILIO_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE83T4O/n84iotIvIW4mdBgQ/7dAfSmpqIM8kF9mN1flpVKS3GRqe62gw+2fNNRaINXvVpigl"
    "SI8eNEc6wEA3F+g=="
)
_TWILIO_SIGNATURE = "MEUCIGHQVtGj+Y3LkG9fLcxf3qfI10QysgDWmMOVmxG0u6ZUAiEAyBiXDWzM+uOe5W0JuG+luQAbPIqHh89M15TluLtEZtM="
_TWILIO_TIMESTAMP = "1600112502"
_TWILIO_BODY = (
    json.dumps(
        [
            {
                "email": "hello@world.com",
                "event": "dropped",
                "reason": "Bounced Address",
                "sg_event_id": "ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA",
                "sg_message_id": "LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1-756b745b58-kmzbl-18-5F5FC76C-9.0",
                "smtp-id": "<LRzXl_NHStOGhQ4kofSm_A@ismtpd0039p1iad1.sendgrid.net>",
                "timestamp": 1600112492,
            }
        ],
        sort_keys=True,
        separators=(",", ":"),
    )
    + "\r\n"
).encode()


@pytest.fixture
def network(network: Network) -> Network:
    """The network with the key of its Event Webhook."""
    network.settings["sendgrid_webhook_public_key"] = _PUBLIC
    return network


def _headers(body: bytes, key: ec.EllipticCurvePrivateKey = _KEY) -> dict[str, str]:
    timestamp = "1764000000"
    signature = key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }


def _event(kind: str, at: datetime, *, event_id: str | None = None, **facts: Any) -> dict[str, Any]:
    return {
        "email": "duty@gb.example",
        "event": kind,
        "timestamp": int(at.timestamp()),
        "sg_event_id": event_id or f"{kind}-{at.timestamp()}",
        "category": ["alert"],
        **facts,
    }


def _post(network: Network, *events: Any) -> Any:
    body = json.dumps(events).encode() + b"\r\n"
    return network.client().post("/sendgrid/events", content=body, headers=_headers(body))


def _delivery(network: Network, identifier: str) -> DeliveryRow:
    with network.store.read() as session:
        return session.get(DeliveryRow, identifier) or pytest.fail("no such delivery")


def _gb(network: Network) -> ResponseRow:
    with network.store.read() as session:
        return session.scalars(select(ResponseRow).where(ResponseRow.institute == "gb")).one()


def _bad(network: Network) -> list[tuple[str, str | None]]:
    with network.store.read() as session:
        rows = session.scalars(select(DestinationRow).where(DestinationRow.bad_since.is_not(None))).all()
    return [(row.address, row.bad_reason) for row in rows]


def test_twilios_own_vector_verifies() -> None:
    """What SendGrid really signed is taken; the same events written anew are not."""
    key = read_public_key(_TWILIO_KEY)
    headers = {
        "x-twilio-email-event-webhook-signature": _TWILIO_SIGNATURE,
        "x-twilio-email-event-webhook-timestamp": _TWILIO_TIMESTAMP,
    }
    check_sendgrid_signature(key, _TWILIO_BODY, headers)

    with pytest.raises(Exception, match="401"):
        check_sendgrid_signature(key, json.dumps(json.loads(_TWILIO_BODY)).encode(), headers)


@pytest.mark.parametrize("kind", ["delivered", "deferred"])
def test_a_receipt_is_kept_with_its_delivery(network: Network, kind: str) -> None:
    """The alert's page can say what became of the mail; the ladder goes on as it would."""
    delivery = network.deliver(network.raise_alert())
    due = _gb(network).next_step_at
    reply = _post(network, _event(kind, network.clock(), delivery=delivery))

    assert reply.status_code == 200
    assert _delivery(network, delivery).receipt == kind
    assert _gb(network).next_step_at == due
    assert _bad(network) == []


@pytest.mark.parametrize("kind", ["bounce", "dropped", "spamreport"])
def test_a_mail_that_reached_nobody_brings_the_next_people_forward(network: Network, kind: str) -> None:
    """The address is marked, and the institute's next step is due now."""
    delivery = network.deliver(network.raise_alert())
    network.clock.advance(60)
    _post(network, _event(kind, network.clock(), delivery=delivery, reason="550 no such user"))

    assert _delivery(network, delivery).receipt == kind
    assert _gb(network).next_step_at == network.clock()
    assert _bad(network) == [("duty@gb.example", f"{kind}: 550 no such user")]


def test_a_mail_that_was_blocked_for_now_leaves_the_address_good(network: Network) -> None:
    """The next people are told, but the next alert is tried at the same address again."""
    delivery = network.deliver(network.raise_alert())
    _post(network, _event("bounce", network.clock(), delivery=delivery, type="blocked"))

    assert _gb(network).next_step_at == network.clock()
    assert _bad(network) == []


def test_an_event_counts_once_however_often_it_is_sent(network: Network) -> None:
    """SendGrid repeats itself; a repeat after the next step was taken does not hurry the one after it."""
    delivery = network.deliver(network.raise_alert())
    event = _event("bounce", network.clock(), delivery=delivery)
    first = _post(network, event)
    before = network.rows()
    again = [_post(network, event, event) for _ in range(2)]

    assert first.json() == {"brought_forward": 1}
    assert [reply.json() for reply in again] == [{"repeated": 2}] * 2
    assert network.rows() == before


def test_after_an_answer_a_bounce_calls_nobody(network: Network) -> None:
    """A late event never brings a ladder back to life."""
    alert = network.raise_alert()
    delivery = network.deliver(alert)
    press(network.client(), network.link(alert, delivery=delivery), "Acknowledge")
    _post(network, _event("bounce", network.clock(), delivery=delivery))

    assert _gb(network).answer == "acknowledge"
    assert _gb(network).next_step_at is None


def test_a_bounce_of_the_first_step_does_not_hurry_the_second(network: Network) -> None:
    """Once the next people have been told, an old mail's bounce changes nothing for them."""
    delivery = network.deliver(network.raise_alert())
    network.clock.advance(timedelta(minutes=15))
    with network.store.transaction() as session:
        for due_step in due_steps(session, network.clock()):
            fire(session, due_step, directory=network.directory, now=network.clock())
    due = _gb(network).next_step_at
    _post(network, _event("bounce", network.clock(), delivery=delivery))

    assert _gb(network).step == 2
    assert _gb(network).next_step_at == due


def test_events_out_of_order_leave_the_newest(network: Network) -> None:
    """What happened last is what is shown, whatever came last."""
    delivery = network.deliver(network.raise_alert())
    at = network.clock()
    replies = [
        _post(network, _event("delivered", at, delivery=delivery)).json(),
        _post(network, _event("deferred", at - timedelta(minutes=2), delivery=delivery)).json(),
        _post(network, _event("deferred", at, delivery=delivery, event_id="same second")).json(),
        _post(network, _event("bounce", at - timedelta(minutes=1), delivery=delivery)).json(),
    ]

    assert replies == [{"taken": 1}, {"late": 1}, {"late": 1}, {"late": 1}]
    assert _delivery(network, delivery).receipt == "delivered"
    assert _bad(network) == []


def test_an_address_is_good_again_once_a_mail_has_arrived_there(network: Network) -> None:
    """A mailbox that was repaired is used again; an arrival before the bounce proves nothing."""
    first = network.deliver(network.raise_alert(1))
    second = network.deliver(network.raise_alert(2), revision=2)
    third = network.deliver(network.raise_alert(3), revision=3)
    at = network.clock()
    _post(network, _event("bounce", at, delivery=first))
    _post(network, _event("delivered", at - timedelta(seconds=1), delivery=second))
    still = _bad(network)
    _post(network, _event("delivered", at + timedelta(seconds=1), delivery=third))

    assert still == [("duty@gb.example", "bounce")]
    assert _bad(network) == []


def test_an_event_without_our_id_is_known_by_sendgrids(network: Network) -> None:
    """The message id of an event begins with the one that SendGrid gave when it took the mail."""
    delivery = network.deliver(network.raise_alert(), provider_id="LRzXl_NHStOGhQ4kofSm_A")
    _post(network, _event("delivered", network.clock(), sg_message_id="LRzXl_NHStOGhQ4kofSm_A.filterdrecv-p3mdw1.0"))

    assert _delivery(network, delivery).receipt == "delivered"


@pytest.mark.parametrize(
    ("item", "outcome"),
    [
        ({"event": "open", "sg_event_id": "o", "timestamp": 1}, {}),
        ({"event": "processed", "sg_event_id": "p", "timestamp": 1}, {}),
        ({"event": "bounce", "timestamp": 1}, {}),
        ({"event": "bounce", "sg_event_id": "x", "timestamp": "soon"}, {}),
        ({"event": "bounce", "sg_event_id": "x", "timestamp": 10**15}, {}),
        ("no object", {}),
        ({"event": "bounce", "sg_event_id": "a\0b", "timestamp": 1}, {}),
        ({"event": "bounce", "sg_event_id": "x", "timestamp": 1, "delivery": "d-unknown"}, {"unknown_delivery": 1}),
    ],
)
def test_what_says_nothing_of_a_mail_of_ours_is_passed_over(
    network: Network, item: Any, outcome: dict[str, int]
) -> None:
    """One odd event neither fails the batch, which would come again for a day, nor hides its neighbours."""
    delivery = network.deliver(network.raise_alert())
    reply = _post(network, item, _event("delivered", network.clock(), delivery=delivery))

    assert reply.status_code == 200
    assert reply.json() == {"taken": 1, **outcome}


def test_a_reason_that_holds_a_nul_character_is_kept_without_it(network_on_each: Network) -> None:
    """PostgreSQL holds none; the bounce counts all the same, and so does the rest of its batch."""
    network_on_each.settings["sendgrid_webhook_public_key"] = _PUBLIC
    delivery = network_on_each.deliver(network_on_each.raise_alert())
    reply = _post(network_on_each, _event("bounce", network_on_each.clock(), delivery=delivery, reason="550\0 gone"))

    assert reply.status_code == 200
    assert _bad(network_on_each) == [("duty@gb.example", "bounce: 550 gone")]


def test_nothing_personal_is_kept_of_an_event(network: Network) -> None:
    """The address in an event is not stored with it."""
    delivery = network.deliver(network.raise_alert())
    _post(network, _event("delivered", network.clock(), delivery=delivery, email="someone@elsewhere.example"))

    assert "someone@elsewhere.example" not in network.rows([ReceiptRow])


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Twilio-Email-Event-Webhook-Signature": "not base64!"},
        {"X-Twilio-Email-Event-Webhook-Signature": "AAAA"},
        {"X-Twilio-Email-Event-Webhook-Timestamp": "1764000001"},
    ],
)
def test_what_sendgrid_did_not_sign_is_refused(network: Network, headers: dict[str, str]) -> None:
    """A missing, unreadable or wrong signature gets 401 and changes nothing."""
    body = json.dumps([_event("bounce", network.clock(), delivery=network.deliver(network.raise_alert()))]).encode()
    before = network.rows()
    sent = {**_headers(body), **headers} if headers else {}
    reply = network.client().post("/sendgrid/events", content=body, headers=sent)

    assert reply.status_code == 401
    assert network.rows() == before


def test_another_key_is_refused(network: Network) -> None:
    """Only the key of the settings counts."""
    body = b"[]"
    headers = _headers(body, ec.generate_private_key(ec.SECP256R1()))

    assert network.client().post("/sendgrid/events", content=body, headers=headers).status_code == 401


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b"\xff"])
def test_a_body_that_is_no_batch_is_explained(network: Network, body: bytes) -> None:
    """Signed or not, it is not what SendGrid sends."""
    reply = network.client().post("/sendgrid/events", content=body, headers=_headers(body))

    assert reply.status_code in {400, 401}
    assert reply.headers["content-type"] == "application/problem+json"


def test_without_a_key_the_setting_is_named(network: Network) -> None:
    """An operator who forgot it reads which one."""
    network.settings["sendgrid_webhook_public_key"] = None
    reply = network.client().post("/sendgrid/events", content=b"[]", headers=_headers(b"[]"))

    assert reply.status_code == 503
    assert "TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY" in reply.json()["detail"]


@pytest.mark.parametrize("key", ["nonsense", "AAAA", "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE"])
def test_a_key_that_is_none_stops_the_service_from_starting(network: Network, key: str) -> None:
    """Better no start than every event refused for months."""
    network.settings["sendgrid_webhook_public_key"] = key

    with pytest.raises(ValueError, match="TOCSIN_SENDGRID_WEBHOOK_PUBLIC_KEY"):
        network.app()
