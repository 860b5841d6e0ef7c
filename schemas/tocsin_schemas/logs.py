"""Logs: one line an event, JSON when not read at a terminal, with the ids that tie lines together, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

_SECRET_NAMES = re.compile(r"(token|secret|password|authorization|api_key|cookie|signature)", re.IGNORECASE)
_PERSONAL_NAMES = {"email", "address", "recipient", "name", "title", "summary", "description", "text", "body"}
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_BEARER = re.compile(r"(?i)bearer\s+\S+|xox[a-z]-\S+|SG\.[\w-]+\.[\w-]+")
_LINK = re.compile(r"/a/[\w.~-]{20,}")


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take secrets and personal data out of a log line, whoever put them in."""
    for key, value in event.items():
        if _SECRET_NAMES.search(key) or key in _PERSONAL_NAMES:
            event[key] = "[redacted]"
        elif isinstance(value, str):
            event[key] = _LINK.sub("/a/[redacted]", _BEARER.sub("[redacted]", _MAIL.sub("[mail]", value)))
    return event


def configure_logging(service: str, *, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Set logging up for a process, vendors' loggers included.

    Args:
        service: name of the process on every line.
        level: lowest level shown.
        stream: where lines go; standard error unless told otherwise.
    """
    out = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=True) if out.isatty() else structlog.processors.JSONRenderer()
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
    for noisy in ("python_http_client", "slack_sdk", "httpx2", "httpcore2", "kafka", "aiokafka", "faust", "mode"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.contextvars.bind_contextvars(service=service)


def get_logger(**initial: Any) -> structlog.stdlib.BoundLogger:
    """A logger; bind `report`, `alert`, `delivery` and `trace` to tie its lines to what they are about."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(**initial)
    return logger
