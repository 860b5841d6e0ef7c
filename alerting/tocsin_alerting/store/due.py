"""The timers' way of working: look at what is due, then act on each in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from sqlalchemy.orm import Session

from tocsin_alerting.store.engine import Store

BATCH = 100
"""How much is acted on in one go; what is left is due at the next look."""
D = TypeVar("D")
T = TypeVar("T")


def act_on_due(
    store: Store, look: Callable[[Session], Iterable[D]], act: Callable[[Session, D], T | None]
) -> list[T]:  # fmt: skip
    """Act on each thing that a look finds due; what came of it, where anything did.

    Between look and act somebody else may be faster: `act` looks again, under whatever lock it takes, and returns None
    where there is nothing left to do.
    """
    with store.read() as session:
        due = list(look(session))
    found = []
    for one in due:
        with store.transaction() as session:
            outcome = act(session, one)
        if outcome is not None:
            found.append(outcome)
    return found
