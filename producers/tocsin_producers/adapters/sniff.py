"""Telling an Inspect log by its beginning: institutes keep them as .eval, .json and under any other name."""

from __future__ import annotations

import re

_LOG_HEAD = re.compile(rb'\s*\{\s*"version"\s*:\s*\d+\s*,\s*"status"\s*:')
_ZIP = b"PK\x03\x04"
_ZIP_MEMBERS = (b"_journal/", b"header.json", b"summaries.json", b"samples/")


def looks_like_inspect_log(head: bytes) -> bool:
    """Whether a file that begins so is an Inspect log, whole or cut short: told by its JSON or its first zip member."""
    if head.startswith(_ZIP):
        # A local file header: 30 bytes, then the member's name.
        return head[30:].startswith(_ZIP_MEMBERS)
    return _LOG_HEAD.match(head.removeprefix(b"\xef\xbb\xbf")) is not None
