"""The words of a silence's bulletins: it begins, it is over, or it keeps something grave back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText, strictest
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.described import described, role
from tocsin_alerting.messages.phrases import Phrase, phrase, phrase_in
from tocsin_alerting.policy.muting.silences import CauseKind, parts_of
from tocsin_schemas.vocabulary import Severity, Tlp

HEADINGS = {
    "begun": phrase("A silence has begun"),
    "over": phrase("A silence is over"),
    "hides": phrase("A silence keeps back an alert: {severity}"),
}
LEADS = {
    "begun": phrase("Calls that it means are kept back until it ends; what is critical, or severe and urgent, calls."),
    "over": phrase("Whoever was not told of an alert that is still open and unanswered is told now."),
    "severe": phrase("Nobody is called about it until the silence ends. Look at it, and end the silence if need be."),
    "gravest_so_far": phrase(
        "It is graver than all that the silence has kept back before. Look at it, and end the silence if need be."
    ),
}
WINDOW_HEADING = phrase("A maintenance window keeps back an alert: {severity}")
WINDOW_LEADS = {
    "severe": phrase("Nobody is called about it until the window closes. Look at it."),
    "gravest_so_far": phrase("It is graver than all that the window has kept back before. Look at it."),
}
LABELS = {
    "for": phrase_in("label", "For"),
    "until": phrase_in("label", "Until"),
    "by": phrase_in("label", "Asked for by"),
    "why": phrase_in("label", "Why"),
    CauseKind.SILENCE: phrase_in("label", "Silence"),
    CauseKind.MAINTENANCE: phrase_in("label", "Maintenance window"),
}
SAID = Tlp.AMBER
"""Who asked for quiet and why is the network's own business."""
FOR_ALL = phrase("everybody in the network")
OPEN = phrase("Open the alert")


def write(view: BulletinView) -> BulletinText:
    """Whose silence, until when, by whom and why; of an alert only its severity, its id and the way to it."""
    content, language = view.content, view.reader
    what = content["what"]
    severity = words.severity(language, Severity(content["severity"])) if what == "hides" else ""
    heading, lead = _said(content)
    facts = [
        (LABELS["for"], language.say(FOR_ALL) if content["for_all"] else view.institute_name),
        (LABELS["until"], language.instant(datetime.fromisoformat(content["ends_at"])) if content["ends_at"] else ""),
        (LABELS["by"], _by(view)),
        _cause(content["cause"]),
    ]
    reason = content["reason"]
    kept = content.get("kept", 0)
    counted = language.ngettext(
        "While it lasted {count} alert was kept back.", "While it lasted {count} alerts were kept back.", kept
    )
    return BulletinText(
        tlp=_label(view, hides=what == "hides"),
        own=SAID,
        heading=language.say(heading, severity=severity),
        lead=language.sentences([counted if what == "over" else "", language.say(lead)]),
        facts=tuple((language.say(name), value) for name, value in facts if value),
        items=(BulletinItem(words.colon(language, language.say(LABELS["why"])), reason),) if reason else (),
        link=(language.say(OPEN), f"{view.public_url}/alerts/{content['alert']}") if what == "hides" else None,
        pressing=what == "hides",
    )


def _said(content: Mapping[str, Any]) -> tuple[Phrase, Phrase]:
    """Heading and lead; a window is not ended by whoever reads of it."""
    what = content["what"]
    if what != "hides":
        return HEADINGS[what], LEADS[what]
    if parts_of(content["cause"])[0] is CauseKind.MAINTENANCE:
        return WINDOW_HEADING, WINDOW_LEADS[content["why"]]
    return HEADINGS[what], LEADS[content["why"]]


def _cause(cause: str) -> tuple[Phrase, str]:
    """What keeps it back: a silence by its id, with which it is ended; a window by its name."""
    kind, name = parts_of(cause)
    return LABELS[kind], name


def _by(view: BulletinView) -> str:
    """Who asked for quiet: a name, or a role in the reader's language."""
    content = view.content
    return described(view.reader, role(content["by"] or "", lambda institute: content.get("by_institute", institute)))


def _label(view: BulletinView, *, hides: bool) -> Tlp:
    """That it keeps an alert back, and how grave that is, may be known to whom the alert may be known."""
    return strictest(SAID, *(alert.tlp for alert in view.alerts), *view.unknown) if hides else SAID
