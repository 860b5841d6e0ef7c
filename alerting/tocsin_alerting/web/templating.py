"""The pages' templates, and how times and words are put for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from tocsin_alerting.messages import words
from tocsin_alerting.messages.binding import bound, template_words
from tocsin_alerting.messages.foreign import clean
from tocsin_alerting.messages.language import ENGLISH
from tocsin_alerting.web.answers import BUTTONS, MEANINGS
from tocsin_schemas.vocabulary import Severity, Status

_STEPS = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


def environment(globals_: Mapping[str, Any]) -> Environment:
    """The environment of the pages: everything is escaped, and a misspelt name is an error instead of nothing."""
    made = Environment(
        loader=PackageLoader("tocsin_alerting.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        globals_,
        **template_words(ENGLISH, html=True),
        SAID=bound(words, ENGLISH).ANSWER,
        BUTTONS=BUTTONS,
        MEANINGS=MEANINGS,
        Severity=Severity,
        Status=Status,
    )
    made.filters.update(when=when, age=age, plain=plain, foreign=clean)
    return made


def when(instant: datetime | None) -> Markup:
    """An instant for people and machines, always with its zone."""
    if instant is None:
        return Markup("&ndash;")
    utc = instant.astimezone(UTC)
    shown = f"{utc.day} {utc:%b %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(utc.isoformat(timespec="seconds"), shown)


def age(instant: datetime, now: datetime) -> str:
    """How long ago an instant was, or how far ahead it lies, to one unit."""
    seconds = int((now - instant).total_seconds())
    ahead, seconds = seconds < 0, abs(seconds)
    for size, name in _STEPS:
        if seconds >= size:
            count = seconds // size
            span = f"{count} {name}{'' if count == 1 else 's'}"
            return f"in {span}" if ahead else f"{span} ago"
    return "in less than a minute" if ahead else "less than a minute ago"


def plain(word: object) -> Markup:
    """A word of a closed set for people: `not_applicable` as "not applicable"."""
    return escape(str(word).replace("_", " "))
