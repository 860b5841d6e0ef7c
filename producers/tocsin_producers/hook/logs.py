"""Log lines of the hook, in a process that is Inspect's and not ours."""

from __future__ import annotations

import logging

import structlog

from tocsin_schemas.logs import redact

_NOISY = ("kafka", "httpx2", "httpcore2")


def route_logs() -> None:
    """Send our lines to the logging of the process, where nobody has set structlog up.

    By itself structlog prints, and would write across Inspect's display. Vendors' chatter about a broker that is away
    is quietened, as the hook says it once and in a sentence.
    """
    for name in _NOISY:
        logger = logging.getLogger(name)
        if logger.level == logging.NOTSET:
            logger.setLevel(logging.CRITICAL)
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            redact,
            structlog.processors.format_exc_info,
            structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
