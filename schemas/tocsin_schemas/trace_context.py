"""W3C Trace Context: the one form in which a trace is carried from a report to the messages about it."""

from __future__ import annotations

import re

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def is_traceparent(text: str) -> bool:
    """Whether the text is a trace context that can be carried on; anything else is somebody's text of any length."""
    return _TRACEPARENT.fullmatch(text) is not None


def trace_id(traceparent: str | None) -> str | None:
    """The trace that a trace context belongs to, for logs; None where there is none."""
    return traceparent.split("-")[1] if traceparent is not None and is_traceparent(traceparent) else None
