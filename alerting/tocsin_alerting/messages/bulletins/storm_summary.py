"""The words of a storm's summary: what was folded, how grave it is, where all of it is, and whether it is over."""

from __future__ import annotations

from datetime import datetime

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
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_schemas.vocabulary import Status, Tlp

HEADING = phrase("{alerts} in one summary: {severities}")
URGENT_HEADING = phrase("{alerts} to act on, in one summary: {severities}")
OVER_HEADING = phrase("The storm is over: {alerts} in one summary")
LEAD = phrase(
    "More came for this address than the {budget} in {window} that it takes one by one. {alerts} were not sent by "
    "themselves: all are on the page below, and each still awaits its answer."
)
SINCE = phrase("Since the last summary: {new} more or changed, {critical} of them critical.")
OVER = phrase("Since {at} no more has come than this address takes; what comes now is sent by itself again.")
BEGAN = phrase_in("label", "Since")


def write(view: BulletinView) -> BulletinText:
    """A storm's summary as its reader may have it."""
    holds = view.holds
    if holds is None:
        raise ValueError(f"bulletin {view.id}: a storm's summary is written from what it holds")
    content, language = view.content, view.reader
    over = None if content.get("ended") is None else datetime.fromisoformat(content["ended"])
    alerts = alerts_in(language, holds.total)
    window = _window(language, content["window_seconds"])
    lead = [language.say(LEAD, budget=language.number(content["messages"]), window=window, alerts=alerts)]
    if holds.since:
        new, critical = language.number(holds.since), language.number(holds.since_critical)
        lead.insert(0, language.say(SINCE, new=new, critical=critical))
    if over is not None:
        lead.insert(0, language.say(OVER, at=language.instant(over)))
    heading = URGENT_HEADING if content.get("urgent") else HEADING
    began = language.instant(datetime.fromisoformat(content["began"]))
    return BulletinText(
        tlp=strictest(holds.label, *(alert.tlp for alert in view.alerts)),
        # Of each alert it says as much as may be said; beside that it only counts.
        own=Tlp.CLEAR,
        status=Status(content["status"]),
        heading=language.say(OVER_HEADING, alerts=alerts)
        if over is not None
        else language.say(heading, alerts=alerts, severities=severities_of(language, holds)),
        lead=language.sentences(lead),
        facts=(*facts_of(language, holds), (language.say(BEGAN), began)),
        items_heading=language.say(GRAVEST),
        items=tuple(item_of(language, alert, view.public_url) for alert in view.alerts),
        notes=tuple(notes_of(language, holds)),
        link=(language.say(OPEN), f"{view.public_url}/summaries/{view.id}"),
        pressing=bool(content.get("urgent")) and over is None,
    )


def _window(language: Language, seconds: float) -> str:
    whole = round(seconds)
    if whole % 60:
        return language.ngettext("{count} second", "{count} seconds", whole)
    return language.ngettext("{count} minute", "{count} minutes", whole // 60)
