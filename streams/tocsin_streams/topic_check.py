"""The check before the worker starts: the broker answers, and every topic that grading needs is there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]

from tocsin_schemas import ASSESSMENTS, DEAD_LETTERS, FINDINGS, INCIDENTS

NEEDED = (FINDINGS, INCIDENTS, ASSESSMENTS, DEAD_LETTERS)
"""Topics that grading reads or writes."""
_PAUSE_SECONDS = 0.5
_REQUEST_MILLISECONDS = 5_000


class NotReadyError(Exception):
    """The worker must not start: the message says why and what to do."""


def problem_with(partitions: Mapping[str, int], *, prefix: str) -> str | None:
    """What is wrong with the topics that exist, by name with their number of partitions; None when all is well.

    A static member that starts before its topics exist is given nothing, and stays without after they are created.
    """
    missing = [topic.name(prefix) for topic in NEEDED if topic.name(prefix) not in partitions]
    if missing:
        return f"topics are missing: {', '.join(missing)}. Create them with `tocsinctl topics apply`."
    counts = {topic.name(prefix): partitions[topic.name(prefix)] for topic in (FINDINGS, INCIDENTS)}
    out = partitions[ASSESSMENTS.name(prefix)]
    if any(count != out for count in counts.values()):
        told = ", ".join(f"{name} has {count}" for name, count in counts.items())
        return (
            f"topics differ in their number of partitions: {told}, {ASSESSMENTS.name(prefix)} has {out}. "
            "Give all three the same, so that a series keeps its partition; see `tocsinctl topics apply`."
        )
    return None


async def wait_for_topics(
    servers: list[str],
    *,
    prefix: str,
    timeout_seconds: float,
    monotonic: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Wait for the broker, then check the topics once.

    Raises:
        NotReadyError: the broker did not answer in time, or a topic is missing.
    """
    deadline = monotonic() + timeout_seconds
    while True:
        try:
            partitions = await asyncio.wait_for(_partitions(servers, prefix), timeout=_REQUEST_MILLISECONDS / 1000 * 2)
        except (KafkaError, OSError, TimeoutError) as error:
            if monotonic() > deadline:
                raise NotReadyError(
                    f"no broker answered at {', '.join(servers)} within {timeout_seconds:g} s "
                    f"({type(error).__name__}). Start it, or set TOCSIN_KAFKA_BOOTSTRAP_SERVERS."
                ) from error
            await sleep(_PAUSE_SECONDS)
            continue
        problem = problem_with(partitions, prefix=prefix)
        if problem is not None:
            raise NotReadyError(problem)
        return


async def _partitions(servers: list[str], prefix: str) -> dict[str, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=_REQUEST_MILLISECONDS)
    await admin.start()
    try:
        names = set(await admin.list_topics())
        wanted = [topic.name(prefix) for topic in NEEDED if topic.name(prefix) in names]
        found = await admin.describe_topics(wanted) if wanted else []
        return {topic["topic"]: len(topic["partitions"]) for topic in found}
    finally:
        await admin.close()
