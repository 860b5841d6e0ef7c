"""Who can be reached where: each institute keeps that to itself."""

from __future__ import annotations

from tests.alerting.web.network import Network
from tocsin_alerting.store.marks import mark


def test_an_institute_sees_its_own_contacts_and_an_operator_everybodys(network: Network) -> None:
    """With the mark and its reason; a stranger sees nothing."""
    with network.store.transaction() as session:
        mark(session, channel="email", address="duty@gb.example", at=network.clock(), reason="bounce: gone")
    client = network.client()
    operator = client.get("/v1/contacts", headers=network.bearer()).json()["items"]
    own = client.get("/v1/contacts", headers=network.bearer("gb")).json()["items"]
    stranger = client.get("/v1/contacts")

    assert {one["institute"] for one in operator} == {"fr", "gb", "jp"}
    assert {one["institute"] for one in own} == {"gb"}
    assert [(one["contact"], one["bad_reason"]) for one in operator if one["bad_since"]] == [
        ("gb.duty", "bounce: gone")
    ]
    assert stranger.status_code == 401
