"""Settings of the notifiers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from tocsin_alerting.settings import AlertingSettings


class NotifierSettings(AlertingSettings):
    """What a notifier needs to know beside what alerting does."""

    notifier_instance: str = "1"
    """Name of this notifier among those of its channel. Keep it over restarts: Kafka knows it again by it."""
    notifier_workers: Annotated[int, Field(ge=1, le=64)] = 16
    """How many destinations are served at once."""
    private_destinations: bool = False
    """Whether webhooks and Apprise may go to private networks, to this machine and there without TLS."""
    slack_seconds_between_posts: Annotated[float, Field(ge=0)] = 1.0
    """Slack takes about one message a second per channel; 0 for a stand-in that takes any number."""
