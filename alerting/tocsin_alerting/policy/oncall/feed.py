"""A calendar that lies elsewhere and is fetched: where, and how old its copy may become."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from tocsin_schemas.scalars import Record

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def check_address(url: str) -> str:
    """An address from which a calendar may be fetched.

    Raises:
        ValueError: it is not https, and not of this machine either. The message never repeats it: it may be a secret.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is no web address") from None
    if not host or not url.isascii() or any(each.isspace() for each in url):
        raise ValueError("is no web address")
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK):
        return url
    raise ValueError("is not an https address; calendars say who can be called, so they are fetched over TLS only")


def _open(url: str) -> str:
    parts = urlsplit(check_address(url))
    if parts.username is not None or parts.query:
        raise ValueError("may hold a secret; put the whole address into a variable and name it in `url_from`")
    return url


class Feed(Record):
    """A calendar that is fetched: its address, or the environment's variable that holds a secret one."""

    url: Annotated[str, StringConstraints(max_length=2000), AfterValidator(_open)] | None = None
    url_from: Annotated[str, Field(pattern=r"^TOCSIN_ROTA_[A-Z0-9_]{1,60}$")] | None = None
    stale_after: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(days=1)
    """How long the feed may be away before administrators hear of it; the last good copy stands meanwhile."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.url is None) == (self.url_from is None):
            raise ValueError("give either `url` or `url_from`, not both")
        return self

    @property
    def source(self) -> str:
        """What its copy is kept by: the address, or the name of the variable; never a secret."""
        return self.url or self.url_from or ""
