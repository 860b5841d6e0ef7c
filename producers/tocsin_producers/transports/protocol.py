"""What a transport is: it hands one report over, and says who must act when it cannot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from tocsin_producers.outgoing import Outgoing
from tocsin_schemas import Problem


class Fault(StrEnum):
    """Why a report was not taken, by who must act."""

    TEMPORARY = "temporary"
    """Nobody: it will be taken later. It is kept on the spool."""
    SENDER = "sender"
    """The institute's operator: key, address or permission are wrong. No report will be taken until that is mended."""
    REPORT = "report"
    """Its author: this report will never be taken as it is; others may."""


class TransportError(Exception):
    """A report was not handed over."""

    def __init__(
        self,
        message: str,
        *,
        fault: Fault,
        retry_after: timedelta | None = None,
        problems: Sequence[Problem] = (),
    ) -> None:
        """Say what happened, in a sentence.

        Args:
            message: what happened, and what to do about it.
            fault: who must act.
            retry_after: how long the receiver asked to be left alone.
            problems: what the receiver found wrong with the report.
        """
        super().__init__(message)
        self.fault = fault
        self.retry_after = retry_after
        self.problems: tuple[Problem, ...] = tuple(problems)

    @property
    def permanent(self) -> bool:
        """Whether sending the same again is in vain."""
        return self.fault is not Fault.TEMPORARY


class Transport(Protocol):
    """Hands reports over to the network."""

    @property
    def destination(self) -> str:
        """Where reports go, for people; holds no secret."""
        ...

    def send(self, report: Outgoing) -> None:
        """Hand one report over: when this returns, the network has it on disk.

        Raises:
            TransportError: within the transport's time limit; it was not taken, or nobody said that it was.
        """
        ...

    def close(self) -> None:
        """Let go of connections. What was not taken has been reported by then."""
        ...
