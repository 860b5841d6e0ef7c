"""The words of a storm's summary: what was folded, how grave it is, where all of it is, and whether it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.counting import Counted, Counts
from tocsin_alerting.messages.bulletins.text import BulletinItem, BulletinText, strictest
from tocsin_alerting.messages.bulletins.view import BulletinView
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level
from tocsin_schemas.vocabulary import Status

HEADING = "{alerts} in one summary: {severities}"
URGENT_HEADING = "{alerts} that must be acted on, in one summary: {severities}"
OVER_HEADING = "The storm is over: {alerts} in one summary"
LEAD = (
    "More came for this address than the {budget} in {window} that it takes one by one. {alerts} of this storm were "
    "not sent by themselves: all are on the page below, and each still awaits its answer."
)
SINCE = "Since the last summary: {new} more or changed, {critical} of them critical."
SINCE_NO_CRITICAL = "Since the last summary: {new} more or changed, none of them critical."
OVER = "Since {at} no more came than this address takes; what comes now is sent by itself again."
GRAVEST = "The gravest"
OPEN = "See all of them"
CLOSED = "{count} of them have been resolved or retracted since."
NOTICES = (
    "Of {count} no more may be said here than label and severity; their pages show each reader what they may read."
)
DIFFERENT = "{count} different ones"
MORE = "{named}; {rest} more"
LABELS = {
    "severities": "By severity",
    "reporters": "Reported by",
    "systems": "System",
    "evaluations": "Evaluation",
    "domains": "Domain",
    "began": "Since",
}
_NAMED = 5


def write(view: BulletinView) -> BulletinText:
    """A storm's summary as its reader may have it."""
    holds = view.holds
    if holds is None:
        raise ValueError(f"bulletin {view.id}: a storm's summary is written from what it holds")
    content, language = view.content, view.reader
    over = None if content.get("ended") is None else datetime.fromisoformat(content["ended"])
    alerts = _alerts(holds.total)
    lead = [
        LEAD.format(
            budget=content["messages"], window=_window(timedelta(seconds=content["window_seconds"])), alerts=alerts
        )
    ]
    if holds.since:
        said = SINCE if holds.since_critical else SINCE_NO_CRITICAL
        lead.insert(0, said.format(new=_number(holds.since), critical=_number(holds.since_critical)))
    if over is not None:
        lead.insert(0, OVER.format(at=view.reader.instant(over)))
    heading = URGENT_HEADING if content.get("urgent") else HEADING
    return BulletinText(
        tlp=strictest(holds.label, *(alert.tlp for alert in view.alerts)),
        status=Status(content["status"]),
        heading=(OVER_HEADING if over is not None else heading).format(
            alerts=alerts, severities=_severities(language, holds)
        ),
        lead=" ".join(lead),
        facts=(
            *_facts(language, holds),
            (LABELS["began"], view.reader.instant(datetime.fromisoformat(content["began"]))),
        ),
        items_heading=GRAVEST,
        items=tuple(_item(language, alert, view.public_url) for alert in view.alerts),
        notes=tuple(_notes(holds)),
        link=(OPEN, f"{view.public_url}/summaries/{view.id}"),
        pressing=bool(content.get("urgent")) and over is None,
    )


def _item(language: Language, alert: AlertView, public_url: str) -> BulletinItem:
    link = f"{public_url}/alerts/{alert.id}"
    if alert.level is not Level.FULL:
        return BulletinItem(
            f"{words.heading(language, alert)}: {words.notice(language, alert)}", tlp=alert.tlp, link=link
        )
    mark = words.state_mark(language, alert.state)
    said = f"{mark} · {words.heading(language, alert)}:" if mark else f"{words.heading(language, alert)}:"
    return BulletinItem(said, alert.title or "", alert.language, tlp=alert.tlp, link=link)


def _facts(language: Language, holds: Counted) -> list[tuple[str, str]]:
    facts = [(LABELS["severities"], _severities(language, holds))]
    named: Mapping[str, Counts] = {
        "reporters": holds.reporters,
        "systems": holds.systems,
        "evaluations": holds.evaluations,
        "domains": holds.domains,
    }
    facts += [(LABELS[name], _most(counts)) for name, counts in named.items() if counts]
    return facts


def _notes(holds: Counted) -> list[str]:
    notes = []
    if holds.closed:
        notes.append(CLOSED.format(count=_number(holds.closed)))
    if holds.notices:
        notes.append(NOTICES.format(count=_number(holds.notices)))
    return notes


def _most(counts: Counts) -> str:
    if len(counts) > _NAMED and counts[0][1] == 1:
        return DIFFERENT.format(count=_number(len(counts)))
    named = ", ".join(f"{name} {_number(number)}" for name, number in counts[:_NAMED])
    rest = sum(number for _, number in counts[_NAMED:])
    return MORE.format(named=named, rest=_number(rest)) if rest else named


def _severities(language: Language, holds: Counted) -> str:
    return ", ".join(f"{_number(number)} {words.severity(language, severity)}" for severity, number in holds.severities)


def _alerts(number: int) -> str:
    return "1 alert" if number == 1 else f"{_number(number)} alerts"


def _number(number: int) -> str:
    return f"{number:,}"


def _window(window: timedelta) -> str:
    seconds = int(window.total_seconds())
    if seconds % 60:
        return f"{seconds} seconds"
    return "1 minute" if seconds == 60 else f"{seconds // 60} minutes"
