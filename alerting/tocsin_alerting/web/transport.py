"""What holds for every request and response: how large a body may be, and what browsers may do with a page."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tocsin_alerting.web.refusals import Refused
from tocsin_schemas.errors import Problem, shown

BODY_BYTES = 4 * 1024 * 1024
"""More than any provider's batch of events."""
_FORM_FIELDS = 20

PAGE_POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""No script, nothing from elsewhere, and no frame around us."""

_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class Transport:
    """Refuses bodies that are too large, and sets the security headers that a response does not set itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        taken = 0

        async def bounded() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > BODY_BYTES:
                raise HTTPException(413)
            return message

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, bounded, guarded)


async def _raw_body(request: Request) -> bytes:
    return await request.body()


RawBody = Annotated[bytes, Depends(_raw_body)]
"""The body as it was sent, before anything has parsed it: signatures are over these bytes."""


def refuse_nul(request: Request) -> None:
    """Refuse an address that spells a NUL character: nothing has it in its name, and PostgreSQL refuses to look for it.

    Raises:
        Refused: 404 where the path has one, 422 where a parameter has.
    """
    if "\0" in request.scope["path"]:
        raise Refused(404, "Not Found", "There is nothing at this address.")
    named = [name for name, value in request.query_params.multi_items() if "\0" in value]
    if named:
        problem = Problem(shown(named[0]), "holds a NUL character.", "Leave it out.")
        raise Refused(422, "The request is not valid", str(problem), problems=[problem])


def form_fields(body: bytes) -> dict[str, str]:
    """The fields of a form as browsers send it; of a field given twice the last.

    Raises:
        Refused: not a form.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_FORM_FIELDS)
    except ValueError as error:
        raise Refused(400, "This is not a form", "Open the page and use its button.") from error
    return dict(pairs)
