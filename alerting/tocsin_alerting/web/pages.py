"""A page for whoever asks, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from tocsin_alerting.messages.binding import bound, template_words
from tocsin_alerting.messages.described import described
from tocsin_alerting.web import answers, page_words
from tocsin_alerting.web.context import Web
from tocsin_alerting.web.page_language import Reading, choices, direction
from tocsin_alerting.web.people import change_words, person


def page(
    web: Web,
    request: Request,
    read: Reading,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    here: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """A page.

    Args:
        web: the deployment.
        request: what was asked for.
        read: in which language.
        template: of the page.
        status: of the response.
        headers: of the response, beside the usual.
        here: where the same page can be opened in another language, if not at the address that was asked for.
        values: what the template shows.
    """
    language = read.language
    address = here or _address(request)
    html = web.templates.get_template(template).render(
        {
            **template_words(language, html=True),
            "says": bound(page_words, language),
            "offers": bound(answers, language),
            "direction": direction(language.tag),
            "link": read.link,
            "choices": choices(address),
            "person": lambda by: person(language, by, web.directory),
            "described": lambda text: described(language, text),
            "change_words": lambda change: change_words(language, change, web.directory),
            "institute_name": web.directory.institute_name,
            **values,
        }
    )
    said = {"Content-Language": language.tag, "Vary": "Accept-Language, Cookie"}
    return HTMLResponse(html, status_code=status, headers={**said, **(headers or {})})


def _address(request: Request) -> str:
    """The page's own address, without host: for links that only change the language."""
    query = request.url.query
    return f"{request.url.path}?{query}" if query else request.url.path
