"""Short notes for Apprise: Teams, Matrix, Mattermost, SMS. The label comes first, in the title and in the text.

Some of these places read Markdown and mentions: what others wrote is made inert, so that it calls nobody and hides no
link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.text import BulletinText
from tocsin_alerting.messages.foreign import one_line, shorten
from tocsin_alerting.messages.language import ENGLISH, Language
from tocsin_alerting.messages.mail import subject_of
from tocsin_alerting.messages.telling import Telling
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level

TITLE_CHARACTERS = 200
LINE_CHARACTERS = 600
_ITEMS = 10
_JOINER = "\u2060"
"""A word joiner: nothing is seen of it, and no service finds a mention or a link across it."""
_MARKUP = re.compile(r"([@\[\]!<>`*_~|#])")


@dataclass(frozen=True, slots=True)
class Note:
    """What is sent to one place."""

    title: str
    text: str

    def as_dict(self) -> dict[str, Any]:
        """The note as it would have been sent, for the outbox of previews."""
        return {"subject": self.title, "text": self.text}


def inert(text: str) -> str:
    """A text in which no service finds a mention, a link or markup."""
    return _MARKUP.sub(rf"\1{_JOINER}", one_line(text)).replace("://", f":{_JOINER}//")


def render_note(view: AlertView | None, telling: Telling, language: Language = ENGLISH) -> Note:
    """The note that one delivery is, from what its reader may see.

    Raises:
        ValueError: nothing may be said, so there is no note.
    """
    if view is None:
        raise ValueError(f"delivery {telling.delivery_id}: nothing may be said, so there is no note to render")
    lines = [view.tlp.value]
    if words.STATUS_MARK[view.status]:
        lines.append(words.status_sentence(language, view.status))
    if view.level is Level.FULL:
        lines.append(words.told_because(language, telling, view))
        lines += [inert(each) for each in (view.title, view.summary) if each]
    else:
        lines.append(words.notice_explained(language, view))
    title = subject_of(view, telling, language)
    return _note(inert(title) if view.level is Level.FULL else title, lines, telling.alert_link)


def render_bulletin_note(text: BulletinText) -> Note:
    """A bulletin as a note."""
    lines = [text.tlp.value, text.lead, *(f"{words.colon(text.reader, name)} {value}" for name, value in text.facts)]
    lines += [f"{item.text} {inert(item.foreign)}".strip() for item in text.items[:_ITEMS]]
    lines += text.notes
    mark = words.STATUS_MARK[text.status]
    title = " ".join(each for each in (text.tlp.value, mark, text.heading) if each)
    return _note(title, lines, text.link[1] if text.link is not None else None)


def _note(title: str, lines: list[str], link: str | None) -> Note:
    shown = [shorten(line, LINE_CHARACTERS) for line in lines]
    return Note(shorten(title, TITLE_CHARACTERS), "\n".join([*shown, *([link] if link else [])]))
