"""A reader's language and time zone: everything that puts words, times, lists and figures for people goes by one.

The English in the code is the key of the catalogues (`catalogues`). A language that there is no catalogue for is said
in the nearest that there is: `fr-CA` in French, an unknown one in English. The times of a zone that is not known are
given in UTC and say so.
"""

from __future__ import annotations

import functools
import gettext
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime, get_timezone_location
from babel.lists import format_list
from babel.numbers import format_decimal, format_percent, get_decimal_symbol

from tocsin_alerting.messages.catalogues import ORIGINAL, catalogue, languages
from tocsin_alerting.messages.foreign import isolated
from tocsin_alerting.messages.phrases import Phrase

_LOCALES = {ORIGINAL: "en_GB"}
"""How a language writes dates and lists, where that is not its own default: the network's English is Britain's."""
_DATES = {
    "en": "d MMMM y, HH:mm",
    "fr": "d MMMM y, HH:mm",
    "de": "d. MMMM y, HH:mm",
    "es": "d 'de' MMMM 'de' y, HH:mm",
    "ja": "y年M月d日 HH:mm",
    "ko": "y년 M월 d일 HH:mm",
    "sw": "d MMMM y, HH:mm",
}
"""The 24-hour clock everywhere: nobody may mistake night for noon."""
_ANY_DATE = "d MMMM y, HH:mm"
_CLOCKS = {
    "en": "{city} time",
    "fr": "heure locale à {city}",
    "de": "Ortszeit {city}",
    "es": "hora de {city}",
    "ja": "{city}時間",
    "ko": "{city} 시간",
    "sw": "saa za {city}",
}
"""By whose clock; the city is named as the language names it, and the offset stands beside it."""
_UNSPACED = frozenset({"ja"})
"""Languages that put no space between sentences."""


@dataclass(frozen=True, slots=True)
class Language:
    """What a reader is told in: a language and a time zone."""

    tag: str
    """Of the catalogue, such as `fr`; for `lang` attributes."""
    zone: tzinfo = UTC
    _locale: Locale = field(init=False, repr=False, compare=False)
    _catalogue: gettext.NullTranslations = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_locale", Locale.parse(_LOCALES.get(self.tag, self.tag), sep="_"))
        object.__setattr__(self, "_catalogue", catalogue(self.tag))

    def gettext(self, message: str, /, **values: object) -> str:
        """A sentence, with `{named}` places filled in."""
        return _filled(self._catalogue.gettext(message), values)

    def pgettext(self, context: str, message: str, /, **values: object) -> str:
        """The same for a word that means different things in different places."""
        return _filled(self._catalogue.pgettext(context, message), values)

    def ngettext(self, one: str, many: str, count: int, /, **values: object) -> str:
        """A sentence that depends on a number, which stands at `{count}`; each language has its own plural forms."""
        return _filled(self._catalogue.ngettext(one, many, count), {"count": self.number(count), **values})

    def npgettext(self, context: str, one: str, many: str, count: int, /, **values: object) -> str:
        """The same with a context."""
        said = self._catalogue.npgettext(context, one, many, count)
        return _filled(said, {"count": self.number(count), **values})

    def say(self, said: Phrase, /, **values: object) -> str:
        """A marked sentence or word (`phrases.phrase`)."""
        if said.context is None:
            return self.gettext(said.message, **values)
        return self.pgettext(said.context, said.message, **values)

    def sentences(self, said: Iterable[str]) -> str:
        """Sentences one after the other; empty ones are left out."""
        return ("" if self.tag in _UNSPACED else " ").join(each for each in said if each)

    def instant(self, at: datetime) -> str:
        """A moment by the reader's clock, with the zone: `UTC`, or a city's time and its offset."""
        here = at.astimezone(self.zone)
        shown = format_datetime(here, _DATES.get(self.tag, _ANY_DATE), locale=self._locale)
        return f"{shown} {_zone_name(self.tag, self._locale, self.zone, here.utcoffset() or timedelta())}"

    def join(self, parts: Iterable[str]) -> str:
        """An enumeration: `a, b and c`."""
        return format_list(list(parts), locale=self._locale)

    def number(self, number: float) -> str:
        """A number as the language writes it, with its separators."""
        return format_decimal(number, locale=self._locale)

    def percent(self, share: float) -> str:
        """A share of one as per cent, without decimals."""
        return format_percent(share, locale=self._locale)

    def figure(self, written: str) -> str:
        """A figure that was rounded as Python writes it (`0.57`), with the language's decimal sign."""
        sign = get_decimal_symbol(self._locale)
        return written if sign == "." else written.replace(".", sign)

    def language_name(self, tag: str) -> str:
        """What a language is called in this one: `English`, `anglais`; one without a name goes by its tag."""
        names = self._locale.languages
        return str(names.get(tag.replace("-", "_")) or names.get(tag.partition("-")[0].lower()) or tag)

    def reads(self, tag: str | None) -> bool:
        """Whether a text in the language `tag` is in this one; a text that does not say counts as read."""
        return tag is None or tag == "und" or tag.partition("-")[0].lower() == self.tag


def language_for(tag: str, zone: str | tzinfo | None = None) -> Language:
    """The language and zone of a reader.

    Args:
        tag: a BCP 47 tag, such as `fr-CA`.
        zone: an IANA zone such as `Europe/Paris`, or the zone itself; None is UTC.
    """
    return _language(_known(tag), zone)


def preferred(tags: Iterable[str]) -> str:
    """Of the languages somebody reads, best first, the first that messages are written in; else the first of all."""
    wanted = tuple(tags)
    known = (tag for tag in wanted if tag.partition("-")[0].lower() in languages())
    return next(known, wanted[0] if wanted else ORIGINAL)


@functools.lru_cache(maxsize=4096)
def _language(tag: str, zone: str | tzinfo | None) -> Language:
    return Language(tag, _same_everywhere(zone if isinstance(zone, tzinfo) else _zone(zone)))


def _known(tag: str) -> str:
    first = tag.partition("-")[0].lower()
    return first if first in languages() else ORIGINAL


def _same_everywhere(zone: tzinfo) -> tzinfo:
    return UTC if isinstance(zone, ZoneInfo) and zone.key in {"UTC", "Etc/UTC"} else zone


def _zone(name: str | None) -> tzinfo:
    if name is None:
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        # A message with the right time in UTC, which it names, is better than none: the policy check names the zone.
        return UTC


@functools.lru_cache(maxsize=4096)
def _zone_name(tag: str, locale: Locale, zone: tzinfo, offset: timedelta) -> str:
    if zone is UTC:
        return "UTC"
    minutes = int(offset.total_seconds()) // 60
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    shown = f"UTC{sign}{minutes // 60}" + (f":{minutes % 60:02}" if minutes % 60 else "")
    if not isinstance(zone, ZoneInfo):
        return f"({shown})"
    city = get_timezone_location(zone, locale=locale, return_city=True)
    return f"({_CLOCKS.get(tag, '{city}').format(city=city)}, {shown})"


def _filled(said: str, values: dict[str, object]) -> str:
    if not values:
        return said
    return said.format(**{name: isolated(value) if type(value) is str else value for name, value in values.items()})


ENGLISH = language_for(ORIGINAL)
"""For people who read English, in UTC: the operators' tools, and where nothing is known of a reader."""
