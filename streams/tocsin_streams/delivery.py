"""Delivery of a decision to Kafka: not done until the broker has it, and never given up in silence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn, Protocol

from tocsin_schemas import InvalidEvent, invalid
from tocsin_schemas.errors import ProblemCode
from tocsin_schemas.logs import get_logger
from tocsin_streams.decision import Decision, Message, refuse

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
EXIT_STATUS = 70
"""EX_SOFTWARE of sysexits.h: the supervisor starts the worker again, and the event is read again."""


class Sender(Protocol):
    """Hands an event to the broker."""

    async def send(self, topic: str, key: bytes | None, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        """Returns once the broker has acknowledged it.

        Raises:
            TooLargeError: it is larger than the broker or the producer takes, now and always.
            Exception: anything else may pass.
        """


class TooLargeError(Exception):
    """An event that no repetition makes smaller."""


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Publishes decisions; the event that a decision is about may be acknowledged once `publish` returns."""

    sender: Sender
    topic_prefix: str
    patience_seconds: float
    """How long to try before the process ends itself."""
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    die: Callable[[int], NoReturn]
    """Ends the process at once, without the clean-up that would acknowledge events in flight."""

    async def publish(self, decision: Decision, message: Message) -> Decision:
        """Publish a decision, whatever it takes; gives the one that was published.

        An assessment too large for its topic becomes a dead letter. What cannot be delivered in time ends the process:
        an agent that raised or went on would acknowledge the event, and the report would be gone.
        """
        log = get_logger()
        deadline = self.monotonic() + self.patience_seconds
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._send(decision)
            except TooLargeError as error:
                if decision.refusal is not None:
                    log.critical("dead_letter_too_large", **place(message), error=str(error))
                    self.die(EXIT_STATUS)
                decision = refuse(message, _too_large(), now=_time_of(decision))
                continue
            except Exception as error:  # noqa: BLE001 - any fault of the broker may pass; what does not ends the process
                if self.monotonic() + pause > deadline:
                    log.critical("delivery_given_up", **place(message), error=repr(error), exit_status=EXIT_STATUS)
                    self.die(EXIT_STATUS)
                log.warning("delivery_failed", **place(message), error=repr(error), again_in_seconds=pause)
                await self.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
                continue
            return decision

    async def _send(self, decision: Decision) -> None:
        envelope = decision.envelope
        await self.sender.send(
            decision.topic.name(self.topic_prefix), decision.key, envelope.to_json(), envelope.headers()
        )


def place(message: Message) -> dict[str, str | int]:
    """Where a message lay, for logs."""
    return {"topic": message.topic, "partition": message.partition, "offset": message.offset}


def _time_of(decision: Decision) -> datetime:
    assert decision.envelope.time is not None
    return decision.envelope.time


def _too_large() -> InvalidEvent:
    return invalid(
        "(event)",
        "its assessment is larger than the topic takes.",
        "Shorten the report; the network's operators can raise the topic's limit.",
        ProblemCode.TOO_LARGE,
    )
