"""Reading a body no further than a report may go, and no longer than a sender may take."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest

from tocsin_producers.gateway.problems import Refusal, too_large
from tocsin_schemas import limits

_SECONDS = 15.0


async def read_body_of(request: HttpRequest) -> bytes:
    """The body, whole.

    Raises:
        Refusal: larger than a report may be, with or without a Content-Length; or it did not come in time.
    """
    stated = request.headers.get("content-length", "")
    if stated.isascii() and stated.isdigit() and int(stated[:20]) > limits.EVENT_BYTES:
        raise too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limits.EVENT_BYTES:
                    raise too_large()
    except TimeoutError as error:
        raise Refusal(
            HTTPStatus.REQUEST_TIMEOUT, "too-slow", f"The body did not come within {_SECONDS:g} s. Send it again."
        ) from error
    except ClientDisconnect as error:
        raise Refusal(HTTPStatus.BAD_REQUEST, "cut-short", "The sender went away before the body's end.") from error
    return bytes(body)
