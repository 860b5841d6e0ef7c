"""Health and metrics, for machines."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from tests.alerting.web.forms import press
from tests.alerting.web.network import SECRET_TITLE, Network
from tocsin_alerting.store import open_store
from tocsin_alerting.store.escalations import due_steps, fire


def _metrics(network: Network) -> dict[tuple[str, ...], float]:
    reply = network.client().get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def test_health_is_good_when_the_store_is(network_on_each: Network) -> None:
    """200 for GET and HEAD."""
    client = network_on_each.client()

    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.head("/healthz").status_code == 200


def test_health_says_that_the_schema_is_old(network: Network) -> None:
    """503, with the command that mends it."""
    with network.store.transaction() as session:
        session.execute(text("DELETE FROM alembic_version"))
    reply = network.client().get("/healthz")

    assert reply.status_code == 503
    assert "tocsinctl db upgrade" in reply.json()["detail"]


def test_a_store_that_is_away_is_said(network: Network) -> None:
    """503 for health; metrics stay readable and say that the store is down."""
    network.store = open_store("postgresql+psycopg://tocsin@127.0.0.1:1/none?connect_timeout=1")
    health = network.client().get("/healthz")
    metrics = _metrics(network)
    network.store.close()

    assert health.status_code == 503
    assert health.json()["detail"] == "The database cannot be reached."
    assert metrics["tocsin_store_up",] == 0


def test_metrics_say_which_directory_is_in_force(network: Network) -> None:
    """The version that deliveries record; and 1 while changed files are refused."""
    fine = _metrics(network)
    network.refused = True
    refused = _metrics(network)

    assert fine["tocsin_directory_info", "test:1"] == 1
    assert fine["tocsin_directory_refused",] == 0
    assert refused["tocsin_directory_refused",] == 1


def test_metrics_count_what_is_open_and_what_is_late(network_on_each: Network) -> None:
    """Alerts, silence, overdue steps, exhausted ladders, deliveries and the outbox, as the store has them."""
    network = network_on_each
    alert = network.raise_alert(1)
    network.deliver(alert, "fr.duty", outcome="pending", next_attempt_at=network.clock())
    network.deliver(alert, "jp.duty", outcome="something new", channel="slack")
    press(network.client(), network.link(alert), "Acknowledge")
    fresh = _metrics(network)
    network.clock.advance(timedelta(minutes=16))
    late = _metrics(network)
    for _ in range(2):
        with network.store.transaction() as session:
            for due in due_steps(session, network.clock()):
                fire(session, due, directory=network.directory, now=network.clock())
        network.clock.advance(timedelta(minutes=16))
    exhausted = _metrics(network)

    assert fresh["tocsin_store_up",] == 1
    assert fresh["tocsin_alerts", "severe", "open"] == 1
    assert fresh["tocsin_alerts", "minor", "open"] == 0
    assert fresh["tocsin_responses_unanswered",] == 2
    assert fresh["tocsin_ladder_steps_overdue",] == 0
    assert fresh["tocsin_deliveries", "email", "sent"] == 1
    assert fresh["tocsin_deliveries", "email", "pending"] == 1
    assert fresh["tocsin_deliveries", "slack", "other"] == 1
    assert fresh["tocsin_outbox_unpublished",] == 2
    assert fresh["tocsin_violations", "steps_fire"] == 0
    assert late["tocsin_violations", "steps_fire"] == 2
    assert late["tocsin_violations", "silence_has_a_next_step"] == 0
    assert late["tocsin_ladder_steps_overdue",] == 2
    assert late["tocsin_delivery_oldest_due_seconds", "email"] == pytest.approx(16 * 60)
    assert late["tocsin_outbox_oldest_unpublished_seconds",] == pytest.approx(16 * 60)
    assert exhausted["tocsin_ladders_exhausted",] == 2
    assert exhausted["tocsin_ladder_steps_overdue",] == 0


def test_metrics_name_nobody(network: Network) -> None:
    """Neither institutes' people nor texts become labels."""
    network.deliver(network.raise_alert())
    page = network.client().get("/metrics").text

    for personal in (SECRET_TITLE, "gb.duty", "example", "Duty"):
        assert personal not in page
