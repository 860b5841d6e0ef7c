"""Slack messages: Block Kit with a plain-text fallback, as plain dicts, within Slack's limits.

Limits: https://docs.slack.dev/reference/block-kit/blocks. Lengths are kept in UTF-16 units, below what Slack takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin_alerting.messages import judged, weighed, words
from tocsin_alerting.messages.foreign import clean, isolated, one_line, shorten, slack_mrkdwn, slack_plain, width
from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.slack_answered import answered_buttons
from tocsin_alerting.messages.slack_compared import compared
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_alerting.policy.telling import DeliveryKind, TellingReason
from tocsin_schemas.vocabulary import ReportKind, Severity, Status

ANSWER_BLOCK = "answer"
ACKNOWLEDGE_ACTION = "acknowledge"
OPEN_ACTION = "open"

_HEADER, _SUMMARY, _LINE, _FIELD, _STANDING, _DISSENTS, _FALLBACK = 148, 1_280, 600, 300, 1_900, 900, 2_800
_BEARINGS, _RELATED, _BLOCKS = 550, 350, 9_900
"""A section takes 3,000 and all blocks together were refused at about 13,200 (bolt-js#2509): stay below 10,000."""
_USER_ID = re.compile(r"(?:.*:)?([UW][A-Z0-9]{2,30})")

Block = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SlackMessage:
    """What is posted or put in place of an earlier post."""

    text: str
    """Everything important, for notifications and screen readers."""
    blocks: tuple[Block, ...]
    broadcast: bool = False
    """For a reply: whether it shows in the channel as well as in the thread."""

    def as_dict(self) -> dict[str, Any]:
        """The message as it would have been posted, for the outbox of previews."""
        return {"text": self.text, "blocks": list(self.blocks), "reply_broadcast": self.broadcast}


def render_slack(view: AlertView | None, telling: Telling, language: Language = ENGLISH) -> SlackMessage:
    """The message that one delivery is, from what its reader may see; None is a reader who may see nothing any more."""
    if view is None:
        return _tombstone(language, telling)
    if view.level is not Level.FULL:
        return _notice(language, view, telling)
    if telling.moved:
        return _moved(language, view, telling)
    if telling.kind is DeliveryKind.REPLY:
        return _reply(language, view, telling)
    return _message(language, view, telling)


def _message(language: Language, view: AlertView, telling: Telling) -> SlackMessage:
    """The whole alert; where all parts are at their longest at once, the reported text makes room."""
    whole = _whole(language, view, telling, _SUMMARY)
    over = width(json.dumps(whole.blocks, ensure_ascii=False)) - _BLOCKS
    return whole if over <= 0 else _whole(language, view, telling, max(_SUMMARY - over, _HEADER))


def _whole(language: Language, view: AlertView, telling: Telling, summary: int) -> SlackMessage:
    edited = telling.kind is DeliveryKind.EDIT
    blocks: list[Block | None] = [_header(language, view), _mark(language, view)]
    if not edited:
        because = slack_mrkdwn(words.told_because(language, telling, view), _LINE)
        blocks.append(_section(f"{_mention(view, telling)}{because}"))
    label = words.colon(language, words.grade_label(language, view))
    severity = f"*{label}* {words.headline(language, view)}"
    blocks.append(
        _section("\n".join([severity, *(slack_mrkdwn(each, _LINE) for each in judged.grounds(language, view))]))
    )
    blocks.append(_dissents(language, view))
    blocks.append(_summary(language, view, summary))
    blocks.append(_fields(language, view))
    blocks.extend(compared(language, view))
    blocks.append(_bearings(language, view))
    blocks.append(_related(language, view, telling))
    asked = slack_mrkdwn(words.wanted(language, view, telling), _LINE)
    blocks.append(_section(f"*{words.label(language, 'wanted')}* {asked}"))
    blocks.append(_standing(language, view))
    blocks.append(_buttons(language, view, telling))
    blocks.append(_footer(language, view, telling))
    return SlackMessage(_fallback(language, view, telling), _present(blocks))


def _reply(language: Language, view: AlertView, telling: Telling) -> SlackMessage:
    pages = telling.reason.pages
    lines = [slack_mrkdwn(words.told_because(language, telling, view), _LINE)]
    change = words.change_told(view, telling)
    if change is not None and not pages:
        lines = [slack_mrkdwn(words.change_sentence(language, change), _LINE)]
        if change.note:
            lines.append(_quoted(change.note))
    if telling.reason is TellingReason.REMINDED:
        because = words.told_because(language, telling, view)
        lines = [slack_mrkdwn(each, _LINE) for each in (because, words.wanted(language, view, telling))]
    if pages and change is not None and change.note:
        lines.append(_quoted(change.note))
    if pages:
        title = slack_mrkdwn(one_line(view.title or ""), _FIELD)
        lines.append(f"*{words.colon(language, words.heading(language, view))}* {title}")
        lines.append(slack_mrkdwn(words.wanted(language, view, telling), _LINE))
    blocks: list[Block | None] = [
        _mark(language, view, first=True),
        _section(f"*{view.tlp.value}* {_mention(view, telling)}" + "\n".join(lines)),
        None if pages else _related(language, view, telling),
        _buttons(language, view, telling) if pages else _answered(language, view, telling),
        _footer(language, view, telling) if pages or view.status is not Status.ACTUAL else None,
    ]
    return SlackMessage(_fallback(language, view, telling), _present(blocks), broadcast=pages)


def _quoted(note: str) -> str:
    return "\n".join(f"> {line}" for line in slack_mrkdwn(note, _LINE).splitlines())


def _answered(language: Language, view: AlertView, telling: Telling) -> Block | None:
    """What may still be done about an answer stands beneath it, and beneath a reminder of it."""
    tells = telling.reason in {TellingReason.ANSWERED, TellingReason.REMINDED}
    return answered_buttons(language, view, telling) if tells else None


def _moved(language: Language, view: AlertView, telling: Telling) -> SlackMessage:
    blocks = [
        _header(language, view),
        _mark(language, view),
        _section(language.say(words.MOVED)),
        _footer(language, view, telling),
    ]
    text = f"{view.tlp.value} {language.say(words.MOVED)}"
    return SlackMessage(text, _present(blocks))


def _notice(language: Language, view: AlertView, telling: Telling) -> SlackMessage:
    """Label, severity, status and a link: nothing else may be said."""
    said = f"*{view.tlp.value}* *{words.notice(language, view)}*\n{words.notice_explained(language, view)}"
    link = f"<{telling.alert_link}|{language.say(words.LABELS['open'])}>"
    blocks = [_mark(language, view, first=True), _section(f"{said}\n{link}"), _mark(language, view, end=True)]
    mark = words.STATUS_MARK[view.status]
    text = " ".join(
        part
        for part in (
            view.tlp.value,
            mark,
            words.notice(language, view),
            words.notice_explained(language, view),
            telling.alert_link,
            mark,
        )
        if part
    )
    pages = telling.kind is DeliveryKind.REPLY and telling.reason.pages
    return SlackMessage(text, _present(blocks), broadcast=pages)


def _tombstone(language: Language, telling: Telling) -> SlackMessage:
    if telling.kind is not DeliveryKind.EDIT:
        raise ValueError(f"delivery {telling.delivery_id}: nothing may be said, so there is no message to render")
    text = language.say(words.TOMBSTONE)
    return SlackMessage(text, (_section(text),))


def _header(language: Language, view: AlertView) -> Block:
    parts = [view.tlp.value]
    if view.status is not Status.ACTUAL:
        parts.append(view.status.value.upper())
    if view.state in words.STATE_MARK:
        parts.append(words.state_mark(language, view.state))
    parts.append(words.colon(language, words.heading(language, view)))
    text = f"{' · '.join(parts)} {isolated(one_line(view.title or ''))}"
    return {"type": "header", "text": {"type": "plain_text", "text": slack_plain(text, _HEADER), "emoji": False}}


def _mark(language: Language, view: AlertView, *, first: bool = False, end: bool = False) -> Block | None:
    """Whether it is meant; with `first` nothing stands above it, so it begins with the label."""
    mark = words.STATUS_MARK[view.status]
    if not mark:
        return None
    label = f"*{view.tlp.value}* " if first else ""
    return _section(f"*{mark}*" if end else f"{label}*{mark}*\n{words.status_sentence(language, view.status)}")


def _section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _summary(language: Language, view: AlertView, room: int) -> Block | None:
    whole = clean(view.summary or "").strip()
    if not whole:
        return None
    text = slack_plain(whole, room)
    if width(whole) > room:
        text = f"{text}\n({language.say(words.CUT)})"
    remark = words.in_language(language, view.language)
    if remark:
        text = f"{remark}\n{text}"
    # Plain text: what a report says is shown as it was written, never as markup.
    return {"type": "section", "text": {"type": "plain_text", "text": text, "emoji": False}}


def _fields(language: Language, view: AlertView) -> Block:
    results = "results" if view.kind is ReportKind.FINDING else "figures"
    pairs = (
        ("reported_by", language.join(view.reporters)),
        ("system", view.system),
        ("evaluation", view.evaluation),
        (results, "; ".join(words.figures(language, view))),
        ("assessed", words.assessed_as(language, view)),
        ("state", language.say(words.STATE[view.state])),
        ("clocks", "; ".join(words.clocks(language, view))),
    )
    return {
        "type": "section",
        "fields": [
            {"type": "mrkdwn", "text": f"*{words.label(language, name)}*\n{slack_mrkdwn(one_line(value), _FIELD)}"}
            for name, value in pairs
            if value and one_line(value)
        ],
    }


def _bearings(language: Language, view: AlertView) -> Block | None:
    lines = [f"• {slack_mrkdwn(one_line(line), _FIELD)}" for line in weighed.bearings(language, view)]
    return _section(_fit(language, f"*{language.say(weighed.BEARING)}*", lines, _BEARINGS)) if lines else None


def _related(language: Language, view: AlertView, telling: Telling) -> Block | None:
    lines = [
        f"• <{page}|{slack_mrkdwn(line, _FIELD)}>" for line, page in weighed.related(language, view, telling.alert_link)
    ]
    return _section(_fit(language, f"*{language.say(weighed.SEE_ALSO)}*", lines, _RELATED)) if lines else None


def _dissents(language: Language, view: AlertView) -> Block | None:
    held = judged.dissents(language, view)
    if not held:
        return None
    return _section(
        _fit(
            language,
            f"*{language.say(judged.DISSENT)}*",
            [f"• {slack_mrkdwn(each, _FIELD)}" for each in held],
            _DISSENTS,
        )
    )


def _standing(language: Language, view: AlertView) -> Block | None:
    if not view.responses:
        return None
    quorum = words.quorum(language, view)
    lines = [f"_{slack_mrkdwn(quorum, _LINE)}_"] if quorum else []
    lines += [
        f"• *{words.colon(language, slack_mrkdwn(one_line(each.name), 80))}* "
        f"{slack_mrkdwn(one_line(words.standing(language, each)), 200)}"
        for each in view.responses
    ]
    return _section(_fit(language, f"*{words.standing_heading(language, view)}*", lines, _STANDING))


def _fit(language: Language, heading: str, lines: Sequence[str], most: int) -> str:
    kept, room = [heading], most - width(heading)
    for position, line in enumerate(lines):
        room -= width(line) + 1
        if room < 0:
            kept.append(words.and_more(language, len(lines) - position))
            break
        kept.append(line)
    return "\n".join(kept)


def _buttons(language: Language, view: AlertView, telling: Telling) -> Block:
    elements: list[Block] = []
    if telling.asked and words.answer_wanted(view, telling.institute):
        elements.append(
            {
                "type": "button",
                "action_id": ACKNOWLEDGE_ACTION,
                "style": "primary",
                "text": {"type": "plain_text", "text": language.say(words.LABELS["acknowledge"]), "emoji": False},
                "accessibility_label": language.say(words.BUTTON_LABEL),
                # An opaque name: who may answer is decided from who clicked.
                "value": telling.delivery_id,
            }
        )
    elements.append(
        {
            "type": "button",
            "action_id": OPEN_ACTION,
            "text": {"type": "plain_text", "text": language.say(words.LABELS["open"]), "emoji": False},
            "url": telling.alert_link,
            # Slack reports the press of a link as well: somebody has looked.
            "value": telling.delivery_id,
        }
    )
    return {"type": "actions", "block_id": ANSWER_BLOCK, "elements": elements}


def _footer(language: Language, view: AlertView, telling: Telling) -> Block:
    parts = [
        view.tlp.value,
        f"{language.say(words.LABELS['alert'])} {telling.alert_id}",
        language.instant(view.updated_at),
    ]
    mark = words.STATUS_MARK[view.status]
    if mark:
        parts.append(mark)
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": slack_mrkdwn(" · ".join(parts), _LINE)}],
    }


def _mention(view: AlertView, telling: Telling) -> str:
    """Slack's own markup that calls somebody: the person named, or whoever is there when it is severe and meant."""
    if not telling.reason.pages or telling.kind is DeliveryKind.EDIT:
        return ""
    user = _USER_ID.fullmatch(telling.slack_user or "")
    if user is not None:
        return f"<@{user.group(1)}> "
    grave = not words.is_guidance(view) and view.severity in {Severity.SEVERE, Severity.CRITICAL}
    return "<!here> " if telling.shared and grave and view.status is Status.ACTUAL else ""


def _fallback(language: Language, view: AlertView, telling: Telling) -> str:
    mark = words.STATUS_MARK[view.status]
    change = words.change_told(view, telling)
    because = words.told_because(language, telling, view)
    if telling.kind is not DeliveryKind.MESSAGE and change is not None and not telling.reason.pages:
        because = words.change_sentence(language, change)
    remark = words.in_language(language, view.language) if view.title else ""
    said = [
        f"{view.tlp.value} {mark}".strip(),
        because,
        _graded(language, view),
        " ".join(part for part in (isolated(one_line(view.title or "")), remark) if part),
        words.wanted(language, view, telling),
        telling.alert_link,
        mark,
    ]
    # Slack reads the fallback as mrkdwn, so it is escaped as such.
    return shorten("\n".join(slack_mrkdwn(line, _LINE) for line in said if line), _FALLBACK)


def _graded(language: Language, view: AlertView) -> str:
    label = words.colon(language, words.grade_label(language, view))
    graded = f"{label} {words.headline(language, view)}"
    headline = language.pgettext("end of a sentence", "{said}.", said=graded)
    return language.sentences((headline, *judged.grounds(language, view)[:1]))


def _present(blocks: Iterable[Block | None]) -> tuple[Block, ...]:
    return tuple(block for block in blocks if block is not None)
