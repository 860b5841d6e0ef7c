"""The small value types that reports are made of, with their limits."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from tocsin_schemas import limits

InstituteId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,39}$")]
"""A member of the network. Names changed twice since 2024; ids do not change."""

LanguageTag = Annotated[
    str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$", max_length=16)
]
"""A BCP 47 tag of language, optional script and optional region, such as `en`, `fr-CA` or `zh-Hans-SG`."""

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""An ISO 3166-1 alpha-2 code."""


# Unicode's category Cc, whole. As patterns, for every text of every report is looked through, here and at the door.
_CONTROL_OR_BREAK = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def one_line(text: str) -> str:
    """The text, if it is one line: what a type of single-line text with a limit of its own is made with.

    Raises:
        ValueError: it has a line break or another control character.
    """
    if _CONTROL_OR_BREAK.search(text):
        raise ValueError("must be one line without control characters")
    return text


def _no_control(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("must not contain control characters other than line breaks and tabs")
    return text


Title = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.TITLE_CHARACTERS, strip_whitespace=True),
    AfterValidator(one_line),
]
"""One line of text for people, at most 200 characters."""

Line = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.LINE_CHARACTERS, strip_whitespace=True),
    AfterValidator(one_line),
]
"""A name, reference or other single-line text, at most 500 characters."""


@cache
def _zones() -> frozenset[str]:
    # Python opens some 600 files to find them out, each time it is asked.
    return frozenset(available_timezones())


def _known_zone(zone: str) -> str:
    if zone not in _zones():
        raise ValueError("is not an IANA time zone; write it like Europe/London")
    return zone


ZoneName = Annotated[Line, AfterValidator(_known_zone)]
"""An IANA time zone, such as `Europe/London`."""

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=limits.TEXT_CHARACTERS, strip_whitespace=True),
    AfterValidator(_no_control),
]
"""Text for people, at most 8,000 characters."""

Number = Annotated[float, Field(allow_inf_nan=False)]
"""A finite number: NaN and infinity are not measurements."""

Count = Annotated[int, Field(ge=0, le=10**12)]
"""How many of something."""


_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,12})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def rfc3339(text: object) -> datetime:
    """The instant that a text of RFC 3339 names, in UTC, to the microsecond.

    Raises:
        ValueError: anything else: a local time, a mere date, seconds since 1970.
    """
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        raise ValueError("must be an instant with its zone, such as 2026-11-24T09:00:00Z")
    return _utc(datetime.fromisoformat(text.upper()))


def _utc(instant: datetime) -> datetime:
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside the years 1 to 9999 once it is in UTC") from error


def _instant(value: object) -> object:
    # Left to itself pydantic takes the text "1700000000" for seconds since 1970.
    return rfc3339(value) if isinstance(value, str) else value


def _date(value: object) -> object:
    if not isinstance(value, str):
        return value
    if not _DATE.fullmatch(value):
        raise ValueError("must be a date, such as 2026-11-24")
    return date.fromisoformat(value)


Instant = Annotated[AwareDatetime, BeforeValidator(_instant), AfterValidator(_utc)]
"""A moment with its zone (RFC 3339), kept in UTC."""

Date = Annotated[date, BeforeValidator(_date)]
"""A day (RFC 3339 `full-date`), without a zone."""


class Record(BaseModel):
    """A frozen part of an event; an unknown field is an error, so that a misspelt one is never silently lost."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        ser_json_inf_nan="strings",
        hide_input_in_errors=True,  # a traceback in a log would quote protected text
    )
