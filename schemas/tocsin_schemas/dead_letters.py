"""A dead letter: what could not be taken, whole, with the reason, so that nothing is ever lost."""

from __future__ import annotations

import base64
from typing import Literal

from pydantic import Field

from tocsin_schemas.errors import InvalidEvent, ProblemCode
from tocsin_schemas.scalars import Instant, Record

Stage = Literal["grade", "desk", "notify"]


class DeadLetterProblem(Record):
    """One fault, as in `errors.Problem`."""

    field: str
    message: str
    fix: str
    code: ProblemCode


class DeadLetter(Record):
    """The original bytes and headers of what was refused, where it lay, at which stage it failed and why."""

    stage: Stage
    reason: str
    """All problems in one line."""
    problems: tuple[DeadLetterProblem, ...]
    topic: str
    partition: int
    offset: int
    timestamp: Instant | None = None
    """The broker's time of the original."""
    key_base64: str | None = None
    value_base64: str | None = None
    headers: tuple[tuple[str, str], ...] = Field(default=())
    """Header names with their values in base64, in order."""

    @property
    def key(self) -> bytes | None:
        """The original key."""
        return None if self.key_base64 is None else base64.b64decode(self.key_base64)

    @property
    def value(self) -> bytes | None:
        """The original value."""
        return None if self.value_base64 is None else base64.b64decode(self.value_base64)


def dead_letter(
    error: InvalidEvent,
    *,
    stage: Stage,
    topic: str,
    partition: int,
    offset: int,
    timestamp: Instant | None,
    key: bytes | None,
    value: bytes | None,
    headers: list[tuple[str, bytes | None]],
) -> DeadLetter:
    """The dead letter for a message that `error` refused."""
    return DeadLetter(
        stage=stage,
        reason=str(error),
        problems=tuple(
            DeadLetterProblem(field=problem.field, message=problem.message, fix=problem.fix, code=problem.code)
            for problem in error.problems
        ),
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=timestamp,
        key_base64=None if key is None else base64.b64encode(key).decode(),
        value_base64=None if value is None else base64.b64encode(value).decode(),
        headers=tuple((name, base64.b64encode(content or b"").decode()) for name, content in headers),
    )
