"""Text that others wrote, made safe to show: it addresses nobody, disguises no link and turns no line around."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

ELLIPSIS = "…"
_KEPT_FORMAT = frozenset("\u200c\u200d\u200e\u200f\u061c")
"""Joiners and single direction marks: Persian, Arabic, Hebrew and emoji need them, and they end with their word."""
_FIRST_STRONG, _POP = "\u2068", "\u2069"
_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_NO_ISOLATES = dict.fromkeys(map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
_CONTROL_SEQUENCE = re.compile(r"<(?=[!@#]|[a-zA-Z][a-zA-Z+.-]*:)")


def clean(text: str, *, kept: frozenset[str] = _KEPT_FORMAT) -> str:
    """A text without control characters other than line breaks and tabs, and without invisible format characters.

    Bidirectional embeddings, overrides and isolates go: unbalanced, they would turn round what stands after them.
    """
    if text.isprintable():
        # Most texts: nothing in it is a control or format character.
        return text
    shown = []
    for character in text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n"):
        category = unicodedata.category(character)
        if (category == "Cc" and character not in "\n\t") or (category == "Cf" and character not in kept):
            continue
        # A lone surrogate cannot be encoded, and would stop the whole message.
        shown.append("\ufffd" if category == "Cs" else character)
    return "".join(shown)


def isolated(text: str) -> str:
    """A text for a line that runs the other way, so that it does not turn round what stands beside it.

    Only what has a character of a script from right to left is wrapped; what it held of isolates itself is taken out.
    """
    if (
        text.isascii()
        or _is_isolated(text)
        or not any(unicodedata.bidirectional(each) in _RIGHT_TO_LEFT for each in text)
    ):
        return text
    return f"{_FIRST_STRONG}{text.translate(_NO_ISOLATES)}{_POP}"


def _is_isolated(text: str) -> bool:
    """Whether every isolate that begins in it also ends in it, and there is one."""
    if _FIRST_STRONG not in text:
        return False
    depth = 0
    for character in text:
        depth += (character == _FIRST_STRONG) - (character == _POP)
        if depth < 0:
            return False
    return depth == 0


def _clean_within(text: str) -> str:
    """The same as `clean`, with the isolates that `isolated` put round what others wrote."""
    return clean(text, kept=_KEPT_FORMAT | {_FIRST_STRONG, _POP} if _is_isolated(text) else _KEPT_FORMAT)


def one_line(text: str) -> str:
    """A text on one line: for subjects and headings, where a line break would begin something else."""
    return " ".join(clean(text).split())


def width(text: str) -> int:
    """Length in UTF-16 units: Slack's clients count so, and emoji count twice."""
    return len(text) if text.isascii() else len(text) + sum(character > "\uffff" for character in text)


def shorten(text: str, limit: int) -> str:
    """A text of at most `limit` UTF-16 units; what is left out is marked by an ellipsis."""
    return text if width(text) <= limit else _cut(text, limit)


def slack_plain(text: str, limit: int) -> str:
    """A text for Slack's `plain_text`, where nothing is markup; what looks like a control sequence looks so no more."""
    return shorten(_CONTROL_SEQUENCE.sub("\u2039", _clean_within(text)), limit)


def slack_mrkdwn(text: str, limit: int) -> str:
    """A text for Slack's `mrkdwn`: `&`, `<` and `>` are escaped, so that it mentions nobody and hides no link.

    The limit is kept after escaping, and no entity is cut in two.
    See https://docs.slack.dev/messaging/formatting-message-text/#escaping
    """
    cleaned = _clean_within(text)
    escaped = cleaned.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped if width(escaped) <= limit else _cut(cleaned, limit, _ENTITIES)


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def _cut(text: str, limit: int, entities: Mapping[str, str] = MappingProxyType({})) -> str:
    kept: list[str] = []
    room = limit - width(ELLIPSIS)
    for character in text:
        written = entities.get(character, character)
        room -= width(written)
        if room < 0:
            break
        kept.append(written)
    return "".join(kept).rstrip() + ELLIPSIS
