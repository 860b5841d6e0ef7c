"""The words of a warning to administrators: something is wrong with their rota, now or soon, and what to do."""

from __future__ import annotations

from datetime import datetime

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.policy.oncall.faults import RotaFaultKind
from tocsin_schemas.vocabulary import Tlp

HEADINGS = {
    RotaFaultKind.GAP: phrase("Nobody is on duty in team {team} from {at}"),
    RotaFaultKind.UNKNOWN_PERSON: phrase("The rota of team {team} names somebody unknown, from {at}"),
    RotaFaultKind.NO_COPY: phrase("The calendar of team {team} cannot be followed"),
    RotaFaultKind.OVERLAP: phrase("Shifts of team {team} overlap, from {at}"),
    RotaFaultKind.CANNOT_BE_REACHED: phrase("Who is on duty in team {team} cannot be told of alerts, from {at}"),
    RotaFaultKind.LABEL_REACHES_NOBODY: phrase(
        "With the rota of team {team} some alerts would reach nobody, from {at}"
    ),
    RotaFaultKind.FEED_AWAY: phrase("The calendar of team {team} can no longer be fetched"),
}
LEADS = {
    RotaFaultKind.GAP: phrase("An alert would be told to the whole team. Add a shift, or an override."),
    RotaFaultKind.UNKNOWN_PERSON: phrase(
        "The event counts for nobody. Correct it, or add a contact with that mail address, id or name."
    ),
    RotaFaultKind.NO_COPY: phrase("Alerts are told to the whole team until it can be. See to the calendar."),
    RotaFaultKind.OVERLAP: phrase("All of them would be told. Shorten one of the shifts, unless that is meant."),
    RotaFaultKind.CANNOT_BE_REACHED: phrase(
        "They may be told nothing of what the team is called for. Let somebody else take the shift, or see to their "
        "clearance and addresses."
    ),
    RotaFaultKind.LABEL_REACHES_NOBODY: phrase(
        "Nobody on the ladder may be told of alerts with the label below. Let somebody take the shift who is cleared "
        "for it; for TLP:RED that is a named person with an address that nobody shares."
    ),
    RotaFaultKind.FEED_AWAY: phrase("The last good copy of it stands, and may no longer be true. See to the calendar."),
}
SPAN = phrase("From {begin} to {end}")
SINCE = phrase("Since {begin}")
ITEMS_HEADING = phrase("When")
LABELS = {
    "institute": phrase_in("label", "Institute"),
    "team": phrase_in("label", "Team"),
    "what": phrase_in("label", "What"),
}
_SHOWN = 6
_SAID_IN = {RotaFaultKind.FEED_AWAY: "en"}
"""In what is said what a fault is about, where it is not a name: a fetch that failed says so in English."""
_LASTING = frozenset({RotaFaultKind.NO_COPY, RotaFaultKind.FEED_AWAY})


def write(view: BulletinView) -> BulletinText:
    """What is wrong with a rota, when, and what to do."""
    content, language = view.content, view.reader
    kind, team, what = RotaFaultKind(content["fault"]), content["team"], content["what"]
    spans = [(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in content["spans"]]
    rest = len(spans) - _SHOWN
    # Whom a calendar names is somebody else's text.
    about = (
        (BulletinItem(words.colon(language, language.say(LABELS["what"])), what, _SAID_IN.get(kind)),) if what else ()
    )
    more = language.ngettext(
        "And {count} time more in the days ahead.", "And {count} times more in the days ahead.", rest
    )
    return BulletinText(
        tlp=Tlp.GREEN,
        heading=language.say(HEADINGS[kind], team=team, at=language.instant(spans[0][0])),
        lead=language.say(LEADS[kind]),
        facts=((language.say(LABELS["institute"]), view.institute_name), (language.say(LABELS["team"]), team)),
        items_heading=language.say(ITEMS_HEADING),
        items=(*(_span(language, kind, *span) for span in spans[:_SHOWN]), *about),
        notes=(more,) if rest > 0 else (),
    )


def _span(language: Language, kind: RotaFaultKind, begin: datetime, end: datetime) -> BulletinItem:
    if kind in _LASTING:
        return BulletinItem(language.say(SINCE, begin=language.instant(begin)))
    return BulletinItem(language.say(SPAN, begin=language.instant(begin), end=language.instant(end)))
