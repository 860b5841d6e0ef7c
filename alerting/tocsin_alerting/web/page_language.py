"""In which language a page is shown: chosen by a link, else the addressee's, else what the browser asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from babel import Locale
from babel.core import negotiate_locale
from starlette.requests import Request

from tocsin_alerting.messages.catalogues import ORIGINAL, languages
from tocsin_alerting.messages.language import Language, language_for

PARAMETER = "lang"
"""Of the query: it stays in every link of the page, so that no cookie is needed."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The language of a page, and what its links carry on."""

    language: Language
    kept: str | None
    """The tag that links repeat; None where the next page would find it out by itself."""

    def link(self, path: str) -> str:
        """A path of ours that stays in this language."""
        return with_language(path, self.kept)


def reading(request: Request, *, addressee: str | None = None, zone: tzinfo | None = None) -> Reading:
    """The language and zone that a request is answered in.

    Args:
        request: what was asked for.
        addressee: the language of whom an answer link was sent to, where the page is one.
        zone: the addressee's time zone; nobody else's is known, so times are in UTC.
    """
    chosen = known(request.query_params.get(PARAMETER)) or known(addressee)
    tag = chosen or negotiated(request.headers.get("accept-language"))
    return Reading(language_for(tag, zone), chosen)


def known(tag: str | None) -> str | None:
    """The language of pages that a tag means, such as `fr` for `fr-CA`; None where there is none."""
    first = (tag or "").replace("_", "-").partition("-")[0].lower()
    return first if first in languages() else None


def negotiated(accept: str | None) -> str:
    """The language that suits an `Accept-Language` header best; the original where none does."""
    found = negotiate_locale(_preferred(accept or ""), languages(), sep="-")
    return found or ORIGINAL


def with_language(path: str, tag: str | None) -> str:
    """A path with the language in its query, in place of another that may be there."""
    if tag is None:
        return path
    parts = urlsplit(path)
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != PARAMETER]
    return urlunsplit(parts._replace(query=urlencode([*query, (PARAMETER, tag)])))


def choices(path: str) -> tuple[tuple[str, str, str], ...]:
    """Each language as its readers call it: tag, name, and the link to the same page in it."""
    return tuple((tag, own_name(tag), with_language(path, tag)) for tag in languages())


def own_name(tag: str) -> str:
    """What a language calls itself."""
    name = Locale.parse(tag).get_display_name(tag) or tag
    return name[:1].upper() + name[1:]


def direction(tag: str) -> str:
    """`ltr` or `rtl`."""
    return str(Locale.parse(tag).text_direction)


def _preferred(accept: str) -> list[str]:
    """The tags of an `Accept-Language` header, best first; what it refuses is left out. RFC 9110, 12.5.4."""
    weighed = []
    for place, part in enumerate(accept[:1_000].split(",")):
        tag, _, parameters = part.strip().partition(";")
        name, _, weight = parameters.strip().partition("=")
        try:
            quality = float(weight) if name.strip() == "q" else 1.0
        except ValueError:
            quality = 0.0
        if tag and tag != "*" and quality > 0:
            weighed.append((-quality, place, tag.strip()))
    return [tag for _, _, tag in sorted(weighed)]
