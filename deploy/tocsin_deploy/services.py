"""The services of a deployment: what runs, in which order, and how each is known to be ready."""

from __future__ import annotations

import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tocsin_alerting.policy.directory import Channel
from tocsin_deploy.broker_settings import BrokerSettings
from tocsin_deploy.broker_start import broker_command
from tocsin_deploy.settings import DeploySettings

BROKER = "broker"
FURTHER = (Channel.WEBHOOK, Channel.APPRISE)
"""Channels that have a notifier only where somebody is told by them."""


@dataclass(frozen=True, slots=True)
class Service:
    """One process that the supervisor keeps alive."""

    name: str
    command: tuple[str, ...]
    does: str
    """For the status table."""
    stop_seconds: int = 15
    """How long it may take to stop in order before it is killed."""


def broker_settings(settings: DeploySettings, *, controller_port: int = 0) -> BrokerSettings:
    """Where the local stack's broker lives."""
    return BrokerSettings(home=settings.state / "kafka", port=settings.kafka_port, controller_port=controller_port)


def broker_service(broker: BrokerSettings) -> Service:
    """The broker as a service, after `prepare_broker`."""
    return Service(BROKER, tuple(broker_command(broker)), "keeps the topics (Kafka, single node)", stop_seconds=20)


def services(further: Collection[Channel] = ()) -> tuple[Service, ...]:
    """Tocsin's own services, in the order of a report's way.

    Args:
        further: channels beside Slack and e-mail that are told by.
    """
    return (
        Service("door", _module("tocsin_producers.gateway"), "takes reports by HTTP"),
        Service("grade", _module("tocsin_streams"), "grades reports by the rubric"),
        Service("desk", _module("tocsin_consumers.desk"), "gathers reports into alerts, escalates"),
        Service("relay", _module("tocsin_consumers.relay"), "publishes what was decided"),
        Service("notify-slack", (*_module("tocsin_consumers.notifier"), "slack"), "tells people on Slack"),
        Service("notify-email", (*_module("tocsin_consumers.notifier"), "email"), "tells people by e-mail"),
        *(
            Service(f"notify-{channel}", (*_module("tocsin_consumers.notifier"), channel.value), f"tells by {channel}")
            for channel in FURTHER
            if channel in further
        ),
        Service("web", _module("tocsin_alerting.web"), "takes answers, shows the pages"),
    )


def _module(name: str) -> tuple[str, ...]:
    # The interpreter that runs this, wherever the environment lies.
    return (str(Path(sys.executable)), "-m", name)
