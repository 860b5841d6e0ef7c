"""A person clicks the button in Slack: the request that Slack then sends, signed as Slack signs it."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode

from jsonschema import Draft7Validator

from tests.standins.slack import SlackMessageStored


@functools.cache
def _validator(specs: Path) -> Draft7Validator:
    return Draft7Validator(json.loads((specs / "slack_block_action.schema.json").read_text(encoding="utf-8")))


def click_payload(
    message: SlackMessageStored,
    *,
    user: str = "U0GBLEAD",
    team: str = "T0TOCSIN",
    specs: Path | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """What Slack says of a click on a message's acknowledge button.

    Args:
        message: the message as it stands in the stand-in.
        user: who clicks.
        team: the workspace.
        specs: where Slack's schema of the payload lies; None does not check it.
        changes: fields of the payload that are to be different.

    Raises:
        AssertionError: the message has no button, or the payload is none that Slack would send.
    """
    button = message.button
    assert button is not None, "the message has no acknowledge button"
    action = {
        "type": "button",
        "action_id": button["action_id"],
        "block_id": button["block_id"],
        "value": button["value"],
        "text": button["text"],
        "action_ts": f"{message.ts.partition('.')[0]}.500000",
    }
    payload = {
        "type": "block_actions",
        "actions": [action],
        "team": {"id": team, "domain": "tocsin-standin"},
        "user": {"id": user, "username": user.lower(), "team_id": team},
        "channel": {"id": message.channel, "name": "privategroup"},
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel,
            "is_ephemeral": False,
        },
        "message": {"type": "message", "ts": message.ts, "text": message.text, "user": "U0TOCSINBOT"},
        "token": "deprecated-verification-token",
        "response_url": "https://hooks.slack.invalid/actions/1",
        "trigger_id": "1.2.3",
        "api_app_id": "A0TOCSIN",
        **changes,
    }
    if specs is not None:
        errors = [error.message for error in _validator(specs).iter_errors(payload)]
        assert not errors, errors
    return payload


def signed_form(payload: dict[str, Any], *, signing_secret: str, at: float) -> tuple[bytes, dict[str, str]]:
    """Body and headers of Slack's request, signed at an instant of Unix time.

    https://docs.slack.dev/authentication/verifying-requests-from-slack
    """
    body = urlencode({"payload": json.dumps(payload)}).encode()
    stamp = str(int(at))
    signature = hmac.new(signing_secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    return body, {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": stamp,
        "X-Slack-Signature": f"v0={signature}",
    }


def click(
    url: str,
    message: SlackMessageStored,
    *,
    signing_secret: str,
    at: float,
    user: str = "U0GBLEAD",
    team: str = "T0TOCSIN",
    specs: Path | None = None,
    timeout: float = 10.0,
) -> int:
    """Click a message's button; the status with which `POST {url}` answers."""
    body, headers = signed_form(
        click_payload(message, user=user, team=team, specs=specs), signing_secret=signing_secret, at=at
    )
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return int(response.status)
    except HTTPError as error:
        error.close()
        return error.code
