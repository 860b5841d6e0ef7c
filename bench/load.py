"""Reports at a steady rate, each meant for an instant: what is late on its way out counts as late."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

from tests.system.reports import finding, incident
from tocsin_producers import Reporter
from tocsin_schemas import system_clock

_SENDERS = 8
"""Institutes send side by side; one that waits for its acknowledgement holds up nobody else."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One report."""

    event_id: str
    meant_at: float
    """When it was to be sent, seconds since the epoch."""
    acknowledged_at: float
    """When Kafka had it."""


def publish(reporter: Reporter, *, members: list[str], rate: float, seconds: float, name: str) -> list[Sent]:
    """Publish `rate` reports a second for so long; incidents and findings in turn, each of which raises an alert.

    Members report one after the other, so that the load on each one's Slack channel is `rate / len(members)`.
    """
    count = max(1, round(rate * seconds))
    began = system_clock().timestamp() + 0.1
    waiting: list[Future[Sent]] = []
    with ThreadPoolExecutor(_SENDERS) as senders:
        for number in range(count):
            meant_at = began + number / rate
            time.sleep(max(0.0, meant_at - system_clock().timestamp()))
            institute = members[number % len(members)]
            waiting.append(senders.submit(_send, reporter, institute, f"{name}-{number}", number, meant_at))
        return [each.result() for each in waiting]


def _send(reporter: Reporter, institute: str, event_id: str, number: int, meant_at: float) -> Sent:
    if number % 2:
        reporter.finding(finding(institute, f"example/aurora {event_id}"), event_id=event_id)
    else:
        reporter.incident(
            incident(institute, f"An assistant at a hospital ranked patients too low ({event_id})"), event_id=event_id
        )
    return Sent(event_id, meant_at, system_clock().timestamp())
