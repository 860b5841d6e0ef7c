"""Slack's Web API, as far as Tocsin uses it: messages with their threads, edits, history."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.standins.faults import ApiError, Fault, RateLimited, ServerError
from tests.standins.server import Request, Response, StandIn
from tests.standins.slack_checks import faults_in, units

_JSON = {"Content-Type": "application/json; charset=utf-8"}
_KNOWN = {
    "chat.postMessage": {
        "channel",
        "text",
        "blocks",
        "metadata",
        "thread_ts",
        "reply_broadcast",
        "unfurl_links",
        "unfurl_media",
    },
    "chat.update": {"channel", "ts", "text", "blocks", "metadata"},
    "conversations.history": {"channel", "oldest", "latest", "limit", "include_all_metadata", "cursor", "inclusive"},
    "conversations.replies": {
        "channel",
        "ts",
        "oldest",
        "latest",
        "limit",
        "include_all_metadata",
        "cursor",
        "inclusive",
    },
    "conversations.open": {"users", "return_im"},
    "conversations.info": {"channel"},
    "users.info": {"user"},
    "auth.test": set(),
}
_FIRST_TS = 1_795_500_000


@dataclass
class SlackMessageStored:
    """A message as it stands in a channel."""

    channel: str
    ts: str
    text: str
    blocks: list[dict[str, Any]]
    metadata: dict[str, Any]
    thread_ts: str | None
    broadcast: bool
    posted_at: float
    """Monotonic seconds."""
    edits: int = 0
    earlier: list[dict[str, Any]] = field(default_factory=list)
    """Text and blocks as they were before each edit."""

    @property
    def delivery(self) -> str | None:
        """The delivery's id in its metadata."""
        payload: dict[str, str] = self.metadata.get("event_payload", {})
        return payload.get("delivery")

    @property
    def button(self) -> dict[str, Any] | None:
        """The acknowledge button, while there is one."""
        for block in self.blocks:
            for element in block.get("elements", []):
                if element.get("action_id") == "acknowledge":
                    return dict(element, block_id=block.get("block_id"))
        return None


@dataclass(frozen=True)
class SlackCall:
    """One call of a method, with what came of it."""

    method: str
    arguments: dict[str, Any]
    at: float
    error: str | None


class SlackStandIn(StandIn):
    """A workspace in which every channel exists that is not said to be gone."""

    def __init__(self, *, token: str | None = None, specs: Path | None = None, port: int = 0) -> None:
        """Take the token to demand (None: any), and where Slack's schema of blocks lies (None: not checked)."""
        super().__init__(port=port)
        self._token = token
        self._specs = specs
        self._numbers = itertools.count(1)
        self.gone: set[str] = set()
        """Channels that do not exist."""
        self.archived: set[str] = set()
        """Channels that were archived."""
        self.messages: list[SlackMessageStored] = []
        """In the order of posting, as they stand now."""
        self.calls: list[SlackCall] = []

    @property
    def api_url(self) -> str:
        """What TOCSIN_SLACK_API_URL is set to."""
        return f"{self.url}/api/"

    def in_channel(self, channel: str) -> list[SlackMessageStored]:
        """The messages of a channel or of a person's direct messages, replies included."""
        place = _direct(channel) if channel.startswith(("U", "W")) else channel
        return [message for message in self.messages if message.channel == place]

    def answer(self, request: Request) -> Response:
        """Do what the method says."""
        method, arguments = _read(request)
        error, result = self._do(method, arguments, request)
        self.calls.append(SlackCall(method, arguments, request.at, error))
        return _ok(result) if error is None else _ok({"ok": False, "error": error})

    def destination_of(self, request: Request) -> str | None:
        """The channel, or the person."""
        arguments = _read(request)[1]
        channel = arguments.get("channel") or arguments.get("users")
        return None if channel is None else str(channel)

    def fault_answer(self, fault: Fault, request: Request) -> Response:
        """Slack's form of a failure."""
        method, arguments = _read(request)
        match fault:
            case RateLimited(retry_after=seconds, header=header):
                self.calls.append(SlackCall(method, arguments, request.at, "ratelimited"))
                headers = _JSON if seconds is None else {**_JSON, header: seconds}
                return Response(429, b'{"ok":false,"error":"ratelimited"}', headers)
            case ServerError(status=status):
                self.calls.append(SlackCall(method, arguments, request.at, f"http_{status}"))
                return Response(status, b'{"ok":false,"error":"internal_error"}', _JSON)
            case ApiError(error=error):
                self.calls.append(SlackCall(method, arguments, request.at, error))
                return _ok({"ok": False, "error": error})
            case _:
                raise AssertionError(f"no such fault at Slack: {fault}")

    def _do(self, method: str, arguments: dict[str, Any], request: Request) -> tuple[str | None, dict[str, Any]]:
        known = _KNOWN.get(method)
        if known is None:
            self.violations.append(f"{method}: no such method is used")
            return "unknown_method", {}
        if self._token is not None and request.headers.get("Authorization") != f"Bearer {self._token}":
            return "invalid_auth", {}
        unknown = set(arguments) - known
        if unknown:
            self.violations.append(f"{method}: unknown arguments {sorted(unknown)}")
            return "invalid_arguments", {}
        if method == "conversations.open":
            return None, {"channel": {"id": _direct(str(arguments["users"]))}}
        if method == "auth.test":
            return None, {"user_id": "U0TOCSIN", "team_id": "T0TOCSIN"}
        if method == "users.info":
            person = str(arguments.get("user", ""))
            return ("user_not_found", {}) if person in self.gone else (None, {"user": {"id": person, "deleted": False}})
        channel = str(arguments.get("channel", ""))
        if not channel or channel in self.gone:
            return "channel_not_found", {}
        if method == "conversations.info":
            found = {"id": channel, "is_archived": channel in self.archived, "is_member": True}
            return None, {"channel": found}
        if channel in self.archived:
            return "is_archived", {}
        if method == "chat.postMessage":
            return self._post(channel, arguments, request.at)
        if method == "chat.update":
            return self._update(channel, arguments)
        return self._history(channel, arguments)

    def _post(self, channel: str, arguments: dict[str, Any], at: float) -> tuple[str | None, dict[str, Any]]:
        error = self._check(arguments)
        if error is not None:
            return error, {}
        place = _direct(channel) if channel.startswith(("U", "W")) else channel
        number = next(self._numbers)
        message = SlackMessageStored(
            channel=place,
            ts=f"{_FIRST_TS + number}.{number:06d}",
            text=arguments["text"],
            blocks=arguments.get("blocks", []),
            metadata=arguments.get("metadata", {}),
            thread_ts=arguments.get("thread_ts"),
            broadcast=bool(arguments.get("reply_broadcast")),
            posted_at=at,
        )
        if message.thread_ts is not None and self._find(place, message.thread_ts) is None:
            self.violations.append(f"chat.postMessage: no message {message.thread_ts} to reply to in {place}")
            return "thread_not_found", {}
        self.messages.append(message)
        return None, {"channel": place, "ts": message.ts, "message": _shown(message)}

    def _update(self, channel: str, arguments: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        message = self._find(channel, str(arguments.get("ts")))
        if message is None:
            return "message_not_found", {}
        error = self._check(arguments)
        if error is not None:
            return error, {}
        message.earlier.append({"text": message.text, "blocks": message.blocks})
        message.text, message.blocks = arguments["text"], arguments.get("blocks", [])
        message.edits += 1
        return None, {"channel": channel, "ts": message.ts, "text": message.text}

    def _history(self, channel: str, arguments: dict[str, Any]) -> tuple[str | None, dict[str, Any]]:
        thread = arguments.get("ts")
        found = [
            message
            for message in self.messages
            if message.channel == channel
            and (message.thread_ts == thread if thread else message.thread_ts is None or message.broadcast)
        ]
        return None, {"messages": [_shown(message) for message in reversed(found)], "has_more": False}

    def _find(self, channel: str, ts: str) -> SlackMessageStored | None:
        return next((one for one in self.messages if one.channel == channel and one.ts == ts), None)

    def _check(self, arguments: dict[str, Any]) -> str | None:
        text = arguments.get("text")
        if not isinstance(text, str) or not text.strip():
            self.violations.append("no fallback text")
            return "no_text"
        if units(text) > 4_000:
            self.violations.append(f"the fallback text is {units(text)} long; Slack recommends 4,000")
        blocks = arguments.get("blocks")
        if blocks is not None:
            faults = faults_in(blocks, self._specs)
            if faults:
                self.violations.extend(faults)
                return "invalid_blocks"
        metadata = arguments.get("metadata")
        if metadata is not None and set(metadata) != {"event_type", "event_payload"}:
            self.violations.append("metadata must have event_type and event_payload")
            return "invalid_metadata_format"
        return None


def _direct(user: str) -> str:
    """The id of the direct messages with a person."""
    return f"D{user[1:]}"


def _read(request: Request) -> tuple[str, dict[str, Any]]:
    method = request.path.rpartition("/")[2].partition("?")[0]
    if request.headers.get("Content-Type", "").startswith("application/json"):
        return method, json.loads(request.body or b"{}")
    return method, dict(parse_qsl(request.body.decode()))


def _shown(message: SlackMessageStored) -> dict[str, Any]:
    shown = {"type": "message", "ts": message.ts, "text": message.text, "metadata": message.metadata}
    return shown if message.thread_ts is None else {**shown, "thread_ts": message.thread_ts}


def _ok(result: dict[str, Any]) -> Response:
    return Response(200, json.dumps({"ok": True, **result}).encode(), _JSON)
