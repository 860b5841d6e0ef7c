"""Logs: one line an event, JSON when not read at a terminal, with the ids that tie lines together, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from datetime import date
from pathlib import PurePath
from typing import Any, TextIO
from uuid import UUID

import structlog

_SECRET_NAMES = re.compile(r"(token|secret|password|authorization|api_?-?key|cookie|signature)", re.IGNORECASE)
_PERSONAL_NAMES = {"email", "address", "recipient", "name", "title", "summary", "description", "text", "body"}
_TEXT_CHARACTERS = 20_000
_DEPTH = 8
_GONE = "[redacted]"
# Each takes time in proportion to the text, whatever is in it: vendors put what strangers sent them into their lines.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}|xox[a-z]-[\w-]+|\bSG\.[\w-]+\.[\w-]+"), _GONE),
    (re.compile(r"(?<=://)[^\s/@:]{0,200}:[^\s/@]{1,200}@"), f"{_GONE}@"),
    (
        re.compile(
            r"(?i)((?:token|secret|password|authorization|api[_-]?key|signature)[\"']?\s{0,4}[:=]\s{0,4}b?[\"']?)"
            r"(?!\[redacted\])[^\s\"',;&)}]+"
        ),
        rf"\1{_GONE}",
    ),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), "[mail]"),
    (re.compile(r"/a/[\w.~-]{20,}"), f"/a/{_GONE}"),
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets and personal data out of a log line, whoever put them in, however deep they lie."""
    for key, value in event.items():
        if not key.startswith("_"):  # structlog's own, such as the record
            event[key] = _GONE if _is_private(key) else _clean(value)
    return event


def _is_private(key: str) -> bool:
    return bool(_SECRET_NAMES.search(key)) or key.lower() in _PERSONAL_NAMES


def _clean(value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, str):
        return _clean_text(value)
    if isinstance(value, date | UUID | PurePath):
        return _clean_text(str(value))
    if depth < _DEPTH and isinstance(value, Mapping):
        return {
            _clean_text(str(key)): _GONE if _is_private(str(key)) else _clean(item, depth + 1)
            for key, item in value.items()
        }
    if depth < _DEPTH and isinstance(value, list | tuple | set | frozenset):
        items = list(value)
        if len(items) == 2 and isinstance(items[0], str) and _SECRET_NAMES.search(items[0]):
            return [_clean_text(items[0]), _GONE]  # a header
        return [_clean(item, depth + 1) for item in items]
    # Left to the renderer, an object would be shown by a `repr` that nobody has looked through.
    return _clean_text(repr(value))


def _clean_text(text: str) -> str:
    if len(text) > _TEXT_CHARACTERS:
        text = f"{text[:_TEXT_CHARACTERS]}…"
    for pattern, instead in _PATTERNS:
        text = pattern.sub(instead, text)
    return text


def configure_logging(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set logging up for a process, vendors' loggers included.

    Args:
        service: name of the process on every line.
        level: lowest level shown.
        stream: where lines go; standard error unless told otherwise.
    """
    out = stream or sys.stderr

    def name_service(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        # Not a context variable: a thread starts with an empty context, and its lines would not say whose they are.
        event.setdefault("service", service)
        return event

    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        name_service,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True, exception_formatter=structlog.dev.plain_traceback)
        if out.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # At DEBUG this client prints the API key and the whole payload; others print what nobody reads.
    for noisy in (
        "python_http_client",
        "slack_sdk",
        "httpx2",
        "httpcore2",
        "kafka",
        "aiokafka",
        "faust",
        "mode",
        "alembic",
    ):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def get_logger(**initial: Any) -> structlog.stdlib.BoundLogger:
    """A logger; bind `report`, `alert`, `delivery` and `trace` to tie its lines to what they are about."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(**initial)
    return logger
