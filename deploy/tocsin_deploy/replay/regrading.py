"""Grades what lies in the topics as grading itself would, with several rubrics, on all processors."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from pathlib import Path
from types import TracebackType
from typing import Self

from tocsin_deploy.editions import load_edition
from tocsin_schemas import (
    Action,
    Assessment,
    Grade,
    InvalidEvent,
    Problem,
    ReportKind,
    Status,
    Tlp,
    load_institutes,
)
from tocsin_streams.decision import Grader, Message

CHUNK = 200
"""Messages that a process is given at a time."""
_FEW = 2 * CHUNK
"""Up to so many are graded here: other processes take longer to start."""
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of the decision goes into an envelope that nobody will see."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which report it is, and what decides who is told of it; nothing that it says."""

    source: str
    report: str
    series: str
    kind: ReportKind
    action: Action
    institute: str
    status: Status
    tlp: Tlp


@dataclass(frozen=True, slots=True)
class Regraded:
    """A message of a report topic and what grading would make of it."""

    message: Message
    expected: ReportKind
    identity: Identity | None
    """None where it would be a dead letter."""
    grade: Grade | None
    """By the tried edition; None for a dead letter, and for a retraction."""
    problems: tuple[Problem, ...] = ()
    """Why it would be a dead letter."""


class Regrader:
    """Grades one message after the other with one edition, each rule compiled once."""

    def __init__(self, network_dir: Path, tried: Path | None) -> None:
        self._grader = Grader(rubric=load_edition(network_dir, tried), institutes=load_institutes(network_dir))

    def regrade(self, message: Message, kind: ReportKind) -> Regraded:
        """What grading would make of a message: never raises, as grading never does."""
        decision = self._grader.decide(message, expected=kind, now=_LONG_AGO)
        if decision.assessment is None:
            return Regraded(message, kind, None, None, _problems(decision.refusal))
        return Regraded(message, kind, _identity(decision.assessment), decision.assessment.grade)


def _identity(assessment: Assessment) -> Identity:
    return Identity(
        source=assessment.source,
        report=assessment.report,
        series=assessment.series,
        kind=assessment.kind,
        action=assessment.action,
        institute=assessment.institute,
        status=assessment.status,
        tlp=assessment.tlp,
    )


Task = tuple[Message, ReportKind]
"""A message, and the kind of report that its topic is for."""


class Regrading:
    """Grades many messages, in as many processes as are worth their start; each compiles a rubric once."""

    def __init__(self, network_dir: Path, *, processes: int | None = None) -> None:
        """Prepare; processes are started when there is enough for them to do.

        Args:
            network_dir: the live network: its institutes and its rubric.
            processes: how many to use; None: one a processor.
        """
        self._network_dir = network_dir
        self._processes = processes or os.cpu_count() or 1
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def grade(self, tasks: Iterable[Task], tried: Path | None) -> Iterator[Regraded]:
        """What grading would make of each message, in their order.

        Args:
            tasks: read as they are needed.
            tried: the edition; None: the live rubric.

        Raises:
            RubricError: the edition is not valid.
        """
        tasks = iter(tasks)
        few = list(islice(tasks, _FEW + 1))
        if self._processes == 1 or (self._pool is None and len(few) <= _FEW):
            here = _regrader(self._network_dir, tried)
            return (here.regrade(message, kind) for message, kind in chain(few, tasks))
        return self._in_processes(chain(few, tasks), tried)

    def _in_processes(self, tasks: Iterator[Task], tried: Path | None) -> Iterator[Regraded]:
        """In order, with a few chunks ahead: what is read waits in memory no longer than it must."""
        if self._pool is None:
            # Spawned: a fork would take the consumer's sockets and locks with it.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=_leave_interrupts)
        ahead: deque[Future[list[Regraded]]] = deque()
        while chunk := list(islice(tasks, CHUNK)):
            ahead.append(self._pool.submit(_regrade, self._network_dir, tried, chunk))
            if len(ahead) > 2 * self._processes:
                yield from ahead.popleft().result()
        while ahead:
            yield from ahead.popleft().result()


def _leave_interrupts() -> None:
    """Ctrl-C reaches every process of a terminal: the one that people started ends the others."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@cache
def _regrader(network_dir: Path, tried: Path | None) -> Regrader:
    """This process's own: reading and compiling a rubric takes longer than grading hundreds of reports."""
    return Regrader(network_dir, tried)


def _regrade(network_dir: Path, tried: Path | None, chunk: list[Task]) -> list[Regraded]:
    here = _regrader(network_dir, tried)
    return [here.regrade(message, kind) for message, kind in chunk]


def _problems(refusal: InvalidEvent | None) -> tuple[Problem, ...]:
    return () if refusal is None else tuple(refusal.problems)
