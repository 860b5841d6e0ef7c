"""Messages on their way, for tests of channels."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.alerting.messages.views import telling, view
from tocsin_alerting.messages.mail import Mail, render_mail
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_consumers.channels.outgoing import Outgoing

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def post(**changes: Any) -> Outgoing[SlackMessage]:
    """A first message to a channel."""
    told = telling()
    outgoing = Outgoing(
        delivery_id=told.delivery_id,
        alert_id=told.alert_id,
        address="C0GBDUTY",
        kind=DeliveryKind.MESSAGE,
        message=render_slack(view(), told),
        anchor=None,
        uncertain=False,
        planned_at=NOW,
    )
    return replace(outgoing, **changes)


def mail(**changes: Any) -> Outgoing[Mail]:
    """A first mail to a mailbox."""
    told = telling()
    outgoing = Outgoing(
        delivery_id=told.delivery_id,
        alert_id=told.alert_id,
        address="duty@gb.example",
        kind=DeliveryKind.MESSAGE,
        message=render_mail(view(), told, domain="tocsin.example"),
        anchor=None,
        uncertain=False,
        planned_at=NOW,
    )
    return replace(outgoing, **changes)
