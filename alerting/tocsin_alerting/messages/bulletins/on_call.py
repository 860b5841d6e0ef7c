"""The words of a warning to administrators: something is wrong with their rota, now or soon, and what to do."""

from __future__ import annotations

from datetime import datetime

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.policy.oncall.faults import RotaFaultKind
from tocsin_schemas.vocabulary import Tlp

HEADINGS = {
    RotaFaultKind.GAP: "Nobody is on duty in team {team} from {at}",
    RotaFaultKind.UNKNOWN_PERSON: "The rota of team {team} names somebody unknown, from {at}",
    RotaFaultKind.NO_COPY: "The calendar of team {team} cannot be followed",
    RotaFaultKind.OVERLAP: "Shifts of team {team} overlap, from {at}",
    RotaFaultKind.CANNOT_BE_REACHED: "Who is on duty in team {team} cannot be told of alerts, from {at}",
    RotaFaultKind.LABEL_REACHES_NOBODY: "With the rota of team {team} some alerts would reach nobody, from {at}",
    RotaFaultKind.FEED_AWAY: "The calendar of team {team} can no longer be fetched",
}
LEADS = {
    RotaFaultKind.GAP: "An alert would be told to the whole team. Add a shift, or an override.",
    RotaFaultKind.UNKNOWN_PERSON: (
        "The event counts for nobody. Correct it, or add a contact with that mail address, id or name."
    ),
    RotaFaultKind.NO_COPY: "Alerts are told to the whole team until it can be. See to the calendar.",
    RotaFaultKind.OVERLAP: "All of them would be told. Shorten one of the shifts, unless that is meant.",
    RotaFaultKind.CANNOT_BE_REACHED: (
        "They may be told nothing of what the team is called for. Let somebody else take the shift, or see to their "
        "clearance and addresses."
    ),
    RotaFaultKind.LABEL_REACHES_NOBODY: (
        "Nobody on the ladder may be told of alerts with the label below. Let somebody take the shift who is cleared "
        "for it; for TLP:RED that is a named person with an address that nobody shares."
    ),
    RotaFaultKind.FEED_AWAY: "The last good copy of it stands, and may no longer be true. See to the calendar.",
}
SPAN = "From {begin} to {end}"
SINCE = "Since {begin}"
MORE = "And {count} times more in the days ahead."
ITEMS_HEADING = "When"
LABELS = {"institute": "Institute", "team": "Team", "what": "What"}
_SHOWN = 6
_LASTING = frozenset({RotaFaultKind.NO_COPY, RotaFaultKind.FEED_AWAY})


def write(view: BulletinView) -> BulletinText:
    """What is wrong with a rota, when, and what to do."""
    content = view.content
    kind, team, what = RotaFaultKind(content["fault"]), content["team"], content["what"]
    spans = [(datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in content["spans"]]
    rest = len(spans) - _SHOWN
    # Whom a calendar names is somebody else's text.
    about = (BulletinItem(f"{LABELS['what']}:", what),) if what else ()
    return BulletinText(
        tlp=Tlp.GREEN,
        heading=HEADINGS[kind].format(team=team, at=words.instant(spans[0][0])),
        lead=LEADS[kind],
        facts=((LABELS["institute"], view.institute_name), (LABELS["team"], team)),
        items_heading=ITEMS_HEADING,
        items=(*(_span(kind, *span) for span in spans[:_SHOWN]), *about),
        notes=(MORE.format(count=rest),) if rest > 0 else (),
    )


def _span(kind: RotaFaultKind, begin: datetime, end: datetime) -> BulletinItem:
    if kind in _LASTING:
        return BulletinItem(SINCE.format(begin=words.instant(begin)))
    return BulletinItem(SPAN.format(begin=words.instant(begin), end=words.instant(end)))
