"""Times of a record: seconds since 1970 in a text, as its schema asks for, or RFC 3339, as people write them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from tocsin_producers.adapters.fields import finite
from tocsin_schemas import Problem
from tocsin_schemas.scalars import rfc3339

_SECONDS = re.compile(r"\d{1,12}(\.\d{1,12})?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_EARLIEST = datetime(2010, 1, 1, tzinfo=UTC).timestamp()
_LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()


def moment(said: object, field: str, *, fix: str) -> datetime | Problem | None:
    """The moment; None where none is said; the fault where it is none."""
    if said is None or said == "":
        return None
    if isinstance(said, str) and not _SECONDS.fullmatch(said.strip()):
        stripped = said.strip()
        try:
            return rfc3339(f"{stripped}T00:00:00Z" if _DATE.fullmatch(stripped) else stripped)
        except ValueError:
            return _fault(field, fix)
    seconds = float(said) if isinstance(said, str) else finite(said)
    if seconds is None or not _EARLIEST <= seconds < _LATEST:
        return _fault(field, fix)
    return datetime.fromtimestamp(seconds, UTC)


def _fault(field: str, fix: str) -> Problem:
    return Problem(field, "must be in seconds since 1970, after 2009, or as 2026-11-24T09:00:00Z.", fix)
