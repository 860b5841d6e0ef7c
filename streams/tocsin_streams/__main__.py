"""`tocsin-grade`: the grading worker as a process."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from typing import NoReturn

from pydantic import ValidationError

from tocsin_schemas import load_institutes, system_clock
from tocsin_schemas.logs import configure_logging, get_logger
from tocsin_streams.decision import Grader
from tocsin_streams.rubric import Rubric, load_rubric
from tocsin_streams.settings import GradeSettings

EXIT_CONFIGURATION = 78
"""EX_CONFIG of sysexits.h: nothing gets better by starting again."""
EXIT_UNAVAILABLE = 69
"""EX_UNAVAILABLE of sysexits.h: the broker or its topics are not there; worth another try later."""


def main() -> None:
    """Run the grading worker until SIGTERM or SIGINT."""
    try:
        settings = GradeSettings()
    except ValidationError as error:
        sys.exit(f"tocsin-grade: {error}")
    configure_logging("grade", level=settings.log_level)
    run(settings)


def run(settings: GradeSettings) -> NoReturn:
    """Load, check, and grade until a signal ends it."""
    log = get_logger()
    try:
        rubric = load_rubric(settings.network_dir)
        institutes = load_institutes(settings.network_dir)
    except ValueError as error:
        log.critical("configuration_refused", error=str(error), exit_status=EXIT_CONFIGURATION)
        raise SystemExit(EXIT_CONFIGURATION) from error

    # After the files: what is wrong with them is said at once, before the half second that Faust takes to import.
    from tocsin_streams.topic_check import NotReadyError, wait_for_topics

    try:
        asyncio.run(
            wait_for_topics(
                settings.bootstrap_servers,
                prefix=settings.topic_prefix,
                timeout_seconds=settings.grade_wait_seconds,
                monotonic=time.monotonic,
            )
        )
    except NotReadyError as error:
        log.critical("not_ready", error=str(error), exit_status=EXIT_UNAVAILABLE)
        raise SystemExit(EXIT_UNAVAILABLE) from error
    log.info(
        "grading",
        rubric=rubric.version,
        rules=len(rubric.rules),
        evaluations=len(rubric.registry),
        institutes=len(institutes),
        instance=settings.grade_instance,
        group=settings.group,
    )
    _work(settings, rubric, Grader(rubric=rubric, institutes=institutes))


def _work(settings: GradeSettings, rubric: Rubric, grader: Grader) -> NoReturn:
    from tocsin_streams.delivery import Delivery
    from tocsin_streams.worker import FaustSender, QuietWorker, add_agents, build_app

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    app = build_app(settings)
    delivery = Delivery(
        sender=FaustSender(app),
        topic_prefix=settings.topic_prefix,
        patience_seconds=settings.grade_wait_seconds,
        monotonic=time.monotonic,
        die=os._exit,
    )
    add_agents(app, grader=grader, delivery=delivery, topic_prefix=settings.topic_prefix, clock=system_clock)
    try:
        QuietWorker(app, loop=loop).execute_from_commandline()
    finally:
        get_logger().info("stopped", rubric=rubric.version)


if __name__ == "__main__":
    main()
