"""A bulletin as a Slack message: blocks within Slack's limits, and a fallback that says all that matters."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.foreign import one_line, shorten, slack_mrkdwn, slack_plain, width
from tocsin_alerting.messages.slack import Block, SlackMessage

_HEADER, _LEAD, _FACT, _ITEM, _SECTION, _NOTE, _ITEMS, _FALLBACK = 148, 1_200, 300, 400, 2_800, 500, 5_000, 2_800
"""All blocks together stay below 10,000, as those of alerts do."""
_FACTS = 10
_USER_ID = re.compile(r"(?:.*:)?([UW][A-Z0-9]{2,30})")
OPEN_BULLETIN_ACTION = "open"


def render_bulletin_slack(
    text: BulletinText, *, reference: str, slack_user: str | None = None, shared: bool = True, edited: bool = False
) -> SlackMessage:
    """The message that a bulletin is.

    Args:
        text: what it says.
        reference: its id, for those who ask about it.
        slack_user: Slack's id of the addressee, to be mentioned where it is pressing.
        shared: whether others read the address.
        edited: whether it changes a message that stands: then it calls nobody again.
    """
    mark = words.STATUS_MARK[text.status]
    mention = "" if edited or not text.pressing else _mention(slack_user, shared=shared, meant=not mark)
    blocks: list[Block | None] = [
        _header(text),
        _section(f"*{mark}*\n{words.status_sentence(text.reader, text.status)}") if mark else None,
        _section(f"{mention}{slack_mrkdwn(text.lead, _LEAD)}"),
        _facts(text),
        *_items(text),
        *(_context(slack_mrkdwn(note, _NOTE)) for note in text.notes),
        _button(text),
        _context(slack_mrkdwn(" · ".join(part for part in (text.tlp.value, reference, mark) if part), _NOTE)),
    ]
    return SlackMessage(_fallback(text, mark), tuple(block for block in blocks if block is not None))


def _header(text: BulletinText) -> Block:
    parts = [text.tlp.value]
    if words.STATUS_MARK[text.status]:
        parts.append(text.status.value.upper())
    said = f"{' · '.join(parts)}: {one_line(text.heading)}"
    return {"type": "header", "text": {"type": "plain_text", "text": slack_plain(said, _HEADER), "emoji": False}}


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _context(text: str) -> Block:
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text}]}


def _facts(text: BulletinText) -> Block | None:
    if not text.facts:
        return None
    fields = [
        {
            "type": "mrkdwn",
            "text": f"*{words.colon(text.reader, slack_mrkdwn(name, 100))}*\n{slack_mrkdwn(one_line(value), _FACT)}",
        }
        for name, value in text.facts[:_FACTS]
    ]
    return {"type": "section", "fields": fields}


def _items(text: BulletinText) -> Iterable[Block]:
    """The lines, in as few sections as they fit into; what does not fit is counted."""
    if not text.items:
        return
    lines = [f"*{slack_mrkdwn(text.items_heading, 200)}*"] if text.items_heading else []
    room = _ITEMS
    for position, item in enumerate(text.items):
        line = f"• {_item(item)}"
        room -= width(line)
        if room < 0:
            lines.append(f"… +{len(text.items) - position}")
            break
        if sum(width(each) + 1 for each in lines) + width(line) > _SECTION:
            yield _section("\n".join(lines))
            lines = []
        lines.append(line)
    yield _section("\n".join(lines))


def _item(item: BulletinItem) -> str:
    label = f"*{item.tlp.value}* " if item.tlp is not None else ""
    parts = [slack_mrkdwn(one_line(item.text), _ITEM), slack_mrkdwn(one_line(item.foreign), _ITEM)]
    said = " ".join(part for part in parts if part)
    # A `|` or a `>` of others cannot end the link: the one is harmless in its text, the other is escaped.
    return f"{label}<{item.link}|{said}>" if item.link else f"{label}{said}"


def _button(text: BulletinText) -> Block | None:
    if text.link is None:
        return None
    said, url = text.link
    button = {
        "type": "button",
        "action_id": OPEN_BULLETIN_ACTION,
        "text": {"type": "plain_text", "text": shorten(said, 70), "emoji": False},
        "url": url,
    }
    return {"type": "actions", "elements": [button]}


def _mention(slack_user: str | None, *, shared: bool, meant: bool) -> str:
    user = _USER_ID.fullmatch(slack_user or "")
    if user is not None:
        return f"<@{user.group(1)}> "
    return "<!here> " if shared and meant else ""


def _fallback(text: BulletinText, mark: str) -> str:
    said = [
        f"{text.tlp.value} {mark}".strip(),
        text.heading,
        text.lead,
        *(f"{name}: {one_line(value)}" for name, value in text.facts),
        text.link[1] if text.link else "",
        *text.notes,
        mark,
    ]
    return shorten("\n".join(slack_mrkdwn(line, _ITEM) for line in said if line), _FALLBACK)
