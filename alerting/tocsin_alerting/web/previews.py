"""Messages that would have been sent, made readable: what a person would see of a Slack message or a mail."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import Any

_LINK = re.compile(r"<(https?://[^|>]+)(?:\|([^>]*))?>")


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of a Slack message as text."""

    kind: str
    """`header`, `text`, `context`, `buttons` or `divider`."""
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MailPreview:
    """A mail as its reader would have it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class SlackPreview:
    """A Slack message as its readers would have it."""

    fallback: str
    """What screen readers and notifications say."""
    parts: tuple[Part, ...]
    json: str


def read_preview(rendered: dict[str, Any]) -> MailPreview | SlackPreview:
    """A kept message, as `tocsin_alerting.messages` rendered it."""
    if "blocks" in rendered:
        return _slack(rendered)
    if "data" in rendered:
        # What an institute's own system would get.
        return MailPreview(str(rendered.get("type", "")), json.dumps(rendered, ensure_ascii=False, indent=2), "")
    return _mail(rendered)


def _mail(rendered: dict[str, Any]) -> MailPreview:
    return MailPreview(**{part: str(rendered.get(part, "")) for part in ("subject", "text", "html")})


def _slack(rendered: dict[str, Any]) -> SlackPreview:
    return SlackPreview(
        fallback=_readable(rendered.get("text", "")),
        parts=tuple(_part(block) for block in rendered["blocks"] or ()),
        json=json.dumps(rendered, ensure_ascii=False, indent=2),
    )


def _part(block: dict[str, Any]) -> Part:
    match block.get("type"):
        case "header":
            return Part("header", (_text(block.get("text")),))
        case "divider":
            return Part("divider", ())
        case "context":
            return Part("context", tuple(_text(element) for element in block.get("elements", ())))
        case "actions":
            return Part("buttons", tuple(_text(element.get("text")) for element in block.get("elements", ())))
        case "section":
            texts = [block.get("text"), *(block.get("fields") or ())]
            return Part("text", tuple(_text(each) for each in texts if each))
        case other:
            return Part("text", (f"({other})",))


def _text(value: Any) -> str:
    """The text of a text object, or of an image its description."""
    if not isinstance(value, dict):
        return str(value)
    if value.get("type") == "plain_text":
        return str(value.get("text", ""))
    return _readable(str(value.get("text") or value.get("alt_text") or ""))


def _readable(mrkdwn: str) -> str:
    """Slack's markup without its escapes; links as "words (address)"."""
    plain = _LINK.sub(lambda link: f"{link[2]} ({link[1]})" if link[2] else link[1], mrkdwn)
    return html.unescape(plain)
