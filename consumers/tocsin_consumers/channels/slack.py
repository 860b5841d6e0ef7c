"""Slack, by slack_sdk. One message per alert and channel, edited in place, with its thread."""

from __future__ import annotations

from http.client import HTTPException
from typing import Any
from urllib.error import URLError

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from tocsin_alerting.messages.slack import SlackMessage
from tocsin_alerting.policy.telling import DeliveryKind
from tocsin_consumers.channels.outgoing import DeliveryError, Outgoing, Receipt
from tocsin_consumers.channels.retry_after import retry_after
from tocsin_schemas.clock import Clock

TIMEOUT_SECONDS = 8
EVENT_TYPE = "tocsin_alert"

_BAD_ADDRESS = frozenset(
    {
        "channel_not_found",  # no such conversation, or a private one without the app
        "is_archived",  # the channel was archived
        "not_in_channel",  # the app must be invited first
        "user_not_found",
        "user_disabled",
        "cannot_dm_bot",
        "messages_tab_disabled",  # the app takes no direct messages
        "restricted_action",  # a preference of the workspace forbids posting there
        "restricted_action_read_only_channel",
        "team_access_not_granted",
    }
)
"""Errors of the address: https://docs.slack.dev/reference/methods/chat.postMessage#errors"""
_BAD_MESSAGE = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "invalid_arguments",
        "invalid_metadata_format",
        "metadata_too_large",
        "msg_too_long",
        "msg_blocks_too_long",
        "no_text",
        "message_not_found",  # the message to edit was deleted
        "cant_update_message",  # it is not the app's own
        "edit_window_closed",
        "thread_not_found",
    }
)
"""Errors of the message itself: the same again gets the same answer."""
_CREDENTIALS = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "account_inactive",  # the app was removed from the workspace
        "missing_scope",
        "no_permission",
        "org_login_required",
        "access_denied",
    }
)
"""An operator must mend them; the messages are as good as before, so they are kept and tried again."""


class SlackChannel:
    """Posts, edits and answers in threads on behalf of the app."""

    def __init__(self, *, token: str, base_url: str, clock: Clock, timeout_seconds: int = TIMEOUT_SECONDS) -> None:
        """Take the app's token.

        Raises:
            ValueError: the token is empty.
        """
        if not token.strip():
            raise ValueError("TOCSIN_SLACK_BOT_TOKEN is empty; leave it unset to preview")
        # No retry handlers: the one for connections would post twice after a dropped answer, and the one for rate
        # limits would sleep inside the call.
        self._client = WebClient(token=token, base_url=base_url, timeout=timeout_seconds, retry_handlers=[])
        self._clock = clock

    def send(self, outgoing: Outgoing[SlackMessage]) -> Receipt:
        """Post, edit or reply.

        Raises:
            DeliveryError: Slack did not take it, or nobody knows.
        """
        if outgoing.kind is DeliveryKind.EDIT:
            return self._edit(outgoing)
        if outgoing.uncertain:
            found = self._find(outgoing)
            if found is not None:
                return found
        return self._post(outgoing)

    def _post(self, outgoing: Outgoing[SlackMessage]) -> Receipt:
        anchor = outgoing.anchor
        where: dict[str, Any] = {"channel": outgoing.address}
        if anchor is not None and anchor.provider_id is not None:
            where = {"channel": anchor.place or outgoing.address, "thread_ts": anchor.provider_id}
            if outgoing.message.broadcast:
                where["reply_broadcast"] = True
        return self._call(
            "chat.postMessage",
            {
                **where,
                **_content(outgoing),
                "unfurl_links": False,
                "unfurl_media": False,
            },
        )

    def _edit(self, outgoing: Outgoing[SlackMessage]) -> Receipt:
        anchor = outgoing.anchor
        if anchor is None or anchor.provider_id is None:
            raise DeliveryError("nothing_to_edit", permanent=True)
        # Editing twice changes nothing, so an uncertain edit is simply done again.
        return self._call(
            "chat.update",
            {"channel": anchor.place or outgoing.address, "ts": anchor.provider_id, **_content(outgoing)},
        )

    def _find(self, outgoing: Outgoing[SlackMessage]) -> Receipt | None:
        """The message that an earlier attempt left, if it did: it carries the delivery's id.

        Where Slack cannot be asked (a scope is missing, a name instead of an id), the message is posted again: a repeat
        with the same delivery id is better than silence.
        """
        anchor = outgoing.anchor
        threaded = anchor is not None and anchor.provider_id is not None
        try:
            place = self._place(outgoing)
            asked: dict[str, Any] = {
                "channel": place,
                "oldest": f"{outgoing.planned_at.timestamp() - 60:.6f}",
                "limit": 200,
                "include_all_metadata": True,
            }
            if threaded and anchor is not None:
                asked["ts"] = anchor.provider_id
            answer = self._asked("conversations.replies" if threaded else "conversations.history", asked)
        except DeliveryError as error:
            if error.permanent or error.misconfigured:
                return None
            # Nothing was posted by asking, so what was uncertain stays so.
            raise DeliveryError(error.reason, retry_after=error.retry_after, uncertain=True) from error
        for message in answer.get("messages") or []:
            metadata = message.get("metadata") or {}
            payload = metadata.get("event_payload") or {}
            if metadata.get("event_type") == EVENT_TYPE and payload.get("delivery") == outgoing.delivery_id:
                return Receipt(provider_id=message.get("ts"), place=place)
        return None

    def _place(self, outgoing: Outgoing[SlackMessage]) -> str:
        if outgoing.anchor is not None and outgoing.anchor.place is not None:
            return outgoing.anchor.place
        if not outgoing.address.startswith(("U", "W")):
            return outgoing.address
        # A person's direct messages have an id of their own.
        opened = self._asked("conversations.open", {"users": outgoing.address})
        return str((opened.get("channel") or {}).get("id") or outgoing.address)

    def _call(self, method: str, arguments: dict[str, Any]) -> Receipt:
        answer = self._asked(method, arguments)
        return Receipt(provider_id=_text(answer.get("ts")), place=_text(answer.get("channel")))

    def _asked(self, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
        try:
            if method.startswith("conversations."):
                # These take form parameters only.
                response = self._client.api_call(method, params=_form(arguments))
            else:
                response = self._client.api_call(method, json=arguments)
        except SlackApiError as error:
            raise self._error(error) from error
        except TimeoutError as error:
            raise DeliveryError("timed_out", uncertain=True) from error
        except URLError as error:
            # Refused or unresolved: it never went out. A timeout while connecting comes wrapped as well.
            uncertain = isinstance(error.reason, TimeoutError | ConnectionResetError | BrokenPipeError)
            raise DeliveryError("unreachable", uncertain=uncertain) from error
        except (HTTPException, OSError) as error:
            # The connection broke after the request went out.
            raise DeliveryError("connection_lost", uncertain=True) from error
        except (SlackClientError, ValueError, AttributeError, TypeError) as error:
            # The SDK cannot read what came back with a 200; whether it was taken is not known.
            raise DeliveryError("unreadable_answer", uncertain=True) from error
        data = response.data
        if not isinstance(data, dict):
            raise DeliveryError("unreadable_answer", uncertain=True)
        return data

    def _error(self, error: SlackApiError) -> DeliveryError:
        response = error.response
        status = getattr(response, "status_code", None)
        headers = getattr(response, "headers", None) or {}
        data = getattr(response, "data", response)
        word = data.get("error") if isinstance(data, dict) else None
        if status == 429 or word == "ratelimited":
            return DeliveryError("rate_limited", retry_after=retry_after(headers, self._clock()))
        if word in _BAD_ADDRESS:
            return DeliveryError(str(word), permanent=True, bad_address=True)
        if word in _BAD_MESSAGE:
            return DeliveryError(str(word), permanent=True)
        if word in _CREDENTIALS:
            return DeliveryError(str(word), misconfigured=True)
        if isinstance(status, int) and status >= 500:
            # A gateway's error says nothing of what stood behind it.
            return DeliveryError(f"http_{status}", uncertain=True)
        # `internal_error`, `fatal_error`, `service_unavailable`, and words that are not known: they may pass.
        uncertain = word in {"fatal_error", "internal_error", "request_timeout", None}
        return DeliveryError(str(word or f"http_{status}")[:80], uncertain=uncertain)


def _content(outgoing: Outgoing[SlackMessage]) -> dict[str, Any]:
    return {
        "text": outgoing.message.text,
        "blocks": list(outgoing.message.blocks),
        "metadata": {
            "event_type": EVENT_TYPE,
            "event_payload": {"delivery": outgoing.delivery_id, "alert": outgoing.alert_id},
        },
    }


def _form(arguments: dict[str, Any]) -> dict[str, str]:
    return {
        name: ("true" if value else "false") if isinstance(value, bool) else str(value)
        for name, value in arguments.items()
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
