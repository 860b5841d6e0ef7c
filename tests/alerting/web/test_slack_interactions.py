"""Clicks in Slack."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier
from sqlalchemy import select

from tests.alerting.web.network import SLACK_SECRET, Network
from tocsin_alerting.store.tables import ResponseRow
from tocsin_schemas import Action, Severity

Payload = dict[str, Any]


def _click(delivery: str, *, channel: str = "CGBDUTY", user: str = "U42", **facts: Any) -> Payload:
    return {
        "type": "block_actions",
        "team": {"id": "T1", "domain": "gb"},
        "user": {"id": user, "username": "ana", "team_id": "T1"},
        "channel": {"id": channel, "name": "duty"},
        "container": {"type": "message", "message_ts": "1700000000.000100"},
        "response_url": "https://hooks.slack.example/x",
        "actions": [{"type": "button", "block_id": "answer", "action_id": "acknowledge", "value": delivery}],
        **facts,
    }


def _body(payload: Payload | str) -> bytes:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return urlencode({"payload": text}).encode()


def _signed(network: Network, body: bytes, *, secret: str = SLACK_SECRET, age: float = 0) -> dict[str, str]:
    timestamp = str(int((network.clock() - timedelta(seconds=age)).timestamp()))
    signature = SignatureVerifier(secret).generate_signature(timestamp=timestamp, body=body)
    return {
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": str(signature),
        "Content-Type": "application/x-www-form-urlencoded",
    }


def _post(network: Network, payload: Payload | str, **signing: Any) -> Any:
    body = _body(payload)
    return network.client().post("/slack/interactions", content=body, headers=_signed(network, body, **signing))


def _answer(network: Network, institute: str = "gb") -> ResponseRow:
    with network.store.read() as session:
        return session.scalars(
            select(ResponseRow).where(ResponseRow.institute == institute).order_by(ResponseRow.round.desc())
        ).first() or pytest.fail("no such response")


def test_a_signed_click_acknowledges(network_on_each: Network) -> None:
    """The click counts for the institute whose channel it is, under Slack's id of the person."""
    network = network_on_each
    delivery = network.deliver(network.raise_alert(), channel="slack")
    reply = _post(network, _click(delivery))
    answer = _answer(network)

    assert (reply.status_code, reply.content) == (200, b"")
    assert (answer.answer, answer.answered_by, answer.answered_via) == ("acknowledge", "slack:T1:U42", "slack")
    assert _answer(network, "fr").answer is None


def test_a_click_is_named_after_the_contact_whose_user_it_is(network: Network) -> None:
    """People see the lead's name, not Slack's id."""
    alert = network.raise_alert()
    _post(network, _click(network.deliver(alert, channel="slack"), user="UGBLEAD"))
    page = network.client().get(network.link(alert))

    assert "Lead (GB)" in page.text


def test_a_second_click_changes_nothing(network: Network) -> None:
    """Slack repeats what was slow to be answered; the first person's answer stands."""
    delivery = network.deliver(network.raise_alert(), channel="slack")
    replies = [_post(network, _click(delivery, user=user)).status_code for user in ("U1", "U1", "U2")]

    assert replies == [200, 200, 200]
    assert _answer(network).answered_by == "slack:T1:U1"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": "abc"},
        {"X-Slack-Request-Timestamp": ""},
    ],
)
def test_what_is_not_signed_is_refused(network: Network, headers: dict[str, str]) -> None:
    """A missing, wrong or unreadable signature or timestamp gets 401 and changes nothing."""
    body = _body(_click(network.deliver(network.raise_alert(), channel="slack")))
    before = network.rows()
    sent = {**_signed(network, body), **headers} if headers else {}
    encoded = {name.encode(): value.encode("latin-1") for name, value in sent.items()}
    reply = network.client().post("/slack/interactions", content=body, headers=encoded)

    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert network.rows() == before


@pytest.mark.parametrize(("secret", "age"), [("another secret", 0), (SLACK_SECRET, 301), (SLACK_SECRET, -301)])
def test_a_signature_with_another_secret_or_of_another_time_is_refused(
    network: Network, secret: str, age: float
) -> None:
    """A recorded request is worth nothing after five minutes."""
    reply = _post(network, _click(network.deliver(network.raise_alert(), channel="slack")), secret=secret, age=age)

    assert reply.status_code == 401
    assert _answer(network).answer is None


def test_a_body_that_was_changed_after_signing_is_refused(network: Network) -> None:
    """The signature is over the bytes as sent."""
    body = _body(_click(network.deliver(network.raise_alert(), channel="slack")))
    reply = network.client().post(
        "/slack/interactions", content=body.replace(b"U42", b"U43"), headers=_signed(network, body)
    )

    assert reply.status_code == 401


def test_a_body_that_is_not_utf8_is_refused(network: Network) -> None:
    """Bytes that Slack never sends are no server error."""
    body = b"payload=\xff\xfe"
    headers = _signed(network, b"payload=")

    assert network.client().post("/slack/interactions", content=body, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("payload", "word"),
    [
        ("not json", "JSON object"),
        ("[]", "JSON object"),
        ({"no": "type"}, "'type'"),
        ({"type": "block_actions"}, "team"),
        ({**_click("d"), "actions": []}, "actions"),
        ({**_click("d"), "user": {"id": "U1\n<x>"}}, "user.id"),
        ({**_click("d"), "channel": None}, "channel"),
        ({**_click("d"), "actions": [{"action_id": "acknowledge"}]}, "value"),
        (_click("a\0b"), "actions.0.value"),
    ],
)
def test_a_payload_that_is_not_slacks_is_explained(network: Network, payload: Payload | str, word: str) -> None:
    """What is wrong is named, with 400."""
    reply = _post(network, payload)

    assert reply.status_code == 400
    assert word in reply.json()["detail"]


def test_a_form_without_payload_is_explained(network: Network) -> None:
    """So is a form that is something else."""
    body = b"text=hello"
    reply = network.client().post("/slack/interactions", content=body, headers=_signed(network, body))

    assert reply.status_code == 400
    assert "payload" in reply.json()["detail"]


@pytest.mark.parametrize("case", ["unknown delivery", "another channel", "a mail"])
def test_a_button_that_is_not_ours_is_refused(network: Network, case: str) -> None:
    """A click answers only from the channel that the message was sent to."""
    alert = network.raise_alert()
    delivery = network.deliver(alert, channel="slack")
    mail = network.deliver(alert, channel="email")
    click = {
        "unknown delivery": _click("d-unknown"),
        "another channel": _click(delivery, channel="CFRDUTY"),
        "a mail": _click(mail, channel="duty-gb"),
    }[case]

    assert _post(network, click).status_code == 403
    assert _answer(network).answer is None


def test_a_direct_message_is_known_by_the_place_slack_gave_it(network: Network) -> None:
    """A message to a user stands in a channel of its own, which Slack named when it took the message."""
    delivery = network.deliver(network.raise_alert(), "gb.lead", "slack", provider_place="D77")

    assert _post(network, _click(delivery, channel="D77", user="UGBLEAD")).status_code == 200
    assert _answer(network).answer == "acknowledge"


@pytest.mark.parametrize(
    "payload",
    [
        {**_click("d"), "actions": [{"action_id": "open", "url": "http://127.0.0.1/alerts/1"}]},
        {**_click("d"), "actions": [{"action_id": "something_new", "value": "1"}]},
        {"type": "view_submission", "view": {}},
    ],
)
def test_other_interactions_ask_nothing(network: Network, payload: Payload) -> None:
    """A button that opens a link reports its press as well; what is not known is no error for the person."""
    before = network.rows()
    reply = _post(network, payload)

    assert (reply.status_code, reply.content) == (200, b"")
    assert network.rows() == before


def test_a_click_on_a_message_of_an_older_round_does_not_answer_the_higher_severity(network: Network) -> None:
    """Whoever clicks has seen the lower severity only."""
    alert = network.raise_alert(1, severity=Severity.MODERATE)
    delivery = network.deliver(alert, channel="slack")
    network.raise_alert(2, severity=Severity.SEVERE, series="series-1", action=Action.UPDATE, system="model-1")

    assert _post(network, _click(delivery)).status_code == 200
    assert (_answer(network).round, _answer(network).answer) == (2, None)


@pytest.mark.parametrize("secret", [None, SecretStr(""), SecretStr("  ")])
def test_without_a_signing_secret_the_setting_is_named(network: Network, secret: SecretStr | None) -> None:
    """An operator who forgot it reads which one."""
    network.settings["slack_signing_secret"] = secret
    reply = _post(network, _click("d"))

    assert reply.status_code == 503
    assert "TOCSIN_SLACK_SIGNING_SECRET" in reply.json()["detail"]
