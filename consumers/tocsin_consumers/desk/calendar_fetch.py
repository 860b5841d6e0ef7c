"""Fetches a calendar over HTTP: within limits of time and size, and from nobody but the host that was named.

An error never repeats the address, which may be a secret.
"""

from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import SplitResult, urljoin, urlsplit

from tocsin_alerting.policy.oncall.feed import check_address

MOST_BYTES = 2_000_000
_SECONDS = 20.0
_SECONDS_PER_STEP = 5.0
_MOST_REDIRECTS = 3
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class FetchError(RuntimeError):
    """A calendar that was not fetched; the message says why, and never from where."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a feed gave."""

    content: bytes | None
    """None: it is what it was."""
    etag: str | None


def fetch(url: str, *, etag: str | None = None, monotonic: Callable[[], float] = time.monotonic) -> Fetched:
    """What lies at an address.

    Args:
        url: https, or http on this machine.
        etag: of the copy that is there already.
        monotonic: seconds, for the limit of time.

    Raises:
        FetchError: it cannot be had, takes too long, is too large, or lies with another host.
    """
    deadline = monotonic() + _SECONDS
    for _ in range(_MOST_REDIRECTS + 1):
        try:
            parts = urlsplit(check_address(url))
        except ValueError as error:
            raise FetchError(f"the address {error}") from None
        try:
            found = _ask(parts, etag, deadline, monotonic)
        except TimeoutError:
            raise FetchError("did not answer in time") from None
        except ssl.SSLError as error:
            raise FetchError(f"is not who it says it is, by its certificate: {error.reason}") from None
        except (OSError, http.client.HTTPException) as error:
            raise FetchError(f"was not reached: {type(error).__name__}") from None
        if isinstance(found, Fetched):
            return found
        url = _followed(parts, found)
    raise FetchError(f"redirects more than {_MOST_REDIRECTS} times")


def _followed(parts: SplitResult, location: str) -> str:
    """Where a redirect leads, if it stays with the host."""
    there = urlsplit(urljoin(parts.geturl(), location))
    if (there.scheme, there.netloc) != (parts.scheme, parts.netloc):
        raise FetchError("redirects to another host; name that one, if it is meant")
    return there.geturl()


def _ask(parts: SplitResult, etag: str | None, deadline: float, monotonic: Callable[[], float]) -> Fetched | str:
    """What one request gives: the content, or where a redirect leads."""
    connection = _connection(parts)
    try:
        path = parts.path or "/"
        headers = {"Accept": "text/calendar", "User-Agent": "tocsin"}
        if etag is not None:
            headers["If-None-Match"] = etag
        connection.request("GET", f"{path}?{parts.query}" if parts.query else path, headers=headers)
        with connection.getresponse() as response:
            if response.status in _REDIRECTS:
                return response.headers.get("Location", "")
            if response.status == HTTPStatus.NOT_MODIFIED and etag is not None:
                return Fetched(None, etag)
            if response.status != HTTPStatus.OK:
                raise FetchError(f"answered {response.status}")
            return Fetched(_body(response, deadline, monotonic), response.headers.get("ETag"))
    finally:
        connection.close()


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return http.client.HTTPSConnection(host, parts.port, timeout=_SECONDS_PER_STEP, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=_SECONDS_PER_STEP)


def _body(response: http.client.HTTPResponse, deadline: float, monotonic: Callable[[], float]) -> bytes:
    content = bytearray()
    while chunk := response.read1(_CHUNK):
        content += chunk
        if len(content) > MOST_BYTES:
            raise FetchError(f"gives more than {MOST_BYTES} bytes")
        if monotonic() > deadline:
            raise FetchError("did not answer in time")
    if response.length:
        raise FetchError("broke off in the middle")
    return bytes(content)
