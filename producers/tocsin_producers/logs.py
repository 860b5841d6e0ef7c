"""Log lines of the SDK: the service's own where logging is set up, plain `logging` in somebody else's program."""

from __future__ import annotations

import logging

import structlog

from tocsin_schemas import logs


def get_logger(part: str) -> structlog.stdlib.BoundLogger:
    """A logger for one part of the SDK; it never prints by itself, as structlog does where nobody set it up."""
    if structlog.is_configured():
        return logs.get_logger(part=part)
    logger: structlog.stdlib.BoundLogger = structlog.wrap_logger(
        logging.getLogger("tocsin"),
        wrapper_class=structlog.stdlib.BoundLogger,
        processors=[
            structlog.stdlib.filter_by_level,
            logs.redact,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
    )
    return logger.bind(part=part)
