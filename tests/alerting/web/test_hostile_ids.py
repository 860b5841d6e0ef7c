"""Ids that no database can hold: refused like ids that nobody has, and never as a fault of ours."""

from __future__ import annotations

import base64
import json

import pytest

from tests.alerting.web.network import Network

_NUL = "%00"


@pytest.mark.parametrize("path", [f"/v1/alerts/{_NUL}", f"/alerts/{_NUL}", f"/v1/alerts/a{_NUL}b"])
def test_an_alert_whose_id_holds_a_nul_character_is_not_there(network_on_each: Network, path: str) -> None:
    """PostgreSQL holds no NUL and refuses the question itself; the reader is told 404 as for any unknown id."""
    response = network_on_each.client(raise_server_exceptions=False).get(path)

    assert response.status_code == 404


def test_an_answer_to_an_alert_whose_id_holds_a_nul_character_is_refused(network_on_each: Network) -> None:
    """A bearer of a good token gets 404 too."""
    network = network_on_each
    response = network.client(raise_server_exceptions=False).post(
        f"/v1/alerts/{_NUL}/answers", json={"institute": "gb", "answer": "acknowledge"}, headers=network.bearer()
    )

    assert response.status_code == 404


def test_a_cursor_that_holds_a_nul_character_finds_nothing(network_on_each: Network) -> None:
    """A cursor is base64 of JSON, so it can spell what no id holds; SQLite compares it, PostgreSQL refuses to."""
    cursor = base64.urlsafe_b64encode(json.dumps(["2020-01-01T00:00:00+00:00", "a\0b"]).encode()).decode()
    client = network_on_each.client(raise_server_exceptions=False)
    replies = [client.get(path, params={"cursor": cursor}) for path in ("/v1/alerts", "/")]
    expected = 200 if network_on_each.store.dialect == "sqlite" else 422

    assert [reply.status_code for reply in replies] == [expected, expected]


def test_a_parameter_that_holds_a_nul_character_is_named(network: Network) -> None:
    """So is one of an address that is looked up as it stands."""
    reply = network.client().get("/v1/alerts", params={"cursor": "a\0b"})

    assert reply.status_code == 422
    assert reply.json()["problems"][0]["field"] == "cursor"


@pytest.mark.parametrize("override", [_NUL, "x" * 400, "%F0%9F%98%80", "..%2f..", "'"])
def test_an_override_of_any_name_is_not_there(network_on_each: Network, override: str) -> None:
    """An id that nobody has is no fault of ours; words that no database holds are named."""
    network = network_on_each
    alert = network.raise_alert()
    client = network.client(raise_server_exceptions=False)
    path = f"/v1/alerts/{alert}/overrides/{override}/withdraw"
    said = {"severity": "minor", "why": "a\0b", "evidence": [{"title": "a\0b"}]}
    away = client.post(path, json={"why": "x"}, headers=network.bearer())
    named = client.post(f"/v1/alerts/{alert}/overrides", json=said, headers=network.bearer())
    halved = client.post(
        f"/v1/alerts/{alert}/overrides",
        content=b'{"severity": "minor", "why": "\\ud800", "evidence": [{"title": "x"}]}',
        headers=network.bearer(),
    )

    assert away.status_code == 404
    assert named.status_code == 422
    assert {problem["field"] for problem in named.json()["problems"]} == {"why", "evidence.0.title"}
    assert halved.status_code == 422
