"""A bulletin as a mail: HTML and a text part with everything."""

from __future__ import annotations

from dataclasses import replace

from tocsin_alerting.messages import words
from tocsin_alerting.messages.binding import template_words
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.foreign import one_line, shorten
from tocsin_alerting.messages.mail import SUBJECT_CHARACTERS, Mail, mail_templates

_ITEMS, _FOREIGN, _FACTS, _FACT, _LEAD, _HEADING = 25, 200, 10, 300, 1_200, 300


def render_bulletin_mail(
    text: BulletinText,
    *,
    reference: str,
    contact_name: str,
    institute_name: str,
    domain: str,
) -> Mail:
    """The mail that a bulletin is.

    Args:
        text: what it says.
        reference: its id; the root of its thread.
        contact_name: of the addressee: a mail that was forwarded says for whom it was.
        institute_name: of the addressee's institute.
        domain: of the sender's address.
    """
    language, mark = text.reader, words.STATUS_MARK[text.status]
    subject = _subject(text, mark)
    text = _fitting(text)
    said, link = text.link or (None, None)
    known = {
        "view": text,
        "reference": reference,
        "contact_name": contact_name,
        "institute_name": institute_name,
        # What the frame of the HTML part is filled with.
        "subject": subject,
        "language": language.tag,
        "direction": "ltr",
        "tlp": text.tlp.value,
        "mark": mark,
        "mark_sentence": words.status_sentence(language, text.status),
        "preview": " ".join(each for each in (text.tlp.value, mark, text.lead) if each),
        "button": said,
        "link": link,
    }
    templates = mail_templates()
    root = f"<bulletin-{reference}@{domain}>"
    pressing = text.pressing and not mark
    return Mail(
        subject=subject,
        text=templates.get_template("text/bulletin.txt.j2").render(template_words(language, html=False), **known),
        html=templates.get_template("mail/bulletin.html.j2").render(template_words(language, html=True), **known),
        headers={
            "References": root,
            "In-Reply-To": root,
            # RFC 3834: no machine answers this.
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
            "Importance": "high" if pressing else "normal",
            "X-Priority": "1" if pressing else "3",
        },
    )


def _fitting(text: BulletinText) -> BulletinText:
    """With as many lines, and as much of each, as keeps the mail small enough to be shown whole."""
    items = [replace(item, foreign=shorten(one_line(item.foreign), _FOREIGN)) for item in text.items[:_ITEMS]]
    if len(text.items) > _ITEMS:
        more = text.reader.ngettext("and {count} more", "and {count} more", len(text.items) - _ITEMS)
        items.append(BulletinItem(more))
    facts = tuple((shorten(name, _FACT), shorten(one_line(value), _FACT)) for name, value in text.facts[:_FACTS])
    return replace(
        text,
        heading=shorten(one_line(text.heading), _HEADING),
        lead=shorten(text.lead, _LEAD),
        items=tuple(items),
        facts=facts,
        notes=tuple(shorten(note, _LEAD) for note in text.notes),
    )


def _subject(text: BulletinText, mark: str) -> str:
    beginning = " ".join(part for part in (text.tlp.value, mark) if part) + " "
    end = f" [{text.status.value.upper()}]" if mark else ""
    return beginning + shorten(one_line(text.heading), SUBJECT_CHARACTERS - len(beginning) - len(end)) + end
