"""The Faust worker: reads findings and incidents, publishes what the grader decides, acknowledges last.

What loses events in Faust was measured; every setting and line here that looks odd answers to one of these:
an agent that raises acknowledges its event; an agent that SIGTERM cancels acknowledges its event, unless acks are
manual; `take()` acknowledges its batch when it is cancelled; concurrency above 1 commits past what is in flight
(faust issue 606); a static member that starts before its topics exist never gets any.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import faust
from aiokafka.errors import MessageSizeTooLargeError  # type: ignore[import-untyped]
from faust.worker import Worker
from yarl import URL

from tocsin_schemas import REPORT_TOPICS, Clock, ReportKind, limits
from tocsin_schemas.logs import get_logger
from tocsin_streams.decision import Decision, Grader, Message
from tocsin_streams.delivery import EXIT_STATUS, Delivery, TooLargeError, place
from tocsin_streams.settings import GradeSettings

_HEADROOM_BYTES = 64 * 1024


def build_app(settings: GradeSettings) -> faust.App:
    """The Faust app with the settings under which nothing was lost; it has no agents yet."""
    return faust.App(
        settings.group,
        broker=[URL(f"aiokafka://{server}") for server in settings.bootstrap_servers],
        broker_client_id=f"tocsin-{settings.grade_instance}",
        datadir=settings.data_dir,
        # exactly_once is unusable; the ids of what is published are deterministic instead.
        processing_guarantee="at_least_once",
        consumer_group_instance_id=settings.grade_instance,
        consumer_auto_offset_reset="earliest",
        consumer_max_fetch_size=limits.RAW_BYTES + _HEADROOM_BYTES,
        broker_session_timeout=10,
        broker_heartbeat_interval=2,
        # What a kill repeats is what was graded since the last commit. Shorter intervals overlap on a busy machine.
        broker_commit_interval=0.5,
        producer_linger=0,
        producer_acks=-1,
        producer_request_timeout=10,
        producer_max_request_size=limits.DEAD_LETTER_BYTES,
        stream_wait_empty=False,
        table_standby_replicas=0,
        topic_disable_leader=True,
        topic_allow_declare=False,
        web_enabled=False,
        worker_redirect_stdouts=False,
        autodiscover=False,
    )


class FaustSender:
    """Sends with the app's own producer.

    Not with `topic.send`: it yields to the event loop three times for each event, which makes every batch tiny.
    """

    def __init__(self, app: faust.App) -> None:
        self._app = app

    async def send(self, topic: str, key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Returns once the broker has acknowledged it.

        Raises:
            TooLargeError: it is larger than the broker or the producer takes.
        """
        producer = self._app.producer
        await producer.maybe_start()
        try:
            acknowledged = await producer.send(topic, key, value, None, None, headers)
            await acknowledged
        except MessageSizeTooLargeError as error:
            raise TooLargeError(str(error)) from error
        except Exception as error:
            # Faust wraps what the producer raises at once, and leaves alone what the broker answers later.
            if isinstance(error.__cause__, MessageSizeTooLargeError) or "MessageSizeTooLarge" in repr(error):
                raise TooLargeError(str(error)) from error
            raise


def add_agents(app: faust.App, *, grader: Grader, delivery: Delivery, topic_prefix: str, clock: Clock) -> None:
    """Give the app one agent for each kind of report."""
    raw: Any = faust.Schema(
        key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw", allow_empty=True
    )
    for kind, topic in REPORT_TOPICS.items():
        channel = app.topic(topic.name(topic_prefix), schema=raw)
        app.agent(channel, name=f"grade-{topic.base_name}", concurrency=1)(
            _agent(kind, grader=grader, delivery=delivery, clock=clock)
        )


def _agent(kind: ReportKind, *, grader: Grader, delivery: Delivery, clock: Clock) -> Any:
    async def grade(stream: Any) -> None:
        # Manual acks: when SIGTERM cancels this between a decision and the broker's word for it, nothing is
        # acknowledged and the event is read again. One event at a time, so acks are in the order of the topic.
        async for event in stream.noack().events():
            try:
                message = message_of(event.message)
                published = await delivery.publish(grader.decide(message, expected=kind, now=clock()), message)
            except Exception:  # noqa: BLE001 - an agent that raises acknowledges its event, so this process ends
                get_logger().critical("grading_failed", exc_info=True, exit_status=EXIT_STATUS)
                delivery.die(EXIT_STATUS)
            event.ack()
            _log(published, message)

    return grade


def message_of(record: Any) -> Message:
    """Faust's message as ours: headers in order, repeated ones kept."""
    headers: Any = record.headers or ()
    pairs = headers.items() if isinstance(headers, dict) else headers
    has_time = record.timestamp is not None and record.timestamp >= 0
    return Message(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        timestamp=datetime.fromtimestamp(record.timestamp, tz=UTC) if has_time else None,
        key=record.key,
        value=record.value,
        headers=tuple((str(name), None if value is None else bytes(value)) for name, value in pairs),
    )


def _log(decision: Decision, message: Message) -> None:
    log = get_logger()
    if decision.assessment is not None:
        assessment, grade = decision.assessment, decision.assessment.grade
        log.info(
            "graded",
            report=assessment.report,
            series=assessment.series,
            trace=decision.trace,
            kind=assessment.kind.value,
            action=assessment.action.value,
            institute=assessment.institute,
            severity=grade.severity.value if grade is not None else None,
            rubric=grade.rubric if grade is not None else None,
            rules=[reason.rule for reason in grade.reasons[:3]] if grade is not None else None,
            **place(message),
        )
        return
    assert decision.refusal is not None
    log.warning(
        "dead_lettered",
        dead_letter=decision.envelope.id,
        codes=sorted({problem.code.value for problem in decision.refusal.problems}),
        fields=[problem.field[:100] for problem in decision.refusal.problems[:5]],
        **place(message),
    )


class QuietWorker(Worker):
    """Faust's worker without its banner, its spinner and its own logging set-up; signals are as it handles them."""

    def __init__(self, app: faust.App, **options: Any) -> None:
        super().__init__(
            app, quiet=True, override_logging=False, redirect_stdouts=False, loglevel=logging.WARNING, **options
        )
        self.spinner = None

    async def on_startup_finished(self) -> None:
        """Say that the worker reads its topics."""
        await super().on_startup_finished()
        get_logger().info("ready")

    def autodiscover(self) -> None:
        """Nothing to discover: agents are added by hand."""
