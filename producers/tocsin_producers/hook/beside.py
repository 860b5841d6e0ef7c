"""Work beside an event loop that is not ours, in a thread that never outlives the process's wish to end."""

from __future__ import annotations

import threading
from collections.abc import Callable

import anyio

_LOOK_SECONDS = 0.01


async def beside(work: Callable[[], None]) -> None:
    """Do the work in a thread and wait for it without holding the event loop up, asyncio's or trio's.

    anyio's own worker threads are no daemons: an evaluation interrupted twice leaves its loop without stopping them,
    and the process would then wait for them for ever. The waiting is shielded, as after Ctrl-C every await in a hook
    is cancelled at once, and the cancelled task is to be reported.

    Raises:
        Exception: what the work raised.
    """
    raised: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - handed to whoever waits
            raised.append(error)

    thread = threading.Thread(target=run, name="tocsin-hook", daemon=True)
    thread.start()
    with anyio.CancelScope(shield=True):
        while thread.is_alive():  # noqa: ASYNC110 - anyio's events are not for threads
            await anyio.sleep(_LOOK_SECONDS)
    if raised:
        raise raised[0]
