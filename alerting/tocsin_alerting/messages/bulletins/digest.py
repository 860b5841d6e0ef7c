"""The words of a daily digest: what was not urgent, in one message at the time that its reader has chosen."""

from __future__ import annotations

from tocsin_alerting.messages.bulletins.holding import (
    GRAVEST,
    OPEN,
    alerts_in,
    facts_of,
    item_of,
    notes_of,
    severities_of,
)
from tocsin_alerting.messages.bulletins.text import BulletinText, strictest
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.phrases import phrase
from tocsin_schemas.vocabulary import Status, Tlp

HEADING = phrase("Daily digest, {alerts}: {severities}")
LEAD = phrase("What was not urgent since the last digest, told of here and not one by one: {alerts}.")


def write(view: BulletinView) -> BulletinText:
    """A digest as its reader may have it."""
    holds, language = view.holds, view.reader
    if holds is None:
        raise ValueError(f"bulletin {view.id}: a digest is written from what it holds")
    alerts = alerts_in(language, holds.total)
    return BulletinText(
        tlp=strictest(holds.label, *(alert.tlp for alert in view.alerts)),
        # Of each alert it says as much as may be said; beside that it only counts.
        own=Tlp.CLEAR,
        status=Status(view.content["status"]),
        heading=language.say(HEADING, alerts=alerts, severities=severities_of(language, holds)),
        lead=language.say(LEAD, alerts=alerts),
        facts=tuple(facts_of(language, holds)),
        items_heading=language.say(GRAVEST),
        items=tuple(item_of(language, alert, view.public_url) for alert in view.alerts),
        notes=tuple(notes_of(language, holds)),
        link=(language.say(OPEN), f"{view.public_url}/summaries/{view.id}"),
    )
