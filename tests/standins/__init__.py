"""Local servers that stand in for the providers: they check what they are sent, and fail as they are told."""

from tests.standins.faults import (
    ApiError,
    ConnectionDropped,
    Fault,
    HtmlError,
    RateLimited,
    ServerError,
    Slow,
    TakenWithoutAnswer,
)
from tests.standins.sendgrid import SendGridStandIn, SentMail
from tests.standins.slack import SlackMessageStored, SlackStandIn
from tests.standins.slack_clicks import click_payload, signed_form

__all__ = [
    "ApiError",
    "ConnectionDropped",
    "Fault",
    "HtmlError",
    "RateLimited",
    "SendGridStandIn",
    "SentMail",
    "ServerError",
    "SlackMessageStored",
    "SlackStandIn",
    "Slow",
    "TakenWithoutAnswer",
    "click_payload",
    "signed_form",
]
