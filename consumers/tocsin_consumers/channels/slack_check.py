"""Whether Slack knows an address, asked without posting anything."""

from __future__ import annotations

from dataclasses import dataclass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from tocsin_consumers.channels.slack import TIMEOUT_SECONDS

_DEAD = frozenset({"channel_not_found", "user_not_found", "users_not_found", "user_not_visible"})


@dataclass(frozen=True, slots=True)
class SlackCheck:
    """What Slack says of an address: a fault is its own word or ours; None where nothing is wrong."""

    fault: str | None
    dead: bool
    """Whether the fault is of the address itself, and lasts until somebody mends it."""


class SlackChecker:
    """Asks Slack about its token and about addresses."""

    def __init__(self, *, token: str, base_url: str, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        self._client = WebClient(token=token, base_url=base_url, timeout=timeout_seconds, retry_handlers=[])

    def token_fault(self) -> str | None:
        """What is wrong with the token: an operator must see to it, and no address is to blame."""
        try:
            self._client.api_call("auth.test")
        except SlackApiError as error:
            return _word(error)
        except (SlackClientError, OSError) as error:
            return type(error).__name__
        return None

    def check(self, address: str) -> SlackCheck:
        """Whether a channel or a person is there, and would take a message."""
        person = address.startswith(("U", "W"))
        try:
            if person:
                answer = self._client.api_call("users.info", params={"user": address})
            else:
                answer = self._client.api_call("conversations.info", params={"channel": address})
        except SlackApiError as error:
            word = _word(error)
            return SlackCheck(word, dead=word in _DEAD)
        except (SlackClientError, OSError) as error:
            return SlackCheck(type(error).__name__, dead=False)
        found = answer.get("user" if person else "channel") or {}
        if person:
            return SlackCheck("user_disabled", dead=True) if found.get("deleted") else SlackCheck(None, dead=False)
        if found.get("is_archived"):
            return SlackCheck("is_archived", dead=True)
        if found.get("is_member") is False:
            return SlackCheck("not_in_channel", dead=True)
        return SlackCheck(None, dead=False)


def _word(error: SlackApiError) -> str:
    data = getattr(error.response, "data", error.response)
    word = data.get("error") if isinstance(data, dict) else None
    return str(word or f"http_{getattr(error.response, 'status_code', '?')}")
