"""From the door into Kafka: one shared producer, waited for without holding up other requests."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Protocol

from tocsin_producers.outgoing import Outgoing
from tocsin_producers.transports import Fault, TransportError
from tocsin_producers.transports.kafka_writer import KafkaWriter

_THREADS = 16
"""Requests that may wait at once for a topic's partitions to be looked up; an acknowledgement takes no thread."""


class Publisher(Protocol):
    """Puts reports on the network's disks."""

    async def publish(self, topic: str, report: Outgoing) -> None:
        """Write one report; on return it is on the disks of all in-sync replicas.

        Raises:
            TransportError: it is not known to be, within the publisher's time limit.
        """
        ...

    async def check(self, topic: str) -> None:
        """Find out whether reports could be written now.

        Raises:
            TransportError: they could not, as far as is known within the time limit.
        """
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class KafkaPublisher:
    """Writes with a `KafkaWriter`, whose calls and callbacks happen in other threads."""

    def __init__(self, writer: KafkaWriter, *, timeout_seconds: float) -> None:
        """Write with `writer`; a report that is not acknowledged in this time counts as not written."""
        self._writer = writer
        self._timeout_seconds = timeout_seconds
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="door-kafka")

    async def publish(self, topic: str, report: Outgoing) -> None:
        """Write one report and wait for acks=all.

        Raises:
            TransportError: not acknowledged within the time limit; it may still be written later, with the same id.
        """
        loop = asyncio.get_running_loop()
        told: asyncio.Future[TransportError | None] = loop.create_future()

        def done(error: TransportError | None) -> None:
            loop.call_soon_threadsafe(_settle, told, error)

        begin = partial(
            self._writer.submit, topic, key=report.key, value=report.value, headers=report.headers, done=done
        )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await loop.run_in_executor(self._threads, begin)
                error = await told
        except TimeoutError as late:
            self._writer.distrust()
            raise self._late() from late
        if error is not None:
            raise error

    async def check(self, topic: str) -> None:
        """Ask the broker.

        Raises:
            TransportError: it does not answer within the time limit, or does not have the topic.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await loop.run_in_executor(self._threads, partial(self._writer.check, topic))
        except TimeoutError as late:
            raise self._late() from late

    async def close(self) -> None:
        """Close the writer, and the threads once they are free."""
        await asyncio.get_running_loop().run_in_executor(None, self._writer.close)
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _late(self) -> TransportError:
        return TransportError(
            f"Kafka did not acknowledge the report within {self._timeout_seconds:g} s.", fault=Fault.TEMPORARY
        )


def _settle(told: asyncio.Future[TransportError | None], error: TransportError | None) -> None:
    if not told.done():
        told.set_result(error)
