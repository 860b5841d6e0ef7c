"""What is said of every bulletin that holds others: counts, the gravest with links, and what has become of them."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_alerting.messages import words
from tocsin_alerting.messages.bulletins.counting import Counted, Counts
from tocsin_alerting.messages.bulletins.text import BulletinItem
from tocsin_alerting.messages.language import Language
from tocsin_alerting.messages.phrases import phrase, phrase_in
from tocsin_alerting.messages.view import AlertView
from tocsin_alerting.policy.disclosure import Level

GRAVEST = phrase("The gravest")
OPEN = phrase("See all of them")
NOTICES = phrase(
    "Of some no more may be said here than label and severity; their pages say to each reader what they may."
)
COUNTED = phrase("{name} {count}")
NAMED = phrase("{name} ({count})")
MORE = phrase("{named}; {rest} more")
LABELS = {
    "severities": phrase_in("label", "By severity"),
    "reporters": phrase_in("label", "Reported by"),
    "systems": phrase_in("label", "System"),
    "evaluations": phrase_in("label", "Evaluation"),
    "domains": phrase_in("label", "Domain"),
}
_NAMED = 5


def alerts_in(language: Language, many: int) -> str:
    """How many alerts, in words."""
    return language.ngettext("{count} alert", "{count} alerts", many)


def item_of(language: Language, alert: AlertView, public_url: str) -> BulletinItem:
    """One alert as a line with its link; of what may not travel only that it awaits its reader."""
    link = f"{public_url}/alerts/{alert.id}"
    heading = words.heading(language, alert)
    if alert.level is not Level.FULL:
        return BulletinItem(
            f"{words.colon(language, heading)} {words.notice(language, alert)}", tlp=alert.tlp, link=link
        )
    mark = words.state_mark(language, alert.state)
    said = words.colon(language, f"{mark} · {heading}" if mark else heading)
    return BulletinItem(said, alert.title or "", alert.language, tlp=alert.tlp, link=link)


def facts_of(language: Language, holds: Counted) -> list[tuple[str, str]]:
    """What it holds, counted in several ways."""
    named: Mapping[str, Counts] = {
        "reporters": holds.reporters,
        "systems": holds.systems,
        "evaluations": holds.evaluations,
        "domains": tuple((words.domain(language, name), many) for name, many in holds.domains),
    }
    counted = [(language.say(LABELS[name]), _most(language, counts)) for name, counts in named.items() if counts]
    return [(language.say(LABELS["severities"]), severities_of(language, holds)), *counted]


def notes_of(language: Language, holds: Counted) -> list[str]:
    """What its reader should know beside the counts."""
    notes = []
    if holds.closed:
        notes.append(
            language.ngettext(
                "{count} of them has been resolved or retracted since.",
                "{count} of them have been resolved or retracted since.",
                holds.closed,
            )
        )
    if holds.notices:
        notes.append(language.say(NOTICES))
    return notes


def severities_of(language: Language, holds: Counted) -> str:
    """How many there are of each severity, the gravest first."""
    return ", ".join(
        language.say(COUNTED, name=words.severity(language, severity), count=language.number(many))
        for severity, many in holds.severities
    )


def _most(language: Language, counts: Counts) -> str:
    if len(counts) > _NAMED and counts[0][1] == 1:
        return language.ngettext("{count} different one", "{count} different ones", len(counts))
    named = language.join(language.say(NAMED, name=name, count=language.number(many)) for name, many in counts[:_NAMED])
    rest = sum(many for _, many in counts[_NAMED:])
    return language.say(MORE, named=named, rest=language.number(rest)) if rest else named
