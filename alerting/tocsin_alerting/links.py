"""Links that messages carry: the one by which its addressee answers, and the one to an alert's page."""

from __future__ import annotations

from datetime import timedelta

from tocsin_schemas.tokens import Purpose, Tokens

ANSWER_LINK_AGE = timedelta(days=30)
"""How long an answer link works after its message was rendered."""


def answer_link(tokens: Tokens, *, public_url: str, delivery_id: str, alert_id: str, contact_id: str) -> str:
    """The link by which one contact answers one alert, from one message.

    Opening it shows a page and changes nothing: mail scanners open links. It proves control of the mailbox only.
    """
    token = tokens.issue(Purpose.ANSWER_LINK, {"d": delivery_id, "a": alert_id, "c": contact_id})
    return f"{public_url.rstrip('/')}/a/{token}"


def alert_link(public_url: str, alert_id: str) -> str:
    """The link to an alert's page, which shows each reader what they may read."""
    return f"{public_url.rstrip('/')}/alerts/{alert_id}"
