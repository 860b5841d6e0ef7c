"""Asking for quiet by program: who may, what they are shown, and what they are refused."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from tests.alerting.web.network import Network
from tests.alerting.web.test_alert_pages import signed_in
from tocsin_alerting.store.tables_muting import MutingRow
from tocsin_schemas import Tlp

HOUR = timedelta(hours=1)


def _ask(network: Network, key: str | None = None, *, headers: dict[str, str] | None = None, **body: Any) -> Any:
    sent = {
        "match": {"systems": ["example-model-4"]},
        "reason": "it is being taken down",
        "ends_at": (network.clock() + HOUR).isoformat(),
        **body,
    }
    return network.client().post("/v1/silences", json=sent, headers={**network.bearer(key), **(headers or {})})


def _list(network: Network, key: str | None = None, *, past: bool = False) -> list[dict[str, Any]]:
    answer = network.client().get("/v1/silences", params={"past": past}, headers=network.bearer(key))
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_a_silence_is_asked_for_extended_and_ended(network_on_each: Network) -> None:
    """Each time it is kept who did it, when and why."""
    network = network_on_each
    asked = _ask(network, institute="jp")
    path = f"/v1/silences/{asked.json()['id']}"
    later = (network.clock() + 3 * HOUR).isoformat()
    extended = network.client().post(
        f"{path}/extend", json={"ends_at": later, "why": "it takes longer"}, headers=network.bearer()
    )
    ended = network.client().post(f"{path}/end", json={"why": "done"}, headers=network.bearer())
    again = network.client().post(f"{path}/end", json={"why": "done"}, headers=network.bearer())

    assert asked.status_code == 201, asked.text
    assert asked.json()["by"] == "an operator of the network"
    assert extended.status_code == 200
    assert (ended.status_code, ended.json()["over"], ended.json()["ended_early"]) == (200, True, True)
    assert [(one["what"], one["why"]) for one in ended.json()["changes"]] == [
        ("created", "it is being taken down"),
        ("extended", "it takes longer"),
        ("ended", "done"),
    ]
    assert again.status_code == 409
    assert _list(network) == []
    assert [one["id"] for one in _list(network, past=True)] == [asked.json()["id"]]


def test_an_institute_silences_for_its_own_people_only(network: Network) -> None:
    """Not for another's, and not for all: that is for the coordinator and the operators."""
    own = _ask(network, "fr", institute="fr")
    others = _ask(network, "fr", institute="jp")
    for_all = _ask(network, "fr")
    coordinator = _ask(network, "gb")
    ended = network.client().post(
        f"/v1/silences/{coordinator.json()['id']}/end", json={"why": "no"}, headers=network.bearer("fr")
    )

    assert [each.status_code for each in (own, others, for_all, coordinator, ended)] == [201, 403, 403, 201, 403]
    assert "This key silences for 'fr' only" in for_all.json()["detail"]


def test_whom_an_institute_leaves_in_peace_others_do_not_see(network: Network) -> None:
    """All see what is for all; the coordinator and operators see everything."""
    own = _ask(network, "fr", institute="fr").json()["id"]
    others = _ask(network, institute="jp").json()["id"]
    for_all = _ask(network).json()["id"]

    assert {one["id"] for one in _list(network, "fr")} == {own, for_all}
    assert {one["id"] for one in _list(network, "gb")} == {own, others, for_all}
    assert {one["id"] for one in _list(network)} == {own, others, for_all}
    assert network.client().get("/v1/silences").status_code == 401


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({"match": {}}, "match: would keep back everything."),
        ({"ends_at": "2026-01-01T00:00:00Z"}, "ends_at: lies in the past."),
        ({"ends_at": "2036-01-01T00:00:00Z"}, "ends_at: is more than 7 days away."),
        ({"reason": "x" * 301}, "reason: has more than 300 characters."),
        ({"institute": "xx"}, "institute: is not a member of this network."),
        ({"match": {"system": ["x"]}}, "match.system"),
    ],
)
def test_what_may_not_be_is_refused_with_field_and_fix(network: Network, body: dict[str, Any], fault: str) -> None:
    """Nothing is kept of it."""
    refused = _ask(network, **body)

    assert refused.status_code == 422
    assert fault in refused.json()["detail"]
    assert _list(network) == []


def test_the_same_request_sent_again_changes_nothing(network: Network) -> None:
    """A program that heard no answer asks again."""
    first, second = (_ask(network, headers={"Idempotency-Key": "one"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert len(_list(network)) == 1


def test_the_api_and_the_page_say_why_somebody_was_not_told(network: Network) -> None:
    """Until when, by whom and why, for those who may read it; of names and reasons strangers see nothing."""
    alert, open_to_more = network.raise_alert(tlp=Tlp.AMBER), network.raise_alert(2, tlp=Tlp.GREEN)
    known = _ask(network, "fr", institute="fr").json()["id"]
    for each in (alert, open_to_more):
        _keep_back(network, each, known)
    client = network.client()
    said = client.get(f"/v1/alerts/{alert}", headers=network.bearer()).json()
    stranger = client.get(f"/v1/alerts/{alert}").json()
    page, in_french = (signed_in(network).get(f"/alerts/{alert}?lang={tag}").text for tag in ("en", "fr"))
    elsewhere = signed_in(network).get(f"/alerts/{open_to_more}").text
    muted = next(one["muted"] for one in said["responses"] if one["institute"] == "fr")

    assert muted["cause"] == f"silence:{known}"
    assert (muted["effect"], muted["reason"]) == ("keeps_back", "it is being taken down")
    assert next(one["muted"] for one in said["responses"] if one["institute"] == "gb") is None
    assert "it is being taken down" not in str(stranger)
    assert muted["by"] == "a system of INESIA"
    assert "by a system of INESIA, because: it is being taken down" in page
    assert "par un système de l'institut INESIA, motif" in unescape(in_french)
    assert "institute:fr" not in page + in_french
    assert "silenced until" in page
    # Why is the network's own business, TLP:AMBER, whatever the label of what is kept back.
    assert "silenced until" in elsewhere
    assert "it is being taken down" not in elsewhere


def _keep_back(network: Network, alert: str, known: str) -> None:
    with network.store.transaction() as session:
        session.add(
            MutingRow(
                alert_id=alert,
                institute="fr",
                cause=f"silence:{known}",
                effect="keeps_back",
                kind="silence",
                source_id=known,
                at=network.clock(),
                until=None,
                alert_revision=1,
                policy="tests-1",
                held=True,
            )
        )
