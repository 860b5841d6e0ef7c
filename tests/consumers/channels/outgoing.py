"""Messages on their way, for tests of channels, and what became of them."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from tests.alerting.messages.views import telling, view
from tocsin_alerting.messages.mail import Mail, render_mail
from tocsin_alerting.messages.note import Note, render_note
from tocsin_alerting.messages.slack import SlackMessage, render_slack
from tocsin_alerting.messages.webhook import WebhookMessage, render_webhook
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
M = TypeVar("M")


def post(**changes: Any) -> Outgoing[SlackMessage]:
    """A first message to a channel."""
    return _first(render_slack(view(), telling()), "C0GBDUTY", changes)


def mail(**changes: Any) -> Outgoing[Mail]:
    """A first mail to a mailbox."""
    return _first(render_mail(view(), telling(), domain="tocsin.example"), "duty@gb.example", changes)


def webhook(**changes: Any) -> Outgoing[WebhookMessage]:
    """A first message to an institute's own system."""
    return _first(render_webhook(view(), telling()), "GB_SOC", changes)


def note(**changes: Any) -> Outgoing[Note]:
    """A first note to a chat."""
    return _first(render_note(view(), telling()), "GB_CHAT", changes)


def _first(message: M, address: str, changes: dict[str, Any]) -> Outgoing[M]:
    told = telling()
    outgoing = Outgoing(
        delivery_id=told.delivery_id,
        alert_id=told.alert_id,
        address=address,
        kind=DeliveryKind.MESSAGE,
        message=message,
        anchor=None,
        uncertain=False,
        planned_at=NOW,
    )
    return replace(outgoing, **changes)


def flags_of(error: DeliveryError) -> dict[str, object]:
    """What a refusal says that is to be done."""
    names = ("retry_after", "uncertain", "permanent", "bad_address", "misconfigured")
    return {name: value for name in names if (value := getattr(error, name))}
