"""The pages' templates, and how times and words are put for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from babel.dates import format_timedelta
from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tocsin_alerting.messages.foreign import clean
from tocsin_alerting.messages.language import Language
from tocsin_schemas.vocabulary import Severity, Status

_STEPS = (86_400, 3_600, 60)


def environment(globals_: Mapping[str, Any] | None = None) -> Environment:
    """The environment of the pages: everything is escaped, and a misspelt name is an error instead of nothing.

    What depends on the reader's language, filters included, is in the context that a page is rendered with (`pages`).
    """
    made = Environment(
        loader=PackageLoader("tocsin_alerting.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(globals_ or {}, Severity=Severity, Status=Status)
    made.filters.update(when=_when, age=_age, plain=plain, foreign=clean)
    return made


@pass_context
def _when(context: Context, instant: datetime | None) -> Markup:
    return when(context["language"], instant)


@pass_context
def _age(context: Context, instant: datetime, now: datetime) -> str:
    return age(context["language"], instant, now)


def when(language: Language, instant: datetime | None) -> Markup:
    """An instant for people and machines, always with its zone."""
    if instant is None:
        return Markup("&ndash;")
    machine = instant.astimezone(UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(machine, language.instant(instant))


def age(language: Language, instant: datetime, now: datetime) -> str:
    """How long ago an instant was, or how far ahead it lies, to one unit."""
    seconds = int((now - instant).total_seconds())
    ahead, seconds = seconds < 0, abs(seconds)
    for size in _STEPS:
        if seconds >= size:
            whole = timedelta(seconds=seconds - seconds % size)
            # Whole units only: without the threshold 23 hours would be said as a day.
            return format_timedelta(
                whole if ahead else -whole,
                granularity="minute",
                threshold=size / 60 if size == 60 else 1,
                add_direction=True,
                locale=language.tag,
            )
    return language.gettext("in less than a minute") if ahead else language.gettext("less than a minute ago")


def plain(word: object) -> Markup:
    """A word of a closed set for people: `not_applicable` as "not applicable"."""
    return escape(str(word).replace("_", " "))
