"""Reading a log's header with Inspect's own reader; whatever is wrong with a file becomes a refusal with a reason."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from inspect_ai.log import EvalLog, read_eval_log

from tocsin_producers.adapters.protocol import HEAD_BYTES
from tocsin_schemas import InvalidEvent, ProblemCode, invalid

KNOWN_VERSION: int = EvalLog.model_fields["version"].default
"""The latest version of the log format that the installed inspect-ai writes."""

_ZIP = b"PK"
_HEAD_VERSION = re.compile(rb'"version"\s*:\s*(\d+)')
_LONGEST_REASON = 200


def read_header(path: Path) -> EvalLog:
    """The header of a log: everything but the samples. Times without a zone, as old logs have them, count as UTC.

    The format is told by the content: logs are kept under any name, and current ones are zipped with Zstandard, which
    Python 3.11's own `zipfile` cannot read and Inspect's reader can.

    Raises:
        InvalidEvent: `FUTURE_VERSION` where the log is of a later format, `UNREADABLE_FILE` where it is no whole log.
    """
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise _unreadable(f"cannot be opened ({error.strerror or type(error).__name__}).") from error
    log_format: Literal["eval", "json"] = "eval" if head.startswith(_ZIP) else "json"
    if log_format == "json":
        _check_version(_version_in(head))
    try:
        log = read_eval_log(path, header_only=True, format=log_format)
    except Exception as error:  # a vendor's reader on any bytes: zip, zlib, zstd, JSON, pydantic and its own asserts
        raise _unreadable(f"is not a whole Inspect log: {_reason(error)}") from error
    _check_version(log.version)
    return log


def _version_in(head: bytes) -> int | None:
    found = _HEAD_VERSION.search(head)
    return int(found.group(1)) if found else None


def _check_version(version: int | None) -> None:
    if version is not None and version > KNOWN_VERSION:
        raise invalid(
            "version",
            f"the log is of format version {version}; the inspect-ai installed here reads up to {KNOWN_VERSION}.",
            "Upgrade it: pip install --upgrade inspect-ai.",
            ProblemCode.FUTURE_VERSION,
        )


def _reason(error: Exception) -> str:
    """The innermost cause in a few words; Inspect's outer message only repeats the path."""
    while error.__cause__ is not None and isinstance(error.__cause__, Exception):
        error = error.__cause__
    # A validation error's text quotes the file's content, which may be protected: its class says enough.
    lines = str(error).splitlines() if not hasattr(error, "errors") else []
    said = lines[0].strip().rstrip(".") if lines else ""
    return f"{type(error).__name__}{f' ({said[:_LONGEST_REASON]})' if said else ''}."


def _unreadable(message: str) -> InvalidEvent:
    return invalid(
        "(file)",
        message,
        "Copy the log again from where it was written; `inspect log dump FILE` shows whether Inspect can read it.",
        ProblemCode.UNREADABLE_FILE,
    )
