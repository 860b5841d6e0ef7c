"""Withdrawing answers, looks and reminders by program: who may, and what comes back."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.alerting.web.answering import answers, ledger, looks, resolve, stands, unreminded
from tests.alerting.web.network import SECRET_TITLE, Network

PATHS = ("withdrawals", "looks", "no-reminders")
WHY = "A mail scanner pressed the button."


def _send(network: Network, alert: str, path: str, key: str | None = None, **body: Any) -> Any:
    sent = {"institute": "gb", **({"why": WHY} if path == "withdrawals" else {}), **body}
    return network.client().post(f"/v1/alerts/{alert}/{path}", json=sent, headers=network.bearer(key))


def test_an_answer_is_withdrawn_and_its_ladder_begins_again(network_on_each: Network) -> None:
    """What comes back says which answer it was and who is called; the answer and its withdrawal stay in the ledger."""
    network = network_on_each
    alert = network.raise_alert()
    answers(network, alert, "fr")
    network.clock.advance(timedelta(minutes=40))
    reply = _send(network, alert, "withdrawals", "fr", institute="fr")

    assert reply.status_code == 201, reply.text
    assert reply.json() == {
        "outcome": "asked_again",
        "alert": alert,
        "institute": "fr",
        "withdrawn": "acknowledge",
        "step": 1,
        "revision": 3,
    }
    assert stands(network, alert, "fr") == (None, 1)
    assert ledger(network, alert) == [
        ("counted", "acknowledge", "operator", "api"),
        ("withdrawn", "acknowledge", "institute:fr", "api"),
    ]


def test_the_institute_itself_the_coordinator_and_operators_withdraw(network: Network) -> None:
    """Those who may."""
    alert = network.raise_alert()
    found = []
    for key in (None, "gb", "fr"):
        answers(network, alert, "fr")
        status = _send(network, alert, "withdrawals", key, institute="fr").status_code
        found.append((status, stands(network, alert, "fr")[0]))

    assert found == [(201, None)] * 3


def test_a_key_speaks_for_its_own_institute(network: Network) -> None:
    """403, in a sentence that says for whom it speaks; nothing is written. The coordinator's key only withdraws."""
    alert = network.raise_alert()
    for institute in ("fr", "gb"):
        answers(network, alert, institute)
    before = network.rows()
    tried = [(path, "fr", "gb") for path in PATHS] + [("looks", "gb", "fr"), ("no-reminders", "gb", "fr")]
    replies = [(key, _send(network, alert, path, key, institute=institute)) for path, key, institute in tried]

    for key, reply in replies:
        assert reply.status_code == 403
        assert reply.headers["content-type"] == "application/problem+json"
        assert f"speaks for '{key}' only" in reply.json()["detail"]
        assert SECRET_TITLE not in reply.text
    assert network.rows() == before


def test_nobody_speaks_without_a_name(network: Network) -> None:
    """401 without a token, with a bad one and with a revoked key; nothing is written."""
    alert = network.raise_alert()
    answers(network, alert)
    before = network.rows()
    body = {"institute": "gb", "why": WHY}
    replies = [
        network.client().post(f"/v1/alerts/{alert}/{path}", json=body, headers=headers)
        for path in PATHS
        for headers in ({}, {"Authorization": "Bearer nonsense"}, network.bearer("jp"))
    ]

    assert [reply.status_code for reply in replies] == [401] * 9
    assert {reply.headers["content-type"] for reply in replies} == {"application/problem+json"}
    assert network.rows() == before


@pytest.mark.parametrize("path", PATHS)
def test_a_body_that_is_not_as_it_must_be_is_explained(network: Network, path: str) -> None:
    """422, with the field and what to do; nothing is written."""
    why = {"why": WHY} if path == "withdrawals" else {}
    faults: dict[bytes, tuple[str, str]] = {
        b"institute=gb": ("(body)", "application/json"),
        json.dumps(why).encode(): ("institute", ""),
        json.dumps({"institute": "zz", **why}).encode(): ("institute", "Use one of: fr, gb, jp."),
        json.dumps({"institute": "GB!", **why}).encode(): ("institute", ""),
        json.dumps({"institute": "gb", **why, "wy": "x"}).encode(): ("wy", ""),
    }
    alert = network.raise_alert()
    answers(network, alert)
    before = network.rows()
    client = network.client()
    replies = {
        body: client.post(f"/v1/alerts/{alert}/{path}", content=body, headers=network.bearer()) for body in faults
    }

    for body, (field, fix) in faults.items():
        problems = replies[body].json()["problems"]
        assert replies[body].status_code == 422, body
        assert replies[body].headers["content-type"] == "application/problem+json"
        assert {each["field"] for each in problems} == {field}
        assert all(each["fix"] for each in problems)
        assert fix in json.dumps(problems)
    assert network.rows() == before


def test_a_withdrawal_says_why(network: Network) -> None:
    """For those who are asked again."""
    alert = network.raise_alert()
    answers(network, alert)
    client = network.client()
    replies = [
        client.post(f"/v1/alerts/{alert}/withdrawals", json={"institute": "gb"} | why, headers=network.bearer())
        for why in ({}, {"why": ""}, {"why": "   "}, {"why": "x" * 1_001})
    ]

    assert [reply.status_code for reply in replies] == [422] * 4
    assert {each["field"] for reply in replies for each in reply.json()["problems"]} == {"why"}
    assert stands(network, alert) == ("acknowledge", 1)


def test_an_alert_that_there_is_not(network: Network) -> None:
    """404, which names it."""
    replies = [_send(network, "nowhere", path) for path in PATHS]

    assert [reply.status_code for reply in replies] == [404, 404, 404]
    assert all("nowhere" in reply.json()["detail"] for reply in replies)


def test_nothing_is_withdrawn_where_there_is_nothing(network: Network) -> None:
    """409: who is being asked has given no answer; a second withdrawal finds the same and calls nobody again."""
    alert = network.raise_alert()
    early = _send(network, alert, "withdrawals")
    answers(network, alert)
    first = _send(network, alert, "withdrawals")
    before = network.rows()
    second = _send(network, alert, "withdrawals")

    assert [early.status_code, first.status_code, second.status_code] == [409, 201, 409]
    assert "there is nothing to withdraw" in second.json()["detail"]
    assert network.rows() == before


def test_a_look_answers_nothing_and_is_recorded_once(network: Network) -> None:
    """The ladder runs on; looking again, also later, changes nothing."""
    alert = network.raise_alert()
    first = _send(network, alert, "looks", "fr", institute="fr")
    before = network.rows()
    network.clock.advance(timedelta(minutes=3))
    second = _send(network, alert, "looks", "fr", institute="fr")

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 204
    assert network.rows() == before
    assert looks(network, alert) == [("fr", "institute:fr", "api")]
    assert stands(network, alert, "fr") == (None, 1)
    shown = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    assert {each["institute"]: each["state"] for each in shown["responses"]}["fr"] == "seen"


def test_reminders_end_by_wish_and_the_first_wish_stays_on_record(network_on_each: Network) -> None:
    """A second one, also somebody else's and later, changes nothing."""
    network = network_on_each
    alert = network.raise_alert()
    answers(network, alert)
    first = _send(network, alert, "no-reminders", "gb")
    before = network.rows()
    network.clock.advance(timedelta(minutes=3))
    second = _send(network, alert, "no-reminders")

    assert (first.status_code, first.content) == (204, b"")
    assert second.status_code == 204
    assert network.rows() == before
    assert unreminded(network, alert) == {"gb": "institute:gb"}
    assert stands(network, alert)[0] == "acknowledge"


def test_what_is_recorded_of_a_closed_alert_opens_and_tells_nothing(network: Network) -> None:
    """No change, no call: the alert stays resolved at the revision it had. No answer is given back: 409."""
    alert = network.raise_alert()
    resolve(network, alert)
    stored = network.rows()
    refused = _send(network, alert, "withdrawals")
    unchanged = network.rows()
    before = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    replies = [_send(network, alert, path).status_code for path in ("looks", "no-reminders")]
    after = network.client().get(f"/v1/alerts/{alert}", headers=network.bearer()).json()

    assert refused.status_code == 409
    assert "closed" in refused.json()["detail"]
    assert unchanged == stored
    assert replies == [204, 204]
    assert (after["state"], len(after["changes"])) == ("resolved", len(before["changes"]))
